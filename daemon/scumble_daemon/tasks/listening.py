"""For the time of one pipeline call: its phases told, its encodings recalled, its pictures checked.

The pipelines of diffusers do everything in one call. So that no family needs code of its own, the
methods that every one of them uses are replaced on the instances and put back afterwards.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any

import torch
from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution
from diffusers.models.modeling_outputs import AutoencoderKLOutput

from scumble_daemon.models.errors import ModelError
from scumble_daemon.models.pipeline_classes import Pipeline, autoencoder, denoising_part
from scumble_daemon.models.recall import Tensors, picture_key, text_key
from scumble_daemon.tasks.desk import Desk
from scumble_protocol.jobs import Phase


@contextmanager
def listening(
    desk: Desk, pipeline: Pipeline, start: int | None, denoising: Phase | None = None
) -> Iterator[None]:
    """Listen to a pipeline for the time of a `with`.

    start: the first step of the schedule that is run, where the pipeline counts it from a
    strength; None leaves it to the pipeline.
    denoising: the phase that begins with its loop; None for a pipeline that runs none.
    """
    with ExitStack() as stack:

        def replace(owner: Any, name: str, replacement: Callable[..., Any]) -> None:
            stack.callback(delattr, owner, name)
            setattr(owner, name, replacement)

        if hasattr(pipeline, "encode_prompt"):
            replace(pipeline, "encode_prompt", _encode_prompt(desk, pipeline))
        part = denoising_part(pipeline)
        if start is not None and hasattr(part, "get_timesteps"):
            replace(part, "get_timesteps", _get_timesteps(part, start, flow=desk.model.is_flow))
        if hasattr(pipeline, "prepare_depth_map"):
            replace(pipeline, "prepare_depth_map", _prepare_depth_map(pipeline))
        if denoising is not None:
            replace(part, "progress_bar", _progress_bar(desk, part, denoising))
        vae = autoencoder(pipeline)
        if vae is not None:
            replace(vae, "encode", _encode(desk, vae))
            replace(vae, "decode", _decode(desk, vae))
        yield


def _encode_prompt(desk: Desk, pipeline: Pipeline) -> Callable[..., Any]:
    original = pipeline.encode_prompt

    @wraps(original)
    def encode_prompt(*arguments: Any, **options: Any) -> Any:
        desk.token.raise_if_cancelled()
        _enter(desk, Phase.ENCODING)
        key = text_key(desk.model.content, arguments, options)
        if key is None:
            return original(*arguments, **options)
        given: list[Any] = []

        def compute() -> Tensors:
            given.append(original(*arguments, **options))
            return given[0] if _is_tensors(given[0]) else ()

        kept = desk.recall.get(key, desk.recall.texts, desk.device.place, compute)
        if given:
            return given[0]
        return kept or original(*arguments, **options)

    return encode_prompt


def _encode(desk: Desk, vae: Any) -> Callable[..., Any]:
    original = vae.encode

    @wraps(original)
    def encode(x: torch.Tensor, *arguments: Any, **options: Any) -> Any:
        desk.token.raise_if_cancelled()
        _enter(desk, Phase.ENCODING)
        if arguments or options:
            return original(x, *arguments, **options)
        # Other number formats or tiles give other bits.
        whose = desk.model.additions.vae or desk.model.identity
        how = f"{whose}|{vae.dtype}|{getattr(vae, 'use_tiling', False)}"
        given: list[Any] = []

        def compute() -> Tensors:
            given.append(original(x))
            distribution = getattr(given[0], "latent_dist", None)
            return (getattr(distribution, "parameters", None),)

        kept = desk.recall.get(picture_key(how, x), desk.recall.pictures, x.device, compute)
        if given:
            return given[0]
        if kept[0] is None:
            return original(x)
        return AutoencoderKLOutput(latent_dist=DiagonalGaussianDistribution(kept[0]))

    return encode


def _decode(desk: Desk, vae: Any) -> Callable[..., Any]:
    original = vae.decode

    @wraps(original)
    def decode(z: torch.Tensor, *arguments: Any, **options: Any) -> Any:
        desk.token.raise_if_cancelled()
        desk.progress.enter(Phase.DECODING)
        if not bool(torch.isfinite(z).all()):
            raise ModelError(
                f"The model “{desk.model.entry.name}” gave no picture but numbers that are none, "
                "as happens in half precision. Your picture is unchanged; try another scheduler, "
                "a lower guidance, or dtype float32 in the settings.",
            )
        decoded = original(z, *arguments, **options)
        if _is_finite(decoded) or vae.dtype is torch.float32:
            return decoded
        desk.notes.degrade("The picture was decoded anew in 32 bits, as 16 were not enough.")
        before = vae.dtype
        vae.to(torch.float32)
        try:
            return original(z.float(), *arguments, **options)
        finally:
            vae.to(before)

    return decode


def _get_timesteps(pipeline: Pipeline, start: int, *, flow: bool) -> Callable[..., Any]:
    original = pipeline.get_timesteps

    @wraps(original)
    def get_timesteps(steps: int | None = None, *arguments: Any, **options: Any) -> Any:
        # The share of the schedule for which the pipeline leaves `start` out, whatever strength
        # it was told: only 1.0 would leave out none, and there the pipeline starts from noise
        # alone. It runs int(steps · strength) steps; in flow matching it is the number of those
        # left out that is made whole.
        count = options.pop("num_inference_steps", steps)
        run = count - start - 0.5 if flow else count - start + 0.5
        share = 1.0 if start == 0 else run / count
        if "strength" in options:
            options["strength"] = share
            return original(count, *arguments, **options)
        return original(count, share, *arguments[1:], **options)

    return get_timesteps


def _progress_bar(desk: Desk, pipeline: Pipeline, denoising: Phase) -> Callable[..., Any]:
    original = pipeline.progress_bar

    @wraps(original)
    def progress_bar(iterable: Any = None, total: int | None = None) -> Any:
        # Every loop begins by asking for its bar; its first callback comes a whole step later.
        steps = len(iterable) if total is None else total
        desk.progress.enter(denoising, steps)
        return original(iterable=iterable, total=total)

    return progress_bar


def _prepare_depth_map(pipeline: Pipeline) -> Callable[..., Any]:
    original = pipeline.prepare_depth_map

    @wraps(original)
    def prepare_depth_map(*arguments: Any, **options: Any) -> torch.Tensor:
        # A map of one depth is divided by its range, which is nothing: it lies in the middle.
        depths: torch.Tensor = original(*arguments, **options)
        return torch.nan_to_num(depths, nan=0.0, posinf=0.0, neginf=0.0)

    return prepare_depth_map


def _enter(desk: Desk, phase: Phase) -> None:
    if desk.progress.phase is not phase:
        desk.progress.enter(phase)


def _is_finite(decoded: Any) -> bool:
    picture = decoded[0] if isinstance(decoded, tuple) else decoded.sample
    return bool(torch.isfinite(picture).all())


def _is_tensors(value: Any) -> bool:
    return isinstance(value, tuple) and all(
        one is None or isinstance(one, torch.Tensor) for one in value
    )
