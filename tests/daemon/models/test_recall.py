"""What was encoded before is kept by content, within a budget."""

from functools import partial

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from scumble_daemon.models.recall import Recall, Tensors, picture_key, text_key

CPU = torch.device("cpu")
NEVER = "computed although it was kept"


def never() -> Tensors:
    raise AssertionError(NEVER)


def test_what_was_kept_is_not_computed_again() -> None:
    recall = Recall(1 << 20)
    value = torch.arange(5.0)
    assert recall.get("a", recall.texts, CPU, lambda: (value, None))[0] is value
    kept = recall.get("a", recall.texts, CPU, never)
    assert kept[0] is not None
    assert torch.equal(kept[0], value)
    assert kept[1] is None
    assert (recall.texts.asked, recall.texts.found) == (2, 1)
    assert recall.pictures.asked == 0


def test_the_least_recently_used_goes_first() -> None:
    recall = Recall(3 * 400)
    for name in "abc":
        recall.get(name, recall.texts, CPU, lambda: (torch.zeros(100),))
    recall.get("a", recall.texts, CPU, never)
    recall.get("d", recall.texts, CPU, lambda: (torch.zeros(100),))
    for name in "acd":
        recall.get(name, recall.texts, CPU, never)
    with pytest.raises(AssertionError, match=NEVER):
        recall.get("b", recall.texts, CPU, never)


@given(sizes=st.lists(st.integers(0, 200), max_size=20))
def test_the_budget_holds(sizes: list[int]) -> None:
    recall = Recall(400)
    for number, size in enumerate(sizes):
        value = (torch.zeros(size),)
        recall.get(str(number), recall.texts, CPU, partial(tuple, value))
        assert recall.byte_count <= 400
    recall.clear()
    assert recall.byte_count == 0


def test_pictures_are_told_apart_by_every_pixel_shape_and_format() -> None:
    picture = torch.zeros(1, 3, 4, 6)
    other = picture.clone()
    other[0, 2, 3, 5] = 1e-6
    keys = {
        picture_key("m", picture),
        picture_key("n", picture),
        picture_key("m", other),
        picture_key("m", picture.reshape(1, 3, 6, 4)),
        picture_key("m", picture.half()),
    }
    assert len(keys) == 5
    assert picture_key("m", picture.clone()) == picture_key("m", picture)


def test_bfloat16_pictures_have_keys() -> None:
    assert picture_key("m", torch.zeros(1, 3, 2, 2, dtype=torch.bfloat16))


def test_prompts_are_told_apart_and_tensors_are_not_looked_at() -> None:
    one = text_key("m", ("a cat", CPU, 1), {"clip_skip": None})
    assert one == text_key("m", ("a cat", CPU, 1), {"clip_skip": None})
    assert one != text_key("m", ("a cat", CPU, 2), {"clip_skip": None})
    assert one != text_key("m", ("a cat", CPU, 1), {"clip_skip": 2})
    assert one != text_key("n", ("a cat", CPU, 1), {"clip_skip": None})
    assert text_key("m", ("a cat",), {"prompt_embeds": torch.zeros(1)}) is None
    assert text_key("m", ([torch.zeros(1)],), {}) is None
