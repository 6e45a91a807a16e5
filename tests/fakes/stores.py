"""The real encrypted cache and outbox, opened in a folder of the test's own."""

from __future__ import annotations

from pathlib import Path

from desktop.storage.cache import open_cache
from desktop.storage.outbox import open_outbox
from fakes.builders import FakeClock

KEY = bytes(range(32))


class Stores:
    """Both files, closed together."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.cache = open_cache(folder, KEY, clock, {})
        self.outbox = open_outbox(folder, KEY, clock)

    def close(self) -> None:
        self.cache.close()
        self.outbox.close()
