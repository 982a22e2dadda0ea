"""The history of a document: labelled states to choose from, and the journal on disk."""
