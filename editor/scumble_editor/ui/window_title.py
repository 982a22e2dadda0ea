"""The title of the window: the picture, and how far a model is with it, for the taskbar."""

from scumble_editor.ui.generate.generation import Generation
from scumble_editor.ui.open_document import OpenDocument


def title_of(opened: OpenDocument | None, generation: Generation) -> str:
    """Return the title; `[*]` is where Qt marks what is not saved."""
    name = "Scumble" if opened is None else f"{opened.name}[*] – Scumble"
    job = generation.running()
    progress = None if job is None else job.progress
    if progress is None or progress.fraction is None:
        return name
    return f"{progress.fraction:.0%} · {name}"
