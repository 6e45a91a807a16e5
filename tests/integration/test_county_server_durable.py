"""What desks were told is durable is not lost without the operator and the desks hearing of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop.county_server.commands.executor import command_states, do_commands
from desktop.county_server.db import disk
from desktop.county_server.db.command_log import KEYS_KEPT_S
from desktop.county_server.db.database import Database
from desktop.county_server.db.durable_mark import Promise, PromiseFile
from desktop.county_server.db.file_lock import InUse
from desktop.county_server.db.losses import Loss, LossRefused, words
from desktop.county_server.scope import ANYBODY
from desktop.wire.level1 import Command, Commands
from support.county_rows import MOMENT, incident
from support.openings import open_session

BEGAN_S = int(MOMENT.timestamp())


class Office:
    """A county on a file, a clock, and a desk that writes notes there."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "county.db"
        self.now_s = BEGAN_S
        self.open()
        self.county.put("incidents", [incident("i1"), incident("i2")])

    def open(self, *, accept_loss: bool = False) -> None:
        self.county = Database(self.path, time_s=lambda: self.now_s, accept_loss=accept_loss)

    def note(self, number: int, target: str = "i1") -> str:
        """A minute later a note is taken in; its key."""
        self.now_s += 60
        body = {"text": str(number)}
        command = Command(
            f"{number:032x}", number, "note", target, "incidents", MOMENT, "07", body=body
        )
        fence = open_session(self.county, "desk")
        asked = Commands(self.county.epoch, fence, "desk", (command,))
        (result,) = do_commands(self.county, asked, ANYBODY).results
        assert result.status == "accepted"
        return command.key

    def durable(self, *keys: str) -> list[bool]:
        return [each.durable for each in command_states(self.county, keys, ANYBODY).results]

    def put_back(self, copy: Path) -> None:
        """What an operator does who knows no better."""
        self.county.close()
        shutil.copyfile(copy, self.path)


@pytest.fixture
def office(tmp_path: Path):
    found = Office(tmp_path)
    yield found
    found.county.close()


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def refusal(work: Callable[[], object]) -> Loss:
    with pytest.raises(LossRefused) as caught:
        work()
    return caught.value.loss


def test_the_promise_is_on_the_disk_before_a_desk_can_hear_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = office.note(1)
    heard: list[list[bool]] = []
    write_whole = disk.write_whole

    def watched(path: Path, content: bytes) -> None:
        heard.append(office.durable(key))
        write_whole(path, content)

    monkeypatch.setattr(disk, "write_whole", watched)
    office.county.mark_durable()
    assert (heard, office.durable(key)) == ([[False]], [True])
    told = PromiseFile(office.path).read()
    assert told == Promise(office.county.server, 2, key, office.now_s)
    office.county.mark_durable()
    assert len(heard) == 1, "nothing new is written nowhere"


def test_a_promise_that_cannot_be_written_is_not_made(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    key = office.note(1)
    monkeypatch.setattr(disk, "write_whole", full)
    with pytest.raises(OSError, match="No space"):
        office.county.mark_durable()
    assert office.durable(key) == [False]


def test_a_backup_that_ends_before_the_promise_is_refused_with_what_would_be_lost(
    office: Office, tmp_path: Path
) -> None:
    office.note(1)
    office.county.backup(tmp_path / "backup")
    office.note(2, "i2")
    lost_from = office.now_s
    office.note(3)
    office.county.mark_durable()
    lost_until = office.now_s
    office.note(4)
    epoch = office.county.epoch
    loss = refusal(lambda: office.county.restore(tmp_path / "backup"))
    assert (loss.count, loss.until) == (2, lost_until)
    assert [(each.kind, each.target) for each in loss.commands] == [("note", "i2"), ("note", "i1")]
    assert loss.commands[0].at == lost_from
    assert loss.since < lost_from
    said = "\n".join(words(loss))
    assert "incidents/i2" in said
    assert "2 条" in said
    assert "2 commands" in said
    assert "--accept-loss" in said
    assert office.county.epoch == epoch
    assert len(office.durable(*(f"{each:032x}" for each in (1, 2, 3, 4)))) == 4
    assert office.county.set_back_to is None


def test_an_accepted_loss_is_told_to_desks_and_not_asked_about_again(
    office: Office, tmp_path: Path
) -> None:
    kept = office.note(1)
    whole_until = office.now_s
    office.county.backup(tmp_path / "backup")
    lost = office.note(2)
    office.county.mark_durable()
    office.county.restore(tmp_path / "backup", accept_loss=True)
    assert office.county.set_back_to == at(whole_until)
    assert office.durable(kept, lost) == [False]
    office.county.close()
    office.open()
    assert office.county.set_back_to == at(whole_until)
    office.note(2)
    assert office.durable(lost) == [False]
    office.county.mark_durable()
    assert office.durable(lost) == [True]


def test_a_backup_that_has_all_that_was_promised_is_taken_back_without_a_word(
    office: Office, tmp_path: Path
) -> None:
    kept = office.note(1)
    office.county.backup(tmp_path / "backup")
    office.note(2)
    office.county.restore(tmp_path / "backup")
    assert office.county.set_back_to is None
    assert office.durable(kept) == [True], "what was durable once stays so"


def test_a_file_put_back_by_hand_that_ends_before_the_promise_does_not_open(
    office: Office, tmp_path: Path
) -> None:
    office.note(1)
    whole_until = office.now_s
    office.county.backup(tmp_path / "copy")
    office.note(2)
    office.note(3)
    office.county.mark_durable()
    promised_at, epoch = office.now_s, office.county.epoch
    office.put_back(tmp_path / "copy")
    loss = refusal(office.open)
    assert loss == Loss(2, whole_until, promised_at)
    assert refusal(office.open) == loss, "asking does not make it so"
    office.open(accept_loss=True)
    assert office.county.set_back_to == at(whole_until)
    assert office.county.epoch != epoch
    office.county.close()
    office.open()


def test_the_same_number_in_another_history_is_not_what_was_promised(
    office: Office, tmp_path: Path
) -> None:
    office.county.backup(tmp_path / "copy")
    office.note(1)
    office.county.mark_durable()
    office.put_back(tmp_path / "copy")
    office.open(accept_loss=True)
    office.note(2)
    office.county.backup(tmp_path / "other")
    office.county.mark_durable()
    office.county.restore(tmp_path / "copy", accept_loss=True)
    office.note(3)
    office.county.mark_durable()
    office.put_back(tmp_path / "other")
    loss = refusal(office.open)
    assert (loss.count, loss.since) == (None, 0)
    assert "Some commands" in "\n".join(words(loss))


def test_a_crash_between_an_accepted_loss_and_its_file_asks_nothing_again(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.county.backup(tmp_path / "backup")
    office.note(1)
    office.county.mark_durable()
    with monkeypatch.context() as patch:
        patch.setattr(PromiseFile, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            office.county.restore(tmp_path / "backup", accept_loss=True)
    office.county.close()
    office.open()
    told = PromiseFile(office.path).read()
    assert told is not None
    assert told.number == 1
    # The consent was to that loss; the next one, of the same command, is asked about.
    office.county.backup(tmp_path / "later")
    office.note(1)
    office.county.mark_durable()
    office.put_back(tmp_path / "later")
    refusal(office.open)
    office.open(accept_loss=True)


def test_desks_are_told_the_earliest_loss_as_long_as_they_may_have_commands_of_then(
    office: Office, tmp_path: Path
) -> None:
    office.note(1)
    first = office.now_s
    office.county.backup(tmp_path / "early")
    office.note(2)
    office.county.backup(tmp_path / "late")
    office.note(3)
    office.county.mark_durable()
    office.county.restore(tmp_path / "early", accept_loss=True)
    assert office.county.set_back_to == at(first)
    office.county.restore(tmp_path / "late")
    assert office.county.set_back_to == at(first)
    office.note(4)
    office.county.backup(tmp_path / "latest")
    office.note(5)
    office.county.mark_durable()
    office.county.restore(tmp_path / "latest", accept_loss=True)
    assert office.county.set_back_to == at(first)
    office.now_s += KEYS_KEPT_S
    assert office.county.set_back_to == at(first)
    office.now_s += 1
    assert office.county.set_back_to is None


def test_a_county_that_is_gone_is_not_begun_anew_in_silence(office: Office) -> None:
    office.note(1)
    office.county.mark_durable()
    server = office.county.server
    office.county.close()
    office.path.unlink()
    loss = refusal(office.open)
    assert (loss.is_all, loss.count) == (True, 1)
    assert not office.path.exists()
    office.open(accept_loss=True)
    assert office.county.server != server
    assert office.county.set_back_to is None
    office.county.close()
    office.open()


def test_the_backup_of_another_server_is_not_taken_for_this_one_s(
    office: Office, tmp_path: Path
) -> None:
    other = Database(tmp_path / "other.db")
    other.backup(tmp_path / "backup")
    name = other.server
    other.close()
    office.note(1)
    office.county.mark_durable()
    assert refusal(lambda: office.county.restore(tmp_path / "backup")).is_all
    office.county.restore(tmp_path / "backup", accept_loss=True)
    assert office.county.server == name
    assert office.county.set_back_to is None


def test_a_promise_of_another_server_is_not_kept_by_a_ledger_that_is_as_long(
    office: Office,
) -> None:
    office.note(1)
    office.note(2)
    promises = PromiseFile(office.path)
    office.county.close()
    promises.write(Promise("another", 2))
    assert refusal(office.open).is_all
    office.open(accept_loss=True)
    told = promises.read()
    assert told is not None
    assert told.server == office.county.server


def test_one_file_has_one_server(office: Office) -> None:
    with pytest.raises(InUse):
        Database(office.path)
    office.county.close()
    office.open()


@pytest.mark.expects_log("says nothing that can be read")
def test_a_promise_nobody_can_read_is_said_and_holds_nothing_up(office: Office) -> None:
    office.county.close()
    office.path.with_name("county.db.durable").write_bytes(b"\0")
    office.open()
