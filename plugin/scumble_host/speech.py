"""Progress in words, the same in every host."""

from collections.abc import Mapping

from scumble_host.commands import Command, Giving
from scumble_host.events import Accepted, Done, Progress, State
from scumble_host.fields import Value
from scumble_host.request import painted_without_words

PHASES = {
    "loading": "Loading the model",
    "preparing": "Preparing",
    "encoding": "Encoding",
    "denoising": "Painting",
    "refining": "Refining",
    "decoding": "Decoding",
    "finishing": "Finishing",
}
STATES = {"loading": "Loading the model", "running": "Painting"}


def progress_text(progress: Progress) -> str:
    """Return such as ``Painting, step 3 of 20, about 8 s left``."""
    parts = [PHASES.get(progress.phase, progress.phase.capitalize())]
    if progress.steps and progress.step:
        parts.append(f"step {progress.step} of {progress.steps}")
    if progress.seconds_left is not None:
        parts.append(f"about {time_text(progress.seconds_left)} left")
    return ", ".join(parts)


def queue_text(where: Accepted | State) -> str:
    """Return such as ``Waiting, 2 jobs are before this one``."""
    if isinstance(where, State) and where.state != "queued":
        return where.sentence or STATES.get(where.state, where.state.capitalize())
    if not where.position:
        return "Waiting for its turn"
    count = "1 job is" if where.position == 1 else f"{where.position} jobs are"
    text = f"Waiting, {count} before this one"
    if isinstance(where, Accepted) and where.seconds_until_start:
        text += f", about {time_text(where.seconds_until_start)}"
    return text


def done_text(command: Command, values: Mapping[str, Value], done: Done) -> str:
    """Return what to tell a painter about a result; empty where there is nothing to tell."""
    told = list(done.notices)
    if painted_without_words(command, values):
        told.append("No words were given, so the model painted what seemed to fit.")
    return " ".join(told)


def time_text(seconds: float) -> str:
    """Return a duration as a person reads it, such as ``8 s`` or ``2 min 5 s``."""
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def layer_name(command: Command, prompt: str, seed: int) -> str:
    """Return a layer's name: what was asked for, cut short, and the seed."""
    if command.giving is Giving.DEPTH:
        return "Depth"
    words = " ".join(prompt.split()) or command.title.replace("_", "")
    short = words if len(words) <= 40 else words[:39].rstrip() + "…"
    return f"{short} ({seed})"
