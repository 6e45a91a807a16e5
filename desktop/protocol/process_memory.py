"""Keeping the memory of this process private: no core dump, no log of TLS keys."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

PR_SET_DUMPABLE = 4
"""Of Linux's `prctl`; a dump that is piped to a program heeds no limit on its size."""


def keep_private() -> None:
    """Keep crashes from writing keys, tokens and rows to disk, and libraries from writing TLS keys.

    Where the system does not offer one of these measures, the others are taken. Call this before
    anything secret is read.
    """
    os.environ.pop("SSLKEYLOGFILE", None)
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with suppress(ImportError, OSError, AttributeError):
            import ctypes

            ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
