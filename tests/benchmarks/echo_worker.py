"""A worker that gives a picture back as soon as it has it: everything of a job but the model."""

import sys

from helpers import front_process
from helpers.scripted_worker import ScriptedWorker
from scumble_protocol.jobs import Inpaint, Job, Result


class EchoWorker(ScriptedWorker):
    """Returns the job's picture, turned about, so that it must be kept as a new one."""

    def _paint(self, job: Job) -> Result:
        assert isinstance(job.task, Inpaint)
        return self.result_with(job, self._store.pixels(job.task.image)[::-1])


if __name__ == "__main__":
    if sys.argv[1:2] == ["front"]:
        sys.exit(front_process.main((sys.executable, "-m", "benchmarks.echo_worker", "worker")))
    EchoWorker.serve()
