"""Writes the map of modules in CONTRIBUTING.md from the sentence that opens each of them.

python packaging/module_map.py
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "CONTRIBUTING.md"
BEGIN = "<!-- map: made by `make map` -->"
END = "<!-- end of the map -->"
SOURCES = ("protocol", "daemon", "editor", "plugin")


def main() -> None:
    """Put a fresh map between its two marks."""
    text = PAGE.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{module_map(ROOT)}\n{END}{after}")


def module_map(root: Path) -> str:
    """Return the map: a heading for every package, a line for every module in it."""
    lines = []
    package = None
    for module in modules(root):
        if module.parent != package:
            package = module.parent
            title = sentence_of(package / "__init__.py") if has_title(package) else ""
            lines += ["", f"**`{package.relative_to(root)}`** {title}".rstrip(), ""]
        if module.name != "__init__.py":
            lines.append(f"- `{module.name}` {sentence_of(module)}")
    return "\n".join(lines).strip() + "\n"


def modules(root: Path) -> Iterator[Path]:
    """Yield every module of the product, packages before what they hold."""
    for source in SOURCES:
        for package in sorted({path.parent for path in (root / source).rglob("*.py")}):
            yield from sorted(package.glob("*.py"))


def has_title(package: Path) -> bool:
    """Tell whether a package opens with a sentence."""
    return (package / "__init__.py").exists()


def sentence_of(module: Path) -> str:
    """Return the first paragraph of a module's docstring in one line, empty where it has none."""
    docstring = ast.get_docstring(ast.parse(module.read_text())) or ""
    return " ".join(docstring.partition("\n\n")[0].split())


if __name__ == "__main__":
    main()
