"""A connector that comes into being when its lane first turns to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

from desktop.application.ports import Connector, Manifest, PullPlan, SourceSettings
from desktop.connectors.shared.read_only_source import ignore_traffic
from desktop.domain.command import Collection, CommandRecord
from desktop.domain.incident import FileRef
from desktop.domain.link import Traffic
from desktop.domain.source import Answer, Batch, Found, SyncState


class DeferredConnector:
    """Stands for a connector until it is needed; closed before that, it never is.

    What a connector imports takes longer than a window may wait for its first paint.
    """

    def __init__(
        self, settings: SourceSettings, manifest: Manifest, build: Callable[[], Connector]
    ) -> None:
        self.settings, self.manifest = settings, manifest
        self.on_traffic: Callable[[Traffic], None] = ignore_traffic
        self._build = build
        self._built: Connector | None = None
        self._closed = False
        self._turn = threading.Lock()

    def probe(self) -> Found:
        return self._connector().probe()

    def pull(self, state: SyncState, plan: PullPlan | None = None) -> Iterator[Batch]:
        return self._connector().pull(state, plan)

    def send(self, records: Sequence[CommandRecord]) -> list[Answer]:
        return self._connector().send(records)

    def repair(self, sums: Sequence[int]) -> Iterator[Batch]:
        return self._connector().repair(sums)

    def epoch(self) -> str | None:
        return self._connector().epoch()

    def states(self, keys: Sequence[str]) -> list[Answer]:
        return self._connector().states(keys)

    def upload(self, ref: FileRef, offset: int, piece: bytes) -> int:
        return self._connector().upload(ref, offset, piece)

    def download(self, digest: str, offset: int, most: int) -> bytes:
        return self._connector().download(digest, offset, most)

    def file_limit(self) -> int | None:
        built = self._built
        return None if built is None else built.file_limit()

    def reset(self) -> None:
        built = self._built
        if built is not None:
            built.reset()

    def wait_for_hint(self, timeout_s: float) -> bool:
        return self._connector().wait_for_hint(timeout_s)

    def stream_heard_s(self) -> float | None:
        built = self._built
        return None if built is None else built.stream_heard_s()

    def proven_s(self) -> float | None:
        built = self._built
        return None if built is None else built.proven_s()

    def account(self) -> str:
        built = self._built
        return "" if built is None else built.account()

    def townships(self) -> frozenset[str] | None:
        built = self._built
        return None if built is None else built.townships()

    def offered(self) -> frozenset[Collection] | None:
        built = self._built
        told = None if built is None else built.offered()
        return None if told is None else self.manifest.fills & told

    def clock_offset_ms(self) -> int | None:
        built = self._built
        return None if built is None else built.clock_offset_ms()

    def close(self) -> None:
        # Without the lock: closing may not wait for a connector that is still being built.
        self._closed = True
        built = self._built
        if built is not None:
            built.close()

    def _report(self, traffic: Traffic) -> None:
        self.on_traffic(traffic)  # Whoever listens may have come after it was built.

    def _connector(self) -> Connector:
        with self._turn:
            if self._built is None:
                self._built = self._build()
                self._built.on_traffic = self._report
            if self._closed:
                self._built.close()
            return self._built
