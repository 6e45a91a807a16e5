"""A courier's whole way: an office without a network, a stick, a county, and the way back."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from desktop.county_server.command import main as county_server
from desktop.storage.sqlite.folder_lock import FolderLock
from support.courier_pairing import pair_office
from support.program import County, county_desk, write_profile

pytestmark = pytest.mark.timeout(240)
PHOTO = bytes(range(256)) * 6000


class Office:
    """One desk folder with its profile, and the stick."""

    def __init__(self, folder: Path, county: County) -> None:
        self.folder, self.county = folder, county
        self.folder.mkdir()
        self.profile = write_profile(folder / "desk.toml", county.url)
        assert self.run("sync", "--once").returncode == 0

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        own = ("--profile", self.profile, "--profile-dir", self.folder / "desk")
        return county_desk(*words, *own, "--key", "file", "--lang", "en")

    def courier(self, *words: str | Path, status: int = 0) -> str:
        done = self.run("courier", *words)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def outbox(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.run("outbox", "--json").stdout)["rows"]
        return found

    def pair(self, name: str) -> None:
        database = ("--database", str(self.county.database))

        def at_the_county(*words: str) -> None:
            assert county_server(["courier", *words, *database]) == 0

        pair_office(self.courier, at_the_county, self.folder, name)


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    with County(tmp_path, "--speed", "0", "--incidents", "60") as running:
        yield running


def incidents(county: County) -> list[str]:
    return [row[0] for row in county.ask("SELECT id FROM rows WHERE collection='incidents'")]


def test_commands_and_a_photo_go_by_stick_and_their_answers_come_back(
    tmp_path: Path, county: County, capsys: pytest.CaptureFixture[str]
) -> None:
    office = Office(tmp_path / "office", county)
    office.pair("东桥")
    target = incidents(county)[0]
    county.stop()
    photo = tmp_path / "桥.bin"
    photo.write_bytes(PHOTO)
    assert office.run("command", "note", target, "text=桥面积水").returncode == 0
    assert office.run("command", "attach", target, f"file={photo}").returncode == 0
    bundle = tmp_path / "up.cdb"
    said = office.courier("export", bundle)
    assert "2 commands and 1 attached files" in said
    assert "Nothing has arrived" in said
    assert {(row["state"], "courier bundle" in row["reason"]) for row in office.outbox()} == {
        ("stored", True)
    }
    assert office.run("outbox", "--cancel", office.outbox()[0]["key"]).returncode == 1
    receipts = tmp_path / "receipts"
    words = ["courier", "import", str(bundle), str(bundle), "--receipts", str(receipts)]
    assert county_server([*words, "--database", str(county.database)]) == 0
    (receipt,) = receipts.iterdir()
    said = office.courier("import", receipt)
    assert "2 commands answered, 1 files whole" in said
    assert "county data as of" in said
    listed = office.run("list", "incidents", "--offline", "--all", "--whole", "--json").stdout
    assert "桥面积水" in listed
    assert {row["state"] for row in office.outbox()} == {"accepted"}
    row = county.row("incidents", target)
    assert [each.get("here", True) for each in row["files"]] == [True]
    county.start()
    assert office.run("sync", "--once").returncode == 0
    assert county.commands() == 2
    assert county.row("incidents", target) == row


def test_another_desk_hands_the_bundle_on_and_the_network_finds_all_done(
    tmp_path: Path, county: County
) -> None:
    office, other = Office(tmp_path / "office", county), Office(tmp_path / "other", county)
    office.pair("东桥")
    target = incidents(county)[0]
    assert office.run("command", "note", target, "text=桥面积水").returncode == 0
    bundle, receipts = tmp_path / "up.cdb", tmp_path / "receipts"
    office.courier("export", bundle)
    clients = county.ask("SELECT client, fence FROM clients")
    again = tmp_path / "another stick" / bundle.name
    again.parent.mkdir()
    office.courier("export", again, "--no-data")
    broken = tmp_path / "broken.cdb"
    broken.write_bytes(bundle.read_bytes()[:-3])
    words = ("relay", broken, bundle, again, "--receipts", receipts)
    (lock,) = other.folder.rglob("open.lock")
    with closing(FolderLock(lock.parent)) as another_program:
        assert another_program.take()
        assert "already open" in other.courier("export", tmp_path / "own.cdb", status=2)
        said = other.courier(*words, status=1)
    assert county.ask("SELECT client, fence FROM clients") == clients
    assert "cut short" in said
    assert "taken by the county" in said
    assert county.commands() == 1
    assert office.run("sync", "--once").returncode == 0
    assert {row["state"] for row in office.outbox()} == {"accepted"}
    found = sorted(receipts.iterdir())
    assert len(found) == 2
    said = office.courier("import", *reversed(found))
    assert said.count("1 commands answered") == 2
    numbers = [int(each.name.split("-")[1].split(".")[0]) for each in found]
    assert re.findall(r"receipt of bundle (\d+)", said) == [str(each) for each in numbers]
    assert county.commands() == 1
    assert county_server(["courier", "revoke", "东桥", "--database", str(county.database)]) == 0
    said = other.courier("relay", bundle, "--receipts", receipts, status=1)
    assert "revoked" in said


def test_a_desk_that_is_not_paired_says_what_to_do(tmp_path: Path, county: County) -> None:
    office = Office(tmp_path / "office", county)
    file = tmp_path / "up.cdb"
    assert "pair --office" in office.courier("export", file, status=1)
    assert "pair --office" in office.courier("pair", "--county", file, status=1)
    office.courier("pair", "--office", "东桥")
    assert "Not paired" in office.courier("export", file, status=1)
    assert not file.exists()
    assert "--source" in office.courier("export", file, "--source", "nobody", status=2)


def test_a_small_outbox_goes_as_codes_and_its_receipt_comes_back_as_codes(
    tmp_path: Path, county: County
) -> None:
    office = Office(tmp_path / "office", county)
    office.pair("东桥")
    target = incidents(county)[0]
    county.stop()
    assert office.run("command", "note", target, "text=桥面积水").returncode == 0
    shown, receipts = tmp_path / "codes", tmp_path / "receipts"
    said = office.courier("export", "--codes", shown)
    assert "1 commands and no files" in said
    assert len(list(shown.glob("*.html"))) == 1
    assert {("courier bundle" in row["reason"]) for row in office.outbox()} == {True}
    assert office.run("outbox", "--cancel", office.outbox()[0]["key"]).returncode == 1
    pictures = [str(each) for each in shown.glob("*.png")]
    words = ["courier", "import", *pictures, "--receipts", str(receipts), "--codes"]
    assert county_server([*words, "--database", str(county.database)]) == 0
    back = sorted(receipts.glob("*.png"))
    assert "1 commands answered" in office.courier("import", *reversed(back))
    assert {row["state"] for row in office.outbox()} == {"accepted"}
    county.start()
    said = office.courier("relay", *pictures, "--receipts", tmp_path / "relayed")
    assert said.count("taken by the county") == 1
    assert office.run("sync", "--once").returncode == 0
    assert county.commands() == 1


def test_an_outbox_too_large_for_codes_is_refused_and_nothing_of_it_has_left(
    tmp_path: Path, county: County
) -> None:
    office = Office(tmp_path / "office", county)
    office.pair("东桥")
    target = incidents(county)[0]
    county.stop()
    for start in range(0x4E00, 0x4E00 + 12 * 1600, 1600):
        text = "".join(map(chr, range(start, start + 1600)))
        assert office.run("command", "note", target, f"text={text}").returncode == 0
    shown = tmp_path / "codes"
    assert "use a stick" in office.courier("export", "--codes", shown, status=1)
    assert not shown.exists()
    assert {("courier bundle" in row["reason"]) for row in office.outbox()} == {False}
    assert office.run("outbox", "--cancel", office.outbox()[0]["key"]).returncode == 0
    office.courier("export", tmp_path / "up.cdb", "--codes", shown, status=2)
