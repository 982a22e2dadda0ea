"""Writes the table of tasks, families and options in daemon/README.md from the code.

Run it after changing a family, a task or an option. `--check` only says whether the page is true,
by its exit status.
"""

import argparse
import re
import sys
from pathlib import Path

from scumble_daemon.models.families import EVERY_TASK, FAMILIES
from scumble_daemon.tasks.abilities import OPTIONS, abilities

PAGE = Path(__file__).resolve().parent.parent / "daemon" / "README.md"
MARK = re.compile(r"(<!-- table: abilities -->\n).*?(<!-- end -->)", re.DOTALL)


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
    return MARK.sub(lambda match: f"{match[1]}{tables()}{match[2]}", page)


def tables() -> str:
    """Return both tables as Markdown: families by tasks, and options of each task."""
    return f"\n{_tasks()}\n{_options()}\n"


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
