"""ControlNets and references as they are typed, against a daemon that answers by script."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers import red_paint
from helpers.command_line import CommandLine
from helpers.scripted_daemon import Script, ScriptedDaemon
from scumble_protocol import messages as m
from scumble_protocol.geometry import Bounds
from scumble_protocol.images import describe
from scumble_protocol.jobs import Condition, Control

RED: Script = {m.Submit: partial(red_paint.painted, bounds=Bounds(0, 0, 160, 120))}


@pytest.fixture
def drawing(scumble: CommandLine) -> Path:
    file = scumble.folder / "drawing.png"
    Image.fromarray(np.full((120, 160, 3), 9, np.uint8)).save(file)
    return file


def test_controls_and_references_are_sent_with_their_pictures(
    scumble: CommandLine, endpoint: str, photo: Path, drawing: Path
) -> None:
    Image.fromarray(np.full((20, 30, 3), 7, np.uint8)).save(scumble.folder / "cat.png")
    scumble.point_to(endpoint)
    with ScriptedDaemon(endpoint, RED) as daemon:
        ran = scumble.run(
            *("img2img", str(photo), "--prompt", "a heart", "-o", "out.png"),
            *("--control", "edges:canny:0.8:0-0.5", "--control", "scribble"),
            *("--control-image", f"scribble={drawing.name}"),
            *("--reference", "cat.png:0.6", "--reference", "cat.png"),
        )
        assert ran.returncode == 0, ran.stderr
        sent = daemon.heard(m.Submit)[-1]
    options = sent.job.task.options
    shown = describe(np.full((120, 160, 3), 9, np.uint8))
    assert options.controls == (
        Control(name="edges", condition=Condition.CANNY, weight=0.8, end=0.5),
        Control(name="scribble", image=shown),
    )
    assert [(one.name, one.weight) for one in options.references] == [(None, 0.6), (None, 1.0)]
    assert {shown, options.references[0].image} <= {one.image for one in sent.attachments}


def test_words_alone_are_guided_by_a_picture_of_the_size_that_is_painted(
    scumble: CommandLine, endpoint: str, drawing: Path
) -> None:
    scumble.point_to(endpoint)
    asked = ("text2img", "--prompt", "a heart", "-o", "out.png", "--control", "scribble:image:1")
    with ScriptedDaemon(endpoint, RED) as daemon:
        ran = scumble.run(*asked, "--size", "160x120", "--control-image", drawing.name)
        assert ran.returncode == 0, ran.stderr
        (control,) = daemon.heard(m.Submit)[-1].job.task.options.controls
    assert control.image is not None
    refused = scumble.run(*asked, "--size", "64x64", "--control-image", drawing.name, "--force")
    assert refused.returncode == 2
    assert "160 × 120 pixels, what is painted 64 × 64" in refused.stderr


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (("--control", "edges:sobel"), "“sobel” is no condition. Nothing was painted"),
        (("--control", "edges:sobel"), "with one of image, canny, depth, inpaint"),
        (("--control", "edges:canny:strong"), "“strong” is no number"),
        (("--control", "edges:canny:1:0.9-0.1"), "must end after it starts"),
        (("--control", "edges:canny:9"), "No daemon takes this"),
        (("--control-image", "photo.png"), "there is none"),
        (
            ("--control", "edges", "--control", "scribble", "--control-image", "photo.png"),
            "edges, scribble",
        ),
        (("--reference", "gone.png:0.5"), "There is no file “gone.png”"),
    ],
)
def test_what_is_no_guide_is_refused_with_what_to_write(
    scumble: CommandLine, photo: Path, typed: tuple[str, ...], sentence: str
) -> None:
    refused = scumble.run("img2img", str(photo), "--prompt", "a heart", *typed)
    assert refused.returncode == 2
    assert sentence in " ".join(refused.stderr.split())
