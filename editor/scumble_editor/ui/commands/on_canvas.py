"""The part of the Generate menu that is about the canvas."""

from scumble_editor.ui.desk import Desk


def take_now(desk: Desk) -> None:
    """Make what is painted until now the result."""
    desk.on_canvas.take_now()


def toggle_frames(desk: Desk) -> None:
    """Show what would be painted, or do not."""
    desk.on_canvas.show_frames(not desk.on_canvas.frames_shown)


def shows_frames(desk: Desk) -> bool:
    """Whether it is shown."""
    return desk.on_canvas.frames_shown


def compare(desk: Desk) -> None:
    """Show the picture as it was, until the key is let go."""
    desk.on_canvas.comparing.begin()


def toggle_live(desk: Desk) -> None:
    """Begin or end painting live."""
    desk.on_canvas.live.switch(not desk.on_canvas.live.on)


def is_live(desk: Desk) -> bool:
    """Whether it goes on."""
    return desk.on_canvas.live.on


def keep_live(desk: Desk) -> None:
    """Make what live painting shows a layer."""
    desk.on_canvas.live.keep()
