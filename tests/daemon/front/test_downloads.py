"""Downloads through the front: a process each, its words told, cancelled, followed by others."""

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers import small_models
from helpers.homes import PATIENCE_S, Home, client, home
from helpers.small_hub import SmallHub
from scumble_protocol.errors import ErrorCode, RemoteError
from scumble_protocol.messages import DownloadState, DownloadStatus

NAME = "painter/small"
UNET = "unet/diffusion_pytorch_model.safetensors"


@pytest.fixture
def hub() -> Iterator[SmallHub]:
    with SmallHub().open() as opened:
        opened.add_folder(NAME, small_models.folder("sd15"))
        yield opened


@pytest.fixture
def house(tmp_path: Path, hub: SmallHub) -> Iterator[Home]:
    with home(tmp_path / "h") as here:
        here.start(environment={"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tmp_path / "hf")})
        yield here


@pytest.mark.usefixtures("house")
def test_a_download_is_told_until_its_end_and_listed() -> None:
    with client() as painter:
        told = list(painter.download(NAME))
        assert told[0].state in (DownloadState.ASKING, DownloadState.FETCHING)
        assert (told[-1].state, told[-1].model) == (DownloadState.DONE, "small")
        assert [one.state.finished for one in told].count(True) == 1
        assert painter.downloads() == (told[-1],)


@pytest.mark.usefixtures("house")
def test_a_download_is_followed_by_others_and_cancelled(hub: SmallHub) -> None:
    hub.slow.add(UNET)
    with client() as painter, client() as other:
        told = painter.download(NAME)
        while next(told).file != UNET:
            pass
        heard: queue.SimpleQueue[DownloadStatus] = queue.SimpleQueue()
        follower = threading.Thread(target=lambda: [*map(heard.put, other.download(NAME))])
        follower.start()
        assert heard.get(timeout=PATIENCE_S).file == UNET
        painter.cancel_download(NAME)
        last = list(told)[-1]
        follower.join()
        assert last.state is DownloadState.CANCELLED
        assert "is kept" in last.sentence
        assert heard.get_nowait() == last
        hub.slow.clear()
        assert list(painter.download(NAME))[-1].state is DownloadState.DONE


@pytest.mark.usefixtures("house")
def test_what_cannot_be_fetched_is_told_as_the_end() -> None:
    with client() as painter:
        last = list(painter.download("nobody/nothing"))[-1]
        assert (last.state, last.code) == (DownloadState.FAILED, ErrorCode.UNKNOWN_MODEL)
        assert "The Hub has no model nobody/nothing" in last.sentence
        with pytest.raises(RemoteError, match="is not being downloaded"):
            painter.cancel_download("painter/other")
        with pytest.raises(RemoteError, match="source"):
            list(painter.download("../../etc/passwd"))


@pytest.mark.usefixtures("house")
def test_what_is_worth_having_is_told() -> None:
    with client() as painter:
        sources = [one.source for one in painter.recommended()]
    assert "stabilityai/stable-diffusion-xl-base-1.0" in sources


def test_a_front_that_ends_takes_its_downloads_with_it(hub: SmallHub, house: Home) -> None:
    hub.slow.add(UNET)
    with client() as painter:
        told = painter.download(NAME)
        while next(told).file != UNET:
            pass
        painter.shutdown()
        house.wait()
    assert not hub.released.is_set()
