"""A command by frames and the outbox's own copy by the network: one command, whichever is first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from desktop.connectors.county.commands import to_wire
from desktop.county_server.commands.executor import digest, do_commands
from desktop.county_server.db.database import Database
from desktop.county_server.db.openings import find_client
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import Account
from desktop.domain.command import (
    Collection,
    Command,
    CommandKind,
    CommandRecord,
    CommandState,
    Key,
)
from desktop.domain.instant import from_datetime
from desktop.wire import level1 as wire
from desktop.wire.frames.command_bits import Message, decode_message, encode_message
from desktop.wire.level1 import CommandResult, CommandResults, Commands, Incident
from support.county_rows import MOMENT, incident
from support.openings import open_session

ACCOUNT = Account("west")
CLIENT = "c0ffee00112233445566778899aabbcc"
SOURCE = "county"


@pytest.fixture
def database() -> Iterator[Database]:
    found = Database(time_s=lambda: MOMENT.timestamp() + 60)
    found.put("incidents", [incident("i1"), incident("i2", stage="dispatched")])
    yield found
    found.close()


def record(kind: CommandKind, body: dict[str, Any], target: str, **fields: Any) -> CommandRecord:
    """A command as the outbox holds it."""
    seq = fields.pop("seq", 1)
    key = f"{seq:032x}"
    command = Command(
        key, kind, Key(SOURCE, Collection.INCIDENTS, target.format(key=key)),
        from_datetime(MOMENT) + seq, "张伟", body=body, **fields,
    )  # fmt: skip
    return CommandRecord(seq, command, CommandState.STORED, command.at)


RECORDS = {
    "create": record(
        CommandKind.CREATE,
        {
            "title": "河堤渗水",
            "occurred_at": from_datetime(MOMENT) - 60_001,
            "place": [118.1408, 31.8837],
        },
        "new-{key}",
    ),
    "feedback": record(CommandKind.FEEDBACK, {"text": "已抢通"}, "i2", base=0),
    "note": record(CommandKind.NOTE, {"text": "双向中断"}, "i1"),
    "acknowledge": record(CommandKind.ACKNOWLEDGE, {}, "i1"),
}


def by_network(database: Database, told: CommandRecord) -> CommandResult:
    fence = open_session(database, CLIENT, ACCOUNT)
    (command,) = as_sent(told)
    asked = Commands(database.epoch, fence, CLIENT, (command,))
    return do_commands(database, asked, ACCOUNT).results[0]


def as_sent(told: CommandRecord) -> tuple[Any, ...]:
    """The command in the very form the desk sends it in over the network."""
    return to_wire([told], 0)


def by_frames(database: Database, told: CommandRecord) -> CommandResult:
    (sent,) = as_sent(told)
    found = decode_message(encode_message(Message(sent, CLIENT)), CLIENT[:4], told.seq)
    assert digest(found.command) == digest(sent)
    return carried(database, found.command, ACCOUNT, found.client).results[0]


def carried(
    database: Database, command: wire.Command, account: Account, client: str
) -> CommandResults:
    with database.reading() as connection:
        whole = find_client(connection, account.name, client)
    return do_commands(database, Commands("-", 0, whole, (command,)), account, carried=True)


def rows(database: Database) -> list[Incident]:
    found = [row for row in database.rows("incidents") if isinstance(row, Incident)]
    return sorted(found, key=lambda row: row.id)


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("ways", [(by_network, by_frames), (by_frames, by_network)])
def test_the_second_way_does_nothing_more_and_is_answered_alike(
    database: Database, name: str, ways: tuple[Any, Any]
) -> None:
    told = RECORDS[name]
    before = rows(database)
    first = ways[0](database, told)
    assert first.status == "accepted"
    once = rows(database)
    assert once != before
    assert ways[1](database, told) == first
    assert rows(database) == once


@pytest.mark.parametrize("way", [by_network, by_frames])
def test_what_a_desk_did_before_by_frames_is_no_conflict_for_what_it_does_next(
    database: Database, way: Any
) -> None:
    by_network(database, record(CommandKind.NOTE, {"text": "一"}, "i2", seq=1))
    by_frames(database, record(CommandKind.NOTE, {"text": "二"}, "i2", seq=2))
    feedback = record(CommandKind.FEEDBACK, {"text": "已抢通"}, "i2", seq=3, base=0)
    assert way(database, feedback).status == "accepted"


def test_a_change_by_others_is_a_conflict_by_frames_too(database: Database) -> None:
    database.put("incidents", [incident("i2", stage="handling")])
    assert by_frames(database, RECORDS["feedback"]).status == "conflict"


def test_frames_are_no_way_around_the_account_of_a_key(database: Database) -> None:
    assert by_network(database, RECORDS["note"]).status == "accepted"
    (sent,) = as_sent(RECORDS["note"])
    with pytest.raises(ApiError, match="key-reused"):
        carried(database, sent, Account("east"), CLIENT[:4])
