"""A job as it lies in a file: read, its pictures found again, made into an errand.

A recipe names its pictures by content. They are looked for in the document that holds the recipe
(what lies below the layer, and the selection) and among the files that are given; what is found
nowhere may still be held by the daemon. A job written by hand may name files instead.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from scumble_cli.errand import Errand
from scumble_cli.failures import BadUseError, readable
from scumble_cli.outputs import chosen_outputs
from scumble_cli.pictures import open_document, open_grey, seen
from scumble_editor.document.document import Document
from scumble_editor.document.layer import Layer, Node
from scumble_protocol.aio import new_id
from scumble_protocol.images import Image, Pictures
from scumble_protocol.jobs import Job

COLOURED_FIELDS = frozenset({"image"})
GREY_FIELDS = frozenset({"selection", "depth_map"})
"""The fields of tasks that name pictures, and may name files in a job written by hand."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """What a recipe was found in: its text, and a document where there is one."""

    text: str
    document: Document | None
    folder: Path  # file names in the recipe start here


def rerunning(
    file: Path,
    layer: str | None,
    given: Sequence[Path],
    seed: int | None,
    outputs: list[Path] | None,
    *,
    force: bool,
    usual_task: str | None = None,
) -> Errand:
    """Return the errand of `scumble run`. Raises BadUseError where something cannot be.

    usual_task: what a file is taken for that holds a task without its name.
    """
    chosen = chosen_outputs(outputs, file.with_name(f"{file.stem}-run.ora"), force=force)
    source = _source(file, layer)
    pictures = Pictures()
    documents = [*([source.document] if source.document else []), *map(open_document, given)]
    for document in documents:
        _offer(document, pictures)
    for path in given:
        pictures.add(open_grey(path))
    raw = _raw(source.text, file, usual_task)
    named: list[Document] = []
    _name_pictures(raw["task"], source.folder, pictures, named)
    if seed is not None:
        raw["task"]["seed"] = seed
    raw["task"].setdefault("seed", secrets.randbelow(2**32))
    raw["id"] = new_id()
    try:
        job = msgspec.convert(raw, Job)
    except msgspec.ValidationError as error:
        raise BadUseError(f"“{file}” holds no job: {error}. Nothing was painted.") from error
    return Errand(
        task=job.task,
        model=job.model,
        outputs=chosen,
        pictures=pictures,
        document=source.document or _canvas(job, [*named, *documents]),
        picture=file if source.document else None,
        selection=_selection(job, pictures),
    )


def _source(file: Path, layer: str | None) -> Source:
    if file.suffix.lower() != ".ora":
        try:
            return Source(readable(file).read_text(encoding="utf-8"), None, file.parent)
        except (OSError, UnicodeDecodeError) as error:
            raise BadUseError(
                f"“{file}” holds no job: it is no text. Nothing was painted; name a job as JSON, "
                "or an .ora file with a recipe."
            ) from error
    document = open_document(file)
    for number, node in reversed(list(enumerate(document.layers))):
        if _has_recipe(node) and layer in (None, node.name):
            assert isinstance(node, Layer)
            below = replace(document, layers=document.layers[:number], active_id=None)
            return Source(node.recipe or "", below, file.parent)
    where = f"no layer “{layer}” with" if layer else "no layer with"
    raise BadUseError(f"In “{file}” there is {where} a recipe. Nothing was painted.")


def _has_recipe(node: Node) -> bool:
    return isinstance(node, Layer) and node.recipe is not None


def _raw(text: str, file: Path, usual_task: str | None) -> dict[str, Any]:
    try:
        raw = msgspec.json.decode(text.encode(), type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise BadUseError(f"“{file}” is no JSON: {error}. Nothing was painted.") from error
    if usual_task is not None:
        raw.setdefault("task", usual_task)
    if isinstance(raw.get("task"), str):  # the task alone
        model = {"model": raw.pop("model")} if "model" in raw else {}
        raw = {"task": raw} | model
    if not isinstance(raw.get("task"), dict):
        raise BadUseError(f"“{file}” holds no job: it has no task. Nothing was painted.")
    return raw


def _offer(document: Document, pictures: Pictures) -> None:
    """Add what a document can give: what it shows, and its selection."""
    seen(document, pictures)
    if document.selection is not None:
        pictures.add(document.selection.read(document.size.bounds))


def _name_pictures(value: Any, folder: Path, pictures: Pictures, documents: list[Document]) -> None:
    """Put descriptions of pictures where a job names files; note the documents of coloured ones."""
    if isinstance(value, list):
        for one in value:
            _name_pictures(one, folder, pictures, documents)
    if not isinstance(value, dict):
        return
    for name, field in value.items():
        if isinstance(field, str) and name in COLOURED_FIELDS:
            documents.append(open_document(folder / field))
            value[name] = msgspec.to_builtins(seen(documents[-1], pictures))
        elif isinstance(field, str) and name in GREY_FIELDS:
            value[name] = msgspec.to_builtins(pictures.add(open_grey(folder / field)))
        else:
            _name_pictures(field, folder, pictures, documents)


def _canvas(job: Job, documents: Sequence[Document]) -> Document | None:
    """Return the document that shows what the job paints on."""
    image: Image | None = getattr(job.task, "image", None)
    if image is None:
        return None
    return next(_showing(image, documents), None)


def _showing(image: Image, documents: Sequence[Document]) -> Iterator[Document]:
    return (document for document in documents if seen(document, Pictures()) == image)


def _selection(job: Job, pictures: Pictures) -> Any:
    selection: Image | None = getattr(job.task, "selection", None)
    known = selection is not None and selection.hash in pictures
    return pictures[selection.hash] if selection is not None and known else None
