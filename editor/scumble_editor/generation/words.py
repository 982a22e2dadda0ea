"""What painting is doing, in words for the painter."""

from scumble_protocol.jobs import JobState, Phase
from scumble_protocol.messages import Progress

_PHASES = {
    Phase.LOADING: "Loading the model",
    Phase.PREPARING: "Preparing",
    Phase.ENCODING: "Reading the words and the picture",
    Phase.DENOISING: "Painting",
    Phase.REFINING: "Refining",
    Phase.DECODING: "Developing the picture",
    Phase.FINISHING: "Fitting it in",
}

_STATES = {
    None: "Sending",
    JobState.QUEUED: "Waiting",
    JobState.LOADING: "Loading the model",
    JobState.RUNNING: "Painting",
    JobState.DONE: "Painted",
    JobState.DELIVERED: "Painted",
    JobState.FAILED: "Failed",
    JobState.CANCELLED: "Cancelled",
}


def of_progress(progress: Progress) -> str:
    """Return a phase, its step, and the time left, such as “Painting, step 4 of 20, 6 s left”."""
    parts = [_PHASES[progress.phase]]
    if progress.steps > 1 and progress.step:
        parts.append(f"step {progress.step} of {progress.steps}")
    if progress.seconds_left is not None and progress.seconds_left >= 1:
        parts.append(f"{time_text(progress.seconds_left)} left")
    return ", ".join(parts)


def of_state(state: JobState | None, position: int | None = None) -> str:
    """Return where a job is, such as “Waiting, 2 before it”."""
    if state is JobState.QUEUED and position is not None:
        return "Waiting, next" if position == 0 else f"Waiting, {position} before it"
    if state is JobState.QUEUED:
        return "Getting the model ready"
    return _STATES[state]


def time_text(seconds: float) -> str:
    """Return a duration as people say it: “8 s”, “2 min 05 s”, “1 h 10 min”."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
