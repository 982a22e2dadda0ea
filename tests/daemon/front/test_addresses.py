import os
import sys
from pathlib import Path

import pytest

from scumble_daemon.front.addresses import (
    SOCKET_PATH_BYTES,
    ListenError,
    local_endpoint,
    needs_keys,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sockets are files on Unix")


@pytest.mark.parametrize(
    ("endpoint", "keyed"),
    [
        ("tcp://127.0.0.1:7801", False),
        ("tcp://127.3.2.1:*", False),
        ("tcp://[::1]:7801", False),
        ("tcp://0.0.0.0:7801", True),
        ("tcp://*:7801", True),
        ("tcp://[::]:7801", True),
        ("tcp://192.168.1.5:7801", True),
        ("tcp://eth0:7801", True),
        ("tcp://localhost:7801", True),
    ],
)
def test_whatever_may_be_reached_from_elsewhere_needs_keys(endpoint: str, keyed: bool) -> None:
    assert needs_keys(endpoint) is keyed


@pytest.mark.parametrize(
    "endpoint", ["", "tcp://", "tcp://127.0.0.1", "tcp://1:2:3", "ipc:///x", "tcp://1.1.1.1:70000"]
)
def test_what_is_no_address_is_refused(endpoint: str) -> None:
    with pytest.raises(ListenError, match="no address"):
        needs_keys(endpoint)


def test_a_short_path_is_used_as_it_is(tmp_path: Path) -> None:
    runtime = Path(tmp_path.anchor) / "tmp" / f"scumble-test-{os.getpid()}"
    try:
        assert local_endpoint(runtime) == f"ipc://{runtime}/daemon.sock"
        assert runtime.stat().st_mode & 0o777 == 0o700
    finally:
        runtime.rmdir()


def test_a_long_path_gets_the_same_short_folder_each_time(tmp_path: Path) -> None:
    runtime = tmp_path / ("x" * 100)
    first = local_endpoint(runtime)
    place = Path(first.removeprefix("ipc://"))
    try:
        assert local_endpoint(runtime) == first
        assert len(os.fsencode(place)) <= SOCKET_PATH_BYTES
        assert place.parent.stat().st_mode & 0o777 == 0o700
    finally:
        place.parent.rmdir()


def test_a_short_folder_that_others_may_enter_is_not_used(tmp_path: Path) -> None:
    runtime = tmp_path / ("y" * 100)
    place = Path(local_endpoint(runtime).removeprefix("ipc://")).parent
    try:
        place.chmod(0o755)
        with pytest.raises(ListenError, match="not this user's alone"):
            local_endpoint(runtime)
    finally:
        place.rmdir()


def test_a_folder_that_others_may_replace_is_refused(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    with pytest.raises(ListenError, match="Other users may change"):
        local_endpoint(shared / "run")
