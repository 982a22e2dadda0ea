"""Scumble's plug-in for Krita."""
