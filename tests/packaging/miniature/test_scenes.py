"""Scenes: repeatable, truthful about masks, depth and words; selections that make sense."""

import numpy as np
import pytest

import scenes
import selections
import sprites
import vocabulary
import wordpieces
from vocabulary import Backdrop


@pytest.fixture(scope="module", autouse=True)
def _font() -> None:
    try:
        sprites.font_path()
    except sprites.FontMissingError as error:
        pytest.skip(str(error))


def _draw(seed: int, **wishes: object) -> scenes.Scene:
    return scenes.draw(np.random.default_rng(seed), **wishes)  # type: ignore[arg-type]


def test_the_same_generator_draws_the_same_scene() -> None:
    one, again, other = _draw(1), _draw(1), _draw(2)

    assert np.array_equal(one.picture, again.picture)
    assert not np.array_equal(one.picture, other.picture)


@pytest.mark.parametrize("seed", range(8))
def test_the_picture_differs_from_the_empty_one_only_under_the_mask(seed: int) -> None:
    scene = _draw(seed, count=1)
    changed = (scene.picture != scene.empty).any(axis=2)

    assert scene.picture.shape == (128, 128, 3)
    assert not (changed & (scene.mask == 0)).any()
    assert scene.mask.max() > 0.9


@pytest.mark.parametrize("place", vocabulary.backdrops())
def test_a_thing_is_nearer_than_the_backdrop_around_its_middle(place: Backdrop) -> None:
    scene = _draw(3, things=["red balloon"], backdrop=place)
    inside, outside = scene.depth[scene.mask > 0.9], scene.depth[scene.mask == 0]

    assert inside.min() > np.median(outside)


def test_a_caption_names_the_thing_and_its_place() -> None:
    place = Backdrop("grass", light="night")

    assert vocabulary.caption(["apple"], place) == "an apple on a grass hill under a night sky"
    assert vocabulary.caption(["cat", "red car"], None) == "a cat and a red car"
    with pytest.raises(ValueError, match="must name"):
        vocabulary.caption([], None)


def test_every_thing_has_a_picture_of_its_own() -> None:
    pictures = {sprites.sprite(thing).tobytes() for thing in vocabulary.things()}

    assert len(pictures) == len(vocabulary.things())
    assert len(vocabulary.FAMILIES) >= 25


@pytest.mark.parametrize("seed", range(12))
def test_a_selection_around_a_thing_covers_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scene = scenes.draw(rng, count=1)

    selection = selections.draw(rng, scene)

    assert set(np.unique(selection.mask)) <= {0.0, 1.0}
    assert selection.mask.any()
    if np.array_equal(selection.truth, scene.picture):
        assert scene.things[0] in selection.prompt
        assert (selection.mask[scene.mask > 0.5] == 1).mean() > 0.97
    else:
        assert np.array_equal(selection.truth, scene.empty)
        assert scene.things[0] not in selection.prompt


def test_each_word_of_the_captions_is_one_token_and_others_can_be_spelt() -> None:
    words = wordpieces.tokenizer()

    for word in vocabulary.known_words():
        assert len(words(word)["input_ids"]) == 3, word
    strange = words("zebra")["input_ids"]
    assert words.decode(strange, skip_special_tokens=True).strip() == "zebra"
    assert wordpieces.encode(words, ["a cat", ""]).shape == (2, 32)
