"""What live painting asks for: the settings as they are, in few steps and with one seed."""

import msgspec

from scumble_editor.generation.actions import PaintAction
from scumble_editor.generation.settings import Settings

MOST_STEPS = 8
USUAL_STEPS = 6
"""Where the settings ask for more than live painting can wait for."""

LIVE_ACTIONS = (
    PaintAction.FILL,
    PaintAction.REFINE,
    PaintAction.ADD,
    PaintAction.REMOVE,
    PaintAction.BACKGROUND,
    PaintAction.WHOLE,
)


def live_settings(settings: Settings, seed: int) -> Settings:
    """Return settings for one picture of many: the same seed each time, or it would flicker."""
    steps = settings.steps
    if steps is None or steps > MOST_STEPS:
        steps = USUAL_STEPS
    fixed = settings.seed if settings.seed is not None else seed
    return msgspec.structs.replace(settings, steps=steps, variants=1, seed=fixed)
