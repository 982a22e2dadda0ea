"""The worker's process: orders come in on stdin, words go out on what was stdout.

Nothing but words may reach that pipe, so stdout is turned to stderr before torch is imported by
whatever wants to print. A thread reads the orders, so that a stop arrives while a step computes.
"""

import gc
import logging
import os
import queue
import sys
import threading
import warnings
from typing import Any, BinaryIO

import diffusers
import msgspec
import transformers

from scumble_daemon import work
from scumble_daemon.config import Settings, picture_folder
from scumble_daemon.models.cache import ModelCache
from scumble_daemon.models.catalog import Catalogue
from scumble_daemon.models.devices import Device, Performance, open_device
from scumble_daemon.models.loader import load
from scumble_daemon.models.recall import Recall
from scumble_daemon.store import PictureStore
from scumble_daemon.worker.cancel import Tokens
from scumble_daemon.worker.runner import Runner, Say
from scumble_protocol.endpoint import folders
from scumble_protocol.errors import RemoteError

RECALL_BYTES = 256 << 20
Inbox = queue.SimpleQueue[work.AnyOrder]
_log = logging.getLogger(__name__)


def main(device: str = "auto", settings: Settings | None = None) -> int:
    """Run a worker until its orders end; the exit code of the process.

    device: auto, cpu, mps, cuda, cuda:N, xpu or xpu:N.
    """
    orders, words = _private_pipes()
    _quieten()
    gc.freeze()  # the libraries stay: collecting after a job need not look at them
    chosen = settings or Settings()
    tokens = Tokens()
    inbox: Inbox = queue.SimpleQueue()
    reader = threading.Thread(target=_read, args=(orders, inbox, tokens), daemon=True)
    reader.start()
    try:
        _serve(device, chosen, inbox, tokens, words)
    except BrokenPipeError:
        _log.info("The front has gone; the worker leaves too.")
    except RemoteError as error:
        _log.error("%s %s", error, error.details)
        why = work.Broken(job="", code=error.code, sentence=str(error), details=error.details)
        work.send(words, why)
        return 1
    return 0


def _serve(
    name: str,
    settings: Settings,
    inbox: Inbox,
    tokens: Tokens,
    words: BinaryIO,
) -> None:
    def say(word: work.AnyWord) -> None:
        work.send(words, word)

    device = open_device(name, settings.dtype, settings.attention, _performance(settings))
    runner = _runner(device, settings, say)
    say(work.Ready(device=device.title, device_memory_total_bytes=device.memory_total_bytes))
    while True:
        order = inbox.get()
        if isinstance(order, work.Quit):
            return
        if isinstance(order, work.Run):
            runner.run(order.job, tokens.new(order.job.id))
            tokens.forget(order.job.id)
        elif isinstance(order, work.Warm):
            runner.warm(order.model)
        elif isinstance(order, work.Drop):
            runner.drop(order.model)


def _performance(settings: Settings) -> Performance:
    return Performance(
        vae_slicing=settings.vae_slicing,
        vae_tiling=settings.vae_tiling,
        offload=settings.offload,
        fused_qkv=settings.fused_qkv,
        channels_last=settings.channels_last,
        compile=settings.compile,
    )


def _runner(device: Device, settings: Settings, say: Say) -> Runner:
    cache = ModelCache(
        device,
        load,
        device_budget_bytes=settings.device_budget_bytes,
        host_budget_bytes=settings.host_budget_bytes,
    )
    return Runner(
        device,
        Catalogue(folders().data),
        cache,
        PictureStore(picture_folder()),
        Recall(RECALL_BYTES),
        say,
    )


def _read(orders: BinaryIO, inbox: Inbox, tokens: Tokens) -> None:
    """Pass orders on as they come, a stop or a take at once. The end of the pipe is a quit."""
    try:
        while (order := work.receive(orders, work.orders)) is not None:
            if isinstance(order, work.Stop):
                tokens.cancel(order.job)
                continue
            if isinstance(order, work.Take):
                tokens.take(order.job)
                continue
            if isinstance(order, work.Run):
                tokens.new(order.job.id)
            if isinstance(order, work.Quit):
                break
            inbox.put(order)
    except (OSError, msgspec.DecodeError) as error:
        _log.error("The orders cannot be read any more: %s", error)
    tokens.cancel_all()
    inbox.put(work.Quit())


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Return stdin and stdout for this module alone; prints of anybody else go to stderr."""
    sys.stdout.flush()
    words = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    orders = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    os.close(nothing)
    return orders, words


def _quieten() -> None:
    """Keep progress bars and advice of the libraries out of the log."""
    loggings: tuple[Any, ...] = (diffusers.utils.logging, transformers.utils.logging)
    for library in loggings:
        library.disable_progress_bar()
        library.set_verbosity_error()
    warnings.filterwarnings("ignore", category=FutureWarning)
