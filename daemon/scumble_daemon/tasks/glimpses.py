"""Previews of a run: the finished picture as the scheduler expects it at each step, made small."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import torch
from diffusers import AutoencoderTiny, FlowMatchEulerDiscreteScheduler

from scumble_daemon.models.pipeline_classes import Pipeline, autoencoder
from scumble_daemon.tasks.desk import Desk
from scumble_daemon.tasks.softening import Softener
from scumble_daemon.worker.preview import Throttle, colours, decoded
from scumble_protocol.geometry import Bounds, Extent

_TOWARDS_PICTURES = frozenset({"dpmsolver++", "sde-dpmsolver++"})


class Glimpses:
    """Shows the variants of one run, at most a few times a second.

    extent: the size that is painted at. rgb_map: from latents to colours, float32 [C + 1, 3]; None
    shows nothing, unless the model brings a VAE small enough to decode at every glimpse.
    """

    def __init__(
        self,
        desk: Desk,
        bounds: Bounds,
        extent: Extent,
        first: int,
        rgb_map: torch.Tensor | None,
    ) -> None:
        self._desk = desk
        self._bounds = bounds
        self._extent = extent
        self._first = first
        self._rgb_map = rgb_map
        self._throttle = Throttle()
        self._predicted: torch.Tensor | None = None
        self.taken_after: int | None = None  # the step at which the run was ended early

    @contextmanager
    def watching(self, pipeline: Pipeline) -> Iterator[None]:
        """Note what a pipeline's scheduler predicts, for the time of a `with`."""
        scheduler = pipeline.scheduler
        original = scheduler.step

        @wraps(original)
        def step(output: Any, when: Any, sample: Any, *arguments: Any, **options: Any) -> Any:
            given = original(output, when, sample, *arguments, **options)
            if isinstance(scheduler, FlowMatchEulerDiscreteScheduler):
                self._predicted = straight_on(scheduler, output, sample)
            else:
                self._predicted = _prediction(scheduler, given)
            return given

        scheduler.step = step
        try:
            yield
        finally:
            del scheduler.step

    def expected(
        self, pipeline: Pipeline, index: int, latents: torch.Tensor, soft: Softener | None
    ) -> torch.Tensor:
        """Return the clean latents that are expected after step `index`, for all variants.

        Where the scheduler predicts nothing, or something of another shape, these are the latents
        with the noise they still have.
        """
        predicted = self._predicted
        if predicted is None or predicted.shape != latents.shape:
            return latents
        return predicted if soft is None else soft.over_originals(pipeline, index, predicted)

    def show(
        self, pipeline: Pipeline, index: int, latents: torch.Tensor, soft: Softener | None
    ) -> None:
        """Show how the run is expected to look after step `index`, where it is time again."""
        if not self._throttle.ready():
            return
        shown = self._on_grid(pipeline, self.expected(pipeline, index, latents, soft))
        if shown.ndim != 4:
            return
        vae = autoencoder(pipeline)
        if isinstance(vae, AutoencoderTiny):
            pictures = decoded(vae, shown)
        elif self._rgb_map is not None:
            pictures = colours(shown, self._rgb_map)
        else:
            return
        self._desk.show(pictures, self._bounds, index + 1, self._first)

    def _on_grid(self, pipeline: Pipeline, latents: torch.Tensor) -> torch.Tensor:
        """Return latents as they lie on the picture; some transformers have them in a row."""
        if latents.ndim != 3 or not hasattr(pipeline, "_unpack_latents"):
            return latents
        size, factor = self._extent, pipeline.vae_scale_factor
        unpacked: torch.Tensor = pipeline._unpack_latents(latents, size.height, size.width, factor)
        return unpacked


def straight_on(scheduler: Any, velocity: torch.Tensor, sample: torch.Tensor) -> torch.Tensor:
    """Return where flow matching ends that goes on as it does, just after a step of its scheduler.

    The sample less sigma times the velocity: rectified flow (Liu et al. 2022, "Flow Straight and
    Fast", arXiv 2209.03003).
    """
    sigma = scheduler.sigmas[scheduler.step_index - 1].to(sample.device)
    clean: torch.Tensor = sample.float() - sigma * velocity.float()
    return clean.to(sample.dtype)


def _prediction(scheduler: Any, given: Any) -> torch.Tensor | None:
    """Return the clean latents that a scheduler expects at the end, where it tells them.

    Some give them beside the next latents; the multistep ones that are built on them keep them.
    """
    if isinstance(given, tuple) and len(given) > 1 and isinstance(given[1], torch.Tensor):
        return given[1]
    config = scheduler.config
    if config.get("algorithm_type") in _TOWARDS_PICTURES or config.get("predict_x0"):
        kept = getattr(scheduler, "model_outputs", None) or [None]
        last: torch.Tensor | None = kept[-1]
        return last
    return None
