"""The tree of steps and the way through it; knows labels and order, nothing of documents."""

from collections.abc import Sequence
from itertools import pairwise

from scumble_editor.history.errors import HistoryError
from scumble_editor.history.store import Step


class Timeline:
    """Steps, each after another; one of them is the current one.

    Every step remembers which of those after it was last on the way, so redo retraces undo.
    """

    def __init__(self, first: Step) -> None:
        self.current = first.id
        self._steps = {first.id: first}
        self._children: dict[int, list[int]] = {first.id: []}
        self._preferred: dict[int, int] = {}
        self._last_id = first.id

    @classmethod
    def of(cls, steps: Sequence[Step]) -> "Timeline":
        """Return the tree of steps that were made in this order; raises HistoryError."""
        timeline = cls(steps[0])
        for step in steps[1:]:
            if step.parent not in timeline._steps:
                raise HistoryError("The journal misses a step in the middle.")
            timeline._attach(step)
        return timeline

    def step(self, step_id: int) -> Step:
        """Return a step; raises HistoryError where it is forgotten."""
        try:
            return self._steps[step_id]
        except KeyError:
            raise HistoryError(
                "That step is no longer in the history; the document is unchanged."
            ) from None

    def steps(self) -> tuple[Step, ...]:
        """Return all steps in the order they were made."""
        return tuple(self._steps.values())

    def add(self, label: str, seconds: float) -> int:
        """Add a step after the current one, make it current and return its id."""
        self._attach(Step(self._last_id + 1, self.current, label, seconds))
        self.current = self._last_id
        return self.current

    def remove(self, step_id: int, preferred: int | None) -> None:
        """Take a last step out; its parent prefers another one from now on."""
        parent = self._steps.pop(step_id).parent
        del self._children[step_id]
        if parent is not None:
            self._children[parent].remove(step_id)
            self._preferred.pop(parent, None)
            if preferred is not None:
                self._preferred[parent] = preferred

    def go(self, step_id: int) -> None:
        """Make a step the current one; redo then leads back to where one was, if it can."""
        self.step(step_id)
        for way in (self.path(self.current), self.path(step_id)):
            self._preferred.update(pairwise(way))
        self.current = step_id

    def path(self, step_id: int) -> list[int]:
        """Return the ids from the first step to one of them."""
        way = [step_id]
        while (parent := self._steps[way[-1]].parent) is not None:
            way.append(parent)
        return way[::-1]

    def next_id(self, after: int | None = None) -> int | None:
        """Return the step that redo leads to, None at an end."""
        step_id = self.current if after is None else after
        children = self._children[step_id]
        return self._preferred.get(step_id, children[-1] if children else None)

    def line(self) -> tuple[Step, ...]:
        """Return the steps from the first through the current one as far as redo leads."""
        ids = self.path(self.current)
        while (following := self.next_id(ids[-1])) is not None:
            ids.append(following)
        return tuple(self._steps[step_id] for step_id in ids)

    def by_need(self) -> list[int]:
        """Return all steps but the current one, those first that will be missed least.

        Undone branches, the oldest first; then the line, from its farther end.
        """
        line = [step.id for step in self.line()]
        here = line.index(self.current)
        on_line = set(line)
        off_line = [step_id for step_id in self._steps if step_id not in on_line]
        far_first = sorted(range(len(line)), key=lambda index: -abs(index - here))
        return off_line + [line[index] for index in far_first if index != here]

    def forget_least_needed(self) -> tuple[tuple[int, ...], int | None]:
        """Remove the steps missed least; return their ids and the step that is now the first.

        The end of an undone branch, else the first step with all that only it leads to, else
        the end of what redo leads to. Nothing where only the current step is left. The second
        value is None where the first step is still the first.
        """
        on_line = {step.id for step in self.line()}
        for step_id in self._steps:
            if step_id not in on_line and not self._children[step_id]:
                self.remove(step_id, self._preferred.get(self._parent(step_id)))
                return (step_id,), None
        way = self.path(self.current)
        if len(way) > 1:
            return (way[0],), self._cut_first(way[0], way[1])
        last = self.line()[-1].id
        if last == self.current:
            return (), None
        self.remove(last, None)
        return (last,), None

    def _cut_first(self, first: int, following: int) -> int:
        old = self._steps[following]
        self._steps[following] = Step(old.id, None, old.label, old.seconds)
        del self._steps[first], self._children[first]
        self._preferred.pop(first, None)
        return following

    def _parent(self, step_id: int) -> int:
        parent = self._steps[step_id].parent
        return step_id if parent is None else parent

    def _attach(self, step: Step) -> None:
        self._steps[step.id] = step
        self._children[step.id] = []
        if step.parent is not None:
            self._children[step.parent].append(step.id)
            self._preferred[step.parent] = step.id
        self._last_id = max(self._last_id, step.id)
