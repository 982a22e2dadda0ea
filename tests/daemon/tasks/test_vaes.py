"""A VAE in the place of the checkpoint's own, for one job: the bare pipeline's pixels with it."""

from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from PIL import Image as PillowImage
from safetensors.torch import save_file

from helpers import ldm_layout, small_models
from helpers.workshop import Workshop
from scumble_daemon import work
from scumble_daemon.region.arrays import Bytes
from scumble_protocol.jobs import Fill, Inpaint, Options, Region, TextToImage

of_diffusers: Any = diffusers
SIDE = small_models.SIDE
PICTURE = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
MASK = np.pad(np.full((32, 32), 255, np.uint8), 16)


def other_vae(kind: str, channels: int = 4) -> Any:
    torch.manual_seed(5)
    if kind == "AutoencoderTiny":
        widths = (8, 8, 8, 8)
        made = of_diffusers.AutoencoderTiny(
            latent_channels=channels,
            encoder_block_out_channels=widths,
            decoder_block_out_channels=widths,
            num_encoder_blocks=(1, 1, 1, 1),
            num_decoder_blocks=(1, 1, 1, 1),
        )
        return made.eval()
    blocks: dict[str, Any] = {
        "down_block_types": ("DownEncoderBlock2D",) * 4,
        "up_block_types": ("UpDecoderBlock2D",) * 4,
        "latent_channels": channels,
        "norm_num_groups": 4,
        "sample_size": SIDE,
    }
    if kind == "AsymmetricAutoencoderKL":
        widths = (8, 8, 8, 8)
        blocks |= {"down_block_out_channels": widths, "up_block_out_channels": widths}
        return of_diffusers.AsymmetricAutoencoderKL(**blocks).eval()
    return of_diffusers.AutoencoderKL(
        **blocks, block_out_channels=(8, 8, 8, 8), mid_block_add_attention=False
    ).eval()


def inpainted(workshop: Workshop, options: Options) -> Bytes:
    task = Inpaint(
        prompt="a cat",
        steps=4,
        guidance_scale=5.0,
        seed=9,
        image=workshop.pictures.add(PICTURE),
        selection=workshop.pictures.add(MASK),
        region=Region(feather=0, grow=0, soft=False, match_colour=False, fill=Fill.NOISE),
        options=options,
    )
    result = workshop.paint("sd15", task)
    return workshop.layer(result)[0]


@pytest.mark.parametrize("kind", ["AutoencoderKL", "AsymmetricAutoencoderKL", "AutoencoderTiny"])
def test_another_vae_paints_for_one_job(workshop: Workshop, tmp_path: Path, kind: str) -> None:
    other_vae(kind).save_pretrained(tmp_path / "other")
    assert workshop.catalogue.add(str(tmp_path / "other")).family == "vae"
    plain = inpainted(workshop, Options())
    ours = inpainted(workshop, Options(vae="other"))

    cls = of_diffusers.StableDiffusionInpaintPipeline
    vae = getattr(of_diffusers, kind).from_pretrained(tmp_path / "other")
    pipeline = cls.from_pretrained(small_models.folder("sd15"), vae=vae, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    theirs = pipeline(
        prompt="a cat",
        image=PillowImage.fromarray(PICTURE),
        mask_image=PillowImage.fromarray(MASK),
        strength=1.0,
        num_inference_steps=4,
        guidance_scale=5.0,
        width=SIDE,
        height=SIDE,
        generator=torch.Generator("cpu").manual_seed(9),
    ).images[0]
    height, width = ours.shape[:2]
    y, x = (SIDE - height) // 2, (SIDE - width) // 2
    assert np.array_equal(ours, np.asarray(theirs)[y : y + height, x : x + width])
    assert not np.array_equal(ours, plain)
    assert np.array_equal(inpainted(workshop, Options()), plain)


def test_what_one_vae_encoded_is_not_given_to_another(workshop: Workshop, tmp_path: Path) -> None:
    other_vae("AutoencoderKL").save_pretrained(tmp_path / "other")
    workshop.catalogue.add(str(tmp_path / "other"))
    inpainted(workshop, Options())
    pictures = workshop.recall.pictures
    asked = pictures.asked
    inpainted(workshop, Options(vae="other"))
    assert pictures.found == 0
    inpainted(workshop, Options(vae="other"))
    assert pictures.found == asked > 0


@pytest.mark.parametrize("ldm", [False, True])
def test_a_vae_of_one_file_has_the_scale_of_the_checkpoints_own(
    workshop: Workshop, tmp_path: Path, ldm: bool
) -> None:
    vae = other_vae("AutoencoderKL")
    vae.save_pretrained(tmp_path / "folder")
    tensors = {
        ldm_layout.vae_name(name, 4) if ldm else name: tensor
        for name, tensor in vae.state_dict().items()
    }
    save_file(tensors, tmp_path / "file.safetensors")
    for name in ("folder", "file.safetensors"):
        workshop.catalogue.add(str(tmp_path / name))
    whole = inpainted(workshop, Options(vae="folder"))
    assert np.array_equal(inpainted(workshop, Options(vae="file")), whole)


def test_a_vae_of_another_shape_is_refused_with_what_would_fit(
    workshop: Workshop, tmp_path: Path
) -> None:
    other_vae("AutoencoderKL", channels=16).save_pretrained(tmp_path / "wide")
    workshop.catalogue.add(str(tmp_path / "wide"))
    task = TextToImage(width=SIDE, height=SIDE, seed=9, steps=2, options=Options(vae="wide"))
    end = workshop.run("sd15", task)
    assert isinstance(end, work.Broken)
    assert "4 channels of 8 × 8 px" in end.sentence
    wrong = Options(vae=workshop.add("sd15"))
    end = workshop.run("sd15", TextToImage(width=SIDE, height=SIDE, seed=9, options=wrong))
    assert isinstance(end, work.Broken)
    assert "no VAE but sd15" in end.sentence
