"""When an action makes sense: questions to a session."""

from collections.abc import Callable

from scumble_editor.document.layer import AnyNode, Group, Layer
from scumble_editor.ui.session import EditorSession

Condition = Callable[[EditorSession], bool]


def always(session: EditorSession) -> bool:
    """At any time."""
    del session
    return True


def has_document(session: EditorSession) -> bool:
    """A picture is open."""
    return session.current is not None


def several_documents(session: EditorSession) -> bool:
    """More than one picture is open."""
    return len(session.documents) > 1


def can_undo(session: EditorSession) -> bool:
    """There is a step to take back, or something begun to drop."""
    opened = session.current
    return opened is not None and (opened.history.can_undo or session.tool.busy)


def can_redo(session: EditorSession) -> bool:
    """There is a step to make again."""
    return session.current is not None and session.current.history.can_redo


def has_node(session: EditorSession) -> bool:
    """A layer or group is active."""
    return _node(session) is not None


def has_layer(session: EditorSession) -> bool:
    """A layer is active."""
    return isinstance(_node(session), Layer)


def has_group(session: EditorSession) -> bool:
    """A group is active."""
    return isinstance(_node(session), Group)


def has_selection(session: EditorSession) -> bool:
    """Something is selected."""
    return session.current is not None and session.current.document.selection is not None


def has_layer_selection(session: EditorSession) -> bool:
    """A layer is active and something is selected."""
    return has_layer(session) and has_selection(session)


def has_mask(session: EditorSession) -> bool:
    """The active node has a mask."""
    node = _node(session)
    return node is not None and node.mask is not None


def has_no_mask(session: EditorSession) -> bool:
    """The active node could be given a mask."""
    node = _node(session)
    return node is not None and node.mask is None


def has_recipe(session: EditorSession) -> bool:
    """A model painted the active layer."""
    node = _node(session)
    return isinstance(node, Layer) and node.recipe is not None


def is_painting(session: EditorSession) -> bool:
    """A job is under way, and nothing is in hand that Escape is meant for."""
    return bool(session.jobs.active) and not session.tool.busy


def _node(session: EditorSession) -> AnyNode | None:
    return None if session.current is None else session.current.document.active
