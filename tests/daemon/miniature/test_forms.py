"""The three folders of the bundled model: whole, linked, shared, and not too big."""

import json
from pathlib import Path

import pytest

from scumble_daemon.miniature import forms
from scumble_daemon.miniature.forms import FORMS, WEIGHTS, Form, folder

SHARD_LIMIT_BYTES = 16 << 20
TOTAL_LIMIT_BYTES = 50_000_000


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_a_whole_folder(form: Form, tmp_path: Path) -> None:
    made = folder(form, tmp_path)
    index = json.loads((made / "model_index.json").read_text())
    parts = {name for name, value in index.items() if isinstance(value, list) and value[0]}

    assert {"unet", "vae", "text_encoder", "tokenizer", "scheduler"} <= parts
    assert all(any((made / part).iterdir()) for part in parts)
    shards = json.loads((made / "unet/diffusion_pytorch_model.safetensors.index.json").read_text())
    assert all((made / "unet" / name).is_file() for name in shards["weight_map"].values())


def test_the_other_forms_are_not_nested_in_a_linked_folder(tmp_path: Path) -> None:
    made = folder("inpaint", tmp_path)

    assert not any((made / form).exists() for form in FORMS)


def test_a_folder_is_put_together_once(tmp_path: Path) -> None:
    made = folder("inpaint", tmp_path)
    (made / "mark").touch()

    assert folder("inpaint", tmp_path) == made
    assert (made / "mark").exists()
    assert [path.name for path in tmp_path.iterdir()] == [made.name]


def test_copies_serve_where_links_are_impossible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("os.link", refuse)
    monkeypatch.setattr("os.symlink", refuse)
    made = folder("inpaint", tmp_path)

    whole = (WEIGHTS / "vae/diffusion_pytorch_model.safetensors").read_bytes()
    assert (made / "vae/diffusion_pytorch_model.safetensors").read_bytes() == whole


def test_missing_weights_say_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "WEIGHTS", tmp_path / "nowhere")

    with pytest.raises(forms.MiniatureMissingError, match="install"):
        folder("text", tmp_path)


def test_the_shipped_files_are_small() -> None:
    sizes = [path.stat().st_size for path in WEIGHTS.rglob("*") if path.is_file()]

    assert max(sizes) <= SHARD_LIMIT_BYTES
    assert sum(sizes) <= TOTAL_LIMIT_BYTES
