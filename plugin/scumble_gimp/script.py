#!/usr/bin/env python3
"""What GIMP starts, under the name of its folder; the packages lie beside it."""

import sys

from scumble_gimp.plugin import main

main(sys.argv)
