"""What both host plug-ins share: talking to the bridge, the table of commands, sentences.

Standard library only, for any Python from 3.10 on: it runs inside GIMP's and Krita's interpreters.
"""

VERSION = "0.1.0"
"""The package's version when this was copied beside the plug-in; the bridge says its own."""
