"""Jobs from the model's lease to their last word, on real small models."""

from typing import Any

import numpy as np
import pytest
import torch

from helpers import small_models
from helpers.workshop import Workshop
from scumble_daemon import work
from scumble_daemon.models import memory
from scumble_daemon.region.arrays import Bytes
from scumble_daemon.worker.cancel import CancelToken
from scumble_protocol.errors import ErrorCode
from scumble_protocol.images import describe
from scumble_protocol.jobs import (
    AnyTask,
    Fill,
    ImageToImage,
    Inpaint,
    Phase,
    Region,
    TextToImage,
)

SIDE = small_models.SIDE


def noise(seed: int = 0) -> Bytes:
    return np.random.default_rng(seed).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


def middle() -> Bytes:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[16:48, 16:48] = 255
    return mask


def from_words(**options: Any) -> TextToImage:
    given: dict[str, Any] = {"prompt": "a cat", "steps": 4, "seed": 1} | options
    return TextToImage(**({"width": SIDE, "height": SIDE} | given))


def inpaint(workshop: Workshop, **options: Any) -> Inpaint:
    given: dict[str, Any] = {"prompt": "a cat", "steps": 4, "seed": 1} | options
    return Inpaint(
        image=workshop.pictures.add(noise()), selection=workshop.pictures.add(middle()), **given
    )


def broken(workshop: Workshop, task: AnyTask, kind: str = "sd15") -> work.Broken:
    end = workshop.run(kind, task)
    assert isinstance(end, work.Broken)
    return end


# What is said, and in which order


def test_a_job_tells_its_whole_way(workshop: Workshop) -> None:
    workshop.paint("sd15", inpaint(workshop))
    kinds = [type(word) for word in workshop.said]
    assert kinds.index(work.Started) < kinds.index(work.Glimpse) < kinds.index(work.Finished)
    steps = [word for word in workshop.said if isinstance(word, work.Stepped)]
    phases = list(dict.fromkeys(word.phase for word in steps))
    assert phases == [
        Phase.LOADING,
        Phase.PREPARING,
        Phase.ENCODING,
        Phase.DENOISING,
        Phase.DECODING,
        Phase.FINISHING,
    ]
    denoised = [word.step for word in steps if word.phase is Phase.DENOISING and word.step]
    assert denoised == [1, 2, 3, 4]
    fractions = [word.fraction for word in steps if word.fraction is not None]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1)


def test_the_report_says_what_was_used(workshop: Workshop) -> None:
    report = workshop.paint("sd15", inpaint(workshop, scheduler="euler", guidance_scale=3)).report
    assert (report.model, report.device, report.dtype) == ("sd15", "cpu", "float32")
    assert report.scheduler == "EulerDiscreteScheduler"
    assert (report.steps, report.guidance_scale) == (4, 3.0)
    assert report.peak_memory_bytes > 1 << 20
    assert {"denoising", "decoding"} <= set(report.seconds)
    assert all(seconds >= 0 for seconds in report.seconds.values())
    assert report.degraded == ()


def test_previews_lie_where_the_paint_will(workshop: Workshop) -> None:
    result = workshop.paint("sd15", inpaint(workshop, variants=2))
    glimpses = [word for word in workshop.said if isinstance(word, work.Glimpse)]
    assert {glimpse.variant for glimpse in glimpses} == {0, 1}
    for glimpse in glimpses:
        assert glimpse.bounds.contains(result.layers[0].bounds)
        assert len(glimpse.pixels) == glimpse.image.byte_count
        pixels = np.frombuffer(glimpse.pixels, np.uint8)
        shape = (glimpse.image.height, glimpse.image.width, 3)
        assert describe(pixels.reshape(shape)) == glimpse.image


# Cancelling


def test_cancel_before_start_never_loads_a_model(workshop: Workshop) -> None:
    token = CancelToken()
    token.cancel()
    assert isinstance(workshop.run("sd15", from_words(), token), work.Stopped)
    assert not workshop.cache.names_on_device


@pytest.mark.parametrize("phase", [Phase.LOADING, Phase.ENCODING, Phase.DENOISING])
def test_a_job_stops_within_the_step_it_was_in(workshop: Workshop, phase: Phase) -> None:
    token = CancelToken()
    after: list[work.Stepped] = []

    def hear(word: work.AnyWord) -> None:
        if isinstance(word, work.Stepped):
            if token.cancelled:
                after.append(word)
            elif word.phase is phase:
                token.cancel()

    workshop.on_word = hear
    assert isinstance(workshop.run("sd15", from_words(steps=50), token), work.Stopped)
    assert len(after) <= 2
    assert Phase.DECODING not in {word.phase for word in after}


def test_a_stopped_job_leaves_no_trace_in_the_next(workshop: Workshop) -> None:
    expected = workshop.paint("sd15", inpaint(workshop)).layers
    token = CancelToken()
    workshop.on_word = lambda word: token.cancel() if isinstance(word, work.Glimpse) else None
    assert isinstance(workshop.run("sd15", inpaint(workshop, steps=30), token), work.Stopped)
    workshop.on_word = lambda _word: None
    assert workshop.paint("sd15", inpaint(workshop)).layers == expected


# What was encoded before


def count(patch: pytest.MonkeyPatch, cls: Any, method: str) -> list[None]:
    """Count the calls of a method of a class."""
    calls: list[None] = []
    original = getattr(cls, method)

    def counted(self: Any, *arguments: Any, **options: Any) -> Any:
        calls.append(None)
        return original(self, *arguments, **options)

    patch.setattr(cls, method, counted)
    return calls


@pytest.mark.parametrize("kind", small_models.KINDS)
def test_a_second_job_on_an_unchanged_layer_encodes_nothing(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    parts = workshop.loaded(kind).components
    pictures = count(monkeypatch, type(parts["vae"].encoder), "forward")
    words = count(monkeypatch, type(parts["text_encoder"]), "forward")
    first = workshop.paint(kind, inpaint(workshop, seed=1))
    assert pictures
    assert words
    pictures.clear()
    words.clear()
    again = workshop.paint(kind, inpaint(workshop, seed=1))
    workshop.paint(kind, inpaint(workshop, seed=2))
    assert not pictures
    assert not words
    assert again.layers == first.layers


def test_another_prompt_encodes_no_picture_and_another_picture_no_prompt(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = workshop.loaded("sd15").components
    pictures = count(monkeypatch, type(parts["vae"].encoder), "forward")
    words = count(monkeypatch, type(parts["text_encoder"]), "forward")
    image = workshop.pictures.add(noise(1))
    workshop.paint("sd15", ImageToImage(image=image, prompt="a cat", steps=4, seed=1))
    pictures.clear()
    workshop.paint("sd15", ImageToImage(image=image, prompt="a dog", steps=4, seed=1))
    assert not pictures
    words.clear()
    other = workshop.pictures.add(noise(2))
    workshop.paint("sd15", ImageToImage(image=other, prompt="a dog", steps=4, seed=1))
    assert not words
    assert pictures


def test_the_model_stays_loaded_and_switching_the_task_loads_nothing(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.paint("sd15", inpaint(workshop))
    loads = count(monkeypatch, type(workshop.cache), "_make_room")
    before = workshop.loaded("sd15")
    weights = {id(parameter) for parameter in before.components["unet"].parameters()}
    workshop.paint("sd15", from_words())
    workshop.paint("sd15", ImageToImage(image=workshop.pictures.add(noise()), steps=4, seed=1))
    after = workshop.loaded("sd15")
    assert after is before
    assert {id(parameter) for parameter in after.components["unet"].parameters()} == weights
    assert loads  # room is looked at when a lease ends


# What goes wrong


def test_an_unknown_scheduler_is_a_bad_request(workshop: Workshop) -> None:
    said = broken(workshop, from_words(scheduler="euler_b"))
    assert said.code is ErrorCode.BAD_REQUEST
    assert "euler" in said.sentence


def test_a_model_that_cannot_do_the_task_is_a_bad_request(workshop: Workshop) -> None:
    said = broken(workshop, from_words(), "sd15-inpaint")
    assert said.code is ErrorCode.BAD_REQUEST
    assert "inpaint" in said.sentence
    assert not workshop.cache.names_on_device


def test_a_selection_of_another_size_is_a_bad_request(workshop: Workshop) -> None:
    image = workshop.pictures.add(noise())
    selection = workshop.pictures.add(np.full((10, 10), 255, np.uint8))
    said = broken(workshop, Inpaint(image=image, selection=selection, seed=1))
    assert said.code is ErrorCode.BAD_REQUEST
    assert "size" in said.sentence


def test_a_missing_picture_is_a_bad_request(workshop: Workshop) -> None:
    image = describe(noise(5))
    assert broken(workshop, ImageToImage(image=image, seed=1)).code is ErrorCode.BAD_REQUEST


@pytest.mark.parametrize("swapped", [False, True])
def test_pictures_of_the_wrong_mode_are_a_bad_request(workshop: Workshop, swapped: bool) -> None:
    grey, colour = workshop.pictures.add(middle()), workshop.pictures.add(noise())
    image, selection = (colour, colour) if swapped else (grey, grey)
    said = broken(workshop, Inpaint(image=image, selection=selection, seed=1))
    assert said.code is ErrorCode.BAD_REQUEST


def test_a_model_that_fails_is_told_and_the_next_job_runs(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    unet = type(workshop.loaded("sd15").components["unet"])

    def fail(*_arguments: Any, **_options: Any) -> None:
        raise ValueError("out of order")

    with monkeypatch.context() as patch:
        patch.setattr(unet, "forward", fail)
        said = broken(workshop, from_words())
    assert said.code is ErrorCode.MODEL_FAILED
    assert "out of order" in said.sentence
    assert "Traceback" in said.details
    workshop.paint("sd15", from_words())


def test_numbers_that_are_none_are_told_not_painted(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    unet = type(workshop.loaded("sd15").components["unet"])
    monkeypatch.setattr(unet, "forward", lambda _self, x, *_a, **_o: (x * float("nan"),))
    said = broken(workshop, from_words())
    assert said.code is ErrorCode.MODEL_FAILED
    assert "half precision" in said.sentence


def test_a_decoder_that_overflows_is_run_again_in_32_bits(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = workshop.loaded("sd15")
    decoder = type(model.components["vae"].decoder)
    original = decoder.forward

    def overflow(self: Any, z: torch.Tensor, *arguments: Any, **options: Any) -> torch.Tensor:
        decoded: torch.Tensor = original(self, z, *arguments, **options)
        return decoded * float("nan") if z.dtype is torch.float16 else decoded

    monkeypatch.setattr(decoder, "forward", overflow)
    model.components["vae"].to(torch.float16)
    for part in ("unet", "text_encoder"):
        model.components[part].to(torch.float16)
    result = workshop.paint("sd15", from_words())
    assert any("32 bits" in sentence for sentence in result.report.degraded)
    assert model.components["vae"].dtype is torch.float16
    assert workshop.layer(result)[0].std() > 0


# Memory


class Shortage:
    """Makes the UNet run out of memory for its next few calls, as a full device does."""

    def __init__(self, patch: pytest.MonkeyPatch, workshop: Workshop, times: int) -> None:
        self.left = times
        self.batches: list[int] = []
        unet = type(workshop.loaded("sd15").components["unet"])
        original = unet.forward

        def forward(model: Any, x: torch.Tensor, *arguments: Any, **options: Any) -> Any:
            self.batches.append(len(x))
            if self.left:
                self.left -= 1
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
            return original(model, x, *arguments, **options)

        patch.setattr(unet, "forward", forward)


def test_variants_are_painted_one_by_one_where_memory_is_short(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shortage = Shortage(monkeypatch, workshop, 1)
    result = workshop.paint("sd15", from_words(variants=3, guidance_scale=1))
    assert len(result.layers) == 3
    assert shortage.batches[0] == 3
    assert set(shortage.batches[1:]) == {1}
    assert result.report.degraded == ("The variants were painted one after another.",)


def test_measures_are_taken_one_by_one_and_told(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    Shortage(monkeypatch, workshop, 2)
    result = workshop.paint("sd15", from_words())
    assert result.report.degraded == tuple(one.sentence for one in memory.MEASURES[1:3])
    again = workshop.paint("sd15", from_words())
    assert again.report.degraded == result.report.degraded


def test_where_nothing_helps_the_job_fails_with_what_would(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shortage = Shortage(monkeypatch, workshop, 1000)
    said = broken(workshop, from_words(variants=2))
    assert said.code is ErrorCode.OUT_OF_MEMORY
    assert "smaller" in said.sentence
    shortage.left = 0
    workshop.paint("sd15", from_words())


def test_idle_models_make_room_first(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop.paint("sdxl", from_words())
    Shortage(monkeypatch, workshop, 1)
    assert set(workshop.cache.names_on_device) == {"sd15", "sdxl"}
    result = workshop.paint("sd15", from_words())
    assert workshop.cache.names_on_device == ("sd15",)
    assert "Other models" in result.report.degraded[0]


def test_an_error_that_only_sounds_like_memory_is_none() -> None:
    assert memory.is_out_of_memory(torch.OutOfMemoryError("x"))
    assert memory.is_out_of_memory(MemoryError())
    assert memory.is_out_of_memory(
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried")
    )
    assert not memory.is_out_of_memory(RuntimeError("shape mismatch"))
    assert not memory.is_out_of_memory(ValueError("can't allocate memory"))


# Orders that are no jobs


def test_a_model_is_warmed_and_dropped(workshop: Workshop) -> None:
    workshop.runner.warm(workshop.add("sd15"))
    assert workshop.said[-1] == work.Memory(
        on_device=("sd15",),
        on_host=(),
        device_memory_bytes=_memory(workshop),
    )
    workshop.runner.drop(None)
    last = workshop.said[-1]
    assert isinstance(last, work.Memory)
    assert last.on_device == ()


def _memory(workshop: Workshop) -> int:
    last = workshop.said[-1]
    assert isinstance(last, work.Memory)
    return last.device_memory_bytes


def test_warming_what_is_not_there_is_told(workshop: Workshop) -> None:
    workshop.runner.warm("nothing")
    said = next(word for word in workshop.said if isinstance(word, work.Broken))
    assert (said.job, said.code) == ("", ErrorCode.UNKNOWN_MODEL)


def test_no_more_steps_are_taken_than_were_trained(workshop: Workshop) -> None:
    region = Region(fill=Fill.ORIGINAL)
    task = inpaint(workshop, steps=1000, strength=0.004, region=region)
    result = workshop.paint("sd15", task)
    assert result.report.passes[0].steps == 4
    assert "999" in result.report.notices[0]


def test_denoising_is_told_before_its_first_step_is_taken(workshop: Workshop) -> None:
    """So what is waited for has its name, and its time is not counted as that of encoding."""
    unet: Any = workshop.loaded("sd15").components["unet"]
    calls = 0
    calls_when_told: list[int] = []

    def count(*_given: Any) -> None:
        nonlocal calls
        calls += 1

    def hear(word: work.AnyWord) -> None:
        if isinstance(word, work.Stepped) and word.phase is Phase.DENOISING:
            calls_when_told.append(calls)

    workshop.on_word = hear
    hook = unet.register_forward_pre_hook(count)
    workshop.paint("sd15", TextToImage(prompt="a cat", seed=1, steps=3, width=64, height=64))
    hook.remove()
    assert calls_when_told[0] == 0
    assert calls == 3
