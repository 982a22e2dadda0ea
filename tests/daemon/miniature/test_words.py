"""Notices about words the bundled model never learnt."""

from scumble_daemon.miniature import words


def test_a_prompt_of_known_words_is_quiet() -> None:
    assert words.notices("A red balloon, on the grass hill!") == ()
    assert words.notices("two cats and the dogs".replace("two ", "")) == ()
    assert words.notices("") == ()


def test_a_misspelt_word_names_the_known_one() -> None:
    (found,) = words.unknown_words("a red baloon")

    assert found.word == "baloon"
    assert found.near[0] == "balloon"


def test_a_word_of_like_meaning_names_the_known_one() -> None:
    (notice,) = words.notices("a kitten on a wooden table")

    assert "kitten" in notice
    assert "“cat”" in notice


def test_a_word_with_nothing_near_still_names_things_that_are_known() -> None:
    (found,) = words.unknown_words("a xylophone")
    (notice,) = words.notices("a xylophone")

    assert found.near == ()
    assert "“cat”" in notice


def test_each_strange_word_is_told_once() -> None:
    assert len(words.notices("zebra, zebra and zebra")) == 1


def test_the_vocabulary_agrees_with_itself() -> None:
    vocabulary = words.vocabulary()

    assert set(vocabulary.coloured) <= set(vocabulary.things)
    assert {*vocabulary.colours, *vocabulary.things} <= set(vocabulary.words)
    assert len(vocabulary.things) >= 25
