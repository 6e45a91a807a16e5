"""The desk's own connector against the real reference backend."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desktop.connectors.county.client import CountyConnector
from desktop.county_server.db.database import Database
from desktop.county_server.server import CountyServer
from desktop.domain.command import (
    Collection,
    Command,
    CommandKind,
    CommandRecord,
    CommandState,
    Key,
    mint_key,
)
from desktop.domain.incident import Incident
from desktop.domain.levels import EventLevel
from desktop.domain.source import Batch, SyncState, Tail
from support.county_rows import alarm, incident
from support.sources import services, source_settings


@pytest.fixture
def database() -> Iterator[Database]:
    found = Database()
    found.put("incidents", [incident(f"i{number}") for number in range(40)])
    found.put("alarms", [alarm("a1")])
    yield found
    found.close()


@pytest.fixture
def connector(database: Database) -> Iterator[CountyConnector]:
    with CountyServer(database) as server:
        found = CountyConnector(source_settings("county", url=server.base_url), services())
        yield found
        found.close()


def pulled(connector: CountyConnector, state: SyncState) -> tuple[list[Batch], SyncState]:
    batches = list(connector.pull(state))
    token = next((b.token for b in reversed(batches) if b.token), state.token)
    epoch = next((b.epoch for b in reversed(batches) if b.epoch), state.epoch)
    assert not any(batch.bad_items for batch in batches)
    return batches, SyncState(state.source, token, epoch)


def note(target: str, collection: Collection, kind: CommandKind, text: str = "") -> CommandRecord:
    body = {"text": text} if text else {}
    asked = Command(mint_key(), kind, Key("county", collection, target), 1_780_000_000_000, "七",
                    body=body)  # fmt: skip
    return CommandRecord(1, asked, CommandState.STORED, 1_780_000_000_000)


def test_snapshot_then_changes_then_nothing_new(
    connector: CountyConnector, database: Database
) -> None:
    batches, state = pulled(connector, SyncState("county"))
    numbers = {
        row.id: number
        for batch in batches
        for row, number in zip(batch.puts, batch.row_keys, strict=True)
    }
    assert {row.id for batch in batches for row in batch.puts if isinstance(row, Incident)} == {
        f"i{number}" for number in range(40)
    }
    database.put("incidents", [incident("i3", level="major")])
    database.delete("incidents", ["i4"])
    batches, state = pulled(connector, state)
    assert [each.changes for batch in batches for each in batch.patches] == [
        {"level": EventLevel.MAJOR}
    ]
    assert [each for batch in batches for each in batch.drops] == [numbers["i4"]]
    batches, after = pulled(connector, state)
    assert [row for batch in batches for row in batch.puts] == []
    assert after.token == state.token


def test_another_epoch_is_read_anew_from_a_snapshot(
    connector: CountyConnector, database: Database
) -> None:
    _, state = pulled(connector, SyncState("county"))
    database.clear()
    database.put("incidents", [incident("new")])
    batches, after = pulled(connector, state)
    assert {row.id for batch in batches for row in batch.puts} == {"new"}
    assert any(Collection.INCIDENTS in batch.complete for batch in batches)
    assert after.epoch != state.epoch


def test_commands_sent_twice_are_accepted_twice_and_done_once(
    connector: CountyConnector, database: Database
) -> None:
    _, state = pulled(connector, SyncState("county"))
    records = [
        note("i1", Collection.INCIDENTS, CommandKind.NOTE, "已到现场"),
        note("a1", Collection.ALARMS, CommandKind.ACKNOWLEDGE),
        note("gone", Collection.INCIDENTS, CommandKind.ACKNOWLEDGE),
    ]
    expected = [CommandState.ACCEPTED, CommandState.ACCEPTED, CommandState.REJECTED]
    for _ in range(2):
        answers = {answer.key: answer for answer in connector.send(records)}
        assert [answers[record.command.key].state for record in records] == expected
        assert answers[records[2].command.key].reason.en
    batches, _ = pulled(connector, state)
    (told,) = [
        each.changes["timeline"]
        for batch in batches
        for each in batch.patches
        if each.collection is Collection.INCIDENTS
    ]
    entries = told.items if isinstance(told, Tail) else told
    assert [entry.text.zh for entry in entries] == ["已到现场"]
