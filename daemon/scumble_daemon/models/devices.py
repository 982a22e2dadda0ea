"""Which device, in which number format, and how much memory it has."""

import contextlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil
import torch

from scumble_daemon.models.errors import ModelError

_DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
_BRAIN_FLOAT_FAMILIES = frozenset({"sd3", "flux", "flux-fill", "qwen-image", "z-image"})
_SLICED_ON_MPS_BELOW_BYTES = 64 << 30


@dataclass(frozen=True, slots=True)
class Performance:
    """What is chosen for memory and speed. "auto" is what the device and the model need."""

    vae_slicing: str = "auto"  # "auto" until memory runs out, "on" always, "off" never
    vae_tiling: str = "auto"  # the same
    offload: str = "auto"  # or "off", "model" and "sequential", whatever fits
    fused_qkv: bool = False
    channels_last: bool = False
    compile: bool = False


@dataclass(frozen=True, slots=True)
class Device:
    """Where a worker computes."""

    place: torch.device
    title: str  # such as "cuda:0 NVIDIA RTX 4090"
    memory_total_bytes: int  # of the host for "cpu"
    dtype: torch.dtype | None = None  # None chooses by family
    attention: str = "native"  # "native" is torch's own; "sliced" and "xformers" are the others
    performance: Performance = Performance()

    @property
    def is_host(self) -> bool:
        """Whether device memory and host memory are the same."""
        return self.place.type == "cpu"

    def dtype_for(self, family: str) -> torch.dtype:
        """Return the number format that weights of a family are held in.

        float32 on the CPU, where half precision is slow and would spoil parity; bfloat16 for the
        transformers that were trained in it, where the device has it; float16 else.
        """
        if self.dtype is not None:
            return self.dtype
        if self.is_host:
            return torch.float32
        if self.place.type == "cuda" and not torch.cuda.is_bf16_supported():
            return torch.float16
        return torch.bfloat16 if family in _BRAIN_FLOAT_FAMILIES else torch.float16

    def memory_used_bytes(self) -> int:
        """Return what torch holds on the device; the resident size of this process on the CPU."""
        if self.place.type == "cuda":
            return int(torch.cuda.memory_allocated(self.place))
        if self.place.type == "mps":
            return int(torch.mps.current_allocated_memory())
        if self.place.type == "xpu":
            return int(torch.xpu.memory_allocated(self.place))
        return int(psutil.Process().memory_info().rss)

    def reset_peak(self) -> None:
        """Start measuring the peak anew, where the device can."""
        if self.place.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self.place)
        elif self.place.type == "xpu":
            torch.xpu.reset_peak_memory_stats(self.place)
        elif self.is_host:
            with contextlib.suppress(OSError):  # Linux alone; man 5 proc, /proc/pid/clear_refs
                Path("/proc/self/clear_refs").write_text("5")

    def peak_bytes(self) -> int:
        """Return the most memory held since `reset_peak`, of this moment where it is not kept."""
        if self.place.type == "cuda":
            return int(torch.cuda.max_memory_allocated(self.place))
        if self.place.type == "xpu":
            return int(torch.xpu.max_memory_allocated(self.place))
        if self.is_host:
            return max(_resident_peak_bytes(), self.memory_used_bytes())
        return self.memory_used_bytes()

    def release(self) -> None:
        """Give memory that torch keeps for later back to the device."""
        if self.place.type == "cuda":
            torch.cuda.empty_cache()
        elif self.place.type == "mps":
            torch.mps.empty_cache()
        elif self.place.type == "xpu":
            torch.xpu.empty_cache()


def open_device(
    name: str = "auto",
    dtype: str = "auto",
    attention: str = "auto",
    performance: Performance | None = None,
) -> Device:
    """Return a device by name: auto, cpu, mps, cuda, cuda:N, xpu or xpu:N.

    dtype: auto, float32, float16 or bfloat16. attention: auto, native, sliced or xformers; auto is
    torch's own, sliced on a Mac with less than 64 GB, as the guides of diffusers advise. Raises
    ModelError where the device or xFormers is not there.
    """
    kind = _best() if name == "auto" else name
    try:
        device = torch.device(kind)
        if device.type not in _available():
            raise RuntimeError(f"torch {torch.__version__} sees no {device.type} here")
        title, memory = _described(device)
        how = _attention(attention, device.type, memory)
        chosen = performance or Performance()
        return Device(device, title, memory, _DTYPES.get(dtype), how, chosen)
    except (RuntimeError, AssertionError) as error:
        raise ModelError(
            f"The device “{kind}” cannot be used. The worker was not started; choose another in "
            "the settings, or auto.",
            str(error),
        ) from error


def _attention(wanted: str, kind: str, memory_bytes: int) -> str:
    if wanted == "xformers" and find_spec("xformers") is None:
        raise ModelError(
            "The settings ask for attention by xFormers, which is not installed. The worker was "
            "not started; install xformers, or set attention to auto."
        )
    if wanted != "auto":
        return wanted
    return "sliced" if kind == "mps" and memory_bytes < _SLICED_ON_MPS_BELOW_BYTES else "native"


def _resident_peak_bytes() -> int:
    """Return the largest resident size of this process, 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def _best() -> str:
    return next(kind for kind in ("cuda", "xpu", "mps", "cpu") if kind in _available())


def _available() -> set[str]:
    found = {"cpu"}
    if torch.cuda.is_available():
        found.add("cuda")
    if torch.xpu.is_available():
        found.add("xpu")
    if torch.backends.mps.is_available():
        found.add("mps")
    return found


def _described(device: torch.device) -> tuple[str, int]:
    index = device.index or 0
    if device.type == "cuda":
        facts = torch.cuda.get_device_properties(index)
        return f"cuda:{index} {facts.name}", int(facts.total_memory)
    if device.type == "xpu":
        intel = torch.xpu.get_device_properties(index)
        return f"xpu:{index} {intel.name}", int(intel.total_memory)
    host = int(psutil.virtual_memory().total)
    if device.type == "mps":
        return "mps", int(torch.mps.recommended_max_memory())
    return "cpu", host
