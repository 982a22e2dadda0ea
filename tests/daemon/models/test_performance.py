"""Switches for memory and speed: really on, the same picture, and off again as if never on."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from diffusers.models.attention_processor import FusedAttnProcessor2_0, SlicedAttnProcessor
from torch._inductor import config as inductor

from helpers import small_models
from helpers.small_additions import lora
from helpers.workshop import Workshop
from scumble_daemon import work
from scumble_daemon.models import performance as p
from scumble_daemon.models.catalog import Catalogue
from scumble_daemon.models.devices import Device, Performance, open_device
from scumble_daemon.models.loaded import Loaded
from scumble_daemon.models.loader import load
from scumble_daemon.models.memory import MEASURES, next_measure
from scumble_protocol.jobs import Lora, Options, TextToImage

of_diffusers: Any = diffusers
of_inductor: Any = inductor
SIDE = small_models.SIDE
INDUCTOR_OLD_WAYS = pytest.mark.filterwarnings("ignore")
"""Torch's own compiler uses what torch advises against."""


@pytest.fixture
def model(tmp_path: Path) -> Loaded:
    return fresh(tmp_path)


def fresh(
    folder: Path, kind: str = "sd15", attention: str = "auto", **chosen: str | bool
) -> Loaded:
    catalogue = Catalogue(folder, Path("/nonexistent"))
    entry = catalogue.add(str(small_models.folder(kind)), f"{kind}-{len(catalogue.entries())}")
    performance = Performance(**chosen)  # type: ignore[arg-type]
    return load(entry, open_device("cpu", attention=attention, performance=performance))


def painted(model: Loaded, count: int = 1, side: int = SIDE) -> Any:
    """Return pictures of one prompt, float32 [N, H, W, 3]."""
    pipeline = model.pipeline("text2image")
    with torch.inference_mode():
        return pipeline(
            "a cat",
            width=side,
            height=side,
            num_inference_steps=3,
            num_images_per_prompt=count,
            generator=torch.Generator().manual_seed(1),
            output_type="np",
        ).images


def state(model: Loaded) -> dict[str, Any]:
    """Return what a switch could leave behind: processors, weights' names and strides, flags."""
    unet, vae = model.components["unet"], model.components["vae"]
    processors = {type(one).__name__ for one in unet.attn_processors.values()}
    strides = [tensor.stride() for tensor in unet.state_dict().values()]
    flags = (vae.use_slicing, vae.use_tiling, p.is_compiled(unet), p.is_fused(unet))
    return {"processors": processors, "names": [*unet.state_dict()], "flags": flags, "s": strides}


def processors(model: Loaded) -> set[type]:
    return {type(one) for one in model.components["unet"].attn_processors.values()}


ON: dict[str, Callable[[Loaded], bool]] = {
    p.VAE_SLICING: lambda model: model.components["vae"].use_slicing,
    p.VAE_TILING: lambda model: model.components["vae"].use_tiling,
    p.ATTENTION_SLICING: lambda model: processors(model) == {SlicedAttnProcessor},
    p.FUSED_QKV: lambda model: processors(model) == {FusedAttnProcessor2_0},
    p.CHANNELS_LAST: lambda model: model.components["unet"].conv_in.weight.is_contiguous(
        memory_format=torch.channels_last
    ),
}


@pytest.mark.parametrize("name", ON)
def test_a_switch_is_really_on_paints_the_same_and_comes_off(model: Loaded, name: str) -> None:
    before, plain = state(model), painted(model, 2)

    assert model.switch(name, on=True)
    assert ON[name](model)
    switched = painted(model, 2)
    assert np.abs(switched - plain).max() < 1e-4

    assert model.switch(name, on=False)
    assert state(model) == before
    assert np.array_equal(painted(model, 2), plain)


def test_tiles_are_taken_for_large_pictures(model: Loaded) -> None:
    vae = model.components["vae"]
    model.switch(p.VAE_TILING, on=True)
    sizes: list[int] = []
    hook = vae.decoder.register_forward_pre_hook(
        lambda _decoder, given: sizes.append(max(given[0].shape[-2:]))
    )
    painted(model, side=2 * SIDE)
    hook.remove()
    assert len(sizes) > 1
    assert max(sizes) <= vae.tile_latent_min_size


def test_what_the_settings_choose_is_on_from_the_beginning_and_in_every_pipeline(
    tmp_path: Path,
) -> None:
    model = fresh(
        tmp_path, attention="sliced", vae_slicing="on", vae_tiling="on", channels_last=True
    )
    for task in ("text2image", "img2img", "inpaint"):
        pipeline = model.pipeline(task)
        assert pipeline.vae.use_slicing
        assert pipeline.vae.use_tiling
    assert ON[p.ATTENTION_SLICING](model)
    assert ON[p.CHANNELS_LAST](model)


def test_the_bundled_models_own_parts_are_switched_too() -> None:
    device = open_device("cpu", performance=Performance(fused_qkv=True))
    model = load(Catalogue(Path("/nonexistent")).get("miniature"), device)
    assert p.is_fused(model.pipeline("text2image").unet)
    assert p.is_fused(model.pipeline("inpaint").unet)
    assert model.pipeline("inpaint").unet is not model.pipeline("text2image").unet


def test_what_the_settings_forbid_is_no_measure(tmp_path: Path) -> None:
    chosen = Performance(vae_tiling="off", offload="off", fused_qkv=True)
    device = open_device("cpu", performance=chosen)
    model = fresh(tmp_path, fused_qkv=True, vae_tiling="off")
    names = []
    while (measure := next_measure(model, device)) is not None:
        names.append(measure.name)
    assert names == ["parted-qkv", "attention-slicing"]
    assert not p.is_fused(model.components["unet"])


def test_what_a_model_knows_not_is_told_so(tmp_path: Path) -> None:
    estimator = fresh(tmp_path, "depth-estimator", fused_qkv=True, channels_last=True, compile=True)
    assert not estimator.switched
    assert not estimator.switch(p.VAE_TILING, on=True)


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path)
    yield made
    made.cache.drop()


def test_a_job_switches_for_itself_alone(workshop: Workshop) -> None:
    seen: list[tuple[bool, bool]] = []
    model = workshop.loaded("sd15")
    workshop.on_word = lambda _: seen.append(
        (ON[p.VAE_TILING](model), ON[p.ATTENTION_SLICING](model))
    )
    task = TextToImage(prompt="a cat", seed=1, width=SIDE, height=SIDE, steps=2)
    plain = workshop.layer(workshop.paint("sd15", task))[0]
    assert (True, True) not in seen
    options = Options(vae_tiling=True, attention_slicing=True)
    asked = TextToImage(prompt="a cat", seed=1, width=SIDE, height=SIDE, steps=2, options=options)
    sliced = workshop.layer(workshop.paint("sd15", asked))[0]
    assert (True, True) in seen
    assert np.abs(sliced.astype(int) - plain).max() <= 1
    assert not model.switched


def test_a_lora_shows_although_attention_is_fused(workshop: Workshop, tmp_path: Path) -> None:
    workshop.catalogue.add(str(lora(tmp_path / "style.safetensors", kohya=False)))
    worn = Options(loras=(Lora(name="style"),))
    plain = TextToImage(prompt="a cat", seed=1, width=SIDE, height=SIDE, steps=2)
    styled = TextToImage(prompt="a cat", seed=1, width=SIDE, height=SIDE, steps=2, options=worn)
    expected = workshop.layer(workshop.paint("sd15", styled))[0]
    model = workshop.loaded("sd15")
    model.switch(p.FUSED_QKV, on=True)
    assert np.array_equal(workshop.layer(workshop.paint("sd15", styled))[0], expected)
    assert p.FUSED_QKV in model.switched
    assert not np.array_equal(workshop.layer(workshop.paint("sd15", plain))[0], expected)


class Apart(Device):
    """The CPU as a device whose memory is not the host's, so that models can be offloaded."""

    @property
    def is_host(self) -> bool:
        return False


def task() -> TextToImage:
    return TextToImage(prompt="a cat", seed=1, width=SIDE, height=SIDE, steps=3)


@pytest.mark.parametrize("offload", ["model", "sequential"])
def test_an_offloaded_model_paints_the_same_and_shows_it(
    workshop: Workshop, tmp_path: Path, offload: str
) -> None:
    plain = workshop.layer(workshop.paint("sd15", task()))[0]
    chosen = Performance(offload=offload)
    apart = Apart(workshop.device.place, "cpu", 1 << 34, torch.float32, "native", chosen)
    other = Workshop(tmp_path / "other", device=apart)

    result = other.paint("sd15", task())

    assert np.array_equal(other.layer(result)[0], plain)
    assert any(isinstance(word, work.Glimpse) for word in other.said)
    model = other.loaded("sd15")
    assert model.is_offloaded
    weight = model.components["unet"].conv_in.weight
    assert weight.device.type == ("meta" if offload == "sequential" else "cpu")
    assert np.array_equal(other.layer(other.paint("sd15", task()))[0], plain)
    other.cache.drop()


def test_every_measure_against_running_out_paints_the_same_picture(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = workshop.layer(workshop.paint("sd15", task()))[0]
    chosen = Performance(fused_qkv=True)
    apart = Apart(workshop.device.place, "cpu", 1 << 34, torch.float32, "native", chosen)
    other = Workshop(tmp_path / "other", device=apart)
    unet = type(other.loaded("sd15").components["unet"])
    original, left = unet.forward, [None] * len(MEASURES)

    def forward(*given: Any, **options: Any) -> Any:
        if left:
            left.pop()
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return original(*given, **options)

    monkeypatch.setattr(unet, "forward", forward)
    result = other.paint("sd15", task())

    assert result.report.degraded == tuple(measure.sentence for measure in MEASURES)
    assert np.abs(other.layer(result)[0].astype(int) - plain).max() <= 1
    assert other.loaded("sd15").components["unet"].conv_in.weight.device.type == "meta"
    other.cache.drop()


@INDUCTOR_OLD_WAYS
@pytest.mark.slow
def test_a_model_that_cannot_be_compiled_runs_as_it_is_and_says_so(
    workshop: Workshop,
) -> None:
    plain = workshop.layer(workshop.paint("sd15", task()))[0]
    model = workshop.loaded("sd15")
    model.switch(p.COMPILED, on=True)
    model.components["unet"]._compiled_call_impl = None  # tracing it takes long on a processor

    with of_inductor.patch({"cpp.cxx": ("no-such-compiler",)}):
        result = workshop.paint("sd15", task())

    assert any("could not be compiled here" in notice for notice in result.report.notices)
    assert np.array_equal(workshop.layer(result)[0], plain)
    assert not p.is_compiled(model.components["vae"].decoder)


@INDUCTOR_OLD_WAYS
@pytest.mark.slow
def test_what_is_compiled_paints_the_same_and_comes_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    vae = of_diffusers.AutoencoderKL(
        block_out_channels=(8,),
        layers_per_block=1,
        norm_num_groups=4,
        mid_block_add_attention=False,
    ).eval()
    pipeline: Any = SimpleNamespace(vae=vae)  # the least that takes a compiler seconds
    latents = torch.randn(1, 4, 16, 16, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode(), of_inductor.patch({"compile_threads": 1}):
        plain = vae.decode(latents).sample
        assert p.SWITCHES[p.COMPILED](pipeline, True)
        assert p.is_compiled(vae.decoder)
        assert (vae.decode(latents).sample - plain).abs().max() < 1e-4
        p.SWITCHES[p.COMPILED](pipeline, False)
        assert torch.equal(vae.decode(latents).sample, plain)
