"""Reading parameters back: from pictures of Scumble, A1111 and InvokeAI, and never from harm."""

import json
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from helpers.pictures import layer, noise
from scumble_editor.document.document import Document
from scumble_editor.document.layer import Group
from scumble_editor.files.documents import open_document, save_document
from scumble_editor.generation import a1111, invokeai
from scumble_editor.generation.actions import PaintAction
from scumble_editor.generation.chunks import ALL_TEXTS, LONGEST_TEXT, PNG, texts_of
from scumble_editor.generation.reading import settings_in
from scumble_editor.generation.recipes import NoRecipeError, settings_of, words_of
from scumble_editor.generation.settings import Settings
from scumble_protocol.geometry import Extent
from scumble_protocol.images import describe
from scumble_protocol.jobs import Inpaint, Job, Lora, Options

A1111 = """a (red:1.2) fox, snow <lora:fluffy:0.7>
in the evening
Negative prompt: blurry, text
Steps: 28, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 1234567, Size: 512x768, \
Model hash: abc123, Model: dreamy_v2, Denoising strength: 0.55, Clip skip: 2, \
Lora hashes: "fluffy: 1, other: 2", Version: v1.10"""

INVOKE = {
    "generation_mode": "sdxl_txt2img",
    "positive_prompt": "a lighthouse",
    "negative_prompt": "fog",
    "width": 1024,
    "height": 832,
    "seed": 42,
    "cfg_scale": 5.5,
    "steps": 30,
    "scheduler": "euler_k",
    "clip_skip": 0,
    "model": {"key": "1", "name": "juggernaut", "base": "sdxl"},
    "loras": [{"model": {"name": "sea"}, "weight": 0.4}],
}
OLDER = {
    "model_weights": "stable-diffusion-1.5",
    "image": {
        "prompt": [{"prompt": "a cottage [rain, people]", "weight": 1}],
        "steps": 40,
        "cfg_scale": 7.5,
        "sampler": "k_euler_a",
        "seed": 7,
        "width": 512,
        "height": 448,
    },
}
OLDEST = '"a cottage [rain]" -s 50 -S 99 -W512 -H 640 -C7.5 -A k_lms -f 0.4'


def png(path: Path, **texts: str) -> Path:
    info = PngInfo()
    for keyword, text in texts.items():
        info.add_text(keyword.replace("_", "-") if keyword == "sd_metadata" else keyword, text)
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)
    return path


def recipe(prompt: str = "a red heart") -> str:
    canvas = noise(64, 64, opaque=True)
    selection = describe(canvas[..., 0].copy())
    task = Inpaint(
        prompt=prompt, seed=11, image=describe(canvas), selection=selection, strength=0.8, steps=9
    )
    return msgspec.json.encode(Job(id="recipe-of-test", task=task)).decode()


def test_a_png_of_a1111_says_all_that_can_be_asked_for_here(tmp_path: Path) -> None:
    found = settings_in(png(tmp_path / "a.png", parameters=A1111))
    assert found is not None
    assert (found.source, found.model, found.size) == ("A1111", "dreamy_v2", Extent(512, 768))
    asked = found.settings
    assert asked.prompt == "a (red:1.2) fox, snow \nin the evening".replace(" \n", " ")
    assert asked.negative_prompt == "blurry, text"
    assert (asked.steps, asked.guidance_scale, asked.seed) == (28, 6.5, 1234567)
    assert (asked.scheduler, asked.strength) == ("dpm++2m-karras", 0.55)
    assert asked.options == Options(loras=(Lora(name="fluffy", weight=0.7),), clip_skip=1)


def test_a_jpeg_of_a1111_says_it_in_its_exif(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + A1111.encode("utf-16-be")
    path = tmp_path / "a.jpg"
    Image.new("RGB", (8, 8)).save(path, exif=exif)
    found = settings_in(path)
    assert found is not None
    assert found.settings.seed == 1234567


def test_all_three_forms_of_invokeai_are_read(tmp_path: Path) -> None:
    now = settings_in(png(tmp_path / "n.png", invokeai_metadata=json.dumps(INVOKE)))
    assert now is not None
    assert now.model == "juggernaut"
    assert now.size == Extent(1024, 832)
    assert now.settings.scheduler == "euler-karras"
    assert now.settings.options.loras == (Lora(name="sea", weight=0.4),)
    older = settings_in(png(tmp_path / "o.png", sd_metadata=json.dumps(OLDER)))
    assert older is not None
    assert (older.settings.prompt, older.settings.negative_prompt) == ("a cottage", "rain, people")
    assert (older.settings.scheduler, older.settings.steps) == ("euler-a", 40)
    oldest = settings_in(png(tmp_path / "x.png", Dream=OLDEST))
    assert oldest is not None
    assert (oldest.settings.seed, oldest.settings.strength) == (99, 0.4)
    assert (oldest.settings.scheduler, oldest.size) == ("lms", Extent(512, 640))


def test_an_exported_png_carries_the_recipes_of_what_it_shows(tmp_path: Path) -> None:
    ground = Document.of_image(noise(64, 64, opaque=True))
    hidden = layer(1, recipe=recipe("hidden"), visible=False)
    shown = Group(children=(layer(2, recipe=recipe("lower")), layer(3, recipe=recipe("upper"))))
    path = tmp_path / "flat.png"
    save_document(replace(ground, layers=(*ground.layers, shown, hidden)), path)
    found = settings_in(path)
    assert found is not None
    assert (found.source, found.settings.prompt, found.settings.seed) == ("Scumble", "upper", 11)
    assert "hidden" not in texts_of(path)["scumble"]
    assert "lower" in texts_of(path)["scumble"]
    assert open_document(path).document.size == ground.size
    save_document(ground, path)
    assert settings_in(path) is None


def test_a_recipe_of_another_program_of_scumble_is_read_as_settings_too() -> None:
    asked = settings_of(recipe())
    assert (asked.action, asked.prompt, asked.seed) == (PaintAction.FILL, "a red heart", 11)
    assert (asked.strength, asked.steps) == (0.8, 9)
    assert "Prompt: a red heart" in words_of(recipe())
    assert "Steps: 9" in words_of(recipe())


def test_what_is_taken_over_fits_what_is_here_and_says_what_does_not() -> None:
    found = a1111.read(A1111.replace("DPM++ 2M Karras", "Restart"))
    assert found is not None
    now = Settings(action=PaintAction.REFINE, model="miniature", feather=9)
    taken, notices = found.taken(now, {"miniature", "other"}, {"other-lora"})
    assert (taken.action, taken.model, taken.feather) == (PaintAction.REFINE, "miniature", 9)
    assert taken.options.loras == ()
    assert taken.scheduler is None
    assert [word in " ".join(notices) for word in ("fluffy", "dreamy_v2", "Restart")] == [True] * 3
    taken, notices = found.taken(now, {"dreamy_v2"}, {"fluffy"})
    assert (taken.model, len(taken.options.loras)) == ("dreamy_v2", 1)


def test_values_that_no_job_may_have_are_left_out() -> None:
    wild = "x\nSteps: 99999999, Sampler: Euler, CFG scale: nan, Seed: -1, Denoising strength: 9"
    found = a1111.read(wild)
    assert found is not None
    assert found.settings == Settings(prompt="x", scheduler="euler")


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '{"task":{"task":"inpaint"}}', '{"a":' * 5000, "\ud800"]
)
def test_what_is_no_recipe_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(NoRecipeError, match=r"This is no recipe"):
        settings_of(text)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_texts_that_unpack_to_too_much_are_left_out(tmp_path: Path) -> None:
    bomb = zlib.compress(b"a" * (LONGEST_TEXT * 8))
    packed = zlib.compress(b"b" * 50)
    path = tmp_path / "bomb.png"
    path.write_bytes(
        PNG
        + chunk(b"zTXt", b"parameters\0\0" + bomb)
        + chunk(b"iTXt", b"scumble\0\1\0\0\0" + bomb)
        + chunk(b"tEXt", b"huge\0" + b"c" * (LONGEST_TEXT + 1))
        + chunk(b"zTXt", b"small\0\0" + packed)
    )
    assert texts_of(path) == {"small": "b" * 50}
    many = b"".join(chunk(b"tEXt", b"t%d\0" % k + b"d" * (1 << 20)) for k in range(20))
    path.write_bytes(PNG + many)
    assert sum(map(len, texts_of(path).values())) <= ALL_TEXTS


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.binary(max_size=400), text=st.text(max_size=200))
def test_no_bytes_and_no_text_do_harm(tmp_path: Path, data: bytes, text: str) -> None:
    path = tmp_path / "any.png"
    path.write_bytes(PNG + data)
    settings_in(path)
    path.write_bytes(data)
    settings_in(path)
    for read in (a1111.read, invokeai.read, invokeai.read_older, invokeai.read_oldest):
        read(text)
    a1111.read(f"{text}\nSteps: {text}, Sampler: {text}, Seed: {text}")
    invokeai.read(json.dumps({"positive_prompt": text, "seed": text, "loras": [{"model": text}]}))
