"""What can go wrong with a history or its journal, each with a sentence for the painter."""

from scumble_protocol.errors import ScumbleError


class HistoryError(ScumbleError):
    """A step that cannot be reached; the document shown stays as it is."""


class JournalError(ScumbleError):
    """A journal that cannot be written or read; the open document is not affected."""
