"""The parts of Miniature by name, each with the task that trains it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from engine import Task
from judge import JudgeTask
from train_depth import DepthTask
from train_unet import UnetTask
from train_vae import VaeTask

TASKS: Final[dict[str, Callable[[], Task]]] = {
    "vae": VaeTask,
    "unet": UnetTask,
    "judge": JudgeTask,
    "depth": DepthTask,
}
