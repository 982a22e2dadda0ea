"""What Krita's plug-in sends, and what it does with what comes, without Krita."""

import json

import pytest
from pytestqt.qtbot import QtBot

from helpers.fake_bridge import FakeBridge
from helpers.mock_krita import Document, Krita, Selection
from scumble_host.pipe import Message
from scumble_krita import history
from scumble_krita.engine import LOOKING, Engine

PIXELS = bytes(range(32))
SELECTED = bytes((0, 255, 255, 0, 0, 255, 255, 0))


@pytest.fixture
def document(krita: Krita) -> Document:
    document = krita.open[0]
    document.chosen = Selection(SELECTED, (1, 0, 2, 2))
    return document


@pytest.fixture
def said(engine: Engine) -> list[str]:
    sentences: list[str] = []
    engine.said.connect(sentences.append)
    return sentences


def _say(qtbot: QtBot, engine: Engine, header: dict[str, object], *buffers: bytes) -> None:
    with qtbot.waitSignal(engine.changed):
        FakeBridge.last.hear(Message({**header, "buffers": []}, buffers))


def _done(job: str, variants: int = 1) -> tuple[dict[str, object], list[bytes]]:
    layers = [
        {
            "bounds": [1, 0, 2, 2],
            "seed": 7 + number,
            "pixels": 3 * number,
            "mask": 3 * number + 1,
            "thumbnail": 3 * number + 2,
            "recipe": json.dumps({"model": "m", "task": {"task": "inpaint"}}),
        }
        for number in range(variants)
    ]
    buffers = [b"p" * 16, b"\x00\xff\xff\x00", b"png"] * variants
    report = {"notices": ["Mind the gap."], "seconds": {"denoising": 1.0}}
    return {
        "type": "done",
        "job": job,
        "layers": layers,
        "canvas": [4, 2],
        "report": report,
    }, buffers


def _painted(engine: Engine) -> str:
    engine.wish.values["inpaint"] = {"prompt": "a heart", "seed": 7}
    engine.paint_again()
    (entry,) = engine.book.entries
    return entry.job


@pytest.mark.usefixtures("document")
def test_painting_says_hello_and_sends_picture_and_selection(engine: Engine) -> None:
    job = _painted(engine)
    (hello,) = FakeBridge.last.of("hello")
    assert (hello["host"], hello["layout"], hello["masks"]) == ("krita", "bgra8", True)
    header, buffers = FakeBridge.last.sent[-1]
    assert header["job"] == job
    assert header["fields"]["prompt"] == "a heart"
    assert buffers == (PIXELS, SELECTED)


def test_a_result_becomes_a_layer_with_its_mask_above_the_active_one(
    engine: Engine, document: Document, qtbot: QtBot, said: list[str]
) -> None:
    upper = document.createNode("upper", "paintlayer")
    document.root.addChildNode(upper, None)
    job = _painted(engine)
    header, buffers = _done(job)
    _say(qtbot, engine, header, *buffers)
    names = [node.name() for node in document.root.children]
    assert names == ["Background", "a heart (7)", "upper"]
    layer = document.root.children[1]
    assert (layer.pixels, layer.bounds) == (b"p" * 16, (1, 0, 2, 2))
    (mask,) = layer.children
    assert mask.selection is not None
    assert mask.selection.pixels == b"\x00\xff\xff\x00"
    assert [ack["job"] for ack in FakeBridge.last.of("acknowledge")] == [job]
    assert engine.book.entries == ()
    assert said[-1] == "Mind the gap."
    qtbot.waitUntil(lambda: document.active is layer)


def test_an_upscaled_picture_makes_the_whole_image_larger(
    engine: Engine, document: Document, qtbot: QtBot
) -> None:
    engine.wish.command = "upscale"
    engine.wish.values["upscale"] = {"factor": 2.0, "prompt": "a heart", "seed": 7}
    engine.paint_again()
    header, _ = FakeBridge.last.sent[-1]
    assert header["task"] == "upscale"
    assert (header["fields"]["width"], header["fields"]["height"]) == (8, 4)
    assert [picture["role"] for picture in header["pictures"]] == ["image"]
    done, _ = _done(header["job"])
    large = {"bounds": [0, 0, 8, 4], "mask": None, "seed": 7, "recipe": "{}"}
    large |= {"pixels": 0, "thumbnail": 1}
    _say(qtbot, engine, {**done, "canvas": [8, 4], "layers": [large]}, b"p" * 128, b"png")
    assert document.size == (8, 4)
    names = [node.name() for node in document.root.children]
    assert names == ["Background", "a heart (7)"]
    assert document.root.children[1].bounds == (0, 0, 8, 4)


def test_variants_become_a_group_with_the_first_on_top_and_visible(
    engine: Engine, document: Document, qtbot: QtBot
) -> None:
    header, buffers = _done(_painted(engine), variants=3)
    _say(qtbot, engine, header, *buffers)
    group = document.root.children[-1]
    assert group.type() == "grouplayer"
    shown = [(node.name(), node.visible()) for node in reversed(group.children)]
    assert shown == [("a heart (7)", True), ("a heart (8)", False), ("a heart (9)", False)]


def test_the_document_remembers_what_was_painted_in_it(
    engine: Engine, document: Document, qtbot: QtBot
) -> None:
    header, buffers = _done(_painted(engine))
    _say(qtbot, engine, header, *buffers)
    (entry,) = history.read(document)  # type: ignore[arg-type] # the mock
    assert (entry.prompt, entry.seed, entry.command, entry.png) == ("a heart", 7, "inpaint", b"png")
    assert entry.layer == document.root.children[-1].uniqueId().toString()
    document.notes[history.ANNOTATION] = b"{rubbish"
    assert history.read(document) == []  # type: ignore[arg-type] # the mock


def test_without_a_selection_nothing_is_sent_and_it_is_said(
    engine: Engine, krita: Krita, said: list[str]
) -> None:
    krita.open[0].chosen = None
    engine.paint_again()
    assert "Nothing is selected" in said[-1]
    assert engine.book.entries == ()


def test_a_refusal_can_still_be_read_when_the_daemon_was_found_meanwhile(
    engine: Engine, krita: Krita, qtbot: QtBot, said: list[str]
) -> None:
    engine.connect_bridge()
    assert said[-1] == LOOKING
    krita.open[0].chosen = None
    engine.paint_again()
    welcome = {"type": "welcome", "tasks": [], "models": [], "device": "cpu", "bridge": "0.1.0"}
    limits = {"picture_side": 4096, "picture_pixels": 10**7}
    _say(qtbot, engine, {**welcome, "limits": limits, "jobs": []})
    assert "Nothing is selected" in said[-1]


def test_a_busy_document_is_asked_again_without_waiting(
    engine: Engine, document: Document, qtbot: QtBot
) -> None:
    document.busy = 3
    engine.paint_again()
    assert engine.book.entries == ()
    qtbot.waitUntil(lambda: len(engine.book.entries) == 1)


def test_a_result_of_a_closed_document_stays_in_the_daemon(
    engine: Engine, krita: Krita, document: Document, qtbot: QtBot, said: list[str]
) -> None:
    job = _painted(engine)
    krita.open[:] = [Document()]
    header, buffers = _done(job)
    _say(qtbot, engine, header, *buffers)
    assert "waits in the daemon" in said[-1]
    assert FakeBridge.last.of("acknowledge") == []
    assert len(document.root.children) == 1


@pytest.mark.usefixtures("document")
def test_a_bridge_that_ends_is_said_and_started_again_next_time(
    engine: Engine, qtbot: QtBot, said: list[str]
) -> None:
    _painted(engine)
    first = FakeBridge.last
    with qtbot.waitSignal(engine.changed):
        first.hear(None)
    assert "out of luck" in said[-1]
    assert engine.book.entries == ()
    _painted(engine)
    assert FakeBridge.last is not first


def test_results_of_an_earlier_session_are_fetched_into_the_document(
    engine: Engine, document: Document, qtbot: QtBot
) -> None:
    engine.connect_bridge()
    jobs = [
        {"job": "finished", "task": "inpaint", "prompt": "an owl", "state": "done"},
        {"job": "still-runs", "task": "inpaint", "prompt": "a cat", "state": "running"},
        {"job": "of-the-future", "task": "juggle", "prompt": "", "state": "done"},
    ]
    limits = {"picture_side": 4096, "picture_pixels": 10**7}
    welcome = {"type": "welcome", "tasks": [], "models": [], "device": "cpu", "bridge": "0.1.0"}
    _say(qtbot, engine, {**welcome, "limits": limits, "jobs": jobs})
    assert [job.job for job in engine.waiting] == ["finished"]
    engine.fetch_waiting()
    assert engine.waiting == ()
    assert [collect["job"] for collect in FakeBridge.last.of("collect")] == ["finished"]
    header, buffers = _done("finished")
    _say(qtbot, engine, header, *buffers)
    assert document.root.children[-1].name() == "an owl (7)"
    assert FakeBridge.last.of("acknowledge")[0]["job"] == "finished"


@pytest.mark.usefixtures("document")
def test_cancel_stops_the_job_that_runs(engine: Engine, qtbot: QtBot, said: list[str]) -> None:
    job = _painted(engine)
    _say(qtbot, engine, {"type": "progress", "job": job, "phase": "denoising"})
    engine.cancel()
    assert [cancel["job"] for cancel in FakeBridge.last.of("cancel")] == [job]
    _say(qtbot, engine, {"type": "cancelled", "job": job})
    assert "not changed" in said[-1]


def test_krita_ending_ends_the_bridge(engine: Engine, document: Document) -> None:
    _painted(engine)
    bridge = FakeBridge.last
    engine.close()
    assert not bridge.running
    assert len(document.root.children) == 1
