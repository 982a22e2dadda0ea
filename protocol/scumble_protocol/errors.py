"""What can go wrong on the wire: a code for programs, a sentence for people, details for logs."""

import enum


class ErrorCode(enum.StrEnum):
    """Every reason a daemon gives for not doing what it was asked."""

    BAD_REQUEST = "bad_request"
    TOO_LARGE = "too_large"
    UNKNOWN_MODEL = "unknown_model"
    MODEL_FAILED = "model_failed"
    OUT_OF_MEMORY = "out_of_memory"
    WORKER_CRASHED = "worker_crashed"
    QUEUE_FULL = "queue_full"
    DISK_FULL = "disk_full"
    UNAUTHORIZED = "unauthorized"
    VERSION_MISMATCH = "version_mismatch"
    INTERNAL = "internal"


class ScumbleError(Exception):
    """Base of every error that a person may be shown; `str(error)` is the sentence."""


class RemoteError(ScumbleError):
    """The daemon refused a request or failed a job.

    Attributes:
        code: why, for programs.
        details: what a log should keep; may be empty.
    """

    def __init__(self, code: ErrorCode, sentence: str, details: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.details = details


class ProtocolError(ScumbleError):
    """A message does not follow PROTOCOL.md.

    Attributes:
        code: `bad_request`, `too_large` or `version_mismatch`.
        request: id of the request it stood in, where that much could be read.
    """

    def __init__(
        self, sentence: str, code: ErrorCode = ErrorCode.BAD_REQUEST, request: str = ""
    ) -> None:
        super().__init__(sentence)
        self.code = code
        self.request = request


class DaemonUnreachableError(ScumbleError):
    """No daemon answers where one was looked for."""


class JobCancelledError(ScumbleError):
    """The job was cancelled before it was done."""
