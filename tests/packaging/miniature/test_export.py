"""What is shipped: three UNets over one trunk, and a tokenizer in both of its layouts."""

import json
from pathlib import Path

import pytest
import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import load_file
from transformers import CLIPTokenizer

import export
import forms
import networks
import wordpieces
from networks import Diffuser


@pytest.fixture(scope="module")
def trained() -> Diffuser:
    torch.manual_seed(0)
    return networks.unet()


@pytest.fixture(scope="module")
def shipped(trained: Diffuser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shipped")
    export.save_unet(trained, folder)
    for form in ("inpaint", "depth"):
        for shard in (folder / "unet").glob("*.safetensors"):
            place = folder / form / "unet" / shard.name
            if not place.exists():
                place.hardlink_to(shard)
    return folder


@pytest.mark.parametrize(("form", "channels"), [("text", 4), ("inpaint", 9), ("depth", 5)])
def test_each_form_loads_from_its_index(
    shipped: Path, trained: Diffuser, form: str, channels: int
) -> None:
    folder = shipped / "unet" if form == "text" else shipped / form / "unet"
    load: Diffuser = UNet2DConditionModel.from_pretrained
    loaded = load(folder, torch_dtype=torch.float32)

    assert loaded.config.in_channels == channels
    expected = forms.cut(trained, form).state_dict()
    for name, tensor in loaded.state_dict().items():
        torch.testing.assert_close(tensor, expected[name].half().float(), msg=name)


def test_a_cut_form_paints_as_the_trained_one_does_without_hints(trained: Diffuser) -> None:
    torch.manual_seed(1)
    latents, context = torch.randn(1, 4, 16, 16), torch.randn(1, 32, networks.CONTEXT)
    time = torch.tensor([500])
    with torch.inference_mode():
        whole = trained(torch.cat([latents, torch.zeros(1, 6, 16, 16)], 1), time, context).sample
        cut = forms.cut(trained, "text")(latents, time, context).sample

    torch.testing.assert_close(cut, whole, atol=1e-5, rtol=1e-5)


def test_no_shard_is_large_and_only_the_first_convolution_is_written_thrice(shipped: Path) -> None:
    own = list((shipped / "inpaint" / "unet").glob("*.safetensors"))
    single = [path for path in own if path.stat().st_nlink == 1]

    assert all(path.stat().st_size <= 16 << 20 for path in own)
    assert [list(load_file(path)) for path in single] == [["conv_in.weight"]]


def test_the_tokenizer_reads_the_same_from_its_old_layout(tmp_path: Path) -> None:
    words = wordpieces.tokenizer()
    export.save_tokenizer(words, tmp_path)

    vocabulary = json.loads((tmp_path / "vocab.json").read_text())
    merges = (tmp_path / "merges.txt").read_text().splitlines()[1:]
    make: Diffuser = CLIPTokenizer
    old = make(vocab=vocabulary, merges=[tuple(merge.split(" ")) for merge in merges])
    text = "a red balloon, quickly"
    assert old(text)["input_ids"] == words(text)["input_ids"]
