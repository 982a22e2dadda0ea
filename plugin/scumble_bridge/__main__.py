"""`python -m scumble_bridge`: what hosts start, and the installer of their plug-ins."""

import argparse
import sys

from scumble_protocol.errors import ScumbleError


def main() -> None:
    """Serve the host at the other end of the pipes, or install, remove or describe plug-ins."""
    arguments = _parser().parse_args()
    if arguments.action == "serve":
        from scumble_bridge.serving import serve

        serve()
        return
    from scumble_bridge import installing

    try:
        for line in installing.run(arguments.action, arguments.host):
            print(line)
    except ScumbleError as error:
        print(f"scumble bridge: {error}", file=sys.stderr)
        sys.exit(1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scumble bridge", description=__doc__)
    parser.add_argument(
        "action", nargs="?", default="serve", choices=["serve", "install", "uninstall", "status"]
    )
    parser.add_argument("host", nargs="?", default="all", choices=["krita", "gimp", "all"])
    return parser


if __name__ == "__main__":
    main()
