"""The user interface; only this package imports Qt."""

import os
import sys

from desktop.gui.qt_libraries import load_beside, offer_ibus

offer_ibus(os.environ)
load_beside()

import PySide6  # noqa: E402, F401 - has the hook below made

# WORKAROUND: at each import PySide reads the module's whole source, to see whether it may use
# `from __feature__ import`, and never lets go of it. That is 20 ms of the start, and megabytes.
# We use no features: without the hook every module has none.
if hook := sys.modules.get("shibokensupport.feature"):
    hook.__dict__["feature_imported"] = lambda _module: None
