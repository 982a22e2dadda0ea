"""The bundled model's forms: parts that one task alone needs, over weights shared by all."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from diffusers import UNet2DConditionModel
from safetensors import safe_open

from scumble_daemon.miniature import forms
from scumble_daemon.models.companions import depth_estimator, image_processor
from scumble_daemon.models.errors import ModelFileError
from scumble_daemon.models.families import DEPTH2IMG, INPAINT, Family

GUIDANCE = 4.0
"""What its card says suits it; the family's own roughens its edges."""
INPAINT_GUIDANCE = 2.5
"""In selections; with more it lays a grey haze around what it paints."""
_FORMS: dict[str, forms.Form] = {INPAINT: "inpaint", DEPTH2IMG: "depth"}
"""The forms that tasks need; all others need its text form."""


def as_bundled(family: Family) -> Family:
    """Return the facts of the bundled model's family with what differs in its own."""
    return replace(
        family,
        title="Miniature",
        guidance_scale=GUIDANCE,
        inpaint_guidance_scale=INPAINT_GUIDANCE,
    )


def parts_for(base: Any, task: str) -> dict[str, Any]:
    """Return the parts that a task needs in the place of those of the text form, `base`."""
    form = _FORMS.get(task)
    if form is None:
        return {}
    folder = forms.folder(form)
    parts = {"unet": _other_unet(base.unet, folder / "unet")}
    if form == "depth":
        estimator = depth_estimator(folder / "depth_estimator", base.unet.dtype)
        parts["depth_estimator"] = estimator.to(base.unet.device)
        parts["feature_extractor"] = image_processor(folder / "feature_extractor")
    return parts


def _other_unet(chief: Any, folder: Path) -> Any:
    """Return a UNet that differs from the chief one in the first layer.

    All else is the same weights in the same memory.
    """
    with torch.device("meta"):
        cls: Any = UNet2DConditionModel
        unet = cls.from_config(cls.load_config(folder))
    state = chief.state_dict()
    first = _tensor(folder, "conv_in.weight")
    state |= {name: tensor.to(state[name]) for name, tensor in first.items()}
    unet.load_state_dict(state, assign=True)
    return unet.eval()


def _tensor(folder: Path, name: str) -> dict[str, torch.Tensor]:
    """Return one named tensor of a component's .safetensors files."""
    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(file, framework="pt") as opened:
            names = opened.keys()
            if name in names:
                return {name: opened.get_tensor(name)}
    raise ModelFileError(f"{folder.name} lacks its weights {name}. Install Scumble again.")
