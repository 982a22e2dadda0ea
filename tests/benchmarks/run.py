"""Runs the benchmarks and writes their figures into tests/benchmarks/README.md.

    make bench                                      all of them
    cd tests && python -m benchmarks.run transfer   one

A benchmark is a module `bench_NAME.py` beside this file with a sentence as docstring and a function
`rows() -> list[Row]`.
"""

import importlib
import platform
import re
import sys
from pathlib import Path

import psutil

from benchmarks.measuring import Row

HERE = Path(__file__).resolve().parent
PAGE = HERE / "README.md"


def main(names: list[str]) -> None:
    """Run the named benchmarks, or all, each writing its section of the page."""
    known = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    for name in names or known:
        if name not in known:
            sys.exit(f"There is no benchmark “{name}”; there are {', '.join(known)}.")
        module = importlib.import_module(f"benchmarks.bench_{name}")
        print(f"{name}: {module.__doc__}", flush=True)
        rows: list[Row] = module.rows()
        if not rows:  # it cannot run here, and has said why: the last figures stand
            continue
        for row in rows:
            print("  ", row.what, "|", row.figure, "|", row.against, "|", row.ratio, flush=True)
        PAGE.write_text(with_section(PAGE.read_text(), name, section(module, name, rows)))


def section(module: object, name: str, rows: list[Row]) -> str:
    """Return one benchmark's heading, sentence and table."""
    lines = [f"## {name}\n", (module.__doc__ or "").strip(), "", machine(), ""]
    lines += ["| what | figure | against | ratio |", "|---|---|---|---|"]
    lines += [f"| {r.what} | {r.figure} | {r.against} | {r.ratio} |" for r in rows]
    return "\n".join(lines) + "\n"


def with_section(page: str, name: str, text: str) -> str:
    """Return the page with a section replaced, or added at its end."""
    pattern = re.compile(rf"## {re.escape(name)}\n.*?(?=\n## |\Z)", re.DOTALL)
    if pattern.search(page):
        return pattern.sub(lambda _: text.rstrip("\n") + "\n", page)
    return f"{page.rstrip()}\n\n{text}"


def machine() -> str:
    """Return the machine in words, and how busy it is with other things."""
    busy = psutil.getloadavg()[0]
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"On {psutil.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB, "
        f"Python {platform.python_version()}; load {busy:.1f} before the run."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
