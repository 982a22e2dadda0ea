"""Plug-ins put into made-up homes, upgraded and taken out again."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from scumble_bridge.installing import run
from scumble_bridge.krita import with_switch, without_switch
from scumble_bridge.payload import InstallError
from scumble_bridge.places import Machine

KRITARC = "[General]\nfoo=1\n\n[python]\nenable_tenbrushes=false\n\n[theme]\nTheme=Krita dark\n"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / ".config/GIMP/3.0").mkdir(parents=True)
    (tmp_path / ".local/share/krita").mkdir(parents=True)
    (tmp_path / ".config/kritarc").write_text(KRITARC)
    return Machine("linux", tmp_path, {"PATH": ""})


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_installing_says_what_was_done_and_how_to_undo_it(machine: Machine) -> None:
    said = "\n".join(run("install", "all", machine))
    assert "plug-in 0.1.0 installed in" in said
    assert "scumble bridge uninstall gimp" in said
    assert "scumble bridge uninstall krita" in said
    assert sys.executable in said


def test_gimp_gets_a_script_it_can_start_beside_its_packages(machine: Machine) -> None:
    list(run("install", "gimp", machine))
    folder = machine.home / ".config/GIMP/3.0/plug-ins/scumble"
    assert os.access(folder / "scumble.py", os.X_OK)
    assert (folder / "scumble_gimp/plugin.py").is_file()
    assert (folder / "scumble_host/pipe.py").is_file()
    record = json.loads((folder / "scumble-bridge.json").read_text())
    assert record["command"] == [sys.executable, "-P", "-m", "scumble_bridge"]
    assert {"inpaint", "img2img", "text2image"} <= set(record["tasks"])
    assert list(folder.parent.iterdir()) == [folder]


def test_krita_gets_package_desktop_file_actions_and_is_told(machine: Machine) -> None:
    list(run("install", "krita", machine))
    resources = machine.home / ".local/share/krita"
    files = _files(resources)
    assert {
        "pykrita/scumble_krita.desktop",
        "pykrita/scumble_krita/__init__.py",
        "pykrita/scumble_krita/scumble-bridge.json",
        "pykrita/scumble_host/pipe.py",
        "actions/scumble.action",
    } <= files
    settings = (machine.home / ".config/kritarc").read_text()
    assert "enable_scumble_krita=true" in settings
    assert without_switch(settings) == KRITARC


def test_installing_again_upgrades_and_leaves_nothing_of_the_old(machine: Machine) -> None:
    list(run("install", "all", machine))
    before = _files(machine.home)
    (machine.home / ".config/GIMP/3.0/plug-ins/scumble/scumble_gimp/gone.py").touch()
    (machine.home / ".local/share/krita/pykrita/scumble_host/gone.py").touch()
    said = "\n".join(run("install", "all", machine))
    assert "upgraded from 0.1.0" in said
    assert _files(machine.home) == before


def test_uninstalling_leaves_the_home_as_it_was(machine: Machine) -> None:
    before = _files(machine.home)
    list(run("install", "all", machine))
    said = "\n".join(run("uninstall", "all", machine))
    assert said.count("the plug-in was removed") == 2
    assert _files(machine.home) == before
    assert (machine.home / ".config/kritarc").read_text() == KRITARC
    assert "there was no plug-in" in "\n".join(run("uninstall", "gimp", machine))


def test_other_plug_ins_are_left_alone(machine: Machine) -> None:
    other = machine.home / ".config/GIMP/3.0/plug-ins/other/other.py"
    other.parent.mkdir(parents=True)
    other.touch()
    list(run("install", "all", machine))
    list(run("uninstall", "all", machine))
    assert other.exists()


def test_status_tells_what_keeps_a_plug_in_from_working(machine: Machine) -> None:
    assert "not installed" in "\n".join(run("status", "all", machine))
    list(run("install", "all", machine))
    assert "which is not there" not in "\n".join(run("status", "all", machine))
    folder = machine.home / ".config/GIMP/3.0/plug-ins/scumble"
    record = folder / "scumble-bridge.json"
    record.write_text(record.read_text().replace(sys.executable, "/nowhere/python"))
    (machine.home / ".config/kritarc").write_text(KRITARC)
    said = "\n".join(run("status", "all", machine))
    assert "/nowhere/python, which is not there" in said
    assert "switched off" in said


def test_an_old_plug_in_is_named_with_both_versions(machine: Machine) -> None:
    list(run("install", "gimp", machine))
    record = machine.home / ".config/GIMP/3.0/plug-ins/scumble/scumble-bridge.json"
    record.write_text(record.read_text().replace('"0.1.0"', '"0.0.9"'))
    said = "\n".join(run("status", "gimp", machine))
    assert "plug-in 0.0.9" in said
    assert "This Scumble is 0.1.0" in said


def test_without_any_host_nothing_is_done_and_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="Neither"):
        list(run("install", "all", Machine("linux", tmp_path, {"PATH": ""})))
    assert not list(tmp_path.iterdir())


def test_a_sandboxed_host_starts_the_bridge_outside_and_says_what_it_needs(
    machine: Machine,
) -> None:
    shutil.rmtree(machine.home / ".config/GIMP")
    (machine.home / ".var/app/org.gimp.GIMP/config/GIMP/3.0").mkdir(parents=True)
    said = "\n".join(run("install", "gimp", machine))
    assert "flatpak override --user --talk-name=org.freedesktop.Flatpak org.gimp.GIMP" in said
    plugins = machine.home / ".var/app/org.gimp.GIMP/config/GIMP/3.0/plug-ins"
    record = json.loads((plugins / "scumble/scumble-bridge.json").read_text())
    assert record["command"][:3] == ["flatpak-spawn", "--host", "--watch-bus"]


@pytest.mark.parametrize(
    "text", ["", "[python]\n", KRITARC, "[a]\nb=1", "[python]\nenable_scumble_krita=false\n"]
)
def test_kritas_settings_keep_every_other_line(text: str) -> None:
    switched = with_switch(text)
    assert switched.count("enable_scumble_krita=true") == 1
    assert "enable_scumble_krita=false" not in switched
    assert with_switch(switched) == switched
    kept = [line for line in without_switch(text).splitlines() if line]
    assert [line for line in without_switch(switched).splitlines() if line][: len(kept)] == kept
