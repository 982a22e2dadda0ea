"""Which files of a repository on the Hub a model needs: safetensors once, in the smaller format."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scumble_daemon.models.errors import ModelFileError, PickledModelError
from scumble_daemon.models.ip_adapters import ENCODER_FOLDER
from scumble_daemon.models.weights import PICKLED_SUFFIXES

INDEX, CONFIG, CARD = "model_index.json", "config.json", "README.md"
HALF = "fp16"
_CHIEF_PARTS = ("unet", "transformer", "prior", "decoder")
_PLAIN_SUFFIXES = (".json", ".txt", ".model", ".jinja")
_WEIGHTS = re.compile(
    r"(?P<base>diffusion_pytorch_model|model)"
    r"(?:\.(?P<variant>\w+?))?(?:-\d{5}-of-\d{5})?(?:\.(?P<late>\w+))?\.safetensors"
    r"(?P<index>\.index(?:\.(?P<of>\w+))?\.json)?"
)
# Indexes of sharded weights are found as `model.safetensors.index.json` and, of a variant, as
# `model.safetensors.index.fp16.json` or `model.fp16.safetensors.index.json`.


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file of a repository."""

    path: str  # such as "unet/diffusion_pytorch_model.fp16.safetensors"
    size_bytes: int
    checksum: str  # SHA-256 of large files, git's SHA-1 of small ones


def needed_files(source: str, files: Sequence[HubFile]) -> tuple[HubFile, ...]:
    """Return the files of a repository that make a model, in the order of their paths.

    Of a pipeline in diffusers' layout: each component's configs and its safetensors, in half
    precision where the part that denoises has it. Of a model of its own, such as a ControlNet or a
    captioner: the same at the top. Of a repository with one .safetensors file: that file.

    Raises PickledModelError where a part has pickled weights alone, ModelFileError where nothing,
    or no single file, makes a model.
    """
    folders: dict[str, list[HubFile]] = defaultdict(list)
    for file in files:
        folders[file.path.rpartition("/")[0]].append(file)
    top = {file.path: file for file in folders[""]}
    card = [top[CARD]] if CARD in top else []
    if INDEX in top:
        return _in_order([top[INDEX], *card, *_of_pipeline(source, folders)])
    if CONFIG in top:
        return _in_order([*card, *_of_folder(source, folders[""], half=False)])
    return _in_order([*card, _only_file(source, folders[""])])


def named_files(source: str, path: str, files: Sequence[HubFile]) -> tuple[HubFile, ...]:
    """Return one file of a repository by its path, and the image encoder that lies beside it.

    Raises ModelFileError where it is not there, PickledModelError where it is pickled.
    """
    named = next((file for file in files if file.path == path), None)
    if named is None:
        raise ModelFileError(
            f"{source} has no file {path}. Nothing was downloaded. {_offer(source, files)}"
        )
    if _is_pickled(named):
        raise PickledModelError(f"{source}/{path}", "downloaded")
    beside = "/".join((*path.split("/")[:-1], ENCODER_FOLDER))
    encoder = [file for file in files if file.path.rpartition("/")[0] == beside]
    chosen = _of_folder(f"{source}/{beside}", encoder, half=False) if encoder else []
    return (named, *_in_order(chosen))


def _of_pipeline(source: str, folders: dict[str, list[HubFile]]) -> Iterable[HubFile]:
    parts = {name: files for name, files in folders.items() if name and "/" not in name}
    chiefs = [parts[name] for name in _CHIEF_PARTS if name in parts]
    half = any(_variant(file) == HALF for files in chiefs for file in files)
    for name, files in parts.items():
        if CONFIG in {_name(file) for file in files} or name.startswith(("scheduler", "tokenizer")):
            yield from _of_folder(f"{source}/{name}", files, half=half)
        elif name.startswith(("feature_extractor", "image_processor", "processor")):
            yield from _plain(files)


def _of_folder(where: str, files: Sequence[HubFile], *, half: bool) -> list[HubFile]:
    weights: dict[str | None, list[HubFile]] = defaultdict(list)
    for file in files:
        if _WEIGHTS.fullmatch(_name(file)):
            weights[_variant(file)].append(file)
    order = (HALF, None) if half else (None, HALF)
    chosen = next((weights[variant] for variant in order if weights[variant]), [])
    if not chosen and any(_is_pickled(file) for file in files):
        raise PickledModelError(where, "downloaded")
    return [*_plain(files), *chosen]


def _plain(files: Iterable[HubFile]) -> list[HubFile]:
    """Return configs, words and templates; no weights and no program code."""
    return [
        file
        for file in files
        if _name(file).endswith(_PLAIN_SUFFIXES) and ".index." not in _name(file)
    ]


def _only_file(source: str, files: Sequence[HubFile]) -> HubFile:
    found = [file for file in files if file.path.endswith(".safetensors")]
    if len(found) == 1:
        return found[0]
    if not found and any(_is_pickled(file) for file in files):
        raise PickledModelError(source, "downloaded")
    raise ModelFileError(
        f"{source} holds no whole model that can be told from its files. Nothing was downloaded. "
        f"{_offer(source, files)}"
    )


def _offer(source: str, files: Sequence[HubFile]) -> str:
    names = [file.path for file in files if file.path.endswith(".safetensors")]
    if not names:
        return "It has no .safetensors file."
    shown = ", ".join(f"{source}/{name}" for name in names[:5])
    return f"Name one of its files: {shown}{' …' if len(names) > 5 else ''}."


def _variant(file: HubFile) -> str | None:
    match = _WEIGHTS.fullmatch(_name(file))
    return None if match is None else match["variant"] or match["late"] or match["of"]


def _is_pickled(file: HubFile) -> bool:
    return any(file.path.endswith(suffix) for suffix in PICKLED_SUFFIXES)


def _name(file: HubFile) -> str:
    return file.path.rpartition("/")[2]


def _in_order(files: Iterable[HubFile]) -> tuple[HubFile, ...]:
    return tuple(sorted(set(files), key=lambda file: file.path))
