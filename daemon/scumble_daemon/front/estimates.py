"""How long jobs take, learned from those that were measured."""

from collections.abc import Iterable

from scumble_protocol.jobs import DepthToImage, ImageToImage, Inpaint, Job, Report, Upscale
from scumble_protocol.messages import PlannedPass

USUAL_STEPS = 30
NEWEST_WEIGHT = 0.3  # of an exponentially weighted mean
PASSES = "{} by its passes"
"""Under this name the rate of a task is kept whose passes are known."""

Rate = tuple[str, str, float]  # model, task, seconds per unit of work


def work_of(job: Job) -> float:
    """Return the amount of work in a job: megapixels × steps × variants, as far as it says.

    The daemon works at the model's own resolution, so that a huge canvas counts like a large one.
    """
    task = job.task
    if isinstance(task, Upscale):  # in tiles: all of it counts
        return task.width * task.height / 1e6 * _refining_steps(task)
    megapixels = min(max(task.extent.area / 1e6, 0.25), 2.0)
    steps = float(task.steps or USUAL_STEPS)
    if isinstance(task, ImageToImage | Inpaint | DepthToImage):
        steps = max(1.0, steps * task.strength)
    return megapixels * steps * task.variants


def _refining_steps(task: Upscale) -> float:
    """Return how many steps are run over the whole; enlarging alone counts as one."""
    if task.refine is None:
        return 1.0
    return 1 + (task.steps or USUAL_STEPS) * task.refine * task.variants


class Estimates:
    """Seconds per unit of work, by model and task."""

    def __init__(self, rates: dict[tuple[str, str], float] | None = None) -> None:
        self._rates = rates or {}

    def learn(self, job: Job, seconds: float, report: Report | None = None) -> tuple[Rate, ...]:
        """Note how long a job took; returns the new rates, to be kept.

        report: what the job says it did, from which plans are estimated.
        """
        model, task = _key(job)
        learned = [self._learn((model, task), seconds / work_of(job))]
        done = 0.0
        if report is not None:
            done = sum(one.extent.area / 1e6 * one.steps for one in report.passes)
        if done:
            rate = seconds / (done * job.task.variants)
            learned.append(self._learn((model, PASSES.format(task)), rate))
        return tuple(learned)

    def seconds(self, job: Job) -> float | None:
        """Return how long a job will take; None where nothing like it was measured yet."""
        rate = self._rates.get(_key(job))
        return None if rate is None else rate * work_of(job)

    def seconds_of(
        self, model: str, task: str, passes: Iterable[PlannedPass], variants: int
    ) -> float | None:
        """Return how long planned passes will take; None where none of that task was measured."""
        rate = self._rates.get((model, PASSES.format(task)))
        if rate is None:
            return None
        return rate * variants * sum(one.extent.area / 1e6 * one.steps for one in passes)

    def _learn(self, key: tuple[str, str], measured: float) -> Rate:
        known = self._rates.get(key, measured)
        self._rates[key] = known + NEWEST_WEIGHT * (measured - known)
        return (*key, self._rates[key])


def _key(job: Job) -> tuple[str, str]:
    return job.model, str(job.task.__struct_config__.tag)
