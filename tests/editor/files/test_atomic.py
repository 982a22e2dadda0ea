"""Saving: the old file or the new one, never a half, and the last version kept."""

import os
import stat
from pathlib import Path

import pytest

from scumble_editor.files.atomic import backup_path, replacing
from scumble_editor.files.errors import SaveError


def save(path: Path, data: bytes) -> None:
    with replacing(path) as stream:
        stream.write(data)


def fail_half_way(path: Path) -> None:
    with replacing(path) as stream:
        stream.write(b"half")
        raise ValueError("the picture could not be packed")


def test_the_last_version_is_kept_and_only_the_last(tmp_path: Path) -> None:
    path = tmp_path / "a.ora"
    for data in (b"one", b"two", b"three"):
        save(path, data)
    assert path.read_bytes() == b"three"
    assert backup_path(path).read_bytes() == b"two"
    assert len(list(tmp_path.iterdir())) == 2


def test_an_error_half_way_leaves_everything_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.ora"
    save(path, b"good")
    with pytest.raises(ValueError, match="packed"):
        fail_half_way(path)
    assert path.read_bytes() == b"good"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SaveError, match="could not be saved"):
        save(tmp_path / "nowhere" / "a.ora", b"x")


def test_a_full_disk_is_told_and_costs_nothing() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    path = Path("/dev/shm/scumble-full-test.ora")
    save(path, b"good")
    try:
        with pytest.raises(SaveError, match="No space left"):
            write_to_full_device(path)
        assert path.read_bytes() == b"good"
    finally:
        path.unlink()


def write_to_full_device(path: Path) -> None:
    with replacing(path) as stream:
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, stream.fileno())
        os.close(full)
        stream.write(b"x" * 1_000_000)


def test_permissions_and_links_are_kept(tmp_path: Path) -> None:
    real, link = tmp_path / "real.ora", tmp_path / "link.ora"
    save(real, b"one")
    real.chmod(0o640)
    link.symlink_to(real)
    save(link, b"two")
    assert link.is_symlink()
    assert real.read_bytes() == b"two"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_new_file_has_the_permissions_that_new_files_have(tmp_path: Path) -> None:
    save(tmp_path / "saved", b"")
    (tmp_path / "plain").touch()
    assert (tmp_path / "saved").stat().st_mode == (tmp_path / "plain").stat().st_mode
