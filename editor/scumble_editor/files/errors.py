"""Why a file cannot be opened or saved, each with a sentence for the painter."""

from pathlib import Path

from scumble_protocol.errors import ScumbleError


class FileError(ScumbleError):
    """Base of everything that goes wrong with a file."""


class UnreadableFileError(FileError):
    """A file that is damaged, dishonest about itself or of an unknown kind."""


class TooLargeFileError(FileError):
    """A file that would take more memory than the limits allow."""


class SaveError(FileError):
    """A file that could not be written; what was on disk before is still there."""

    @classmethod
    def for_path(cls, path: Path, error: OSError) -> "SaveError":
        """Return the error for one path and what the system said of it."""
        why = error.strerror or str(error)
        return cls(
            f"“{path.name}” could not be saved: {why}. The file on disk is as it was before; "
            "your picture is still open. Save it elsewhere or make room and try again."
        )


class UnknownFormatError(FileError):
    """A name whose end stands for no format that can be written."""

    @classmethod
    def for_path(cls, path: Path, known: tuple[str, ...]) -> "UnknownFormatError":
        """Return the error for one path, naming what would work."""
        return cls(
            f"“{path.name}” was not saved: “{path.suffix or 'no ending'}” is no format that can "
            f"be written. Use one of {', '.join(known)}."
        )
