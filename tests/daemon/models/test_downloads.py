"""Models fetched from a Hub on this machine: what comes, what is kept, what is said."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from helpers import published, small_models
from helpers.small_additions import lora
from helpers.small_hub import SmallHub
from scumble_daemon.models.catalog import Catalogue, Entry
from scumble_daemon.models.devices import open_device
from scumble_daemon.models.downloads import download
from scumble_daemon.models.errors import ModelError
from scumble_daemon.models.hub import PIECE_BYTES, Hub
from scumble_daemon.models.loader import load
from scumble_protocol.endpoint import HOME_VARIABLE
from scumble_protocol.errors import ErrorCode
from scumble_protocol.messages import DownloadState, DownloadStatus

NAME = "painter/small"
UNET = "unet/diffusion_pytorch_model.safetensors"


@pytest.fixture
def hub() -> Iterator[SmallHub]:
    with SmallHub().open() as opened:
        opened.add_folder(NAME, small_models.folder("sd15"))
        yield opened


class Downloading:
    """A home with a catalogue and a cache, and everything that was said."""

    def __init__(self, hub: SmallHub, folder: Path) -> None:
        self.hub = hub
        self.cache = folder / "cache"
        self.catalogue = Catalogue(folder)
        self.said: list[DownloadStatus] = []

    def __call__(self, source: str = NAME, name: str | None = None) -> Entry:
        self.said.clear()
        hub = Hub(self.hub.endpoint, self.cache)
        return download(source, name, self.catalogue, hub, self.said.append)

    def refusal(self, source: str = NAME, name: str | None = None) -> ModelError:
        before = self.catalogue.entries()
        with pytest.raises(ModelError) as caught:
            self(source, name)
        assert self.catalogue.entries() == before
        return caught.value


@pytest.fixture
def downloading(hub: SmallHub, tmp_path: Path) -> Downloading:
    return Downloading(hub, tmp_path)


def test_a_model_comes_is_checked_told_and_can_be_loaded(downloading: Downloading) -> None:
    junk = {"unet/diffusion_pytorch_model.bin": b"\x80\x02", "whole.ckpt": b"PK", "a.png": b"p"}
    downloading.hub.repositories[NAME] |= junk

    entry = downloading()

    assert (entry.name, entry.family, entry.source) == ("small", "sd15", NAME)
    assert downloading.catalogue.get("small") == entry
    fetched = downloading.hub.fetched()
    assert not any(file in path for path in fetched for file in junk)
    assert len(fetched) == len(set(fetched))
    fractions = [one.done_bytes for one in downloading.said]
    assert fractions == sorted(fractions)
    last = downloading.said[-1]
    assert (last.state, last.model) == (DownloadState.DONE, "small")
    assert last.done_bytes == last.total_bytes > 0
    assert load(entry, open_device("cpu")).family.name == "sd15"


def test_the_second_time_nothing_is_fetched_and_a_damaged_file_is(
    downloading: Downloading,
) -> None:
    entry = downloading()
    downloading.hub.asked.clear()
    assert downloading() == entry
    assert not downloading.hub.fetched()

    damaged = Path(entry.location, UNET).resolve()
    content = damaged.read_bytes()
    damaged.write_bytes(bytes(len(content)))
    downloading()
    assert downloading.hub.fetched() == [f"{NAME}/resolve/{Path(entry.location).name}/{UNET}"]
    assert damaged.read_bytes() == content
    assert downloading.said[-1].done_bytes == downloading.said[-1].total_bytes


def test_a_connection_that_breaks_off_is_made_again_and_goes_on(downloading: Downloading) -> None:
    downloading.hub.cut_after[UNET] = PIECE_BYTES + 5000
    downloading()
    ranges = [wanted for _, path, wanted in downloading.hub.asked if path.endswith(UNET) and wanted]
    assert ranges == [f"bytes={PIECE_BYTES}-"]


def test_what_is_not_what_the_hub_says_is_thrown_away(downloading: Downloading) -> None:
    told = downloading.hub.repositories[NAME][UNET]
    downloading.hub.lied[UNET] = bytes(len(told))
    error = downloading.refusal()
    assert "its checksum differs" in str(error)
    assert UNET in str(error)
    downloading.hub.lied.clear()
    downloading()  # nothing of the lie was kept


def test_what_has_only_pickles_is_refused_before_anything_comes(downloading: Downloading) -> None:
    files = downloading.hub.repositories[NAME]
    files["unet/diffusion_pytorch_model.bin"] = files.pop(UNET)
    assert "pickled" in str(downloading.refusal())
    assert not downloading.hub.fetched()


@pytest.mark.parametrize(
    ("source", "code", "sentence"),
    [
        ("nobody/nothing", ErrorCode.UNKNOWN_MODEL, "The Hub has no model nobody/nothing"),
        (f"{NAME}/other.safetensors", ErrorCode.MODEL_FAILED, "has no file other.safetensors"),
        ("just-a-name", ErrorCode.BAD_REQUEST, "write it as owner/name"),
    ],
)
def test_what_is_not_there_is_said(
    downloading: Downloading, source: str, code: ErrorCode, sentence: str
) -> None:
    error = downloading.refusal(source)
    assert error.code is code
    assert sentence in str(error)


def test_what_is_given_to_some_only_says_how_to_become_one(downloading: Downloading) -> None:
    downloading.hub.gated.add(NAME)
    said = str(downloading.refusal())
    assert "accept them at" in said
    assert f"{downloading.hub.endpoint}/{NAME}" in said
    assert "hf auth login" in said


def test_a_hub_that_fails_or_is_out_of_reach_is_said_so(downloading: Downloading) -> None:
    downloading.hub.broken = True
    assert "(500)" in str(downloading.refusal())
    downloading.hub.endpoint = "http://127.0.0.1:1"
    assert "could not be made" in str(downloading.refusal())


def test_what_does_not_fit_on_the_disk_is_not_begun(downloading: Downloading) -> None:
    downloading.hub.claimed_bytes[UNET] = 10**16
    error = downloading.refusal()
    assert error.code is ErrorCode.DISK_FULL
    assert "needs 10,000,000.1 GB on disk" in str(error)
    assert not any(path.endswith(UNET) for path in downloading.hub.fetched())


def test_an_id_that_has_moved_comes_from_its_home_with_a_word(downloading: Downloading) -> None:
    home = "stable-diffusion-v1-5/stable-diffusion-v1-5"
    downloading.hub.repositories[home] = downloading.hub.repositories.pop(NAME)
    entry = downloading("runwayml/stable-diffusion-v1-5")
    assert entry.source == home
    assert downloading.said[-1].sentence == f"runwayml/stable-diffusion-v1-5 has moved to {home}."


def test_a_name_that_is_taken_is_refused_before_anything_comes(downloading: Downloading) -> None:
    assert "There is a model “miniature” already" in str(downloading.refusal(name="miniature"))
    assert not downloading.hub.asked


def test_what_was_recorded_by_its_id_becomes_the_downloaded(downloading: Downloading) -> None:
    downloading.catalogue.add(NAME)
    downloading()
    assert downloading.catalogue.get("small").origin == "folder"
    assert len([e for e in downloading.catalogue.entries() if e.name == "small"]) == 1


def test_one_file_of_a_repository_is_a_lora_by_its_own_name(
    downloading: Downloading, tmp_path: Path
) -> None:
    file = lora(tmp_path / "style.safetensors", kohya=True)
    files = {"loras/style.safetensors": file.read_bytes(), "loras/other.safetensors": b"x" * 3000}
    downloading.hub.repositories["painter/styles"] = files
    entry = downloading("painter/styles/loras/style.safetensors")
    assert (entry.name, entry.family) == ("style", "lora")
    assert Path(entry.location).name == "style.safetensors"


def test_a_pipeline_that_needs_another_beside_it_brings_it(
    downloading: Downloading, tmp_path: Path
) -> None:
    decoder = published.write(tmp_path, "kandinsky-2-2-decoder")
    card = "---\nlicense: apache-2.0\nprior:\n- painter/kandinsky-2-2-prior\ntags:\n- art\n---\n"
    (decoder / "README.md").write_text(card)
    for folder in (decoder, tmp_path / "kandinsky-2-2-prior"):
        downloading.hub.add_folder(f"painter/{folder.name}", folder)
    entry = downloading("painter/kandinsky-2-2-decoder")
    assert (entry.family, entry.licence) == ("kandinsky22", "apache-2.0")
    assert any("kandinsky-2-2-prior" in path for path in downloading.hub.fetched())


def test_a_download_that_was_killed_goes_on_where_it_was(hub: SmallHub, tmp_path: Path) -> None:
    """As a process, as the command line and the front run it."""
    hub.slow.add(UNET)
    command = [sys.executable, "-m", "scumble_daemon", "models", "download", NAME]
    environment = {
        **os.environ,
        HOME_VARIABLE: str(tmp_path / "home"),
        "HF_HOME": str(tmp_path / "hf"),
        "HF_ENDPOINT": hub.endpoint,
    }
    here = len(hub.repositories[NAME][UNET]) // 2 // PIECE_BYTES * PIECE_BYTES
    first = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    try:
        _wait_for_part(tmp_path / "hf", here)
    finally:
        first.send_signal(signal.SIGKILL)
        first.communicate()
    hub.slow.clear()
    hub.asked.clear()

    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, timeout=120)

    last = msgspec.json.decode(done.stdout.splitlines()[-1], type=DownloadStatus)
    assert last.state is DownloadState.DONE
    fetched = [(method, wanted) for method, path, wanted in hub.asked if path.endswith(UNET)]
    assert ("GET", f"bytes={here}-") in fetched


def _wait_for_part(folder: Path, size_bytes: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if any(part.stat().st_size >= size_bytes for part in folder.rglob("*.scumble-part")):
            return
        time.sleep(0.05)
    raise AssertionError("nothing came")
