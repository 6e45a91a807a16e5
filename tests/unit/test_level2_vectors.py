"""The published vectors of level 2 say the same as the code, read and written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import zstandard

from desktop.county_server.openapi.command_schemas import command_name
from desktop.protocol import checksum
from desktop.wire import level1, level2
from desktop.wire.command_bodies import BODIES
from desktop.wire.level2 import Frames, Hint, HintReader
from desktop.wire.level2.column_types import POINT
from desktop.wire.level2.schema import (
    CHOICE,
    DEADLINE,
    ENTRY,
    FILE,
    FORM_FIELD,
    PHONE,
    RECORDS,
    SECTION,
    STEP,
    VALUE,
)
from support import level2_refused
from support.document_values import faults
from support.level2_vectors import DICTIONARIES, FOLDER, MESSAGES, column_hex, column_values

PAIRS = sorted(path.stem for path in FOLDER.glob("*.bin"))
KNOWN = {path.stem: path.read_bytes() for path in DICTIONARIES.glob("*.dict")}
MOST_DICTIONARY = 32 * 1024


def read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", PAIRS)
def test_the_bytes_are_read_as_the_values(name: str) -> None:
    _, reads = MESSAGES[name.partition("-")[0]]
    assert reads((FOLDER / f"{name}.bin").read_bytes()) == read(name)


@pytest.mark.parametrize("name", [name for name in PAIRS if name != "snapshot"])
def test_the_values_are_written_as_the_bytes(name: str) -> None:
    writes, _ = MESSAGES[name.partition("-")[0]]
    assert writes(read(name)) == (FOLDER / f"{name}.bin").read_bytes()


def test_the_snapshot_written_anew_unpacks_to_the_same_sections() -> None:
    writes, _ = MESSAGES["snapshot"]
    assert unpacked(writes(read("snapshot"))) == unpacked((FOLDER / "snapshot.bin").read_bytes())


def unpacked(whole: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(whole)


@pytest.mark.parametrize("vector", read("columns"), ids=lambda each: each["column"])
def test_columns_are_read_and_written_as_told(vector: Any) -> None:
    column, values, data = vector["column"], vector["values"], bytes.fromhex(vector["bytes"])
    assert column_hex(column, values) == vector["bytes"]
    assert json.dumps(column_values(column, data, len(values))) == json.dumps(values)


@pytest.mark.parametrize("vector", read("frames"), ids=lambda each: each["form"])
def test_frames_of_every_form_unpack_to_their_message(vector: Any) -> None:
    frame, message = bytes.fromhex(vector["frame"]), bytes.fromhex(vector["message"])
    assert Frames(KNOWN).unpack(frame) == message
    assert frame[0] == ("stored", "zstd", "dictionary").index(vector["form"])


@pytest.mark.parametrize("told", read("hints"), ids=lambda told: told["dictionary"] or "none")
def test_a_stream_of_hints_is_read_as_told_in_pieces_of_any_size(told: Any) -> None:
    hints = [Hint(each["number"], bytes.fromhex(each["page"])) for each in told["hints"]]
    stream = bytes.fromhex(told["stream"])
    for size in (1, 7, len(stream)):
        reader = HintReader(Frames(KNOWN))
        pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
        assert [hint for piece in pieces for hint in reader.read(piece)] == hints


def test_rows_are_weighed_as_published() -> None:
    told, total = read("sums"), 0
    for each in told["rows"]:
        weight = checksum.weight(each["collection"], each["id"], each["version"])
        assert f"{weight:016x}" == each["weight"]
        assert checksum.bucket(each["collection"], each["id"]) == each["bucket"]
        row = (each["collection"], each["id"], each["version"])
        assert checksum.bucket_and_weight(*row) == (each["bucket"], weight)
        total += weight
    assert f"{total % checksum.MODULUS:016x}" == told["sum"]


@pytest.mark.parametrize("told", read("refused"), ids=lambda t: f"{t['kind']}: {t['what']['en']}")
def test_what_breaks_one_rule_is_refused_and_named(told: Any) -> None:
    assert told["reason"]
    assert level2_refused.reason_of(told) == told["reason"]


def test_the_published_refusals_are_those_made_from_the_rules() -> None:
    assert read("refused") == level2_refused.vectors()
    named = {(each["kind"], each["what"]["en"]) for each in read("refused")}
    assert len(named) == len(read("refused"))
    assert {each["kind"].partition(" ")[0] for each in read("refused")} == {
        *MESSAGES,
        "uint",
        "column",
        "frame",
    }


def test_a_vector_of_every_kind_is_there() -> None:
    names = {name.partition("-")[0] for name in PAIRS}
    assert names == set(MESSAGES)
    pages = {read(name)["collection"] for name in PAIRS if name.startswith("page-")}
    assert pages == set(level1.COLLECTIONS)


def test_dictionaries_are_small_and_called_by_their_hash() -> None:
    assert KNOWN
    for name, data in KNOWN.items():
        assert level2.dictionary_name(data) == name
        assert len(data) <= MOST_DICTIONARY


def test_the_commands_of_the_vectors_are_such_as_the_level_1_document_allows() -> None:
    told = {name: read(name)["commands"] for name in PAIRS if name.startswith("commands")}
    known = [each for commands in told.values() for each in commands if each["kind"] in BODIES]
    assert {each["kind"] for each in known} >= {"create", "note", "feedback"}
    assert [fault for each in known for fault in faults(command_name(each["kind"]), each)] == []


def test_the_specifications_name_every_vector() -> None:
    text = "".join(each.read_text(encoding="utf-8") for each in FOLDER.parent.glob("*.md"))
    stems = {Path(path).stem.partition("-")[0] for path in FOLDER.iterdir()}
    unnamed = [s for s in stems if f"`{s}" not in text and f"vectors/{s}" not in text]
    assert unnamed == []


INNER = {
    "Deadline": DEADLINE, "TimelineEntry": ENTRY, "File": FILE, "Point": POINT,
    "FormField": FORM_FIELD, "FormChoice": CHOICE, "FieldValue": VALUE,
    "Phone": PHONE, "PlanSection": SECTION, "PlanStep": STEP,
}  # fmt: skip
SPECIFICATION = (FOLDER.parent / "level2.md").read_text(encoding="utf-8")


def test_the_specification_has_the_same_sections_in_both_languages() -> None:
    chinese, english = SPECIFICATION.split('<a id="english"></a>')
    english, _ = english.split("# 字段表")
    assert chinese.count("\n## ") == english.count("\n## ") == 10
    for part in (chinese, english):
        assert [name for name in (*MESSAGES, "columns", "refused") if f"`{name}" not in part] == []
        assert "`e1 31 ea 69`" in part


def test_the_published_example_is_the_vector_of_that_page() -> None:
    told = re.findall(r"`page-line`\):\n(.*?)\.\n", SPECIFICATION, re.DOTALL)[0]
    said = "".join(re.findall(r"`([0-9a-f ]+)`", told)).replace(" ", "")
    assert said == (FOLDER / "page-line.bin").read_bytes().hex()


@pytest.mark.parametrize("name", [*RECORDS, *INNER])
def test_the_published_tables_are_the_columns_in_their_order(name: str) -> None:
    records = RECORDS | INNER
    table = SPECIFICATION.partition("# 字段表")[2].partition(f"**{name}**")[2].partition("\n**")[0]
    rows = re.findall(
        r"^\| (\d+) \| `(\w+)`(?: \(\w+\))? \| [^|]+ \| ([^|]*)\|$", table, re.MULTILINE
    )
    told = [(int(number), field, against.strip()) for number, field, against in rows]
    assert told == [
        (number, each.name, {"": "", "^": "the owner"}.get(each.against, f"`{each.against}`"))
        for number, each in enumerate(records[name].fields)
    ]
