"""Road, power and network down: a desk's commands go as frames, and the network does nothing twice.

The real programs, over real pseudo-terminals and through a gateway that loses half.
"""

from __future__ import annotations

import json
import os
import random
import re
import select
import subprocess
import sys
import threading
import tty
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from desktop.county_server.courier.offices import identity_of
from desktop.domain.clock import SystemClock
from desktop.storage.cache.store import open_cache
from desktop.storage.keys.encryption_key import KeyFile
from desktop.wire.frames.command_bits import decode_message
from desktop.wire.frames.fragments import read_fragment
from desktop.wire.frames.keys import derive_frame_key
from desktop.wire.frames.line import LineReader
from support.frame_messages import SECRET
from support.program import County, county_desk, free_port, until, write_profile

LONG = "渗水约 2 平方米，清水，" * 12


@contextmanager
def a_line(seed: int) -> Iterator[tuple[str, str]]:
    """Two ends of a serial line with noise on it, as device names."""
    masters, names, slaves = [], [], []
    for _ in range(2):
        master, slave = os.openpty()
        tty.setraw(slave)
        masters.append(master)
        slaves.append(slave)
        names.append(os.ttyname(slave))
    end, chance = threading.Event(), random.Random(seed)

    def relay() -> None:
        while not end.is_set():
            for source in select.select(masters, [], [], 0.05)[0]:
                data = bytearray(os.read(source, 4096))
                if chance.random() < 0.2:
                    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
                os.write(masters[1 - masters.index(source)], bytes(data))

    thread = threading.Thread(target=relay)
    thread.start()
    try:
        yield names[0], names[1]
    finally:
        end.set()
        thread.join()
        for handle in (*masters, *slaves):
            os.close(handle)


@contextmanager
def a_gateway(county: str, *, is_silent: bool = False) -> Iterator[str]:
    """A gateway that loses every other frame, some without a word and some with an answer.

    A silent one brings nothing back.
    """
    count = iter(range(10**6))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            frame = self.rfile.read(int(self.headers["Content-Length"]))
            number = next(count)
            if number % 4 == 1:
                self.close_connection = True
                return
            answer = b""
            if number % 4 != 3:
                with urllib.request.urlopen(county, frame, timeout=10) as reply:
                    answer = reply.read()
            answer = b"" if is_silent else answer
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/sms"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Office:
    """A desk's folder with its profile and the key it shares with the county."""

    def __init__(self, folder: Path, url: str, *words: str) -> None:
        self.words = words
        self.profile = write_profile(folder / "desk.toml", url)
        self.folder = folder / "desk"
        self.key = folder / "office.key"
        self.key.write_text(SECRET.hex())
        self.key.chmod(0o600)
        assert self.run("sync").returncode == 0

    def run(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return county_desk(
            *words,
            *("--profile", str(self.profile), "--profile-dir", str(self.folder)),
            *("--key", "file", "--lang", "en", *self.words),
            typed=typed,
        )

    def frames(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        own = ("--office", "7", "--office-key", str(self.key))
        return self.run("frames", *words, *own, typed=typed)

    def rows(self) -> list[dict[str, Any]]:
        return list(json.loads(self.run("outbox", "--json").stdout)["rows"])

    def states(self) -> dict[str, str]:
        return {row["kind"]: row["state"] for row in self.rows()}

    def incident(self, stage: str) -> str:
        rows = json.loads(self.run("list", "incidents", "--offline", "--json").stdout)["rows"]
        return next(str(row["id"]) for row in rows if row["stage"] == stage)

    def give(self) -> tuple[str, str]:
        """Report an incident and add notes, short and long; the incident and the noted one."""
        done = self.run(
            *("command", "create", "-", "title=河堤渗水", f"summary={LONG}", "level=ordinary"),
            *("township=xihe", "category=river_level", "place=118.1408,31.8837"),
        )
        target = self.incident("handling")
        assert self.run("command", "feedback", target, "text=已抢通一条车道").returncode == 0
        return f"new-{done.stdout.split()[0]}", target


def write_offices(folder: Path) -> Path:
    (folder / "west.key").write_text(SECRET.hex())
    (folder / "west.key").chmod(0o600)
    file = folder / "offices.toml"
    file.write_text('[[office]]\nnumber = 7\nkey_file = "west.key"\n')
    return file


COUNTY = ("--speed", "0", "--incidents", "60")


def check_done_once(county: County, office: Office, report: str, target: str) -> None:
    """Bring the network back: everything is as the frames left it, and each was done once."""
    versions = [county.row("incidents", each)["version"] for each in (report, target)]
    done = office.run("sync")
    assert done.returncode == 0, done.stdout + done.stderr
    assert office.states() == {"create": "accepted", "feedback": "accepted"}
    assert [county.row("incidents", each)["version"] for each in (report, target)] == versions
    assert county.row("incidents", report)["summary"]["zh"] == LONG.strip()
    assert county.row("incidents", target)["stage"] == "fed_back"
    entries = county.row("incidents", target)["timeline"]
    assert sum("已抢通一条车道" in str(each["text"]) for each in entries) == 1


@pytest.mark.timeout(180)
def test_commands_go_over_a_noisy_serial_line_and_once(tmp_path: Path) -> None:
    with a_line(3) as (ours, theirs):
        options = ("--frames-offices", str(write_offices(tmp_path)), "--frames-serial", theirs)
        with County(tmp_path, *COUNTY, *options) as county:
            office = Office(tmp_path, county.url)
            report, target = office.give()
            listed = office.frames("list")
            assert listed.returncode == 0
            assert "stored" in listed.stdout
            assert office.states() == {"create": "stored", "feedback": "stored"}
            sent = office.frames("send", "--serial", ours, "--rounds", "8", "--wait", "2")
            assert sent.returncode == 0, sent.stdout + sent.stderr
            assert office.states() == {"create": "accepted", "feedback": "accepted"}
            check_done_once(county, office, report, target)


@pytest.mark.timeout(180)
def test_commands_go_through_a_gateway_that_loses_half_and_once(tmp_path: Path) -> None:
    port = free_port()
    options = (*("--frames-offices", str(write_offices(tmp_path)), "--frames-listen", str(port)),)
    with County(tmp_path, *COUNTY, *options) as county:
        office = Office(tmp_path, county.url)
        report, target = office.give()
        with a_gateway(f"http://127.0.0.1:{port}/") as url:
            once = office.frames("send", "--gateway", url)
            assert once.returncode == 1
            assert "stored" not in office.states().values()
            sent = office.frames("send", "--gateway", url, "--rounds", "12")
            assert sent.returncode == 0, sent.stdout + sent.stderr
        check_done_once(county, office, report, target)


@pytest.mark.timeout(180)
def test_what_the_county_did_unheard_is_settled_by_the_network_and_not_done_again(
    tmp_path: Path,
) -> None:
    port = free_port()
    options = ("--frames-offices", str(write_offices(tmp_path)), "--frames-listen", str(port))
    with County(tmp_path, *COUNTY, *options) as county:
        office = Office(tmp_path, county.url)
        report, target = office.give()
        with a_gateway(f"http://127.0.0.1:{port}/", is_silent=True) as url:
            assert office.frames("send", "--gateway", url, "--rounds", "8").returncode == 1
        assert office.states() == {"create": "sent", "feedback": "sent"}
        assert county.row("incidents", target)["stage"] == "fed_back"
        check_done_once(county, office, report, target)


GROUP = re.compile(r"^ *[0-9]+ ([0-9]{4} [0-9]{4}) ", re.MULTILINE)
CHECK = re.compile(r"^([A-P]{4}) ", re.MULTILINE)


def sheets_in(text: str) -> list[tuple[list[str], str]]:
    """The groups and check words of what is to be read aloud."""
    parts = CHECK.split(text)
    sheets = zip(parts[::2], parts[1::2], strict=False)
    return [(GROUP.findall(before), check) for before, check in sheets]


@pytest.mark.timeout(180)
def test_a_report_is_read_over_a_telephone_and_its_outcome_read_back(tmp_path: Path) -> None:
    port, offices = free_port(), write_offices(tmp_path)
    options = ("--frames-offices", str(offices), "--frames-listen", str(port))
    with County(tmp_path, *COUNTY, *options) as county:
        office = Office(tmp_path, county.url)
        report, target = office.give()
        sheets = sheets_in(office.frames("read").stdout)
        assert len(sheets) == 2
        assert office.states() == {"create": "stored", "feedback": "stored"}
        for groups, check in sheets:
            misheard = str((int(groups[2][0]) + 1) % 10) + groups[2][1:]
            typed = [*groups[:2], misheard, *groups[2:], "", check]
            written = subprocess.run(
                [
                    *(sys.executable, "-m", "desktop.county_server", "hear"),
                    *("--offices", str(offices), "--gateway", f"http://127.0.0.1:{port}/"),
                    *("--database", str(county.database)),
                ],
                input="\n".join(typed) + "\n",
                capture_output=True,
                encoding="utf-8",
                timeout=60,
                check=False,
            )
            assert written.returncode == 0, written.stdout + written.stderr
            assert "group 3 read again" in written.stdout
            [(back, word)] = sheets_in(written.stdout)
            heard = office.frames("hear", typed="\n".join([*back, "", word]) + "\n")
            assert "accepted" in heard.stdout, heard.stdout + heard.stderr
        check_done_once(county, office, report, target)


def test_the_desk_says_what_its_frames_are_for(tmp_path: Path) -> None:
    with County(tmp_path, *COUNTY, "--drill") as county:
        office = Office(tmp_path, county.url)
        office.give()
        server = identity_of(county.database).removesuffix("/drill")
        told = f"Office 7, county {server} (a drill), account -\n"
        assert office.frames("list").stdout.startswith(told)
        office.folder = tmp_path / "new"
        fresh = office.frames("list")
        assert fresh.returncode == 2
        assert "never reached its county" in fresh.stderr


def test_the_desk_says_how_far_its_clock_is_off(tmp_path: Path) -> None:
    hours_ms = 2 * 3_600_000
    master, slave = os.openpty()
    with County(tmp_path, *COUNTY) as county:
        office = Office(tmp_path, county.url)
        cache = open_cache(office.folder, KeyFile().key(office.folder), SystemClock(), {})
        with closing(cache):
            cache.mark_good("county", SystemClock().now(), hours_ms)
        assert office.run("command", "note", office.incident("handling"), "text=一").returncode == 0
        sent = office.frames("send", "--serial", os.ttyname(slave), "--wait", "0.1")
        assert sent.returncode == 1, sent.stderr
        key = derive_frame_key(SECRET, identity_of(county.database), "")
        (frame,) = LineReader().feed(os.read(master, 4096))
    os.close(slave)
    os.close(master)
    found = read_fragment(frame, {7: [key]})
    told = decode_message(found.content, found.head.client, found.head.number)
    assert told.offset_ms == hours_ms
    assert told.command.clock is not None
    off = told.command.at - told.command.clock
    assert abs(off.total_seconds() * 1000 - hours_ms) < 1000


ACCOUNTS = """
[[account]]
name = "dongqiao"
token = "s3cret-of-dongqiao"

[[account]]
name = "xihe"
token = "s3cret-of-xihe"
"""


@pytest.mark.timeout(180)
def test_frames_are_for_the_account_of_the_desks_login_and_do_nothing_under_another(
    tmp_path: Path,
) -> None:
    port, offices, accounts = free_port(), write_offices(tmp_path), tmp_path / "accounts.toml"
    accounts.write_text(ACCOUNTS, encoding="utf-8")
    accounts.chmod(0o600)
    token = tmp_path / "token"
    token.write_text("s3cret-of-dongqiao\n", encoding="utf-8")
    token.chmod(0o600)
    mapped = offices.read_text()
    offices.write_text(mapped + 'account = "xihe"\n')
    said = ("--accounts", accounts, "--frames-offices", offices, "--frames-listen", port)
    with County(tmp_path, *COUNTY, *map(str, said)) as county:
        office = Office(tmp_path, county.url, "--token-file", str(token))
        report, target = office.give()
        send = ("send", "--gateway", f"http://127.0.0.1:{port}/")
        sent = office.frames(*send)
        assert sent.returncode == 1
        assert "account dongqiao\n" in sent.stdout
        assert "another number, key, account or server" in sent.stderr
        assert county.row("incidents", target)["stage"] == "handling"
        offices.write_text(mapped + 'account = "dongqiao"\n')
        until(lambda: office.frames(*send).returncode == 0, 60, "the frames are taken")
        check_done_once(county, office, report, target)


@pytest.mark.timeout(180)
def test_a_paired_office_carries_no_other_secret(tmp_path: Path) -> None:
    offices, port = tmp_path / "offices.toml", free_port()
    with County(tmp_path, *COUNTY) as county:
        office = Office(tmp_path, county.url)
        office.key.unlink()
        report, target = office.give()
        listed = office.run("frames", "list", "--office", "7")
        assert listed.returncode == 2
        assert "pair with the county first" in listed.stderr
        pair_by_files(office, county, tmp_path)
        county.stop()
        offices.write_text('[[office]]\nnumber = 7\npairing = "dongqiao"\n')
        words = ("--frames-offices", str(offices), "--frames-listen", str(port))
        with County(tmp_path, *COUNTY, *words, port=int(county.url.rpartition(":")[2])) as again:
            gateway = ("--gateway", f"http://127.0.0.1:{port}/")
            sent = office.run("frames", "send", "--office", "7", *gateway)
            assert sent.returncode == 0, sent.stdout + sent.stderr
            check_done_once(again, office, report, target)


def pair_by_files(office: Office, county: County, folder: Path) -> None:
    """Pair an office and its county by the files that each writes for the other."""
    ours, theirs = folder / "office.pairing", folder / "county.pairing"

    def at_county(*words: str) -> subprocess.CompletedProcess[str]:
        given = ("courier", "pair", str(ours), "--database", str(county.database), *words)
        return subprocess.run(
            [sys.executable, "-m", "desktop.county_server", *given],
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    assert office.run("courier", "pair", "--office", "dongqiao", "--to", str(ours)).returncode == 0
    digits = FINGERPRINT.search(at_county().stderr)
    assert digits is not None
    done = at_county("--fingerprint", digits[1], "--to", str(theirs))
    assert done.returncode == 0, done.stderr
    digits = FINGERPRINT.search(done.stdout)
    assert digits is not None
    last = office.run("courier", "pair", "--county", str(theirs), "--fingerprint", digits[1])
    assert last.returncode == 0, last.stderr


FINGERPRINT = re.compile(r"Fingerprint of .*: ([0-9a-f ]{24})")


def test_nothing_leaves_without_a_way_a_key_or_an_open_command(tmp_path: Path) -> None:
    with County(tmp_path, *COUNTY) as county:
        office = Office(tmp_path, county.url)
        office.give()
        sent = office.frames("send", "--gateway", f"http://127.0.0.1:{free_port()}/")
        assert sent.returncode == 1
        assert "another number, key, account or server" in sent.stderr
        assert office.states() == {"create": "stored", "feedback": "stored"}
        office.key.chmod(0o644)
        assert office.frames("list").returncode == 2
        office.key.chmod(0o600)
        assert office.run("sync").returncode == 0
        assert office.frames("list").stdout == ""
