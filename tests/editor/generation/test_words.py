"""Words: weights by keys, a count, styles as files, and the book of prompts."""

from pathlib import Path

import pytest

from scumble_editor.generation import prompt_book, styles
from scumble_editor.generation.prompt_book import PromptBook, Wording
from scumble_editor.generation.settings import Settings
from scumble_editor.generation.styles import BUNDLED, Style, joined
from scumble_editor.generation.vocabulary import hint, strange_words
from scumble_editor.generation.weighting import reweighted, tokens_about
from scumble_protocol.tasks import Lora, Options


@pytest.mark.parametrize(
    ("text", "marked", "step", "after"),
    [
        ("a red fox", "red", 0.1, "a (red:1.1) fox"),
        ("a (red:1.1) fox", "red", 0.1, "a (red:1.2) fox"),
        ("a (red:1.1) fox", "red", -0.1, "a red fox"),
        ("a red fox", "red fox", -0.1, "a (red fox:0.9)"),
        ("a red fox", " red ", 0.1, "a (red:1.1) fox"),
        ("a (red:2) fox", "red", 0.1, "a (red:2) fox"),
        ("a (red:0.1) fox", "red", -0.1, "a (red:0.1) fox"),
        ("a (red:1.1) fox", "a (red:1.1)", 0.1, "a (red:1.1) fox"),
    ],
)
def test_selected_words_weigh_more_or_less(text: str, marked: str, step: float, after: str) -> None:
    start = text.index(marked)
    assert reweighted(text, start, start + len(marked), step).text == after


def test_without_a_selection_the_word_at_the_cursor_is_weighted_and_stays_selected() -> None:
    once = reweighted("a red, fox", 4, 4)
    assert once.text == "a (red:1.1), fox"
    assert once.text[once.start : once.end] == "red"
    twice = reweighted(*once)
    assert twice.text == "a (red:1.2), fox"
    back = reweighted(*reweighted(*twice, -0.1), -0.1)
    assert back.text == "a red, fox"
    assert reweighted("a , b", 3, 3) == ("a , b", 3, 3)
    assert reweighted("", 0, 0) == ("", 0, 0)


def test_the_count_of_tokens_goes_with_the_words_and_not_with_their_weights() -> None:
    assert tokens_about("") == 0
    assert tokens_about("a red fox") == 3
    assert tokens_about("a (red:1.2) fox") == 3
    assert tokens_about("a red fox, 1999!") == 9
    assert tokens_about("antidisestablishmentarianism") == 4


def test_a_style_puts_its_words_around_and_its_values_into_what_is_asked() -> None:
    style = Style(
        name="Oil",
        before="oil painting of",
        after="thick strokes,",
        negative_prompt="photo",
        model="sd15",
        steps=30,
        loras=(Lora(name="oil"),),
    )
    asked = Settings(prompt="a boat, ", guidance_scale=5, options=Options(clip_skip=1))
    chosen = style.chosen(asked)
    assert (chosen.model, chosen.steps, chosen.guidance_scale) == ("sd15", 30, 5)
    assert chosen.options == Options(loras=(Lora(name="oil"),), clip_skip=1)
    assert chosen.prompt == asked.prompt
    sent = style.worded(chosen)
    assert sent.prompt == "oil painting of, a boat, thick strokes"
    assert sent.negative_prompt == "photo"
    assert joined("", " ") == ""


def test_styles_are_files_and_a_damaged_one_harms_no_other(tmp_path: Path) -> None:
    where = tmp_path / "styles"
    assert styles.load(where) == BUNDLED
    mine = Style(name="Meins: ölig/../x", after="oil")
    file = styles.save(mine, where)
    assert file.parent == where
    (where / f"broken{styles.SUFFIX}").write_text("{")
    (where / f"huge{styles.SUFFIX}").write_bytes(b" " * (styles.LARGEST_FILE + 1))
    assert styles.load(where) == (*BUNDLED, mine)
    changed = Style(name=mine.name, after="acrylic")
    assert styles.save(changed, where) == file
    assert styles.load(where)[-1] == changed
    other = Style(name="Meins ölig x", after="other")
    assert styles.save(other, where) != file
    styles.delete(mine.name, where)
    assert styles.load(where) == (*BUNDLED, other)


def test_a_file_may_replace_a_bundled_style_until_it_is_deleted(tmp_path: Path) -> None:
    own = Style(name=BUNDLED[0].name, after="mine")
    styles.save(own, tmp_path)
    assert styles.load(tmp_path)[0] == own
    styles.delete(own.name, tmp_path)
    assert styles.load(tmp_path) == BUNDLED


def test_the_book_remembers_the_latest_words_first_and_each_once(tmp_path: Path) -> None:
    book = PromptBook().used("a fox").used("a boat", "rain").used(" a fox ").used("  ")
    assert [one.prompt for one in book.recent] == ["a fox", "a boat"]
    for number in range(prompt_book.MOST_RECENT + 5):
        book = book.used(f"number {number}")
    assert len(book.recent) == prompt_book.MOST_RECENT
    file = tmp_path / "private" / "prompts.json"
    prompt_book.save(book, file)
    assert prompt_book.load(file) == book
    file.write_text("[")
    assert prompt_book.load(file) == PromptBook()


def test_the_book_is_searched_by_words_in_any_order() -> None:
    book = PromptBook().used("a red fox in snow").used("a grey fox")
    book = book.keeping(Wording(name="Winter", prompt="snowy hills"))
    book = book.keeping(Wording(name="Winter", prompt="snow and ice"))
    assert [one.prompt for one in book.search("SNOW")] == ["snow and ice", "a red fox in snow"]
    assert [one.prompt for one in book.search("fox red")] == ["a red fox in snow"]
    assert book.without(book.saved[0]).saved == ()


def test_words_that_a_model_never_learnt_are_named_and_plurals_are_known() -> None:
    words = ("a", "cat", "on", "red", "table", "wooden")
    assert strange_words("A red Cat on (wooden:1.2) tables", words) == ()
    assert strange_words("a cat and a cat on sofas", words) == ("and", "sofas")
    assert strange_words("anything at all", ()) == ()
    assert hint("a flamingo", "miniature", words) == "miniature never learnt “flamingo”."
    assert hint("one two six ten", "m", words) == "m never learnt “one”, “two”, “six” and others."
    assert hint("a cat", "miniature", words) == ""
