"""The actions on layers that a model painted."""

from scumble_editor.ui.actions import conditions as when
from scumble_editor.ui.actions.action import Action
from scumble_editor.ui.commands import recipes

_MENU = "Layer/Painted by a Model"

RECIPE = (
    Action(
        id="recipe.rerun",
        text="Paint Again",
        tip="Run the recipe of this layer once more, with the same seed",
        run=recipes.rerun,
        menu=_MENU,
        enabled=when.has_recipe,
        separated=True,
    ),
    Action(
        id="recipe.reroll",
        text="Paint Again with Another Seed",
        tip="Run the recipe of this layer with a seed that is drawn anew",
        run=recipes.reroll,
        menu=_MENU,
        shortcuts=("Ctrl+Alt+R",),
        icon="dice",
        enabled=when.has_recipe,
    ),
    Action(
        id="recipe.change",
        text="Change the Prompt",
        tip="Take what was asked for into the Generate panel and select its place",
        run=recipes.change_prompt,
        menu=_MENU,
        shortcuts=("Ctrl+Alt+P",),
        enabled=when.has_recipe,
    ),
    Action(
        id="recipe.quality",
        text="Raise the Quality…",
        tip="Paint it again with more steps, or with a closer look at its place",
        run=recipes.raise_quality,
        menu=_MENU,
        enabled=when.has_recipe,
    ),
    Action(
        id="recipe.feather",
        text="Feather Again…",
        tip="Soften the edge of this result anew; no model is run",
        run=recipes.feather_again,
        menu=_MENU,
        enabled=when.has_recipe,
    ),
    Action(
        id="recipe.copy_text",
        text="Copy What Was Asked",
        tip="Put prompt, seed and all the rest into the clipboard, in words",
        run=recipes.copy_text,
        menu=_MENU,
        enabled=when.has_recipe,
        separated=True,
    ),
    Action(
        id="recipe.copy_json",
        text="Copy Recipe as JSON",
        tip="Put the recipe into the clipboard as the job that it is",
        run=recipes.copy_json,
        menu=_MENU,
        enabled=when.has_recipe,
    ),
    Action(
        id="recipe.paste",
        text="Paste Recipe",
        tip="Take the recipe in the clipboard into the Generate panel",
        run=recipes.paste,
        menu=_MENU,
    ),
)
