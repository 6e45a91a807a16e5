"""Files named by their digest, beside the database: uploaded in pieces, read when complete.

A complete file never changes, so a backup may copy the folder while the server runs. The
database records how much of a file has come, never more than is safe on the disk.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from desktop.county_server.commands.executor import size_words
from desktop.county_server.db import access
from desktop.county_server.db.county_file import digest_of, file_place, files_folder
from desktop.county_server.db.database import Database
from desktop.county_server.db.disk import close_tree, open_private, private_folder, sync_folder
from desktop.county_server.problems import ApiError
from desktop.county_server.quotas import Quotas, check_files
from desktop.county_server.scope import Account
from desktop.protocol.pictures import (
    MEDIA_TYPES,
    THUMBNAIL_BYTES,
    NoPicture,
    read_picture,
    thumbnail_fault,
)
from desktop.wire.level1 import MAGIC, File, FileOffer, FileState

UNKNOWN = "application/octet-stream"
DIGEST = re.compile(r"[0-9a-f]{64}")
ANY_QUOTAS = Quotas()
KEEP_UPLOADS_S = 14 * 86_400
"""A partly uploaded file is deleted when nothing more of it has come for this long."""
KEEP_UNNAMED_S = 30 * 86_400
"""So is a complete one that no command names: a desk may be offline for weeks between a photo's
bytes and its command. If the command comes later still, the county asks for the bytes again."""


class ServedFile(msgspec.Struct, frozen=True):
    """A complete file, ready to be served."""

    path: Path
    media_type: str


class ByteRange(msgspec.Struct, frozen=True):
    """The range of bytes that a request uploads, both ends included, and the file's size."""

    first: int
    last: int
    size: int

    @property
    def length(self) -> int:
        """Number of bytes in the range."""
        return self.last - self.first + 1


class Attachments:
    """The county's files. Thread-safe."""

    def __init__(self, database: Database, limit: int, quotas: Quotas = ANY_QUOTAS) -> None:
        self._database = database
        self._quotas = quotas
        self._limit = limit
        self._folder = files_folder(database.path)
        close_tree(self._folder)
        self._lock = threading.RLock()
        self._arriving: dict[tuple[str, str], Arrival] = {}

    def offer(self, offered: FileOffer, account: Account) -> FileState:
        """Register an upload and return how much of the file is here; 413 names the size limit."""
        digest = _check(offered.digest)
        if offered.size > self._limit:
            zh, en = size_words(self._limit)
            raise ApiError(413, "file-too-large", f"{zh} / {en}")
        with self._lock:
            self._break_off(digest, account)
            whole = self._whole(digest, account)
            if whole is not None:
                return whole
            state = self._state(digest, account)
            if state is not None and state.size == offered.size:
                return state
            self._part(digest, account).unlink(missing_ok=True)
            with self._database.transaction() as transaction:
                forget_offer = "DELETE FROM uploads WHERE digest=? AND account=?"
                transaction.connection.execute(forget_offer, (digest, account.name))
                check_files(transaction.connection, offered.size, account, self._quotas)
                transaction.connection.execute(
                    "INSERT INTO uploads VALUES(?,?,?,?,0,?)",
                    (digest, account.name, offered.size, offered.media_type, self._now_s()),
                )
            return FileState(MAGIC, digest, offered.size, 0)

    def begin(self, digest: str, piece: ByteRange, account: Account) -> Arrival | FileState:
        """Begin to receive a piece; return the file's state instead when it is complete already.

        404 without an offer, 409 with the offset when there would be a gap. A newer piece of
        the same account ends an older one, whose connection may hang.
        """
        digest = _check(digest)
        with self._lock:
            self._break_off(digest, account)
            state = self._whole(digest, account) or self._state(digest, account)
            if state is None:
                raise ApiError(404, "no-offer", "Offer the file first.")
            if state.size != piece.size or not piece.first <= piece.last < piece.size:
                raise ApiError(409, "file-range", "Not of the size offered.", offset=state.offset)
            if state.offset == state.size:
                return state
            if piece.first > state.offset:
                raise ApiError(409, "file-gap", "Go on from offset.", offset=state.offset)
            arrival = Arrival(self, state, piece.first, account, self._part(digest, account))
            self._arriving[digest, account.name] = arrival
            return arrival

    def find(self, digest: str, account: Account) -> ServedFile | None:
        """Return a complete file that the account may see, or None."""
        if not DIGEST.fullmatch(digest):
            return None
        with self._database.reading() as connection:
            kept = connection.execute(
                "SELECT media_type FROM files WHERE digest=?", (digest,)
            ).fetchone()
            if kept is None or not access.may_see(connection, digest, account):
                return None
        path = self._keep(digest)
        return ServedFile(path, kept[0]) if path.is_file() else None

    def sweep(self) -> int:
        """Delete stale uploads and complete files that stayed unnamed; return how many."""
        before = self._now_s() - KEEP_UPLOADS_S
        with self._lock:
            unnamed = self._sweep_unnamed()
            with self._database.transaction() as transaction:
                swept = transaction.connection.execute(
                    "DELETE FROM uploads WHERE at < ? RETURNING digest, account", (before,)
                ).fetchall()
            for digest, account in swept:
                self._break_off(digest, Account(account))
                self._part(digest, Account(account)).unlink(missing_ok=True)
        return len(swept) + unnamed

    def _sweep_unnamed(self) -> int:
        with self._database.transaction() as transaction:
            digests = access.list_unnamed(transaction.connection, self._now_s() - KEEP_UNNAMED_S)
            for digest in digests:
                access.drop(transaction.connection, digest)
        for digest in digests:
            # If it was offered again meanwhile, it is incomplete: its bytes have to come anew.
            self._keep(digest).unlink(missing_ok=True)
        return len(digests)

    def note_progress(self, state: FileState, account: Account) -> None:
        """Record that the file is safe on the disk up to the state's offset."""
        with self._database.transaction() as transaction:
            transaction.connection.execute(
                "UPDATE uploads SET offset=?, at=? WHERE digest=? AND account=?",
                (state.offset, self._now_s(), state.digest, account.name),
            )

    def finish(self, arrival: Arrival) -> FileState:
        """Sync what came with a piece; check a file that is complete now and show it in its rows.

        422 when its digest differs: the file must be uploaded anew.
        """
        arrival.close()
        state = arrival.state
        with self._lock:
            name = (state.digest, arrival.account.name)
            if self._arriving.get(name) is arrival:
                del self._arriving[name]
            if state.offset == state.size:
                self._settle(state.digest, arrival.account)
        return state

    def close(self) -> None:
        """End the pieces under way and keep what has come of them. Idempotent."""
        with self._lock:
            for arrival in self._arriving.values():
                arrival.close()
            self._arriving.clear()

    def _settle(self, digest: str, account: Account) -> None:
        part, kept = self._part(digest, account), self._keep(digest)
        if part.exists():
            if digest_of(part) != digest:
                self._throw_away(digest, account)
                raise ApiError(422, "file-digest", "Not the digest offered: bring it anew.")
            private_folder(self._folder)
            private_folder(kept.parent)
            part.replace(kept)
            sync_folder(kept.parent)
        with self._database.transaction() as transaction:
            found = transaction.connection.execute(
                "SELECT size, media_type FROM uploads WHERE digest=? AND account=?",
                (digest, account.name),
            ).fetchone()
            if found is not None:
                file = File(digest, "", _media_type_to_show(kept, found[1]), found[0])
                access.note_arrival(transaction, file, account, self._now_s())

    def _throw_away(self, digest: str, account: Account) -> None:
        with self._database.transaction() as transaction:
            transaction.connection.execute(
                "DELETE FROM uploads WHERE digest=? AND account=?", (digest, account.name)
            )
        self._part(digest, account).unlink(missing_ok=True)

    def _break_off(self, digest: str, account: Account) -> None:
        older = self._arriving.pop((digest, account.name), None)
        if older is not None:
            older.close()

    def _whole(self, digest: str, account: Account) -> FileState | None:
        with self._database.reading() as connection:
            kept = connection.execute("SELECT size FROM files WHERE digest=?", (digest,)).fetchone()
            if kept is None or not access.may_see(connection, digest, account):
                return None
        if not self._keep(digest).is_file():
            return None
        return FileState(MAGIC, digest, kept[0], kept[0])

    def _state(self, digest: str, account: Account) -> FileState | None:
        """Return how much of an offered file has come, completing one that has come entirely."""
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT size, offset FROM uploads WHERE digest=? AND account=?",
                (digest, account.name),
            ).fetchone()
        if found is None:
            return None
        size, offset = found
        part = self._part(digest, account)
        if offset == size and (part.exists() or self._keep(digest).exists()):
            self._settle(digest, account)
        else:
            offset = min(offset, part.stat().st_size if part.exists() else 0)
        return FileState(MAGIC, digest, size, offset)

    def _part(self, digest: str, account: Account) -> Path:
        owner = hashlib.sha256(account.name.encode()).hexdigest()[:16]
        return self._folder / "coming" / f"{digest}-{owner}"

    def _keep(self, digest: str) -> Path:
        return file_place(self._folder, digest)

    def _now_s(self) -> int:
        return int(self._database.time_s())


class Arrival:
    """One piece of a file being received. Its methods may run on any thread, one at a time."""

    def __init__(
        self, owner: Attachments, state: FileState, first: int, account: Account, part: Path
    ) -> None:
        self.state = state
        self.account = account
        self._owner = owner
        self._place = first
        self._lock = threading.Lock()
        self._is_open = True
        private_folder(part.parent.parent)
        private_folder(part.parent)
        self._file = open_private(part, "r+b")
        self._file.truncate(state.offset)

    def write(self, piece: bytes) -> None:
        """Write the next bytes; those that were here already must be the same."""
        with self._lock, _tell_when_full():
            if not self._is_open:
                raise self._refusal("file-newer", "A newer request brings this file.")
            if self._place + len(piece) > self.state.size:
                raise self._refusal("file-size", "More than was offered.")
            known = max(0, min(len(piece), self.state.offset - self._place))
            self._file.seek(self._place)
            if known and self._file.read(known) != piece[:known]:
                raise self._refusal("file-differs", "Not what was brought before.")
            self._file.seek(self._place + known)
            self._file.write(piece[known:])
            self._place += len(piece)

    def _refusal(self, kind: str, detail: str) -> ApiError:
        return ApiError(409, kind, detail, offset=self.state.offset)

    def close(self) -> None:
        """Sync and record what has come so far, also of a piece that was cut. Idempotent."""
        with self._lock, _tell_when_full():
            if not self._is_open:
                return
            self._is_open = False
            with self._file:
                self._file.flush()
                os.fsync(self._file.fileno())
            if self._place > self.state.offset:
                self.state = msgspec.structs.replace(self.state, offset=self._place)
                self._owner.note_progress(self.state, self.account)


@contextmanager
def _tell_when_full() -> Iterator[None]:
    """Turn a full disk into 507: the desk tries again later."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise ApiError(507, "storage-full", headers={"Retry-After": "600"}) from None


def _media_type_to_show(file: Path, said: str) -> str:
    """Return the media type under which a file is served: that of a picture only if it is one.

    A picture small enough for a thumbnail must be fit for one: desks draw it unasked.
    """
    if said not in MEDIA_TYPES:
        return said
    body = file.read_bytes()
    try:
        read_picture(body)
    except NoPicture:
        return UNKNOWN
    return UNKNOWN if len(body) <= THUMBNAIL_BYTES and thumbnail_fault(body) else said


def _check(digest: str) -> str:
    if not DIGEST.fullmatch(digest):
        raise ApiError(404, "no-offer", "A digest has 64 hexadecimal digits.")
    return digest
