"""The actions of the Generate menu."""

from scumble_editor.generation.actions import ABOUT, PaintAction
from scumble_editor.ui.actions import conditions as when
from scumble_editor.ui.actions.action import Action
from scumble_editor.ui.commands import finding, generate, models, parameters


def _choice(action: PaintAction, first: bool) -> Action:
    about = ABOUT[action]
    return Action(
        id=f"generate.{action}",
        text=about.title,
        tip=about.explains.rstrip("."),
        run=generate.chooses(action),
        menu="Generate",
        enabled=when.has_document,
        checked=generate.is_chosen(action),
        separated=first,
    )


GENERATE = (
    Action(
        id="generate.paint",
        text="Paint",
        tip="Send what the Generate panel asks for; the result comes back as a layer",
        run=generate.paint,
        menu="Generate",
        shortcuts=("Ctrl+Return", "Ctrl+Enter"),
        icon="wand",
        enabled=when.has_document,
    ),
    Action(
        id="generate.cancel",
        text="Cancel Painting",
        tip="Stop the job that is shown in the Generate panel; nothing is changed",
        run=generate.cancel,
        menu="Generate",
        shortcuts=("Esc",),
        icon="stop",
        enabled=when.is_painting,
    ),
    Action(
        id="generate.words",
        text="Go to the Prompt",
        tip="Put the cursor into the words of the Generate panel",
        run=generate.go_to_prompt,
        menu="Generate",
        shortcuts=("Ctrl+P",),
    ),
    Action(
        id="generate.depth_layer",
        text="Depth as a Layer",
        tip="Estimate the depths as a grey layer, white is near, to paint on and to paint by",
        run=finding.depth_layer,
        menu="Generate",
        enabled=when.has_document,
        separated=True,
    ),
    Action(
        id="generate.models",
        text="Models…",
        tip="See the models that are here, fetch others, add your own",
        run=models.show,
        menu="Generate",
        shortcuts=("Ctrl+Alt+M",),
    ),
    Action(
        id="generate.parameters",
        text="Take Parameters from a Picture…",
        tip="Ask for what a picture of Scumble, A1111 or InvokeAI was painted with",
        run=parameters.ask,
        menu="Generate",
    ),
    *(_choice(action, first=not number) for number, action in enumerate(PaintAction)),
)
