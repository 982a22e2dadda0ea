"""Checkpoints as they were published are known by their configs, and what is broken is told."""

import json
import shutil
from pathlib import Path

import pytest

from helpers import published
from scumble_daemon.models.errors import ModelFileError
from scumble_daemon.models.families import FAMILIES
from scumble_daemon.models.inspection import inspect_folder
from scumble_daemon.models.single_files import inspect_file

LORA_WEIGHTS = {"lora_unet_x.lora_up.weight": (4, 4)}


@pytest.mark.parametrize(
    ("name", "family", "side", "few"),
    [
        ("stable-diffusion-v1-5", "sd15", 512, None),
        ("stable-diffusion-inpainting", "sd15-inpaint", 512, None),
        ("stable-diffusion-2-1", "sd2", 768, None),
        ("stable-diffusion-2-depth", "sd2-depth", 512, None),
        ("sd-turbo", "sd2", 512, "turbo"),
        ("LCM_Dreamshaper_v7", "sd15", 768, "lcm"),
        ("stable-diffusion-xl-base-1.0", "sdxl", 1024, None),
        ("stable-diffusion-xl-1.0-inpainting-0.1", "sdxl-inpaint", 1024, None),
        ("stable-diffusion-xl-refiner-1.0", "sdxl-refiner", 1024, None),
        ("sdxl-turbo", "sdxl", 512, "turbo"),
        ("stable-diffusion-3-medium-diffusers", "sd3", 1024, None),
        ("stable-diffusion-3.5-large-turbo", "sd3", 1024, "turbo"),
        ("FLUX.1-dev", "flux", 1024, None),
        ("FLUX.1-schnell", "flux", 1024, "schnell"),
        ("FLUX.1-Fill-dev", "flux-fill", 1024, None),
        ("Qwen-Image", "qwen-image", 1328, None),
        ("Z-Image-Turbo", "z-image", 1024, None),
        ("kandinsky-2-2-decoder", "kandinsky22", 512, None),
        ("kandinsky-2-2-decoder-inpaint", "kandinsky22-inpaint", 512, None),
    ],
)
def test_a_published_checkpoint_is_known(
    tmp_path: Path, name: str, family: str, side: int, few: str | None
) -> None:
    facts = inspect_folder(published.write(tmp_path, name))
    assert (facts.family, facts.native_side) == (family, side)
    assert (facts.few_steps.kind if facts.few_steps else None) == few
    assert FAMILIES[family].tasks


@pytest.mark.parametrize(
    "name",
    [
        "StableDiffusionControlNetPipeline",
        "StableDiffusionXLAdapterPipeline",
        "StableDiffusionUpscalePipeline",
        "StableDiffusionXLInstructPix2PixPipeline",
        "FluxKontextPipeline",
        "Flux2Pipeline",
        "QwenImageEditPipeline",
        "QwenImage21Pipeline",
        "ZImageOmniPipeline",
        "KandinskyV22PriorPipeline",
    ],
)
def test_a_pipeline_for_something_else_is_refused(tmp_path: Path, name: str) -> None:
    folder = published.write(tmp_path, "FLUX.1-dev")
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps(index | {"_class_name": name}))
    with pytest.raises(ModelFileError, match=name):
        inspect_folder(folder)


def test_flux_for_edges_is_no_flux_that_paints(tmp_path: Path) -> None:
    folder = published.write(tmp_path, "FLUX.1-dev")
    config = {"in_channels": 128, "guidance_embeds": True}
    (folder / "transformer" / "config.json").write_text(json.dumps(config))
    published.weights(
        folder / "transformer" / "diffusion_pytorch_model.safetensors",
        {"x_embedder.weight": (8, 128)},
    )
    with pytest.raises(ModelFileError, match="128 channels"):
        inspect_folder(folder)


def test_a_decoder_without_its_prior_is_refused(tmp_path: Path) -> None:
    folder = published.write(tmp_path, "kandinsky-2-2-decoder")
    assert inspect_folder(folder).size_bytes > 0
    shutil.rmtree(tmp_path / "kandinsky-2-2-prior")
    with pytest.raises(ModelFileError, match="kandinsky-2-2-prior beside it"):
        inspect_folder(folder)


@pytest.mark.parametrize("part", ["safety_checker", "text_encoder_2", "text_encoder_3"])
def test_every_part_that_has_weights_is_looked_into(tmp_path: Path, part: str) -> None:
    of_sd15 = part == "safety_checker"
    name = "stable-diffusion-v1-5" if of_sd15 else "stable-diffusion-3-medium-diffusers"
    folder = published.write(tmp_path, name)
    next((folder / part).glob("*.safetensors")).write_bytes(b"cut")
    with pytest.raises(ModelFileError, match="cut short"):
        inspect_folder(folder)


@pytest.mark.parametrize(
    ("name", "kind", "steps"),
    [
        ("lcm-lora-sdv1-5", "lcm", 4),
        ("LCM_LoRA_Weights_SD15", "lcm", 4),
        ("sdxl_lightning_8step_lora", "lightning", 8),
        ("Hyper-SDXL-8steps-CFG-lora", "hyper", 8),
        ("Hyper-SD15-1step-lora", "hyper", 1),
        ("dreamshaperXL_v21TurboDPMSDE", "turbo", 4),
        ("TCD-SD15-LoRA", "tcd", 4),
        ("hyperrealistic-portraits", None, 0),
        ("turbofan", None, 0),
        ("add-detail-xl", None, 0),
    ],
)
def test_a_file_for_few_steps_says_so_in_its_name(
    tmp_path: Path, name: str, kind: str | None, steps: int
) -> None:
    few = inspect_file(published.weights(tmp_path / f"{name}.safetensors", LORA_WEIGHTS)).few_steps
    assert (few.kind if few else None) == kind
    assert (few.steps if few else 0) == steps
    if few is not None and "CFG" in name:
        assert few.guidance_scale == 5.0


def test_a_file_of_no_telling_name_is_known_by_its_title_or_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "lcm-lora-sdxl"
    folder.mkdir()
    plain = published.weights(folder / "pytorch_lora_weights.safetensors", LORA_WEIGHTS)
    titled = published.weights(
        tmp_path / "style.safetensors", LORA_WEIGHTS, **{"modelspec.title": "Lightning 4step"}
    )
    for file, kind in ((plain, "lcm"), (titled, "lightning")):
        few = inspect_file(file).few_steps
        assert few is not None
        assert few.kind == kind
