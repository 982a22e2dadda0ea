"""Names of files to write: free ones are found, others are refused before work begins."""

from pathlib import Path

import pytest

from scumble_cli.failures import BadUseError
from scumble_cli.outputs import chosen_outputs, free_name, name_of_words


def test_a_taken_name_is_numbered(tmp_path: Path) -> None:
    wanted = tmp_path / "a.ora"
    assert free_name(wanted) == wanted
    wanted.touch()
    (tmp_path / "a-2.ora").touch()
    assert free_name(wanted) == tmp_path / "a-3.ora"


def test_a_file_is_written_over_only_by_force(tmp_path: Path) -> None:
    taken = tmp_path / "a.png"
    taken.touch()
    with pytest.raises(BadUseError, match="--force"):
        chosen_outputs([taken], tmp_path / "b.ora", force=False)
    assert chosen_outputs([taken], tmp_path / "b.ora", force=True) == (taken,)


def test_a_file_given_twice_is_written_once(tmp_path: Path) -> None:
    file = tmp_path / "a.ora"
    assert chosen_outputs([file, file], file, force=False) == (file,)


@pytest.mark.parametrize(
    ("words", "name"),
    [("A red heart!", "a-red-heart"), ("", "scumble"), ("../../etc", "etc"), ("ÄÖ ü", "äö-ü")],
)
def test_a_prompt_makes_a_plain_name(words: str, name: str) -> None:
    assert name_of_words(words) == name


def test_a_long_prompt_makes_a_short_name() -> None:
    assert len(name_of_words("balloon " * 50)) <= 40
