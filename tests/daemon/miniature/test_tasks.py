"""The bundled model does as jobs what its words say: depths kept, places found, things changed."""

import math
from pathlib import Path

import cv2
import numpy as np
import pytest

import judge
import paths
import scenes
import vocabulary
from helpers.workshop import Workshop
from measures import overlap, rank_correlation
from scumble_daemon.models.catalog import Catalogue
from scumble_daemon.region.arrays import Bytes
from scumble_daemon.region.composite import LayerPixels, flattened
from scumble_daemon.worker.runner import Runner
from scumble_protocol.jobs import (
    Chain,
    Depth,
    DepthToImage,
    DiffEdit,
    DiffEditSelect,
    Inpaint,
    Result,
    Stage,
    Upscale,
)
from vocabulary import Backdrop

pytestmark = pytest.mark.slow


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A workshop with the bundled model, whose linked forms lie in the test's own folder."""
    monkeypatch.setenv("SCUMBLE_HOME", str(tmp_path))
    made = Workshop(tmp_path)
    made.catalogue = Catalogue(tmp_path)
    made.runner = Runner(
        made.device, made.catalogue, made.cache, made.pictures, made.recall, made.said.append
    )
    return made


@pytest.fixture(scope="module")
def balls() -> list[scenes.Scene]:
    places = [Backdrop("plain", colour="white"), Backdrop("grass", light="day"), Backdrop("brick")]
    rng = np.random.default_rng(21)
    return [
        scenes.draw(rng, things=[thing], backdrop=place)
        for thing, place in zip(("red ball", "blue cube", "yellow ball"), places, strict=True)
    ]


def composed(workshop: Workshop, result: Result, canvas: Bytes) -> Bytes:
    pixels, mask = workshop.layer(result)
    assert mask is not None
    return flattened(canvas, LayerPixels(result.layers[0].bounds, pixels, mask))


def test_a_selection_is_filled_as_asked_and_nothing_else_is_touched(workshop: Workshop) -> None:
    white = Backdrop("plain", colour="white")
    empty = scenes.draw(np.random.default_rng(3), things=[], backdrop=white).picture
    mask = np.zeros((128, 128), np.uint8)
    mask[24:112, 20:108] = 255
    task = Inpaint(
        prompt="a red ball",
        seed=5,
        image=workshop.pictures.add(empty),
        selection=workshop.pictures.add(mask),
    )

    after = composed(workshop, workshop.paint("miniature", task), empty)

    assert np.array_equal(after[mask == 0], empty[mask == 0])
    red, green, blue = after[48:88, 44:84].reshape(-1, 3).mean(axis=0)
    assert red > green + 60
    assert red > blue + 60


def test_words_that_were_never_learnt_are_told_wherever_they_stand(workshop: Workshop) -> None:
    picture = workshop.pictures.add(np.full((128, 128, 3), 90, np.uint8))
    stages = (Stage(strength=0.1, steps=10), Stage(prompt="a balloom", strength=0.1, steps=10))
    chain = Chain(prompt="a zeppelin", seed=1, image=picture, stages=stages)
    select = DiffEditSelect(
        source_prompt="a zeppelin", prompt="a balloom", seed=1, steps=4, image=picture
    )

    for task in (chain, select):
        told = " ".join(workshop.paint("miniature", task).report.notices)
        assert "“zeppelin”" in told
        assert "“balloom” and may paint something else. It knows “balloon”" in told


def test_depth_to_image_keeps_the_layout_while_words_change_what_is_there(
    workshop: Workshop, balls: list[scenes.Scene]
) -> None:
    for scene in balls[:2]:
        task = DepthToImage(
            prompt=vocabulary.caption(["snowman"], scene.backdrop),
            seed=4,
            strength=1.0,
            image=workshop.pictures.add(scene.picture),
        )
        painted, _ = workshop.layer(workshop.paint("miniature", task))
        before, after = (
            workshop.layer(
                workshop.paint("miniature", Depth(image=workshop.pictures.add(picture)))
            )[0]
            for picture in (scene.picture, painted)
        )
        assert np.abs(painted.astype(int) - scene.picture).mean() > 5
        assert rank_correlation(before.astype(np.float32), after.astype(np.float32)) > 0.4


def test_diffedit_select_finds_what_words_would_change(
    workshop: Workshop, balls: list[scenes.Scene]
) -> None:
    found = []
    for scene in balls:
        task = DiffEditSelect(
            source_prompt=vocabulary.caption(scene.things, scene.backdrop),
            prompt=vocabulary.caption(["cat"], scene.backdrop),
            seed=1,
            image=workshop.pictures.add(scene.picture),
        )
        soft, _ = workshop.layer(workshop.paint("miniature", task))
        found.append(overlap(soft > 127, scene.mask > 0.5))
    assert math.fsum(found) / len(found) > 0.4


def test_a_cat_is_found_and_becomes_a_dog_while_the_rest_stays(workshop: Workshop) -> None:
    grass = Backdrop("grass", light="day")
    drawn = [scenes.draw(np.random.default_rng(s), things=["cat"], backdrop=grass) for s in (1, 2)]
    overlaps, named = [], []
    for scene in drawn:
        image = workshop.pictures.add(scene.picture)
        source, target = (vocabulary.caption([thing], grass) for thing in ("cat", "dog"))
        select = DiffEditSelect(source_prompt=source, prompt=target, seed=3, image=image)
        found, _ = workshop.layer(workshop.paint("miniature", select))
        overlaps.append(overlap(found > 127, scene.mask > 0.5))
        change = DiffEdit(source_prompt=source, prompt=target, seed=3, image=image)
        after = composed(workshop, workshop.paint("miniature", change), scene.picture)
        named.append(judge.verdicts(judge.load_frozen(paths.JUDGE), after[None])[0].thing)
        far = cv2.dilate(np.maximum(found, scene.mask > 0), np.ones((49, 49), np.uint8)) == 0
        assert np.array_equal(after[far], scene.picture[far])
    assert math.fsum(overlaps) / len(overlaps) > 0.5
    assert "dog" in named


def test_an_edit_changes_the_thing_and_leaves_the_rest_alone(
    workshop: Workshop, balls: list[scenes.Scene]
) -> None:
    scene = balls[0]
    task = DiffEdit(
        source_prompt=vocabulary.caption(scene.things, scene.backdrop),
        prompt=vocabulary.caption(["blue ball"], scene.backdrop),
        seed=1,
        image=workshop.pictures.add(scene.picture),
    )
    after = composed(workshop, workshop.paint("miniature", task), scene.picture)
    change = np.abs(after.astype(int) - scene.picture).mean(axis=2)
    thing = scene.mask > 0.9
    far = np.ones_like(thing)
    rows, columns = np.nonzero(scene.mask > 0)
    far[
        max(rows.min() - 20, 0) : rows.max() + 20, max(columns.min() - 20, 0) : columns.max() + 20
    ] = 0
    assert change[thing].mean() > 20
    assert change[far].mean() < 3
    red, _, blue = after[thing].mean(axis=0)
    assert blue > red


def test_refining_keeps_a_picture_and_makes_it_sharper_than_enlarging_alone(
    workshop: Workshop, balls: list[scenes.Scene]
) -> None:
    scene = balls[0]
    side = 2 * scene.picture.shape[0]

    def enlarged(refine: float | None) -> Bytes:
        task = Upscale(
            prompt=vocabulary.caption(scene.things, scene.backdrop),
            seed=3,
            image=workshop.pictures.add(scene.picture),
            width=side,
            height=side,
            refine=refine,
        )
        return workshop.layer(workshop.paint("miniature", task))[0]

    plain, refined = enlarged(None), enlarged(0.3)
    assert refined.shape == (side, side, 3)
    assert np.corrcoef(plain.ravel(), refined.ravel())[0, 1] > 0.95
    assert sharpness(refined) > sharpness(plain)


def sharpness(picture: Bytes) -> float:
    """Return the mean size of the steps between neighbours."""
    return float(np.abs(np.diff(picture.astype(np.float32), axis=1)).mean())
