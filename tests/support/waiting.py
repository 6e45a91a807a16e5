"""A request that waits, and the line it waits on closed under it."""

from __future__ import annotations

import threading

import pytest

from desktop.application.ports import Cancelled
from desktop.connectors.http.client import HttpClient

SOON_S = 0.5


def close_while_it_waits(line: HttpClient, waiting: threading.Event) -> None:
    """Ask on another thread, close the line once the far end is `waiting`, and hold that the
    request ends at once as called off."""
    ended = threading.Event()

    def wait() -> None:
        with pytest.raises(Cancelled):
            line.get("x")
        ended.set()

    thread = threading.Thread(target=wait)
    thread.start()
    assert waiting.wait(10)
    line.close()
    assert ended.wait(SOON_S)
    thread.join()
