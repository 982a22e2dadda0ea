"""Options of a job on small models: the bare pipeline's pixels with the same, gone afterwards."""

from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from compel import CompelForSD, CompelForSDXL

from helpers import small_additions, small_models
from helpers.workshop import Workshop
from scumble_daemon import work
from scumble_daemon.region.arrays import Bytes
from scumble_daemon.tasks.weighting import in_compels_syntax, is_weighted
from scumble_protocol.jobs import FreeU, Lora, Options, TextToImage

SIDE = small_models.SIDE
of_diffusers: Any = diffusers


def bare(kind: str = "sd15", scheduler: str | None = None) -> Any:
    cls = of_diffusers.AutoPipelineForText2Image
    pipeline = cls.from_pretrained(small_models.folder(kind), local_files_only=True)
    if scheduler is not None:
        config = pipeline.scheduler.config
        pipeline.scheduler = getattr(of_diffusers, scheduler).from_config(config)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def painted(pipeline: Any, **options: Any) -> Bytes:
    given: dict[str, Any] = {"prompt": "a cat", "num_inference_steps": 4, "guidance_scale": 5.0}
    generator = torch.Generator("cpu").manual_seed(9)
    image = pipeline(width=SIDE, height=SIDE, generator=generator, **(given | options)).images[0]
    return np.asarray(image)


def ours(workshop: Workshop, options: Options, kind: str = "sd15", **task: Any) -> Bytes:
    given: dict[str, Any] = {"prompt": "a cat", "steps": 4, "guidance_scale": 5.0, "seed": 9}
    job = TextToImage(width=SIDE, height=SIDE, options=options, **(given | task))
    return workshop.layer(workshop.paint(kind, job))[0]


@pytest.mark.parametrize("kohya", [False, True])
def test_a_lora_is_worn_and_comes_off_again_exactly(
    workshop: Workshop, tmp_path: Path, kohya: bool
) -> None:
    file = small_additions.lora(tmp_path / "style.safetensors", kohya=kohya)
    assert workshop.catalogue.add(str(file)).family == "lora"
    plain = ours(workshop, Options())
    weights = {
        name: tensor.clone()
        for name, tensor in workshop.loaded("sd15").components["unet"].state_dict().items()
    }
    worn = ours(workshop, Options(loras=(Lora(name="style", weight=0.8),)))
    pipeline = bare()
    pipeline.load_lora_weights(tmp_path, weight_name=file.name, adapter_name="style")
    pipeline.set_adapters(["style"], [0.8])
    assert np.array_equal(worn, painted(pipeline))
    assert not np.array_equal(worn, plain)

    assert np.array_equal(ours(workshop, Options()), plain)
    after = workshop.loaded("sd15").components["unet"].state_dict()
    assert weights.keys() == after.keys()
    assert all(torch.equal(tensor, after[name]) for name, tensor in weights.items())


@pytest.mark.filterwarnings("ignore:Already found a `peft_config`:UserWarning")
def test_several_loras_are_worn_with_their_weights(workshop: Workshop, tmp_path: Path) -> None:
    for number, name in enumerate(("one", "other")):
        file = small_additions.lora(tmp_path / f"{name}.safetensors", kohya=False, seed=number)
        workshop.catalogue.add(str(file))
    both = Options(loras=(Lora(name="one", weight=0.5), Lora(name="other", weight=-0.3)))
    worn = ours(workshop, both)
    pipeline = bare()
    for name in ("one", "other"):
        pipeline.load_lora_weights(tmp_path, weight_name=f"{name}.safetensors", adapter_name=name)
    pipeline.set_adapters(["one", "other"], [0.5, -0.3])
    assert np.array_equal(worn, painted(pipeline))


@pytest.mark.filterwarnings("ignore:Already found a `peft_config`:UserWarning")
@pytest.mark.parametrize("kind", ["sd15", "sdxl"])
def test_loras_are_fused_for_a_job_and_the_weights_put_back_to_the_bit(
    workshop: Workshop, tmp_path: Path, kind: str
) -> None:
    pipeline = bare(kind)
    for number, name in enumerate(("one", "other")):
        file = tmp_path / f"{name}.safetensors"
        small_additions.lora(file, kohya=False, seed=number, kind=kind)
        workshop.catalogue.add(str(file))
        pipeline.load_lora_weights(tmp_path, weight_name=file.name, adapter_name=name)
    pipeline.set_adapters(["one", "other"], [0.5, -0.3])
    pipeline.fuse_lora()
    loras = (Lora(name="one", weight=0.5), Lora(name="other", weight=-0.3))
    plain = ours(workshop, Options(), kind)
    unet = workshop.loaded(kind).components["unet"]
    weights = {name: tensor.clone() for name, tensor in unet.state_dict().items()}
    worn = ours(workshop, Options(loras=loras), kind)

    fused = ours(workshop, Options(loras=loras, fuse_loras=True), kind)
    assert np.array_equal(fused, painted(pipeline))
    assert not np.array_equal(fused, plain)
    assert np.array_equal(ours(workshop, Options(loras=loras), kind), worn)
    assert np.array_equal(ours(workshop, Options(), kind), plain)
    after = unet.state_dict()
    assert weights.keys() == after.keys()
    assert all(torch.equal(tensor, after[name]) for name, tensor in weights.items())


def test_a_lora_of_another_family_is_refused_and_leaves_no_trace(
    workshop: Workshop, tmp_path: Path
) -> None:
    plain = ours(workshop, Options())
    for name, kind in (("good", "sd15"), ("bad", "sdxl")):
        file = tmp_path / f"{name}.safetensors"
        workshop.catalogue.add(str(small_additions.lora(file, kohya=False, kind=kind)))
    options = Options(loras=(Lora(name="good"), Lora(name="bad")))
    job = TextToImage(width=SIDE, height=SIDE, prompt="a cat", seed=9, options=options)
    end = workshop.run("sd15", job)
    assert isinstance(end, work.Broken)
    assert "does not fit" in end.sentence
    assert np.array_equal(ours(workshop, Options()), plain)


@pytest.mark.parametrize("a1111", [False, True])
def test_an_embedding_is_a_word_of_prompts(workshop: Workshop, tmp_path: Path, a1111: bool) -> None:
    file = small_additions.embedding(tmp_path / "tender.safetensors", a1111=a1111)
    assert workshop.catalogue.add(str(file)).family == "embedding"
    without = ours(workshop, Options(), prompt="a tender")
    known = ours(workshop, Options(embeddings=("tender",)), prompt="a tender")
    pipeline = bare()
    pipeline.load_textual_inversion(tmp_path, weight_name=file.name, token="tender")  # noqa: S106
    assert np.array_equal(known, painted(pipeline, prompt="a tender"))
    assert not np.array_equal(known, without)
    assert np.array_equal(ours(workshop, Options(), prompt="a tender"), without)


@pytest.mark.parametrize(
    ("option", "scheduler"),
    [({"guidance_rescale": 0.6}, None), ({"eta": 0.7}, "DDIMScheduler")],
)
def test_an_option_of_the_call_is_the_bare_pipelines(
    workshop: Workshop, option: dict[str, Any], scheduler: str | None
) -> None:
    made = ours(workshop, Options(**option))
    assert np.array_equal(made, painted(bare(scheduler=scheduler), **option))
    assert not np.array_equal(made, ours(workshop, Options()))


def test_clip_skip_leaves_out_the_last_layers(workshop: Workshop) -> None:
    pipeline = bare()

    def embedded(prompt: str) -> torch.Tensor:
        given = pipeline.tokenizer(
            prompt, padding="max_length", max_length=24, return_tensors="pt"
        ).input_ids
        with torch.no_grad():
            hidden = pipeline.text_encoder(given, output_hidden_states=True).hidden_states
            normed: torch.Tensor = pipeline.text_encoder.final_layer_norm(hidden[-3])
        return normed

    prompts = {"prompt": None, "prompt_embeds": embedded("a cat")}
    made = ours(workshop, Options(clip_skip=2), negative_prompt="grey")
    with torch.no_grad():
        negative = pipeline.encode_prompt("a cat", "cpu", 1, True, "grey")[1]
    assert np.array_equal(made, painted(pipeline, **prompts, negative_prompt_embeds=negative))
    assert not np.array_equal(made, ours(workshop, Options(), negative_prompt="grey"))


def test_timesteps_of_ones_own_are_taken(workshop: Workshop) -> None:
    steps = (901, 601, 301, 1)
    made = ours(workshop, Options(timesteps=steps), scheduler="euler")
    theirs = painted(bare(scheduler="EulerDiscreteScheduler"), timesteps=list(steps))
    assert np.array_equal(made, theirs)
    job = TextToImage(width=SIDE, height=SIDE, seed=9, options=Options(timesteps=steps))
    end = workshop.run("sd15", job)
    assert isinstance(end, work.Broken)
    assert "no timesteps of one's own" in end.sentence


def test_freeu_is_on_for_its_job_alone(workshop: Workshop) -> None:
    plain = ours(workshop, Options(), kind="sdxl")
    made = ours(workshop, Options(freeu=FreeU()), kind="sdxl")
    pipeline = bare("sdxl")
    pipeline.enable_freeu(s1=0.9, s2=0.2, b1=1.5, b2=1.6)
    assert np.array_equal(made, painted(pipeline))
    assert np.array_equal(ours(workshop, Options(), kind="sdxl"), plain)


@pytest.mark.parametrize(("kind", "wrapper"), [("sd15", CompelForSD), ("sdxl", CompelForSDXL)])
def test_words_weigh_as_compel_weighs_them(workshop: Workshop, kind: str, wrapper: Any) -> None:
    made = ours(workshop, Options(), kind=kind, prompt="a (red:1.4) cat", negative_prompt="grey")
    pipeline = bare(kind)
    given = wrapper(pipeline)("a (red)1.4 cat", negative_prompt="grey")
    options = {"prompt_embeds": given.embeds, "negative_prompt_embeds": given.negative_embeds}
    if kind == "sdxl":
        options["pooled_prompt_embeds"] = given.pooled_embeds
        options["negative_pooled_prompt_embeds"] = given.negative_pooled_embeds
    assert np.array_equal(made, painted(pipeline, prompt=None, **options))
    literal = Options(weighting=False)
    unweighted = ours(workshop, literal, kind=kind, prompt="a (red:1.4) cat")
    assert np.array_equal(unweighted, painted(bare(kind), prompt="a (red:1.4) cat"))


@pytest.mark.parametrize(
    ("prompt", "weighted", "compels"),
    [
        ("a cat (sitting)", False, "a cat (sitting)"),
        ("a (red:1.2) cat", True, "a (red)1.2 cat"),
        ("a (red, round : .5) cat", True, "a (red, round )0.5 cat"),
        ("a red+ cat", True, "a red+ cat"),
        ("a (red)0.5 cat", True, "a (red)0.5 cat"),
    ],
)
def test_weights_are_read_in_both_syntaxes(prompt: str, weighted: bool, compels: str) -> None:
    assert is_weighted(prompt) is weighted
    assert in_compels_syntax(prompt) == compels
