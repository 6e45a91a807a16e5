"""The native county API as a source: snapshot, changes, commands and hints."""

from __future__ import annotations

import secrets as random_secrets
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import quote, urlsplit

from desktop.application.ports import Cancelled, PullPlan, SourceError, SourceSettings
from desktop.connectors.answers import MEGABYTE, Reply
from desktop.connectors.ask import Limits
from desktop.connectors.county import commands
from desktop.connectors.county.hints import Hints
from desktop.connectors.county.manifest import MANIFEST
from desktop.connectors.county.parse import ChangesPage, collection_named, read_changes
from desktop.connectors.county.rows import text
from desktop.connectors.county.session import open_session, stranger
from desktop.connectors.county.snapshot import Snapshot
from desktop.connectors.failures import refusal
from desktop.connectors.http import HttpLine
from desktop.connectors.offers import each_by_itself
from desktop.connectors.plain import PlainSource
from desktop.domain.asset import Trend
from desktop.domain.clock import Clock, CorrectedClock
from desktop.domain.command import CommandRecord
from desktop.domain.incident import Incident
from desktop.domain.instant import from_datetime
from desktop.domain.source import Answer, Batch, Found, Problem, Row, SyncState
from desktop.wire import level1
from desktop.wire.level1 import MAGIC

SNAPSHOT_LIMITS = Limits(deadline_s=3600.0, max_bytes=512 * MEGABYTE)
MAX_LINE_BYTES = 64 * MEGABYTE
MAX_EMPTY_PAGES = 20
"""Pages in a row without a change that still promise more; then the server runs in a circle."""
SNAPSHOT_TRIES = 2
COMMAND_STATUSES = (200, 400, 403, 409, 412, 413, 422, 500)


class CountyConnector(PlainSource):
    """One county's platform."""

    def __init__(
        self,
        settings: SourceSettings,
        secrets: Callable[[str], str | None],
        clock: Clock,
        *,
        client: str = "",
    ) -> None:
        super().__init__(settings, MANIFEST)
        self._clock = clock
        self._client = client or random_secrets.token_hex(16)
        self._session: level1.Session | None = None
        self._line = self._new_line(secrets)
        self._hints = Hints(self._new_line(secrets), clock)

    def _new_line(self, secrets: Callable[[str], str | None]) -> HttpLine:
        values = self.settings.values
        return HttpLine(
            str(values["url"]),
            self._clock,
            bearer=lambda: secrets(self.settings.id),
            ca_file=str(values.get("ca_file") or ""),
        )

    @property
    def bytes_received(self) -> int:
        """Bytes from the platform so far, before TLS, hints left out."""
        return self._line.bytes_received

    @property
    def bytes_sent(self) -> int:
        """Bytes to the platform so far."""
        return self._line.bytes_sent

    def probe(self) -> Found:
        session = self._open()
        with self._line.open("GET", snapshot_path(session), limits=SNAPSHOT_LIMITS) as stream:
            snapshot = Snapshot(self.settings.id, stream.url)
            next(snapshot.pages(stream.lines(MAX_LINE_BYTES)), None)
            totals = {} if snapshot.head is None else snapshot.head.totals
        offered = {c: n for n in session.collections if (c := collection_named(n)) is not None}
        return Found(
            product=f"{MAGIC} {text(session.county).in_language('zh_CN')}".strip(),
            fills=frozenset(offered),
            counts={c: totals[name] for c, name in offered.items() if name in totals},
            clock_offset_ms=self._line.offset_ms,
            remarks=tuple(self._remarks(session)),
        )

    def _remarks(self, session: level1.Session) -> Iterator[Problem]:
        offset_ms = self._line.offset_ms or 0
        if abs(offset_ms) > CorrectedClock.DRIFT_WORTH_SAYING_MS:
            yield Problem("clock_differs", {"seconds": str(round(offset_ms / 1000))})
        if session.drill:
            yield Problem("drill")
        unknown = [name for name in session.collections if collection_named(name) is None]
        if unknown:
            yield Problem("unknown_collections", {"names": ", ".join(unknown)[:200]})
        plain = urlsplit(self._line.base_url)
        if plain.scheme == "http" and plain.hostname not in ("127.0.0.1", "localhost", "::1"):
            yield Problem("not_encrypted", {"address": self._line.base_url})

    def pull(self, state: SyncState, plan: PullPlan | None = None) -> Iterator[Batch]:
        try:
            session = self._session or self._open()
            if state.token is None:
                yield from self._snapshot(session, progressive=True)
            elif state.epoch is not None and state.epoch != session.epoch:
                yield from self._snapshot(session, progressive=False)
            else:
                yield from self._changes(state.token)
        except (SourceError, Cancelled):
            # Whatever happened to the server, its next session says what it is now.
            self._session = None
            raise

    def _open(self) -> level1.Session:
        self._session = open_session(self._line, self._client)
        return self._session

    def _snapshot(self, session: level1.Session, *, progressive: bool) -> Iterator[Batch]:
        """The whole state in one last batch; before it, page by page, when nothing is cached.

        Only what is at work is shown early: history waits, and is written once with the rest.

        With rows already on screen only the last batch is given, so that nothing
        of the old state changes until the new one is whole.
        """
        for attempt in range(SNAPSHOT_TRIES):
            if attempt:
                session = self._open()  # The snapshot has been replaced: a new session names it.
            limits, path = SNAPSHOT_LIMITS, snapshot_path(session)
            with self._line.open("GET", path, limits=limits, expect=(200, 404, 410)) as stream:
                if stream.status != 200:
                    if attempt + 1 < SNAPSHOT_TRIES:
                        continue
                    raise refusal(stream.status, stream.headers, stream.url, b"")
                snapshot = Snapshot(self.settings.id, stream.url)
                for page in snapshot.pages(stream.lines(MAX_LINE_BYTES)):
                    progressive = progressive and not any(map(_is_history, page.rows))
                    if progressive and page.rows:
                        # The epoch goes with them: rows of another life must not outlast it.
                        epoch = None if snapshot.head is None else snapshot.head.epoch
                        yield Batch(self.settings.id, self._clock.now(), page.rows, epoch=epoch)
            yield self._last_batch(snapshot, session)
            return

    def _last_batch(self, snapshot: Snapshot, session: level1.Session) -> Batch:
        head = snapshot.head
        if head is None or not snapshot.whole:
            raise SourceError(Problem("cut_short", {"address": self._line.base_url, "reason": ""}))
        return Batch(
            source=self.settings.id,
            received_at=self._clock.now(),
            puts=snapshot.rows,
            complete=snapshot.complete(session.collections),
            token=head.token,
            epoch=head.epoch,
            bad_items=tuple(snapshot.bad_items),
        )

    def _changes(self, token: str) -> Iterator[Batch]:
        empty_pages, first = 0, True
        while True:
            reply = self._line.get(
                f"v1/changes?since={quote(token, safe='')}",
                accept="",  # JSON is what level 1 gives unasked, and an idle poll counts bytes.
                expect=(200, 204, 400, 409, 410),
            )
            if reply.status in (400, 409, 410):
                # Another life of the data, a token too old or one never given: start over.
                yield from self._snapshot(self._open(), progressive=False)
                return
            if reply.status == 204:
                if first:
                    yield Batch(self.settings.id, self._clock.now())
                return
            page = self._read_changes(reply)
            yield self._change_batch(page)
            first = False
            if not page.more:
                return
            empty_pages = 0 if page.changes else empty_pages + 1
            if page.token == token or empty_pages > MAX_EMPTY_PAGES:
                raise SourceError(Problem("no_progress", {"address": reply.url}))
            token = page.token

    def _read_changes(self, reply: Reply) -> ChangesPage:
        page = reply.decode(ChangesPage)
        if page.magic != MAGIC:
            raise stranger(reply)
        self._line.note_server_time(from_datetime(page.server_time))
        return page

    def _change_batch(self, page: ChangesPage) -> Batch:
        read = read_changes(self.settings.id, page.changes)
        return Batch(
            source=self.settings.id,
            received_at=self._clock.now(),
            puts=read.rows,
            deletes=read.deletes,
            token=page.token,
            epoch=None if self._session is None else self._session.epoch,
            bad_items=read.bad_items,
            reading_at=from_datetime(page.server_time),
        )

    def send(self, records: Sequence[CommandRecord]) -> list[Answer]:
        session = self._session or self._open()
        reply = self._line.post(
            "v1/commands",
            commands.encode(records, session, self._client),
            expect=COMMAND_STATUSES,
        )
        if reply.status == 200:
            return commands.decode(reply, frozenset(r.command.key for r in records))
        if reply.status in (409, 412):
            self._session = None
            raise SourceError(Problem("epoch_changed", {"address": reply.url}), retry_after_s=0.0)
        if len(records) > 1:
            return each_by_itself(records, lambda record: self.send([record]))
        refused = reply.status != 500
        answer = commands.rejection(reply, records[0].command.key) if refused else None
        if answer is None:
            raise refusal(reply.status, reply.headers, reply.url, reply.body)
        return [answer]

    def wait_for_hint(self, timeout_s: float) -> bool:
        return self._hints.wait(timeout_s)

    def stream_heard_s(self) -> float | None:
        return self._hints.heard_s

    def epoch(self) -> str | None:
        return (self._session or self._open()).epoch

    def townships(self) -> frozenset[str] | None:
        session = self._session
        return frozenset(session.townships) if session and session.townships else None

    def clock_offset_ms(self) -> int | None:
        return self._line.offset_ms

    def close(self) -> None:
        self._line.close()
        self._hints.close()


def snapshot_path(session: level1.Session) -> str:
    """The snapshot's path below the platform's own address, whatever the session claims.

    A platform may live under a prefix, and a session never leads to another host.
    """
    return "./" + session.snapshot.lstrip("/")


def _is_history(row: Row) -> bool:
    """Whether nobody needs a row before the snapshot is whole."""
    return isinstance(row, Trend) or (isinstance(row, Incident) and not row.stage.is_open)
