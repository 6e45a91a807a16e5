"""A connector that comes into being when its lane first turns to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

from desktop.application.ports import Connector, Manifest, SourceSettings
from desktop.domain.command import CommandRecord
from desktop.domain.source import Answer, Batch, Found, SyncState


class DeferredConnector:
    """Stands for a connector until it is needed; closed before that, it never is.

    What a connector imports takes longer than a window may wait for its first paint.
    """

    def __init__(
        self, settings: SourceSettings, manifest: Manifest, build: Callable[[], Connector]
    ) -> None:
        self.settings, self.manifest = settings, manifest
        self._build = build
        self._built: Connector | None = None
        self._closed = False
        self._turn = threading.Lock()

    def probe(self) -> Found:
        return self._connector().probe()

    def pull(self, state: SyncState) -> Iterator[Batch]:
        return self._connector().pull(state)

    def send(self, records: Sequence[CommandRecord]) -> list[Answer]:
        return self._connector().send(records)

    def wait_for_hint(self, timeout_s: float) -> bool:
        return self._connector().wait_for_hint(timeout_s)

    def clock_offset_ms(self) -> int | None:
        built = self._built
        return None if built is None else built.clock_offset_ms()

    def close(self) -> None:
        # Without the lock: closing may not wait for a connector that is still being built.
        self._closed = True
        built = self._built
        if built is not None:
            built.close()

    def _connector(self) -> Connector:
        with self._turn:
            if self._built is None:
                self._built = self._build()
            if self._closed:
                self._built.close()
            return self._built
