"""What a restore takes along from the stores it puts aside: nothing that exists only here is lost.

That is what is typed and not submitted, and every command that the county may yet lose or whose
outcome the officer has not seen, with the files that the county may still ask for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import apsw
import msgspec

from desktop.domain import outbox_state
from desktop.domain.command import CommandRecord, CommandState, Hold
from desktop.domain.localized_text import Text
from desktop.domain.outbox_state import Entry
from desktop.storage.backup.writing import UNFINISHED
from desktop.storage.outbox import rows
from desktop.storage.outbox.recovery import Draft
from desktop.storage.sqlite.database import connect, in_words, migrate, transaction

_TO_CARRY = "WHERE NOT retired OR NOT seen ORDER BY seq"
_KEEP_DRAFT = (
    "INSERT INTO draft(source, collection, target, text, changed_at) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET text = excluded.text, changed_at = excluded.changed_at"
    " WHERE excluded.changed_at > changed_at"
)
_PROTECTED = "SELECT source, digest FROM protected"
_NEEDED = (
    "SELECT number, digest, size FROM file WHERE held = size"
    " AND digest IN (SELECT digest FROM protected)"
)
_CHUNKS = "SELECT at, body FROM chunk WHERE file = ? ORDER BY at"

RESCUED = Text(
    "这条指令是从损坏的待发箱里读出来的：它可能已经发出，它前后的指令可能读不出来了。"
    "请核实后照样发出，或放弃。",
    "This command was read out of a damaged outbox: it may have been sent, and those before and"
    " after it may be unreadable. Check, then send it all the same or give it up.",
)


class Carried(msgspec.Struct, frozen=True):
    """What is taken along from an outbox."""

    entries: list[Entry]
    drafts: list[Any]


def read_outbox(here: Path, key: bytes, undecided: list[str]) -> Carried:
    """Read what is taken along, also what became of the commands that the backup leaves
    `undecided`; raises StoreError."""
    with _open(here, key, "outbox") as db:
        known = (rows.entry_of(db, each) for each in undecided)
        entries = [*rows.select_entries(db, _TO_CARRY), *filter(None, known)]
        return Carried(entries, db.execute(rows.SELECT_DRAFTS).fetchall())


def hold_rescued(records: list[CommandRecord], drafts: list[Draft]) -> Carried:
    """Return what is taken along of a damaged outbox.

    What has no answer waits for the officer: commands before or after it may not be readable any
    more. So does a conflict, whose rows are not in a rescue: sent again, it is answered with them.
    """
    entries = [
        outbox_state.hold_back(_reopen(each), Hold.COPY, RESCUED, each.changed_at)
        for each in records
    ]
    return Carried(
        [each for each in entries if not (each.record.retired and each.record.seen)],
        [msgspec.structs.astuple(each) for each in drafts],
    )


def _reopen(record: CommandRecord) -> Entry:
    if record.state is not CommandState.CONFLICT:
        return Entry(record)
    return Entry(msgspec.structs.replace(record, state=CommandState.SENT))


def list_undecided(ready: Path, key: bytes) -> list[str]:
    """Return the keys of the commands without an answer in the outbox made ready."""
    with _open(ready, key, "outbox") as db:
        return [each.record.command.key for each in _find_undecided(db)]


def keep_in_outbox(ready: Path, key: bytes, carried: Carried) -> int:
    """Put it into the outbox made ready, as often as one likes; returns how many commands in that
    are still without an answer.

    Of a draft the newer wins, and an answer over none.
    """
    with _open(ready, key, "outbox") as db:
        with transaction(db):
            for entry in carried.entries:
                _take(db, entry)
            db.executemany(_KEEP_DRAFT, carried.drafts)
        _fold_in(db)
        return len(_find_undecided(db))


def carry_files(here: Path, ready: Path, key: bytes) -> None:
    """Put into the files made ready what the county may still ask for."""
    with _open(here, key, "files") as ours, _open(ready, key, "files") as theirs:
        needed: list[Any] = ours.execute(_NEEDED).fetchall()
        with transaction(theirs):
            for number, digest, size in needed:
                if _make_room(theirs, digest, size):
                    at = theirs.last_insert_rowid()
                    theirs.executemany(
                        "INSERT INTO chunk(file, at, body) VALUES (?, ?, ?)",
                        ((at, *chunk) for chunk in ours.execute(_CHUNKS, (number,))),
                    )
            for table in ("protected", "holder"):
                theirs.executemany(
                    f"INSERT OR IGNORE INTO {table}(source, digest) VALUES (?, ?)",  # noqa: S608
                    ours.execute(_PROTECTED).fetchall(),
                )
        _fold_in(theirs)


def _fold_in(db: apsw.Connection) -> None:
    """Leave no log beside a store: it is put in place alone."""
    db.pragma("journal_mode", "delete")


def _take(db: apsw.Connection, entry: Entry) -> None:
    known = rows.entry_of(db, entry.record.command.key)
    if known is not None and (known.record.state.is_final or not entry.record.state.is_final):
        return
    rows.add(db, entry)
    added = rows.entry_of(db, entry.record.command.key)
    assert added is not None
    record = msgspec.structs.replace(entry.record, seq=added.record.seq)
    rows.keep(db, msgspec.structs.replace(entry, record=record))


def _find_undecided(db: apsw.Connection) -> list[Entry]:
    return rows.select_entries(db, f"WHERE {UNFINISHED} ORDER BY seq")


def _make_room(db: apsw.Connection, digest: str, size: int) -> bool:
    """Make an empty file of that name, unless all of it is there; whether it was made."""
    found: Any = db.execute(
        "SELECT number, held = size FROM file WHERE digest = ?", (digest,)
    ).fetchone()
    if found is not None:
        number, is_whole = found
        if is_whole:
            return False
        db.execute("DELETE FROM chunk WHERE file = ?", (number,))
        db.execute("DELETE FROM file WHERE number = ?", (number,))
    db.execute("DELETE FROM wanted WHERE digest = ?", (digest,))
    db.execute("INSERT INTO file(digest, size, held) VALUES (?, ?, ?)", (digest, size, size))
    return True


@contextmanager
def _open(path: Path, key: bytes, kind: str) -> Iterator[apsw.Connection]:
    """Lend a connection to a store of the newest schema."""
    with in_words(path, marks=False), closing(connect(path, key, durable=True)) as db:
        migrate(db, kind)
        yield db
