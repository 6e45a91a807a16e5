"""`county-server courier` and `POST /v1/courier`: pairing by fingerprint, bundles from a stick."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from desktop.county_server.command import main
from desktop.county_server.courier.offices import Offices, identity_of
from desktop.county_server.db import disk
from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.scope import Account
from desktop.county_server.server import CountyServer
from desktop.wire import courier
from desktop.wire.courier import PrivateKeys
from support.county_rows import incident
from support.courier_county import read_timeline
from support.courier_office import JUST_NOW, CourierOffice, attach, chunk, note

KILLED = """
import os, signal, sys
from desktop.county_server.command import main

left, *words = sys.argv[1:]
left = int(left)

def count(event, _arguments):
    global left
    if event == "open" or event.startswith(("os.rename", "os.mkdir", "sqlite3.")):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

from desktop.county_server.courier import delivery
do_commands = delivery.do_commands

def do_and_count(*given, **named):
    count("sqlite3.commit", ())
    found = do_commands(*given, **named)
    count("sqlite3.commit", ())
    return found

delivery.do_commands = do_and_count
sys.addaudithook(count)
sys.exit(main(words))
"""


class Stick:
    """A county on the disk, an office with its pairing file, and a folder as the stick."""

    def __init__(self, folder: Path) -> None:
        self.data, self.folder, self.receipts = folder / "data", folder, folder / "receipts"
        self.data.mkdir()
        self.path = self.data / "county.db"
        with closing(Database(self.path)) as county:
            county.put("incidents", [incident("i1")])
        self.office = CourierOffice(identity_of(self.path), PrivateKeys().public)
        self.pairing = folder / "office.pairing"
        self.pairing.write_text(courier.write_pairing(self.office.pairing))

    def run(self, *words: str | Path) -> int:
        return main(["courier", *map(str, words), "--data", str(self.data)])

    def pair(self, account: str = "") -> int:
        digits = self.office.keys.public.fingerprint
        ours = self.folder / "county.pairing"
        words = ("pair", self.pairing, "--fingerprint", digits, "--account", account, "--to", ours)
        status = self.run(*words)
        if status == 0:
            told = courier.read_pairing(ours.read_text())
            assert told.receiver == self.office.keys.public.id
            self.office.county_keys = told.keys
        return status

    def bundle(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def timeline(self) -> list[str]:
        with closing(Database(self.path)) as county:
            return read_timeline(county)


@pytest.fixture
def stick(tmp_path: Path) -> Stick:
    return Stick(tmp_path)


def test_an_office_is_paired_only_with_the_fingerprint_that_was_compared(
    stick: Stick, capsys: pytest.CaptureFixture[str]
) -> None:
    fingerprint = stick.office.keys.public.fingerprint
    assert stick.run("pair", stick.pairing) == 3
    assert fingerprint in capsys.readouterr().err
    assert stick.run("pair", stick.pairing, "--fingerprint", "0000 " * 5) == 3
    assert Offices(stick.path).list_all() == ()
    assert stick.pair("东桥镇") == 0
    told = capsys.readouterr().out
    assert stick.office.county_keys.fingerprint in told
    assert stick.run("offices") == 0
    told = capsys.readouterr().out
    assert all(word in told for word in ("dongqiao", "东桥镇", fingerprint, stick.office.county))
    assert stick.run("revoke", "dongqiao") == 0
    assert stick.run("revoke", "nobody") == 1
    capsys.readouterr()
    assert stick.run("offices") == 0
    assert "revoked" in capsys.readouterr().out


def test_bundles_are_taken_by_the_rules_of_the_countys_server(stick: Stick) -> None:
    settings = Settings(categories=frozenset({"flood"}), file_limit=4)
    with closing(Database(stick.path)) as county:
        CountyServer(county, settings).close()
    assert stick.pair() == 0
    reports = [
        msgspec.structs.replace(
            note(number, body={"title": "甲", "category": category}),
            kind="create",
            target=f"new-{number:032x}",
        )
        for number, category in enumerate(("flood", "landslide"), 1)
    ]
    bundle = stick.bundle("1.cdb", stick.office.bundle(*reports, attach(3)))
    assert stick.run("import", bundle, "--receipts", stick.receipts) == 0
    (receipt,) = stick.receipts.iterdir()
    told = [each.status for each in stick.office.results(receipt.read_bytes())]
    assert told == ["accepted", "rejected", "rejected"]


@pytest.mark.parametrize(
    "wrong", ["", "county-desk-pairing:1:AAAA", "another county", "of a county", "x" * 5000]
)
def test_what_is_no_pairing_file_of_an_office_of_this_county_pairs_nobody(
    stick: Stick, wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    public = stick.office.keys.public
    if wrong == "another county":
        stick.office.county = "elsewhere"
        wrong = courier.write_pairing(stick.office.pairing)
    elif wrong == "of a county":
        keys = (public.signing, public.agreement)
        wrong = courier.write_pairing(
            courier.Pairing("county", stick.office.county, "dongqiao", *keys)
        )
    stick.pairing.write_text(wrong)
    assert stick.run("pair", stick.pairing, "--fingerprint", public.fingerprint) == 1
    assert capsys.readouterr().err
    assert Offices(stick.path).list_all() == ()


def test_bundles_are_taken_in_their_order_and_bad_ones_hold_up_no_good_one(
    stick: Stick, capsys: pytest.CaptureFixture[str]
) -> None:
    stick.pair()
    first = stick.bundle("b.cdb", stick.office.bundle(note(1)))
    later = note(2, "后来", after=note(1).key)
    second = stick.bundle("a.cdb", stick.office.bundle(later, attach(), files=(chunk(),)))
    bad = stick.bundle("c.cdb", b"")
    words = ("import", second, first, "--receipts", stick.receipts)
    assert stick.run(*words) == 0
    assert stick.timeline()[:2] == ["已到现场", "后来"]
    receipts = sorted(stick.receipts.iterdir())
    assert [each.name for each in receipts] == [
        f"dongqiao-{number}.receipt.cdb" for number in (1001, 1002)
    ]
    statuses = [each.status for each in stick.office.results(receipts[1].read_bytes())]
    assert statuses == ["accepted", "accepted"]
    capsys.readouterr()
    assert stick.run("import", bad, stick.folder / "gone", *words[1:]) == 1
    told = capsys.readouterr()
    assert "c.cdb" in told.err
    assert "0 bytes" in told.err
    assert "gone" in told.err
    assert "2 commands answered" in told.out


def test_a_stick_too_full_for_one_receipt_takes_the_others(
    stick: Stick, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stick.pair()
    files = [
        stick.bundle(f"{number}.cdb", stick.office.bundle(note(number, f"第 {number} 条")))
        for number in (1, 2)
    ]
    really = disk.sync_file

    def sync(path: Path) -> None:
        if "1001" in path.name:
            raise OSError(28, "No space left on device")
        really(path)

    monkeypatch.setattr(disk, "sync_file", sync)
    words = ("import", *files, "--receipts", stick.receipts)
    assert stick.run(*words) == 1
    told = capsys.readouterr()
    assert [each.name for each in stick.receipts.iterdir()] == ["dongqiao-1002.receipt.cdb"]
    assert "1.cdb" in told.err
    assert "No space left" in told.err
    assert "import it again" in told.err
    monkeypatch.undo()
    assert stick.run(*words) == 0
    assert len(list(stick.receipts.iterdir())) == 2
    assert stick.timeline() == ["第 1 条", "第 2 条"]


def test_what_waits_for_an_earlier_bundle_is_said_and_is_no_success(
    stick: Stick, capsys: pytest.CaptureFixture[str]
) -> None:
    stick.pair()
    late = stick.bundle("late.cdb", stick.office.bundle(note(2, after=note(1).key)))
    assert stick.run("import", late, "--receipts", stick.receipts) == 1
    assert "1 commands, 0 files" in capsys.readouterr().out


def test_what_is_too_old_to_be_done_safely_is_said_and_is_no_success(
    stick: Stick, capsys: pytest.CaptureFixture[str]
) -> None:
    stick.pair()
    old = note(1, at=JUST_NOW - timedelta(days=181))
    bundle = stick.bundle("old.cdb", stick.office.bundle(old))
    assert stick.run("import", bundle, "--receipts", stick.receipts) == 1
    assert "not done now: 1." in capsys.readouterr().out
    assert stick.timeline() == []


def test_a_running_server_keeps_the_command_line_out(stick: Stick) -> None:
    stick.pair()
    bundle = stick.bundle("a.cdb", stick.office.bundle(note(1)))
    with closing(Database(stick.path)):
        assert stick.run("import", bundle, "--receipts", stick.receipts) == 4
        assert stick.run("offices") == 0
    stick.path.unlink()
    assert stick.run("import", bundle, "--receipts", stick.receipts) == 1


def test_accounts_come_from_their_file(stick: Stick, capsys: pytest.CaptureFixture[str]) -> None:
    accounts = stick.folder / "accounts.toml"
    accounts.write_text('[[account]]\nname = "东桥镇"\ntoken = "a-long-enough-token"\n')
    accounts.chmod(0o600)
    stick.office.account = "东桥镇"
    stick.pair("东桥镇")
    bundle = stick.bundle("a.cdb", stick.office.bundle(note(1)))
    words = ("import", bundle, "--receipts", stick.receipts)
    assert stick.run(*words) == 1
    assert stick.run(*words, "--accounts", accounts) == 0
    accounts.write_text("nothing")
    assert stick.run(*words, "--accounts", accounts) == 1
    assert "accounts.toml" in capsys.readouterr().err
    assert stick.timeline() == ["已到现场"]


def test_an_import_goes_by_the_rules_that_the_server_goes_by(stick: Stick) -> None:
    stick.pair()
    create = {"title": "河堤渗水", "occurred_at": JUST_NOW.isoformat(), "category": "nonsense"}
    told = [note(1, kind="create", target=f"new-{1:032x}", body=create), attach(2)]
    bundle = stick.bundle("a.cdb", stick.office.bundle(*told))
    settings = Settings(categories=frozenset({"flood"}), file_limit=10)
    with closing(Database(stick.path)) as county, CountyServer(county, settings) as server:
        served = stick.office.results(post(server.base_url, bundle.read_bytes()))
        server.api.collections = ("incidents",)
    assert [each.status for each in served] == ["rejected", "rejected"]
    again = [msgspec.structs.replace(each, key=f"{each.seq + 8:032x}") for each in told]
    again[0] = msgspec.structs.replace(again[0], target=f"new-{again[0].key}")
    bundle = stick.bundle("b.cdb", stick.office.bundle(*again, token=""))
    assert stick.run("import", bundle, "--receipts", stick.receipts) == 0
    (file,) = stick.receipts.iterdir()
    receipt = stick.office.read(file.read_bytes())
    results = stick.office.results(file.read_bytes())
    assert [each.reason for each in results] == [each.reason for each in served]
    assert receipt.data is not None
    assert receipt.data.collections == ("incidents",)


def test_a_county_fed_from_files_takes_no_commands_from_a_stick_either(stick: Stick) -> None:
    stick.pair()
    with closing(Database(stick.path)) as county:
        CountyServer(county, Settings(takes_commands=False)).close()
    bundle = stick.bundle("a.cdb", stick.office.bundle(note(1)))
    assert stick.run("import", bundle, "--receipts", stick.receipts) == 0
    (file,) = stick.receipts.iterdir()
    assert [each.status for each in stick.office.results(file.read_bytes())] == ["rejected"]
    assert stick.timeline() == []


@pytest.mark.timeout(300)
def test_an_import_killed_at_any_step_is_done_once_when_it_is_run_again(stick: Stick) -> None:
    stick.pair()
    files = [
        stick.bundle("a.cdb", stick.office.bundle(note(1), note(2, "二"), attach())),
        stick.bundle("b.cdb", stick.office.bundle(note(3, "三"), files=(chunk(0, 9), chunk(9)))),
    ]
    words = ["courier", "import", *map(str, files), "--receipts", str(stick.receipts)]
    words += ["--data", str(stick.data)]
    killed = 0
    for step in range(0, 400, 7):
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(step), *words], capture_output=True, check=False
        )
        assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
        if done.returncode == 0:
            break
        killed += 1
        assert not [each for each in stick.receipts.glob("*.cdb") if not each.stat().st_size]
    assert done.returncode == 0
    assert killed > 3
    assert stick.timeline() == ["已到现场", "二", "附件：桥.jpg", "三"]
    for receipt in stick.receipts.glob("*.cdb"):
        assert {each.status for each in stick.office.results(receipt.read_bytes())} == {"accepted"}


def post(url: str, bundle: bytes, token: str = "") -> bytes:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    asked = urllib.request.Request(f"{url}/v1/courier", bundle, headers)
    with urllib.request.urlopen(asked, timeout=20) as answer:
        return bytes(answer.read())


def test_any_desk_may_hand_a_bundle_to_a_running_server(stick: Stick) -> None:
    stick.office.account = "东桥镇"
    stick.pair("东桥镇")
    bundle = stick.office.bundle(note(1))
    # Of the tokens' hashes one belongs to the office itself, one to a desk that hands it on.
    token = "another-desks-long-token"
    other = "8a2d9ce6e2a9e5b8d5d3b1b2f6b6b2ce2e6ea1c6f7c6ff5f6f3f3a0c0a0b0c0d"
    accounts = {
        hashlib.sha256(token.encode()).hexdigest(): Account("西桥镇"),
        other: Account("东桥镇"),
    }
    with (
        closing(Database(stick.path)) as county,
        CountyServer(county, Settings(accounts=accounts), plain=True) as server,
    ):
        receipt = post(server.base_url, bundle, token)
        assert [each.status for each in stick.office.results(receipt)] == ["accepted"]
        with pytest.raises(urllib.error.HTTPError) as refused:
            post(server.base_url, bundle[:-1], token)
        with refused.value as told:
            said = json.loads(told.read())
        assert (refused.value.code, said["type"]) == (422, "urn:county-desk:problem:courier-cut")
        assert "不完整" in said["detail"]
        with pytest.raises(urllib.error.HTTPError) as refused:
            post(server.base_url, bundle)
        refused.value.close()
        assert refused.value.code == 401
    assert stick.timeline() == ["已到现场"]


def test_pictures_of_codes_are_taken_by_the_same_checks_and_the_receipt_comes_as_codes(
    stick: Stick, capsys: pytest.CaptureFixture[str]
) -> None:
    stick.pair()
    first = stick.office.bundle(note(1))
    later = stick.office.bundle(note(2, "后来", after=note(1).key))
    drawn = courier.draw_codes(later, "later")
    pictures = [stick.bundle(name, body) for name, body in drawn.items() if name.endswith(".png")]
    file = stick.bundle("first.cdb", first)
    words = ("import", *pictures, file, "--receipts", stick.receipts)
    assert stick.run(*words, "--codes") == 0
    assert stick.run(*words) == 0
    assert stick.timeline()[:2] == ["已到现场", "后来"]
    assert len(stick.timeline()) == 2
    codes = sorted(stick.receipts.glob("dongqiao-1002.receipt-*.png"))
    assert codes
    assert (stick.receipts / "dongqiao-1002.receipt.html").is_file()
    (back,), remarks = courier.find_bundles(
        (each.name, lambda most, each=each: each.read_bytes()[: most + 1]) for each in codes
    )
    assert remarks == []
    told = stick.office.results(back.read(1 << 20))
    assert [each.status for each in told] == ["accepted"]
    changed = bytearray(later)
    changed[-1] ^= 1
    (wrong, *_) = (
        stick.bundle(name, body)
        for name, body in courier.draw_codes(bytes(changed), "wrong").items()
        if name.endswith("01.png")
    )
    capsys.readouterr()
    assert stick.run("import", wrong, "--receipts", stick.receipts) == 1
    assert "signature does not fit" in capsys.readouterr().err


def test_half_a_sequence_of_codes_is_told_and_the_other_bundles_are_taken(
    stick: Stick, capsys: pytest.CaptureFixture[str]
) -> None:
    stick.pair()
    long = stick.office.bundle(note(1, "".join(map(chr, range(0x4E00, 0x4E00 + 900)))))
    names = [name for name in courier.draw_codes(long, "long") if name.endswith(".png")]
    assert len(names) > 1
    half = stick.bundle("half.png", courier.draw_codes(long, "long")[names[0]])
    whole = stick.bundle("whole.cdb", stick.office.bundle(note(2)))
    capsys.readouterr()
    assert stick.run("import", half, whole, "--receipts", stick.receipts) == 1
    told = capsys.readouterr()
    assert f"of {len(names)} these are missing: 2" in told.err
    assert stick.timeline() == ["已到现场"]


def test_a_receipt_that_is_too_much_for_codes_is_still_a_file(
    stick: Stick, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Database(stick.path)) as county:
        county.put(
            "incidents",
            [
                incident(f"i{n}", title=hashlib.sha512(str(n).encode()).hexdigest())
                for n in range(900)
            ],
        )
    stick.pair()
    file = stick.bundle("1.cdb", stick.office.bundle(note(1), token=""))
    assert stick.run("import", file, "--receipts", stick.receipts, "--codes") == 0
    assert "too much for codes" in capsys.readouterr().err
    assert [each.suffix for each in stick.receipts.iterdir()] == [".cdb"]
