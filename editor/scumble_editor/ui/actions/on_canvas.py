"""The actions of the Generate menu that are about the canvas."""

from scumble_editor.ui.actions import conditions as when
from scumble_editor.ui.actions.action import Action
from scumble_editor.ui.commands import on_canvas

ON_CANVAS = (
    Action(
        id="generate.take",
        text="Take It Now",
        tip="End the job at this step; what is painted until now becomes the layer",
        run=on_canvas.take_now,
        menu="Generate",
        shortcuts=("Ctrl+Shift+Return",),
        icon="take",
        enabled=when.is_painting,
        separated=True,
    ),
    Action(
        id="generate.compare",
        text="Before and After",
        tip="Hold the key to see the picture without what models painted",
        run=on_canvas.compare,
        menu="Generate",
        shortcuts=("\\",),
        icon="eye",
        enabled=when.has_document,
    ),
    Action(
        id="generate.frames",
        text="Show What Would Be Painted",
        tip="Show on the canvas what the model sees, where its paint fades and how long it takes",
        run=on_canvas.toggle_frames,
        menu="Generate",
        checked=on_canvas.shows_frames,
    ),
    Action(
        id="generate.live",
        text="Paint Live",
        tip="Paint the picture again in few steps whenever you change it",
        run=on_canvas.toggle_live,
        menu="Generate",
        shortcuts=("F8",),
        enabled=when.has_document,
        checked=on_canvas.is_live,
        separated=True,
    ),
    Action(
        id="generate.keep_live",
        text="Keep What Live Painting Shows",
        tip="Make it a layer with its recipe",
        run=on_canvas.keep_live,
        menu="Generate",
        shortcuts=("Shift+F8",),
        enabled=when.has_document,
    ),
)
