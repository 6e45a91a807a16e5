"""The outbox file keeps every command, once, in the order of the clicks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import apsw
import msgspec
import pytest

from desktop.application.ports import StoreError
from desktop.domain.command import Collection, CommandKind, CommandState, Key
from desktop.domain.localized_text import Text
from desktop.domain.source import Binding
from desktop.storage.outbox.store import SqliteOutbox, open_outbox
from desktop.storage.sqlite.database import check_key, connect, migrations
from support.builders import NOW, FakeClock, a_command
from support.connections import connections

KEY = bytes(range(32))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[SqliteOutbox, apsw.Connection]]:
    """An outbox and the one connection it has."""
    with connections() as found:
        outbox = open_outbox(tmp_path, KEY, FakeClock())
    (db,) = found
    yield outbox, db
    outbox.close()


@pytest.fixture
def outbox(opened: tuple[SqliteOutbox, apsw.Connection]) -> SqliteOutbox:
    return opened[0]


@pytest.fixture
def db(opened: tuple[SqliteOutbox, apsw.Connection]) -> apsw.Connection:
    return opened[1]


def test_numbers_are_never_used_again(outbox, tmp_path):
    seqs = [outbox.append(a_command(), NOW).seq for _ in range(3)]
    with closing(connect(tmp_path / "outbox.db", KEY, durable=True)) as beside:
        beside.execute("DELETE FROM command WHERE seq = ?", (seqs[-1],))
    assert outbox.append(a_command(), NOW).seq > seqs[-1]


def test_a_copied_disk_under_its_new_name_goes_through_all_it_sent_again(outbox):
    """The county may have been set back as well: a new name hears nothing of that."""
    outbox.bind("county", Binding(server="s", epoch="e1", fence=17, tried=("t",), login="l"))
    outbox.renew_client(Text("复制"), NOW)
    renamed = outbox.binding("county")
    assert (renamed.epoch, renamed.fence, renamed.server) == ("", 0, "s")


def test_all_of_it_is_there_after_opening_again(outbox, tmp_path):
    record = outbox.append(a_command(), NOW)
    name = outbox.client_id()
    outbox.close()
    again = open_outbox(tmp_path, KEY, FakeClock())
    assert again.recent(9) == [record]
    assert again.client_id() == name
    again.close()


def a_target(id: str = "I1", collection: Collection = Collection.INCIDENTS) -> Key:
    return Key("county", collection, id)


def test_each_target_keeps_its_own_draft_until_it_is_emptied(outbox, tmp_path):
    targets = [a_target(), a_target("I2"), a_target(collection=Collection.ALARMS)]
    for target in targets:
        assert outbox.draft(target) == ""
        outbox.keep_draft(target, f"写到一半 {target.id} {target.collection}", NOW)
    outbox.keep_draft(targets[0], "改了\n一行", NOW + 1)
    outbox.keep_draft(targets[1], "", NOW + 1)
    outbox.close()
    again = open_outbox(tmp_path, KEY, FakeClock())
    assert [again.draft(t) for t in targets] == ["改了\n一行", "", "写到一半 I1 alarms"]
    again.close()


def test_a_note_that_could_not_be_kept_leaves_its_draft(outbox, db):
    outbox.keep_draft(a_target(), "写到一半", NOW)
    db.pragma("max_page_count", int(db.pragma("page_count")))
    text = {"text": "长" * 20_000}
    with pytest.raises(StoreError):
        outbox.append(a_command(kind=CommandKind.NOTE, target=a_target(), body=text), NOW)
    assert outbox.draft(a_target()) == "写到一半"


def test_an_outbox_of_the_first_version_keeps_every_command_and_takes_drafts(tmp_path):
    check_key(tmp_path, KEY)
    db = connect(tmp_path / "outbox.db", KEY, durable=True)
    db.execute(migrations("outbox")[0])
    db.execute("INSERT INTO installation VALUES ('client_id', 'the first'), ('made_at', '1')")
    db.pragma("user_version", 1)
    commands = [
        a_command(key=f"k{n}", body={"text": f"第 {n} 条"}) for n in range(len(CommandState))
    ]
    for command, state in zip(commands, CommandState, strict=True):
        body = msgspec.msgpack.encode(command)
        reason = msgspec.msgpack.encode(Text("因由"))
        where = (command.target.source, command.target.collection.value, command.target.id)
        db.execute(
            "INSERT INTO command(key, source, collection, target, body, receipt, changed_at,"
            " reason, seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)",
            (command.key, *where, body, state.value, NOW, reason),
        )
    db.close()
    outbox = open_outbox(tmp_path, KEY, FakeClock())
    kept = outbox.recent(99)[::-1]
    assert [(r.command, r.state, r.seen) for r in kept] == [
        (command, state, True) for command, state in zip(commands, CommandState, strict=True)
    ]
    assert [r.seq for r in kept] == list(range(1, len(kept) + 1))
    assert {r.reason for r in kept} == {Text("因由")}
    assert outbox.client_id() == "the first"
    outbox.keep_draft(a_target(), "写到一半", NOW)
    assert outbox.draft(a_target()) == "写到一半"
    outbox.close()


def test_two_installations_have_two_names(outbox, tmp_path):
    other = open_outbox(tmp_path / "other", KEY, FakeClock())
    assert other.client_id() != outbox.client_id()
    other.close()


def test_every_commit_is_forced_to_the_disk(db):
    assert db.pragma("synchronous") == 2
    assert db.pragma("journal_mode") == "wal"


def test_an_outbox_that_cannot_be_read_stays_where_it_is(outbox, tmp_path):
    outbox.append(a_command(), NOW)
    outbox.close()
    path = tmp_path / "outbox.db"
    path.write_bytes(b"\0" * 4096 + path.read_bytes()[4096:])
    before = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        open_outbox(tmp_path, KEY, FakeClock())
    assert caught.value.problem.code == "store_damaged"
    assert path.read_bytes() == before


def test_a_closed_outbox_says_so(outbox):
    outbox.close()
    outbox.close()
    with pytest.raises(StoreError) as caught:
        outbox.append(a_command(), NOW)
    assert caught.value.problem.code == "store_closed"


def work_of(db: apsw.Connection, ask: Callable[[], object]) -> int:
    """Steps the database took for one question, by its own count."""
    steps = 0

    def step() -> bool:
        nonlocal steps
        steps += 1
        return False

    db.set_progress_handler(step, 1)
    try:
        ask()
    finally:
        db.set_progress_handler(None)
    return steps


def given_each(outbox: SqliteOutbox, name: str, count: int, state: CommandState) -> None:
    for number in range(count):
        outbox.append(a_command(key=f"{name} {number}"), NOW)
        outbox.set_state(f"{name} {number}", state, Text(), NOW + number)


def test_commands_that_ask_for_no_eyes_cost_the_attention_list_nothing(outbox, db):
    given_each(outbox, "refused", 3, CommandState.REJECTED)
    before = work_of(db, outbox.attention)
    given_each(outbox, "under way", 60, CommandState.SENT)
    given_each(outbox, "dismissed", 60, CommandState.ACCEPTED)
    for number in range(60):
        outbox.mark_seen(f"dismissed {number}")
    assert work_of(db, outbox.attention) <= before + 10
    assert [r.command.key for r in outbox.attention()] == ["refused 2", "refused 1", "refused 0"]


def test_accepted_commands_nobody_dismissed_cost_the_count_of_what_needs_the_officer_nothing(
    outbox, db
):
    given_each(outbox, "refused", 3, CommandState.REJECTED)
    before = work_of(db, outbox.needing_officer)
    given_each(outbox, "accepted", 60, CommandState.ACCEPTED)
    given_each(outbox, "under way", 60, CommandState.STORED)
    assert work_of(db, outbox.needing_officer) <= before + 10
    assert outbox.needing_officer() == 3


def test_finished_commands_cost_the_list_of_what_is_to_be_sent_nothing(outbox, db):
    given_each(outbox, "under way", 3, CommandState.SENT)
    before = work_of(db, outbox.list_unfinished)
    given_each(outbox, "accepted", 60, CommandState.ACCEPTED)
    assert work_of(db, outbox.list_unfinished) <= before + 10
