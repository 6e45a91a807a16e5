"""The parts of messages that are not whole yet or wait for another, in a file of their own."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from desktop.county_server.db.disk import touch_private
from desktop.county_server.frames.offices import OfficesError
from desktop.wire.frames.fragments import Fragment, FrameType, Head

MOST_MESSAGES = 64
"""Messages of one office that are kept at once; the oldest gives way, and can be sent again."""
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
    UNIQUE(office, client, number)
);
CREATE TABLE IF NOT EXISTS parts(
    message INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
    part INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY(message, part)
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
        """Keep a part; one of another message with the same number takes that one's place."""
        where, office = _where(fragment.head), fragment.head.office
        known = self.parts(fragment.head).get(fragment.part, fragment)
        with self._connection as db:
            if known.content != fragment.content:
                db.execute("DELETE FROM messages WHERE office=? AND client=? AND number=?", where)
            db.execute(
                "DELETE FROM messages WHERE office=? AND client=? AND number=? AND last!=?",
                (*where, fragment.last),
            )
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
                "DELETE FROM messages WHERE office=? AND id NOT IN"
                " (SELECT id FROM messages WHERE office=? ORDER BY id DESC LIMIT ?)",
                (office, office, MOST_MESSAGES),
            )

    def parts(self, head: Head) -> dict[int, Fragment]:
        """Return what has come of a message, by part."""
        found = self._connection.execute(
            "SELECT part, last, content FROM messages JOIN parts ON message = id"
            " WHERE office=? AND client=? AND number=?",
            _where(head),
        )
        return {part: Fragment(head, part, last, content) for part, last, content in found}

    def whole(self, office: int) -> list[Head]:
        """Return the heads of the office's messages of which every part has come."""
        found = self._connection.execute(
            "SELECT client, number FROM messages WHERE office=? AND last + 1 ="
            " (SELECT count(*) FROM parts WHERE message = id) ORDER BY client, number",
            (office,),
        )
        return [Head(FrameType.COMMAND, office, *each) for each in found.fetchall()]

    def note_number(self, head: Head) -> None:
        """Remember the latest number of the head's client."""
        with self._connection as db:
            db.execute(
                "INSERT INTO latest VALUES(?,?,?) ON CONFLICT(office, client)"
                " DO UPDATE SET number=max(number, excluded.number)",
                _where(head),
            )

    def drop(self, head: Head) -> None:
        """Forget the parts of a message."""
        with self._connection as db:
            db.execute(
                "DELETE FROM messages WHERE office=? AND client=? AND number=?", _where(head)
            )

    def close(self) -> None:
        """Close the file. Idempotent."""
        self._connection.close()


def _where(head: Head) -> tuple[int, str, int]:
    """Return what names a message in the tables."""
    return head.office, head.client, head.number
