"""The canvas: what a document shows, brought to the screen tile by tile, and the pointer back."""
