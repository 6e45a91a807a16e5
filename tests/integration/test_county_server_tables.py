"""A county's own tables: workbooks and CSV as people keep them, with or without a column map."""

from __future__ import annotations

import contextlib
import os
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.county_server.load import Loaded, load
from desktop.county_server.load.cells import NotThis, moment
from desktop.county_server.load.columns import read_columns
from support.checkout import ROOT
from support.tables import HEADINGS, ROW, errors_of, naive, only, workbook

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize("name", ["incidents.xlsx", "事件台账.xlsx"])
def test_a_workbook_with_chinese_headings_needs_no_map(tmp_path: Path, name: str) -> None:
    workbook(tmp_path / name, HEADINGS, ROW)
    row = only(tmp_path)
    assert (row.id, row.number, row.title, row.level) == ("0012", "0012", "城北泵站停电", "larger")
    assert (row.township, row.place.lon, row.place.lat) == ("t-1", 113.2, 27.8)
    assert row.recorded_at == datetime(2026, 5, 1, 8, 30, tzinfo=SHANGHAI)


def test_merged_titles_and_headings_of_two_rows_are_found(tmp_path: Path) -> None:
    path = tmp_path / "incidents.xlsx"
    book, sheet = workbook(
        path,
        ("云麓县 2026 年事件台账",),
        ("制表：值班室",),
        ("编号", "标题", "时间", None, "位置", None),
        (None, None, "上报时间", "发生时间", "经度", "纬度"),
        (1, "井盖缺失", naive(8, 30), date(2026, 5, 1), 113.2, 27.8),
    )
    for merged in ("A1:F1", "A3:A4", "B3:B4", "C3:D3", "E3:F3"):
        sheet.merge_cells(merged)
    book.save(path)
    row = only(tmp_path)
    assert (row.id, row.title) == ("1", "井盖缺失")
    assert row.occurred_at == datetime(2026, 5, 1, tzinfo=SHANGHAI)
    assert row.place.lat == 27.8


def test_zeros_that_a_number_shows_are_kept_and_lost_digits_are_said(tmp_path: Path) -> None:
    path = tmp_path / "assets.xlsx"
    book, sheet = workbook(
        path, ("设施编号", "名称", "类型"), (7, "一", "供水"), (110101199003078515, "二", "own")
    )
    sheet["A2"].number_format = "00000"
    book.save(path)
    loaded = load(tmp_path)
    first, second = loaded.rows["assets"]
    assert (first.id, first.kind, second.kind) == ("00007", "water_supply", "own")
    assert any("assets.xlsx:A3" in line and "15 位" in line for line in loaded.oddities)


@pytest.mark.parametrize(
    "cell",
    [
        46_143.25, "46143.25", naive(6), "2026-05-01 06:00", "2026/5/1 6:00:00",
        "2026年5月1日 6时00分", "2026.5.1 6:00", "20260501060000", "2026-04-30T22:00:00Z",
        "２０２６－０５－０１　０６：００", "2026-05-01T06:00:00.250+08:00",
    ],
)  # fmt: skip
def test_a_moment_is_read_however_it_is_written(cell: Any) -> None:
    if cell == "46143.25":
        with pytest.raises(NotThis):
            moment(cell, SHANGHAI)
    else:
        assert moment(cell, SHANGHAI) == datetime(2026, 5, 1, 6, tzinfo=SHANGHAI)


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.booleans()))
def test_no_cell_makes_a_moment_fail_otherwise(cell: Any) -> None:
    with contextlib.suppress(NotThis):
        assert moment(cell, SHANGHAI).tzinfo is not None


MAP = """\
timezone = "Asia/Shanghai"

[assets]
file = "巡查表.xlsx"
sheet = "泵站"
data_time = "导出"
fill_down = ["镇"]

[assets.columns]
"代号" = "id"
"叫什么" = ["name", "note"]
"镇" = "township"
"好坏" = "state"

[assets.values.state]
"停了" = "failed"

[assets.defaults]
kind = "pump_station"
"""


def mapped(folder: Path, text: str = MAP) -> None:
    (folder / "columns.toml").write_text(text, encoding="utf-8")
    book, _ = workbook(folder / "巡查表.xlsx", ("别的",), title="说明")
    sheet = book.create_sheet("泵站")
    for row in (
        ("代号", "叫什么", "镇", "好坏", "导出"),
        ("a", "城北泵站", "t-1", "停了", "2026-05-01 07:00"),
        ("b", "城南泵站", None, "正常", "2026-05-01 08:00"),
        ("合计", 2, None, None, None),
    ):
        sheet.append(row)
    book.save(folder / "巡查表.xlsx")


def test_a_column_map_names_file_sheet_headings_values_and_the_age(tmp_path: Path) -> None:
    mapped(tmp_path)
    loaded = load(tmp_path)
    first, second = loaded.rows["assets"]
    assert (first.id, first.name, first.note) == ("a", "城北泵站", "城北泵站")
    assert (first.state, second.state) == ("failed", "normal")
    assert (first.township, second.township, first.kind) == ("t-1", "t-1", "pump_station")
    assert loaded.data_at == datetime(2026, 5, 1, 8, tzinfo=SHANGHAI)
    assert any("1 行合计" in line and "1 rows of totals" in line for line in loaded.oddities)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"id"', '"idd"', "did you mean id"),
        ('"叫什么" =', '"叫什么名" =', "did you mean 叫什么"),
        ("[assets]", "[asset]", "did you mean assets"),
        ('"Asia/Shanghai"', '"Asia/Peking"', "no such time zone"),
        ('sheet = "泵站"', 'sheet = "水厂"', "it has: 说明, 泵站"),
        ('"巡查表.xlsx"', '"../巡查表.xlsx"', "no path"),
        ('"巡查表.xlsx"', '"检查表.xlsx"', "no such file"),
        ("fill_down", "fildown", "unknown field"),
        ("[assets]", "[assets", "not TOML"),
        ("[assets]", "a = " + "[" * 3_000, "not TOML"),
        ("[assets]", "a = " + "9" * 5_000, "not TOML"),
    ],
)
def test_a_wrong_map_is_told_in_both_languages(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    mapped(tmp_path, MAP.replace(old, new, 1))
    lines = "\n".join(errors_of(tmp_path))
    assert said in lines
    assert all(" / " in line for line in errors_of(tmp_path))
    assert any("一" <= c <= "鿿" for c in lines)


def test_a_fault_is_told_by_its_cell_and_the_others_with_it(tmp_path: Path) -> None:
    rows = (("a", "x", "较大", "t", "昨天", 1, 2), ("b", "y", "一般", "t", "2026-05-01", "东", 2))
    workbook(tmp_path / "incidents.xlsx", HEADINGS, *rows, ("b", "z", "", "", "2026-05-01"))
    when, where = errors_of(tmp_path)
    assert when.startswith("incidents.xlsx:E2: recorded_at: 应为时间")
    assert "昨天" in when
    assert where.startswith("incidents.xlsx:F3: place.lon: 应为数字")


def test_a_doubled_id_names_both_cells(tmp_path: Path) -> None:
    workbook(tmp_path / "incidents.xlsx", HEADINGS, ROW, ROW)
    assert errors_of(tmp_path) == [
        "incidents.xlsx:A3: id: 0012 已在 incidents.xlsx:A2 / 0012 is already at incidents.xlsx:A2"
    ]


def test_headings_nobody_knows_are_told_with_a_map_to_begin_with(tmp_path: Path) -> None:
    workbook(tmp_path / "incidents.xlsx", ("甲", "乙"), (1, 2))
    (line,) = errors_of(tmp_path)
    assert "没有认得的列标题（甲、乙）" in line
    assert '[incidents.columns]\n    "甲" = "…"\n    "乙" = "…"' in line


def test_a_folder_with_nothing_we_read_says_what_its_files_may_be(tmp_path: Path) -> None:
    workbook(tmp_path / "事件台帐.xlsx", HEADINGS, ROW)
    first, second = errors_of(tmp_path)
    assert "没有可读的文件" in first
    assert second.startswith("事件台帐.xlsx: 不读这个文件；是否指 事件台账")
    assert "没有这个文件夹" in errors_of(tmp_path / "absent")[0]


def test_old_workbooks_and_data_of_a_time_to_come_are_said(tmp_path: Path) -> None:
    (tmp_path / "assets.xls").write_bytes(b"x")
    told = '{"data_time": "2199-01-01T00:00:00Z", "rows": []}'
    lines = "\n".join(json_file(tmp_path, "incidents.json", told).oddities)
    assert "assets.xls: 不读这个文件；是否指 assets；请另存为 .xlsx" in lines
    assert "data of a time to come" in lines


def test_a_table_without_a_required_column_names_those_not_used(tmp_path: Path) -> None:
    workbook(tmp_path / "incidents.xlsx", ("事件编号", "标题", "哪天"), (1, "x", "2026-05-01"))
    (line,) = errors_of(tmp_path)
    assert "recorded_at" in line
    assert "哪天" in line


def test_the_example_of_a_map_can_be_read(tmp_path: Path) -> None:
    example = ROOT / "resources" / "county-api" / "columns.example.toml"
    (tmp_path / "columns.toml").write_bytes(example.read_bytes())
    columns = read_columns(tmp_path)
    assert set(columns.tables) == {"incidents", "assets"}
    assert columns.of("incidents").values["level"]["甲类"] == "major"


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("apart", [",", ";", "\t"])
def test_csv_is_read_as_spreadsheets_write_it(tmp_path: Path, coding: str, apart: str) -> None:
    cells = [['="0012"' if each == "0012" else str(each) for each in ROW], list(HEADINGS)]
    text = "\r\n".join(apart.join(row) for row in reversed(cells))
    (tmp_path / "incidents.csv").write_bytes(text.encode(coding))
    row = only(tmp_path)
    assert (row.id, row.title, row.level) == ("0012", "城北泵站停电", "larger")
    assert any("GB18030" in line for line in load(tmp_path).oddities) == (coding == "gb18030")


def test_json_that_is_gbk_is_told_with_its_beginning(tmp_path: Path) -> None:
    (tmp_path / "incidents.json").write_bytes('[{"id": "城北泵站停电"}]'.encode("gbk"))
    (line,) = errors_of(tmp_path)
    assert "像是 GB18030（GBK）编码" in line
    assert "城北泵站停电" in line
    assert "save it as UTF-8" in line


def test_several_files_of_one_collection_are_refused(tmp_path: Path) -> None:
    workbook(tmp_path / "incidents.xlsx", HEADINGS, ROW)
    (tmp_path / "事件.csv").write_text("事件编号\n", encoding="utf-8")
    assert "keep one" in errors_of(tmp_path)[0]


def json_file(folder: Path, name: str, text: str) -> Loaded:
    (folder / name).write_text(text, encoding="utf-8")
    return load(folder)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('"levle": "major"', "did you mean level"),
        ('"乡镇": "t"', "did you mean township"),
        ('"level": "重大"', "did you mean major"),
        ('"stage": "clsoed"', "did you mean closed"),
        ('"place": {"lon": 27.8, "lat": 83.1}', "lon and lat may have changed places"),
        ('"place": {"lon": 0, "lat": 0}', "a place outside China"),
        ('"occurred_at": "2199-05-01T06:00:00Z"', "a time that has not come"),
        ('"occurred_at": "1970-01-01T00:00:00Z"', "a time before 1990"),
        ('"summary": "x", "title": " "', "no text"),
    ],
)
def test_what_is_served_but_odd_is_said_with_its_place(tmp_path: Path, row: str, said: str) -> None:
    text = '[{"id": "a", "title": "x", "recorded_at": "2026-05-01T06:00:00Z", %s}]'
    loaded = json_file(tmp_path, "incidents.json", text % row)
    assert len(loaded.rows["incidents"]) == 1
    (line,) = loaded.oddities
    assert line.startswith("incidents.json:1:")
    assert said in line
    assert any("一" <= c <= "鿿" for c in line)


def test_rows_that_nobody_has_files_not_read_and_doubled_numbers_are_said(tmp_path: Path) -> None:
    at = '"title": "x", "recorded_at": "2026-05-01T06:00:00Z", "number": "7", "township": "t9"'
    (tmp_path / "townships.json").write_text('[{"id": "t1", "name": "城关"}]')
    (tmp_path / "incident.json").write_text("[]")
    (tmp_path / "~$incidents.xlsx").write_bytes(b"open in Excel")
    told = json_file(tmp_path, "incidents.json", f'[{{"id": "a", {at}}}, {{"id": "b", {at}}}]')
    lines = "\n".join(told.oddities)
    assert "no row of townships has the id t9" in lines
    assert "the same number as incidents.json:1:2: $.rows" not in lines
    assert "the same number as incidents.json:1:2: $[0]" in lines
    assert "incident.json: 不读这个文件；是否指 incidents" in lines
    assert "~$" not in lines


def test_a_table_may_name_townships_and_assets_by_their_names(tmp_path: Path) -> None:
    workbook(tmp_path / "乡镇.xlsx", ("编码", "名称"), ("430101", "城关镇"), ("2", "石桥"))
    workbook(tmp_path / "设施.xlsx", ("设施编号", "名称", "类型"), ("p1", "城北泵站", "泵站"))
    rows = (
        ("编号", "标题", "上报时间", "乡镇", "涉及设施"),
        ("a", "x", "2026-05-01", "城关镇", "城北泵站；p1"),
        ("b", "y", "2026-05-01", "2", None),
        ("c", "z", "2026-05-01", "清水", None),
    )
    workbook(tmp_path / "事件.xlsx", *rows)
    loaded = load(tmp_path)
    assert [row.township for row in loaded.rows["incidents"]] == ["430101", "2", "清水"]
    assert loaded.rows["incidents"][0].assets == ("p1", "p1")
    (line,) = loaded.oddities
    assert line.startswith("事件.xlsx:A4: township: townships 文件里没有编号 清水")


def test_json_that_names_a_township_by_its_name_is_told_its_id(tmp_path: Path) -> None:
    (tmp_path / "townships.json").write_text('[{"id": "t1", "name": {"zh": "城关", "en": "C"}}]')
    row = '{"id": "a", "title": "x", "recorded_at": "2026-05-01T06:00:00Z", "township": "城关"}'
    (line,) = json_file(tmp_path, "incidents.json", f"[{row}]").oddities
    assert "did you mean t1" in line


def test_a_heading_nearly_known_is_said_with_its_field(tmp_path: Path) -> None:
    rows = (("设施编号", "名称", "类型", "运行状况表"), ("a", "x", "y", "故障"))
    workbook(tmp_path / "assets.xlsx", *rows)
    (line,) = load(tmp_path).oddities
    assert "运行状况表（state？）" in line


def test_null_in_an_optional_field_is_the_field_left_out(tmp_path: Path) -> None:
    row = '{"id": "a", "title": "x", "recorded_at": "2026-05-01T06:00:00Z", "level": null}'
    assert json_file(tmp_path, "incidents.json", f"[{row}]").rows["incidents"][0].level == "none"


def test_the_data_is_as_old_as_its_oldest_file_that_ages(tmp_path: Path) -> None:
    for name, age_s in (("townships", 900_000), ("incidents", 7_200), ("assets", 60)):
        path = tmp_path / f"{name}.json"
        path.write_text("[]")
        os.utime(path, (time.time() - age_s,) * 2)
    age = datetime.now(UTC) - (load(tmp_path).data_at or datetime.now(UTC))
    assert 7_100 < age.total_seconds() < 7_300
    text = '{"data_time": "2026-05-01T06:00:00Z", "rows": []}'
    told = json_file(tmp_path, "incidents.json", text)
    assert told.data_at == datetime(2026, 5, 1, 6, tzinfo=UTC)
