"""The command line, a second face of the same documents and files."""
