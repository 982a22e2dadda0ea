"""The adjustments that are set by sliders alone."""

from scumble_editor.document.edits import adjustments
from scumble_editor.ui.desk import Desk
from scumble_editor.ui.dialogs.adjustment import Adjustment
from scumble_editor.ui.open_document import Edit
from scumble_editor.ui.widgets.slider import NumberSlider


class _Sliders(Adjustment):
    """An adjustment whose settings are all sliders."""

    def reset(self) -> None:
        """Put all sliders back."""
        for field in self.findChildren(NumberSlider):
            field.reset()


class LevelsDialog(_Sliders):
    """Black, white, gamma and the range given out."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Levels")
        self.black = self.slider("Black", "This level becomes black", (0, 254, 0))
        self.white = self.slider("White", "This level becomes white", (1, 255, 255))
        self.gamma = self.slider("Gamma", "Above 1 brightens the middle", (0.1, 5, 1))
        self.out_black = self.slider("Darkest", "Black becomes this level", (0, 255, 0))
        self.out_white = self.slider("Lightest", "White becomes this level", (0, 255, 255))

    def edit(self) -> Edit:
        """Return the edit for the settings as they are now."""
        settings = adjustments.Levels(
            black=min(int(self.black.value), int(self.white.value) - 1),
            white=int(self.white.value),
            gamma=self.gamma.value,
            out_black=int(self.out_black.value),
            out_white=int(self.out_white.value),
        )
        layer_id = self.layer_id
        return lambda document: adjustments.levels(document, layer_id, settings)


class HueDialog(_Sliders):
    """Hue, saturation and lightness."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Hue and Saturation")
        self.hue = self.slider("Hue", "Turn all colours around the wheel", (-180, 180, 0), "°")
        self.saturation = self.slider("Saturation", "Grey to vivid", (-100, 100, 0), " %")
        self.lightness = self.slider("Lightness", "Black to white", (-100, 100, 0), " %")

    def edit(self) -> Edit:
        """Return the edit for the settings as they are now."""
        hue = self.hue.value
        saturation, lightness = self.saturation.value / 100, self.lightness.value / 100
        layer_id = self.layer_id
        return lambda document: adjustments.hue_saturation(
            document, layer_id, hue, saturation, lightness
        )


class BrightnessDialog(_Sliders):
    """Brightness and contrast."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Brightness and Contrast")
        self.brightness = self.slider("Brightness", "Darker or lighter", (-100, 100, 0), " %")
        self.contrast = self.slider("Contrast", "Softer or harder", (-100, 99, 0), " %")

    def edit(self) -> Edit:
        """Return the edit for the settings as they are now."""
        brightness, contrast = self.brightness.value / 100, self.contrast.value / 100
        layer_id = self.layer_id
        return lambda document: adjustments.brightness_contrast(
            document, layer_id, brightness, contrast
        )


class BlurDialog(_Sliders):
    """Gaussian blur."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Blur")
        self.radius = self.slider("Radius", "How far colours flow", (0, 100, 4), " px")
        self.refresh()

    def edit(self) -> Edit:
        """Return the edit for the settings as they are now."""
        radius, layer_id = self.radius.value, self.layer_id
        return lambda document: adjustments.blur(document, layer_id, radius)


class SharpenDialog(_Sliders):
    """Unsharp mask."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Sharpen")
        self.radius = self.slider("Radius", "How wide an edge is", (0.1, 10, 1.5), " px")
        self.amount = self.slider("Amount", "How much clearer it gets", (0, 300, 80), " %")
        self.threshold = self.slider("Threshold", "Differences below stay", (0, 64, 0))
        self.refresh()

    def edit(self) -> Edit:
        """Return the edit for the settings as they are now."""
        radius, amount = self.radius.value, self.amount.value / 100
        threshold, layer_id = int(self.threshold.value), self.layer_id
        return lambda document: adjustments.sharpen(document, layer_id, radius, amount, threshold)
