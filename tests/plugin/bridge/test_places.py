"""Hosts' folders on made-up machines."""

from pathlib import Path

import pytest

from scumble_bridge.places import Machine, find


def _machine(home: Path, platform: str = "linux", **variables: str) -> Machine:
    return Machine(platform, home, {"PATH": str(home / "bin"), **variables})


def _program(home: Path, name: str) -> None:
    program = home / "bin" / name
    program.parent.mkdir(exist_ok=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    for host in ("gimp", "krita"):
        assert find(host, _machine(tmp_path)) == ()


def test_every_version_3_of_gimp_that_was_used_is_found(tmp_path: Path) -> None:
    for version in ("2.10", "3.0", "3.2"):
        (tmp_path / ".config/GIMP" / version).mkdir(parents=True)
    found = [place.plugins for place in find("gimp", _machine(tmp_path))]
    assert found == [tmp_path / f".config/GIMP/{version}/plug-ins" for version in ("3.0", "3.2")]


def test_a_program_that_was_never_started_is_found_on_the_path(tmp_path: Path) -> None:
    _program(tmp_path, "gimp")
    _program(tmp_path, "krita")
    (gimp,) = find("gimp", _machine(tmp_path))
    (krita,) = find("krita", _machine(tmp_path))
    assert gimp.plugins == tmp_path / ".config/GIMP/3.0/plug-ins"
    assert krita.plugins == tmp_path / ".local/share/krita/pykrita"
    assert krita.settings == tmp_path / ".config/kritarc"


def test_flatpaks_are_found_beside_packages(tmp_path: Path) -> None:
    (tmp_path / ".var/app/org.kde.krita").mkdir(parents=True)
    (tmp_path / ".var/app/org.gimp.GIMP/config/GIMP/3.0").mkdir(parents=True)
    (tmp_path / ".local/share/krita").mkdir(parents=True)
    kinds = [place.kind for place in find("krita", _machine(tmp_path))]
    assert kinds == ["package or AppImage", "Flatpak"]
    (gimp,) = find("gimp", _machine(tmp_path))
    assert gimp.flatpak == "org.gimp.GIMP"


def test_the_resource_folder_chosen_in_kritas_settings_counts(tmp_path: Path) -> None:
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config/kritarc").write_text("[General]\nResourceDirectory=/elsewhere/krita\n")
    (krita,) = find("krita", _machine(tmp_path))
    assert krita.plugins == Path("/elsewhere/krita/pykrita")
    assert krita.actions == Path("/elsewhere/krita/actions")


def test_xdg_folders_are_followed(tmp_path: Path) -> None:
    (tmp_path / "conf/GIMP/3.0").mkdir(parents=True)
    (gimp,) = find("gimp", _machine(tmp_path, XDG_CONFIG_HOME=str(tmp_path / "conf")))
    assert gimp.plugins == tmp_path / "conf/GIMP/3.0/plug-ins"


@pytest.mark.parametrize(
    ("platform", "variables", "gimp", "krita"),
    [
        (
            "win32",
            {"APPDATA": "AppData/Roaming", "LOCALAPPDATA": "AppData/Local"},
            "AppData/Roaming/GIMP/3.0/plug-ins",
            "AppData/Roaming/krita/pykrita",
        ),
        (
            "darwin",
            {},
            "Library/Application Support/GIMP/3.0/plug-ins",
            "Library/Application Support/krita/pykrita",
        ),
    ],
)
def test_windows_and_macos_have_their_own_folders(
    tmp_path: Path, platform: str, variables: dict[str, str], gimp: str, krita: str
) -> None:
    (tmp_path / gimp).mkdir(parents=True)
    (tmp_path / krita).mkdir(parents=True)
    machine = _machine(
        tmp_path, platform, **{name: str(tmp_path / path) for name, path in variables.items()}
    )
    assert [place.plugins for place in find("gimp", machine)] == [tmp_path / gimp]
    assert [place.plugins for place in find("krita", machine)] == [tmp_path / krita]
