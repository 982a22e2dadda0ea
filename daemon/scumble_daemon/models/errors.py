"""What can be wrong with a model, worded for the painter who chose it."""

from difflib import get_close_matches

from scumble_protocol.errors import ErrorCode, RemoteError


class ModelError(RemoteError):
    """A model cannot be listed, read or loaded."""

    def __init__(
        self, sentence: str, details: str = "", code: ErrorCode = ErrorCode.MODEL_FAILED
    ) -> None:
        super().__init__(code, sentence, details)


class UnknownModelError(ModelError):
    """No model of this name is in the catalogue."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        near = get_close_matches(name, known, n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"Known are: {', '.join(known)}."
        super().__init__(
            f"There is no model “{name}” in the catalogue. {hint} "
            "Add one with `scumble models add`.",
            code=ErrorCode.UNKNOWN_MODEL,
        )


class ModelFileError(ModelError):
    """A file or folder is no model that can be used; nothing of it was executed."""


class PickledModelError(ModelFileError):
    """A checkpoint is pickled, which can run any program when it is opened."""

    def __init__(self, what: str, not_done: str = "opened and not added") -> None:
        super().__init__(
            f"{what} holds pickled weights, which can run any program when they are opened. It was "
            f"not {not_done}. Get the same model as .safetensors; an embedding that you "
            "trust can be allowed by `pickle_allowed` in the daemon's settings."
        )
