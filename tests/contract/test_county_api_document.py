"""The published document is enough by itself: whole, in both languages, and true of the desk."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.connectors.county import commands as results
from desktop.connectors.county.level1 import read_changes, read_page
from desktop.connectors.county.snapshot_reader import Snapshot
from desktop.connectors.http.response import Reply
from desktop.county_server.openapi.examples import COMMANDS, EXAMPLES, PAGES
from desktop.county_server.openapi.problem_types import PREFIX, PROBLEM_TYPES
from desktop.domain.alarm import AlarmPriority, AlarmState
from desktop.domain.asset import AssetState, TrendKind
from desktop.domain.command import Collection, CommandKind, CommandState, Key
from desktop.domain.incident import DeadlineKind, Stage
from desktop.domain.levels import EventLevel, WarningLevel
from desktop.domain.queue import QueueKind
from desktop.paths import resources
from desktop.protocol.lifecycle import FIRST_STAGE
from desktop.protocol.stages import OPEN_STAGES
from desktop.wire import level1
from desktop.wire.command_bodies import BODIES, read_body
from desktop.wire.courier import Fault
from desktop.wire.vocabularies import FIELDS as WORDS_OF
from desktop.wire.vocabularies import VOCABULARIES
from support.checkout import sources
from support.document_values import DOCUMENT, SCHEMAS, faults, values

CHINESE = re.compile(r"[一-鿿]")
ENGLISH = re.compile(r"[a-z]{2}")
ROW_NAMES = {each: type_.__name__ for each, type_ in level1.COLLECTIONS.items()}


def test_everything_is_said_in_chinese_first_and_then_in_english() -> None:
    unsaid = [
        where
        for where, says in _sayings(DOCUMENT)
        if CHINESE.search(says.partition("\n\n")[0]) is None
        or ENGLISH.search(says.rpartition("\n\n")[2]) is None
    ]
    assert unsaid == []


def _sayings(told: Any, where: str = "$") -> Iterator[tuple[str, str]]:
    """Every description, and an empty one where it is missing."""
    if isinstance(told, list):
        for index, each in enumerate(told):
            yield from _sayings(each, f"{where}[{index}]")
    if not isinstance(told, dict):
        return
    if isinstance(told.get("properties"), dict) and "examples" not in where:
        for name, each in told["properties"].items():
            if each is not False:
                yield f"{where}.properties.{name}", each.get("description", "")
    if "operationId" in told or told.get("in") in ("query", "path", "header"):
        yield where, told.get("description", "")
    for name, each in told.items():
        if name in ("schemas", "responses") and where == "$.components":
            yield from ((f"{where}.{at}", one.get("description", "")) for at, one in each.items())
        if name not in ("example", "examples"):
            yield from _sayings(each, f"{where}.{name}")


def test_the_magic_is_a_constant_wherever_it_stands() -> None:
    assert SCHEMAS["Magic"]["const"] == level1.MAGIC
    bearing = [each["properties"]["magic"] for each in SCHEMAS.values() if _has_magic(each)]
    assert len(bearing) == 9
    assert {each["$ref"] for each in bearing} == {"#/components/schemas/Magic"}


def _has_magic(schema: dict[str, Any]) -> bool:
    return "magic" in schema.get("properties", {})


def test_every_message_has_an_example_that_its_schema_allows() -> None:
    without = {name for name, each in SCHEMAS.items() if "examples" not in each}
    assert without == {*VOCABULARIES, "ProblemType"}
    told = {name: found for name, value in EXAMPLES.items() if (found := faults(name, value))}
    assert told == {}


def test_an_example_with_another_magic_or_an_unlisted_outcome_is_not_allowed() -> None:
    assert faults("Session", EXAMPLES["Session"] | {"magic": "county-desk/2"})
    assert faults("CommandResult", EXAMPLES["CommandResult"] | {"status": "done"})
    assert faults("NoteCommand", COMMANDS["note"] | {"body": {}})
    assert faults("Command", COMMANDS["shelve"] | {"collection": "incidents"})
    assert faults("Change", {"collection": "incidents", "id": "i", "row": {"id": "i"}})
    assert faults("SnapshotPage", {"collection": "alarms", "rows": [EXAMPLES["Incident"]]})


def test_the_examples_of_reading_are_read_by_the_desk() -> None:
    lines = [EXAMPLES["SnapshotHead"], *PAGES.values(), EXAMPLES["SnapshotTrailer"]]
    snapshot = Snapshot("c", "http://county")
    for line in lines:
        list(snapshot.feed(json.dumps(line).encode() + b"\n"))
    snapshot.end()
    assert len(snapshot.rows) == len(PAGES)
    assert not snapshot.bad_items
    puts = [EXAMPLES[f"{name}Put"] for name in ROW_NAMES.values()]
    told = [*puts, EXAMPLES["OtherPut"], EXAMPLES["Deletion"]]
    read = read_changes("c", [json.dumps(each).encode() for each in told])
    assert (len(read.rows), len(read.deletes), read.bad_items) == (len(puts), 1, ())
    types: dict[str, type[msgspec.Struct]] = {
        each.__name__: each
        for each in (level1.Session, level1.Changes, level1.Sums, level1.BucketRows)
    }
    for name, type_ in types.items():
        assert msgspec.json.decode(json.dumps(EXAMPLES[name]), type=type_)


def test_the_examples_of_results_are_read_by_the_desk() -> None:
    example = EXAMPLES["CommandResults"]
    target = Key("c", Collection.INCIDENTS, EXAMPLES["Incident"]["id"])
    reply = Reply("http://county/v1/commands", 200, {}, json.dumps(example).encode())
    targets = {each["key"]: target for each in example["results"]}
    found = results.decode(reply, targets, example["epoch"])
    assert [each.state for each in found] == [CommandState.ACCEPTED, CommandState.CONFLICT]
    assert found[1].row is not None


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_the_example_of_each_command_is_one_that_the_county_reads(kind: str) -> None:
    command = msgspec.convert(COMMANDS[kind], level1.Command)
    assert isinstance(read_body(kind, command.body), BODIES[kind])
    body = SCHEMAS[f"{BODIES[kind].__name__}Body"]
    assert {each.name for each in CommandKind(kind).row.fields} == set(body["properties"])


def page_of(collection: str, row: dict[str, Any]) -> bytes:
    """A snapshot's page of one row."""
    return json.dumps({"collection": collection, "rows": [row]}).encode()


@pytest.mark.parametrize("collection", sorted(ROW_NAMES))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_row_the_document_allows_is_read_by_the_desk(
    collection: str, data: st.DataObject
) -> None:
    row = data.draw(values(ROW_NAMES[collection]))
    assert faults(ROW_NAMES[collection], row) == []
    read = read_page("c", Collection(collection), page_of(collection, row))
    assert read.bad_items == ()
    assert [each.id for each in read.rows] == [row["id"]]


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_snapshot_the_document_allows_is_read_whole(data: st.DataObject) -> None:
    pages = data.draw(st.lists(values("SnapshotPage"), max_size=4))
    for number, page in enumerate(pages):
        for place, row in enumerate(page["rows"]):
            row["id"] = f"{number}-{place}"  # An id is of one row, which no schema can say.
    rows = sum(len(page["rows"]) for page in pages)
    head, end = data.draw(values("SnapshotHead")), {"end": True, "rows": rows}
    for line in (head, *pages, end):
        assert faults("SnapshotLine", line) == []
    snapshot = Snapshot("c", "http://county")
    told = "".join(f"{json.dumps(line)}\n" for line in (head, *pages, end)).encode()
    for _ in (
        each for start in range(0, len(told), 99) for each in snapshot.feed(told[start:][:99])
    ):
        pass
    snapshot.end()
    known = [page for page in pages if page["collection"] in ROW_NAMES]
    assert len(snapshot.rows) == sum(len(page["rows"]) for page in known)
    assert not snapshot.bad_items


@pytest.mark.parametrize("collection", sorted(ROW_NAMES))
def test_null_in_an_optional_field_means_the_same_as_leaving_it_out(collection: str) -> None:
    schema = SCHEMAS[ROW_NAMES[collection]]
    example = EXAMPLES[ROW_NAMES[collection]]
    needed = {name: example[name] for name in schema["required"]}
    nothing = needed | {name: None for name in schema["properties"] if name not in needed}
    told, left_out = (
        read_page("c", Collection(collection), page_of(collection, row))
        for row in (nothing, needed)
    )
    assert (told.rows, told.bad_items) == (left_out.rows, ())


MESSAGES = ("Session", "Commands", "SnapshotHead", "Changes", "CommandResults", "FileState")


@pytest.mark.parametrize("name", MESSAGES)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_message_the_document_allows_is_one_of_the_wire(name: str, data: st.DataObject) -> None:
    message = data.draw(values(name))
    assert faults(name, message) == []
    msgspec.json.decode(json.dumps(message), type=getattr(level1, name))


@pytest.mark.parametrize("kind", sorted(BODIES))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_body_the_document_allows_is_one_that_the_county_reads(
    kind: str, data: st.DataObject
) -> None:
    body = data.draw(values(f"{BODIES[kind].__name__}Body"))
    assert isinstance(read_body(kind, body), BODIES[kind])


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_each_command_says_from_which_stages_it_is_lawful_as_the_county_decides_it(
    kind: str,
) -> None:
    row = CommandKind(kind).row
    told = [*row.allowed_from, row.leads_to] if row.leads_to else []
    if kind == CommandKind.CREATE:
        told = [FIRST_STAGE]
    for says in SCHEMAS[f"{BODIES[kind].__name__}Command"]["description"].split("\n\n"):
        way = re.split(r"[；;。]|\. ", says.partition("stage ")[2] or says.partition("阶段")[2])[0]
        if row.allowed_from == OPEN_STAGES:
            assert {"closed", "void"} <= set(re.findall(r"`(\w+)`", says)), says
        elif told:
            assert [each for each in re.findall(r"`(\w+)`", way) if each in set(Stage)] == told
        else:
            assert "From stage" not in says
            assert "只能从阶段" not in says


ENUMERATIONS: dict[str, Any] = {
    "Collection": Collection,
    "EventLevel": EventLevel,
    "Stage": Stage,
    "DeadlineKind": DeadlineKind,
    "AssetState": AssetState,
    "QueueKind": QueueKind,
    "WarningLevel": WarningLevel,
    "AlarmPriority": AlarmPriority,
    "AlarmState": AlarmState,
    "TrendKind": TrendKind,
    "CommandKind": CommandKind,
}


@pytest.mark.parametrize("name", sorted(ENUMERATIONS))
def test_the_desk_knows_exactly_the_words_that_are_published(name: str) -> None:
    assert set(VOCABULARIES[name].words) == set(ENUMERATIONS[name])
    schema = SCHEMAS[name]
    words = schema["anyOf"][0]["enum"] if VOCABULARIES[name].is_open else schema["enum"]
    assert words == list(VOCABULARIES[name].words)


def test_the_published_outcomes_are_those_the_desk_reads() -> None:
    assert set(VOCABULARIES["Outcome"].words) == set(results.STATES)


def test_the_published_kinds_of_asset_are_those_the_product_names() -> None:
    table = (resources() / "county" / "asset_kinds.toml").read_text(encoding="utf-8")
    assert set(re.findall(r"^\[(\w+)\]", table, re.MULTILINE)) == set(
        VOCABULARIES["AssetKind"].words
    )


def test_every_vocabulary_stands_where_its_words_are_used() -> None:
    for (type_, field), name in WORDS_OF.items():
        assert SCHEMAS[type_]["properties"][field]["$ref"] == f"#/components/schemas/{name}"


def test_every_problem_the_county_answers_with_is_published() -> None:
    raised = set()
    for path in sources("desktop"):
        if "county_server" in path.parts:
            raised |= set(_kinds(ast.parse(path.read_text(encoding="utf-8"))))
    assert raised | set(_courier_kinds()) == set(PROBLEM_TYPES)
    listed = SCHEMAS["ProblemType"]["anyOf"][0]["enum"]
    assert listed == [PREFIX + kind for kind in PROBLEM_TYPES]


def _courier_kinds() -> Iterator[str]:
    """The kinds of the problems with a bundle, of which the route names only the beginning."""
    taking = ("wire/courier/bundle", "wire/courier/bodies")
    taking += ("county_server/courier/delivery", "county_server/courier/offices")
    for path in sources("desktop"):
        if path.with_suffix("").as_posix().endswith(taking):
            for name in re.findall(r"Fault\.(\w+)", path.read_text(encoding="utf-8")):
                if Fault[name] is not Fault.TOO_LARGE:  # The route itself: 413.
                    yield f"courier-{Fault[name].value}"


def _kinds(tree: ast.AST) -> Iterator[str]:
    """The kinds of the problems that some code raises or names."""
    for node in ast.walk(tree):
        match node:
            case (
                ast.Call(func=ast.Name("ApiError"), args=[_, ast.Constant(str(kind)), *_])
                | ast.Call(func=ast.Attribute(attr="_refusal"), args=[ast.Constant(str(kind)), *_])
            ):
                yield kind
            case ast.Assign(targets=[ast.Name("kind")], value=ast.Call(func=ast.Attribute())):
                yield from (
                    each.value
                    for each in ast.walk(node.value)
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                )
