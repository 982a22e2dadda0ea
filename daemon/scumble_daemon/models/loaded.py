"""One checkpoint in memory: pipelines for all that it does, over one set of weights."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import diffusers
import torch
from accelerate import cpu_offload  # type: ignore[import-untyped]

from scumble_daemon.models.additions import Additions
from scumble_daemon.models.bundled import parts_for
from scumble_daemon.models.catalog import Entry, identity_of
from scumble_daemon.models.errors import ModelError
from scumble_daemon.models.families import DEPTH, DEPTH2IMG, TEXT2IMAGE, Family
from scumble_daemon.models.performance import FUSED_QKV, SWITCHES
from scumble_daemon.models.pipeline_classes import (
    Pipeline,
    controlled_class,
    denoising_part,
    pipeline_class,
    pipeline_over,
    sees_mask,
)
from scumble_daemon.models.schedulers import scheduler_choice
from scumble_daemon.region.resolution import NativeRange
from scumble_protocol.errors import ErrorCode


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
        switched: names of the switches of `performance` that are on.
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
        self.switched: set[str] = set()
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
        fresh = self._scheduler(scheduler or self.family.scheduler)
        if task not in self._pipelines:
            with self.switched_to(FUSED_QKV, on=False):  # its weights are in parts of their own
                own = parts_for(self._base, task) if self.entry.origin == "bundled" else {}
            made = pipeline_over(self._base, pipeline_class(self.family, task), **own)
            made.set_progress_bar_config(disable=True)
            for name in self.switched:
                SWITCHES[name](made, True)
            self._pipelines[task] = made
        pipeline = self._pipelines[task]
        pipeline.scheduler = denoising_part(pipeline).scheduler = fresh
        return pipeline

    def controlled(
        self, task: str, controlnets: Sequence["Loaded"], scheduler: str | None = None
    ) -> Pipeline:
        """Return a pipeline of a task that heeds ControlNets too; else as `pipeline`.

        It is built anew for each call, around weights that are there.
        """
        cls = controlled_class(self.family.name, task)
        nets = [net.part("controlnet") for net in controlnets]
        over = self.pipeline(task, scheduler)
        pipeline = pipeline_over(over, cls, controlnet=nets if len(nets) > 1 else nets[0])
        pipeline.set_progress_bar_config(disable=True)
        return pipeline

    def part(self, name: str) -> Any:
        """Return one of its parts: a module, a tokenizer, a processor."""
        return getattr(self._base, name)

    def to(self, place: torch.device) -> None:
        """Move all weights; a model that is offloaded moves by itself while it runs."""
        if not self._offloaded:
            self._pipelines.clear()
            self.additions.forget_vae()
            self._base.to(place)

    def offload(self, place: torch.device, *, sequential: bool) -> None:
        """Keep weights on the host and bring them to a device as they are needed.

        By components, or layer by layer where `sequential`. Holds until the model is dropped.
        """
        self._offloaded = True
        self._pipelines.clear()
        self._base.remove_all_hooks()
        if sequential:
            self._offload_layers(place)
        else:
            self._base.enable_model_cpu_offload(device=place)

    def _offload_layers(self, place: torch.device) -> None:
        """Do as diffusers' sequential offloading does, on a device of any kind.

        Some parts, such as a safety checker, do not stand it: they stay on the device.
        """
        for name, part in self.components.items():
            if name in self._base._exclude_from_cpu_offload:
                part.to(place)
            else:
                part.to("cpu")
                cpu_offload(part, place, offload_buffers=bool(part._parameters))

    @property
    def is_offloaded(self) -> bool:
        """Whether its weights wait on the host until they are needed."""
        return self._offloaded

    def switch(self, name: str, *, on: bool) -> bool:
        """Turn one of `performance.SWITCHES` on or off; tell whether this model knows it."""
        known = [SWITCHES[name](pipeline, on) for pipeline in self.all_pipelines()]
        if any(known) and on:
            self.switched.add(name)
        else:
            self.switched.discard(name)
        return any(known)

    @contextmanager
    def switched_to(self, name: str, *, on: bool) -> Iterator[bool]:
        """Have a switch on or off for the time of a `with`; tell whether this model knows it."""
        was_on = name in self.switched
        known = was_on or not on
        if was_on != on:
            known = self.switch(name, on=on)
        try:
            yield known
        finally:
            if was_on != on:
                self.switch(name, on=was_on)

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

    def _scheduler(self, name: str | None) -> Any:
        if name is None:
            return self._scheduler_class.from_config(self._scheduler_config)
        choice = scheduler_choice(name, flow=self.is_flow)
        cls = getattr(diffusers, choice.class_name)
        return cls.from_config(self._scheduler_config, **choice.options)


def _tensors(part: torch.nn.Module) -> list[torch.Tensor]:
    return [*part.parameters(), *part.buffers()]
