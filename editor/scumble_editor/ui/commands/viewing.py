"""The View menu: where the painter looks, and what is shown besides the picture."""

from collections.abc import Callable

from scumble_editor.ui.canvas.camera import Camera
from scumble_editor.ui.canvas.canvas import Canvas
from scumble_editor.ui.desk import Desk


def zoom_in(desk: Desk) -> None:
    """Show more detail."""
    _on_canvas(desk, lambda canvas: canvas.zoom_by(1))


def zoom_out(desk: Desk) -> None:
    """Show more of the picture."""
    _on_canvas(desk, lambda canvas: canvas.zoom_by(-1))


def actual_size(desk: Desk) -> None:
    """Show each pixel of the picture as one of the screen."""
    _look(desk, lambda camera: camera.zoomed(1.0))


def fit(desk: Desk) -> None:
    """Show the whole picture."""
    _on_canvas(desk, Canvas.fit)


def fit_width(desk: Desk) -> None:
    """Show the picture in its full width."""
    _on_canvas(desk, Canvas.fit_width)


def turn_left(desk: Desk) -> None:
    """Turn the view, not the picture."""
    _look(desk, lambda camera: camera.rotated(-15))


def turn_right(desk: Desk) -> None:
    """Turn the view, not the picture."""
    _look(desk, lambda camera: camera.rotated(15))


def upright(desk: Desk) -> None:
    """Turn the view upright again."""
    _look(desk, Camera.upright)


def mirror(desk: Desk) -> None:
    """Exchange left and right on the screen, to see mistakes."""
    _look(desk, Camera.mirrored_now)


def is_mirrored(desk: Desk) -> bool:
    """Tell whether the view is mirrored."""
    canvas = desk.canvas()
    return canvas is not None and canvas.camera.mirrored


def toggle_grid(desk: Desk) -> None:
    """Show lines between pixels from 800 % on, or not."""

    def toggle(canvas: Canvas) -> None:
        canvas.show_pixel_grid = not canvas.show_pixel_grid
        canvas.update()

    _on_canvas(desk, toggle)


def has_grid(desk: Desk) -> bool:
    """Tell whether the pixel grid is shown."""
    canvas = desk.canvas()
    return canvas is not None and canvas.show_pixel_grid


def toggle_selection(desk: Desk) -> None:
    """Show the outline of the selection, or not."""

    def toggle(canvas: Canvas) -> None:
        canvas.show_selection = not canvas.show_selection
        canvas.update()

    _on_canvas(desk, toggle)


def shows_selection(desk: Desk) -> bool:
    """Tell whether the outline of the selection is shown."""
    canvas = desk.canvas()
    return canvas is not None and canvas.show_selection


def toggle_film(desk: Desk) -> None:
    """Show the selection as a red film over the rest, which shows soft edges, or as ants."""

    def toggle(canvas: Canvas) -> None:
        canvas.selection_as_film = not canvas.selection_as_film
        canvas.update()

    _on_canvas(desk, toggle)


def has_film(desk: Desk) -> bool:
    """Tell whether the selection is shown as a film."""
    canvas = desk.canvas()
    return canvas is not None and canvas.selection_as_film


def full_screen(desk: Desk) -> None:
    """Use the whole screen, or not."""
    window = desk.window
    if window.isFullScreen():
        window.showNormal()
    else:
        window.showFullScreen()


def is_full_screen(desk: Desk) -> bool:
    """Tell whether the whole screen is used."""
    return desk.window.isFullScreen()


def next_picture(desk: Desk) -> None:
    """Show the next open picture."""
    _switch(desk, 1)


def previous_picture(desk: Desk) -> None:
    """Show the open picture before."""
    _switch(desk, -1)


def _switch(desk: Desk, step: int) -> None:
    documents = desk.session.documents
    index = documents.index(desk.opened)
    desk.session.show(documents[(index + step) % len(documents)])


def _look(desk: Desk, change: Callable[[Camera], Camera]) -> None:
    _on_canvas(desk, lambda canvas: canvas.look(change(canvas.camera)))


def _on_canvas(desk: Desk, act: Callable[[Canvas], None]) -> None:
    canvas = desk.canvas()
    if canvas is not None:
        act(canvas)
