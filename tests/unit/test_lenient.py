"""JSON that is not quite JSON is read where nothing is risked, and nowhere else."""

from __future__ import annotations

import json
import tracemalloc

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.connectors.failures import is_page
from desktop.connectors.lenient import decoded, decoded_row, mended
from desktop.wire import level1

ROW = {"id": "I1", "title": "积水", "recorded_at": "2026-11-26T08:00:00Z"}


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('{"a": "积水"}'.encode("utf-16"), {"a": "积水"}),
        (b'{"a": NaN, "b": -Infinity, "c": "NaN"}', {"a": None, "b": None, "c": "NaN"}),
        (rb'{"a": "x\ud83d", "b": "\udca7y"}', {"a": "x\ufffd", "b": "\ufffdy"}),
        (rb'{"a": "\ud83d\udca7", "b": NaN}', {"a": "💧", "b": None}),
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


def test_a_null_in_an_optional_field_is_what_is_there_without_it():
    told = {**ROW, "township": None, "deadlines": None, "acknowledged_at": None}
    row = decoded_row(json.dumps(told).encode(), level1.Incident)
    assert row == decoded_row(json.dumps(ROW).encode(), level1.Incident)
    with pytest.raises(msgspec.ValidationError):
        decoded_row(json.dumps({**ROW, "title": None}).encode(), level1.Incident)


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
