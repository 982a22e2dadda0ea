"""Everything that can be done to a document: named functions from one document to another."""
