"""The history of a document: labelled states to choose from, and the journal on disk.

history = History(document, "Open", journal=Journal.create(folder, name))
history.document                              the state shown now
history.record(document, "Fill")              one more step
history.record(document, "Opacity", merge="opacity:ID")   merged while the key stays the same
history.seal()                                the slider was let go
with history.gesture("Brush stroke"):         whatever is recorded inside is one step
history.amend(document)                       no step: which layer is active, say
history.undo() / .redo() / .jump(step_id)     each returns the document then shown
history.line / .steps / .current / .can_undo / .can_redo / .bytes
recoverable(folder) -> journals left by a crash;  recover(path) -> History
"""
