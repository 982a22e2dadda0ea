"""Additions as others write them: for two text encoders, for transformers, and pickled."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict
from safetensors.torch import load_file, save_file

from helpers import small_additions, small_models
from helpers.workshop import Workshop
from scumble_daemon import __main__ as program
from scumble_daemon import work
from scumble_daemon.config import model_folder, settings_file
from scumble_daemon.models.catalog import Catalogue
from scumble_daemon.region.arrays import Bytes
from scumble_daemon.tasks.abilities import abilities
from scumble_protocol.endpoint import HOME_VARIABLE
from scumble_protocol.jobs import FreeU, ImageToImage, Lora, Options, TextToImage

of_diffusers: Any = small_models.of_diffusers
NONE = Options()
CLASSES = {
    "flux": "FluxPipeline",
    "sd3": "StableDiffusion3Pipeline",
    "sdxl": "StableDiffusionXLPipeline",
}


def side_of(kind: str) -> int:
    return {"flux": 512, "sd3": 256}.get(kind, small_models.SIDE)


def painted(workshop: Workshop, kind: str, options: Options = NONE, prompt: str = "a cat") -> Bytes:
    side = side_of(kind)
    task = TextToImage(
        prompt=prompt, width=side, height=side, steps=2, guidance_scale=4.0, seed=9, options=options
    )
    return workshop.layer(workshop.paint(kind, task))[0]


def bare(kind: str) -> Any:
    cls = getattr(of_diffusers, CLASSES[kind])
    pipeline = cls.from_pretrained(small_models.folder(kind), local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def called(pipeline: Any, kind: str, prompt: str = "a cat") -> Bytes:
    side = side_of(kind)
    made = pipeline(
        prompt=prompt,
        width=side,
        height=side,
        num_inference_steps=2,
        guidance_scale=4.0,
        generator=torch.Generator("cpu").manual_seed(9),
    )
    return np.asarray(made.images[0])


@pytest.mark.parametrize("kind", ["flux", "sd3"])
def test_a_lora_for_a_transformer_is_worn_and_comes_off(
    workshop: Workshop, tmp_path: Path, kind: str
) -> None:
    transformer = small_models.build(kind).transformer
    transformer.add_adapter(LoraConfig(r=2, lora_alpha=2, target_modules=["to_q", "to_k", "to_v"]))
    drawn = torch.Generator().manual_seed(1)
    layers = {
        name: torch.randn(tensor.shape, generator=drawn)
        for name, tensor in get_peft_model_state_dict(transformer).items()
    }
    cls = getattr(of_diffusers, CLASSES[kind])
    cls.save_lora_weights(tmp_path, transformer_lora_layers=layers, weight_name="style.safetensors")
    assert workshop.catalogue.add(str(tmp_path / "style.safetensors")).family == "lora"

    plain = painted(workshop, kind)
    options = Options(loras=(Lora(name="style", weight=0.8),))
    worn = painted(workshop, kind, options)
    fused = painted(workshop, kind, msgspec.structs.replace(options, fuse_loras=True))
    pipeline = bare(kind)
    pipeline.load_lora_weights(tmp_path, weight_name="style.safetensors", adapter_name="style")
    pipeline.set_adapters(["style"], [0.8])
    assert np.array_equal(worn, called(pipeline, kind))
    assert not np.array_equal(worn, plain)
    pipeline.fuse_lora()
    assert np.array_equal(fused, called(pipeline, kind))
    assert np.array_equal(painted(workshop, kind), plain)


def vectors_for_xl(file: Path, drop: str = "") -> Path:
    drawn = torch.Generator().manual_seed(1)
    both = {name: torch.randn(2, 16, generator=drawn) for name in ("clip_l", "clip_g")}
    both.pop(drop, None)
    save_file({("emb_params" if drop else name): one for name, one in both.items()}, file)
    return file


def test_a_word_for_both_encoders_of_an_xl_is_learnt_and_forgotten(
    workshop: Workshop, tmp_path: Path
) -> None:
    file = vectors_for_xl(tmp_path / "tender.safetensors")
    assert workshop.catalogue.add(str(file)).family == "embedding"
    without = painted(workshop, "sdxl", prompt="a tender")
    known = painted(workshop, "sdxl", Options(embeddings=("tender",)), prompt="a tender")

    pipeline = bare("sdxl")
    tensors = load_file(file)
    for name, ending in (("clip_l", ""), ("clip_g", "_2")):
        pipeline.load_textual_inversion(
            tensors[name],
            token="tender",  # noqa: S106
            text_encoder=getattr(pipeline, f"text_encoder{ending}"),
            tokenizer=getattr(pipeline, f"tokenizer{ending}"),
        )
    assert np.array_equal(known, called(pipeline, "sdxl", prompt="a tender"))
    assert not np.array_equal(known, without)
    assert np.array_equal(painted(workshop, "sdxl", prompt="a tender"), without)


def test_a_word_for_one_encoder_does_not_fit_an_xl_and_leaves_no_trace(
    workshop: Workshop, tmp_path: Path
) -> None:
    workshop.catalogue.add(str(vectors_for_xl(tmp_path / "tender.safetensors", drop="clip_g")))
    before = painted(workshop, "sdxl", prompt="a tender")
    side = small_models.SIDE
    task = TextToImage(
        prompt="a tender", width=side, height=side, seed=9, options=Options(embeddings=("tender",))
    )
    end = workshop.run("sdxl", task)
    assert isinstance(end, work.Broken)
    assert "does not fit" in end.sentence
    assert np.array_equal(painted(workshop, "sdxl", prompt="a tender"), before)


def test_the_refiner_knows_all_that_the_table_says(workshop: Workshop, tmp_path: Path) -> None:
    workshop.catalogue.add(str(vectors_for_xl(tmp_path / "tender.safetensors")))
    said = {(one.family, one.task): one.options for one in abilities()}["sdxl-refiner", "img2img"]
    options = Options(
        embeddings=("tender",),
        clip_skip=1,
        guidance_rescale=0.5,
        timesteps=(801, 401, 1),
        freeu=FreeU(),
    )
    assert {"embeddings", "clip_skip", "guidance_rescale", "timesteps", "freeu"} <= said
    side = small_models.SIDE
    picture = np.random.default_rng(1).integers(0, 256, (side, side, 3), np.uint8)
    task = ImageToImage(
        prompt="a tender cat", seed=9, image=workshop.pictures.add(picture), options=options
    )
    assert not workshop.paint("sdxl-refiner", task).report.notices
    assert "weighting" not in said


@pytest.mark.parametrize("style", ["a1111", "diffusers", "xl"])
def test_a_pickled_embedding_is_added_where_that_very_file_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, style: str
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    vectors = torch.randn(2, 16)
    held: dict[str, dict[str, Any]] = {
        "a1111": {
            "string_to_token": {"*": 265},
            "string_to_param": {"*": torch.nn.Parameter(vectors)},
            "name": "tender",
            "step": 100,
        },
        "diffusers": {"<tender>": vectors},
        "xl": {"clip_l": vectors, "clip_g": torch.randn(2, 16)},
    }
    file = tmp_path / "tender.pt"
    torch.save(held[style], file)
    assert program.main(["models", "add", str(file)]) == 1

    settings_file().parent.mkdir(parents=True)
    settings_file().write_text(f'pickle_allowed = ["{file}"]\n')
    assert program.main(["models", "add", str(file)]) == 0
    entry = Catalogue(model_folder()).get("tender")
    assert entry.family == "embedding"
    assert entry.location.endswith("tender.safetensors")


def test_a_pickle_that_would_run_a_program_is_not_opened_even_where_it_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "sprung",))

    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    for name, held in (("trap", Trap()), ("whole", {"a": torch.ones(1), "b": torch.ones(1)})):
        file = tmp_path / f"{name}.pt"
        torch.save(held, file)
        settings_file().parent.mkdir(parents=True, exist_ok=True)
        settings_file().write_text(f'pickle_allowed = ["{file}"]\n')
        assert program.main(["models", "add", str(file)]) == 1
        assert name in capsys.readouterr().err
    assert not (tmp_path / "sprung").exists()


def test_flux_learns_a_word_where_the_table_says_so(workshop: Workshop, tmp_path: Path) -> None:
    file = small_additions.embedding(tmp_path / "tender.safetensors", a1111=True)
    workshop.catalogue.add(str(file))
    known = Options(embeddings=("tender",))
    plain = painted(workshop, "flux", prompt="a tender")
    assert not np.array_equal(painted(workshop, "flux", known, prompt="a tender"), plain)
    assert np.array_equal(painted(workshop, "flux", prompt="a tender"), plain)
    side = side_of("flux")
    picture = workshop.pictures.add(np.full((side, side, 3), 99, np.uint8))
    task = ImageToImage(prompt="a tender", seed=9, steps=2, image=picture, options=known)
    (told,) = workshop.paint("flux", task).report.notices
    assert "learns no words" in told
