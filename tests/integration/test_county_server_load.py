"""An integrator's files are served, or every fault is told by line and column."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.county_server.db.database import Database
from desktop.county_server.load import MOST_TOLD, LoadError, load
from support.county_rows import snapshot_of

GOOD = '{"id": "%s", "title": "路灯不亮", "recorded_at": "2026-05-01T06:00:00+08:00"}'


def errors_of(folder: Path, text: str | bytes, name: str = "incidents.json") -> list[str]:
    raw = text if isinstance(text, bytes) else text.encode()
    (folder / name).write_bytes(raw)
    with pytest.raises(LoadError) as caught:
        load(folder)
    return caught.value.lines


def test_a_wrong_type_is_told_where_it_stands(tmp_path: Path) -> None:
    text = "[\n" + GOOD % "a" + ',\n{"id": "b",\n  "level": 3}\n]'
    assert errors_of(tmp_path, text) == [
        (
            "incidents.json:4:12: $[1].level: 应为文字，却是整数；是否指 larger"
            " / expected text, got a whole number; did you mean larger"
        )
    ]


def test_a_missing_field_is_told_at_its_object(tmp_path: Path) -> None:
    lines = errors_of(tmp_path, '[\n  {"id": "a", "title": "x"}]')
    says = "缺少必填的 recorded_at / the required field recorded_at is missing"
    assert lines == [f"incidents.json:2:3: $[0]: {says}"]


def test_a_fault_deep_inside_is_told_there(tmp_path: Path) -> None:
    row = '{"id": "a", "title": "x", "recorded_at": "2026-05-01T06:00:00Z", "timeline": [\n%s]}'
    entry = '{"kind": "note", "text": "x", "happened_at": 5, "recorded_at": "x"}'
    (line,) = errors_of(tmp_path, "[" + row % entry + "]")
    assert line.startswith("incidents.json:2:46: $[0].timeline[0].happened_at: ")


def test_naive_times_and_places_outside_the_world_are_faults(tmp_path: Path) -> None:
    text = """[
 {"id": "a", "title": "x", "recorded_at": "2026-05-01T06:00:00"},
 {"id": "b", "title": "x", "recorded_at": "2026-05-01T06:00:00Z",
  "place": {"lon": 300, "lat": 1}}]"""
    places = [line.split(": ")[:2] for line in errors_of(tmp_path, text)]
    assert places == [
        ["incidents.json:2:43", "$[0].recorded_at"],
        ["incidents.json:4:20", "$[1].place.lon"],
    ]


def test_a_doubled_id_names_both_lines(tmp_path: Path) -> None:
    text = "[\n" + GOOD % "a" + ",\n" + GOOD % "a" + "]"
    assert errors_of(tmp_path, text) == [
        "incidents.json:3:8: $[1].id: 'a' 已在第 2 行 / 'a' is already on line 2"
    ]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("[\n{},\n]", "incidents.json:3:1: 不是 JSON："),
        ("<html>", "incidents.json:1:1: 不是 JSON：这里应有一个值 / not JSON: Expecting value"),
        ('[{"id"：1}]', "incidents.json:1:7: 不是 JSON：缺少冒号；： 是全角标点"),
        ("[{“id”: 1}]", "incidents.json:1:3: 不是 JSON：字段名要用双引号；“ 是全角标点"),
        ("{}\n{}", "incidents.json:2:1: 不是 JSON：后面还有多余的内容；每行一个对象？"),
        (b'[{"id": "\xff"}]', "incidents.json:1:10: 不是 UTF-8：字节 0xff / not UTF-8: byte 0xff"),
        ('{"row": []}', "incidents.json:1:1: $: 应为行的列表"),
        ("[" * 100_000, "incidents.json:1:1: 不是可读的 JSON：嵌套太深"),
        ("", "incidents.json:1:1: 不是 JSON："),
    ],
)
def test_what_is_no_list_of_rows_says_so(tmp_path: Path, text: str | bytes, start: str) -> None:
    (line,) = errors_of(tmp_path, text)
    assert line.startswith(start)


def test_many_faults_are_told_up_to_a_bound(tmp_path: Path) -> None:
    lines = errors_of(tmp_path, json.dumps([{}] * 50))
    assert len(lines) == MOST_TOLD + 1
    assert lines[-1] == "incidents.json: 另有 30 处 / and 30 more"


def test_an_empty_folder_says_what_it_looked_for(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"holds none of .*incidents"):
        load(tmp_path)


def test_both_forms_are_read_and_replace_what_was_served_before(tmp_path: Path) -> None:
    database = Database()
    (tmp_path / "incidents.json").write_text("\ufeff[" + GOOD % "a" + "," + GOOD % "b" + "]")
    (tmp_path / "assets.json").write_text('{"rows": [{"id": "p", "name": "泵站", "kind": "x"}]}')
    load(tmp_path).put_into(database)
    (tmp_path / "incidents.json").write_text("[" + GOOD % "b" + "]")
    load(tmp_path).put_into(database)
    copy, _ = snapshot_of(database)
    database.close()
    assert set(copy) == {("incidents", "b"), ("assets", "p")}


def test_commands_are_taken_over_rows_that_were_only_read_before(tmp_path: Path) -> None:
    database = Database()
    (tmp_path / "incidents.json").write_text("[" + GOOD % "a" + "," + GOOD % "b" + "]")
    load(tmp_path).put_into(database)
    (tmp_path / "incidents.json").write_text("[" + GOOD % "b" + "]")
    load(tmp_path).change(database)
    with database.transaction() as batch:
        row = batch.get("incidents", "b")
        assert row is not None
        batch.put("incidents", [msgspec.structs.replace(row, stage="closed")])
    text = GOOD.replace("路灯不亮", "路灯全灭")
    (tmp_path / "incidents.json").write_text("[" + text % "b" + "]", encoding="utf-8")
    load(tmp_path).change(database)
    with database.transaction() as batch:
        row = batch.get("incidents", "b")
    copy, _ = snapshot_of(database)
    database.close()
    assert set(copy) == {("incidents", "b")}
    assert (row.title, row.stage) == ("路灯全灭", "closed")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["id", "rows", "title"]), inner)
    ),
)


@given(JSON)
def test_no_json_makes_it_fail_otherwise(
    tmp_path_factory: pytest.TempPathFactory, what: object
) -> None:
    folder = tmp_path_factory.mktemp("files")
    (folder / "incidents.json").write_text(json.dumps(what), encoding="utf-8")
    rows: tuple[object, ...] = ()
    with contextlib.suppress(LoadError):
        rows = load(folder).rows["incidents"]
    assert rows == ()
