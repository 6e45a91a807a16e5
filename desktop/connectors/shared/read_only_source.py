"""Default answers of a source without checksums, files, hints or a memory of commands."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from desktop.application.ports import LoginRule, Manifest, SourceError, SourceSettings
from desktop.connectors.services import Services
from desktop.domain.command import Collection, CommandRecord
from desktop.domain.incident import FileRef
from desktop.domain.link import RequestStats
from desktop.domain.source import Batch, CommandResult, Problem, SyncState

if TYPE_CHECKING:
    from desktop.connectors.http.client import HttpClient


class ReadOnlySource:
    """The common part of connectors to backends that can only be read.

    Its `clients` are closed and reset together.
    """

    settings: SourceSettings
    manifest: Manifest
    on_traffic: Callable[[RequestStats], None]

    def __init__(self, settings: SourceSettings, manifest: Manifest, services: Services) -> None:
        self.settings = settings
        self.manifest = manifest
        self._services = services
        self.on_traffic = ignore_traffic
        self.clients: list[HttpClient] = []
        self._closed = threading.Event()

    def new_client(
        self, url: str, *, lean: bool = False, rule: LoginRule | None = None
    ) -> HttpClient:
        """Build a client for an address of the source, closed and reset with the others.

        Its `get("")` asks that address as it is written; other paths lie below it.
        It logs in by the `rule`, or as the source does.
        """
        made = self._services.http_client(self.settings, url, self.report, lean=lean, rule=rule)
        self.clients.append(made)
        return made

    @property
    def bytes_received(self) -> int:
        """Bytes from all its servers so far, before TLS."""
        return sum(client.bytes_received for client in self.clients)

    @property
    def bytes_sent(self) -> int:
        """Bytes to all its servers so far, before TLS."""
        return sum(client.bytes_sent for client in self.clients)

    def report(self, traffic: RequestStats) -> None:
        """Pass on a request's stats; the listener may be set after the client was made."""
        self.on_traffic(traffic)

    def repair(self, sums: Sequence[int]) -> Iterator[Batch]:  # noqa: ARG002
        raise SourceError(Problem("no_sums", {"source": self.settings.id}))

    def send(self, records: Sequence[CommandRecord]) -> list[CommandResult]:
        raise NotImplementedError

    def may_follow(self, state: SyncState) -> bool:  # noqa: ARG002
        """Never: the backend's answers bring no rows."""
        return False

    def send_and_follow(
        self,
        records: Sequence[CommandRecord],
        state: SyncState,  # noqa: ARG002
    ) -> tuple[list[CommandResult], Sequence[Batch]]:
        """Offer the commands alone."""
        return self.send(records), ()

    def epoch(self) -> str | None:
        """None: the backend has no epochs of its data."""
        return None

    def states(self, keys: Sequence[str]) -> list[CommandResult]:  # noqa: ARG002
        """Return nothing: the backend keeps no commands by their keys."""
        return []

    def upload(self, ref: FileRef, offset: int, piece: bytes) -> int:  # noqa: ARG002
        raise no_files(ref.name)

    def download(self, digest: str, offset: int, most: int) -> bytes:  # noqa: ARG002
        raise no_files(digest[:8])

    def file_limit(self) -> int | None:
        """None: it takes no files at all."""
        return None

    def stream_heard_s(self) -> float | None:
        """None: there is no stream."""
        return None

    def proven_s(self) -> float | None:
        """None: no answer can prove its origin, so each is believed."""
        return None

    def account(self) -> str:
        """Empty: the backend has no accounts."""
        return ""

    def townships(self) -> frozenset[str] | None:
        """None: the backend has no accounts."""
        return None

    def collections_offered(self) -> frozenset[Collection] | None:
        """All collections of its kind."""
        return self.manifest.fills

    def reset(self) -> None:
        for client in self.clients:
            client.reset()

    def wait_for_hint(self, timeout_s: float) -> bool:
        """Wait until the time is up or `close()` is called: there are no hints."""
        self._closed.wait(timeout_s)
        return False

    def close(self) -> None:
        self._closed.set()
        for client in self.clients:
            client.close()


def ignore_traffic(traffic: RequestStats) -> None:
    """Discard a request's stats."""


def no_files(name: str) -> SourceError:
    """Return the error of a source that takes no files."""
    return SourceError(Problem("file_refused", {"name": name, "limit": "0 MB"}))
