"""Messages that are not whole or wait for another, and which are done, in a file of their own."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

from desktop.county_server.db.disk import touch_private
from desktop.county_server.frames.offices import OfficesError
from desktop.wire.frames.fragments import Fragment, FrameType, Head

MOST_MESSAGES = 64
"""Messages of one office that are kept in part, and as many that wait for another one; the oldest
gives way to the next of its kind, and can be sent again."""
MARK_SIZE = 8
WINDOW = 4096
"""How far below a client's latest number its messages are still taken."""
TABLES = """
CREATE TABLE IF NOT EXISTS county(identity TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS messages(
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- counts up: the order in which messages began
    office INTEGER NOT NULL,
    client TEXT NOT NULL, -- beginning of the id of the client that counts the numbers
    number INTEGER NOT NULL,
    last INTEGER NOT NULL,
    after TEXT, -- key of the command it waits for; null while it is not whole
    UNIQUE(office, client, number)
);
CREATE TABLE IF NOT EXISTS parts(
    message INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
    part INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY(message, part)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS done(
    office INTEGER NOT NULL,
    client TEXT NOT NULL,
    number INTEGER NOT NULL,
    key TEXT NOT NULL,
    parts BLOB NOT NULL, -- the first 8 bytes of the SHA-256 of each
    told INTEGER NOT NULL, -- 0: not yet; below: with the answer to the client's message -told
    PRIMARY KEY(office, client, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS latest(
    office INTEGER NOT NULL,
    client TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY(office, client)
) WITHOUT ROWID;
"""


class OtherCounty(OfficesError):
    """The file holds what came for another county, or for the drill and not for the county."""

    def __init__(self, path: Path, known: str, county: str) -> None:
        super().__init__(
            f"{path} 属于县平台 {known}，不是 {county}：请移走它，收到一半的报文单位会重发。\n"
            f"{path} belongs to the county {known} and not to {county}: move it away, offices send"
            " again what had come in part."
        )


class Inbox:
    """Parts by office and message; only authentic ones are put in. Used by one thread at a time."""

    def __init__(self, path: Path, county: str) -> None:
        """Open or create the file of this county's server; OtherCounty when it is another's."""
        touch_private(path)
        self._connection = sqlite3.connect(
            path, isolation_level="IMMEDIATE", check_same_thread=False
        )
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("PRAGMA foreign_keys=ON")
        try:
            self._connection.executescript(TABLES)
            known = self._belong_to(county)
        except BaseException:
            self.close()
            raise
        if known != county:
            self.close()
            raise OtherCounty(path, known, county)

    def _belong_to(self, county: str) -> str:
        """Return the identity of the server whose file it is, which a new file gets first."""
        with self._connection as db:
            db.execute(
                "INSERT INTO county SELECT ? WHERE NOT EXISTS (SELECT 1 FROM county)", (county,)
            )
            (known,) = db.execute("SELECT identity FROM county").fetchone()
        return str(known)

    def is_too_old(self, head: Head) -> bool:
        """Whether the number is far below the latest of its client: an old frame, replayed."""
        found = self._connection.execute(
            "SELECT number FROM latest WHERE office=? AND client=?", (head.office, head.client)
        ).fetchone()
        return found is not None and head.number + WINDOW < found[0]

    def keep(self, fragment: Fragment) -> None:
        """Keep a part; one of another message with the same number takes that one's place, if that
        is not whole."""
        where, office = _where(fragment.head), fragment.head.office
        known = self.parts(fragment.head)
        is_other = any(
            each.last != fragment.last
            or (part == fragment.part and each.content != fragment.content)
            for part, each in known.items()
        )
        if is_other and len(known) > next(iter(known.values())).last:
            return
        with self._connection as db:
            if is_other:
                db.execute("DELETE FROM messages WHERE office=? AND client=? AND number=?", where)
            db.execute(
                "INSERT OR IGNORE INTO messages(office, client, number, last) VALUES(?,?,?,?)",
                (*where, fragment.last),
            )
            db.execute(
                "INSERT OR IGNORE INTO parts SELECT id, ?, ? FROM messages"
                " WHERE office=? AND client=? AND number=?",
                (fragment.part, fragment.content, *where),
            )
            db.execute(
                "DELETE FROM messages WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER"
                " (PARTITION BY after IS NULL ORDER BY id DESC) AS place FROM messages"
                " WHERE office=?) WHERE place > ?)",
                (office, MOST_MESSAGES),
            )

    def parts(self, head: Head) -> dict[int, Fragment]:
        """Return what has come of a message, by part."""
        found = self._connection.execute(
            "SELECT part, last, content FROM messages JOIN parts ON message = id"
            " WHERE office=? AND client=? AND number=?",
            _where(head),
        )
        return {part: Fragment(head, part, last, content) for part, last, content in found}

    def wait_for(self, head: Head, after: str) -> None:
        """Keep a whole message until the command with this key has come."""
        with self._connection as db:
            db.execute(
                "UPDATE messages SET after=? WHERE office=? AND client=? AND number=?",
                (after, *_where(head)),
            )

    def waiting(self) -> list[tuple[Head, str]]:
        """Return the whole messages, each with the key of the command it waits for."""
        found = self._connection.execute(
            "SELECT office, client, number, after FROM messages WHERE after IS NOT NULL"
            " ORDER BY office, client, number"
        )
        return [
            (Head(FrameType.COMMAND, office, client, number), after)
            for office, client, number, after in found.fetchall()
        ]

    def note_number(self, head: Head) -> None:
        """Remember the latest number of the head's client; forget what was done far below it."""
        with self._connection as db:
            (latest,) = db.execute(
                "INSERT INTO latest VALUES(?,?,?) ON CONFLICT(office, client)"
                " DO UPDATE SET number=max(number, excluded.number) RETURNING number",
                _where(head),
            ).fetchone()
            db.execute(
                "DELETE FROM done WHERE office=? AND client=? AND number<?",
                (head.office, head.client, latest - WINDOW),
            )

    def note_done(self, head: Head, key: str, *, is_told: bool) -> None:
        """Forget the parts of a message that is on the record of commands; know them again."""
        parts = self.parts(head)
        known = b"".join(_mark(parts[each].content) for each in sorted(parts))
        with self._connection as db:
            db.execute(
                "INSERT OR REPLACE INTO done VALUES(?,?,?,?,?,?)",
                (*_where(head), key, known, is_told),
            )
        self.drop(head)

    def key_of(self, fragment: Fragment) -> str | None:
        """Return the key of the command on record that this was a part of; None for other parts."""
        found = self._connection.execute(
            "SELECT key, parts FROM done WHERE office=? AND client=? AND number=?",
            _where(fragment.head),
        ).fetchone()
        if found is None or len(found[1]) != MARK_SIZE * (fragment.last + 1):
            return None
        at = MARK_SIZE * fragment.part
        is_known = found[1][at : at + MARK_SIZE] == _mark(fragment.content)
        return str(found[0]) if is_known else None

    def take_untold(self, office: int) -> list[tuple[Head, str]]:
        """Return what was done without telling the office, with its keys, once."""
        with self._connection as db:
            found = db.execute(
                "UPDATE done SET told=1 WHERE office=? AND NOT told RETURNING client, number, key",
                (office,),
            ).fetchall()
        return [
            (Head(FrameType.COMMAND, office, client, number), key) for client, number, key in found
        ]

    def list_untold(self, asked: Head) -> list[tuple[Head, str]]:
        """Return what was done without telling the client, with its keys: the same each time the
        message asks, and nothing of that for another one."""
        with self._connection as db:
            found = db.execute(
                "UPDATE done SET told=-:number WHERE office=:office AND client=:client"
                " AND told IN (0, -:number) RETURNING number, key",
                {"office": asked.office, "client": asked.client, "number": asked.number},
            ).fetchall()
        return [(Head(asked.type, asked.office, asked.client, each), key) for each, key in found]

    def drop(self, head: Head) -> None:
        """Forget the parts of a message."""
        with self._connection as db:
            db.execute(
                "DELETE FROM messages WHERE office=? AND client=? AND number=?", _where(head)
            )

    def close(self) -> None:
        """Close the file. Idempotent."""
        self._connection.close()


def _mark(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()[:MARK_SIZE]


def _where(head: Head) -> tuple[int, str, int]:
    """Return what names a message in the tables."""
    return head.office, head.client, head.number
