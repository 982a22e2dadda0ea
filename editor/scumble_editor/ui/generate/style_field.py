"""Which style is worn: chosen from a list, saved from what the panel shows, deleted."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QToolButton, QWidget

from scumble_editor.generation.styles import Style
from scumble_editor.ui import theme
from scumble_editor.ui.dialogs.style import StyleDialog
from scumble_editor.ui.generate.generation import Generation

_NONE = "No style"


class StyleField(QWidget):
    """A list and a small menu."""

    def __init__(self, generation: Generation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._generation = generation
        self._wardrobe = generation.wardrobe
        self.box = QComboBox()
        self.box.setAccessibleName("Style")
        policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.box.setSizeAdjustPolicy(policy)
        self.more = QToolButton()
        self.more.setIconSize(QSize(18, 18))
        self.more.setAccessibleName("Styles")
        self.more.setToolTip("Save, change or delete a style")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        self.new = menu.addAction("Save as a Style…", self._save_new)
        self.edit = menu.addAction("Change This Style…", self._change)
        self.remove = menu.addAction("Delete This Style", self._delete)
        self.more.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        row.addWidget(self.box, 1)
        row.addWidget(self.more)
        self.box.activated.connect(lambda index: generation.wear(self.box.itemData(index)))
        self._wardrobe.styles_changed.connect(self.refresh)
        self.dress()
        self.refresh()

    def dress(self) -> None:
        """Take the icons of the theme."""
        self.more.setIcon(theme.icon("more"))

    def refresh(self) -> None:
        """Show the styles that there are, and the one that is worn."""
        worn = self._wardrobe.style
        self.box.clear()
        self.box.addItem(_NONE, None)
        for style in self._wardrobe.styles:
            self.box.addItem(style.name, style)
            index = self.box.count() - 1
            self.box.setItemData(index, _explained(style), Qt.ItemDataRole.ToolTipRole)
            if worn is not None and style.name == worn.name:
                self.box.setCurrentIndex(index)
        self.box.setToolTip(
            "A style puts its words around yours and sets model and sampler"
            if worn is None
            else _explained(worn)
        )
        self.edit.setEnabled(worn is not None)
        self.remove.setEnabled(worn is not None and self._wardrobe.is_own(worn))

    def _save_new(self) -> None:
        asked = self._generation.settings
        start = Style(
            name="My style",
            negative_prompt=asked.negative_prompt,
            model=asked.model,
            steps=asked.steps,
            guidance_scale=asked.guidance_scale,
            scheduler=asked.scheduler,
            loras=asked.options.loras,
        )
        self._ask(start, "Save as a Style")

    def _change(self) -> None:
        if self._wardrobe.style is not None:
            self._ask(self._wardrobe.style, "Change the Style")

    def _ask(self, style: Style, title: str) -> None:
        dialog = StyleDialog(style, title, self.window())
        dialog.chosen.connect(self._generation.save_style)
        dialog.open()

    def _delete(self) -> None:
        if self._wardrobe.style is not None:
            self._wardrobe.delete(self._wardrobe.style)


def _explained(style: Style) -> str:
    words = " … ".join(part for part in (style.before, style.after) if part)
    values = [
        f"“{words}”" if words else "",
        f"not “{style.negative_prompt}”" if style.negative_prompt else "",
        f"model {style.model}" if style.model else "",
        f"{style.steps} steps" if style.steps else "",
        f"guidance {style.guidance_scale:g}" if style.guidance_scale is not None else "",
        style.scheduler or "",
    ]
    return ", ".join(value for value in values if value) or "Nothing yet"
