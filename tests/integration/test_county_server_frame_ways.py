"""The ways frames come in, the file of offices, and the operator's program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import tty
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop.county_server.courier.offices import identity_of
from desktop.county_server.db.database import Database
from desktop.county_server.frames.offices import Office, OfficesError, read_offices
from desktop.county_server.frames.ways import GatewayWay, SerialWay
from desktop.wire.frames.keys import derive_frame_key
from desktop.wire.frames.line import LineReader, put_on_line
from support.county_rows import incident
from support.frame_messages import (
    COUNTY,
    SECRET,
    frames_of,
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
