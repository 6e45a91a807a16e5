"""The parts of messages that are not whole yet or wait for another, in a file of their own."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from desktop.county_server.db.disk import touch_private
from desktop.county_server.frames.offices import OfficesError
from desktop.wire.frames.fragments import Fragment, FrameType

MOST_MESSAGES = 64
"""Messages of one office that are kept at once; the oldest gives way, and can be sent again."""
WINDOW = 4096
"""How far below its latest number an office's messages are still taken."""
TABLES = """
CREATE TABLE IF NOT EXISTS county(identity TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS parts(
    office INTEGER NOT NULL,
    number INTEGER NOT NULL,
    part INTEGER NOT NULL,
    last INTEGER NOT NULL,
    content BLOB NOT NULL,
    place INTEGER NOT NULL, -- counts up: the order in which messages began
    PRIMARY KEY(office, number, part)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS latest(office INTEGER PRIMARY KEY, number INTEGER NOT NULL);
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

    def is_too_old(self, fragment: Fragment) -> bool:
        """Whether the message's number is far below the office's latest: an old frame, replayed."""
        found = self._connection.execute(
            "SELECT number FROM latest WHERE office=?", (fragment.office,)
        ).fetchone()
        return found is not None and fragment.number + WINDOW < found[0]

    def keep(self, fragment: Fragment) -> None:
        """Keep a part; one of another message with the same number takes that one's place."""
        with self._connection as db:
            where = (fragment.office, fragment.number)
            (place,) = db.execute(
                "SELECT coalesce((SELECT min(place) FROM parts WHERE office=? AND number=?),"
                " (SELECT coalesce(max(place), 0) + 1 FROM parts))",
                where,
            ).fetchone()
            db.execute(
                "DELETE FROM parts WHERE office=? AND number=? AND (last!=? OR EXISTS"
                " (SELECT 1 FROM parts WHERE office=? AND number=? AND part=? AND content!=?))",
                (*where, fragment.last, *where, fragment.part, fragment.content),
            )
            db.execute(
                "INSERT OR REPLACE INTO parts VALUES(?,?,?,?,?,?)",
                (*where, fragment.part, fragment.last, fragment.content, place),
            )
            db.execute(
                "DELETE FROM parts WHERE office=? AND number NOT IN (SELECT number FROM parts"
                " WHERE office=? GROUP BY number ORDER BY max(place) DESC LIMIT ?)",
                (fragment.office, fragment.office, MOST_MESSAGES),
            )

    def parts(self, office: int, number: int) -> dict[int, Fragment]:
        """Return what has come of a message, by part."""
        found = self._connection.execute(
            "SELECT part, last, content FROM parts WHERE office=? AND number=?", (office, number)
        )
        return {
            part: Fragment(FrameType.COMMAND, office, number, part, last, content)
            for part, last, content in found.fetchall()
        }

    def whole(self, office: int) -> list[int]:
        """Return the numbers of the office's messages of which every part has come."""
        found = self._connection.execute(
            "SELECT number FROM parts WHERE office=? GROUP BY number"
            " HAVING count(*) = max(last) + 1 ORDER BY number",
            (office,),
        )
        return [number for (number,) in found.fetchall()]

    def note_number(self, office: int, number: int) -> None:
        """Remember the office's latest number."""
        with self._connection as db:
            db.execute(
                "INSERT INTO latest VALUES(?,?)"
                " ON CONFLICT(office) DO UPDATE SET number=max(number, excluded.number)",
                (office, number),
            )

    def drop(self, office: int, number: int) -> None:
        """Forget the parts of a message."""
        with self._connection as db:
            db.execute("DELETE FROM parts WHERE office=? AND number=?", (office, number))

    def close(self) -> None:
        """Close the file. Idempotent."""
        self._connection.close()
