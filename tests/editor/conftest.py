"""Tests of the editor open no window on the developer's screen."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
