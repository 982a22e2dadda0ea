"""From entry to pipelines."""

import json
import shutil
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch
from safetensors.torch import save_file

from helpers import ldm_layout, small_families, small_models
from scumble_daemon.miniature import forms
from scumble_daemon.models.catalog import Catalogue, Entry
from scumble_daemon.models.devices import open_device
from scumble_daemon.models.errors import ModelError
from scumble_daemon.models.families import ALL_TASKS, IMG2IMG, INPAINT, TEXT2IMAGE
from scumble_daemon.models.loader import load
from scumble_daemon.models.pipeline_classes import sees_mask
from scumble_daemon.models.schedulers import UnknownSchedulerError
from scumble_protocol.endpoint import HOME_VARIABLE


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


def bundled(folder: Path) -> Path:
    """Write a small model as the bundled one is shipped: two forms, different in one file."""
    small: Any = small_models.build("sd15")
    small.save_pretrained(folder)
    (folder / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    weights = dict(small.unet.state_dict())
    first = weights.pop("conv_in.weight")
    wider = torch.cat([first, torch.ones(len(first), 5, 3, 3)], dim=1)
    names = {"diffusion_pytorch_model-00001-of-00002.safetensors": list(weights)}
    names["diffusion_pytorch_model-00002-of-00002.safetensors"] = ["conv_in.weight"]
    shared, own = names
    index = {
        "metadata": {"total_size": 0},
        "weight_map": {name: file for file, inside in names.items() for name in inside},
    }
    save_file(weights, folder / "unet" / shared)
    other = folder / "inpaint" / "unet"
    other.mkdir(parents=True)
    for unet, tensor in ((folder / "unet", first), (other, wider)):
        save_file({"conv_in.weight": tensor}, unet / own)
        (unet / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index))
    config = json.loads((folder / "unet" / "config.json").read_text())
    (other / "config.json").write_text(json.dumps(config | {"in_channels": 9}))
    pipeline = json.loads((folder / "model_index.json").read_text())
    pipeline["_class_name"] = "StableDiffusionInpaintPipeline"
    (folder / "inpaint" / "model_index.json").write_text(json.dumps(pipeline))
    return folder


def test_the_bundled_model_inpaints_with_a_form_that_shares_its_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = bundled(tmp_path / "weights")
    monkeypatch.setattr(forms, "WEIGHTS", shipped)
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    entry = Catalogue(tmp_path / "data", shipped).get("miniature")
    model = load(entry, open_device("cpu"))
    text, inpaint = model.pipeline(TEXT2IMAGE).unet, model.pipeline(INPAINT).unet
    assert (text.conv_in.in_channels, inpaint.conv_in.in_channels) == (4, 9)
    assert sees_mask(model.pipeline(INPAINT))
    ours = dict(inpaint.named_parameters())
    for name, parameter in text.named_parameters():
        same = ours[name].data_ptr() == parameter.data_ptr()
        assert same == (name != "conv_in.weight")
    of_diffusers: Any = diffusers
    whole = of_diffusers.StableDiffusionInpaintPipeline.from_pretrained(forms.folder("inpaint"))
    for name, tensor in whole.unet.state_dict().items():
        assert torch.equal(tensor, ours[name])


@pytest.mark.parametrize("channels", [4, 9])
def test_a_decoder_of_kandinsky_is_loaded_with_the_prior_beside_it(
    tmp_path: Path, channels: int
) -> None:
    whole: Any = small_families.kandinsky22(channels)
    of_diffusers: Any = diffusers
    ending = "Inpaint" if channels == 9 else ""
    decoder = getattr(of_diffusers, f"KandinskyV22{ending}Pipeline")(
        unet=whole.unet, scheduler=whole.scheduler, movq=whole.movq
    )
    decoder.save_pretrained(tmp_path / "decoder")
    prior = {
        name.removeprefix("prior_"): part
        for name, part in whole.components.items()
        if name.startswith("prior_")
    }
    of_diffusers.KandinskyV22PriorPipeline(**prior).save_pretrained(tmp_path / "prior")
    entry = entry_of(tmp_path / "decoder", tmp_path)
    assert entry.family == ("kandinsky22-inpaint" if channels == 9 else "kandinsky22")
    model = load(entry, open_device("cpu"))
    assert {"prior_prior", "unet", "movq"} <= model.components.keys()
    task = INPAINT if channels == 9 else TEXT2IMAGE
    assert type(model.pipeline(task)) is type(whole)
    for name, tensor in model.components["prior_prior"].state_dict().items():
        assert torch.equal(tensor, whole.prior_prior.state_dict()[name])
