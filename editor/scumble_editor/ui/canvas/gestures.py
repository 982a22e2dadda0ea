"""Hands gestures to whoever they are meant for: an overlay, the colour picker, or the tool."""

from collections.abc import Callable

from scumble_editor.tools.clone import Clone
from scumble_editor.tools.pointer import PointerEvent
from scumble_editor.tools.tool import Tool
from scumble_editor.ui.canvas.camera import Camera
from scumble_editor.ui.canvas.pointing import Overlay
from scumble_editor.ui.session import EditorSession
from scumble_editor.ui.stage import SessionStage
from scumble_protocol.errors import ScumbleError


class Gestures:
    """The state of one canvas's pointer: what has the gesture in hand.

    Whatever a tool raises ends its gesture and is reported.
    """

    def __init__(
        self, session: EditorSession, stage: SessionStage, overlays: list[Overlay]
    ) -> None:
        self._session = session
        self._stage = stage
        self._overlays = overlays
        self._overlay: Overlay | None = None
        self._tool: Tool | None = None

    @property
    def active(self) -> bool:
        """Whether a gesture is going on."""
        return self._tool is not None or self._overlay is not None

    def press(self, event: PointerEvent, camera: Camera) -> None:
        """Begin a gesture."""
        for overlay in reversed(self._overlays):
            if overlay.press(event, camera):
                self._overlay = overlay
                return
        tool = self._meant(event)
        self._tool = tool
        self._guarded(tool, lambda: tool.press(event, self._stage))

    def drag(self, event: PointerEvent, camera: Camera) -> None:
        """Go on, or hover where nothing is pressed."""
        if self._overlay is not None:
            self._overlay.drag(event, camera)
            return
        tool = self._tool
        if tool is not None:
            self._guarded(tool, lambda: tool.drag(event, self._stage))
        else:
            idle = self._session.tool
            self._guarded(idle, lambda: idle.hover(event, self._stage))

    def release(self, event: PointerEvent, camera: Camera) -> None:
        """Finish the gesture."""
        if self._overlay is not None:
            self._overlay.release(event, camera)
            self._overlay = None
            return
        tool, self._tool = self._tool, None
        if tool is not None:
            self._guarded(tool, lambda: tool.release(event, self._stage))

    def double_press(self, event: PointerEvent, camera: Camera) -> None:
        """Take a double click."""
        if any(overlay.double_press(event, camera) for overlay in reversed(self._overlays)):
            return
        tool = self._session.tool
        self._guarded(tool, lambda: tool.double_press(event, self._stage))

    def cancel(self) -> bool:
        """Drop what is begun; return whether anything was."""
        tool = self._tool or self._session.tool
        had = self._tool is not None or tool.busy
        self._tool = None
        tool.cancel(self._stage)
        return had

    def confirm(self) -> bool:
        """Finish what is being adjusted; return whether anything was."""
        tool = self._session.tool
        return self._guarded(tool, lambda: tool.confirm(self._stage))

    def nudge(self, dx: int, dy: int) -> bool:
        """Move by whole pixels; return whether the tool does so."""
        tool = self._session.tool
        return self._guarded(tool, lambda: tool.nudge(dx, dy, self._stage))

    def leave(self) -> None:
        """Put the tool away: what it has begun is finished."""
        tool = self._session.tool
        self._tool = None
        self._guarded(tool, lambda: tool.leave(self._stage))

    def _meant(self, event: PointerEvent) -> Tool:
        tool = self._session.tool
        paints = tool.cursor == "circle" and not isinstance(tool, Clone)
        return self._session.tools["picker"] if paints and event.keys.ctrl else tool

    def _guarded(self, tool: Tool, act: Callable[[], bool | None]) -> bool:
        try:
            return bool(act())
        except ScumbleError as error:
            self._tool = None
            tool.cancel(self._stage)
            self._session.messages.report(error)
            return False
