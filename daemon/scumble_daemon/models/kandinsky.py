"""Kandinsky 2.2 as it is published: a decoder in one folder, its prior in another beside it."""

from collections.abc import Iterator
from pathlib import Path

from scumble_daemon.models.configs import component_shapes, read_config
from scumble_daemon.models.errors import ModelFileError

_PRIOR_CLASS = "KandinskyV22PriorPipeline"
_PRIOR_PARTS = ("prior", "text_encoder", "image_encoder")


def is_alone(class_name: str) -> bool:
    """Tell whether a pipeline's class is that of a decoder, which paints nothing by itself."""
    return class_name.startswith("KandinskyV22") and "Combined" not in class_name


def _indexes(decoder: Path) -> Iterator[Path]:
    yield from sorted(decoder.parent.glob("*/model_index.json"))
    if decoder.parent.name == "snapshots":
        yield from sorted(decoder.parents[2].glob("models--*/snapshots/*/model_index.json"))


def prior_beside(decoder: Path) -> Path:
    """Return the folder of a prior that lies beside a decoder's, or in the same cache of the hub.

    Raises ModelFileError where there is none or it is broken, PickledModelError where pickled.
    """
    for index in _indexes(decoder):
        if read_config(index).get("_class_name") == _PRIOR_CLASS:
            for part in _PRIOR_PARTS:
                component_shapes(index.parent, part)
            return index.parent
    raise ModelFileError(
        f"{decoder.name} is the decoder of Kandinsky 2.2, which paints only with its prior. "
        "Nothing was added; put the folder of kandinsky-2-2-prior beside it."
    )
