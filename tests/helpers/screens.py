"""The editor's real window on a screen of its own, worked by mouse and keyboard events of X11."""

import contextlib
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from scumble_editor.document.formats import Pixels
from scumble_protocol.client import Client
from scumble_protocol.endpoint import HOME_VARIABLE
from scumble_protocol.errors import ScumbleError
from scumble_protocol.launch import running_daemon

PATIENCE_S = 60.0
PANEL_PX = 150  # strokes keep clear of the panel at the left

needs_a_screen = pytest.mark.skipif(
    shutil.which("Xvfb") is None or shutil.which("xdotool") is None,
    reason="packaging/linux/system-packages.sh installs Xvfb and xdotool",
)


class Screen:
    """One Xvfb, and the editor on it."""

    def __init__(self, home: Path) -> None:
        self._home = home
        home.mkdir(parents=True, exist_ok=True)
        size = ["-screen", "0", "1280x900x24", "-fbdir", str(home)]
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", "1", *size, "-nolisten", "tcp"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._server.stdout is not None
        number = self._server.stdout.readline().decode().strip()
        self.environment = {
            **os.environ,
            "DISPLAY": f":{number}",
            "QT_QPA_PLATFORM": "xcb",
            "SCUMBLE_HOME": str(home),
        }
        self.editor: subprocess.Popen[bytes] | None = None

    @property
    def journals(self) -> Path:
        return self._home / "data" / "journals"

    def start(self, *files: Path) -> None:
        self.editor = subprocess.Popen(
            [sys.executable, "-m", "scumble_editor", *map(str, files)], env=self.environment
        )
        title = files[0].name if files else "Scumble"
        self.window = self.xdo("search", "--sync", "--onlyvisible", "--name", title).split()[0]
        self.xdo("windowsize", "--sync", self.window, "1200", "850")
        self.xdo("windowmove", self.window, "0", "0")
        self.xdo("windowfocus", self.window)

    def xdo(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=True,
        )
        return done.stdout

    def key(self, *keys: str) -> None:
        for key in keys:
            self.xdo("key", "--clearmodifiers", key)

    def type(self, text: str) -> None:
        self.xdo("type", "--delay", "20", text)

    def look(self) -> Pixels:
        """Return what the screen shows now, uint8 [H, W, 3]; Xvfb keeps it as an XWD file."""
        raw = (self._home / "Xvfb_screen0").read_bytes()
        header = struct.unpack(">25I", raw[:100])
        width, height, line, colours = header[4], header[5], header[12], header[19]
        start = header[0] + colours * 12
        rows = np.frombuffer(raw, np.uint8, line * height, start).reshape(height, line)
        return rows[:, : width * 4].reshape(height, width, 4)[..., 2::-1].copy()

    def labels(self) -> list[str]:
        """Return the steps in the journal of the editor, seen in a copy: the journal is locked."""
        copies = self._home / "copies"
        shutil.rmtree(copies, ignore_errors=True)
        shutil.copytree(self.journals, copies)
        for path in copies.glob("*.scumble-journal"):
            try:
                with contextlib.closing(sqlite3.connect(path)) as journal:
                    steps = journal.execute("SELECT label FROM steps ORDER BY id")
                    return [row[0] for row in steps]
            except sqlite3.Error:
                return []
        return []

    def stroke(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        left = start[0] + PANEL_PX
        words = ["mousemove", str(left), str(start[1]), "mousedown", "1"]
        for step in range(1, 9):
            x = left + (end[0] - start[0]) * step // 8
            y = start[1] + (end[1] - start[1]) * step // 8
            words += ["mousemove", str(x), str(y)]
        self.xdo(*words, "mouseup", "1")

    def kill(self) -> None:
        if self.editor is not None:
            self.editor.kill()
            self.editor.wait()

    def stop(self) -> None:
        self.kill()
        self._end_daemon()
        self._server.terminate()
        self._server.wait()
        assert self._server.stdout is not None
        self._server.stdout.close()

    def _end_daemon(self) -> None:
        """End the daemon that the editor has started, if it has."""
        before = os.environ.get(HOME_VARIABLE)
        os.environ[HOME_VARIABLE] = str(self._home)
        try:
            where = running_daemon()
            if where is not None:
                with contextlib.suppress(ScumbleError), Client.connect(where) as client:
                    client.shutdown()
                until(lambda: running_daemon() is None, what="The end of the daemon")
        finally:
            if before is None:
                del os.environ[HOME_VARIABLE]
            else:
                os.environ[HOME_VARIABLE] = before


def until(true: Callable[[], bool], *, what: str, patience_s: float = PATIENCE_S) -> None:
    """Wait for something another process does."""
    end = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < end, f"{what} did not happen"
        time.sleep(0.05)
