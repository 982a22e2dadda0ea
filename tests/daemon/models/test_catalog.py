"""The catalogue: kept on disk, shared between processes, and shy of everything broken."""

import json
import pickle
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from helpers import small_models
from scumble_daemon.miniature.forms import WEIGHTS
from scumble_daemon.models.catalog import FILE_NAME, Catalogue
from scumble_daemon.models.errors import (
    ModelError,
    ModelFileError,
    PickledModelError,
    UnknownModelError,
)

NOTHING = Path("/nonexistent")


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "data", NOTHING)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of a small model that a test may break."""
    copied = tmp_path / "small"
    shutil.copytree(small_models.folder("sd15"), copied)
    return copied


def change(file: Path, **values: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


@pytest.mark.parametrize("kind", small_models.KINDS)
def test_a_folder_tells_its_family_tasks_and_size(catalogue: Catalogue, kind: str) -> None:
    entry = catalogue.add(str(small_models.folder(kind)))
    assert entry.name == entry.family == kind
    assert ("text2image" in entry.tasks) == (not kind.endswith("inpaint"))
    assert entry.native_side == small_models.SIDE
    assert entry.size_bytes > 100_000
    assert entry.origin == "folder"


def test_entries_are_there_for_the_next_process_and_for_this_one(tmp_path: Path) -> None:
    here, there = Catalogue(tmp_path, NOTHING), Catalogue(tmp_path, NOTHING)
    assert there.entries() == ()
    added = here.add(str(small_models.folder("sd15")), "mine")
    assert there.get("mine") == added
    there.remove("mine")
    assert here.entries() == ()


def test_an_unknown_name_brings_near_ones(catalogue: Catalogue) -> None:
    catalogue.add(str(small_models.folder("sd15")), "landscape")
    with pytest.raises(UnknownModelError, match="landscape"):
        catalogue.get("landscpae")


def test_a_name_can_be_taken_once(catalogue: Catalogue) -> None:
    catalogue.add(str(small_models.folder("sd15")), "mine")
    with pytest.raises(ModelError, match="already"):
        catalogue.add(str(small_models.folder("sdxl")), "mine")


@pytest.mark.parametrize("name", ["", "../up", "a b", "-x", "x" * 200, "a/b"])
def test_what_is_no_name_is_refused(catalogue: Catalogue, name: str) -> None:
    if name:
        with pytest.raises(ModelError, match="no name"):
            catalogue.add(str(small_models.folder("sd15")), name)


def test_a_hub_id_is_recorded_without_a_network(catalogue: Catalogue) -> None:
    entry = catalogue.add("somebody/some-model_1.5")
    assert (entry.name, entry.origin, entry.family) == ("some-model_1.5", "hub", "unknown")


@pytest.mark.parametrize("where", ["nowhere", "/no/such/folder", "a/b/c", "../x", "https://x.y/z"])
def test_what_is_neither_there_nor_a_hub_id_is_refused(catalogue: Catalogue, where: str) -> None:
    with pytest.raises(ModelFileError):
        catalogue.add(where)


@pytest.mark.parametrize("suffix", [".ckpt", ".pt", ".pth", ".bin", ".CKPT", ".safetensors"])
def test_a_pickle_is_refused_and_never_opened(
    catalogue: Catalogue, tmp_path: Path, suffix: str
) -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "sprung",))

    file = tmp_path / f"model{suffix}"
    file.write_bytes(pickle.dumps(Trap(), protocol=2))
    with pytest.raises(PickledModelError):
        catalogue.add(str(file))
    assert not (tmp_path / "sprung").exists()


def test_a_folder_of_pickles_is_refused(catalogue: Catalogue, model: Path) -> None:
    weights = next((model / "unet").glob("*.safetensors"))
    weights.rename(weights.with_name("diffusion_pytorch_model.bin"))
    with pytest.raises(PickledModelError, match="unet"):
        catalogue.add(str(model))


def test_a_folder_with_program_code_is_refused(catalogue: Catalogue, model: Path) -> None:
    (model / "unet" / "my_unet.py").write_text("raise SystemExit")
    with pytest.raises(ModelFileError, match="program code"):
        catalogue.add(str(model))


def test_a_pipeline_class_of_its_own_is_refused(catalogue: Catalogue, model: Path) -> None:
    change(model / "model_index.json", _class_name=["my_pipeline", "MyPipeline"])
    with pytest.raises(ModelFileError):
        catalogue.add(str(model))


@pytest.mark.parametrize(
    "name", ["", "FooPipeline", "StableDiffusionUpscalePipeline", "Flux2Pipeline"]
)
def test_an_unknown_pipeline_is_refused(catalogue: Catalogue, model: Path, name: str) -> None:
    change(model / "model_index.json", _class_name=name)
    with pytest.raises(ModelFileError, match="no family"):
        catalogue.add(str(model))


def test_a_config_that_lies_about_the_weights_is_refused(catalogue: Catalogue, model: Path) -> None:
    change(model / "unet" / "config.json", in_channels=9)
    with pytest.raises(ModelFileError, match="9 channels, its weights take 4"):
        catalogue.add(str(model))


def test_a_config_that_is_no_json_is_refused(catalogue: Catalogue, model: Path) -> None:
    (model / "unet" / "config.json").write_bytes(b"\xff{")
    with pytest.raises(ModelFileError, match=r"unet/config\.json"):
        catalogue.add(str(model))


def test_a_missing_part_is_named(catalogue: Catalogue, model: Path) -> None:
    shutil.rmtree(model / "vae")
    with pytest.raises(ModelFileError, match="vae"):
        catalogue.add(str(model))


@pytest.mark.parametrize("keep", [0, 4, 8, 100, 5000, -1])
def test_weights_cut_short_are_refused(catalogue: Catalogue, model: Path, keep: int) -> None:
    weights = next((model / "unet").glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:keep])
    with pytest.raises(ModelFileError, match=r"cut short|cannot be read"):
        catalogue.add(str(model))


@pytest.mark.parametrize(
    "header",
    [
        b"[]",
        b"{}",
        b'{"a": 1}',
        b'{"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 8]}}',
        b'{"a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}}',
        b'{"a": {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]}}',
        b'{"a": {"dtype": "F32", "shape": [1e9], "data_offsets": [0, 8]}}',
    ],
)
def test_headers_that_lie_are_refused(catalogue: Catalogue, tmp_path: Path, header: bytes) -> None:
    file = tmp_path / "lying.safetensors"
    file.write_bytes(struct.pack("<Q", len(header)) + header + bytes(8))
    with pytest.raises(ModelFileError):
        catalogue.add(str(file))


def test_a_header_as_long_as_memory_is_not_read(catalogue: Catalogue, tmp_path: Path) -> None:
    file = tmp_path / "long.safetensors"
    file.write_bytes(struct.pack("<Q", 2**62) + b"{}")
    with pytest.raises(ModelFileError, match="cut short"):
        catalogue.add(str(file))


def single_file(path: Path, shapes: dict[str, tuple[int, ...]]) -> Path:
    """Write a .safetensors file of zeros."""
    header: dict[str, Any] = {}
    end = 0
    for name, shape in shapes.items():
        size = 2
        for side in shape:
            size *= side
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [end, end + size]}
        end += size
    raw = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(raw)) + raw + bytes(end))
    return path


INPUT = "model.diffusion_model.input_blocks.0.0.weight"
CROSS = "model.diffusion_model.input_blocks.2.1.transformer_blocks.0.attn2.to_k.weight"
XL = "conditioner.embedders.{}.model.transformer.resblocks.9.mlp.c_proj.bias"


@pytest.mark.parametrize(
    ("shapes", "family"),
    [
        ({INPUT: (320, 4, 3, 3), CROSS: (320, 768)}, "sd15"),
        ({INPUT: (320, 9, 3, 3), CROSS: (320, 768)}, "sd15-inpaint"),
        ({INPUT: (320, 4, 3, 3), CROSS: (320, 1024)}, "sd2"),
        ({INPUT: (320, 4, 3, 3), XL.format(1): (1280,)}, "sdxl"),
        ({INPUT: (320, 9, 3, 3), XL.format(1): (1280,)}, "sdxl-inpaint"),
        ({INPUT: (384, 4, 3, 3), XL.format(0): (1280,)}, "sdxl-refiner"),
        ({"joint_blocks.0.context_block.adaLN_modulation.1.bias": (9,)}, "sd3"),
        ({"double_blocks.0.img_attn.norm.key_norm.scale": (128,)}, "flux"),
        (
            {
                "double_blocks.0.img_attn.norm.key_norm.scale": (128,),
                "img_in.weight": (3072, 384),
            },
            "flux-fill",
        ),
    ],
)
def test_a_single_file_tells_its_family(
    catalogue: Catalogue, tmp_path: Path, shapes: dict[str, tuple[int, ...]], family: str
) -> None:
    entry = catalogue.add(str(single_file(tmp_path / "dream.v8.safetensors", shapes)))
    assert (entry.name, entry.family, entry.origin) == ("dream.v8", family, "file")


def test_a_lora_is_added_but_paints_nothing_by_itself(catalogue: Catalogue, tmp_path: Path) -> None:
    file = single_file(tmp_path / "style.safetensors", {"lora_unet_x.lora_up.weight": (4, 4)})
    entry = catalogue.add(str(file))
    assert (entry.family, entry.tasks) == ("lora", ())


def test_a_vae_is_added_in_either_layout(catalogue: Catalogue, tmp_path: Path) -> None:
    for start in ("", "first_stage_model."):
        shapes: dict[str, tuple[int, ...]] = {
            f"{start}encoder.conv_in.weight": (8, 3, 3, 3),
            f"{start}decoder.conv_in.weight": (8, 4, 3, 3),
        }
        file = single_file(tmp_path / f"vae{len(start)}.safetensors", shapes)
        entry = catalogue.add(str(file))
        assert (entry.family, entry.tasks) == ("vae", ())


def test_what_is_of_no_use_is_refused(catalogue: Catalogue, tmp_path: Path) -> None:
    file = single_file(tmp_path / "odd.safetensors", {"layer.weight": (8, 3), "x": (1,)})
    with pytest.raises(ModelFileError, match="no checkpoint"):
        catalogue.add(str(file))


def test_the_licence_is_read_from_the_model_card(catalogue: Catalogue, model: Path) -> None:
    (model / "README.md").write_text("---\nlicense: openrail++\n---\n# Small\n")
    assert catalogue.add(str(model)).licence == "openrail++"


def test_the_bundled_model_is_first_and_stays(tmp_path: Path, model: Path) -> None:
    catalogue = Catalogue(tmp_path / "data", model)
    assert [entry.name for entry in catalogue.entries()] == ["miniature"]
    with pytest.raises(ModelError, match="cannot be removed"):
        catalogue.remove("miniature")


def test_a_broken_bundled_model_is_told_and_hides_no_other(tmp_path: Path, model: Path) -> None:
    catalogue = Catalogue(tmp_path / "data", model)
    (model / "unet" / "config.json").unlink()
    catalogue.add(str(small_models.folder("sd15")), "mine")
    assert [entry.name for entry in catalogue.entries()] == ["mine"]
    with pytest.raises(ModelFileError, match="unet"):
        catalogue.get("miniature")


@pytest.mark.parametrize(
    "half_written",
    [
        "unet/diffusion_pytorch_model-00002-of-00003.safetensors",
        "inpaint/unet/diffusion_pytorch_model-00003-of-00003.safetensors",
        "tokenizer",
        "vae/diffusion_pytorch_model.safetensors",
    ],
)
def test_a_half_written_bundled_model_is_passed_over(tmp_path: Path, half_written: str) -> None:
    weights = tmp_path / "weights"
    shutil.copytree(WEIGHTS, weights)
    catalogue = Catalogue(tmp_path / "data", weights)
    there, aside = weights / half_written, tmp_path / "aside"
    there.rename(aside)
    assert catalogue.entries() == ()
    with pytest.raises(ModelError, match=r"missing|no .*weights|not whole|vae"):
        catalogue.get("miniature")
    aside.rename(there)
    assert [entry.name for entry in catalogue.entries()] == ["miniature"]


def test_an_index_that_breaks_off_is_half_a_model(tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    shutil.copytree(WEIGHTS, weights)
    (weights / "unet" / "diffusion_pytorch_model.safetensors.index.json").write_text('{"wei')
    assert Catalogue(tmp_path / "data", weights).entries() == ()


def test_a_broken_list_is_told_and_kept(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("{")
    catalogue = Catalogue(tmp_path, NOTHING)
    with pytest.raises(ModelError, match="cannot be read"):
        catalogue.add(str(small_models.folder("sd15")))
    assert (tmp_path / FILE_NAME).read_text() == "{"


def test_the_catalogue_costs_no_torch() -> None:
    script = (
        "import sys, scumble_daemon.models.catalog, scumble_daemon.models.schedulers; "
        "sys.exit(any(name in sys.modules for name in ('torch', 'diffusers', 'cv2')))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_hub_id_that_has_moved_is_resolved_with_a_word(catalogue: Catalogue) -> None:
    entry = catalogue.add("runwayml/stable-diffusion-inpainting")
    assert entry.location == "stable-diffusion-v1-5/stable-diffusion-inpainting"
    assert "has moved" in entry.description
