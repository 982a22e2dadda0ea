"""Which files of a repository are fetched, and which are left where they are."""

import pytest

from scumble_daemon.models.errors import ModelFileError, PickledModelError
from scumble_daemon.models.hub_files import HubFile, named_files, needed_files

PIPELINE = (
    "README.md", "model_index.json", "v1-5-pruned.ckpt", "v1-5-pruned-emaonly.safetensors",
    "scheduler/scheduler_config.json", "feature_extractor/preprocessor_config.json",
    "tokenizer/vocab.json", "tokenizer/merges.txt", "tokenizer/tokenizer_config.json",
    "unet/config.json", "vae/config.json", "text_encoder/config.json",
)  # fmt: skip
WEIGHTS = (
    "unet/diffusion_pytorch_model", "vae/diffusion_pytorch_model", "text_encoder/model",
)  # fmt: skip


def files(*paths: str) -> tuple[HubFile, ...]:
    return tuple(HubFile(path, 1, "") for path in paths)


def chosen(*paths: str) -> set[str]:
    return {file.path for file in needed_files("owner/name", files(*paths))}


def test_a_pipeline_is_fetched_in_half_precision_and_once() -> None:
    every_form = [
        f"{stem}{variant}{kind}"
        for stem in WEIGHTS
        for variant in ("", ".fp16", ".non_ema")
        for kind in (".safetensors", ".bin")
    ]
    extras = ["unet/model.onnx", "unet/flax_model.msgpack", "unet/my.py", "assets/picture.png"]
    found = chosen(*PIPELINE, *every_form, *extras)
    kept = {path for path in PIPELINE if not path.startswith("v1-5")}
    assert found == kept | {f"{stem}.fp16.safetensors" for stem in WEIGHTS}


def test_without_half_precision_where_it_denoises_all_is_fetched_in_full() -> None:
    plain = [f"{stem}.safetensors" for stem in WEIGHTS]
    found = chosen(*PIPELINE, *plain, "text_encoder/model.fp16.safetensors")
    assert set(plain) <= found
    assert "text_encoder/model.fp16.safetensors" not in found


@pytest.mark.parametrize(
    ("shards", "index"),
    [
        ("-0000{n}-of-00002", "model.safetensors.index.json"),
        (".fp16-0000{n}-of-00002", "model.safetensors.index.fp16.json"),
        ("-0000{n}-of-00002.fp16", "model.fp16.safetensors.index.json"),
    ],
)
def test_weights_in_several_files_come_with_their_index(shards: str, index: str) -> None:
    parts = [f"unet/model{shards.format(n=n)}.safetensors" for n in (1, 2)]
    other = ["unet/model.bin.index.json", "unet/pytorch_model.bin.index.json"]
    found = chosen("model_index.json", "unet/config.json", *parts, f"unet/{index}", *other)
    assert found == {"model_index.json", "unet/config.json", *parts, f"unet/{index}"}


def test_a_model_of_its_own_is_fetched_in_full_precision() -> None:
    names = ("config.json", "preprocessor_config.json", "README.md")
    weights = ("model.safetensors", "model.fp16.safetensors", "pytorch_model.bin", "tf_model.h5")
    assert chosen(*names, *weights) == {*names, "model.safetensors"}


def test_of_a_repository_of_one_file_that_file_is_fetched() -> None:
    assert chosen("pytorch_lora_weights.safetensors", "README.md", "sample.jpg") == {
        "pytorch_lora_weights.safetensors",
        "README.md",
    }


@pytest.mark.parametrize(
    "paths",
    [
        ("model_index.json", "unet/config.json", "unet/diffusion_pytorch_model.bin"),
        ("config.json", "pytorch_model.bin"),
        ("dreamy.ckpt",),
    ],
)
def test_what_is_only_pickled_is_refused(paths: tuple[str, ...]) -> None:
    with pytest.raises(PickledModelError, match="It was not downloaded"):
        needed_files("owner/name", files(*paths))


def test_where_one_of_several_files_must_be_meant_they_are_offered() -> None:
    with pytest.raises(ModelFileError, match=r"Name one.*owner/name/a\.safetensors, owner/name/b"):
        needed_files("owner/name", files("a.safetensors", "b.safetensors"))
    assert named_files("o/n", "b.safetensors", files("b.safetensors")) == files("b.safetensors")
    with pytest.raises(ModelFileError, match=r"no file c\.safetensors"):
        named_files("o/n", "c.safetensors", files("b.safetensors"))
    with pytest.raises(PickledModelError, match="not downloaded"):
        named_files("o/n", "b.bin", files("b.bin"))


def test_a_file_that_needs_an_image_encoder_brings_it() -> None:
    encoder = ("models/image_encoder/config.json", "models/image_encoder/model.safetensors")
    others = ("models/image_encoder/pytorch_model.bin", "models/plus.safetensors", "README.md")
    found = named_files(
        "o/n", "models/base.safetensors", files("models/base.safetensors", *encoder, *others)
    )
    assert [file.path for file in found] == ["models/base.safetensors", *encoder]
