"""Commands are done at most once, and their keys and effects stand or fall together."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from desktop.county_server.commands.executor import command_states, do_commands
from desktop.county_server.db.database import Database
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import ANYBODY, Account
from desktop.wire.level1 import (
    MAX_TEXT,
    Alarm,
    Command,
    CommandResult,
    Commands,
    Incident,
    Phrase,
)
from support.county_rows import MOMENT, alarm, incident
from support.openings import open_session

CLIENT = "desk-1"


@pytest.fixture
def database() -> Iterator[Database]:
    found = Database()
    found.put("incidents", [incident("i1"), incident("i2", township="south")])
    found.put("alarms", [alarm("a1"), alarm("a2", state="returned_unacknowledged")])
    yield found
    found.close()


def note(number: int = 1, text: Any = "已到现场", **fields: Any) -> Command:
    values: dict[str, Any] = {
        "key": f"{number:032x}",
        "seq": number,
        "kind": "note",
        "target": "i1",
        "collection": "incidents",
        "at": MOMENT,
        "by": "值班员 07",
        "body": {"text": text},
    }
    return Command(**(values | fields))


def acknowledge(number: int, target: str, collection: str) -> Command:
    return note(number, kind="acknowledge", target=target, collection=collection, body={})


def give(
    database: Database, *commands: Command, account: Account = ANYBODY, **fields: Any
) -> tuple[CommandResult, ...]:
    fence = fields.pop("fence", None) or open_session(database, CLIENT, account)
    asked = Commands(fields.pop("epoch", database.epoch), fence, CLIENT, commands)
    return do_commands(database, asked, account).results


def timeline(database: Database) -> list[str]:
    (row,) = database.rows("incidents", ["i1"])
    assert isinstance(row, Incident)
    return [entry.text.zh for entry in row.timeline if isinstance(entry.text, Phrase)]


def test_a_note_sent_again_under_its_key_is_written_once(database: Database) -> None:
    first = give(database, note())
    again = give(database, note())
    assert [result.status for result in first] == ["accepted"]
    assert again == first
    assert timeline(database) == ["已到现场"]


def test_what_only_tells_how_it_travels_may_differ_on_a_retry(database: Database) -> None:
    give(database, note(1))
    assert give(database, note(1, seq=9, after=f"{99:032x}"))[0].status == "accepted"
    assert timeline(database) == ["已到现场"]


def test_a_retry_in_the_other_form_of_instants_and_places_is_the_same_command(
    database: Database,
) -> None:
    key = f"{1:032x}"
    report = note(kind="create", target=f"new-{key}")
    told = {"title": "路灯不亮", "occurred_at": "2026-05-01T01:42:00.5Z"}
    now = told | {"place": {"lon": 118.2, "lat": 31.9}}
    before = told | {"occurred_at": 1_777_599_720_500, "place": [118.2, 31.9]}
    results = [give(database, msgspec.structs.replace(report, body=body)) for body in (before, now)]
    assert results[0] == results[1]
    assert results[0][0].status == "accepted"


def test_a_key_used_for_something_else_undoes_the_whole_request(database: Database) -> None:
    give(database, note(5))
    with pytest.raises(ApiError) as caught:
        give(database, note(1), note(5, "另一件事"))
    assert caught.value.status == 422
    assert timeline(database) == ["已到现场"]
    assert command_states(database, [f"{1:032x}"], ANYBODY).results == ()


@pytest.mark.parametrize("failing", ["INSERT ON commands", "UPDATE ON rows", "UPDATE ON meta"])
def test_key_and_effect_are_committed_together_or_not_at_all(
    database: Database, failing: str
) -> None:
    fence = open_session(database, CLIENT)
    with database.transaction() as batch:
        batch.connection.execute(
            f"CREATE TRIGGER broken BEFORE {failing} BEGIN SELECT RAISE(ABORT, 'disk'); END"
        )
    with pytest.raises(sqlite3.IntegrityError):
        give(database, note(), fence=fence)
    assert timeline(database) == []
    assert command_states(database, [note().key], ANYBODY).results == ()
    with database.transaction() as batch:
        batch.connection.execute("DROP TRIGGER broken")
    assert give(database, note(), fence=fence)[0].status == "accepted"
    assert timeline(database) == ["已到现场"]


def test_commands_are_done_in_the_order_of_their_clicks(database: Database) -> None:
    give(database, note(2, "后"), note(1, "先"))
    assert timeline(database) == ["先", "后"]


def test_a_command_whose_predecessor_is_missing_gets_no_answer(database: Database) -> None:
    first, second = note(1, "先"), note(2, "后", after=f"{1:032x}")
    assert give(database, second) == ()
    assert [result.status for result in give(database, first, second)] == ["accepted"] * 2
    assert timeline(database) == ["先", "后"]


def test_a_rejected_command_does_not_hold_up_the_next_on_its_target(database: Database) -> None:
    poison, following = note(1, ""), note(2, "后", after=f"{1:032x}")
    assert [r.status for r in give(database, poison, following)] == ["rejected", "accepted"]


@pytest.mark.parametrize(
    "command",
    [
        note(text=""),
        note(text="   "),
        note(text=7),
        note(text="长" * (MAX_TEXT + 1)),
        note(target="nowhere"),
        note(kind="explode"),
        note(collection="alarms", target="a1"),
        note(collection="assets"),
    ],
    ids=["empty", "blank", "number", "long", "target", "kind", "alarm note", "collection"],
)
def test_what_cannot_be_done_is_rejected_with_a_reason_in_both_languages(
    database: Database, command: Command
) -> None:
    (result,) = give(database, command)
    assert result.status == "rejected"
    assert isinstance(result.reason, Phrase)
    assert result.reason.zh
    assert result.reason.en
    assert timeline(database) == []


def test_what_is_on_a_refused_report_is_told_so(database: Database) -> None:
    target = f"new-{1:032x}"
    report = note(1, kind="create", target=target, body={"title": " "})
    (refused, on_it) = give(database, report, note(2, target=target))
    assert (refused.status, on_it.status) == ("rejected", "rejected")
    (about_nothing,) = give(database, note(3, target=f"new-{9:032x}"))
    assert isinstance(on_it.reason, Phrase)
    assert "重新上报" in on_it.reason.zh
    assert "report" in on_it.reason.en
    assert on_it.reason != about_nothing.reason


def test_acknowledging_twice_keeps_the_first_officer(database: Database) -> None:
    give(database, acknowledge(1, "i1", "incidents"))
    other = msgspec.structs.replace(acknowledge(2, "i1", "incidents"), by="值班员 08")
    assert give(database, other)[0].status == "accepted"
    (row,) = database.rows("incidents", ["i1"])
    assert isinstance(row, Incident)
    assert (row.acknowledged_by, row.acknowledged_at) == ("值班员 07", MOMENT)
    assert [entry.kind for entry in row.timeline] == ["acknowledge"]


@pytest.mark.parametrize(("row", "collection"), [("i1", "incidents"), ("a1", "alarms")])
def test_who_comes_second_is_told_who_acknowledged(
    database: Database, row: str, collection: str
) -> None:
    (first,) = give(database, acknowledge(1, row, collection))
    second = msgspec.structs.replace(acknowledge(2, row, collection), by="李明")
    (late,) = give(database, second)
    (again,) = give(database, acknowledge(3, row, collection))
    assert first.reason == ""
    assert late.status == again.status == "accepted"
    assert isinstance(late.reason, Phrase)
    assert isinstance(again.reason, Phrase)
    assert "值班员 07" in late.reason.zh
    assert "值班员 07" in late.reason.en
    assert again.reason.zh.startswith("您已于")


def test_an_acknowledged_alarm_takes_its_next_lawful_state(database: Database) -> None:
    give(database, acknowledge(1, "a1", "alarms"), acknowledge(2, "a2", "alarms"))
    rows = database.rows("alarms", ["a1", "a2"])
    assert [row.state for row in rows if isinstance(row, Alarm)] == ["acknowledged", "normal"]


def test_an_older_session_and_another_epoch_are_refused(database: Database) -> None:
    old = open_session(database, CLIENT)
    open_session(database, CLIENT)
    for fields, kind in (({"fence": old}, "fence"), ({"epoch": "other"}, "epoch")):
        with pytest.raises(ApiError) as caught:
            give(database, note(), **fields)
        assert (caught.value.status, caught.value.kind) == (409, kind)
    assert timeline(database) == []


def test_a_fence_guessed_by_another_account_opens_nothing(database: Database) -> None:
    fence = open_session(database, CLIENT, Account("south"))
    with pytest.raises(ApiError) as caught:
        give(database, note(), fence=fence, account=Account("north"))
    assert (caught.value.status, caught.value.kind) == (409, "fence")
    assert timeline(database) == []


def test_an_account_cannot_act_on_or_learn_of_what_it_does_not_see(database: Database) -> None:
    north = Account("north", ("north",))
    (result,) = give(database, note(target="i2"), account=north)
    assert result.status == "rejected"
    give(database, note(3))
    assert command_states(database, [note(3).key], north).results == ()
