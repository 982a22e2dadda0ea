"""Train one part of Miniature: `python train.py vae --deadline 09:40 --decay-minutes 8`."""

from __future__ import annotations

import argparse
import datetime as dt
import logging

import paths
import stages
from engine import Budget, Pace, Run, train


def deadline(clock: str) -> float:
    """The Unix time of the next `HH:MM` UTC."""
    now = dt.datetime.now(dt.UTC)
    hour, minute = (int(part) for part in clock.split(":"))
    then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (then if then > now else then + dt.timedelta(days=1)).timestamp()


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=sorted(stages.TASKS))
    limit = parser.add_mutually_exclusive_group(required=True)
    limit.add_argument("--steps", type=int, help="train until so many steps are done in all")
    limit.add_argument("--deadline", help="train until this time, HH:MM UTC")
    parser.add_argument("--decay-minutes", type=float, default=0.0, help="before the deadline")
    parser.add_argument("--decay-share", type=float, default=0.0, help="of the steps")
    parser.add_argument("--warmup", type=int, default=100, help="steps of rising learning rate")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--sample-minutes", type=float, default=5.0)
    return parser.parse_args()


def main() -> None:
    """Run the trainer until its budget is spent."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    wish = arguments()
    budget = Budget(
        steps=wish.steps,
        deadline=deadline(wish.deadline) if wish.deadline else None,
        decay=wish.decay_share if wish.steps else wish.decay_minutes * 60,
        warmup=wish.warmup,
    )
    pace = Pace(sample_s=wish.sample_minutes * 60)
    train(stages.TASKS[wish.part](), Run(paths.cache(), budget, pace, wish.processes))


if __name__ == "__main__":
    main()
