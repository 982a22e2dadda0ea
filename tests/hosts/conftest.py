"""The real GIMP and Krita: built once, Scumble installed in them as a user would, one daemon."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers import small_models
from hosts.stage import Stage, build, install_scumble

if "SCUMBLE_TEST_HOSTS" not in os.environ:
    collect_ignore_glob = ["test_*.py"]  # `make test-hosts` runs them


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Return the hosts with Scumble installed in both, a small model in its catalogue."""
    root, why_not = build()
    if root is None:
        pytest.fail(why_not)
    # ZeroMQ's socket paths are short, pytest's folders are not
    scratch = Path(
        os.environ.get("SCUMBLE_TEST_HOSTS_SCRATCH", f"/tmp/scumble-hosts-{os.getpid()}")
    )
    scratch.mkdir(parents=True)
    stage = Stage(root, scratch)
    try:
        install_scumble(stage)
        stage.run([stage.python, "-P", "-m", "scumble_bridge", "install", "all"])
        stage.add_model(small_models.folder("sd15-inpaint"), "tiny")
        stage.add_model(small_models.folder("sd15"), "tiny-whole")
        yield stage
    finally:
        stage.end_daemon()
        if "SCUMBLE_TEST_HOSTS_KEEP" not in os.environ:
            shutil.rmtree(scratch, ignore_errors=True)
