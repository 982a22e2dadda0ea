"""The options that all painting commands share: in their help, in the job, refused when wrong."""

from functools import partial
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from helpers import red_paint
from helpers.command_line import CommandLine
from helpers.scripted_daemon import Script, ScriptedDaemon
from scumble_cli.__main__ import app, main
from scumble_cli.more import PANEL, More
from scumble_protocol import messages as m
from scumble_protocol.geometry import Bounds
from scumble_protocol.jobs import FreeU, Options

RED: Script = {m.Submit: partial(red_paint.painted, bounds=Bounds(0, 0, 160, 120))}
COMMANDS = (
    "inpaint", "img2img", "text2img", "depth", "upscale",
    "diffedit", "diffedit-select", "diffedit-invert",
)  # fmt: skip
FLAGS = {
    "--embedding", "--vae", "--clip-skip", "--guidance-rescale", "--eta", "--timesteps",
    "--freeu", "--fuse-loras", "--plain-words", "--vae-tiling", "--attention-slicing",
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_every_painting_command_has_them_in_a_panel_of_their_own(name: str) -> None:
    group = get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    shown = {
        option.opts[0]
        for option in group.commands[name].params
        if getattr(option, "rich_help_panel", None) == PANEL
    }
    assert shown == FLAGS


def test_they_reach_the_job(scumble: CommandLine, endpoint: str, photo: Path) -> None:
    scumble.point_to(endpoint)
    with ScriptedDaemon(endpoint, RED) as daemon:
        ran = scumble.run(
            *("img2img", str(photo), "--prompt", "a heart", "-o", "out.png", "--lora", "oil:0.5"),
            *("--embedding", "tender", "--embedding", "bold", "--vae", "ft-mse"),
            *("--clip-skip", "2", "--guidance-rescale", "0.7", "--eta", "0.5"),
            *("--timesteps", "999, 500,1", "--freeu", "1.2,1.4,0.8,0.3", "--plain-words"),
            *("--vae-tiling", "--attention-slicing", "--fuse-loras"),
        )
        assert ran.returncode == 0, ran.stderr
        options = daemon.heard(m.Submit)[0].job.task.options
    assert options.loras[0].name == "oil"
    assert options.embeddings == ("tender", "bold")
    assert (options.vae, options.clip_skip, options.eta) == ("ft-mse", 2, 0.5)
    assert (options.guidance_rescale, options.timesteps) == (0.7, (999, 500, 1))
    assert options.freeu == FreeU(b1=1.2, b2=1.4, s1=0.8, s2=0.3)
    assert not options.weighting
    assert options.vae_tiling
    assert options.attention_slicing
    assert options.fuse_loras


def test_without_any_of_them_a_job_is_as_it_was() -> None:
    assert More().added_to(Options()) == Options()
    assert More(freeu="on").added_to(Options()).freeu == FreeU()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (("--timesteps", "1,2,3"), "write falling whole numbers"),
        (("--timesteps", "many"), "are no timesteps"),
        (("--freeu", "1,2"), "four numbers from 0 to 3"),
        (("--freeu", "9,9,9,9"), "four numbers from 0 to 3"),
        (("--clip-skip", "12"), "is no whole number from 1 to 11"),
        (("--eta", "2"), "is no number from 0 to 1"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_painted(
    typed: tuple[str, ...],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SCUMBLE_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        main(["text2img", "--size", "64x64", "--prompt", "a cat", *typed])
    assert caught.value.code == 2
    assert sentence in capsys.readouterr().err
