"""JSON that is not quite JSON is read where nothing is risked, and nowhere else."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from threading import Event

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.application.ports import SourceError
from desktop.connectors.county.level1 import read_page
from desktop.connectors.http.errors import is_page
from desktop.connectors.http.lenient import NO_NUMBER, mend, read_json, readable
from desktop.connectors.http.response import Body, Reply, decode_json
from desktop.connectors.prometheus.alertmanager import read_alerts
from desktop.connectors.prometheus.parse import read_series
from desktop.connectors.prometheus.schema import Series
from desktop.connectors.shared.fields import read_item
from desktop.domain.command import Collection
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
    assert read_json(said, dict) == read


@pytest.mark.parametrize("said", [b"", b"{", b'{"a": "x', b"<html>", b'{"a": nan}', b'{"a": 1,}'])
def test_what_may_be_half_of_something_is_refused(said: bytes):
    with pytest.raises(msgspec.DecodeError):
        read_json(said, dict)


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
    assert mend(said) == said


@pytest.mark.parametrize("worst", [b'"' * 4096, b'\\"' * 2048, b'"' + b"\\" * 4095, b'["' * 2048])
def test_the_worst_texts_cost_no_more_than_they_are_long(worst: bytes):
    tracemalloc.start()
    readable(worst * 64)
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


@pytest.mark.parametrize(
    "broken", [b'{"id": undefined}', b'{"id": "x",}', b"{'id': 1}", b'{"a" 1}']
)
def test_an_item_that_is_no_json_at_all_spoils_no_other(broken: bytes):
    said = b'{"rows": [{"a": [{"b": "]}"}]}, %b, {"c": 1}], "more": false}' % broken
    assert read_json(said, dict) == {
        "rows": [{"a": [{"b": "]}"}]}, broken.decode(), {"c": 1}],
        "more": False,
    }


def test_a_list_whose_brackets_do_not_agree_is_not_taken_apart():
    for said in (b'{"rows": [{"a": }, {"b": 1}}', b'[{"a": x}, {"b": [}]', b'[{"a": "}, {"b": x}]'):
        with pytest.raises(msgspec.DecodeError):
            read_json(said, dict)


@pytest.mark.parametrize("rows", [b"[]", b"null"])
def test_null_is_read_for_an_empty_list(rows: bytes):
    reply = Reply("u", 200, {}, b'{"status": "success", "data": {"result": %b}}' % rows)
    assert read_series(reply, Series) == ([], ())
    assert read_page("c", Collection.LINES, b'{"rows": %b}' % rows).count == 0
    assert read_alerts(Reply("u", 200, {}, rows)) == ([], ())
    wrapped = b'{"status": "success", "data": %b}' % rows
    assert read_alerts(Reply("u", 200, {}, wrapped)) == ([], ())


def test_an_error_in_the_wrapper_of_alerts_is_no_empty_list():
    with pytest.raises(SourceError) as caught:
        read_alerts(Reply("u", 200, {}, b'{"status": "error", "data": null, "error": "no"}'))
    assert caught.value.problem.code == "query_refused"


def test_a_null_member_of_an_answer_is_as_good_as_none():
    told = b'{"type": "t", "title": "x", "status": 400, "detail": null}'
    found = decode_json(told, level1.ProblemDetails, "u")
    assert found == level1.ProblemDetails("t", "x", 400)
    with pytest.raises(SourceError):
        decode_json(b'{"type": null, "title": "x", "status": 400}', level1.ProblemDetails, "u")


def unpacked(encoding: str, body: bytes) -> bytes:
    pieces = iter((body, b""))
    head = ("u", 200, {"Content-Encoding": encoding})
    return b"".join(Body(head, lambda _most: next(pieces), Event(), 1 << 20).unpack())


@pytest.mark.parametrize("said", ["gzip", "GZIP", "gzip; charset=utf-8", "gzip, utf-8", "x-gzip,"])
def test_gzip_is_read_whatever_else_its_heading_says(said: str):
    assert unpacked(said, gzip.compress(b"[1]")) == b"[1]"


@pytest.mark.parametrize("said", ["", "identity", "utf-8", "UTF-8", "gb18030, identity"])
def test_a_charset_is_no_packing(said: str):
    assert unpacked(said, b"[1]") == b"[1]"


@pytest.mark.parametrize("said", ["br", "gzip, gzip", "rot13", "base64"])
def test_a_packing_that_is_not_known_is_refused(said: str):
    with pytest.raises(SourceError):
        unpacked(said, b"[1]")


def test_gzip_of_several_members_is_read_to_its_end():
    body = gzip.compress(b"[1,") + gzip.compress(b"2") + gzip.compress(b"]")
    assert unpacked("gzip", body + bytes(9)) == b"[1,2]"
    with pytest.raises(SourceError) as caught:
        unpacked("gzip", body + gzip.compress(b" " * 99)[:12])
    assert caught.value.problem.code == "cut_short"


def test_few_bytes_of_gzip_do_not_become_many():
    with pytest.raises(SourceError) as caught:
        unpacked("gzip", gzip.compress(bytes(1_000_000)))
    assert caught.value.problem.code == "too_large"
