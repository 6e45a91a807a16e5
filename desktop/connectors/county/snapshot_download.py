"""Download a snapshot in pieces, so that a cut or a restart transfers no byte twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from desktop.application.ports import PullPlan, SourceError
from desktop.connectors.county.level1 import Read
from desktop.connectors.county.mapping import COLLECTION_OF, row_key
from desktop.connectors.county.session import GZIP, CountySession
from desktop.connectors.county.snapshot_reader import Snapshot
from desktop.connectors.http.errors import excerpt, refusal
from desktop.connectors.http.request import Limits
from desktop.connectors.http.response import KILOBYTE, Stream
from desktop.domain.asset import Trend
from desktop.domain.incident import Incident
from desktop.domain.link import TrafficClass
from desktop.domain.source import Batch, Problem, Progress, Row, Staged
from desktop.protocol.limits import SNAPSHOT_BYTES, STAGED_BYTES
from desktop.wire import level1

LIMITS = Limits(deadline_s=3600.0, max_bytes=SNAPSHOT_BYTES)
FIRST_PIECE = 16 * KILOBYTE
"""Pieces grow from here to the wanted size, so that the most critical rows come first."""
GROWTH = 4
CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")
GONE = (404, 406, 410, 416)


class Replaced(Exception):
    """The server no longer has the snapshot, or has another one under its name."""


class Download:
    """The download of one snapshot, resumed after `staged`; `snapshot` is whole at the end."""

    def __init__(
        self, county: CountySession, session: level1.Session, plan: PullPlan, *, progressive: bool
    ) -> None:
        self._county = county
        self._session = session
        self._plan = plan
        self._progressive = progressive
        self._path = snapshot_path(session)
        self._tag = ""
        self._at = 0
        """Bytes read so far, whether in this run or before."""
        self._bytes = 0
        """Bytes of the whole snapshot; 0 where the server does not say."""
        self.snapshot = self._new()

    def resume(self, staged: Staged | None) -> None:
        """Go on after the pieces kept from an earlier run, if they are of the same epoch."""
        if staged is None or not staged.body or not staged.tag:
            return
        try:
            for _ in self.snapshot.feed(staged.body):
                pass  # Their rows were shown when they came.
        except SourceError:
            self.snapshot = self._new()
            return
        head = self.snapshot.head
        if head is not None and head.epoch != self._session.epoch:
            self.snapshot = self._new()
            return
        self._path, self._tag, self._at = staged.resource, staged.tag, len(staged.body)

    def batches(self) -> Iterator[Batch]:
        """Yield batches piece by piece, each with its bytes to keep and the rows to show.

        Raises Replaced when the server has another snapshot now.
        """
        wanted = min(FIRST_PIECE, self._plan.piece_bytes)
        while not self.snapshot.whole:
            before = self._at
            yield from self._piece(wanted)
            if self._at == before:
                self.snapshot.end()
            wanted = min(GROWTH * wanted, max(self._plan.piece_bytes, KILOBYTE))

    def _new(self) -> Snapshot:
        address = self._county.http.base_url + self._path.removeprefix("./")
        return Snapshot(self._county.source, address)

    def _piece(self, wanted: int) -> Iterator[Batch]:
        """Fetch the next piece, whole or up to where it was cut; then raise the failure that cut
        it."""
        headers = {"Range": f"bytes={self._at}-{self._at + wanted - 1}"}
        if self._at:
            headers["If-Range"] = self._tag
        if not self._county.compact:
            headers |= GZIP
        got = bytearray()
        failure: SourceError | None = None
        # No batch is given while the answer is open: commands go out between two batches,
        # and they shall find the connection free.
        try:
            with self._county.http.open(
                "GET", self._path, accept=self._county.accept, headers=headers,
                expect=(200, 206, *GONE), limits=LIMITS, kind=TrafficClass.SNAPSHOT, packed=True,
            ) as stream:  # fmt: skip
                if stream.status in GONE:
                    body = stream.whole().body  # Read, so that the connection can be kept.
                    if stream.status != 406 or self._at:
                        raise Replaced
                    raise refusal(stream.status, stream.headers, stream.url, body)
                if self._begin(stream):
                    yield from self._stream(stream)
                    return
                for chunk in stream.chunks():
                    got += chunk
        except SourceError as error:
            failure = error
        if got:
            yield from self._take(bytes(got))
        if failure is not None:
            raise failure

    def _begin(self, stream: Stream) -> bool:
        """Check an answer's head; return whether the answer is the whole snapshot at once.

        Raises Replaced when it is a piece of something else.
        """
        tag = stream.headers.get("ETag", "")
        tag = "" if tag.startswith("W/") else tag
        if stream.status == 200:
            if self._at and tag != self._tag:
                self._over()
            self._tag = tag
            return True
        found = CONTENT_RANGE.fullmatch(stream.headers.get("Content-Range", ""))
        if found is None or int(found[1]) != self._at or (self._at and tag != self._tag):
            raise Replaced
        self._tag, self._bytes = tag, int(found[3])
        return False

    def _over(self) -> None:
        self.snapshot, self._at = self._new(), 0

    def _stream(self, stream: Stream) -> Iterator[Batch]:
        """Read all of a snapshot from a server without ranges, showing rows as they come."""
        passed_over = self._at
        for chunk in stream.chunks():
            skipped = min(passed_over, len(chunk))
            passed_over -= skipped
            if fresh := chunk[skipped:]:
                yield from self._take(fresh)
        self.snapshot.end()

    def _take(self, piece: bytes) -> Iterator[Batch]:
        """Yield the rows of some bytes and the bytes to keep; bytes that cannot be read are not
        kept."""
        early: dict[object, tuple[Row, int | None]] = {}
        try:
            for page in self.snapshot.feed(piece):
                self._show(page, early)
        except SourceError as error:
            yield self._batch(early, Staged(self._path, "", b""))
            raise error from None
        self._at += len(piece)
        if self._tag and self._at <= STAGED_BYTES:
            yield self._batch(early, Staged(self._path, self._tag, piece))
        elif early:
            yield self._batch(early, None)

    def _show(self, page: Read, early: dict[object, tuple[Row, int | None]]) -> None:
        """Add a page to the rows shown before the snapshot is whole.

        History waits: it is written once, with the rest.
        """
        self._progressive = self._progressive and not any(map(_is_history, page.rows))
        if self._progressive:
            keys: tuple[int | None, ...] = page.keys or (None,) * len(page.rows)
            for row, key in zip(page.rows, keys, strict=True):
                early[COLLECTION_OF[type(row)], row_key(row)] = row, key

    def _batch(self, early: dict[object, tuple[Row, int | None]], staged: Staged | None) -> Batch:
        keys = tuple(key for _, key in early.values() if key is not None)
        head = self.snapshot.head
        return Batch(
            source=self._county.source,
            puts=tuple(row for row, _ in early.values()),
            # The epoch goes with them: rows of another epoch must not outlast it.
            epoch=head.epoch if head is not None and early else None,
            row_keys=keys if len(keys) == len(early) else (),
            staged=staged,
            account=self._session.account,
            progress=self._progress(),
        )

    def _progress(self) -> Progress | None:
        rows, of = self.snapshot.progress
        if not of:
            return None
        share = self._at / self._bytes if self._bytes else rows / of
        return Progress(rows, of, min(1.0, share))


def snapshot_path(session: level1.Session) -> str:
    """Return the snapshot's path below the platform's own address, whatever the session claims.

    A platform may be under a prefix, and a session never leads to another host: for a whole address
    it raises SourceError.
    """
    if "://" in session.snapshot or session.snapshot.startswith("//"):
        raise SourceError(Problem("snapshot_elsewhere", {"path": excerpt(session.snapshot)}))
    return "./" + session.snapshot.lstrip("/")


def _is_history(row: Row) -> bool:
    """Whether a row can wait until the snapshot is whole: a trend or a closed incident."""
    return isinstance(row, Trend) or (isinstance(row, Incident) and not row.stage.is_open)
