"""What a painter does with a pointer: plain events in, previews and edits out, no toolkit.

A tool is given `PointerEvent`s in canvas pixels and acts on a `Stage`, which knows the document,
the colours and the options, shows previews and overlays, and records one step a gesture.
"""
