"""GIMP, Krita and the command line at once on one daemon: each gets its own."""

import numpy as np

from hosts.gimp_runs import VALUES, Gimp
from hosts.krita_runs import Krita
from hosts.stage import Stage
from scumble_editor.files import openraster

EVERYBODY = {"gimp": "a red heart", "krita": "a blue star", "cli": "a green leaf"}


def test_three_programs_share_a_daemon_and_none_gets_what_is_anothers(stage: Stage) -> None:
    gimp = Gimp(stage, stage.scratch / "together-gimp")
    krita = Krita(stage, stage.scratch / "together-krita")
    picture = gimp.folder / "in.png"
    painted = gimp.folder / "cli.ora"
    values = {**VALUES, "steps": 20}
    command: list[object] = [
        stage.python,
        "-m",
        "scumble_cli",
        "inpaint",
        picture,
        "--select",
        "60,50,80,70",
    ]
    command += ["--prompt", EVERYBODY["cli"], "--model", "tiny", "--steps", 20, "--seed", 7]
    command += ["--output", painted]
    runs = {
        "gimp": gimp.start("inpaint", {**values, "prompt": EVERYBODY["gimp"]}),
        "krita": krita.start("inpaint", {**values, "prompt": EVERYBODY["krita"]}),
        "cli": stage.start([str(word) for word in command]),
    }
    said, _ = runs["cli"].communicate(timeout=600)
    assert runs["cli"].returncode == 0, said
    in_gimp = gimp.finish(runs["gimp"], timeout_s=600)
    in_krita = krita.finish(runs["krita"], timeout_s=600)
    names = {
        "gimp": [layer["name"] for layer in in_gimp.report["after"]["layers"]],
        "krita": in_krita.names("after"),
        "cli": [layer.name for layer in openraster.read(painted).document.layers],
    }
    for host, words in EVERYBODY.items():
        mine = [name for name in names[host] if words in name]
        assert len(mine) == 1, names
        others = [w for h, w in EVERYBODY.items() if h != host]
        assert not [name for name in names[host] if any(w in name for w in others)], names
    changed = (in_gimp.composite("before") != in_gimp.composite("after")).any(axis=2)
    assert np.count_nonzero(changed) > 0
