"""The county's receiver of frames: any order, twice, over restarts, and never twice done."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import tty
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.county_server.commands.create_incident import Rules
from desktop.county_server.commands.executor import do_commands
from desktop.county_server.courier.offices import identity_of
from desktop.county_server.db.database import Database
from desktop.county_server.frames.inbox import MOST_MESSAGES, WINDOW, Inbox
from desktop.county_server.frames.offices import Office, OfficesError, read_offices
from desktop.county_server.frames.receiver import Receiver
from desktop.county_server.frames.ways import GatewayWay, SerialWay
from desktop.county_server.scope import Account
from desktop.wire.frames.command_bits import Message
from desktop.wire.frames.fragments import FrameType, Head, read_fragment
from desktop.wire.frames.keys import derive_frame_key
from desktop.wire.frames.line import LineReader, put_on_line
from desktop.wire.frames.outcomes import Outcome, decode_outcomes
from desktop.wire.level1 import DRILL, Commands, Incident
from support.county_rows import incident
from support.frame_messages import (
    AT,
    CLIENT,
    COUNTY,
    KEY,
    OTHER_KEY,
    SECRET,
    TABLES,
    frames_of,
    message,
)

OFFICE, OTHER = 7, 8
OFFICES = {OFFICE: Office(OFFICE, "west", KEY), OTHER: Office(OTHER, "east", OTHER_KEY)}
ACCOUNTS = {"west": Account("west"), "east": Account("east")}
LONG = "渗水约 2 平方米，清水，" * 12


class County:
    """A county with its receiver, which can be started again."""

    def __init__(self, folder: Path) -> None:
        self.now = AT + timedelta(minutes=2)
        self.database = Database(folder / "county.db", time_s=self.time_s)
        self.database.put("incidents", [incident("i1", recorded_at=AT - timedelta(days=900))])
        self.accounts: Mapping[str, Account] = ACCOUNTS
        self.offices: Mapping[int, Office] = OFFICES
        self._folder = folder
        self._open()

    def time_s(self) -> float:
        return self.now.timestamp()

    def _open(self) -> None:
        self.inbox = Inbox(self._folder / "frames.db", COUNTY)
        self.receiver = Receiver(
            self.database, self.offices, self.inbox, lambda: self.accounts, Rules(), TABLES
        )

    def restart(self) -> None:
        self.inbox.close()
        self._open()

    def take(self, *frames: bytes) -> list[Outcome]:
        return [
            outcome
            for frame in frames
            for answer in self.receiver.take(frame)
            for outcome in outcomes_in(answer)
        ]

    def notes(self) -> list[str]:
        (row,) = self.database.rows("incidents", ["i1"])
        assert isinstance(row, Incident)
        return [getattr(entry.text, "zh", entry.text) for entry in row.timeline]

    def close(self) -> None:
        self.inbox.close()
        self.database.close()


def outcomes_in(answer: bytes, key: bytes = KEY, office: int = OFFICE) -> tuple[Outcome, ...]:
    return decode_outcomes(read_fragment(answer, {office: key}).content).outcomes


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    found = County(tmp_path)
    yield found
    found.close()


def note(number: int, text: str = "已电话核实", **fields: Any) -> Message:
    return message(
        "note", {"text": text}, **{"seq": number, "key": f"{number:032x}", "target": "i1"} | fields
    )


def test_a_message_in_parts_is_done_when_the_last_has_come(county: County) -> None:
    frames = frames_of(note(1, LONG))
    assert len(frames) > 1
    assert county.take(*reversed(frames[1:])) == []
    assert county.notes() == []
    (outcome,) = county.take(frames[0])
    assert (outcome.number, outcome.status) == (1, "accepted")
    assert county.notes() == [LONG]


def test_a_message_sent_again_is_answered_again_and_done_once(county: County) -> None:
    frames = frames_of(note(1))
    assert county.take(*frames) == county.take(*frames) != []
    assert county.notes() == ["已电话核实"]


def test_parts_survive_a_restart(county: County) -> None:
    frames = frames_of(note(1, LONG))
    county.take(*frames[1:])
    county.restart()
    assert [each.status for each in county.take(frames[0])] == ["accepted"]


def test_messages_of_many_offices_mixed_in_any_order_are_each_done_once(county: County) -> None:
    chance = random.Random(7)
    told = [(note(n, f"{n}" + LONG), OFFICE, KEY) for n in range(1, 9)]
    told += [(note(n, f"{n}" + LONG, key=f"{n:032d}"), OTHER, OTHER_KEY) for n in range(11, 19)]
    frames = [frame for each in told for frame in frames_of(*each)] * 2
    chance.shuffle(frames)
    for frame in frames:
        county.receiver.take(frame)
    assert sorted(county.notes()) == sorted(str(each[0].command.body["text"]) for each in told)


def test_what_comes_before_its_forerunner_waits_for_it(county: County) -> None:
    (late,) = frames_of(note(2, "二", after=note(1).command.key))
    assert [each.status for each in county.take(late)] == ["received"]
    county.restart()
    (first,) = frames_of(note(1, "一"))
    assert [(each.number, each.status) for each in county.take(first)] == [
        (1, "accepted"),
        (2, "accepted"),
    ]
    assert county.notes() == ["一", "二"]


def test_parts_of_an_older_message_with_the_number_give_way(county: County) -> None:
    old, new = frames_of(note(5, LONG)), frames_of(note(5, LONG[::-1], key="ab" * 16))
    county.take(old[0])
    assert [each.key for each in county.take(*new)] == ["abababab"]
    assert county.notes() == [LONG[::-1]]


def test_an_office_keeps_no_more_than_its_room(county: County) -> None:
    for number in range(1, 3 * MOST_MESSAGES):
        county.take(frames_of(note(number, LONG))[0])
    heads = [Head(FrameType.COMMAND, OFFICE, CLIENT[:4], n) for n in range(3 * MOST_MESSAGES)]
    kept = [each.number for each in heads if county.inbox.parts(each)]
    assert kept == list(range(2 * MOST_MESSAGES, 3 * MOST_MESSAGES))


def test_a_number_far_below_the_latest_is_a_replay(county: County) -> None:
    county.take(*frames_of(note(WINDOW + 10)))
    assert county.take(*frames_of(note(9))) == []
    assert [each.status for each in county.take(*frames_of(note(10)))] == ["accepted"]


def test_a_new_disk_under_the_number_of_an_office_counts_anew(county: County) -> None:
    county.take(*frames_of(note(WINDOW + 10)))
    fresh = msgspec.structs.replace(note(1, LONG, key="ab" * 16), client="f00d")
    assert [each.status for each in county.take(*frames_of(fresh))] == ["accepted"]
    assert county.take(*frames_of(note(9))) == []


def test_the_parts_of_two_desks_with_one_number_stay_apart(county: County) -> None:
    ours = note(5, LONG)
    theirs = msgspec.structs.replace(note(5, LONG[::-1], key="ab" * 16), client="f00d")
    for frame in (frames_of(ours)[0], *frames_of(theirs)[:-1]):
        assert county.receiver.take(frame) == []
    (told,) = [answer for frame in frames_of(ours)[1:] for answer in county.receiver.take(frame)]
    assert read_fragment(told, {OFFICE: KEY}).head.client == CLIENT[:4]
    assert [each.key for each in county.take(frames_of(theirs)[-1])] == ["abababab"]


def test_a_command_of_years_ago_is_not_done_again_though_its_key_is_forgotten(
    county: County,
) -> None:
    frames = frames_of(note(1))
    county.now += timedelta(days=500)
    (outcome,) = county.take(*frames)
    assert outcome.status == "held"
    assert county.notes() == []


def test_an_answer_of_long_ago_is_given_again(county: County) -> None:
    frames = frames_of(note(1))
    county.take(*frames)
    county.now += timedelta(days=300)
    assert [each.status for each in county.take(*frames)] == ["accepted"]
    assert county.notes() == ["已电话核实"]


def test_an_account_that_is_gone_does_nothing(county: County) -> None:
    for left in ({"east": Account("east")}, {}):
        county.accounts = left
        assert [each.status for each in county.take(*frames_of(note(1)))] == ["held"]
    assert county.notes() == []


def test_a_message_by_other_tables_is_unreadable_and_not_guessed(county: County) -> None:
    told = message("create", {"title": "甲", "category": "fire"}, seq=3,
                   target=f"new-{note(1).command.key}", key=note(1).command.key)  # fmt: skip
    other = msgspec.structs.replace(TABLES, categories=("fire", "flood"))
    assert county.take(*frames_of(told, tables=other)) == [Outcome(3, "00000000", "unreadable")]


def test_a_key_used_otherwise_is_refused(county: County) -> None:
    county.take(*frames_of(note(1)))
    (outcome,) = county.take(*frames_of(note(2, "另", key=note(1).command.key)))
    assert outcome.status == "rejected"


@pytest.mark.expects_log("fails its check")
def test_an_office_cannot_use_the_key_of_another(county: County) -> None:
    assert county.take(*frames_of(note(1), OFFICE, OTHER_KEY)) == []
    assert county.take(*frames_of(note(1), 9)) == []
    assert county.notes() == []


@pytest.mark.parametrize(
    ("server", "account"), [(COUNTY, "east"), (COUNTY + DRILL, "west"), ("another", "west")]
)
@pytest.mark.expects_log("another key, account or county")
def test_a_frame_for_another_account_county_or_drill_is_not_taken(
    county: County, tmp_path: Path, server: str, account: str
) -> None:
    mapped = ONE.replace("west", account)
    county.offices = read_offices(write_offices(tmp_path, mapped), server)
    county.restart()
    frames = frames_of(note(1), OFFICE, derive_frame_key(SECRET, COUNTY, "west"))
    assert county.take(*frames) == county.take(*frames) == []
    # So the network's own copy, under the account that gave it, is done and not refused.
    asked = Commands("-", 0, "", (note(1).command,))
    west = ACCOUNTS["west"]
    (result,) = do_commands(county.database, asked, west, carried=True).results
    assert (result.status, county.notes()) == ("accepted", ["已电话核实"])


@pytest.mark.parametrize("server", ["another", COUNTY + DRILL])
def test_the_parts_kept_for_one_county_are_refused_by_another(tmp_path: Path, server: str) -> None:
    path = tmp_path / "frames.db"
    Inbox(path, COUNTY).close()
    Inbox(path, COUNTY).close()
    with pytest.raises(OfficesError, match=f"{COUNTY} and not to {server}"):
        Inbox(path, server)


def test_outcomes_played_back_to_the_county_are_no_commands(county: County) -> None:
    answers = county.receiver.take(frames_of(note(1))[0])
    assert county.take(*answers) == []


def test_frames_come_over_a_real_serial_line(county: County) -> None:
    ours, theirs = os.openpty()
    tty.setraw(ours)
    way = SerialWay(county.receiver, os.ttyname(theirs), 9600)
    try:
        for frame in frames_of(note(1, LONG)):
            os.write(ours, b"noise\xc0" + put_on_line(frame))
        reader, found = LineReader(), list[bytes]()
        while not found:
            found = list(reader.feed(os.read(ours, 1)))
        assert [each.status for each in outcomes_in(found[0])] == ["accepted"]
        assert county.notes() == [LONG]
    finally:
        way.close()
        os.close(ours)
        os.close(theirs)


@pytest.mark.expects_log("the serial line is gone")
def test_a_serial_line_that_is_gone_is_noticed(county: County) -> None:
    ours, theirs = os.openpty()
    way = SerialWay(county.receiver, os.ttyname(theirs), 9600)
    os.close(theirs)
    os.close(ours)
    for thread in threading.enumerate():
        if thread.name == "frames-serial":
            thread.join(5)
    assert not way.is_open
    way.close()


def test_frames_come_from_a_gateway(county: County) -> None:
    way = GatewayWay(county.receiver, "127.0.0.1", 0)
    try:
        (frame,) = frames_of(note(1))
        with urllib.request.urlopen(way.place, frame, timeout=5) as answer:
            (found,) = LineReader().feed(answer.read())
        assert [each.status for each in outcomes_in(found)] == ["accepted"]
        with pytest.raises(urllib.error.HTTPError, match="413"):
            urllib.request.urlopen(way.place, bytes(141), timeout=5)
    finally:
        way.close()


def write_offices(folder: Path, text: str, key: str = SECRET.hex(), mode: int = 0o600) -> Path:
    (folder / "a.key").write_text(key + "\n")
    (folder / "a.key").chmod(mode)
    file = folder / "offices.toml"
    file.write_text(text)
    return file


ONE = '[[office]]\nnumber = 7\naccount = "west"\nkey_file = "a.key"\n'


def test_offices_are_read_from_their_file(tmp_path: Path) -> None:
    key = derive_frame_key(SECRET, COUNTY, "west")
    found = read_offices(write_offices(tmp_path, ONE), COUNTY)
    assert found == {OFFICE: Office(OFFICE, "west", key)}


@pytest.mark.parametrize(
    ("text", "key", "mode"),
    [
        (ONE, SECRET.hex(), 0o644),
        (ONE, "12", 0o600),
        (ONE + ONE, SECRET.hex(), 0o600),
        (ONE + ONE.replace("7", "8"), SECRET.hex(), 0o600),
        (ONE + ONE.replace("7", "8").replace("west", "east"), SECRET.hex(), 0o600),
        ("", SECRET.hex(), 0o600),
        (ONE.replace("7", "70000"), SECRET.hex(), 0o600),
        ("[[", SECRET.hex(), 0o600),
    ],
)
def test_a_wrong_file_of_offices_is_refused_and_no_key_told(
    tmp_path: Path, text: str, key: str, mode: int
) -> None:
    with pytest.raises(OfficesError) as refused:
        read_offices(write_offices(tmp_path, text, key, mode), COUNTY)
    assert SECRET.hex() not in str(refused.value)


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """`county-server frames` as a process of its own."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "desktop.county_server", "frames", "--data", str(folder)),
            *("--offices", str(write_offices(folder, '[[office]]\nnumber = 7\nkey_file="a.key"'))),
            *words,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_the_operators_program_takes_frames_while_nobody_serves(tmp_path: Path) -> None:
    database = Database(tmp_path / "county.db")
    database.put("incidents", [incident("i1")])
    database.close()
    with serving(tmp_path, "--listen", "0") as process:
        assert process.stdout is not None
        told, account, place = (process.stdout.readline().strip() for _ in range(3))
        county = identity_of(tmp_path / "county.db")
        assert f"the county {county}" in told
        assert "office 7: account -" in account
        key = derive_frame_key(SECRET, county, "")
        told_now = note(1, at=datetime.now(UTC).replace(microsecond=0))
        (frame,) = frames_of(told_now, OFFICE, key)
        with urllib.request.urlopen(place, frame, timeout=10) as answer:
            (found,) = LineReader().feed(answer.read())
        assert [each.status for each in outcomes_in(found, key)] == ["accepted"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [((), "port for a gateway"), (("--serial", "/dev/null"), "no serial line")],
)
def test_the_operators_program_says_what_is_missing(
    tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    Database(tmp_path / "county.db").close()
    with serving(tmp_path, *words) as process:
        said = process.communicate(timeout=20)[1]
    assert process.returncode == 1
    assert told in said


def test_the_operators_program_wants_a_county(tmp_path: Path) -> None:
    with serving(tmp_path, "--listen", "0") as process:
        assert "is not there" in process.communicate(timeout=20)[1]
    assert process.returncode == 1
