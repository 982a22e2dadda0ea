"""The shipped weights understand their words: every diffusers pipeline loads and means it.

Margins lie well below the figures of the card, so that another build of torch passes as well.
"""

import functools
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

import scenes
import shipped
import vocabulary
from evaluate_edits import estimated, true_masks
from latents import as_tensor
from measures import overlap
from scumble_daemon.miniature import card
from scumble_daemon.miniature.forms import folder
from scumble_daemon.pipelines.diffedit import DiffEditPipeline
from vocabulary import COLOURS, Backdrop

Picture = NDArray[np.uint8]
pytestmark = pytest.mark.slow
WHITE = Backdrop("plain", colour="white")


@pytest.fixture(autouse=True)
def _one_thread() -> Any:
    """On a busy machine two threads mostly wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@functools.cache
def _painted() -> dict[str, Picture]:
    prompts = [f"a {colour} ball on a plain white background" for colour in COLOURS]
    prompts += ["a snowman on a plain blue background", "a castle in a night sky", "a blue sky"]
    return dict(zip(prompts, shipped.paint(prompts, 7), strict=True))


def _vivid(picture: Picture) -> NDArray[np.float64]:
    """The mean colour of the most colourful tenth of a picture."""
    spread = np.ptp(picture.astype(int), axis=2)
    mean: NDArray[np.float64] = picture[spread >= np.quantile(spread, 0.9)].mean(axis=0)
    return mean


def _nearest(colour: NDArray[np.float64]) -> str:
    """The name of the colour whose direction from grey is nearest."""

    def direction(rgb: Any) -> NDArray[np.float64]:
        centred = np.asarray(rgb, float) - np.mean(rgb)
        unit: NDArray[np.float64] = centred / np.linalg.norm(centred)
        return unit

    return max(COLOURS, key=lambda name: float(direction(colour) @ direction(COLOURS[name])))


@pytest.mark.parametrize("colour", COLOURS)
def test_a_ball_has_the_colour_that_was_asked(colour: str) -> None:
    picture = _painted()[f"a {colour} ball on a plain white background"]

    assert _nearest(_vivid(picture)) == colour


def test_a_plain_background_has_the_colour_that_was_asked() -> None:
    corners = _painted()["a snowman on a plain blue background"][[0, 0, -1, -1], [0, -1, 0, -1]]

    assert _nearest(corners.mean(axis=0)) == "blue"


def test_night_is_darker_than_day() -> None:
    night, day = _painted()["a castle in a night sky"], _painted()["a blue sky"]

    assert np.median(night) < 0.5 * np.median(day)


def _balls() -> list[scenes.Scene]:
    """Scenes of balls and cubes, which need no font."""
    places = [WHITE, Backdrop("grass", light="day"), Backdrop("brick"), Backdrop("wood")]
    things = ["red ball", "blue cube", "yellow ball", "green cube"]
    rng = np.random.default_rng(21)
    return [
        scenes.draw(rng, things=[thing], backdrop=place)
        for thing, place in zip(things, places, strict=True)
    ]


def test_diffedit_finds_the_thing_that_words_would_change() -> None:
    change = DiffEditPipeline(shipped.pipeline("text"))
    drawn = _balls()
    truth = true_masks(drawn, 16)
    overlaps = []
    for scene, mask in zip(drawn, truth, strict=True):
        found = change.difference_map(
            as_tensor(scene.picture[None]),
            change.embed(vocabulary.caption(scene.things, scene.backdrop), "", 8, 1.0),
            change.embed(vocabulary.caption(["cat"], scene.backdrop), "", 8, 1.0),
            guidance_scale=1.0,
            generator=torch.Generator().manual_seed(1),
        )
        overlaps.append(overlap((found > 0.5).numpy(), mask))

    assert np.mean(overlaps) > 0.45


def test_the_depth_estimator_sees_things_before_walls() -> None:
    nearer = []
    for scene in _balls():
        (depth,) = estimated(scene.picture[None])
        nearer.append(depth[scene.mask > 0.9].mean() - np.median(depth[scene.mask == 0]))

    assert np.mean(nearer) > 0.15


def test_img2img_keeps_the_place_and_changes_the_thing() -> None:
    scene = _balls()[0]
    (result,) = shipped.pipeline("img2img")(
        prompt="a green ball on a plain white background",
        image=shipped.images(scene.picture[None]),
        strength=0.8,
        num_inference_steps=20,
        guidance_scale=4.0,
        generator=torch.Generator().manual_seed(2),
    ).images
    picture = np.asarray(result)

    assert _nearest(_vivid(picture)) == "green"
    assert np.abs(picture[0].astype(int) - scene.picture[0]).mean() < 25


def test_depth_to_picture_paints_along_the_map() -> None:
    scene = _balls()[0]
    (result,) = shipped.pipeline("depth")(
        prompt="a blue ball on a plain white background",
        image=shipped.images(np.full_like(scene.picture, 127)[None]),
        depth_map=torch.from_numpy(scene.depth[None]),
        strength=1.0,
        num_inference_steps=20,
        guidance_scale=4.0,
        generator=torch.Generator().manual_seed(2),
    ).images
    picture = np.asarray(result).astype(int)
    spread = np.ptp(picture, axis=2)

    assert spread[scene.mask > 0.9].mean() > 2 * spread[scene.mask == 0].mean()


@pytest.mark.parametrize("name", shipped.CLASSES)
def test_every_pipeline_of_diffusers_loads_in_half_precision(name: str) -> None:
    form, class_name = shipped.CLASSES[name]
    load: Any = getattr(diffusers, class_name).from_pretrained
    options = {} if name == "depth" else {"safety_checker": None}

    loaded = load(folder(form), dtype=torch.float16, **options)

    assert loaded.unet.dtype == torch.float16
    assert loaded.vae.config.latent_channels == 4


def test_the_preview_map_shows_latents_in_about_their_colours() -> None:
    pictures = np.stack([scene.picture for scene in _balls()])
    vae = shipped.pipeline("text").vae
    colours = card.latent_colours()
    with torch.inference_mode():
        latents = vae.encode(as_tensor(pictures)).latent_dist.mode() * vae.config.scaling_factor
    rgb = torch.einsum("nchw,cd->ndhw", latents, torch.tensor(colours.factors))
    rgb = rgb + torch.tensor(colours.bias)[:, None, None]

    small = torch.nn.functional.avg_pool2d(as_tensor(pictures), 8)
    assert (rgb - small).abs().mean() < 0.2
