"""What a picture says of how it was made, and what of that can be asked for here."""

from collections.abc import Collection
from dataclasses import dataclass

import msgspec

from scumble_editor.generation.settings import Settings
from scumble_protocol.geometry import Extent
from scumble_protocol.tasks import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Settings read from a picture.

    source: the program that wrote them.
    model: its name there, None where it is not said.
    size: of the picture as it was painted.
    """

    source: str
    settings: Settings
    model: str | None = None
    size: Extent | None = None
    unknown_sampler: str | None = None

    def taken(
        self, now: Settings, models: Collection[str], loras: Collection[str] | None = None
    ) -> tuple[Settings, tuple[str, ...]]:
        """Return these settings as they can be asked for here, and what could not be kept.

        now: what the panel asks for; its action, model and region stay where nothing is known.
        models: the names in the catalogue; loras: those of LoRAs, None where that is not known.
        """
        notices = []
        wanted = self.settings.options.loras
        there = tuple(lora for lora in wanted if loras is None or lora.name in loras)
        missing = [lora.name for lora in wanted if lora not in there]
        if missing:
            notices.append(f"Not here, and left out: {', '.join(missing)}.")
        model = now.model
        if self.model in models:
            model = str(self.model)
        elif self.model is not None:
            notices.append(f"It was painted with “{self.model}”, which is not here; {model} stays.")
        if self.unknown_sampler:
            notices.append(f"The sampler “{self.unknown_sampler}” has no counterpart here.")
        asked = self.settings
        settings = msgspec.structs.replace(
            now,
            prompt=asked.prompt,
            negative_prompt=asked.negative_prompt,
            model=model,
            strength=asked.strength or now.strength,
            seed=asked.seed,
            steps=asked.steps,
            guidance_scale=asked.guidance_scale,
            scheduler=asked.scheduler,
            options=Options(loras=there, clip_skip=asked.options.clip_skip),
        )
        return settings, tuple(notices)
