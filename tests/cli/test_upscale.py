"""Enlarging from the command line: what is asked, how the document grows, what cannot be."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers import red_paint
from helpers.command_line import CommandLine
from helpers.scripted_daemon import ScriptedDaemon
from scumble_editor.document.composite import composite
from scumble_editor.files import openraster
from scumble_protocol import messages as m
from scumble_protocol.geometry import Bounds, Extent
from scumble_protocol.jobs import Upscale


def test_the_document_grows_with_its_layers(
    scumble: CommandLine, endpoint: str, photo: Path
) -> None:
    scumble.point_to(endpoint)
    answer = partial(red_paint.painted, bounds=Bounds(0, 0, 320, 240))
    asked = ("upscale", str(photo), "-o", "large.ora", "-o", "large.png")
    with ScriptedDaemon(endpoint, {m.Submit: answer}) as daemon:
        ran = scumble.run(
            *asked, *("--factor", "2", "--refine", "--strength", "0.4", "--upscaler", "esrgan")
        )
        assert ran.returncode == 0, ran.stderr
        sent = daemon.heard(m.Submit)[-1].job.task
    assert isinstance(sent, Upscale)
    assert (sent.width, sent.height, sent.refine, sent.upscaler) == (320, 240, 0.4, "esrgan")
    assert "It has 320 × 240 pixels now." in ran.stdout
    document = openraster.read(scumble.folder / "large.ora").document
    assert document.size == Extent(320, 240)
    assert [layer.name for layer in document.layers] == ["Background", "Enlarged"]
    assert composite(document)[120, 160, 0] == 255
    with Image.open(scumble.folder / "large.png") as image:
        assert image.size == (320, 240)


def test_a_size_is_asked_for_and_told_to_programs(
    scumble: CommandLine, endpoint: str, photo: Path
) -> None:
    scumble.point_to(endpoint)
    answer = partial(red_paint.painted, bounds=Bounds(0, 0, 200, 130))
    with ScriptedDaemon(endpoint, {m.Submit: answer}) as daemon:
        ran = scumble.run(
            *("upscale", str(photo), "--size", "200x130", "-o", "large.png", "--json")
        )
        assert ran.returncode == 0, ran.stderr
        sent = daemon.heard(m.Submit)[-1].job.task
    assert isinstance(sent, Upscale)
    assert sent.refine is None
    assert json.loads(ran.stdout)["grown_to"] == [200, 130]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ((), "by --factor or by --size"),
        (("--factor", "2", "--size", "400x400"), "by --factor or by --size"),
        (("--size", "100x400"), "fewer than the picture's 160 × 120"),
        (("--size", "40000x400"), "up to 32768 a side"),
        (("--size", "large"), "is no size"),
        (("--factor", "nan"), "no number"),
        (("--factor", "2", "--strength", "0.3"), "is that of --refine"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_write(
    scumble: CommandLine, photo: Path, typed: tuple[str, ...], sentence: str
) -> None:
    refused = scumble.run("upscale", str(photo), *typed)
    assert refused.returncode == 2
    assert sentence in " ".join(refused.stderr.replace("│", " ").split())


def test_a_picture_that_no_daemon_makes_is_refused_before_anything_is_done(
    scumble: CommandLine,
) -> None:
    Image.fromarray(np.zeros((2048, 2048, 3), np.uint8)).save(scumble.folder / "wide.png")
    (scumble.home / "config").mkdir()
    (scumble.home / "config" / "daemon.toml").write_text('devices = ["cpu"]\n')
    try:
        refused = scumble.run("upscale", "wide.png", "--factor", "7")
        assert refused.returncode == 2
        assert "A picture of 14336 × 14336 pixels is larger than this daemon" in refused.stderr
    finally:
        scumble.run("daemon", "stop")
