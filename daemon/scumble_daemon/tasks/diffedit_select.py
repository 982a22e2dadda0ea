"""Where two prompts disagree about a picture, as a soft selection."""

from torch import Tensor

from scumble_daemon.region.arrays import Floats, floats, quantised, resized, smoothstep
from scumble_daemon.region.composite import opaque
from scumble_daemon.region.resolution import first_extent
from scumble_daemon.tasks.desk import Desk
from scumble_daemon.tasks.inversion import (
    generator_of,
    opened,
    step_count,
    tensor_of,
)
from scumble_daemon.tasks.shortage import enduring
from scumble_daemon.tasks.wording import Wording, wording
from scumble_protocol.jobs import DiffEdit, DiffEditSelect, PaintedLayer, Phase

FADE = (0.25, 0.75)
"""Between these values of the map the selection goes from nothing to all; DiffEdit's own mask is
hard at the middle of them."""


def diffedit_select(desk: Desk, task: DiffEditSelect) -> tuple[PaintedLayer, ...]:
    """Return one grey layer as large as the canvas, white where the prompts disagree most.

    1. Say in words what is there. 2. Average over noises what the prompts disagree on, at a size
    the model is at home with. 3. Enlarge smoothly, then part what counts from what does not.
    """
    selection = disagreement(desk, task, wording(desk, task))
    desk.progress.enter(Phase.FINISHING)
    layer = PaintedLayer(
        image=desk.pictures.add(quantised(selection)),
        mask=None,
        bounds=task.extent.bounds,
        seed=task.seed,
    )
    return (layer,)


def disagreement(desk: Desk, task: DiffEdit | DiffEditSelect, words: Wording) -> Floats:
    """Return the soft selection of a job, float32 [H, W] in 0..1, as large as the canvas."""
    extent = first_extent(task.extent, desk.model.native)
    picture = resized(opaque(desk.pictures.pixels(task.image)), extent)

    def compute() -> Tensor:
        with opened(desk, task) as pipeline:
            # With one negative prompt for both, guidance would change nothing but the cost.
            source = pipeline.embed(words.source, words.negative, task.num_maps_per_mask, 1.0)
            target = pipeline.embed(words.target, words.negative, task.num_maps_per_mask, 1.0)
            desk.progress.enter(Phase.DENOISING, 1)
            found = pipeline.difference_map(
                tensor_of(picture),
                source,
                target,
                num_inference_steps=step_count(desk, task),
                mask_encode_strength=task.mask_encode_strength,
                mask_thresholding_ratio=task.mask_thresholding_ratio,
                guidance_scale=1.0,
                generator=generator_of(task.seed),
            )
        desk.progress.step(1, 1)
        return found

    found = floats(enduring(desk, extent, compute).float().cpu().numpy())
    low, high = FADE
    return smoothstep((resized(found, task.extent) - low) / (high - low))
