"""What a job leaves open, settled by a LoRA among its own that makes a model paint in few steps."""

from typing import TypeVar

import msgspec

from scumble_daemon.models.families import DIFFEDIT_TASKS
from scumble_daemon.tasks.desk import Desk
from scumble_protocol.jobs import Task

AnyTask = TypeVar("AnyTask", bound=Task)


def settled(desk: Desk, task: AnyTask) -> AnyTask:
    """Return a task with the steps, guidance and scheduler that such a LoRA wants, where it has one
    and says nothing of them itself."""
    if task.__struct_config__.tag in DIFFEDIT_TASKS:  # which goes its own way, in many steps
        return task
    entries = (desk.entry(lora.name) for lora in task.options.loras if lora.weight)
    lora = next((entry for entry in entries if entry.few_steps is not None), None)
    if lora is None:
        return task
    wanted = desk.model.family.in_few_steps(lora.few_steps)
    desk.notes.notice(f"“{lora.name}” is a LoRA for few steps, so what you left open follows it.")
    guidance, steps = task.guidance_scale, task.steps
    return msgspec.structs.replace(
        task,
        steps=wanted.steps if steps is None else steps,
        guidance_scale=wanted.guidance_scale if guidance is None else guidance,
        scheduler=task.scheduler or wanted.scheduler,
    )
