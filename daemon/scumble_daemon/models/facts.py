"""What could be told about a model without loading it."""

import msgspec

from scumble_daemon.models.few_steps import FewSteps


class Facts(msgspec.Struct, frozen=True):
    """The facts of one model."""

    family: str
    native_side: int  # px
    size_bytes: int
    licence: str = ""
    few_steps: FewSteps | None = None  # of a model that was distilled to paint in few steps
