"""More options of the commands that paint: a group that each of them takes."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

import typer

from scumble_cli.numbers import number, whole

if TYPE_CHECKING:
    from scumble_protocol.jobs import FreeU, Options

PANEL = "More options"

Embeddings = Annotated[
    list[str] | None,
    typer.Option(
        "--embedding",
        metavar="NAME",
        rich_help_panel=PANEL,
        help="A textual inversion of the catalogue, whose name the prompt then may use; may be "
        "given several times. Example: --embedding tender -p 'a face, tender'",
    ),
]
FuseLoras = Annotated[
    bool,
    typer.Option(
        "--fuse-loras",
        rich_help_panel=PANEL,
        help="Join LoRAs with the model's weights for the job, which is faster over many steps.",
    ),
]
Vae = Annotated[
    str | None,
    typer.Option(
        "--vae",
        metavar="NAME",
        rich_help_panel=PANEL,
        help="A VAE of the catalogue in the place of the model's own.",
    ),
]
ClipSkip = Annotated[
    int | None,
    typer.Option(
        "--clip-skip",
        metavar="N",
        parser=whole(1, 11),
        rich_help_panel=PANEL,
        help="How many layers of the text encoder are left out at its end.",
    ),
]
GuidanceRescale = Annotated[
    float | None,
    typer.Option(
        "--guidance-rescale",
        metavar="SHARE",
        parser=number(0, 1),
        rich_help_panel=PANEL,
        help="Against overexposure at a high guidance: 0.7 is usual.",
    ),
]
Eta = Annotated[
    float | None,
    typer.Option(
        "--eta",
        metavar="SHARE",
        parser=number(0, 1),
        rich_help_panel=PANEL,
        help="How much noise the scheduler ddim adds at each step.",
    ),
]
Timesteps = Annotated[
    str | None,
    typer.Option(
        "--timesteps",
        metavar="N,N,…",
        rich_help_panel=PANEL,
        help="The timesteps themselves, falling, instead of --steps. Example: 999,749,499,249",
    ),
]
FreeUFactors = Annotated[
    str | None,
    typer.Option(
        "--freeu",
        metavar="on|B1,B2,S1,S2",
        rich_help_panel=PANEL,
        help="Strengthen what the UNet's backbone says against its skips: “on” takes "
        "1.5,1.6,0.9,0.2.",
    ),
]
PlainWords = Annotated[
    bool,
    typer.Option(
        "--plain-words",
        rich_help_panel=PANEL,
        help="Take brackets in prompts as they are written: (word:1.2) weighs nothing.",
    ),
]
VaeTiling = Annotated[
    bool,
    typer.Option(
        "--vae-tiling",
        rich_help_panel=PANEL,
        help="Decode in tiles, which saves memory on large pictures.",
    ),
]
AttentionSlicing = Annotated[
    bool,
    typer.Option(
        "--attention-slicing",
        rich_help_panel=PANEL,
        help="Compute attention in slices, which saves memory and takes time.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """What was typed of these options."""

    embedding: Embeddings = None
    fuse_loras: FuseLoras = False
    vae: Vae = None
    clip_skip: ClipSkip = None
    guidance_rescale: GuidanceRescale = None
    eta: Eta = None
    timesteps: Timesteps = None
    freeu: FreeUFactors = None
    plain_words: PlainWords = False
    vae_tiling: VaeTiling = False
    attention_slicing: AttentionSlicing = False

    def added_to(self, options: "Options") -> "Options":
        """Return a job's options with these. Raises BadUseError where something cannot be."""
        import msgspec

        return msgspec.structs.replace(
            options,
            embeddings=tuple(self.embedding or ()),
            fuse_loras=self.fuse_loras,
            vae=self.vae,
            clip_skip=self.clip_skip,
            guidance_rescale=self.guidance_rescale or 0.0,
            eta=self.eta or 0.0,
            timesteps=None if self.timesteps is None else _timesteps(self.timesteps),
            freeu=None if self.freeu is None else _freeu(self.freeu),
            weighting=not self.plain_words,
            vae_tiling=self.vae_tiling,
            attention_slicing=self.attention_slicing,
        )


def _timesteps(typed: str) -> tuple[int, ...]:
    from scumble_cli.failures import BadUseError

    parts = [part.strip() for part in typed.split(",")]
    steps = tuple(int(part) for part in parts if part.isascii() and part.isdecimal())
    falls = all(before > after for before, after in pairwise(steps))
    if len(steps) < len(parts) or not falls or max(steps, default=0) > 9999:
        raise BadUseError(
            f"“--timesteps {typed}” are no timesteps. Nothing was painted; write falling whole "
            "numbers below 10000, such as 999,749,499,249."
        )
    return steps


def _freeu(typed: str) -> "FreeU":
    from scumble_cli.failures import BadUseError
    from scumble_protocol.jobs import FreeU

    if typed == "on":
        return FreeU()
    try:
        b1, b2, s1, s2 = (number(0, 3)(part) for part in typed.split(","))
    except (ValueError, typer.BadParameter) as error:
        raise BadUseError(
            f"“--freeu {typed}” is no FreeU. Nothing was painted; write “on”, or four numbers from "
            "0 to 3, such as 1.5,1.6,0.9,0.2."
        ) from error
    return FreeU(b1=b1, b2=b2, s1=s1, s2=s2)
