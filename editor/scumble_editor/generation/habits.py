"""What each action was asked with last: its own strength, and for some their own words."""

import msgspec

from scumble_editor.generation.actions import ABOUT, PaintAction
from scumble_editor.generation.settings import Settings


class Habits:
    """Remembers, so that another action can be chosen and come back to.

    What is behind a thing, or what a whole picture shows, is not what was to be painted into a
    selection: actions whose `About` says so have words of their own.
    """

    def __init__(self) -> None:
        self._strengths: dict[PaintAction, float | None] = {}
        self._words: dict[PaintAction | None, str] = {}

    def note(self, settings: Settings) -> None:
        """Remember what an action is asked with now."""
        self._strengths[settings.action] = settings.strength
        self._words[_of_words(settings.action)] = settings.prompt

    def switched(self, settings: Settings, action: PaintAction) -> Settings:
        """Return settings for another action."""
        prompt = settings.prompt
        if _of_words(action) != _of_words(settings.action):
            prompt = self._words.get(_of_words(action), "")
        return msgspec.structs.replace(
            settings, action=action, strength=self._strengths.get(action), prompt=prompt
        )


def _of_words(action: PaintAction) -> PaintAction | None:
    return action if ABOUT[action].own_words else None
