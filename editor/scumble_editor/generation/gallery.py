"""The gallery as a painter searches it: results with their words, the latest first."""

from dataclasses import dataclass

from scumble_editor.document.paintings import Painting
from scumble_editor.generation.actions import ABOUT
from scumble_editor.generation.recipes import NoRecipeError, settings_of
from scumble_editor.generation.settings import Settings


@dataclass(frozen=True, slots=True)
class Shown:
    """A result with what it was asked with; no settings where its recipe cannot be read."""

    painting: Painting
    settings: Settings | None

    @property
    def title(self) -> str:
        """The prompt on one line, or what was done."""
        if self.settings is None:
            return self.painting.layers[0].name if self.painting.layers else "Painted"
        return " ".join(self.settings.prompt.split()) or ABOUT[self.settings.action].title

    @property
    def text(self) -> str:
        """Everything that a search looks at."""
        asked = self.settings
        if asked is None:
            return self.title
        about = ABOUT[asked.action].title
        words = (asked.prompt, asked.negative_prompt, asked.source_prompt, about, asked.model)
        return " ".join((*words, str(asked.seed)))


def shown(painting: Painting) -> Shown:
    """Return a result with its settings."""
    try:
        return Shown(painting, settings_of(painting.recipe or ""))
    except NoRecipeError:
        return Shown(painting, None)


def search(entries: tuple[Shown, ...], words: str) -> tuple[Shown, ...]:
    """Return the results that have all of some words, in any order and case."""
    wanted = words.casefold().split()
    return tuple(one for one in entries if all(word in one.text.casefold() for word in wanted))
