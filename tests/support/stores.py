"""The real encrypted cache, outbox and files, opened in a folder of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from desktop.application.ports import Cache, FileStore, OutboxStore
from desktop.domain.clock import Clock
from desktop.storage.cache.store import open_cache
from desktop.storage.files.store import open_files
from desktop.storage.outbox.store import open_outbox
from model.contract_subjects import memory_outbox

KEY = bytes(range(32))
CATEGORY_NAMES = {"water_supply": "供水"}

CACHES: dict[str, Callable[[Path, Clock], Cache]] = {
    "sqlite": lambda folder, clock: open_cache(folder, KEY, clock, CATEGORY_NAMES),
}
OUTBOXES: dict[str, Callable[[Path, Clock], OutboxStore]] = {
    "sqlite": lambda folder, clock: open_outbox(folder, KEY, clock),
    "memory": memory_outbox,
}
FILE_STORES: dict[str, Callable[[Path, int], FileStore]] = {
    "sqlite": lambda folder, most: open_files(folder, KEY, most_bytes=most),
}
"""Every implementation; the contract suites run on each. Files: folder and bound in bytes."""


class Stores:
    """All three files, closed together."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.cache = open_cache(folder, KEY, clock, {})
        self.outbox = open_outbox(folder, KEY, clock)
        self.files = open_files(folder, KEY)

    def close(self) -> None:
        self.cache.close()
        self.outbox.close()
        self.files.close()


class PassingStores(Stores):
    """All three in a temporary folder that goes with them; `close()` may be called again."""

    def __init__(self, clock: Clock, files: Mapping[str, bytes]) -> None:
        """`files` is what `packed()` gave, to begin with what those stores held."""
        self._folder = TemporaryDirectory(prefix="sample-county-")
        folder = Path(self._folder.name)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        super().__init__(folder, clock)

    def packed(self) -> dict[str, bytes]:
        """Close all and give their files by name."""
        super().close()
        folder = Path(self._folder.name)
        files = {file.name: file.read_bytes() for file in folder.iterdir()}
        self._folder.cleanup()
        return files

    def close(self) -> None:
        super().close()
        self._folder.cleanup()
