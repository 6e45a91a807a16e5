"""Commands go to the server, the login and from the disk they were given for, or wait."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from desktop.application.ports import DiskCopied, OtherServer
from desktop.application.sync.source_worker import SourceWorker
from desktop.county_server.commands.executor import do_commands
from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import ANYBODY, Account
from desktop.county_server.server import CountyServer
from desktop.domain.command import Collection, CommandKind, CommandState, Hold, Key
from desktop.wire.level1 import Command as WireCommand
from desktop.wire.level1 import Commands, SessionRequest
from support.county_rows import incident
from support.openings import open_session
from support.scripted_connector import source_of
from support.whole_desk import I1, Desk

LOGINS = {hashlib.sha256(name.encode()).hexdigest(): Account(name, ()) for name in ("wang", "li")}


def notes(database: Database) -> list[str]:
    (row,) = database.rows("incidents", ["i1"])
    return [each.text.zh for each in row.timeline]  # type: ignore[attr-defined]


def a_county(**settings) -> tuple[Database, CountyServer]:
    database = Database()
    database.put("incidents", [incident("i1")])
    server = CountyServer(database, Settings("云麓县", snapshot_level=1, **settings))
    server.start()
    return database, server


@pytest.fixture
def counties() -> Iterator[list[tuple[Database, CountyServer]]]:
    made: list[tuple[Database, CountyServer]] = []
    yield made
    for database, server in made:
        server.close()
        database.close()


@pytest.fixture
def desks() -> Iterator[list[Desk]]:
    made: list[Desk] = []
    yield made
    for desk in made:
        desk.close()


@pytest.mark.parametrize("drill", [False, True], ids=["another county", "a drill"])
def test_nothing_given_for_one_server_reaches_another(tmp_path, counties, desks, drill):
    counties += [a_county(), a_county(drill=drill)]
    (real, first), (other, second) = counties
    desks.append(desk := Desk(tmp_path / "d", first.base_url))
    assert desk.exchange() is None
    waiting = desk.note("真的")
    desk.turn_to(second.base_url)
    error = desk.exchange()
    assert isinstance(error, OtherServer)
    assert error.problem.code == ("other_server_drill" if drill else "other_server")
    assert desk.state(waiting) == (CommandState.HELD, Hold.SERVER)
    assert notes(other) == []
    assert desk.stores.cache.incident(I1) is not None, "the rows stay, aged"
    desk.turn_to(first.base_url)
    assert desk.exchange() is None
    assert desk.state(waiting)[0] is CommandState.ACCEPTED
    assert notes(real) == ["真的"]


def test_a_drill_on_a_copy_of_the_real_data_is_another_server(tmp_path, counties, desks):
    counties.append(a_county())
    real, first = counties[0]
    real.backup(tmp_path / "copy.db")
    copy = Database(tmp_path / "copy.db")
    counties.append((copy, CountyServer(copy, Settings("云麓县", drill=True, snapshot_level=1))))
    counties[1][1].start()
    desks.append(desk := Desk(tmp_path / "d", first.base_url))
    assert desk.exchange() is None
    desk.turn_to(counties[1][1].base_url)
    assert isinstance(desk.exchange(), OtherServer)


def test_a_session_of_the_real_county_opens_nothing_in_a_drill_on_its_copy(tmp_path, counties):
    counties.append(a_county())
    real, _ = counties[0]
    fence = open_session(real, "desk")
    real.backup(tmp_path / "copy.db")
    copy = Database(tmp_path / "copy.db")
    counties.append((copy, CountyServer(copy, Settings("云麓县", drill=True, snapshot_level=1))))
    given = Commands(real.epoch, fence, "desk", (a_wire_note("演练外的"),))
    with pytest.raises(ApiError) as refused:
        do_commands(copy, given, ANYBODY)
    assert refused.value.kind == "epoch"
    served = copy.epoch
    CountyServer(copy, Settings("云麓县", drill=True, snapshot_level=1)).close()
    assert copy.epoch == served, "once is enough"


def a_wire_note(text: str) -> WireCommand:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return WireCommand("k" * 32, 1, "note", "incidents", I1.id, at, "张", body={"text": text})


def test_openings_that_a_new_server_got_before_it_was_accepted_are_this_disks_own(
    tmp_path, counties, desks
):
    counties += [a_county(), a_county()]
    (_, first), (other, second) = counties
    desks.append(desk := Desk(tmp_path / "d", first.base_url))
    desk.exchange()
    desk.turn_to(second.base_url)
    lane = at_another_server(desk)
    # It goes out once more, and the answer is lost.
    bound = desk.outbox.binding("county")
    desk.outbox.bind("county", msgspec.structs.replace(bound, tried=(*bound.tried, "abcdef")))
    lost = SessionRequest(
        "abcdef0123456789", desk.outbox.client_id(), (), bound.fence, bound.tried, bound.server
    )
    other.open_for(lost, ANYBODY)
    accept(lane, desk)
    assert desk.exchange() is None


def test_the_officer_may_go_on_with_the_new_server_and_give_it_the_command(
    tmp_path, counties, desks
):
    counties += [a_county(), a_county()]
    (_, first), (other, second) = counties
    desks.append(desk := Desk(tmp_path / "d", first.base_url))
    desk.exchange()
    waiting = desk.note("已到场")
    desk.turn_to(second.base_url)
    accept(at_another_server(desk), desk)
    assert desk.exchange() is None
    assert desk.state(waiting) == (CommandState.HELD, Hold.SERVER), "it was given for the other"
    again = desk.board.answering.resend(waiting)
    assert desk.exchange() is None
    assert desk.state(again.command.key)[0] is CommandState.ACCEPTED
    assert desk.state(waiting)[0] is CommandState.CANCELLED
    assert notes(other) == ["已到场"]


def at_another_server(desk: Desk) -> SourceWorker:
    """The desk's worker, met by another server than its own."""
    lane = SourceWorker(
        source_of(desk.connector), desk.stores.cache, desk.outbox, desk.clock, random.Random(1),
        lambda changed: None,
    )  # fmt: skip
    with pytest.raises(OtherServer):
        lane.exchange_once()
    return lane


def accept(lane: SourceWorker, desk: Desk) -> None:
    assert lane.accept_server()
    assert lane.status.never_seen, "its panes are not calm: nothing has come from it"
    assert desk.stores.cache.incident(I1) is None


def test_a_new_officers_command_goes_out_under_the_new_login_alone(tmp_path, counties, desks):
    counties.append(a_county(accounts=LOGINS))
    database, server = counties[0]
    desks.append(desk := Desk(tmp_path / "d", server.base_url, "wang"))
    desk.exchange()
    old = desk.note("王的")
    desk.token = "li"
    new = desk.note("李的")
    assert desk.exchange() is None
    assert desk.state(new)[0] is CommandState.ACCEPTED
    assert desk.state(old) == (CommandState.HELD, Hold.ACCOUNT)
    assert accounts(database) == {new: "li"}
    desk.token = "wang"
    assert desk.exchange() is None
    assert accounts(database) == {new: "li", old: "wang"}


def test_a_command_given_before_any_session_settles_with_its_own_login(tmp_path, counties, desks):
    counties.append(a_county(accounts=LOGINS))
    database, server = counties[0]
    desks.append(desk := Desk(tmp_path / "d", server.base_url, "wang"))
    mine = desk.note("王的")
    desk.token = "li"
    assert desk.exchange() is None
    assert desk.state(mine) == (CommandState.HELD, Hold.ACCOUNT)
    assert accounts(database) == {}
    desk.token = "wang"
    assert desk.exchange() is None
    assert accounts(database) == {mine: "wang"}


def accounts(database: Database) -> dict[str, str]:
    with database.reading() as connection:
        return dict(connection.execute("SELECT key, account FROM commands"))


def test_a_copied_disk_takes_another_name_and_holds_what_its_twin_may_have_done(
    tmp_path, counties, desks
):
    counties.append(a_county())
    database, server = counties[0]
    original = Desk(tmp_path / "d", server.base_url)
    original.exchange()
    withdrawn = original.note("后来撤回的")
    original.close()
    shutil.copytree(tmp_path / "d", tmp_path / "copy")
    desks.append(original := Desk(tmp_path / "d", server.base_url))
    assert original.board.commands.cancel(withdrawn)
    assert original.exchange() is None
    desks.append(twin := Desk(tmp_path / "copy", server.base_url))
    name = twin.outbox.client_id()
    assert isinstance(twin.exchange(), DiskCopied)
    assert twin.exchange() is None
    assert twin.outbox.client_id() != name
    assert twin.state(withdrawn) == (CommandState.HELD, Hold.COPY)
    assert [problem.code for problem in twin.memory.notices] == ["disk_copied"]
    assert [r.command.key for r in twin.outbox.attention()] == [withdrawn]
    assert notes(database) == []
    assert not twin.board.commands.cancel(withdrawn), "nobody here knows that it was not sent"
    assert original.exchange() is None, "the original keeps its name"
    assert twin.board.commands.release(withdrawn)
    assert twin.exchange() is None
    assert twin.state(withdrawn)[0] is CommandState.ACCEPTED


def test_a_copy_is_told_what_its_twin_did_of_what_was_withdrawn_on_it(tmp_path, counties, desks):
    counties.append(a_county())
    database, server = counties[0]
    original = Desk(tmp_path / "d", server.base_url)
    original.exchange()
    key = original.note("两台都有")
    original.close()
    shutil.copytree(tmp_path / "d", tmp_path / "copy")
    desks.append(original := Desk(tmp_path / "d", server.base_url))
    assert original.exchange() is None
    assert notes(database) == ["两台都有"]
    desks.append(twin := Desk(tmp_path / "copy", server.base_url))
    assert twin.board.commands.cancel(key)
    assert isinstance(twin.exchange(), DiskCopied)
    assert twin.exchange() is None
    assert twin.state(key)[0] is CommandState.ACCEPTED, "withdrawn here, done by the other computer"
    assert not twin.outbox.binding("county").copied


def sent_after_its_image(folder: Path, server: CountyServer, text: str) -> str:
    """A note that left a desk after its disk was copied to `image`, where it still waits."""
    desk = Desk(folder / "d", server.base_url)
    desk.exchange()
    key = desk.note(text)
    desk.close()
    shutil.copytree(folder / "d", folder / "image")
    desk = Desk(folder / "d", server.base_url)
    assert desk.exchange() is None
    desk.close()
    return key


def test_what_a_copied_disk_may_have_sent_can_be_given_up_and_not_called_withdrawn(
    tmp_path, counties, desks
):
    counties.append(a_county())
    database, server = counties[0]
    done = sent_after_its_image(tmp_path, server, "其实已经办了")
    desks.append(set_back := Desk(tmp_path / "image", server.base_url))
    assert isinstance(set_back.exchange(), DiskCopied)
    assert notes(database) == ["其实已经办了"]
    assert not set_back.board.commands.cancel(done)
    assert set_back.board.commands.give_up(done)
    assert set_back.state(done)[0] is CommandState.GIVEN_UP
    assert set_back.exchange() is None
    assert set_back.state(done)[0] is CommandState.ACCEPTED, "the county says what became of it"


def test_what_a_twin_sent_needs_no_decision_and_what_it_did_not_waits_for_one(
    tmp_path, counties, desks
):
    counties.append(a_county())
    database, server = counties[0]
    sent = sent_after_its_image(tmp_path, server, "另一台发了")
    desks.append(twin := Desk(tmp_path / "image", server.base_url))
    kept = twin.note("只在这里")
    assert isinstance(twin.exchange(), DiskCopied)
    assert [twin.state(key) for key in (sent, kept)] == [(CommandState.HELD, Hold.COPY)] * 2
    assert twin.exchange() is None
    assert twin.state(sent) == (CommandState.ACCEPTED, Hold.NONE)
    assert twin.state(kept) == (CommandState.HELD, Hold.COPY)
    assert notes(database) == ["另一台发了"]


def test_a_twins_conflict_is_met_with_the_countys_row_and_not_without(tmp_path, counties, desks):
    counties.append(a_county())
    database, server = counties[0]
    original = Desk(tmp_path / "d", server.base_url)
    original.exchange()
    target = Key("county", Collection.INCIDENTS, "i1")
    body = {"level": "major", "text": "升"}
    key = original.board.commands.submit(CommandKind.ESCALATE, target, body).command.key
    database.put("incidents", [incident("i1", summary="县里改了")])
    original.close()
    shutil.copytree(tmp_path / "d", tmp_path / "copy")
    desks.append(original := Desk(tmp_path / "d", server.base_url))
    assert original.exchange() is None
    assert original.state(key)[0] is CommandState.CONFLICT
    desks.append(twin := Desk(tmp_path / "copy", server.base_url))
    assert isinstance(twin.exchange(), DiskCopied)
    assert twin.exchange() is None
    assert twin.state(key) == (CommandState.HELD, Hold.COPY)
    assert twin.board.commands.release(key)
    assert twin.exchange() is None
    assert twin.state(key)[0] is CommandState.CONFLICT
    assert twin.board.answering.conflict(key).theirs.summary.zh == "县里改了"


def test_a_county_found_set_back_while_sending_has_it_all_after_one_exchange(tmp_path, desks):
    path = tmp_path / "county.db"
    desks.append(desk := Desk(tmp_path / "d", "http://127.0.0.1:9/"))
    database = Database(path)
    database.put("incidents", [incident("i1")])
    with CountyServer(database, Settings(snapshot_level=1)) as server:
        desk.turn_to(server.base_url)
        desk.exchange()
        database.backup(tmp_path / "old.db")
        forgotten = desk.note("备份之后")
        assert desk.exchange() is None
    database.close()
    for ending in ("", "-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
    shutil.copy(tmp_path / "old.db", path)
    waiting = desk.note("等着发的")
    database = Database(path)
    with CountyServer(database, Settings(snapshot_level=1)) as server:
        desk.turn_to(server.base_url)
        assert desk.exchange() is None
        assert {desk.state(key)[0] for key in (forgotten, waiting)} == {CommandState.ACCEPTED}
        # What waits goes before rows are asked for, and only those tell what was forgotten.
        assert notes(database) == ["等着发的", "备份之后"]
    database.close()


def test_a_county_set_back_in_silence_gets_back_what_it_forgot(tmp_path, desks):
    path = tmp_path / "county.db"
    database = Database(path)
    database.put("incidents", [incident("i1")])
    desks.append(desk := Desk(tmp_path / "d", "http://127.0.0.1:9/"))
    with CountyServer(database, Settings(snapshot_level=1)) as server:
        desk.turn_to(server.base_url)
        desk.exchange()
        database.backup(tmp_path / "old.db")
        key = desk.note("备份之后")
        assert desk.exchange() is None
        assert desk.state(key)[0] is CommandState.ACCEPTED
    database.close()
    for ending in ("", "-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
    shutil.copy(tmp_path / "old.db", path)
    database = Database(path)
    with CountyServer(database, Settings(snapshot_level=1)) as server:
        desk.turn_to(server.base_url)
        for _ in range(2):
            desk.exchange()
        assert desk.state(key)[0] is CommandState.ACCEPTED
        assert [problem.code for problem in desk.memory.notices] == ["server_went_back"]
        assert notes(database) == ["备份之后"]
    database.close()


def test_a_county_set_back_in_silence_gets_back_what_a_disk_did_whose_copy_came_first(
    tmp_path, desks
):
    path = tmp_path / "county.db"
    database = Database(path)
    database.put("incidents", [incident("i1")])
    original = Desk(tmp_path / "d", "http://127.0.0.1:9/")
    with CountyServer(database, Settings(snapshot_level=1)) as server:
        original.turn_to(server.base_url)
        original.exchange()
        database.backup(tmp_path / "old.db")
        assert original.exchange() is None
        original.close()
        shutil.copytree(tmp_path / "d", tmp_path / "copy")
        desks.append(original := Desk(tmp_path / "d", server.base_url))
        key = original.note("复制之后")
        assert original.exchange() is None
        assert original.state(key)[0] is CommandState.ACCEPTED
    database.close()
    for ending in ("", "-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
    shutil.copy(tmp_path / "old.db", path)
    database = Database(path)
    with CountyServer(database, Settings(snapshot_level=1)) as server:
        for _ in range(2):  # Its second session is one of which the original knows nothing.
            desks.append(twin := Desk(tmp_path / "copy", server.base_url))
            assert twin.exchange() is None
            twin.close()
        original.turn_to(server.base_url)
        assert isinstance(original.exchange(), DiskCopied)
        for _ in range(2):
            original.exchange()
        assert original.state(key)[0] is CommandState.ACCEPTED
        assert notes(database) == ["复制之后"]
    database.close()
