"""The front's process never loads what computes; checked in a process of its own."""

import subprocess
import sys

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
