"""Bodies of commands: read when they are good, refused with words when they are not."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.wire.command_bodies import BODIES, InvalidBody, read_body
from desktop.wire.level1 import MAX_TEXT, File, Point

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    ["text", "unit", "level", "due_at", "until", "minutes", "passed", "file", "title", "place"]
)


def test_a_good_body_is_read_and_strange_fields_are_passed_over():
    assert read_body("note", {"text": "已到现场", "colour": 7}) == BODIES["note"]("已到现场")


def test_a_body_cannot_change_what_kind_it_is_read_as():
    assert isinstance(read_body("note", {"text": "一", "kind": "void"}), BODIES["note"])


def test_a_thumbnail_may_be_said_to_be_none():
    file = {"digest": "a" * 64, "name": "a.jpg", "size": 1}
    said = read_body("attach", {"file": file | {"thumbnail": ""}})
    assert said == read_body("attach", {"file": file})
    assert msgspec.convert(file | {"thumbnail": ""}, File) == msgspec.convert(file, File)


@pytest.mark.parametrize(
    ("kind", "body", "zh"),
    [
        ("note", {}, "缺少说明"),
        ("note", {"text": 7}, "说明填写有误"),
        ("note", {"text": " \t"}, "说明为空"),
        ("note", {"text": "长" * (MAX_TEXT + 1)}, f"说明超过 {MAX_TEXT} 字"),
        ("dispatch", {"unit": "市政科\n路灯所"}, "承办单位填写有误"),
        ("dispatch", {"unit": " "}, "承办单位填写有误"),
        ("escalate", {"level": "none", "text": "一"}, "等级填写有误"),
        ("shelve", {"minutes": 0, "text": "一"}, "搁置时长须为 1 至 1440 分钟"),
        ("shelve", {"minutes": 1441, "text": "一"}, "搁置时长须为 1 至 1440 分钟"),
        ("create", {"title": "一", "place": [200, 30]}, "位置填写有误"),
        ("create", {"title": "一", "occurred_at": -1}, "发生时间填写有误"),
        ("attach", {"file": {"name": "a"}}, "缺少附件"),
        ("explode", {}, "县平台不支持该指令：explode"),
    ],
)
def test_a_bad_body_is_refused_with_what_is_wrong(kind: str, body: dict[str, Any], zh: str):
    with pytest.raises(InvalidBody) as caught:
        read_body(kind, body)
    assert caught.value.reason.zh == zh
    assert caught.value.reason.en


def test_a_level_with_a_line_break_is_not_a_level():
    with pytest.raises(InvalidBody):
        read_body("escalate", {"level": "major\n", "text": "一"})
    assert isinstance(read_body("escalate", {"level": "major", "text": "一"}), BODIES["escalate"])


@pytest.mark.parametrize(
    "told", ["2026-05-01T09:42:00+08:00", "2026-05-01T01:42:00.000Z", 1_777_599_720_000]
)
def test_an_instant_is_read_as_everywhere_and_as_desks_of_before_wrote_it(told: Any):
    due_at = datetime(2026, 5, 1, 1, 42, tzinfo=UTC)
    assert read_body("extend", {"due_at": told, "text": "一"}) == BODIES["extend"](due_at, "一")


@pytest.mark.parametrize(
    "told",
    ["2026-05-01T09:42:00", "9999-12-31T23:00:00Z", "1969-12-31T23:59:59Z", 253_402_214_400_001],
)
def test_an_instant_without_a_zone_or_off_the_calendar_is_refused(told: Any):
    with pytest.raises(InvalidBody) as caught:
        read_body("extend", {"due_at": told, "text": "一"})
    assert caught.value.reason.zh == "新时限填写有误"


@pytest.mark.parametrize("told", [{"lon": 118.2, "lat": 31.9}, [118.2, 31.9]])
def test_a_place_is_read_as_everywhere_and_as_desks_of_before_wrote_it(told: Any):
    body = read_body("create", {"title": "一", "place": told})
    assert body.place == Point(118.2, 31.9)


@given(st.sampled_from(sorted(BODIES)), st.dictionaries(FIELDS, JSON))
def test_whatever_a_body_holds_it_is_read_or_refused(kind: str, body: dict[str, Any]):
    with suppress(InvalidBody):
        read_body(kind, body)
