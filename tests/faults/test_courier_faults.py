"""Accidents of the courier: codes that are not all there, and a network that comes back midway.

The real programs at both ends, and a county's server in a process of its own.
"""

from __future__ import annotations

import random
import shutil
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desktop.domain.command import Collection, Key
from support.program import County
from support.real_office import RealOffice, a_county

pytestmark = pytest.mark.timeout(240)
ROUNDS, NOTES = 4, 12
PHOTO_BYTES = 60_000


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    with a_county(tmp_path) as running:
        yield running


def first_incident(county: County) -> str:
    [(found,)] = county.ask("SELECT min(id) FROM rows WHERE collection='incidents'")
    return str(found)


def notes_on(county: County, incident: str) -> list[str]:
    """The texts noted on it, in the order the county did them."""
    timeline = county.row("incidents", incident)["timeline"]
    return [each["text"]["zh"] for each in timeline if each["kind"] == "note"]


def export_codes(office: RealOffice, incident: str, first: int) -> list[Path]:
    """Give a long report in two notes and show it as codes; the pictures in their order."""
    for number in range(first, first + 2):
        # Each sign once: a text that repeats itself would fit into one code.
        text = "".join(map(chr, range(0x4E00 + number * 900, 0x4E00 + number * 900 + 900)))
        office.run("command", "note", incident, f"text={text}")
    shown = office.folder / "codes"
    office.courier("export", "--codes", shown)
    return sorted(shown.glob("*.png"))


def test_V_D_half_a_sequence_of_codes_writes_nothing_and_names_what_is_missing(
    tmp_path: Path, county: County, capsys: pytest.CaptureFixture[str]
) -> None:
    office = RealOffice(tmp_path / "east", county, capsys)
    other = RealOffice(tmp_path / "west", county, capsys)
    for each, name in ((office, "东桥"), (other, "西河")):
        each.sync()
        each.pair(name)
    incident, receipts = first_incident(county), tmp_path / "receipts"
    before = county.row("incidents", incident)
    ours, theirs = export_codes(office, incident, 0), export_codes(other, incident, 2)
    county.stop()
    assert min(len(ours), len(theirs)) >= 4
    lacking = [code for place, code in enumerate(ours, 1) if place not in (2, 4)]
    doubled = [*lacking, *theirs[1:], *lacking]
    random.Random(3).shuffle(doubled)
    said = office.at_the_county("import", *doubled, "--receipts", receipts, status=1)
    assert f"of {len(ours)} these are missing: 2, 4." in said
    assert f"of {len(theirs)} these are missing: 1." in said
    assert county.commands() == 0
    assert county.row("incidents", incident) == before
    assert not receipts.exists() or not list(receipts.iterdir())
    said = office.at_the_county(
        "import", *doubled, ours[1], ours[3], ours[3], "--receipts", receipts, status=1
    )
    assert "these are missing: 1." in said, "the other office's stays as it was"
    assert county.commands() == len(notes_on(county, incident)) == 2
    office.courier("import", *receipts.iterdir())
    assert (office.states(), other.states()) == ({"accepted"}, {"stored"})


def test_V_D_codes_of_two_exports_of_one_outbox_never_make_one_bundle(
    tmp_path: Path, county: County, capsys: pytest.CaptureFixture[str]
) -> None:
    office = RealOffice(tmp_path / "east", county, capsys)
    office.sync()
    office.pair("东桥")
    incident, receipts = first_incident(county), tmp_path / "receipts"
    first = [
        shutil.copy(code, tmp_path / f"first-{code.name}")
        for code in export_codes(office, incident, 0)
    ]
    shutil.rmtree(office.folder / "codes")
    second = export_codes(office, incident, 2)
    county.stop()
    mixed = [*first[::2], *second[1::2]]
    said = office.at_the_county("import", *mixed, "--receipts", receipts, status=1)
    assert said.count("these are missing") == 2
    assert county.commands() == 0
    office.at_the_county("import", *first, *second, "--receipts", receipts)
    assert county.commands() == len(notes_on(county, incident)) == 4


def deliver(county: County, bundle: bytes) -> bytes:
    """Hand a bundle to the county as another desk's relay does; its receipt."""
    asked = urllib.request.Request(f"{county.url}/v1/courier", bundle)
    with urllib.request.urlopen(asked, timeout=60) as answer:
        told: bytes = answer.read()
    return told


def test_D_O_a_bundle_and_the_network_that_bring_the_same_at_once_do_each_once_and_in_order(
    tmp_path: Path, county: County, capsys: pytest.CaptureFixture[str]
) -> None:
    office = RealOffice(tmp_path / "east", county, capsys)
    office.sync()
    office.pair("东桥")
    incident, chance = first_incident(county), random.Random(5)
    target, given = Key("county", Collection.INCIDENTS, incident), list[str]()
    for turn in range(ROUNDS):
        photo = chance.randbytes(PHOTO_BYTES)
        bundle, receipt = tmp_path / f"{turn}.cdb", tmp_path / f"{turn}.receipt.cdb"
        with office.open() as desk:
            for number in range(NOTES):
                given.append(f"{turn}：第 {number} 次巡查")
                desk.board.commands.note(target, given[-1])
            desk.board.commands.attach(target, f"{turn}.bin", "application/pdf", photo)
        office.courier("export", bundle)
        content = bundle.read_bytes()
        with office.open() as desk, ThreadPoolExecutor(2) as both:
            gate = threading.Barrier(3)

            def exchange(desk=desk, gate=gate) -> None:
                gate.wait()
                desk.engine.exchange_once()

            def carry(content=content, gate=gate) -> bytes:
                gate.wait()
                return deliver(county, content)

            ways = [both.submit(exchange), both.submit(carry)]
            gate.wait()
            receipt.write_bytes([each.result() for each in ways][1])
        office.courier("import", receipt)
        office.sync()
        assert notes_on(county, incident) == given
        assert office.states() == {"accepted"}
        with office.open() as desk:
            assert desk.files.uploads("county") == []
    files = county.row("incidents", incident)["files"]
    assert [each["name"] for each in files] == [f"{turn}.bin" for turn in range(ROUNDS)]
    assert all(each.get("here", True) for each in files)
    assert county.commands() == ROUNDS * (NOTES + 1)
