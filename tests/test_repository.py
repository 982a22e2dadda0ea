"""Rules of the whole repository: who imports whom, how files open, what no file may mention."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = ("protocol", "daemon", "editor", "plugin")
PICTURES_AND_WEIGHTS = {".png", ".jpg", ".webp", ".ico", ".safetensors", ".ora", ".psd", ".kra"}

PLANTS = {
    "editor, daemon, bridge and command line know the protocol, never each other's insides": (
        "editor/scumble_editor/document/planted.py",
        "scumble_daemon.config",
    ),
    "the command line reaches the daemon by messages and processes only": (
        "editor/scumble_cli/planted.py",
        "torch",
    ),
    "inside the editor, imports point downwards": (
        "editor/scumble_editor/files/planted.py",
        "scumble_editor.tools",
    ),
    "the document, its history, files, tools and what is asked of models know no toolkit": (
        "editor/scumble_editor/generation/planted.py",
        "PySide6",
    ),
    "the front never computes": ("daemon/scumble_daemon/front/planted.py", "diffusers"),
    "region mathematics is arrays in, arrays out": (
        "daemon/scumble_daemon/region/planted.py",
        "zmq",
    ),
    "the protocol stays light": ("protocol/scumble_protocol/planted.py", "PIL"),
    "the plug-ins know their host and the standard library": (
        "plugin/scumble_host/planted.py",
        "numpy",
    ),
}
"""For each contract a module and what it must not import."""


def contracts() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return [contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]]


def tracked_files() -> list[Path]:
    """Return the files under version control; all that are not made here where there is none."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode == 0:
        names = (ROOT / name for name in listed.stdout.split("\0") if name)
        return [file for file in names if file.is_file()]
    made = {".venv", "out", "build", "dist"}
    files = (file for file in ROOT.rglob("*") if file.is_file())
    return [file for file in files if made.isdisjoint(file.relative_to(ROOT).parts)]


def texts() -> Iterator[tuple[str, str]]:
    for file in tracked_files():
        if file.suffix.lower() not in PICTURES_AND_WEIGHTS and file != Path(__file__):
            yield str(file.relative_to(ROOT)), file.read_bytes().decode(errors="replace")


def modules() -> list[Path]:
    roots = {ROOT / source for source in SOURCES}
    python = (file for file in tracked_files() if file.suffix == ".py")
    return [file for file in python if roots.intersection(file.parents)]


def test_every_import_contract_has_a_violation_to_prove_it() -> None:
    assert sorted(PLANTS) == sorted(contracts())


def test_planted_violations_break_the_contracts(tmp_path: Path) -> None:
    for source in SOURCES:
        shutil.copytree(ROOT / source, tmp_path / source)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for place, forbidden in PLANTS.values():
        (tmp_path / place).write_text(f'"""Breaks a contract."""\n\nimport {forbidden}  # noqa\n')
    linted = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": ":".join(str(tmp_path / source) for source in SOURCES)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = re.sub(r"\s+", " ", linted.stdout)
    assert linted.returncode == 1, linted.stderr
    for contract, (place, forbidden) in PLANTS.items():
        assert f"{contract} BROKEN" in said
        planted = ".".join(Path(place).with_suffix("").parts[1:])
        assert f"{planted} -> {forbidden.partition('.')[0]}" in said, contract


def test_every_module_opens_with_a_sentence() -> None:
    wanting = []
    for module in modules():
        opening = re.match(r'(?:#![^\n]*\n)?"""(.+?)(?:\n\n|""")', module.read_text(), re.DOTALL)
        if opening is None or not opening[1].rstrip().endswith("."):
            wanting.append(str(module.relative_to(ROOT)))
    assert wanting == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = {"utils", "util", "helpers", "misc", "common"}
    assert [str(file) for file in modules() if vague.intersection((file.stem, *file.parts))] == []


def test_the_map_for_contributors_names_every_module() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text()
    named = set()
    package = ""
    for line in page.splitlines():
        if heading := re.match(r"\*\*`([\w/]+)`\*\*", line):
            package = heading[1]
        elif entry := re.match(r"- `(\w+\.py)` \S", line):
            named.add(f"{package}/{entry[1]}")
    there = {str(m.relative_to(ROOT)) for m in modules() if m.name != "__init__.py"}
    assert there - named == set(), "run `make map`"
    assert [name for name in named if not (ROOT / name).exists()] == [], "run `make map`"


def test_the_proofs_that_contributors_are_shown_exist() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text()
    named = re.findall(r"\btests/[\w/.]+\w", page)
    assert len(named) > 10
    assert [name for name in named if not (ROOT / name).exists()] == []


FORBIDDEN = {
    "a number of an issue": r"\bissue \d|\bissues? #\d|\(#\d+\)",
    "a path of one machine": r"/work/|/home/\w+/|/root/",
    "a package registry's host": r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|deb\.debian\.org",
    "work left undone": r"\b(?:TODO|FIXME|XXX)\b",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_mentions(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    assert [(name, pattern.findall(text)) for name, text in texts() if pattern.search(text)] == []


def modules_loaded_by(program: str) -> set[str]:
    listing = f"{program}\nimport sys\nprint(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", listing], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in ran.stdout.split()}


def test_importing_the_protocol_is_cheap() -> None:
    loaded = modules_loaded_by("import scumble_protocol, scumble_protocol.client")
    assert "zmq" in loaded
    assert loaded.isdisjoint({"torch", "diffusers", "transformers", "PySide6", "PIL", "cv2"})


def test_importing_the_front_never_loads_torch() -> None:
    loaded = modules_loaded_by("import scumble_daemon.front.server")
    assert "zmq" in loaded
    assert loaded.isdisjoint({"torch", "diffusers", "transformers", "PySide6", "PIL", "cv2"})
