"""The real front with the scripted worker behind it, as a process of its own to be killed."""

import sys
from collections.abc import Sequence
from pathlib import Path

from scumble_daemon.config import load_settings
from scumble_daemon.front.logs import start_log
from scumble_daemon.front.server import Household, serve
from scumble_daemon.models.catalog import Catalogue, Entry
from scumble_daemon.models.schedulers import SCHEDULERS
from scumble_protocol.endpoint import folders
from scumble_protocol.errors import ScumbleError

WORKER = Path(__file__).with_name("scripted_worker.py")


class OneModel(Catalogue):
    """A catalogue with one model that exists in name only."""

    def entries(self) -> tuple[Entry, ...]:
        return (
            Entry(
                name="miniature",
                family="sd15",
                tasks=("inpaint", "img2img", "text2image"),
                native_side=128,
                size_bytes=0,
                origin="bundled",
                location="",
            ),
        )


def main(command: Sequence[str] = (sys.executable, str(WORKER))) -> int:
    start_log(folders().log)
    try:
        serve(load_settings(), Household(OneModel(folders().data), frozenset(SCHEDULERS), command))
    except ScumbleError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
