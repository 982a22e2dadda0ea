"""How long jobs take, learned from those that were measured."""

from scumble_protocol.jobs import DepthToImage, ImageToImage, Inpaint, Job

USUAL_STEPS = 30
NEWEST_WEIGHT = 0.3  # of an exponentially weighted mean


def work_of(job: Job) -> float:
    """Return the amount of work in a job: megapixels × steps × variants, as far as it says.

    The daemon works at the model's own resolution, so that a huge canvas counts like a large one.
    """
    task = job.task
    megapixels = min(max(task.extent.area / 1e6, 0.25), 2.0)
    steps = float(task.steps or USUAL_STEPS)
    if isinstance(task, ImageToImage | Inpaint | DepthToImage):
        steps = max(1.0, steps * task.strength)
    return megapixels * steps * task.variants


class Estimates:
    """Seconds per unit of work, by model and task."""

    def __init__(self, rates: dict[tuple[str, str], float] | None = None) -> None:
        self._rates = rates or {}

    def learn(self, job: Job, seconds: float) -> tuple[str, str, float]:
        """Note how long a job took; returns model, task and the new rate, to be kept."""
        key = _key(job)
        measured = seconds / work_of(job)
        known = self._rates.get(key, measured)
        self._rates[key] = known + NEWEST_WEIGHT * (measured - known)
        return (*key, self._rates[key])

    def seconds(self, job: Job) -> float | None:
        """Return how long a job will take; None where nothing like it was measured yet."""
        rate = self._rates.get(_key(job))
        return None if rate is None else rate * work_of(job)


def _key(job: Job) -> tuple[str, str]:
    return job.model, str(job.task.__struct_config__.tag)
