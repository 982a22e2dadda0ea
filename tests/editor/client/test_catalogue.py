"""The catalogue changed from the editor: a real model added and taken out, downloads followed."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from helpers.small_models import folder
from scumble_editor.client.catalogue import Catalogue, CatalogueError, add_model, remove_model
from scumble_editor.client.connection import Link
from scumble_protocol import messages as m
from scumble_protocol.errors import ErrorCode

from .conftest import Serve

PATIENCE_MS = 30_000


def test_a_folder_is_added_and_taken_out_again_and_its_files_stay() -> None:
    where = folder("sd15")
    name = add_model(where)
    assert name
    with pytest.raises(CatalogueError, match=name):
        add_model(where)
    remove_model(name)
    assert (where / "model_index.json").is_file()
    with pytest.raises(CatalogueError, match=name):
        remove_model(name)


def test_what_is_no_model_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as refused:
        add_model(tmp_path / "nothing")
    assert str(refused.value).endswith(".")
    assert "Traceback" not in str(refused.value)


def test_a_download_is_followed_to_its_end_and_one_under_way_is_taken_up(
    link: Link, serve: Serve, qtbot: QtBot
) -> None:
    fetching, done = m.DownloadState.FETCHING, m.DownloadState.DONE

    def download(request: m.Download) -> list[m.Downloading]:
        half = m.DownloadStatus(source=request.source, state=fetching, done_bytes=5, total_bytes=10)
        end = m.DownloadStatus(source=request.source, state=done, model="fetched")
        return [m.Downloading(request=request.request, download=each) for each in (half, end)]

    def under_way(request: m.Downloads) -> list[m.DownloadList]:
        other = m.DownloadStatus(source="some/other", state=fetching)
        return [m.DownloadList(request=request.request, downloads=(other,))]

    def worth_having(request: m.Recommended) -> list[m.RecommendationList]:
        return [m.RecommendationList(request=request.request, models=())]

    serve({m.Download: download, m.Downloads: under_way, m.Recommended: worth_having})
    catalogue = Catalogue(link)
    said: list[m.DownloadStatus] = []
    installed: list[str] = []
    catalogue.download_changed.connect(said.append)
    catalogue.installed.connect(lambda status: installed.append(status.source))
    catalogue.download("some/model")
    qtbot.waitUntil(lambda: installed == ["some/model"], timeout=PATIENCE_MS)
    assert [status.state for status in said] == [m.DownloadState.ASKING, fetching, done]
    assert said[1].done_bytes == 5
    catalogue.refresh()
    qtbot.waitUntil(lambda: "some/other" in installed, timeout=PATIENCE_MS)


def test_a_refused_download_says_why(link: Link, serve: Serve, qtbot: QtBot) -> None:
    def refuse(request: m.Download) -> list[m.Error]:
        sentence = "It is taken from the daemon's own machine alone. Nothing was fetched."
        return [m.Error(request=request.request, code=ErrorCode.BAD_REQUEST, sentence=sentence)]

    serve({m.Download: refuse})
    catalogue = Catalogue(link)
    catalogue.download("some/model")
    qtbot.waitUntil(
        lambda: catalogue.downloads["some/model"].state is m.DownloadState.FAILED,
        timeout=PATIENCE_MS,
    )
    assert "own machine" in catalogue.downloads["some/model"].sentence
