"""A Krita without Krita for every test here."""

import os
import sys
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from helpers import mock_krita
from helpers.fake_bridge import FakeBridge

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.modules.setdefault("krita", mock_krita)

from scumble_host.commands import COMMANDS  # noqa: E402 - after the mock is in place
from scumble_host.record import Record  # noqa: E402
from scumble_krita import engine as engines  # noqa: E402


@pytest.fixture
def krita(qtbot: QtBot) -> Iterator[mock_krita.Krita]:  # noqa: ARG001 - Qt must be there
    yield mock_krita.start()
    mock_krita.Krita._instance = None


@pytest.fixture
def engine(krita: mock_krita.Krita, monkeypatch: pytest.MonkeyPatch) -> engines.Engine:  # noqa: ARG001
    monkeypatch.setattr(engines, "Bridge", FakeBridge)
    tasks = tuple({command.task for command in COMMANDS})
    return engines.Engine(Record(("bridge",), tasks, "0.1.0"))
