"""The ways frames come in, the file of offices, and the operator's program."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import tty
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop.county_server.courier.offices import Offices as PairedOffices
from desktop.county_server.courier.offices import identity_of
from desktop.county_server.db.database import Database
from desktop.county_server.frames import offices
from desktop.county_server.frames.codes import keep_codes
from desktop.county_server.frames.offices import Office, OfficeRoster, OfficesError, read_offices
from desktop.county_server.frames.ways import GatewayWay, SerialWay
from desktop.county_server.http.api import Settings
from desktop.county_server.server import CountyServer
from desktop.wire.courier import derive_office_secret
from desktop.wire.frames.command_bits import Message
from desktop.wire.frames.keys import derive_frame_key
from desktop.wire.frames.line import LineReader, put_on_line
from support.county_rows import incident
from support.courier_office import CourierOffice
from support.frame_messages import (
    COUNTY,
    SECRET,
    TABLES,
    frames_of,
    message,
)
from support.frames_county import (
    LONG,
    OFFICE,
    ONE,
    County,
    note,
    outcomes_in,
    write_offices,
)

PAIRED = '[[office]]\nnumber = 7\npairing = "dongqiao"\n'


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    found = County(tmp_path)
    yield found
    found.close()


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


def break_once(county: County, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Have a method of the receiver fail once, in a way that nobody thought of."""
    works, broken = getattr(county.receiver, name), iter([True])

    def fail_first(*given: bytes) -> object:
        if next(broken, False):
            raise ValueError("surprising")
        return works(*given)

    monkeypatch.setattr(county.receiver, name, fail_first)


@pytest.mark.parametrize("name", ["take", "look"])
@pytest.mark.expects_log("surprising|not taken|not done")
def test_a_serial_line_goes_on_after_a_frame_that_spoils_something(
    county: County, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    break_once(county, monkeypatch, name)
    ours, theirs = os.openpty()
    tty.setraw(ours)
    way = SerialWay(county.receiver, os.ttyname(theirs), 9600)
    try:
        for number in (1, 2):
            os.write(ours, put_on_line(frames_of(note(number))[0]))
        reader, found = LineReader(), list[bytes]()
        while not found:
            assert way.is_open
            found = (
                list(reader.feed(os.read(ours, 1))) if select.select([ours], [], [], 1)[0] else []
            )
        assert [each.status for each in outcomes_in(found[0])] == ["accepted"]
    finally:
        way.close()
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize("name", ["take", "look"])
@pytest.mark.expects_log("surprising|not taken|not done")
def test_a_gateway_goes_on_after_a_frame_that_spoils_something(
    county: County, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    break_once(county, monkeypatch, name)
    way = GatewayWay(county.receiver, "127.0.0.1", 0)
    try:
        (frame,) = frames_of(note(1))
        for _ in range(2):
            with urllib.request.urlopen(way.place, frame, timeout=5) as answer:
                found = list(LineReader().feed(answer.read()))
        assert [each.status for each in outcomes_in(found[0])] == ["accepted"]
    finally:
        way.close()


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


def test_offices_are_read_from_their_file(tmp_path: Path) -> None:
    key = derive_frame_key(SECRET, COUNTY, "west")
    found = read_offices(write_offices(tmp_path, ONE), COUNTY, PairedOffices(tmp_path / "none.db"))
    assert found == {OFFICE: Office(OFFICE, "west", (key,))}


@pytest.mark.parametrize(
    ("text", "key", "mode"),
    [
        (ONE, SECRET.hex(), 0o644),
        (ONE, "12", 0o600),
        (ONE + ONE, SECRET.hex(), 0o600),
        (ONE + ONE.replace("7", "8"), SECRET.hex(), 0o600),
        (ONE + ONE.replace("7", "8").replace("west", "east"), SECRET.hex(), 0o600),
        ("", SECRET.hex(), 0o600),
        ("[[office]]\nnumber = 7\n", SECRET.hex(), 0o600),
        (ONE + 'pairing = "dongqiao"\n', SECRET.hex(), 0o600),
        (PAIRED + 'account = "west"\n', SECRET.hex(), 0o600),
        (PAIRED, SECRET.hex(), 0o600),
        (ONE.replace("7", "70000"), SECRET.hex(), 0o600),
        ("[[", SECRET.hex(), 0o600),
    ],
)
def test_a_wrong_file_of_offices_is_refused_and_no_key_told(
    tmp_path: Path, text: str, key: str, mode: int
) -> None:
    file, paired = write_offices(tmp_path, text, key, mode), PairedOffices(tmp_path / "none.db")
    with pytest.raises(OfficesError) as refused:
        read_offices(file, COUNTY, paired)
    assert SECRET.hex() not in str(refused.value)


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the file of offices looked at each time."""
    monkeypatch.setattr(offices, "LOOK_EVERY_S", 0.0)


def roster_of(county: County, folder: Path, text: str = ONE) -> OfficeRoster:
    """The offices of a file."""
    return OfficeRoster(write_offices(folder, text), COUNTY, county.database)


@pytest.mark.usefixtures("moments")
def test_an_office_that_is_taken_out_of_the_file_is_revoked_without_a_restart(
    county: County, tmp_path: Path
) -> None:
    roster = county.roster = roster_of(county, tmp_path)
    county.restart()
    key = derive_frame_key(SECRET, COUNTY, "west")
    taken = county.receiver.take(*frames_of(note(1), OFFICE, key))
    assert [each.status for each in outcomes_in(taken[0], key)] == ["accepted"]
    other = ONE.replace("number = 7", "number = 8")
    write_offices(tmp_path, other)
    assert set(roster.offices()) == {8}
    assert county.receiver.take(*frames_of(note(2), OFFICE, key)) == []


@pytest.mark.usefixtures("moments")
def test_a_new_key_is_taken_without_a_restart(county: County, tmp_path: Path) -> None:
    roster = roster_of(county, tmp_path)
    before = roster.offices()[OFFICE].keys
    (tmp_path / "a.key").write_text("ab" * 32)
    assert (
        roster.offices()[OFFICE].keys == (derive_frame_key(b"\xab" * 32, COUNTY, "west"),) != before
    )


@pytest.mark.expects_log("the offices stay as they were")
@pytest.mark.usefixtures("moments")
def test_a_bad_file_of_offices_changes_nothing(county: County, tmp_path: Path) -> None:
    roster = roster_of(county, tmp_path)
    before = roster.offices()
    write_offices(tmp_path, "[[")
    assert roster.offices() == roster.offices() == before
    (tmp_path / "offices.toml").unlink()
    assert roster.offices() == before
    write_offices(tmp_path, ONE + '[[office]]\nnumber = 8\nkey_file = "missing.key"\n')
    assert roster.offices() == before


def pair(county: County) -> tuple[CourierOffice, bytes]:
    """Pair an office with the county under the account `west`; its keys, and those of its frames.

    Paired again, the office has new keys.
    """
    paired = PairedOffices(county.database.path)
    own = paired.own()
    office = CourierOffice(COUNTY, own.public)
    paired.pair(office.pairing, "west")
    secret = derive_office_secret(office.keys, own.public, COUNTY, office.name)
    return office, derive_frame_key(secret, COUNTY, "west")


def answers_to(county: County, told: Message, key: bytes) -> list[str]:
    """What the county answers to a message's frames, by the key they were made with."""
    answers = [
        back for frame in frames_of(told, OFFICE, key) for back in county.receiver.take(frame)
    ]
    return [each.status for back in answers for each in outcomes_in(back, key)]


@pytest.mark.usefixtures("moments")
def test_a_paired_office_needs_no_other_secret_and_its_old_keys_go_with_the_first_use_of_new_ones(
    county: County, tmp_path: Path
) -> None:
    office, first = pair(county)
    roster = county.roster = roster_of(county, tmp_path, PAIRED)
    county.restart()
    assert roster.offices()[OFFICE] == Office(OFFICE, "west", (first,), "dongqiao")
    assert answers_to(county, note(1), first) == ["accepted"]
    _, second = pair(county)
    assert roster.offices()[OFFICE].keys == (first, second)
    assert answers_to(county, note(2), first) == ["accepted"]
    assert answers_to(county, note(3), second) == ["accepted"]
    assert roster.offices()[OFFICE].keys == (second,)
    assert answers_to(county, note(4), first) == []
    (known,) = PairedOffices(county.database.path).list_all()
    assert office.keys.public.id in known.past


@pytest.mark.usefixtures("moments")
def test_frames_of_an_office_whose_pairing_is_revoked_are_refused_at_once(
    county: County, tmp_path: Path
) -> None:
    _, key = pair(county)
    roster = county.roster = roster_of(county, tmp_path, ONE.replace("7", "8") + PAIRED)
    county.restart()
    assert answers_to(county, note(1), key) == ["accepted"]
    PairedOffices(county.database.path).revoke("dongqiao")
    assert answers_to(county, note(2), key) == []
    assert set(roster.offices()) == {8}


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


def test_the_operators_program_goes_by_the_rules_and_codes_of_the_countys_server(
    tmp_path: Path,
) -> None:
    with closing(Database(tmp_path / "county.db")) as database:
        CountyServer(database, Settings(categories=frozenset({"flood"}))).close()
        keep_codes(database, TABLES)
    key = derive_frame_key(SECRET, identity_of(tmp_path / "county.db"), "")
    now = datetime.now(UTC).replace(microsecond=0)
    with serving(tmp_path, "--listen", "0") as process:
        assert process.stdout is not None
        place = [process.stdout.readline().strip() for _ in range(3)][-1]
        found = []
        for number, category in enumerate(("flood", "landslide"), 1):
            told = message(
                *("create", {"title": "甲", "category": category, "occurred_at": now.isoformat()}),
                seq=number,
                key=f"{number:032x}",
                target=f"new-{number:032x}",
                at=now,
            )
            (frame,) = frames_of(told, OFFICE, key)
            with urllib.request.urlopen(place, frame, timeout=10) as answer:
                (back,) = LineReader().feed(answer.read())
            found += outcomes_in(back, key)
    assert [each.status for each in found] == ["accepted", "rejected"]
    assert "landslide" in found[1].reason


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
