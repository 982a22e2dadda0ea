"""A disk that is really full: a small one of its own, where the system lets us have one."""

import gc
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.homes import Home, client
from scumble_protocol.client import Client
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
        kept = [_painted(me, seed) for seed in range(2)]
        _fill(disk)
        assert _refused(me) is ErrorCode.DISK_FULL
    del me  # what a client has in hand stays on the disk until it lets go of it
    gc.collect()
    house.kill()
    house.start()
    with client() as me:
        for job_id in kept:
            assert me.painting(job_id).result().layers[0].pixels.shape == (600, 600, 3)
        assert me.jobs() == ()
        me.submit(_task(2), Pictures()).result()


def _painted(me: Client, seed: int) -> str:
    """Have a result wait in the daemon."""
    painting = me.submit(_task(seed), Pictures())
    painting.result(acknowledge=False)
    return painting.job_id


def _refused(me: Client) -> ErrorCode:
    """Return why a job is not taken."""
    with pytest.raises(RemoteError) as caught:
        me.submit(_task(2), Pictures())
    return caught.value.code


def _task(seed: int) -> TextToImage:
    return TextToImage(seed=seed, width=600, height=600)


def _fill(disk: Path) -> None:
    """Leave not a byte."""
    state = os.statvfs(disk)
    (disk / "fill").write_bytes(bytes(state.f_bavail * state.f_frsize))
