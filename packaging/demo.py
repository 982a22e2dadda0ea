"""`make demo`: paints into the sample photograph with the command line, and shows before and after.

python packaging/demo.py FOLDER [further options of `scumble inpaint`]
"""

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scumble_protocol.launch import running_daemon

SAMPLE = Path(__file__).parent / "sample" / "coffee.jpg"
SELECTION = ("--ellipse", "455,20,130,130", "--soft-edge", "10")
PROMPT = "a red heart on a wooden table"
SEED = "1"
GAP_PX = 8

SCUMBLE = (sys.executable, "-m", "scumble_cli")


def main() -> int:
    """Run the demo into the folder that the command line names; return the exit code."""
    signal.signal(signal.SIGINT, lambda *_: None)  # it reaches `scumble` too, which cancels the job
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    daemon_was_there = running_daemon() is not None
    try:
        return show(folder, sys.argv[2:])
    finally:
        if not daemon_was_there and running_daemon() is not None:
            subprocess.run([*SCUMBLE, "daemon", "stop"], check=False, stdout=subprocess.DEVNULL)


def show(folder: Path, further: list[str]) -> int:
    """Paint, lay before and after side by side, and say what was written."""
    layered, flat = folder / "result.ora", folder / "result.png"
    asked = ["inpaint", str(SAMPLE), *SELECTION, "--prompt", PROMPT, "--seed", SEED, *further]
    where = ["-o", str(layered), "-o", str(flat), "--force", "--json"]
    print(f"Painting “{PROMPT}” into {SAMPLE.name}.")
    painting = subprocess.run([*SCUMBLE, *asked, *where], stdout=subprocess.PIPE, check=False)
    if painting.returncode != 0:
        return painting.returncode
    outcome = json.loads(painting.stdout)
    compared = folder / "before-after.png"
    side_by_side(SAMPLE, flat).save(compared)
    print(f"Wrote {layered}, {flat} and {compared}.")
    print(f"{outcome['changed_outside_mask']} pixels changed outside the mask.")
    return 0


def side_by_side(before: Path, after: Path) -> Image.Image:
    """Return two pictures of one height beside each other, a white gap between them."""
    left, right = pixels_of(before), pixels_of(after)
    gap = np.full((left.shape[0], GAP_PX, 3), 255, np.uint8)
    return Image.fromarray(np.hstack([left, gap, right]))


def pixels_of(picture: Path) -> NDArray[np.uint8]:
    """Return a picture as uint8 [H, W, 3]."""
    with Image.open(picture) as image:
        return np.asarray(image.convert("RGB"))


if __name__ == "__main__":
    sys.exit(main())
