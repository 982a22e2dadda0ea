"""A process that paints at random and says which gestures are finished; made to be killed."""

import json
import random
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from helpers.fingerprints import document_hash
from helpers.pictures import noise
from scumble_editor.document.document import Document
from scumble_editor.document.edits import layers
from scumble_editor.document.formats import Pixels
from scumble_editor.document.layer import Layer
from scumble_editor.history.history import History
from scumble_editor.history.journal import Journal
from scumble_editor.history.recovery import recover, recoverable
from scumble_protocol.geometry import Bounds


def main() -> None:
    folder, seed = Path(sys.argv[1]), int(sys.argv[2])
    left = recoverable(folder)
    if left:
        history = recover(left[0].path, budget_bytes=20 << 18)
    else:
        document = Document.of_image(noise(700, 500, seed))
        journal = Journal.create(folder, "Killed")
        history = History(document, journal=journal, budget_bytes=20 << 18)
    say("finished", history)
    chance = random.Random(seed)  # noqa: S311  # no secret
    while True:
        act(history, chance)
        say("finished", history)


def act(history: History, chance: random.Random) -> None:
    what = chance.random()
    if what < 0.15:
        history.undo()
    elif what < 0.25:
        history.redo()
    elif what < 0.4:
        history.record(layers.add_layer(history.document, Layer()), "New layer")
    else:
        with history.gesture("Brush stroke"):
            for _ in range(chance.randrange(1, 6)):
                history.record(dab(history.document, chance), "Dab")


def dab(document: Document, chance: random.Random) -> Document:
    active = document.active
    assert isinstance(active, Layer)
    colour = np.array([chance.randrange(256) for _ in range(4)], np.uint8)
    area = Bounds(chance.randrange(600), chance.randrange(400), 60, 60)

    def fill(view: Pixels, _place: Bounds) -> None:
        view[...] = colour

    pixels = active.pixels.edited(area, fill)
    return document.changed(active.id, lambda _: replace(active, pixels=pixels))


def say(event: str, history: History) -> None:
    journal = history.journal
    assert journal is not None
    assert journal.flush()
    shown = {"event": event, "step": history.current.id, "hash": document_hash(history.document)}
    print(json.dumps(shown), flush=True)  # noqa: T201


main()
