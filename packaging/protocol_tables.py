"""Writes the message tables of protocol/PROTOCOL.md from the code: run it after changing a message.

A field's meaning is the comment beside it in the code. `--check` only says whether the page is
true, by its exit status.
"""

import argparse
import inspect
import re
import sys
import typing
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import inspect as types

from scumble_daemon.models.schedulers import SCHEDULERS
from scumble_protocol import errors, images, jobs, messages

PAGE = Path(__file__).resolve().parent.parent / "protocol" / "PROTOCOL.md"
MARK = re.compile(r"(<!-- tables: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

NAMED_PATTERNS = {
    messages.HUB_PATTERN: "HubSource",
    "^[A-Za-z0-9_-]{1,64}$": "RequestId",
    "^[A-Za-z0-9_-]{8,64}$": "Id",
    "^[0-9a-f]{64}$": "Hash",
}

SECTIONS: dict[str, tuple[type, ...]] = {
    "requests": typing.get_args(messages.AnyRequest),
    "replies": typing.get_args(messages.AnyReply),
    "tasks": typing.get_args(jobs.AnyTask),
    "values": (
        images.Image,
        images.Attachment,
        jobs.Job,
        jobs.Region,
        jobs.Options,
        jobs.Lora,
        jobs.FreeU,
        jobs.Control,
        jobs.Reference,
        jobs.Inversion,
        jobs.Stage,
        jobs.Result,
        jobs.PaintedLayer,
        jobs.Report,
        jobs.Pass,
        messages.Limits,
        messages.PlannedIsland,
        messages.PlannedPass,
        messages.JobStatus,
        messages.ModelInfo,
        messages.Recommendation,
        messages.DownloadStatus,
        messages.WorkerInfo,
    ),
}


def main() -> int:
    """Write the page, or check it; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    checking = parser.parse_args().check
    before = PAGE.read_text(encoding="utf-8")
    after = filled(before)
    if checking:
        return int(before != after)
    PAGE.write_text(after, encoding="utf-8")
    return 0


def filled(page: str) -> str:
    """Return the page with the tables that follow from the code."""
    return MARK.sub(lambda match: f"{match[1]}{section(match[2])}{match[3]}", page)


def section(name: str) -> str:
    """Return the Markdown that stands between one pair of marks."""
    if name == "schedulers":
        return "".join(scheduler_lines())
    if name == "enums":
        return "".join(enum_line(kind) for kind in _enums())
    return "".join(struct_table(struct) for struct in SECTIONS[name])


def struct_table(struct: type) -> str:
    """Return one struct's heading, sentence and table of fields."""
    info = types.type_info(struct)
    assert isinstance(info, types.StructType)
    heading = f"`{info.tag}`" if info.tag else struct.__name__
    lines = [f"\n#### {heading}\n", inspect.cleandoc(struct.__doc__ or ""), ""]
    if info.fields:
        comments = _comments(struct)
        lines += ["| field | type | default | meaning |", "|---|---|---|---|"]
        lines += [_row(field, comments.get(field.name, "")) for field in info.fields]
    return "\n".join(lines) + "\n"


def scheduler_lines() -> Iterator[str]:
    """Yield the rows of the table of schedulers."""
    yield "| name | class of diffusers | its options | for |\n|---|---|---|---|\n"
    for name, choice in SCHEDULERS.items():
        options = ", ".join(f"`{key}={value!r}`" for key, value in choice.options.items())
        models = "flow-matching models" if choice.flow else "other models"
        yield f"| `{name}` | `{choice.class_name}` | {options} | {models} |\n"


def enum_line(kind: type) -> str:
    """Return one line with an enumeration's values."""
    info = types.type_info(kind)
    assert isinstance(info, types.EnumType)
    comments = dict(re.findall(r'    \w+ = "(.*)"  # (.*)', inspect.getsource(info.cls)))
    values = ", ".join(f"`{m}` ({comments[m]})" if m in comments else f"`{m}`" for m in info.cls)
    return f"- **{kind.__name__}**: {values}. {inspect.cleandoc(kind.__doc__ or '')}\n"


def _row(field: types.Field, comment: str) -> str:
    default = ""
    if not field.required:
        value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
        default = f"`{msgspec.json.encode(value).decode()}`"
    return f"| `{field.encode_name}` | {_name(field.type)} | {default} | {comment} |"


def _name(kind: types.Type) -> str:
    match kind:
        case types.UnionType():
            return " or ".join(_name(part) for part in kind.types)
        case types.StructType() if kind.array_like:
            return f"[{', '.join(field.name for field in kind.fields)}]"
        case types.StructType() | types.EnumType():
            return kind.cls.__name__
        case types.VarTupleType():
            bound = f", at most {kind.max_length}" if kind.max_length is not None else ""
            return f"list of {_name(kind.item_type)}{bound}"
        case types.DictType():
            return f"object from {_name(kind.key_type)} to {_name(kind.value_type)}"
        case types.StrType():
            return _text(kind)
        case types.IntType() | types.FloatType():
            return _number(kind)
        case types.BoolType():
            return "bool"
        case types.NoneType():
            return "null"
        case _:
            raise TypeError(f"no name for {kind}")


def _text(kind: types.StrType) -> str:
    if kind.pattern is not None:
        return NAMED_PATTERNS[kind.pattern]
    if kind.max_length is not None:
        return f"str, {kind.min_length or 0} to {kind.max_length} characters"
    return "str"


def _number(kind: types.IntType | types.FloatType) -> str:
    name = "int" if isinstance(kind, types.IntType) else "float"
    bounds = (
        f"≥ {kind.ge}" if kind.ge is not None else None,
        f"> {kind.gt}" if kind.gt is not None else None,
        f"≤ {kind.le}" if kind.le is not None else None,
    )
    return " ".join([name, *(bound for bound in bounds if bound)])


def _comments(struct: type) -> dict[str, str]:
    """Return the trailing comments of a struct's fields and its bases' fields."""
    found: dict[str, str] = {}
    for base in reversed(struct.__mro__):
        if not base.__module__.startswith("scumble_protocol"):
            continue
        for line in inspect.getsource(base).splitlines():
            match = re.match(r"    (\w+): .*?  # (.*)", line)
            if match:
                found[match[1]] = match[2]
    return found


def _enums() -> tuple[type, ...]:
    return (
        images.Mode,
        images.Encoding,
        jobs.Fill,
        jobs.Direction,
        jobs.Condition,
        jobs.JobState,
        jobs.Phase,
        messages.Residency,
        messages.DownloadState,
        errors.ErrorCode,
    )


if __name__ == "__main__":
    sys.exit(main())
