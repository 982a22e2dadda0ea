"""A disk that is really full: a small one of its own, where the system lets us have one."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.homes import Home, client
from scumble_protocol.endpoint import folders
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.images import Pictures
from scumble_protocol.jobs import TextToImage

DISK_BYTES = 4 << 20


@pytest.fixture(name="disk")
def _disk(house: Home) -> Iterator[Path]:
    """A disk of four megabytes for all that the daemon keeps."""
    del house
    place = folders().data
    place.mkdir(parents=True)
    size = f"size={DISK_BYTES}"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a disk may not be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_loses_nothing_and_is_free_again_once_results_are_fetched(
    house: Home, disk: Path
) -> None:
    house.start()
    with client() as me:
        kept = [me.submit(_task(seed), Pictures()) for seed in range(2)]
        for painting in kept:
            painting.result(acknowledge=False)
        _fill(disk)
        with pytest.raises(RemoteError) as caught:
            me.submit(_task(2), Pictures())
        assert caught.value.code is ErrorCode.DISK_FULL
    house.kill()
    house.start()
    with client() as me:
        for painting in kept:
            assert me.painting(painting.job_id).result().layers[0].pixels.shape == (600, 600, 3)
        assert me.jobs() == ()
        me.submit(_task(2), Pictures()).result()


def _task(seed: int) -> TextToImage:
    return TextToImage(seed=seed, width=600, height=600)


def _fill(disk: Path) -> None:
    """Leave not a byte."""
    state = os.statvfs(disk)
    (disk / "fill").write_bytes(bytes(state.f_bavail * state.f_frsize))
