"""Files as earlier versions of the program left them."""

from __future__ import annotations

from pathlib import Path

import apsw
import msgspec

from desktop.domain.command import Collection, Command, CommandState, Key
from desktop.domain.localized_text import Text
from desktop.storage.sqlite.database import check_key, connect, migrations
from support.builders import NOW, a_command

KEY = bytes(range(32))
QUEUED = (CommandState.STORED, CommandState.SENT, CommandState.RECEIVED, CommandState.HELD)
encode = msgspec.msgpack.encode


def of_version(folder: Path, kind: str, version: int) -> apsw.Connection:
    """A file as that version of the schema left it."""
    check_key(folder, KEY)
    db = connect(folder / f"{kind}.db", KEY, durable=True)
    for script in migrations(kind)[:version]:
        db.execute(script)
    db.pragma("user_version", version)
    return db


def full_outbox(folder: Path, count: int) -> list[tuple[Command, CommandState]]:
    """An outbox of schema 2 with that many queued commands, on 50 targets, and a draft."""
    db = of_version(folder, "outbox", 2)
    db.execute("INSERT INTO installation VALUES ('client_id', 'the first'), ('made_at', '1')")
    given = []
    with db:
        for number in range(count):
            target = Key("county", Collection.INCIDENTS, f"I{number % 50}")
            command = a_command(key=f"k{number}", target=target, body={"text": f"第 {number} 条"})
            state = QUEUED[number % len(QUEUED)]
            given.append((command, state))
            db.execute(
                "INSERT INTO command(key, source, collection, target, body, receipt, changed_at,"
                " reason) VALUES (?, 'county', 'incidents', ?, ?, ?, ?, ?)",
                (command.key, target.id, encode(command), state.value, NOW, encode(Text())),
            )
        db.execute("INSERT INTO draft VALUES ('county', 'incidents', 'I1', '写到一半', 1)")
    db.close()
    return given
