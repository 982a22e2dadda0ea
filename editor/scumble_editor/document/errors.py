"""What can go wrong with a document, each with a sentence for the painter."""

from scumble_protocol.errors import ScumbleError


class DocumentError(ScumbleError):
    """An edit that cannot be made; the document it was asked of is unchanged."""


class NoSuchLayerError(DocumentError):
    """A layer id that the document does not hold."""

    @classmethod
    def for_id(cls, layer_id: str) -> "NoSuchLayerError":
        """Return the error for one missing id."""
        return cls(f"There is no layer “{layer_id}” in this document; nothing was changed.")


class LockedLayerError(DocumentError):
    """An edit of a layer that the painter has locked."""

    @classmethod
    def for_name(cls, name: str) -> "LockedLayerError":
        """Return the error for one locked layer."""
        return cls(f"The layer “{name}” is locked; nothing was changed. Unlock it to edit it.")
