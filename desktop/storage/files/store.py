"""Attached files by their content, encrypted, in a database file of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import apsw
import msgspec

from desktop.application.ports import StoreError, Upload
from desktop.domain.incident import FileRef
from desktop.domain.source import Problem
from desktop.storage.sqlite.database import fold_log_in
from desktop.storage.sqlite.durable import DurableFile

FILE = "files.db"
CHUNK_BYTES = 256 * 1024
MOST_BYTES = 512 * 1024 * 1024
"""Bound of fetched and sent files together; those still to be sent, or protected, do not count."""

_encode = msgspec.msgpack.Encoder().encode
_ref = msgspec.msgpack.Decoder(FileRef).decode

_TO_SEND = "SELECT 1 FROM upload WHERE upload.digest = file.digest"
_PROTECTED = "SELECT 1 FROM protected WHERE protected.digest = file.digest"
_FREE = f"NOT EXISTS ({_TO_SEND}) AND NOT EXISTS ({_PROTECTED})"
_EVICTABLE = f"FROM file WHERE held = size AND {_FREE}"
_HELD = "SELECT 1 FROM holder WHERE holder.digest = file.digest"
_UNHELD = f"FROM file WHERE NOT EXISTS ({_HELD}) AND {_FREE}"


def open_files(folder: Path, key: bytes, *, most_bytes: int = MOST_BYTES) -> SqliteFiles:
    """Open the files of that folder, made when there are none.

    A file that cannot be read is left exactly where it is: it may hold photographs nobody else has.
    Raises StoreError saying so, and for a wrong key or a file held by another. One that cannot be
    written is opened for reading; `unwritable` says why.
    """
    file = DurableFile(folder / FILE, key, "files", may_be_missing=True)
    return SqliteFiles(file, most_bytes)


class _Known(msgspec.Struct, frozen=True):
    number: int
    size: int
    held: int

    @property
    def whole(self) -> bool:
        return self.held == self.size


class SqliteFiles:
    """See `application.ports.FileStore`."""

    def __init__(self, file: DurableFile, most_bytes: int) -> None:
        self._file = file
        self._most_bytes = most_bytes
        self._read_lately: dict[str, None] = {}
        self._refused: dict[tuple[str, str], Problem] = {}

    @property
    def unwritable(self) -> Problem | None:
        """Why it can only be read, or None; it is written again as soon as that is possible."""
        return self._file.unwritable

    def keep(self, source: str, ref: FileRef, body: bytes, *, is_thumbnail: bool = False) -> None:
        if len(body) != ref.size or hashlib.sha256(body).hexdigest() != ref.digest:
            raise StoreError(Problem("file_differs", {"name": ref.name}))
        with self._file.transaction() as db:
            known = _find_or_make(db, ref.digest, ref.size)
            if not known.whole:
                _empty(db, known.number)
                _add(db, known.number, 0, body)
            db.execute(
                "INSERT INTO upload(source, digest, ref, is_thumbnail) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (source, ref.digest, _encode(ref), is_thumbnail),
            )
            _hold(db, source, ref.digest)
            _protect(db, source, ref.digest)
            db.execute("DELETE FROM wanted WHERE digest = ?", (ref.digest,))
            _use(db, ref.digest)
        self._refused.pop((source, ref.digest), None)

    def uploads(self, source: str) -> list[Upload]:
        with self._file.borrow() as db:
            found: list[Any] = db.execute(
                "SELECT ref, sent, is_thumbnail FROM upload WHERE source = ?"
                " ORDER BY is_thumbnail DESC, number",
                (source,),
            ).fetchall()
        return [Upload(source, _ref(ref), sent, bool(small)) for ref, sent, small in found]

    def read(self, digest: str, offset: int = 0, most: int | None = None) -> bytes | None:
        with self._file.borrow() as db:
            known = _find(db, digest)
            if known is None or not known.whole:
                return None
            self._read_lately.pop(digest, None)
            self._read_lately[digest] = None
            return _bytes(db, known, offset, known.size if most is None else most)

    def mark_sent(self, source: str, digest: str, offset: int) -> None:
        with self._file.transaction() as db:
            known = _find(db, digest)
            if known is None:
                return
            if offset >= known.size:
                self._forget_upload(db, source, digest)
            else:
                db.execute(
                    "UPDATE upload SET sent = ? WHERE source = ? AND digest = ?",
                    (offset, source, digest),
                )

    def send_again(self, source: str, ref: FileRef, *, is_thumbnail: bool = False) -> bool:
        with self._file.transaction() as db:
            known = _find(db, ref.digest)
            if known is None or not known.whole:
                return False
            told = msgspec.structs.replace(ref, size=known.size)
            db.execute(
                "INSERT INTO upload(source, digest, ref, is_thumbnail) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET sent = 0",
                (source, ref.digest, _encode(told), is_thumbnail),
            )
            _hold(db, source, ref.digest)
            _protect(db, source, ref.digest)
        self._refused.pop((source, ref.digest), None)
        return True

    def protect(self, source: str, digests: Collection[str]) -> None:
        with self._file.transaction() as db:
            # What is still to be sent may be kept already for a command not yet submitted.
            found: list[Any] = db.execute(
                "SELECT digest FROM protected WHERE source = ?1 AND digest NOT IN"
                " (SELECT digest FROM upload WHERE source = ?1)",
                (source,),
            ).fetchall()
            protected = [digest for (digest,) in found]
            for digest in protected:
                if digest not in digests:
                    _unprotect(db, source, digest)
                    _drop_unheld(db, digest)
            for digest in set(digests).difference(protected):
                _protect(db, source, digest)
            self._forget_oldest(db)

    def take_back(self, source: str, digest: str) -> None:
        with self._file.transaction() as db:
            _unprotect(db, source, digest)
            self._forget_upload(db, source, digest)

    def refuse(self, source: str, digest: str, problem: Problem) -> None:
        self._refused[source, digest] = problem

    def refusal(self, source: str, digest: str) -> Problem | None:
        return self._refused.get((source, digest))

    def list_wanted(self, source: str) -> list[tuple[str, int, int]]:
        with self._file.borrow() as db:
            found: list[Any] = db.execute(
                "SELECT digest, held, size FROM wanted JOIN file USING (digest)"
                " WHERE source = ? ORDER BY wanted.number",
                (source,),
            ).fetchall()
        return [(digest, held, size) for digest, held, size in found]

    def want(self, source: str, digest: str, size: int) -> None:
        with self._file.transaction() as db:
            _hold(db, source, digest)
            if _find_or_make(db, digest, size).whole:
                return
            db.execute(
                "INSERT INTO wanted(source, digest) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (source, digest),
            )

    def add_chunk(
        self,
        source: str,
        digest: str,
        offset: int,
        piece: bytes,
    ) -> bool:
        """A piece beyond what is here is passed over: it is asked for again in its turn."""
        with self._file.transaction() as db:
            known = _find(db, digest)
            if known is None or known.whole:
                return known is not None
            if offset > known.held:
                return False
            _add(db, known.number, known.held, piece[known.held - offset :])
            held = max(known.held, offset + len(piece))
            if held < known.size:
                return False
            if held > known.size or _digest(db, known.number) != digest:
                _empty(db, known.number)
                return False
            db.execute("DELETE FROM wanted WHERE digest = ?", (digest,))
            _use(db, digest)
            self._forget_oldest(db)
        self._refused.pop((source, digest), None)
        return True

    def progress(self, digest: str) -> tuple[int, int] | None:
        with self._file.borrow() as db:
            if (known := _find(db, digest)) is None:
                return None
            sent = db.execute("SELECT min(sent) FROM upload WHERE digest = ?", (digest,)).get
            if sent is not None:
                return int(sent), known.size
            asked = db.execute("SELECT 1 FROM wanted WHERE digest = ?", (digest,)).fetchone()
            return None if asked is None else (known.held, known.size)

    def purge(self, source: str) -> None:
        with self._file.transaction() as db:
            db.execute("DELETE FROM wanted WHERE source = ?", (source,))
            db.execute("DELETE FROM holder WHERE source = ?", (source,))
            _drop_unheld(db)
        with self._file.borrow() as db:
            fold_log_in(db)

    def close(self) -> None:
        self._file.close()

    def _forget_upload(self, db: apsw.Connection, source: str, digest: str) -> None:
        self._refused.pop((source, digest), None)
        db.execute("DELETE FROM upload WHERE source = ? AND digest = ?", (source, digest))
        _drop_unheld(db, digest)  # Its source may have been purged meanwhile.
        self._forget_oldest(db)

    def _forget_oldest(self, db: apsw.Connection) -> None:
        """Delete what was used longest ago, beyond the bound; the latest always stays."""
        for digest in self._read_lately:
            _use(db, digest)
        self._read_lately.clear()
        spent = int(db.execute(f"SELECT COALESCE(sum(size), 0) {_EVICTABLE}").get)
        if spent <= self._most_bytes:
            return
        oldest: list[Any] = db.execute(
            f"SELECT number, digest, size {_EVICTABLE} ORDER BY used, number"
        ).fetchall()
        for number, digest, size in oldest[:-1]:
            if spent <= self._most_bytes:
                return
            _drop(db, number, digest)
            spent -= size


def _find(db: apsw.Connection, digest: str) -> _Known | None:
    found: Any = db.execute(
        "SELECT number, size, held FROM file WHERE digest = ?", (digest,)
    ).fetchone()
    return None if found is None else _Known(*found)


def _find_or_make(db: apsw.Connection, digest: str, size: int) -> _Known:
    """Return the file's row, made when there is none.

    Another size is taken while the file is not whole.
    """
    known = _find(db, digest)
    if known is None:
        db.execute("INSERT INTO file(digest, size) VALUES (?, ?)", (digest, size))
        return _Known(db.last_insert_rowid(), size, 0)
    if known.whole or known.size == size:
        return known
    _empty(db, known.number)
    db.execute("UPDATE file SET size = ? WHERE number = ?", (size, known.number))
    return _Known(known.number, size, 0)


def _add(db: apsw.Connection, number: int, offset: int, body: bytes) -> None:
    view = memoryview(body)
    db.executemany(
        "INSERT INTO chunk(file, at, body) VALUES (?, ?, ?)",
        (
            (number, offset + at, bytes(view[at : at + CHUNK_BYTES]))
            for at in range(0, len(body), CHUNK_BYTES)
        ),
    )
    db.execute("UPDATE file SET held = ? WHERE number = ?", (offset + len(body), number))


def _empty(db: apsw.Connection, number: int) -> None:
    db.execute("DELETE FROM chunk WHERE file = ?", (number,))
    db.execute("UPDATE file SET held = 0 WHERE number = ?", (number,))


def _hold(db: apsw.Connection, source: str, digest: str) -> None:
    db.execute("INSERT OR IGNORE INTO holder VALUES (?, ?)", (source, digest))


def _protect(db: apsw.Connection, source: str, digest: str) -> None:
    db.execute("INSERT OR IGNORE INTO protected VALUES (?, ?)", (source, digest))


def _unprotect(db: apsw.Connection, source: str, digest: str) -> None:
    db.execute("DELETE FROM protected WHERE source = ? AND digest = ?", (source, digest))


def _drop(db: apsw.Connection, number: int, digest: str) -> None:
    _empty(db, number)
    db.execute("DELETE FROM file WHERE number = ?", (number,))
    db.execute("DELETE FROM holder WHERE digest = ?", (digest,))


def _drop_unheld(db: apsw.Connection, digest: str | None = None) -> None:
    """Delete files, or that one, of no source left, but for those to be sent or protected."""
    unheld: list[Any] = db.execute(
        f"SELECT number, digest {_UNHELD} AND digest = COALESCE(?, digest)",
        (digest,),
    ).fetchall()
    for number, unheld_digest in unheld:
        _drop(db, number, unheld_digest)


def _use(db: apsw.Connection, digest: str) -> None:
    db.execute(
        "UPDATE file SET used = 1 + (SELECT max(used) FROM file) WHERE digest = ?", (digest,)
    )


def _bytes(db: apsw.Connection, known: _Known, offset: int, most: int) -> bytes:
    """Read a range of bytes, from only the chunks that hold it."""
    end = min(offset + most, known.size)
    found: list[Any] = db.execute(
        "SELECT at, body FROM chunk WHERE file = ?1 AND at < ?3 AND at >="
        " COALESCE((SELECT max(at) FROM chunk WHERE file = ?1 AND at <= ?2), 0) ORDER BY at",
        (known.number, offset, end),
    ).fetchall()
    if not found or offset >= end:
        return b""
    first = found[0][0]
    return b"".join(body for _, body in found)[offset - first : end - first]


def _digest(db: apsw.Connection, number: int) -> str:
    digest = hashlib.sha256()
    for (body,) in db.execute("SELECT body FROM chunk WHERE file = ? ORDER BY at", (number,)):
        digest.update(body)
    return digest.hexdigest()
