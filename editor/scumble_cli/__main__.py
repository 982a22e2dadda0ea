"""The command `scumble`."""


def main() -> None:
    """Run the command line."""
