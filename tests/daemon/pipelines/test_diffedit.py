"""DiffEdit computes what diffusers' deprecated pipeline did, and can be watched and stopped."""

from typing import Any

import pytest
import torch
from diffusers import DDIMInverseScheduler
from diffusers.pipelines.deprecated.stable_diffusion_diffedit import (
    StableDiffusionDiffEditPipeline,
)
from torch import Tensor

from helpers.small_models import SIDE, build
from scumble_daemon.pipelines.diffedit import (
    DiffEditPipeline,
    Regularisation,
    auto_correlation,
    kl_divergence,
)

STEPS = 6
SOURCE, TARGET = "a cat", "a dog"


def generator(seed: int = 5) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(params=["epsilon", "v_prediction"])
def pipeline(request: pytest.FixtureRequest) -> Any:
    torch.set_num_threads(1)
    pipeline: Any = build("sd15")
    pipeline.scheduler = pipeline.scheduler.from_config(
        pipeline.scheduler.config, prediction_type=request.param
    )
    return pipeline


@pytest.fixture
def theirs(pipeline: Any) -> Any:
    inverse: Any = DDIMInverseScheduler
    components = dict(pipeline.components)
    components["inverse_scheduler"] = inverse.from_config(pipeline.scheduler.config)
    components.pop("image_encoder", None)
    cls: Any = StableDiffusionDiffEditPipeline
    old = cls(**components, requires_safety_checker=False)
    old.set_progress_bar_config(disable=True)
    return old


@pytest.fixture
def picture() -> Tensor:
    """A picture in 0..1, as the old pipeline takes it."""
    return torch.rand(1, 3, SIDE, SIDE, generator=generator(1))


@pytest.fixture
def image(picture: Tensor) -> Tensor:
    """The same in -1..1."""
    return 2 * picture - 1


def difference_map(pipeline: Any, image: Tensor, guidance_scale: float) -> Tensor:
    ours = DiffEditPipeline(pipeline)
    return ours.difference_map(
        image,
        ours.embed(SOURCE, "", 3, guidance_scale),
        ours.embed(TARGET, "", 3, guidance_scale),
        num_inference_steps=STEPS,
        guidance_scale=guidance_scale,
        generator=generator(),
    )


def test_the_mask_is_that_of_the_old_pipeline(
    pipeline: Any, theirs: Any, picture: Tensor, image: Tensor
) -> None:
    expected = theirs.generate_mask(
        image=picture,
        source_prompt=SOURCE,
        target_prompt=TARGET,
        num_maps_per_mask=3,
        num_inference_steps=STEPS,
        guidance_scale=4.0,
        generator=generator(),
        output_type="np",
    )

    found = difference_map(pipeline, image, 4.0)

    assert 0 < expected.mean() < 1
    assert ((found > 0.5).numpy() == (expected[0] > 0)).all()


def test_with_one_negative_prompt_guidance_changes_nothing_and_can_be_spared(
    pipeline: Any, image: Tensor
) -> None:
    without, guided = (difference_map(pipeline, image, scale) for scale in (1.0, 4.0))

    assert torch.allclose(without, guided, atol=1e-3)


@pytest.mark.parametrize("guidance_scale", [1.0, 4.0])
@pytest.mark.parametrize("reg_steps", [0, 2])
def test_the_inversion_is_that_of_the_old_pipeline(
    pipeline: Any,
    theirs: Any,
    picture: Tensor,
    image: Tensor,
    guidance_scale: float,
    reg_steps: int,
) -> None:
    expected = theirs.invert(
        prompt=SOURCE,
        image=picture,
        num_inference_steps=STEPS,
        inpaint_strength=0.7,
        guidance_scale=guidance_scale,
        generator=generator(),
        num_reg_steps=reg_steps,
        lambda_auto_corr=2.0,
        lambda_kl=1.0,
        num_auto_corr_rolls=2,
        output_type="latent",
    ).latents

    ours = DiffEditPipeline(pipeline)
    found = ours.invert(
        image,
        ours.embed(SOURCE, "", 1, guidance_scale),
        num_inference_steps=STEPS,
        inpaint_strength=0.7,
        guidance_scale=guidance_scale,
        regularisation=Regularisation(reg_steps, 2.0, 1.0, 2),
        generator=generator(),
    )

    assert torch.equal(found, expected)


def test_the_edit_is_that_of_the_old_pipeline(pipeline: Any, theirs: Any, image: Tensor) -> None:
    ours = DiffEditPipeline(pipeline)
    inverted = ours.invert(
        image, ours.embed(SOURCE, "", 1, 1.0), num_inference_steps=STEPS, guidance_scale=1.0
    )
    mask = torch.zeros(SIDE // 8, SIDE // 8)
    mask[2:6, 1:5] = 1
    expected = theirs(
        prompt=TARGET,
        mask_image=mask[None, None],
        image_latents=inverted,
        num_inference_steps=STEPS,
        guidance_scale=5.0,
        generator=generator(),
        output_type="latent",
    ).images

    edited = ours.edit(
        inverted,
        mask,
        ours.embed(TARGET, "", 1, 5.0),
        num_inference_steps=STEPS,
        guidance_scale=5.0,
        generator=generator(),
    )

    assert torch.equal(edited, expected)
    assert torch.equal(edited[..., 0, :], inverted[:, -1][..., 0, :]), "outside nothing changes"


def test_an_edit_with_another_number_of_steps_than_its_inversion_is_refused(pipeline: Any) -> None:
    ours = DiffEditPipeline(pipeline)
    with pytest.raises(ValueError, match="the inversion has 2 steps, the edit 4"):
        ours.edit(
            torch.zeros(1, 2, 4, 8, 8),
            torch.ones(8, 8),
            ours.embed(TARGET, "", 1, 1.0),
            num_inference_steps=5,
            guidance_scale=1.0,
        )


def test_every_step_of_both_loops_can_be_watched_and_stopped(pipeline: Any, image: Tensor) -> None:
    class StopError(Exception):
        pass

    seen: list[int] = []

    def stop_at_two(_: Any, step: int, __: Tensor, given: dict[str, Tensor]) -> dict[str, Tensor]:
        seen.append(step)
        if step == 2:
            raise StopError
        return given

    ours = DiffEditPipeline(pipeline)
    embedded = ours.embed(SOURCE, "", 1, 1.0)
    with pytest.raises(StopError):
        ours.invert(
            image,
            embedded,
            num_inference_steps=STEPS,
            guidance_scale=1.0,
            callback_on_step_end=stop_at_two,
        )
    with pytest.raises(StopError):
        ours.edit(
            torch.zeros(1, 4, 4, SIDE // 8, SIDE // 8),
            torch.ones(SIDE // 8, SIDE // 8),
            embedded,
            num_inference_steps=STEPS,
            guidance_scale=1.0,
            callback_on_step_end=stop_at_two,
        )

    assert seen == [0, 1, 2, 0, 1, 2]


def test_white_noise_is_less_correlated_than_a_smooth_field() -> None:
    noise = torch.randn(1, 2, 16, 16, generator=generator())
    smooth = torch.ones(1, 2, 16, 16)

    assert auto_correlation(noise, generator()) < auto_correlation(smooth, generator())
    assert kl_divergence(noise) < kl_divergence(3 * noise + 1)
