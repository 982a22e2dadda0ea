"""From a catalogue entry to pipelines that share one set of weights."""

import gc
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import diffusers
import torch
from diffusers import (
    AutoPipelineForImage2Image,
    AutoPipelineForInpainting,
    AutoPipelineForText2Image,
    DiffusionPipeline,
    FluxFillPipeline,
    StableDiffusionDepth2ImgPipeline,
    UNet2DConditionModel,
)
from safetensors import safe_open

from scumble_daemon.miniature import forms
from scumble_daemon.models.additions import Additions
from scumble_daemon.models.catalog import Entry
from scumble_daemon.models.companions import companion, depth_estimator, image_processor
from scumble_daemon.models.devices import Device
from scumble_daemon.models.errors import ModelError, ModelFileError
from scumble_daemon.models.families import (
    CAPTIONER,
    DEPTH,
    DEPTH2IMG,
    DEPTH_ESTIMATOR,
    FAMILIES,
    IMG2IMG,
    INPAINT,
    TEXT2IMAGE,
    Family,
)
from scumble_daemon.models.inspection import inspect_folder
from scumble_daemon.models.schedulers import scheduler_choice
from scumble_daemon.region.resolution import NativeRange
from scumble_protocol.errors import ErrorCode

MINIATURE_GUIDANCE = 4.0
"""What its card says suits it; the family's own roughens its edges."""
MINIATURE_INPAINT_GUIDANCE = 2.5
"""In selections; with more it lays a grey haze around what it paints."""
Pipeline = Any
"""Any pipeline of diffusers: their classes differ in what they take, and mypy sees none of it."""

_PIPELINES: dict[str, Any] = {
    TEXT2IMAGE: AutoPipelineForText2Image,
    IMG2IMG: AutoPipelineForImage2Image,
    INPAINT: AutoPipelineForInpainting,
    DEPTH2IMG: StableDiffusionDepth2ImgPipeline,
}
_OWN_CLASSES: dict[str, Any] = {"flux-fill": FluxFillPipeline}
"""Of families that diffusers' tables of tasks leave out."""
_FORMS: dict[str, forms.Form] = {INPAINT: "inpaint", DEPTH2IMG: "depth"}
"""The forms of the bundled model that tasks need; all others need its text form."""
_SINGLE_FILE_CLASSES = {
    "sd15": "StableDiffusionPipeline",
    "sd15-inpaint": "StableDiffusionInpaintPipeline",
    "sd2": "StableDiffusionPipeline",
    "sd2-inpaint": "StableDiffusionInpaintPipeline",
    "sdxl": "StableDiffusionXLPipeline",
    "sdxl-inpaint": "StableDiffusionXLInpaintPipeline",
    "sdxl-refiner": "StableDiffusionXLImg2ImgPipeline",
    "sd3": "StableDiffusion3Pipeline",
    "flux": "FluxPipeline",
    "flux-fill": "FluxFillPipeline",
}
# The configs that such a file lacks lie in a folder of its name beside it, or come from the hub.


class Loaded:
    """One checkpoint in memory: a pipeline for each task, all over the same weights.

    Attributes:
        entry: the entry of the catalogue it came from.
        family: its facts.
        native: the sizes it paints well.
        identity: changes with the files, so that what was encoded with others is not reused.
        dtype: the number format of its weights.
        measures: names of the memory measures that were tried on it, in order.
        taken: names of those that applied and hold.
        latent_map: from latents to colours of a preview, once it was needed.
        additions: what it wears for the job in hand.
    """

    def __init__(self, entry: Entry, family: Family, native_side: int, base: Pipeline) -> None:
        self.entry = entry
        self.family = family
        self.native: NativeRange = family.native_range(native_side)
        self.identity = identity_of(entry)
        self.measures: list[str] = []
        self.taken: list[str] = []
        self.latent_map: torch.Tensor | None = None
        self.additions = Additions()
        self._offloaded = False
        self._base = base
        self._pipelines: dict[str, Pipeline] = {}
        scheduler = getattr(base, "scheduler", None)  # companions have none
        self._scheduler_config = {} if scheduler is None else dict(scheduler.config)
        self._scheduler_class: Any = type(scheduler)

    @property
    def components(self) -> dict[str, Any]:
        """The parts that have weights, by name."""
        parts = self._base.components.items()
        return {name: part for name, part in parts if isinstance(part, torch.nn.Module)}

    @property
    def dtype(self) -> torch.dtype:
        """The number format of the part that denoises."""
        parts = self.components
        chief = parts.get("unet") or parts.get("transformer") or next(iter(parts.values()))
        found: torch.dtype = next(chief.parameters()).dtype
        return found

    @cached_property
    def byte_count(self) -> int:
        """Size of all weights, as they were loaded."""
        tensors = (t for part in self.components.values() for t in _tensors(part))
        return sum({t.data_ptr(): t.nbytes for t in tensors}.values())

    @property
    def content(self) -> str:
        """A text that is another one when it would encode or paint otherwise."""
        return f"{self.identity}|{self.additions.key}"

    @property
    def tasks(self) -> tuple[str, ...]:
        """What it can do; the bundled model has more forms than its family."""
        return self.entry.tasks if self.entry.origin == "bundled" else self.family.tasks

    @property
    def paints_masked_only(self) -> bool:
        """Whether every picture it paints is painted through a mask."""
        return TEXT2IMAGE not in self.family.tasks and sees_mask(self._base)

    @property
    def is_flow(self) -> bool:
        """Whether it was trained by flow matching."""
        return hasattr(self._scheduler_class, "scale_noise")

    @property
    def trained_steps(self) -> int:
        """How many steps of noise it was trained on."""
        return int(self._scheduler_config.get("num_train_timesteps", 1000))

    def pipeline(self, task: str, scheduler: str | None = None) -> Pipeline:
        """Return the pipeline of a task with a scheduler as new, its own one without a name.

        The first call for a task builds it around the weights that are there; nothing is loaded.
        Raises UnknownSchedulerError for a name that is none or does not go with the model.
        """
        made = self._scheduler(scheduler or self.family.scheduler)
        if task not in self._pipelines:
            own = self._own_parts(task)
            self._pipelines[task] = _pipeline_class(self.family, task).from_pipe(self._base, **own)
            self._pipelines[task].set_progress_bar_config(disable=True)
        pipeline = self._pipelines[task]
        pipeline.scheduler = made
        return pipeline

    def to(self, place: torch.device) -> None:
        """Move all weights; a model that is offloaded moves by itself while it runs."""
        if not self._offloaded:
            self._pipelines.clear()
            self._base.to(place)

    def offload(self, place: torch.device, *, sequential: bool) -> None:
        """Keep weights on the host and bring them to a device as they are needed.

        By components, or layer by layer where `sequential`. Holds until the model is dropped.
        """
        self._offloaded = True
        self._pipelines.clear()
        self._base.remove_all_hooks()
        if sequential:
            self._base.enable_sequential_cpu_offload(device=place)
        else:
            self._base.enable_model_cpu_offload(device=place)

    def attend(self, how: str) -> None:
        """Choose how attention is computed: see `Device.attention`."""
        if how == "sliced":
            self._base.enable_attention_slicing()
        elif how == "xformers":
            self._base.enable_xformers_memory_efficient_attention()

    def discard(self) -> None:
        """Let go of the weights; the model cannot be used any more."""
        self._pipelines.clear()
        del self._base

    def all_pipelines(self) -> tuple[Pipeline, ...]:
        """Every pipeline over these weights."""
        return (self._base, *self._pipelines.values())

    def depth_parts(self) -> tuple[Any, Any]:
        """Return the part that estimates depth and the one that prepares pictures for it.

        Raises ModelError where it has none.
        """
        if DEPTH not in self.tasks:
            raise ModelError(
                f"“{self.entry.name}” cannot estimate depth. Nothing was painted; name a depth "
                "estimator, or give a depth map.",
                code=ErrorCode.BAD_REQUEST,
            )
        has_them = hasattr(self._base, "depth_estimator")
        owner = self._base if has_them else self.pipeline(DEPTH2IMG)
        return owner.depth_estimator, owner.feature_extractor

    def caption_parts(self) -> tuple[Any, Any]:
        """Return the captioner and the part that prepares pictures and words for it."""
        return self._base.captioner, self._base.processor

    def _own_parts(self, task: str) -> dict[str, Any]:
        """Return the parts that the bundled model has for a task alone; other models have none."""
        form = _FORMS.get(task)
        if self.entry.origin != "bundled" or form is None:
            return {}
        folder = forms.folder(form)
        parts = {"unet": self._other_unet(folder / "unet")}
        if form == "depth":
            estimator = depth_estimator(folder / "depth_estimator", self.dtype)
            parts["depth_estimator"] = estimator.to(self._base.unet.device)
            parts["feature_extractor"] = image_processor(folder / "feature_extractor")
        return parts

    def _other_unet(self, folder: Path) -> Any:
        """Return a UNet of the bundled model that differs from its chief one in the first layer.

        All else is the same weights in the same memory.
        """
        with torch.device("meta"):
            cls: Any = UNet2DConditionModel
            unet = cls.from_config(cls.load_config(folder))
        state = self._base.unet.state_dict()
        first = read_tensors(folder, "conv_in.weight")
        state |= {name: tensor.to(state[name]) for name, tensor in first.items()}
        unet.load_state_dict(state, assign=True)
        return unet.eval()

    def _scheduler(self, name: str | None) -> Any:
        if name is None:
            return self._scheduler_class.from_config(self._scheduler_config)
        choice = scheduler_choice(name, flow=self.is_flow)
        cls = getattr(diffusers, choice.class_name)
        return cls.from_config(self._scheduler_config, **choice.options)


def _pipeline_class(family: Family, task: str) -> Any:
    return _OWN_CLASSES.get(family.name) or _PIPELINES[task]


def sees_mask(pipeline: Pipeline) -> bool:
    """Tell whether a pipeline's UNet was trained to see the mask beside the picture."""
    unet = getattr(pipeline, "unet", None)
    return unet is not None and unet.conv_in.in_channels == 9


def read_tensors(folder: Path, name: str) -> dict[str, torch.Tensor]:
    """Return one named tensor of a component's .safetensors files."""
    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(file, framework="pt") as opened:
            names = opened.keys()
            if name in names:
                return {name: opened.get_tensor(name)}
    raise ModelFileError(f"{folder.name} lacks its weights {name}. Install Scumble again.")


def load(entry: Entry, device: Device) -> Loaded:
    """Read a checkpoint into host memory.

    Raises ModelError where it cannot be: broken, gone, or a hub id that could not be fetched.
    """
    try:
        model = _read(entry, device)
        model.attend(device.attention)
        return model
    except (ModelError, MemoryError, torch.OutOfMemoryError):
        raise
    except Exception as error:  # the border to foreign files, which fail in any way they like
        gc.collect()
        raise ModelError(
            f"The model “{entry.name}” could not be loaded from {entry.location}. Your picture is "
            "unchanged; choose another model, or add this one again.",
            f"{type(error).__name__}: {error}",
        ) from error


def _read(entry: Entry, device: Device) -> Loaded:
    if entry.origin == "hub":
        return _from_hub(entry, device)
    if entry.origin == "file":
        return _from_file(entry, device)
    return _from_folder(entry, Path(entry.location), device)


def identity_of(entry: Entry) -> str:
    """Return a text that is another one when the files of an entry are."""
    path = Path(entry.location)
    names = ("model_index.json", "config.json") if path.is_dir() else ("",)
    index = next((path / name for name in names if (path / name).exists()), path)
    stamp = index.stat().st_mtime_ns if index.exists() else 0
    return f"{entry.location}@{stamp}"


def _from_folder(entry: Entry, folder: Path, device: Device) -> Loaded:
    facts = inspect_folder(folder)
    family = FAMILIES[facts.family]
    if entry.origin == "bundled":
        family = replace(
            family,
            title="Miniature",
            guidance_scale=MINIATURE_GUIDANCE,
            inpaint_guidance_scale=MINIATURE_INPAINT_GUIDANCE,
        )
    if family.name in (DEPTH_ESTIMATOR, CAPTIONER):
        base = companion(folder, family.name, device.dtype_for(family.name))
        return Loaded(entry, family, facts.native_side, base)
    base = _pipeline_class(family, family.tasks[0]).from_pretrained(
        folder,
        dtype=device.dtype_for(family.name),
        use_safetensors=True,
        local_files_only=True,
        variant=_variant(folder),
    )
    return Loaded(entry, family, facts.native_side, base)


def _from_hub(entry: Entry, device: Device) -> Loaded:
    try:
        folder = DiffusionPipeline.download(entry.location, use_safetensors=True)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"“{entry.name}” ({entry.location}) is not on this machine and could not be fetched "
            "from the hub. Your picture is unchanged; connect to the network, or choose another "
            "model.",
            str(error),
        ) from error
    return _from_folder(entry, Path(folder), device)


def _from_file(entry: Entry, device: Device) -> Loaded:
    if entry.family not in _SINGLE_FILE_CLASSES:
        raise ModelFileError(
            f"“{entry.name}” is one file of a family that is only read from folders here. Add the "
            "model as a folder in diffusers' layout."
        )
    family = FAMILIES[entry.family]
    file = Path(entry.location)
    configs = file.with_suffix("")
    cls = getattr(diffusers, _SINGLE_FILE_CLASSES[family.name])
    base = cls.from_single_file(
        str(file),
        dtype=device.dtype_for(family.name),
        config=str(configs) if configs.is_dir() else None,
    )
    return Loaded(entry, family, entry.native_side, base)


def _variant(folder: Path) -> str | None:
    """Return "fp16" where the folder holds its weights in that form alone."""
    for part in ("unet", "transformer"):
        files = [file.name for file in (folder / part).glob("*.safetensors")]
        if files and all(".fp16." in name or ".fp16-" in name for name in files):
            return "fp16"
    return None


def _tensors(part: torch.nn.Module) -> list[torch.Tensor]:
    return [*part.parameters(), *part.buffers()]
