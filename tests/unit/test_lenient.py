"""JSON that is not quite JSON is read where nothing is risked, and nowhere else."""

from __future__ import annotations

import json
import tracemalloc

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.connectors.failures import is_page
from desktop.connectors.fields import read_item
from desktop.connectors.lenient import NO_NUMBER, decoded, mended
from desktop.wire import level1

ROW = {"id": "I1", "title": "积水", "recorded_at": "2026-11-26T08:00:00Z"}


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('{"a": "积水"}'.encode("utf-16"), {"a": "积水"}),
        (
            b'{"a": NaN, "b": -Infinity, "c": "NaN", "d": [1e999], "e": 1%s}' % (b"0" * 400),
            {
                "a": f"{NO_NUMBER}NaN",
                "b": f"{NO_NUMBER}-Infinity",
                "c": "NaN",
                "d": [f"{NO_NUMBER}1e999"],
                "e": f"{NO_NUMBER}1{'0' * 19}",
            },
        ),
        (rb'{"a": "x\ud83d", "b": "\udca7y"}', {"a": "x\ufffd", "b": "\ufffdy"}),
        (rb'{"a": "\ud83d\udca7", "b": NaN}', {"a": "💧", "b": f"{NO_NUMBER}NaN"}),
        (b'{"a": "two\nlines"}', {"a": "two\nlines"}),
        (b'{"a": "\xff\xfe"}', {"a": "\ufffd\ufffd"}),
        (rb'{"a": "C:\temp\x"}', {"a": "C:\temp\ufffd"}),
    ],
)
def test_what_is_not_quite_json_is_read_for_what_it_says(said: bytes, read: object):
    assert decoded(said, dict) == read


@pytest.mark.parametrize("said", [b"", b"{", b'{"a": "x', b"<html>", b'{"a": nan}', b'{"a": 1,}'])
def test_what_may_be_half_of_something_is_refused(said: bytes):
    with pytest.raises(msgspec.DecodeError):
        decoded(said, dict)


def test_a_number_that_is_none_is_nowhere_read_as_a_text():
    told = {**ROW, "number": "NUMBER", "place": {"lon": "NUMBER", "lat": 1}}
    said = json.dumps(told).replace('"NUMBER"', "NaN").encode()
    row, flaws = read_item(said, level1.Incident)
    assert (row.number, row.place) == ("", None)
    assert [flaw.field for flaw in flaws] == ["number", "place"]


def test_an_item_of_more_parts_than_any_row_has_is_not_taken_apart():
    said = json.dumps({**ROW, "place": [[]] * 250_000}).encode()
    with pytest.raises(ValueError, match="parts"):
        read_item(said, level1.Incident)


def test_many_flaws_of_one_item_are_told_as_a_number():
    told = {**ROW, "assets": [5.5] * 1_000}
    _, flaws = read_item(json.dumps(told).encode(), level1.Incident)
    assert len(flaws) == 6
    assert flaws[-1].reason == "995 more like these"


@given(st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | st.text(), st.lists))
def test_sound_json_is_left_as_it_is(value: object):
    said = json.dumps(value, ensure_ascii=False).encode()
    assert mended(said) == said


@pytest.mark.parametrize("worst", [b'"' * 4096, b'\\"' * 2048, b'"' + b"\\" * 4095, b'["' * 2048])
def test_the_worst_texts_cost_no_more_than_they_are_long(worst: bytes):
    tracemalloc.start()
    mended(worst * 64)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 200 * len(worst) * 64


@pytest.mark.parametrize(
    ("kind", "begins", "page"),
    [
        ("application/json", b'{"title": "<html> does not open"}', False),
        ("text/html", b'[{"reason": "<html><body>"}]', False),
        ("application/xml", b"<?xml version='1.0'?><alert><headline>&lt;html&gt;<html/>", False),
        ("application/json", b"\xef\xbb\xbf <!DOCTYPE html><title>Login</title>", True),
        ("text/plain", b"<!-- portal --><?xml version='1.0'?>\n<html>", True),
        ("text/html; charset=gbk", b"please log in", True),
        ("application/octet-stream", b"\x28\xb5\x2f\xfd<html", False),
    ],
)
def test_the_beginning_of_a_body_tells_a_page_from_data(kind: str, begins: bytes, page: bool):
    assert is_page(kind, begins) is page
