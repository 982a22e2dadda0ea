"""What cannot be asked for ends with one sentence and exit code 2, before any daemon is needed."""

import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import typer
from PIL import Image

from scumble_cli.__main__ import app, main
from scumble_cli.options import LARGEST_SEED, FillName
from scumble_protocol import launch
from scumble_protocol.jobs import Fill

SELECT = ("--select", "10,10,20,20")
HEART = ("--prompt", "a red heart")


@pytest.fixture(autouse=True)
def no_daemon(monkeypatch: pytest.MonkeyPatch, scumble_home: Path) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a daemon was started for a job that cannot be")

    monkeypatch.setattr(launch, "start_daemon", refuse)
    monkeypatch.chdir(scumble_home)


@pytest.fixture
def scumble_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCUMBLE_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def photo(tmp_path: Path) -> str:
    file = tmp_path / "photo.png"
    Image.new("RGB", (80, 60), "teal").save(file)
    return str(file)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    said = capsys.readouterr()
    assert end.value.code == 2, said
    assert said.out == ""
    return " ".join(said.err.replace("│", " ").split())


def test_a_missing_picture(capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, "inpaint", "nowhere.png", *SELECT, *HEART)
    assert said.startswith("scumble: There is no file “nowhere.png”. Nothing was done")


@pytest.mark.parametrize("command", ["edit", "run", "chain", "img2img"])
def test_what_cannot_be_read_is_named_with_the_reason(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    photo: str,
    command: str,
) -> None:
    prompt = HEART if command == "img2img" else ()
    assert "is a folder" in refused(capsys, command, str(tmp_path), *prompt)
    assert "There is no file" in refused(capsys, command, "nowhere", *prompt)
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "may not be read by you" in refused(capsys, command, photo, *prompt)


def test_without_a_screen_the_editor_is_not_even_started(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, photo: str
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SystemExit) as end:
        main(["edit", photo])
    assert end.value.code == 1
    assert "There is no screen" in capsys.readouterr().err


def test_a_file_that_is_no_picture(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_text("just words")
    said = refused(capsys, "inpaint", "notes.png", *SELECT, *HEART)
    assert said.startswith("scumble: “notes.png” is ")
    assert "Nothing was painted" in said


def test_a_folder_for_a_picture(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "is a folder" in refused(capsys, "img2img", str(tmp_path), *HEART)


def test_no_selection_at_all(capsys: pytest.CaptureFixture[str], photo: str) -> None:
    assert "give --mask FILE" in refused(capsys, "inpaint", photo, *HEART)


def test_two_selections_at_once(capsys: pytest.CaptureFixture[str], photo: str) -> None:
    said = refused(capsys, "inpaint", photo, *SELECT, "--ellipse", "1,1,5,5", *HEART)
    assert "one of --mask, --select and --ellipse" in said


@pytest.mark.parametrize("text", ["80,0,10,10", "0,0,0,10", "-20,-20,20,20"])
def test_a_selection_that_holds_nothing_of_the_picture(
    capsys: pytest.CaptureFixture[str], photo: str, text: str
) -> None:
    said = refused(capsys, "inpaint", photo, f"--ellipse={text}", *HEART)
    assert "selects nothing of the picture, which is 80 × 60 pixels" in said


@pytest.mark.parametrize("text", ["1,2,3", "a,b,c,d", "1.5,2,3,4", ""])
def test_a_selection_that_is_no_rectangle(
    capsys: pytest.CaptureFixture[str], photo: str, text: str
) -> None:
    assert "is no rectangle" in refused(capsys, "inpaint", photo, f"--select={text}", *HEART)


def test_a_mask_of_another_size(
    capsys: pytest.CaptureFixture[str], photo: str, tmp_path: Path
) -> None:
    Image.new("L", (40, 60), 255).save(tmp_path / "mask.png")
    said = refused(capsys, "inpaint", photo, "--mask", "mask.png", *HEART)
    assert "The mask “mask.png” is 40 × 60 pixels, but the picture is 80 × 60" in said


def test_a_mask_that_selects_nothing(
    capsys: pytest.CaptureFixture[str], photo: str, tmp_path: Path
) -> None:
    Image.new("L", (80, 60), 0).save(tmp_path / "mask.png")
    assert "black everywhere" in refused(capsys, "inpaint", photo, "--mask", "mask.png", *HEART)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--seed", "-1"),
        ("--seed", str(LARGEST_SEED + 1)),
        ("--steps", "0"),
        ("--steps", "many"),
        ("--variants", "17"),
        ("--strength", "0"),
        ("--strength", "1.01"),
        ("--strength", "nan"),
        ("--guidance", "inf"),
        ("--feather", "-1"),
        ("--grow", "nan"),
        ("--context", "5000"),
        ("--fill", "glitter"),
    ],
)
def test_a_value_out_of_range(
    capsys: pytest.CaptureFixture[str], photo: str, option: str, value: str
) -> None:
    assert option in refused(capsys, "inpaint", photo, *SELECT, *HEART, f"{option}={value}")


def test_a_seed_that_leaves_no_room_for_the_variants(
    capsys: pytest.CaptureFixture[str], photo: str
) -> None:
    last = ("--seed", str(LARGEST_SEED), "--variants", "2")
    assert "leaves no room" in refused(capsys, "inpaint", photo, *SELECT, *HEART, *last)


def test_a_prompt_longer_than_the_protocol_takes(
    capsys: pytest.CaptureFixture[str], photo: str
) -> None:
    said = refused(capsys, "inpaint", photo, *SELECT, "--prompt", "red " * 3000)
    assert "No daemon takes this" in said
    assert "prompt may be 8192 characters at most" in said


@pytest.mark.parametrize("size", ["512", "0x64", "x", "-4x9", "99999x8"])
def test_a_size_that_is_none(capsys: pytest.CaptureFixture[str], size: str) -> None:
    assert "Nothing was painted" in refused(capsys, "text2img", f"--size={size}", *HEART)


@pytest.mark.parametrize(
    ("output", "why"),
    [("a.gif", "must end in"), ("no/such/a.ora", "there is no folder"), ("photo.png", "--force")],
)
def test_an_output_that_cannot_be_written(
    capsys: pytest.CaptureFixture[str], photo: str, output: str, why: str
) -> None:
    assert why in refused(capsys, "inpaint", photo, *SELECT, *HEART, "-o", output)


def test_an_unknown_command_and_a_missing_prompt(
    capsys: pytest.CaptureFixture[str], photo: str
) -> None:
    said = refused(capsys, "outpaint", photo)
    assert said.startswith("scumble: There is no command “outpaint”. Did you mean inpaint?")
    said = refused(capsys, "inpaint", photo, *SELECT)
    assert said == "scumble: --prompt is missing. Nothing was done; see `scumble inpaint --help`."
    assert "PICTURE is missing" in refused(capsys, "inpaint", *HEART)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("--steps", "0"), "--steps: “0” is no whole number from 1 to 1000."),
        (("--steps", "2.5"), "--steps: “2.5” is no whole number from 1 to 1000."),
        (("--seed", "-1"), "--seed: “-1” is no whole number from 0 to 9007199254740991."),
        (("--strength", "0"), "--strength: “0” is no number above 0 to 1."),
        (("--guidance", "much"), "--guidance: “much” is no number from 0 to 100."),
        (("--fill", "glitter"), "--fill: “glitter” is none of neutral, blur, border, original"),
        (("--step", "3"), "There is no option --step. Did you mean --"),
        (("twice",), "“twice” is too much here."),
    ],
)
def test_what_was_typed_wrong_is_said_in_a_sentence(
    capsys: pytest.CaptureFixture[str], photo: str, typed: tuple[str, ...], said: str
) -> None:
    told = refused(capsys, "inpaint", photo, *SELECT, *HEART, *typed)
    assert told.startswith(f"scumble: {said}")
    assert told.endswith("Nothing was done; see `scumble inpaint --help`.")


def test_the_fills_that_are_offered_are_the_protocols() -> None:
    assert get_args(FillName) == tuple(fill.value for fill in Fill)


def test_the_largest_seed_is_the_protocols() -> None:
    assert LARGEST_SEED == 2**53 - 1


def every_command() -> list[tuple[str, ...]]:
    """Return each command as it is typed; groups themselves are none."""
    group = typer.main.get_command(app)
    found: list[tuple[str, ...]] = [()]
    for name, command in group.commands.items():  # type: ignore[attr-defined]  # it is a group
        inside = getattr(command, "commands", None)
        found += [(name,)] if inside is None else [(name, inner) for inner in inside]
    return found


@pytest.mark.parametrize("command", every_command())
def test_every_command_explains_itself_with_an_example(
    capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as end:
        main([*command, "--help"])
    assert end.value.code == 0
    said = " ".join(capsys.readouterr().out.split())
    assert " ".join(("Example: scumble", *command)) in said


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from scumble_cli.__main__ import main\n"
        "try:\n    main(['inpaint', '--help'])\n"
        "except SystemExit:\n    print(*sorted(sys.modules), file=sys.stderr)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in ran.stderr.split()}
    assert "typer" in loaded
    assert loaded.isdisjoint({"torch", "diffusers", "PySide6", "PIL", "cv2", "numpy", "zmq"})


def test_masks_are_made_of_luma_and_alpha(tmp_path: Path) -> None:
    from scumble_cli.pictures import open_grey

    rgba = np.zeros((1, 4, 4), np.uint8)
    rgba[0] = [[255, 255, 255, 255], [255, 255, 255, 128], [80, 80, 80, 255], [0, 255, 0, 255]]
    Image.fromarray(rgba).save(tmp_path / "mask.png")
    assert open_grey(tmp_path / "mask.png").tolist() == [[255, 128, 80, 150]]
