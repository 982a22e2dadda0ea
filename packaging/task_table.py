"""Writes the tables of daemon/README.md from the code: tasks, families, options, and settings.

Run it after changing a family, a task, an option or a setting. `--check` only says whether the page
is true, by its exit status.
"""

import argparse
import re
import sys
from pathlib import Path
from typing import Any

import msgspec

from scumble_daemon.config import Settings, meanings
from scumble_daemon.models.families import EVERY_TASK, FAMILIES
from scumble_daemon.tasks.abilities import OPTIONS, abilities

PAGE = Path(__file__).resolve().parent.parent / "daemon" / "README.md"
MARK = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> int:
    """Write the page, or check it; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    checking = parser.parse_args().check
    before = PAGE.read_text(encoding="utf-8")
    after = filled(before)
    if checking:
        return int(before != after)
    PAGE.write_text(after, encoding="utf-8")
    return 0


def filled(page: str) -> str:
    """Return the page with the tables that follow from the code."""
    made = {"abilities": tables, "settings": settings_table}
    return MARK.sub(lambda match: f"{match[1]}{made[match[2]]()}{match[3]}", page)


def tables() -> str:
    """Return both tables as Markdown: families by tasks, and options of each task."""
    return f"\n{_tasks()}\n{_options()}\n"


def settings_table() -> str:
    """Return the table of settings as Markdown: name, default, meaning."""
    defaults, said = Settings(), meanings()
    lines = ["", _row("setting", "default", "what it is"), _rule(3)]
    lines += [
        _row(f"`{name}`", _toml(name, getattr(defaults, name)), said[name])
        for name in Settings.__struct_fields__
    ]
    return "\n".join(lines) + "\n\n"


def _toml(name: str, value: Any) -> str:
    """Return a value as it would be written in the settings' file, where there is one."""
    if value is None:
        return "not set"
    written = f"`{msgspec.json.encode(value).decode()}`"
    return f"{written} ({value >> 20} MiB)" if name.endswith("_bytes") else written


def _tasks() -> str:
    lines = [_row("family", *(f"`{task}`" for task in EVERY_TASK)), _rule(1 + len(EVERY_TASK))]
    lines += [
        _row(family.title, *(_tick(task in family.tasks) for task in EVERY_TASK))
        for family in FAMILIES.values()
        if family.tasks
    ]
    return "\n".join(lines) + "\n"


def _options() -> str:
    lines = [_row("family", "task", *(f"`{name}`" for name in OPTIONS)), _rule(2 + len(OPTIONS))]
    lines += [
        _row(
            FAMILIES[one.family].title,
            f"`{one.task}`",
            *(_tick(name in one.options) for name in OPTIONS),
        )
        for one in abilities()
        if one.options
    ]
    return "\n".join(lines) + "\n"


def _tick(yes: bool) -> str:
    return "✓" if yes else ""


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(count: int) -> str:
    return f"|{'---|' * count}"


if __name__ == "__main__":
    sys.exit(main())
