"""`python -m scumble_editor [FILES]`: opens the editor."""

import sys
from pathlib import Path

from scumble_editor.app import run

if __name__ == "__main__":
    sys.exit(run([Path(name) for name in sys.argv[1:]]))
