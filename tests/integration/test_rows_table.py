"""Collections as JSON, CSV and text for scripts."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from unicodedata import category
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop import paths
from desktop.application.board import Board
from desktop.application.export import columns, outgoing, rows_table
from desktop.application.i18n import Words
from desktop.domain.certainty import judge_certainty
from desktop.domain.command import Collection
from desktop.domain.incident import Stage
from desktop.domain.instant import MINUTE
from desktop.domain.localized_text import FSI, PDI, Text
from desktop.domain.source import Problem, SourceStatus
from support.builders import (
    NOW,
    FakeClock,
    a_bad_item,
    a_batch,
    a_queue,
    a_report,
    a_warning,
    an_alarm,
    an_asset,
    an_incident,
)
from support.stores import Stores

STATUS = SourceStatus(
    id="county",
    kind="county",
    title=Text("县平台", "County"),
    expected_period_ms=30_000,
    last_good_at=NOW - 12 * MINUTE,
    failing_since=NOW - 11 * MINUTE,
    problem=Problem("unlisted"),
    unread={Collection.QUEUES: 2},
    fills=frozenset(rows_table.LISTED),
)
WORDS = Words(paths.resources(), "zh_CN")


class Bench:
    def __init__(self, folder: Path) -> None:
        clock = FakeClock()
        self.stores = Stores(folder, clock)
        self.board = Board(
            cache=self.stores.cache,
            outbox=self.stores.outbox,
            clock=clock,
            officer="",
            statuses=lambda: (STATUS,),
            day_began_at=lambda now: now,
            accepts=lambda target, kind: True,
        )
        self.stores.cache.apply(
            a_batch(
                an_incident(title=Text("=HYPERLINK(1)", "x")),
                an_incident(id="I2", stage=Stage.CLOSED),
                an_asset(),
                a_queue(),
                a_warning(),
                an_alarm(),
                a_report(),
            )
        )

    def list(
        self, collection: Collection, *, all_rows: bool = False, whole: bool = False
    ) -> rows_table.Listing:
        return rows_table.make_listing(
            self.board, self.stores.cache, collection, WORDS, all_rows=all_rows, whole=whole
        )


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.stores.close()


@pytest.mark.parametrize("collection", rows_table.LISTED)
def test_every_collection_is_listed_in_every_form(bench: Bench, collection: Collection):
    found = bench.list(collection)
    assert len(found.rows) == 1
    told = json.loads(rows_table.as_json(found, WORDS))
    assert told["rows"][0]["id"] == found.rows[0]["id"]
    assert told["sources"][0]["freshness"] == "stale"
    lines = list(csv.DictReader(io.StringIO(rows_table.as_csv(found, WORDS))))
    assert lines[0]["data_time"] == "2026-11-22T23:48:00+00:00"
    assert rows_table.as_table(found, WORDS).splitlines()[1].split() == [
        *rows_table.SHOWN[collection]
    ]


def test_whole_incidents_tell_in_json_what_was_done_and_is_owed(bench: Bench):
    plain = json.loads(rows_table.as_json(bench.list(Collection.INCIDENTS), WORDS))["rows"][0]
    whole = json.loads(rows_table.as_json(bench.list(Collection.INCIDENTS, whole=True), WORDS))[
        "rows"
    ][0]
    assert plain.items() <= whole.items()
    assert set(whole) - set(plain) == {
        "whole", "summary", "acknowledged_by", "deadlines", "timeline", "files",
    }  # fmt: skip
    known = an_incident()
    assert [each["kind"] for each in whole["deadlines"]] == [d.kind for d in known.deadlines]
    assert [each["text"] for each in whole["timeline"]] == [e.text.zh for e in known.timeline]
    assert whole["deadlines"]
    assert whole["timeline"]
    assert json.loads(rows_table.as_json(bench.list(Collection.ASSETS, whole=True), WORDS))["rows"]


def test_closed_incidents_are_listed_only_when_all_are_asked_for(bench: Bench):
    assert [r["id"] for r in bench.list(Collection.INCIDENTS).rows] == ["I0001"]
    assert len(bench.list(Collection.INCIDENTS, all_rows=True).rows) == 2


def test_text_begins_with_the_age_and_the_problem_of_its_source(bench: Bench):
    head = rows_table.as_table(bench.list(Collection.ASSETS), WORDS).splitlines()[0]
    assert head.startswith("# 县平台: 12 分前 · unlisted")


def test_a_login_anybody_can_read_stands_on_its_source_in_text_and_json(bench: Bench):
    caution = Problem("login_exposed", {"address": "http://county.example"})
    bare = msgspec.structs.replace(STATUS, caution=caution)
    found = msgspec.structs.replace(bench.list(Collection.ASSETS), sources=(bare,))
    head = rows_table.as_table(found, WORDS).splitlines()[0]
    assert "http://county.example 的登录不加密发送" in head
    (told,) = json.loads(rows_table.as_json(found, WORDS))["sources"]
    assert told["caution"] == "login_exposed"
    (calm,) = json.loads(rows_table.as_json(bench.list(Collection.ASSETS), WORDS))["sources"]
    assert calm["caution"] is None


def test_a_source_never_heard_says_so_above_an_empty_list(bench: Bench):
    unheard = msgspec.structs.replace(STATUS, last_good_at=None)
    found = msgspec.structs.replace(bench.list(Collection.ASSETS), sources=(unheard,), rows=())
    assert "从未收到" in rows_table.as_table(found, WORDS)
    assert json.loads(rows_table.as_json(found, WORDS))["sources"][0]["freshness"] == "unknown"


def test_a_source_heard_in_part_is_not_called_never_heard_above_its_rows(bench: Bench):
    part = msgspec.structs.replace(STATUS, last_good_at=None, partial=True)
    found = msgspec.structs.replace(bench.list(Collection.ASSETS), sources=(part,))
    head = rows_table.as_table(found, WORDS).splitlines()[0]
    assert "尚未收全" in head
    assert "从未收到" not in head


def test_no_cell_of_a_csv_is_a_formula(bench: Bench):
    lines = list(
        csv.DictReader(io.StringIO(rows_table.as_csv(bench.list(Collection.INCIDENTS), WORDS)))
    )
    assert lines[0]["title"] == "'=HYPERLINK(1)"


@given(st.text(max_size=20))
def test_a_spreadsheet_gets_the_text_that_is_shown_and_never_a_formula(text: str):
    told = outgoing.csv_text(["x"], [[text, "end"]])
    _, (cell, _) = csv.reader(io.StringIO(told, newline=""))
    shown = text.replace("\0", "").replace("\r\n", "\n")
    kept = "\n".join(map(outgoing.plain, shown.split("\n")))
    assert cell in (kept, "'" + kept, f'="{kept}"')
    assert not cell.startswith(("+", "-", "@", "\t", "\r", "\n"))
    assert not cell.startswith("=") or re.fullmatch(r'="[0-9Ee/-]+"', cell)


@pytest.mark.parametrize(
    "text", ["007", "110101199003078515", "1E5", "1-2", "3/4", "2026/5/1", "00"]
)
def test_digits_a_spreadsheet_would_change_are_kept(text: str):
    assert outgoing.harmless(text) == f'="{text}"'


@pytest.mark.parametrize("text", ["7", "13812345678", "A-007", "2026-05-01T08:00:00+08:00", "1.5"])
def test_other_digits_stand_as_they_are(text: str):
    assert outgoing.harmless(text) == text


def test_numbers_stay_numbers_even_when_negative():
    assert outgoing.csv_text(["x"], [[-4.5]]) == "x\r\n-4.5\r\n"


def test_control_characters_of_a_backend_never_reach_a_terminal():
    assert outgoing.plain("a\x1b[31mb\x07\u202ec\u2066\u200fd\ud800") == (
        "a [31mb [U+202E]c[U+2066][U+200F]d "
    )
    assert outgoing.harmless("a\x1b]0;x\x07\nb\u202ec") == "a ]0;x \nb[U+202E]c"


def test_a_rare_character_of_a_name_is_no_control_character():
    name = "王\U00032000\ue000"  # One newer than Python's tables, one of the county's own.
    assert outgoing.plain(name) == name


def test_times_are_told_in_the_zone_asked_for(bench: Bench):
    found = rows_table.make_listing(
        bench.board, bench.stores.cache, Collection.ASSETS, WORDS, zone=ZoneInfo("Asia/Shanghai")
    )
    (line,) = csv.DictReader(io.StringIO(rows_table.as_csv(found, WORDS)))
    assert line["data_time"] == "2026-11-23T07:48:00+08:00"
    assert (
        json.loads(rows_table.as_json(found, WORDS))["sources"][0]["last_good_at"]
        == line["data_time"]
    )


@given(st.text(max_size=20))
def test_json_comes_back_whole_and_shows_a_terminal_nothing_that_acts(text: str):
    told = outgoing.json_text({"x": text})
    assert json.loads(told) == {"x": text}
    assert all(c == "\n" or category(c) not in outgoing.UNSAFE for c in told)


def test_what_is_written_from_the_right_leaves_the_columns_beside_it_alone():
    table = columns.align([["x", "y"], [outgoing.plain("שלום" * 40), "3"], ["ab", "4"]])
    first, second, third = table.splitlines()
    assert second.count(FSI) == second.count(PDI) == 1
    assert second.endswith(f"{PDI}  3")
    assert first.index("y") == third.index("4") == len(second.rstrip("3")) - 2


def test_json_tells_the_text_as_it_came(bench: Bench):
    title = "a\u202e\x9bb\U000e0041שלום"
    bench.stores.cache.apply(a_batch(an_incident(title=Text(title, title), version=9)))
    told = rows_table.as_json(bench.list(Collection.INCIDENTS), WORDS)
    assert json.loads(told)["rows"][0]["title"] == title


def test_a_csv_shows_format_characters(bench: Bench):
    bench.stores.cache.apply(a_batch(an_incident(title=Text("a\u202eb", ""), version=9)))
    assert "a[U+202E]b" in rows_table.as_csv(bench.list(Collection.INCIDENTS), WORDS)


UNREAD = tuple(
    a_bad_item(where=f"W{n}", id=f"W{n}", collection=Collection.WARNINGS,
               reason="Expected `int`, got `str` - at `$.n`")
    for n in range(2)
)  # fmt: skip


def unread_list(bench: Bench, *, count: int = 5) -> rows_table.Listing:
    """Warnings of which none could be read, two of them with their reasons."""
    fresh = msgspec.structs.replace(
        STATUS, last_good_at=NOW, problem=None, unread={Collection.WARNINGS: count}
    )
    found = msgspec.structs.replace(bench.list(Collection.WARNINGS), sources=(fresh,), rows=())
    return msgspec.structs.replace(
        found,
        known=judge_certainty((fresh,), {Collection.WARNINGS}, NOW),
        bad_items=tuple(("county", item) for item in UNREAD),
    )


def test_a_table_without_a_readable_row_never_reads_none(bench: Bench):
    table = rows_table.as_table(unread_list(bench), WORDS)
    assert "未能读取 5" in table.splitlines()[0]
    assert "(未能读取)" in table
    assert "W1 — 位置 $.n：应为 int，实为 str" in table
    assert "(无)" not in table


def test_an_empty_table_of_what_was_heard_and_read_says_none(bench: Bench):
    fresh = msgspec.structs.replace(STATUS, last_good_at=NOW, problem=None, unread={})
    found = msgspec.structs.replace(
        bench.list(Collection.WARNINGS),
        rows=(),
        known=judge_certainty((fresh,), {Collection.WARNINGS}, NOW),
    )
    assert rows_table.as_table(found, WORDS).splitlines()[-1] == "(无)"


def test_json_tells_how_many_could_not_be_read_and_why(bench: Bench):
    told = json.loads(rows_table.as_json(unread_list(bench), WORDS))
    assert (told["certainty"], told["unread_count"], told["rows"]) == ("unread", 5, [])
    assert [item["id"] for item in told["unread"]] == ["W0", "W1"]
    assert told["unread"][0]["reason"] == "位置 $.n：应为 int，实为 str"
    assert told["sources"][0]["unread"] == 5


def test_a_csv_has_a_line_for_each_item_that_could_not_be_read(bench: Bench):
    lines = list(csv.DictReader(io.StringIO(rows_table.as_csv(unread_list(bench), WORDS))))
    assert [(line["id"], line["unread"]) for line in lines] == [
        ("W0", "位置 $.n：应为 int，实为 str"),
        ("W1", "位置 $.n：应为 int，实为 str"),
        ("", "'+3"),
    ]
