"""Keeping the memory of this process private and small: no core dump, no log of TLS keys."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Any

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


M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""Of glibc's `mallopt`."""
LARGE_BYTES = 256 * 1024
"""A block of this size is mapped alone, and goes back to the system when it is freed."""


def share_arenas() -> None:
    """Have all threads allocate from two arenas: what one of many freed, no other could use.

    Call this before the first thread starts. Does nothing where the C library has no arenas.
    """
    library = _glibc()
    if library is not None:
        library.mallopt(M_ARENA_MAX, 2)
        library.mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)


def give_back() -> None:
    """Return to the system what was freed, after work that needed far more memory than usual."""
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


def _glibc() -> Any:
    """Return the C library if it can be told about its arenas, else None."""
    if sys.platform != "linux":
        return None
    with suppress(ImportError, OSError, AttributeError):
        import ctypes

        library = ctypes.CDLL(None)
        return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
    return None
