"""Where training keeps its caches, checkpoints and logs, and where the shipped model lies."""

from __future__ import annotations

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
PHOTOGRAPHS = HERE / "photographs"
SHIPPED = HERE.parents[1] / "daemon" / "scumble_daemon" / "miniature"
JUDGE = HERE / "judge.safetensors"  # kept in the repository, so that the report needs no training


def cache() -> Path:
    """The folder of everything that training can make again; outlives one session's checkout."""
    folder = os.environ.get("SCUMBLE_MINIATURE_CACHE", "~/.cache/scumble-miniature")
    path = Path(folder).expanduser()
    path.mkdir(parents=True, exist_ok=True)
    return path
