"""What can be set about a tool, as data from which a panel is built."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slider:
    """A number in a range; `curve` 2 gives small numbers more room on the slider."""

    name: str
    label: str
    tip: str
    low: float
    high: float
    default: float
    decimals: int = 0
    suffix: str = ""
    curve: float = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few values; each choice is its value, its title and perhaps an icon."""

    name: str
    label: str
    tip: str
    choices: tuple[tuple[str, str, str], ...]
    default: str


@dataclass(frozen=True, slots=True)
class Toggle:
    """Something that is on or off."""

    name: str
    label: str
    tip: str
    default: bool


Option = Slider | Choice | Toggle
Value = float | str | bool


class Values:
    """The settings of one tool: every option at its default until it is set."""

    def __init__(self, options: tuple[Option, ...]) -> None:
        self.options = options
        self._known = {option.name: option for option in options}
        self._values: dict[str, Value] = {option.name: option.default for option in options}

    def number(self, name: str) -> float:
        """Return the value of a slider."""
        return float(self._values[name])

    def text(self, name: str) -> str:
        """Return the value of a choice."""
        return str(self._values[name])

    def flag(self, name: str) -> bool:
        """Return whether a toggle is on."""
        return bool(self._values[name])

    def set(self, name: str, value: Value) -> None:
        """Set an option, kept in its range; what is no value of it is ignored."""
        option = self._known[name]
        match option:
            case Slider():
                if isinstance(value, (int, float)):
                    self._values[name] = min(max(float(value), option.low), option.high)
            case Choice():
                if any(value == choice[0] for choice in option.choices):
                    self._values[name] = value
            case Toggle():
                self._values[name] = bool(value)

    def has(self, name: str) -> bool:
        """Tell whether the tool has an option of that name."""
        return name in self._known

    def as_dict(self) -> dict[str, Value]:
        """Return all values by name, to be remembered."""
        return dict(self._values)

    def load(self, values: dict[str, Value]) -> None:
        """Take remembered values as far as they still are options."""
        for name, value in values.items():
            if name in self._known:
                self.set(name, value)
