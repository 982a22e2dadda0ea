"""The Qt face: windows, the canvas, panels, dialogs, and the models beneath them."""
