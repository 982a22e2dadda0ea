"""The front's process never loads what computes; checked in a process of its own."""

import subprocess
import sys

from helpers.homes import Home, client
from scumble_protocol.images import Pictures
from scumble_protocol.jobs import TextToImage

HEAVY = {"torch", "diffusers", "transformers", "cv2", "PIL", "scipy", "safetensors"}

SCRIPT = f"""
import sys
import scumble_daemon.front.server, scumble_daemon.front.logs
import scumble_daemon.models.catalog, scumble_daemon.models.schedulers
print(*sorted({HEAVY!r} & set(sys.modules)))
"""


def test_the_front_loads_neither_torch_nor_opencv() -> None:
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == []


def test_the_front_stays_small(front: Home) -> None:
    del front
    with client() as me:
        me.submit(TextToImage(seed=1, width=512, height=512), Pictures()).result()
        assert me.status().memory_bytes < 80e6
