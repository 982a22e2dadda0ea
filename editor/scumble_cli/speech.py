"""What the command line says: results on standard output, everything else on standard error."""

import sys
from typing import Any


def say(sentence: str) -> None:
    """Tell the person something that is no result."""
    print(sentence, file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """Print a result for programs: msgspec structs and plain values, as JSON on several lines."""
    import msgspec

    print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def size_text(size_bytes: float) -> str:
    """Return a size in words a person reads, such as ``34 MB``."""
    for unit in ("bytes", "KB", "MB"):
        if size_bytes < 1000:
            return f"{size_bytes:.0f} {unit}"
        size_bytes /= 1000
    return f"{size_bytes:.1f} GB"


def time_text(seconds: float) -> str:
    """Return a duration as a person reads it, such as ``8 s`` or ``2 min 5 s``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
