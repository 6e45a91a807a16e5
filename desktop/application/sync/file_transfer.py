"""Files on their way, a piece at a time: thumbnails first, originals as the line allows."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Sequence

import msgspec

from desktop.application.budget.link_estimator import LinkEstimator
from desktop.application.commands.belonging import binding_in_use, files_of_strangers
from desktop.application.ports import FileStore, SourceError, Upload
from desktop.application.sync.exchange_context import ExchangeContext
from desktop.application.sync.file_state import DOWN, UP
from desktop.application.sync.puzzles import FIRST_PUZZLE_S
from desktop.domain.link import LinkTier
from desktop.domain.source import Problem
from desktop.protocol.pictures import THUMBNAIL_BYTES

log = logging.getLogger(__name__)

LOOKED_AT = 60
"""Open incidents, most urgent first, whose files may be fetched unasked."""
MOST_UNASKED_BYTES = 8 * 1024 * 1024
FULL, WAITS = "no_room", "file_waits"
"""Problem codes: of a source that has no room now, and of the notice to the file's officer."""
GONE = ("not_found", "file_refused", "forbidden", "request_refused")


class Chunk(msgspec.Struct, frozen=True):
    """The next piece to move: of an upload, or of a download."""

    upload: Upload | None = None
    digest: str = ""
    offset: int = 0
    size: int = 0
    """0 for a thumbnail, whose size is unknown."""


def next_chunk(
    uploads: Sequence[Upload],
    wanted: Sequence[tuple[str, int, int]],
    fetchable: Sequence[tuple[str, int]],
    tier: LinkTier,
    *,
    originals_now: bool,
    keep_for_hours: bool,
    lost: Collection[str] = (),
) -> Chunk | None:
    """Return the next piece to move, or None.

    Thumbnails of ours, then what an officer asked for, then thumbnails on a line good
    enough, then originals of ours, then whatever of ours was `lost` here, then originals on a
    good line or in their hours.
    `keep_for_hours`: the profile names hours, so originals of ours wait for them.
    """
    originals = originals_now or tier is LinkTier.ORIGINALS
    for upload in uploads:
        if upload.is_thumbnail:
            return Chunk(upload)
    for digest, held, size in wanted:
        if digest not in lost:
            return Chunk(None, digest, held, size)
    for digest, size in fetchable:
        if size == 0 and tier is not LinkTier.TEXT:
            return Chunk(None, digest)
    for upload in uploads:
        if originals or not keep_for_hours:
            return Chunk(upload)
    if (back := _chunk_of_lost(wanted, fetchable, lost)) is not None:
        return back
    for digest, size in fetchable:
        if size > 0 and originals:
            return Chunk(None, digest, 0, size)
    return None


def _chunk_of_lost(
    wanted: Sequence[tuple[str, int, int]],
    fetchable: Sequence[tuple[str, int]],
    lost: Collection[str],
) -> Chunk | None:
    for digest, held, size in wanted:
        return Chunk(None, digest, held, size)
    for digest, size in fetchable:
        if size == 0 and digest in lost:
            return Chunk(None, digest)
    return None


def digests_held(context: ExchangeContext) -> set[str]:
    """Return the files of commands that wait for another login: none moves under this one."""
    binding = binding_in_use(context.outbox, context.connector)
    return files_of_strangers(context.outbox, context.source, binding)


class FileTransfer:
    """Moves one source's files; used by its worker's thread alone."""

    def __init__(self, files: FileStore, context: ExchangeContext) -> None:
        self._connector, self._files, self._cache = context.connector, files, context.cache
        self._memory, self._clock, self._context = context.memory, context.clock, context
        self._source, self._known = context.source, context.memory.files
        self._link = context.link or LinkEstimator(context.clock)

    def next(self, tier: LinkTier, *, originals_now: bool, keep_for_hours: bool) -> Chunk | None:
        """Return the piece to move now; a file that did not move keeps no other waiting."""
        now_s, known = self._clock.monotonic_s(), self._known
        for resting in (known.resting, frozenset[str]()):
            unsent = known.unsent(now_s) | resting
            unfetched = known.not_fetched_now(now_s) | resting
            piece = next_chunk(
                [u for u in self._uploads() if u.ref.digest not in unsent],
                [w for w in self._files.list_wanted(self._source) if w[0] not in unfetched],
                [f for f in known.fetchable(self._look_up) if f[0] not in unfetched],
                tier,
                originals_now=originals_now,
                keep_for_hours=keep_for_hours,
                lost=known.lost,
            )
            if piece is not None or not known.resting:
                return piece
            known.end_rests()
        return None

    def choose_size(self, piece: Chunk, planned: int) -> int:
        """Return how many bytes move at once: down as planned, up as the line carries them."""
        return planned if piece.upload is None else self._link.uploads.piece_bytes

    def move(self, piece: Chunk, most: int) -> bool:
        """Move at most that many bytes of it; whether another may follow at once.

        True when it moved, and when the county lacks or refuses the file. A bad line is not raised:
        then nothing follows.
        """
        digest = piece.upload.ref.digest if piece.upload else piece.digest
        try:
            if piece.upload is not None:
                self._send(piece.upload, most)
            elif piece.size == 0:
                self._fetch_thumbnail(piece.digest)
            else:
                self._fetch(piece, most)
        except SourceError as error:
            log.info("a file did not move", extra={"code": error.problem.code})
            if error.problem.code not in GONE:
                self._known.rest(digest)
                self._link.uploads.begin_anew()
                self._tell_full(piece, error)
                return False
            if error.proven or self._is_believed((UP if piece.upload else DOWN) + digest):
                self._note_refusal(piece, digest, error.problem)
        return True

    def _tell_full(self, piece: Chunk, error: SourceError) -> None:
        """Notify the officer that the county has no room for a file of ours now: it goes later."""
        if piece.upload is None or error.problem.code != FULL:
            return
        ref, reason = piece.upload.ref, error.problem.details.get("reason", "")
        self._memory.tell(Problem(WAITS, {"name": ref.name, "reason": reason}))
        wait_s = error.retry_after_s or FIRST_PUZZLE_S
        self._memory.puzzles.ask_after(UP + ref.digest, self._clock.monotonic_s(), wait_s)

    def _note_refusal(self, piece: Chunk, digest: str, problem: Problem) -> None:
        if piece.upload is not None:
            self._files.refuse(self._source, digest, _refusal(piece.upload, problem))
        else:
            self._known.note_absent(digest)
            self._tell_lost(digest, problem)

    def _is_believed(self, name: str) -> bool:
        """Whether an unproven answer has come often enough to be believed: the third time."""
        wait_s = self._memory.puzzles.note(name, self._clock.monotonic_s())
        return wait_s >= FIRST_PUZZLE_S * 4

    def _tell_lost(self, digest: str, problem: Problem) -> None:
        """Report a file of our command as lost: it is neither here nor at the source."""
        name = self._known.name_of_lost(digest)
        if name is not None and problem.code == "not_found":
            self._files.refuse(self._source, digest, Problem("file_lost", {"name": name}))

    def _uploads(self) -> list[Upload]:
        """Return the uploads that the source has not refused and this login may send.

        Sent again, a refused file would be paid for and refused again; and the file of a command
        that waits for another officer's login goes out under no other either.
        """
        found = [
            upload
            for upload in self._files.uploads(self._source)
            if self._files.refusal(self._source, upload.ref.digest) is None
        ]
        held = digests_held(self._context) if found else set()
        return [upload for upload in found if upload.ref.digest not in held]

    def _send(self, upload: Upload, most: int) -> None:
        ref, offset = upload.ref, upload.offset
        if not self._known.is_met(ref.digest):
            # Bytes of an earlier run may have arrived without their answer.
            offset = self._connector.upload(ref, 0, b"")
            self._known.meet(ref.digest)
            self._files.mark_sent(self._source, ref.digest, offset)
        if offset >= ref.size:
            self._known.lose_sight(ref.digest)
            return
        body = self._files.read(ref.digest, offset, most)
        if not body:
            self._known.note_refused(ref.digest)
            return
        began_s, delay_ms = self._clock.monotonic_s(), self._link.state().delay_ms
        has = self._connector.upload(ref, offset, body)
        delay_s = None if delay_ms is None else delay_ms / 1000
        self._link.uploads.note_sent(len(body), self._clock.monotonic_s() - began_s, delay_s)
        if has <= offset:
            self._known.lose_sight(ref.digest)
            # It would run in a circle.
            self._memory.puzzles.note(UP + ref.digest, self._clock.monotonic_s())
        if has >= ref.size:
            self._known.lose_sight(ref.digest)  # Sent again, it is asked anew.
            self._memory.tell_no_more(WAITS, ref.name)
        self._files.mark_sent(self._source, ref.digest, has)

    def _fetch(self, piece: Chunk, most: int) -> None:
        self._files.want(self._source, piece.digest, piece.size)
        body = self._connector.download(piece.digest, piece.offset, most)
        if not body and piece.offset < piece.size:
            self._known.note_absent(piece.digest)
            return
        if self._files.add_chunk(self._source, piece.digest, piece.offset, body):
            self._known.look_up_anew()
        elif piece.offset + len(body) >= piece.size:
            self._known.note_spoilt(piece.digest)

    def _fetch_thumbnail(self, digest: str) -> None:
        body = self._connector.download(digest, 0, THUMBNAIL_BYTES)
        if hashlib.sha256(body).hexdigest() != digest:
            self._known.note_spoilt(digest)
            return
        self._files.want(self._source, digest, len(body))
        self._files.add_chunk(self._source, digest, 0, body)
        self._known.look_up_anew()

    def _look_up(self) -> list[tuple[str, int]]:
        """Return the files of the most urgent rows that are not here, with their sizes."""
        named = dict.fromkeys(sorted(self._known.missing_thumbnails), 0)
        for incident in self._cache.open_incidents(LOOKED_AT):
            for ref in incident.files if incident.source == self._source else ():
                if ref.thumbnail:
                    named[ref.thumbnail] = 0
                if ref.here and 0 < ref.size <= MOST_UNASKED_BYTES:
                    named[ref.digest] = ref.size
        return [
            (digest, size)
            for digest, size in named.items()
            if self._files.read(digest, 0, 1) is None
        ]


def _refusal(upload: Upload, problem: Problem) -> Problem:
    """Return the problem in the officer's words, who waits for a file and not for a request."""
    if problem.code == "file_refused":
        return problem
    told = (problem.details.get("status", ""), problem.details.get("reason", ""))
    reason = " ".join(part for part in told if part) or problem.code
    return Problem("file_not_taken", {"name": upload.ref.name, "reason": reason})
