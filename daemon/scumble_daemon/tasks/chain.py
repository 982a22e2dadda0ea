"""Several stages as one job: what one paints, the next paints over."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import msgspec
import numpy as np
import torch

from scumble_daemon.models.families import IMG2IMG, INPAINT, TEXT2IMAGE
from scumble_daemon.models.loaded import Loaded
from scumble_daemon.region.arrays import Bytes, Floats, quantised, resized, resized_mask, unit
from scumble_daemon.region.composite import opaque
from scumble_daemon.region.resolution import first_extent
from scumble_daemon.tasks.denoising import denoise, denoise_latents
from scumble_daemon.tasks.desk import Desk
from scumble_daemon.tasks.listening import listening
from scumble_daemon.tasks.run import Run
from scumble_daemon.tasks.safety import checked
from scumble_daemon.tasks.settling import settled
from scumble_daemon.tasks.tuning import tuned
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.geometry import Extent
from scumble_protocol.jobs import Chain, PaintedLayer, Phase, Stage

LATENT_CHANNELS = 4
"""Of the families whose pipelines hand latents on as they are."""
OWN = ("prompt", "negative_prompt", "steps", "guidance_scale", "scheduler", "options")
"""What a stage may have in the place of what its chain has."""


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """What a stage gave: one picture or one tensor of latents for each variant."""

    pictures: tuple[Floats, ...] = ()  # [H, W, 3] in 0..1 at the working size
    latents: tuple[torch.Tensor, ...] = ()  # [C, h, w]


def chain(desk: Desk, task: Chain) -> tuple[PaintedLayer, ...]:
    """Return the layers of the last stage, then those of kept stages, the latest first.

    1. Take the picture, if there is one, at a size that the first model is at home with. 2. Let
    each stage paint over what came before, in latents where the next can go on from them. 3. Bring
    what is shown to the canvas' size; where every stage had a selection, only they are covered.
    """
    extent = first_extent(task.extent, desk.model.native)
    seeds = tuple(range(task.seed, task.seed + task.variants))
    held = Painted()
    shown: list[tuple[tuple[Floats, ...], dict[int, bool]]] = []
    if task.image is not None:
        start = resized(opaque(desk.pictures.pixels(task.image)), extent)
        held = Painted(pictures=(start,) * len(seeds))
    for number, stage in enumerate(task.stages):
        last = number == len(task.stages) - 1
        desk.notes.flagged.clear()
        with _at(desk, stage) as here, desk.progress.part(1 / (len(task.stages) - number)):
            _check(here, stage, held)
            staged = settled(here, _task(task, stage))
            onwards = not last and _takes_latents(desk, here.model, task, number)
            run = _run(here, stage, held, extent, task.extent, seeds)
            held = _painted(here, staged, run, onwards=onwards)
            if last or stage.keep or desk.token.taken:
                pictures = held.pictures or _decoded(here, staged, held.latents, seeds)
                shown.append((pictures, here.notes.flagged.copy()))
        if desk.token.taken:
            break
    desk.notes.flagged.clear()  # each layer has its own
    desk.progress.enter(Phase.FINISHING)
    mask = _covered(desk, task)
    return tuple(
        PaintedLayer(
            image=desk.pictures.add(quantised(resized(picture, task.extent))),
            mask=None if mask is None else desk.pictures.add(mask),
            bounds=task.extent.bounds,
            seed=seed,
            nsfw_content_detected=flags.get(seed),
        )
        for pictures, flags in reversed(shown)
        for picture, seed in zip(pictures, seeds, strict=False)  # fewer where it was taken early
    )


@contextmanager
def _at(desk: Desk, stage: Stage) -> Iterator[Desk]:
    """Lend a desk with the model of a stage."""
    if stage.model in (None, desk.model.entry.name):
        yield desk
        return
    assert stage.model is not None
    with desk.borrow(stage.model) as model:
        yield replace(desk, model=model)


def _check(desk: Desk, stage: Stage, held: Painted) -> None:
    """Refuse a stage that its model cannot paint."""
    painted_over = bool(held.pictures or held.latents)
    kind = TEXT2IMAGE if not painted_over else IMG2IMG if stage.selection is None else INPAINT
    if kind not in desk.model.tasks:
        raise RemoteError(
            ErrorCode.BAD_REQUEST,
            f"The model “{desk.model.entry.name}” cannot do {kind}, which a stage of the chain "
            f"needs, only {', '.join(desk.model.tasks)}. Nothing was painted.",
        )


def _takes_latents(desk: Desk, model: Loaded, task: Chain, number: int) -> bool:
    """Tell whether the stage after a numbered one can go on from its latents."""
    stage, following = task.stages[number : number + 2]
    worn = {_task(task, one).options.vae for one in (stage, following)}
    if following.selection is not None or len(worn) > 1:
        return False
    with _at(desk, following) as there:
        ours, theirs = model.components.get("vae"), there.model.components.get("vae")
        if ours is None or theirs is None or there.model.paints_masked_only:
            return False
        plain = ours.config.get("latents_mean") is None
        return plain and ours.config.latent_channels == LATENT_CHANNELS and _same(ours, theirs)


def _same(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    """Tell whether two VAEs are one, or have the same weights."""
    if one is other:
        return True
    ours, theirs = one.state_dict(), other.state_dict()
    return ours.keys() == theirs.keys() and all(
        torch.equal(tensor, theirs[name].to(tensor)) for name, tensor in ours.items()
    )


def _task(task: Chain, stage: Stage) -> Chain:
    """Return the chain with a stage's own words, settings and options."""
    own = {name: value for name in OWN if (value := getattr(stage, name)) is not None}
    return msgspec.structs.replace(task, **own)


def _run(
    desk: Desk,
    stage: Stage,
    held: Painted,
    extent: Extent,
    canvas: Extent,
    seeds: tuple[int, ...],
) -> Run:
    mask = None
    if stage.selection is not None:
        mask = resized_mask(unit(desk.pictures.pixels(stage.selection)), extent)
    return Run(
        extent=extent,
        bounds=canvas.bounds,
        seeds=seeds,
        strength=stage.strength,
        pictures=held.pictures,
        latents=held.latents,
        mask=mask,
        originals=held.pictures,
        soft=mask is not None,
        from_noise=mask is not None and stage.strength == 1,
    )


def _painted(desk: Desk, task: Chain, run: Run, *, onwards: bool) -> Painted:
    if onwards:
        return Painted(latents=tuple(denoise_latents(desk, task, run)))
    return Painted(pictures=tuple(denoise(desk, task, run)))


def _decoded(
    desk: Desk, task: Chain, latents: tuple[torch.Tensor, ...], seeds: tuple[int, ...]
) -> tuple[Floats, ...]:
    """Return latents as pictures, as the pipelines themselves would have decoded them."""
    pipeline = desk.model.pipeline(TEXT2IMAGE if TEXT2IMAGE in desk.model.tasks else IMG2IMG)
    stacked = torch.stack(latents)
    with torch.inference_mode(), tuned(desk, task, pipeline), listening(desk, pipeline, None):
        vae = pipeline.vae
        decoded = vae.decode(stacked / vae.config.scaling_factor, return_dict=False)[0]
        decoded = checked(desk, pipeline, decoded, seeds)
    return tuple(pipeline.image_processor.postprocess(decoded, output_type="np"))


def _covered(desk: Desk, task: Chain) -> Bytes | None:
    """Return where anything may have changed, uint8 [H, W]; None where all may."""
    selections = [stage.selection for stage in task.stages if stage.selection is not None]
    if task.image is None or len(selections) < len(task.stages):
        return None
    covered: Bytes = np.maximum.reduce([desk.pictures.pixels(one) for one in selections])
    return covered
