"""A LoRA trained on the bundled model changes its style, visibly, and comes off again exactly."""

from pathlib import Path

import numpy as np
import pytest

from helpers import style_training
from helpers.style_training import blueness
from helpers.workshop import Workshop
from scumble_daemon.models.catalog import BUNDLED_NAME, Catalogue
from scumble_daemon.region.arrays import Bytes
from scumble_daemon.worker.runner import Runner
from scumble_protocol.jobs import Lora, Options, TextToImage

pytestmark = pytest.mark.slow
PROMPTS = ("a castle on a grass field", "a red ball on a plain white background", "a cat")


def test_everything_is_blue_ink_with_the_style_and_as_before_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCUMBLE_HOME", str(tmp_path))
    workshop = Workshop(tmp_path)
    workshop.catalogue = Catalogue(tmp_path)
    workshop.runner = Runner(
        workshop.device,
        workshop.catalogue,
        workshop.cache,
        workshop.pictures,
        workshop.recall,
        workshop.said.append,
    )

    def painted(options: Options) -> list[Bytes]:
        jobs = [
            TextToImage(prompt=words, width=128, height=128, seed=7, options=options)
            for words in PROMPTS
        ]
        return [workshop.layer(workshop.paint(BUNDLED_NAME, job))[0] for job in jobs]

    workshop.catalogue.add(str(style_training.train(tmp_path / "blue-ink.safetensors")))
    plain = painted(Options())
    worn = painted(Options(loras=(Lora(name="blue-ink"),)))
    again = painted(Options())

    for before, inked, after in zip(plain, worn, again, strict=True):
        assert blueness(inked) > blueness(before) + 25
        assert np.array_equal(after, before)
