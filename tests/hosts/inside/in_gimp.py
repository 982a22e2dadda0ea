"""Runs inside gimp-console: one scenario, named by SCENARIO, over files in OUT; says what it saw.

GIMP's batch interpreter executes this file, so what a test wants to know is written to report.json
and to raw files beside it.
"""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gi.repository import Gegl, Gimp, Gio

OUT = Path(os.environ["OUT"])
CALL = json.loads(os.environ.get("CALL", "{}"))  # values for the procedure
SELECTION = (60, 50, 80, 70)  # x, y, width, height

REPORT: dict[str, Any] = {}


def main() -> None:
    """Do the scenario and write down what came of it."""
    scenario: Callable[[], None] = globals()[os.environ["SCENARIO"]]
    scenario()
    (OUT / "report.json").write_text(json.dumps(REPORT))


def opened(name: str) -> "Gimp.Image":
    """Open a picture of the test's."""
    return Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(str(OUT / name)))


def saved(image: "Gimp.Image", name: str) -> None:
    """Save an image as GIMP does."""
    file = Gio.File.new_for_path(str(OUT / name))
    assert Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, file, None)


def call(image: "Gimp.Image", command: str, **values: Any) -> None:
    """Call a procedure as a script does; its status and sentence go into the report."""
    procedure = Gimp.get_pdb().lookup_procedure(f"scumble-{command}")
    config = procedure.create_config()
    config.set_property("run-mode", values.pop("run_mode", Gimp.RunMode.NONINTERACTIVE))
    config.set_property("image", image)
    config.set_core_object_array("drawables", image.get_layers()[:1])
    known = {spec.get_name() for spec in procedure.get_arguments()}
    for name, value in {**CALL, **values}.items():
        if name in known:
            config.set_property(name, value)
    result = procedure.run(config)
    REPORT["status"] = result.index(0).value_nick
    REPORT["sentence"] = Gimp.get_pdb().get_last_error()


def look(image: "Gimp.Image", name: str) -> None:
    """Put an image's layers into the report, and its pixels as a screen shows them into files."""
    REPORT[name] = {
        "size": [image.get_width(), image.get_height()],
        "precision": image.get_precision().value_nick,
        "layers": [_layer(layer) for layer in image.get_layers()],
        "dirty": image.is_dirty(),
    }
    seen = Gimp.Layer.new_from_visible(image, image, "seen")
    (OUT / f"{name}.seen").write_bytes(pixels(seen, "R'G'B'A u8"))
    seen.delete()


def _layer(layer: "Gimp.Layer") -> dict[str, Any]:
    mask = layer.get_mask()
    _, x, y = layer.get_offsets()
    if mask is not None:
        (OUT / f"{layer.get_name()}.mask").write_bytes(pixels(mask, "Y u8"))
    if not layer.is_group():
        (OUT / f"{layer.get_name()}.pixels").write_bytes(pixels(layer, "R'G'B'A u8"))
    parasite = layer.get_parasite("scumble-recipe")
    return {
        "name": layer.get_name(),
        "bounds": [x, y, layer.get_width(), layer.get_height()],
        "visible": layer.get_visible(),
        "mask": mask is not None,
        "recipe": bytes(parasite.get_data()).decode() if parasite else None,
        "children": [_layer(child) for child in layer.get_children()] if layer.is_group() else [],
    }


def pixels(drawable: "Gimp.Drawable", form: str) -> bytes:
    """Return a drawable's pixels."""
    whole = Gegl.Rectangle.new(0, 0, drawable.get_width(), drawable.get_height())
    raw: bytes = drawable.get_buffer().get(whole, 1.0, form, Gegl.AbyssPolicy.NONE)
    return raw


def select(image: "Gimp.Image") -> None:
    """Select a soft ellipse."""
    image.select_ellipse(Gimp.ChannelOps.REPLACE, *SELECTION)
    Gimp.Selection.feather(image, 6)
    (OUT / "selection").write_bytes(pixels(image.get_selection(), "Y u8"))


def list_procedures() -> None:
    """Which procedures there are, and what they take."""
    pdb = Gimp.get_pdb()
    for name in pdb.query_procedures("scumble-.*", *[""] * 7):
        procedure = pdb.lookup_procedure(name)
        REPORT[name] = {
            "arguments": [spec.get_name() for spec in procedure.get_arguments()],
            "menus": procedure.get_menu_paths(),
            "label": procedure.get_menu_label(),
        }


def inpaint() -> None:
    """Paint into a soft selection and save."""
    image = opened("in.png")
    select(image)
    look(image, "before")
    call(image, "inpaint")
    look(image, "after")
    saved(image, "after.xcf")
    saved(image, "after.ora")
    saved(image, "after.png")


def inpaint_in_group() -> None:
    """Paint while a layer inside a group is selected."""
    image = opened("in.png")
    group = Gimp.GroupLayer.new(image, "drawing")
    image.insert_layer(group, None, 0)
    inner = Gimp.Layer.new(
        image, "inner", 240, 160, Gimp.ImageType.RGBA_IMAGE, 100.0, Gimp.LayerMode.NORMAL
    )
    image.insert_layer(inner, group, 0)
    image.set_selected_layers([inner])
    select(image)
    call(image, "inpaint")
    look(image, "after")


def refine() -> None:
    """Paint over the whole picture."""
    image = opened("in.png")
    call(image, "refine")
    look(image, "after")


def generate() -> None:
    """Paint from nothing."""
    image = opened("in.png")
    call(image, "generate")
    look(image, "after")


def expand() -> None:
    """Make the canvas larger."""
    image = opened("in.png")
    look(image, "before")
    call(image, "expand-canvas", left=32, bottom=16)
    look(image, "after")


def upscale() -> None:
    """Make the image larger."""
    image = opened("in.png")
    call(image, "upscale")
    look(image, "after")


def without_words() -> None:
    """Ask for a picture of nothing, for paint of nothing, and for what the model never learnt."""
    image = opened("in.png")
    select(image)
    look(image, "before")
    call(image, "generate", prompt="")
    REPORT["refused"] = [REPORT["status"], REPORT["sentence"]]
    call(image, "inpaint", prompt="")
    call(image, "inpaint", prompt="a red zeppelin")
    look(image, "after")


def nothing_selected() -> None:
    """Inpaint without a selection."""
    image = opened("in.png")
    look(image, "before")
    call(image, "inpaint")
    look(image, "after")


def grey() -> None:
    """Paint in a grey image."""
    image = opened("in.png")
    image.convert_grayscale()
    select(image)
    look(image, "before")
    call(image, "inpaint")
    look(image, "after")
    saved(image, "after.xcf")


def deep() -> None:
    """Paint in an image of 16 bits with a profile that is not sRGB."""
    image = opened("in.png")
    image.convert_precision(Gimp.Precision.U16_NON_LINEAR)
    image.convert_color_profile(
        Gimp.ColorProfile.new_rgb_adobe(), Gimp.ColorRenderingIntent.RELATIVE_COLORIMETRIC, False
    )
    select(image)
    look(image, "before")
    call(image, "inpaint")
    look(image, "after")
    REPORT["profile"] = image.get_effective_color_profile().get_label()
    saved(image, "after.xcf")


def indexed() -> None:
    """Paint in an image with a palette."""
    image = opened("in.png")
    image.convert_indexed(
        Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE, 16, False, False, ""
    )
    select(image)
    call(image, "inpaint")
    look(image, "after")


def enormous() -> None:
    """Paint in an image larger than the daemon takes."""
    image = Gimp.Image.new(17000, 40, Gimp.ImageBaseType.RGB)
    layer = Gimp.Layer.new(
        image, "wide", 17000, 40, Gimp.ImageType.RGB_IMAGE, 100.0, Gimp.LayerMode.NORMAL
    )
    image.insert_layer(layer, None, 0)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 10, 10, 20, 20)
    call(image, "inpaint")
    REPORT["layers"] = [each.get_name() for each in image.get_layers()]


def depth() -> None:
    """Estimate the depth, hide the layer and paint by it."""
    image = opened("in.png")
    call(image, "estimate-depth")
    look(image, "estimated")
    layer = image.get_layers()[0]
    layer.set_visible(False)
    image.set_selected_layers([layer])
    call(image, "depth", **{"depth-layer": True})
    look(image, "after")


def by_words() -> None:
    """Select by two descriptions, then change one into the other."""
    image = opened("in.png")
    words = {"source-prompt": "a blue circle", "prompt": "a red heart"}
    call(image, "diffedit-select", **words)
    REPORT["selected"] = REPORT["status"]
    (OUT / "selection").write_bytes(pixels(image.get_selection(), "Y u8"))
    look(image, "before")
    call(image, "diffedit", **words)
    look(image, "after")


def window() -> None:
    """Fill the dialog by keyboard, paint, undo and redo in the image's window."""
    image = opened("in.png")
    Gimp.Display.new(image)
    select(image)
    Gimp.displays_flush()
    look(image, "before")
    hands(
        "wait 'Scumble: Inpaint'; sleep 1; shoot dialog.png; "
        "xdotool key alt+p; xdotool type --delay 15 'a red heart'; sleep 0.3; "
        "shoot filled.png; xdotool key alt+o"
    )
    call(image, "inpaint", run_mode=Gimp.RunMode.INTERACTIVE)
    Gimp.displays_flush()
    look(image, "after")
    hands(
        "front; xdotool windowsize $(xdotool getactivewindow) 1500 950; sleep 2; shoot done.png; "
        "xdotool key ctrl+z; sleep 1"
    ).wait()
    look(image, "undone")
    hands("front; xdotool key ctrl+y; sleep 1").wait()
    look(image, "redone")
    CALL.clear()
    call(image, "inpaint", run_mode=Gimp.RunMode.WITH_LAST_VALS)
    look(image, "repeated")


def window_upscale() -> None:
    """Make the image larger by the dialog, and undo it once."""
    image = opened("in.png")
    Gimp.Display.new(image)
    Gimp.displays_flush()
    look(image, "before")
    hands("wait 'Scumble: Upscale'; sleep 1; shoot dialog.png; ok")
    call(image, "upscale", run_mode=Gimp.RunMode.INTERACTIVE)
    Gimp.displays_flush()
    look(image, "after")
    hands("front; sleep 1; shoot done.png; xdotool key ctrl+z; sleep 1").wait()
    look(image, "undone")


def window_cancel() -> None:
    """Click Cancel in GIMP's bar while a job runs."""
    image = opened("in.png")
    Gimp.Display.new(image)
    select(image)
    Gimp.displays_flush()
    look(image, "before")
    hands(
        "wait 'Scumble: Inpaint'; sleep 1; ok; "
        f"while [ ! -e {OUT}/running ]; do sleep 0.1; done; sleep 2; "
        "shoot progress.png; front; "
        "eval $(xdotool getwindowgeometry --shell $(xdotool getactivewindow)); "
        "xdotool mousemove --window $WINDOW $((WIDTH - 281)) $((HEIGHT - 20)) click 1; "
        "sleep 3; shoot cancelled.png"
    )
    call(image, "inpaint", run_mode=Gimp.RunMode.INTERACTIVE)
    look(image, "after")


def hands(doing: str) -> "subprocess.Popen[bytes]":
    """Do something with keyboard and screen, beside what GIMP does."""
    words = (
        'wait() { for n in $(seq 300); do w=$(xdotool search --onlyvisible --name "$1" '
        '2>/dev/null | head -1); [ -n "$w" ] && break; sleep 0.2; done; '
        "xdotool windowactivate --sync $w; }; "
        "ok() { eval $(xdotool getwindowgeometry --shell $w); "
        "xdotool mousemove --window $w $((WIDTH - 68)) $((HEIGHT - 46)) click 1; }; "
        f"shoot() {{ import -window root {OUT}/$1; }}; "
        "front() { xdotool windowactivate --sync $(xdotool search --onlyvisible "
        "--name 'GIMP$' | tail -1); }; "
    )
    return subprocess.Popen(["sh", "-c", words + doing])


def reread() -> None:
    """Open what another run saved."""
    image = opened("after.xcf")
    look(image, "reread")


main()
