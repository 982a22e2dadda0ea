"""Selections and depths that models find in the picture in front."""

from collections.abc import Callable

import msgspec

from scumble_editor.document.layer import Layer
from scumble_editor.document.selection import Combine
from scumble_editor.generation.actions import PaintAction
from scumble_editor.generation.asking import Asked
from scumble_editor.generation.finding import (
    DEPTH_TASK,
    WORDS_TASK,
    ask_by_words,
    ask_depth,
)
from scumble_editor.generation.results import Finished
from scumble_editor.generation.settings import Settings
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.dialogs.depth_range import DepthRangeDialog
from scumble_editor.ui.dialogs.select_by_words import SelectByWords
from scumble_editor.ui.generate.generation import home_of
from scumble_editor.ui.open_document import OpenDocument
from scumble_protocol.errors import ScumbleError


def select_by_words(desk: Desk) -> None:
    """Ask what is to be found, and have a model find it."""
    asked = desk.generation.settings
    opened = desk.opened
    dialog = SelectByWords(asked.source_prompt, "", desk.window)

    def find(there: str, instead: str, how: Combine) -> None:
        settings = able(desk, WORDS_TASK)
        document = opened.document
        home = msgspec.structs.replace(home_of(opened), how=how)

        def send(job: Asked) -> None:
            desk.generation.sent.emit(desk.generation.jobs.submit(job, home))

        desk.generation.link.wake()
        desk.works.start(
            "Preparing", lambda _: ask_by_words(document, settings, there, instead), send
        )

    dialog.asked.connect(find)
    dialog.open()


def select_by_depth(desk: Desk) -> None:
    """Have the depths estimated, then ask for a range of them."""
    opened = desk.opened
    _estimate(desk, opened, lambda finished: _ask_range(desk, opened, finished))


def depth_layer(desk: Desk) -> None:
    """Have the depths estimated and put them above everything as a grey layer."""
    _estimate(desk, desk.opened, None)


def offer_depth(desk: Desk, finished: Finished, opened: OpenDocument | None) -> None:
    """Offer to paint by a depth layer that has just come."""
    if finished.job.task.__struct_config__.tag != DEPTH_TASK or opened is None:
        return
    layer = opened.document.active
    if not isinstance(layer, Layer):
        return

    def use() -> None:
        desk.generation.choose(PaintAction.DEPTH)
        desk.generation.change(depth_layer=layer.id)

    desk.messages.offer(
        "The depths are a grey layer now: white is near. Paint on it as on any other.",
        "Paint by It",
        use,
    )


def able(desk: Desk, task: str) -> Settings:
    """Return the panel's settings with a model that can do a task; its own where it can."""
    settings = desk.generation.settings
    models = desk.generation.models
    fitting = [model.name for model in models if task in model.tasks]
    if not models or settings.model in fitting:
        return settings
    if not fitting:
        raise ScumbleError("No model here can do this. Add one that can under Models.")
    return msgspec.structs.replace(settings, model=fitting[0])


def _estimate(desk: Desk, opened: OpenDocument, take: Callable[[Finished], None] | None) -> None:
    settings = able(desk, DEPTH_TASK)
    document = opened.document
    top = document.layers[-1].id if document.layers else None
    home = msgspec.structs.replace(home_of(opened), above=top)

    def send(asked: Asked) -> None:
        job = desk.generation.jobs.submit(asked, home)
        if take is not None:
            desk.generation.landing.give(job, take)
        desk.generation.sent.emit(job)

    desk.generation.link.wake()
    desk.works.start("Preparing", lambda _: ask_depth(document, settings), send)


def _ask_range(desk: Desk, opened: OpenDocument, finished: Finished) -> None:
    if opened not in desk.session.documents:
        return
    desk.session.show(opened)
    found = finished.painted.layers[0]
    DepthRangeDialog(opened, found.pixels, found.bounds.origin, desk.window).open()
