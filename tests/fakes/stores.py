"""The real encrypted cache, outbox and files, opened in a folder of the test's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from desktop.domain.clock import Clock
from desktop.storage.cache import open_cache
from desktop.storage.files import open_files
from desktop.storage.outbox import open_outbox

KEY = bytes(range(32))


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
