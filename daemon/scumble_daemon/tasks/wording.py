"""What a picture shows and what it shall show: the two prompts of a DiffEdit job."""

from dataclasses import dataclass

import torch

from scumble_daemon.models.families import CAPTIONER
from scumble_daemon.models.loaded import Loaded
from scumble_daemon.region.arrays import Bytes, quantised
from scumble_daemon.region.composite import opaque
from scumble_daemon.tasks.desk import Desk
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.jobs import DiffEdit, DiffEditInvert, DiffEditSelect

LONGEST_CAPTION_TOKENS = 40


@dataclass(frozen=True, slots=True)
class Wording:
    """Two prompts and what is avoided in both."""

    source: str  # what is there
    target: str  # what shall be there
    negative: str


def wording(desk: Desk, task: DiffEdit | DiffEditSelect | DiffEditInvert) -> Wording:
    """Return the prompts of a job, changed over where it says so.

    A captioner says what is there where the job does not.
    Raises RemoteError `bad_request` where there is none.
    """
    if isinstance(task, DiffEditInvert):
        source, target = task.prompt, ""
    elif task.reverse:
        source, target = task.prompt, task.source_prompt
    else:
        source, target = task.source_prompt, task.prompt
    if not source.strip():
        source = _described(desk, quantised(opaque(desk.pictures.pixels(task.image))))
    return Wording(source, target, task.negative_prompt)


def _described(desk: Desk, rgb: Bytes) -> str:
    name = desk.first_of(CAPTIONER)
    if name is None:
        raise RemoteError(
            ErrorCode.BAD_REQUEST,
            "It was not said what the picture shows now, and there is no captioner that could say "
            "it. Nothing was painted; give the source prompt, or add a captioner such as BLIP with "
            "`scumble models add`.",
        )
    with desk.borrow(name) as captioner:
        words = caption(captioner, rgb)
    desk.notes.notice(f"The picture was taken to show “{words}”, as {name} describes it.")
    return words


@torch.inference_mode()
def caption(captioner: Loaded, rgb: Bytes) -> str:
    """Return what a captioner says that a picture shows. rgb: uint8 [H, W, 3]."""
    model, processor = captioner.caption_parts()
    given = processor(images=rgb, return_tensors="pt").pixel_values.to(model.device, model.dtype)
    tokens = model.generate(pixel_values=given, max_new_tokens=LONGEST_CAPTION_TOKENS)
    return str(processor.decode(tokens[0], skip_special_tokens=True)).strip()
