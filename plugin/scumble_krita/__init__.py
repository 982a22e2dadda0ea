"""Scumble's plug-in for Krita: a docker and actions, results as layers with transparency masks.

Krita's API, its Qt and the standard library only; the bridge process does everything else.
"""

try:
    import krita
except ImportError:  # read by tests and tools outside Krita
    pass
else:
    if krita.Krita.instance() is not None:
        from scumble_krita.plugin import register

        register(krita.Krita.instance())
