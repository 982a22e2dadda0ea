"""What can be done later with what a model painted: again, differently, softer, copied."""

from dataclasses import replace
from typing import Any

import msgspec
from PySide6.QtGui import QGuiApplication

from scumble_editor.document.document import Document
from scumble_editor.document.edits.selection import select
from scumble_editor.document.errors import DocumentError
from scumble_editor.document.layer import Layer
from scumble_editor.document.selection import Selection
from scumble_editor.generation.again import Again, ask_again
from scumble_editor.generation.recipes import job_of, settings_of, words_of
from scumble_editor.generation.settings import drawn_seed
from scumble_editor.ui.commands.generate import go_to_prompt
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.dialogs.feathering import FeatherDialog
from scumble_editor.ui.dialogs.quality import QualityDialog
from scumble_editor.ui.generate.generation import home_of
from scumble_editor.ui.open_document import OpenDocument


def rerun(desk: Desk) -> None:
    """Paint the active layer once more, with the same seed."""
    paint_again(desk, painted_layer(desk))


def reroll(desk: Desk) -> None:
    """Paint the active layer once more, with another seed."""
    paint_again(desk, painted_layer(desk), seed=drawn_seed())


def raise_quality(desk: Desk) -> None:
    """Ask for more steps or a closer look, and paint the active layer once more."""
    layer = painted_layer(desk)
    dialog = QualityDialog(settings_of(_recipe(layer)), desk.window)
    dialog.chosen.connect(lambda changes: paint_again(desk, layer, **changes))
    dialog.open()


def change_prompt(desk: Desk) -> None:
    """Put what was asked into the panel and its place into the selection; the layer is hidden."""
    load(desk, painted_layer(desk))


def feather_again(desk: Desk) -> None:
    """Ask for a width and soften the active layer's mask, seen as it happens."""
    layer = painted_layer(desk)
    FeatherDialog(desk.opened, layer, place_of(desk.opened, layer), desk.window).open()


def copy_text(desk: Desk) -> None:
    """Put the active layer's recipe into the clipboard, in words."""
    copy_words(desk, _recipe(painted_layer(desk)))


def copy_json(desk: Desk) -> None:
    """Put the active layer's recipe into the clipboard, as JSON."""
    QGuiApplication.clipboard().setText(_recipe(painted_layer(desk)))
    desk.messages.info("The recipe is in the clipboard, as JSON.")


def paste(desk: Desk) -> None:
    """Take what the recipe in the clipboard asks for into the panel."""
    settings = settings_of(QGuiApplication.clipboard().text())
    desk.generation.wear(None)
    desk.generation.take(settings)
    go_to_prompt(desk)


def copy_words(desk: Desk, recipe: str) -> None:
    """Put a recipe into the clipboard, in words."""
    QGuiApplication.clipboard().setText(words_of(recipe))
    desk.messages.info("What was asked for is in the clipboard.")


def paint_again(
    desk: Desk, layer: Layer, selection: Selection | None = None, **changes: Any
) -> None:
    """Send a layer's recipe once more; the layer is hidden once the new result is there."""
    opened = desk.opened
    document = opened.document
    place = selection or place_of(opened, layer)
    there = any(node.id == layer.id for node in document.walk())
    home = home_of(opened)
    if there:
        home = msgspec.structs.replace(home, above=layer.id, instead_of=layer.id)
    desk.generation.link.wake()

    def send(again: Again) -> None:
        for notice in again.notices:
            desk.messages.info(notice)
        desk.generation.sent.emit(desk.generation.jobs.submit(again.asked, home))

    desk.works.start("Preparing", lambda _: ask_again(document, layer, place, **changes), send)


def load(desk: Desk, layer: Layer, selection: Selection | None = None) -> None:
    """Put a recipe into the panel, its place into the selection, and hide its layer: one step."""
    opened = desk.opened
    place = selection or place_of(opened, layer)

    def prepare(document: Document) -> Document:
        if place is not None:
            document = select(document, place)
        if any(node.id == layer.id for node in document.walk()):
            document = document.changed(layer.id, lambda node: replace(node, visible=False))
        return document

    asked = settings_of(_recipe(layer))
    opened.apply(prepare, "Change prompt")
    desk.generation.wear(None)  # its words are in the prompt already
    desk.generation.take(msgspec.structs.replace(asked, seed=None))
    go_to_prompt(desk)


def place_of(opened: OpenDocument, layer: Layer) -> Selection | None:
    """Return where a layer was painted, as the gallery keeps it; None where it does not."""
    if layer.recipe is None:
        return None
    job = job_of(layer.recipe).id
    for painting in opened.paintings:
        if painting.recipe is not None and job_of(painting.recipe).id == job:
            return painting.selection
    return None


def painted_layer(desk: Desk) -> Layer:
    """Return the active layer, which a model has painted."""
    node = desk.active
    if not isinstance(node, Layer) or node.recipe is None:
        raise DocumentError("No model painted this layer; choose one that has a recipe.")
    return node


def _recipe(layer: Layer) -> str:
    return layer.recipe or ""
