"""The docks beside the canvas; each shows a part of the session and changes it by commands."""
