"""The document, its history and files, and the Qt canvas app."""
