"""What text encoders and VAEs gave before, kept by content, so that nothing is encoded twice.

The pipelines themselves ask: for the time of a call their `encode_prompt` and the VAE's `encode`
are replaced by ones that look here first. What comes back has the same bits as what the model
would give again, so a job paints the same with and without.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import blake3
import torch

Tensors = tuple[torch.Tensor | None, ...]


@dataclass(slots=True)
class Tally:
    """How often something was asked for and how often it was here."""

    asked: int = 0
    found: int = 0


class Recall:
    """Tuples of tensors in host memory, least recently used out first beyond a budget of bytes."""

    def __init__(self, budget_bytes: int) -> None:
        self._budget_bytes = budget_bytes
        self._kept: OrderedDict[str, Tensors] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self.texts = Tally()
        self.pictures = Tally()
        self.inversions = Tally()

    def get(
        self, key: str, tally: Tally, device: torch.device, compute: Callable[[], Tensors]
    ) -> Tensors:
        """Return what is kept under a key, on a device, computing it where it is not kept."""
        tally.asked += 1
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
        if kept is not None:
            tally.found += 1
            return tuple(None if one is None else one.to(device) for one in kept)
        computed = compute()
        self._keep(key, tuple(None if one is None else one.detach().cpu() for one in computed))
        return computed

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    @property
    def byte_count(self) -> int:
        """Size of everything kept."""
        return self._bytes

    def _keep(self, key: str, tensors: Tensors) -> None:
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = tensors
            self._bytes += _byte_count(tensors)
            while self._bytes > self._budget_bytes and self._kept:
                self._bytes -= _byte_count(self._kept.popitem(last=False)[1])


def text_key(identity: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> str | None:
    """Return the key of one call of `encode_prompt`; None where tensors were passed in."""
    values = [*arguments, *(options[name] for name in sorted(options))]
    if any(_holds_tensor(value) for value in values):
        return None
    return f"text|{identity}|{arguments!r}|{sorted(options.items())!r}"


def picture_key(identity: str, pixels: torch.Tensor) -> str:
    """Return the key of one call of a VAE's `encode`."""
    raw = pixels.detach().cpu().contiguous().view(torch.uint8).numpy()
    digest = blake3.blake3(raw.data).hexdigest()
    return f"picture|{identity}|{tuple(pixels.shape)}|{pixels.dtype}|{digest}"


def _holds_tensor(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(_holds_tensor(one) for one in value)
    return isinstance(value, torch.Tensor)


def _byte_count(tensors: Tensors) -> int:
    return sum(one.nbytes for one in tensors if one is not None)
