"""From entry to pipelines."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from helpers import ldm_layout, small_models
from scumble_daemon.models.catalog import Catalogue, Entry
from scumble_daemon.models.devices import open_device
from scumble_daemon.models.errors import ModelError
from scumble_daemon.models.families import ALL_TASKS, IMG2IMG, INPAINT, TEXT2IMAGE
from scumble_daemon.models.loader import load
from scumble_daemon.models.schedulers import UnknownSchedulerError


def entry_of(folder: Path, tmp_path: Path) -> Entry:
    return Catalogue(tmp_path / "data", Path("/nonexistent")).add(str(folder))


@pytest.fixture
def small(tmp_path: Path) -> Entry:
    return entry_of(small_models.folder("sd15"), tmp_path)


def test_every_task_has_its_pipeline_over_the_same_weights(small: Entry) -> None:
    model = load(small, open_device("cpu"))
    before = model.byte_count
    pipelines = {task: model.pipeline(task) for task in ALL_TASKS}
    names = {task: type(pipeline).__name__ for task, pipeline in pipelines.items()}
    assert names == {
        TEXT2IMAGE: "StableDiffusionPipeline",
        IMG2IMG: "StableDiffusionImg2ImgPipeline",
        INPAINT: "StableDiffusionInpaintPipeline",
    }
    for part in ("unet", "vae", "text_encoder"):
        assert len({id(getattr(pipeline, part)) for pipeline in pipelines.values()}) == 1
    assert model.byte_count == before


def test_every_job_has_a_scheduler_as_new(small: Entry) -> None:
    model = load(small, open_device("cpu"))
    first = model.pipeline(TEXT2IMAGE).scheduler
    first.set_timesteps(7)
    assert model.pipeline(TEXT2IMAGE, "euler").scheduler.__class__.__name__.startswith("Euler")
    again = model.pipeline(TEXT2IMAGE).scheduler
    assert type(again) is type(first)
    assert again is not first
    assert again.num_inference_steps is None
    assert again.config == first.config


def test_an_unknown_scheduler_is_refused(small: Entry) -> None:
    with pytest.raises(UnknownSchedulerError):
        load(small, open_device("cpu")).pipeline(TEXT2IMAGE, "nonsense")


def test_a_folder_of_half_precision_weights_alone_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "half"
    small_models.build("sd15").to(torch.float16).save_pretrained(folder, variant="fp16")
    model = load(entry_of(folder, tmp_path), open_device("cpu"))
    assert model.dtype is torch.float32


def test_attention_can_be_computed_in_slices(small: Entry) -> None:
    def processors(attention: str) -> set[str]:
        unet = load(small, open_device("cpu", attention=attention)).components["unet"]
        return {type(processor).__name__ for processor in unet.attn_processors.values()}

    assert all("Slic" in name for name in processors("sliced"))
    assert not any("Slic" in name for name in processors("native"))


def test_a_number_format_can_be_chosen(small: Entry) -> None:
    assert load(small, open_device("cpu", "bfloat16")).dtype is torch.bfloat16


def test_a_hub_id_that_cannot_be_fetched_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_arguments: Any, **_options: Any) -> None:
        raise OSError("Name or service not known")

    monkeypatch.setattr("diffusers.DiffusionPipeline.download", unreachable)
    entry = Catalogue(tmp_path, Path("/nonexistent")).add("somebody/some-model")
    with pytest.raises(ModelError, match="network"):
        load(entry, open_device("cpu"))


def test_a_hub_id_is_what_its_folder_says_once_it_is_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(small_models.folder("sdxl"))
    monkeypatch.setattr("diffusers.DiffusionPipeline.download", lambda *_a, **_o: folder)
    entry = Catalogue(tmp_path, Path("/nonexistent")).add("somebody/some-model")
    assert load(entry, open_device("cpu")).family.name == "sdxl"


def test_a_model_that_has_gone_is_told(tmp_path: Path) -> None:
    copied = tmp_path / "going"
    shutil.copytree(small_models.folder("sd15"), copied)
    entry = entry_of(copied, tmp_path)
    shutil.rmtree(copied)
    with pytest.raises(ModelError) as caught:
        load(entry, open_device("cpu"))
    assert "model_index.json" in str(caught.value)


def test_weights_of_another_shape_are_told_with_a_sentence(tmp_path: Path) -> None:
    copied = tmp_path / "lying"
    shutil.copytree(small_models.folder("sd15"), copied)
    entry = entry_of(copied, tmp_path)
    other: Any = small_models.build("sdxl")
    other.unet.save_pretrained(copied / "unet")
    shutil.copy(small_models.folder("sd15") / "unet" / "config.json", copied / "unet")
    with pytest.raises(ModelError, match="could not be loaded"):
        load(entry, open_device("cpu"))


def test_a_single_file_in_the_original_layout_is_the_same_model(tmp_path: Path) -> None:
    """Its configs, which such a file lacks, lie in a folder of its name beside it."""
    folder = small_models.folder("sd15")
    shutil.copytree(folder, tmp_path / "dream", ignore=shutil.ignore_patterns("*.safetensors"))
    pipeline: Any = small_models.build("sd15")
    file = ldm_layout.save(pipeline, tmp_path / "dream.safetensors")
    entry = Catalogue(tmp_path / "data", Path("/nonexistent")).add(str(file))
    assert (entry.family, entry.origin) == ("sd15", "file")
    model = load(entry, open_device("cpu"))
    for part in ("unet", "vae", "text_encoder"):
        theirs = getattr(pipeline, part).state_dict()
        for name, tensor in model.components[part].state_dict().items():
            assert torch.equal(tensor, theirs[name]), f"{part}.{name}"
