"""Scumble's plug-in for GIMP 3: its commands as procedures, results as layers with masks.

GIMP's API and the standard library only; the bridge process does everything else.
"""
