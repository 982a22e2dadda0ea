"""The table of tasks, families and options in the daemon's page is what the code can do."""

import runpy
from pathlib import Path
from typing import Any

from scumble_daemon.models.families import DIFFEDIT_TASKS, FAMILIES, GUIDED_FAMILIES
from scumble_daemon.tasks.abilities import OPTIONS, abilities
from scumble_protocol.jobs import Options

ROOT = Path(__file__).parents[3]


def test_the_table_in_the_page_is_true() -> None:
    script: dict[str, Any] = runpy.run_path(str(ROOT / "packaging" / "task_table.py"))
    page = (ROOT / "daemon" / "README.md").read_text(encoding="utf-8")
    assert script["filled"](page) == page, "run `python packaging/task_table.py`"
    assert "Stable Diffusion XL refiner" in page


def test_every_option_of_the_protocol_is_in_it() -> None:
    assert set(OPTIONS) == set(Options.__struct_fields__)


def test_it_says_what_pipelines_know() -> None:
    known = {(one.family, one.task): one.options for one in abilities()}
    assert known["sd15", "text2image"] == set(OPTIONS)
    assert "guidance_rescale" not in known["sd15", "inpaint"]
    assert "timesteps" not in known["sd2-depth", "depth2img"]
    assert "weighting" not in known["flux", "img2img"]
    assert {task for family, task in known if family == "sdxl"} == set(FAMILIES["sdxl"].tasks)
    guided = {family for (family, _), options in known.items() if "controls" in options}
    assert guided == GUIDED_FAMILIES
    assert {"controls", "references"} <= known["sd15", "upscale"]
    assert not known["upscaler", "upscale"]
    assert not {"controls", "references"} & known["sd2-depth", "depth2img"]
    assert "controls" in known["sd2", "inpaint"]
    assert "references" not in known["sd2", "inpaint"]
    assert not {"controls", "references"} & known["sdxl-refiner", "img2img"]
    assert all("eta" not in known["sd15", task] for task in DIFFEDIT_TASKS)
