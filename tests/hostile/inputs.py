"""Hostile bytes made of sound ones: cut, swollen, crossed with others, and given bad words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import strategies as st

LONGEST = 64 * 1024
"""Of one input; a bomb needs no more."""

WORDS: tuple[bytes, ...] = (
    b"null", b"true", b"{}", b"[]", b'""', b"0", b"-1", b"NaN", b"-Infinity", b"1e999", b"1e-999",
    b"0.1e", b"9" * 400, b"-" + b"9" * 25, b"18446744073709551616", b"9007199254740993",
    b'"\\ud800"', b'"\\u0000"', b'"\\udc00\\ud800"', b'"\xe2\x80\xae\xe2\x81\xa6"', b"\xff\xfe",
    b"\xef\xbb\xbf", b"\x00", b"\xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\r\n",
    b"\x1b[2J",
    b'"2026-02-30T25:61:61Z"', b'"0001-01-01T00:00:00+23:59"', b'"9999-12-31T23:59:59-23:59"',
    b'"2026-05-01T09:30:00"', b'"2026-05-01T09:30:00.123456789012+08:00"', b"1e308",
    b"[" * 2_000, b'{"a":' * 2_000, b"]" * 50, b"<info>", b"</info>", b"<info>" * 500, b"&nbsp;",
    b"&#0;", b"&#xD800;", b"<!DOCTYPE a [<!ENTITY a 'b'>]>", b"<![CDATA[", b"]]>", b"<?xml",
    b'encoding="utf-16"', b'encoding="gb18030"', b"<polygon>1,1 1,1</polygon>",
    b"Content-Length: -1\r\n", b"Content-Length: 99999999999999999999\r\n", b"HTTP/9.9",
    b"Transfer-Encoding: chunked\r\n", b"ffffffffffffffff\r\n", b"Content-Encoding: gzip\r\n",
    b"Content-Encoding: utf-8\r\n", b"Location: //\r\n", b"Location: http://[::1\r\n",
    b"Retry-After: inf",
    b"\xff" * 8, b"\x80" * 9 + b"\x01", b"\xff\xff\xff\xff\x0f", b"\x7f", b"[[source]]\n",
    b"= 1_0e9",
)  # fmt: skip
"""What has upset readers of one format or another."""

VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 2**53 + 1, 10**400, -(10**25), 0.1, 1e308, float("nan"), float("inf"), "",
    [], {}, [[]], {"zh": None}, "\ud800", "\x00", "\u202e\u2066x", "x" * 20_000, "9" * 5_000,
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-05-01T09:30:00", "Infinity",
    "<b>x</b>", "=1+1", [None], [{}] * 50, {"lon": 1e300, "lat": float("nan")}, "2026-13-01",
)  # fmt: skip
"""What a field may suddenly hold."""


def hostile(samples: Sequence[bytes]) -> st.SearchStrategy[list[bytes]]:
    """Sound samples with one change after the other, each state an input; or plain noise."""
    made = st.builds(
        lambda number, changes: changed(samples, number, changes),
        st.integers(0, len(samples) - 1),
        st.lists(st.integers(0, (1 << 56) - 1), min_size=1, max_size=8),
    )
    return st.one_of(made, made, made, st.lists(st.binary(max_size=200), min_size=1, max_size=4))


def changed(samples: Sequence[bytes], number: int, changes: Sequence[int]) -> list[bytes]:
    """One sample after each of these changes.

    A change is one number: what is done, where, how far, and with which word or sample.
    """
    body, states = samples[number], []
    for change in changes:
        what, at = change % len(CHANGES), change >> 8 & 0xFFFF
        length, which = change >> 24 & 0xFFFF, change >> 40
        begin = at % (len(body) + 1)
        end = min(len(body), begin + length % 64)
        other = samples[which % len(samples)]
        body = CHANGES[what](body, begin, end, which, other)[:LONGEST]
        states.append(body)
    return states


def _flip(body: bytes, begin: int, _end: int, which: int, _other: bytes) -> bytes:
    if begin == len(body):
        return body
    return body[:begin] + bytes([body[begin] ^ (1 << which % 8)]) + body[begin + 1 :]


def _drop(body: bytes, begin: int, end: int, _which: int, _other: bytes) -> bytes:
    return body[:begin] + body[end:]


def _cut(body: bytes, begin: int, _end: int, _which: int, _other: bytes) -> bytes:
    return body[:begin]


def _repeat(body: bytes, begin: int, end: int, which: int, _other: bytes) -> bytes:
    return body[:begin] + body[begin:end] * (1 + which % 200) + body[end:]


def _word(body: bytes, begin: int, end: int, which: int, _other: bytes) -> bytes:
    return body[:begin] + WORDS[which % len(WORDS)] + body[end if which % 2 else begin :]


def _value(body: bytes, begin: int, _end: int, which: int, _other: bytes) -> bytes:
    """Another word where a value of JSON, or a text of XML, stands."""
    colon = max(body.find(b":", begin), body.find(b">", begin)) + 1
    ends = [at for at in (body.find(each, colon) for each in (b",", b"}", b"]", b"<")) if at > 0]
    if not colon or not ends:
        return body
    return body[:colon] + WORDS[which % len(WORDS)] + body[min(ends) :]


def _node(body: bytes, begin: int, _end: int, which: int, _other: bytes) -> bytes:
    """Another value at one place of sound JSON, or nothing there, or the same twice."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return body
    places = list(_places(told))
    if not places:
        return body
    holder, name = places[begin % len(places)]
    kind = which % (len(VALUES) + 2)
    if kind < len(VALUES):
        holder[name] = VALUES[kind]
    elif kind == len(VALUES):
        del holder[name]
    elif isinstance(holder, list):
        holder += holder[-1:] * (which % 300)
    else:
        holder[f"{name}s"] = holder[name]
    return json.dumps(told, ensure_ascii=which % 3 == 0).encode("utf-8", "surrogatepass")


def _places(told: Any) -> Iterator[tuple[Any, Any]]:
    if not isinstance(told, dict | list):
        return
    inside = told.items() if isinstance(told, dict) else enumerate(told)
    for name, value in list(inside):
        yield told, name
        if isinstance(value, dict | list):
            yield from _places(value)


def _cross(body: bytes, begin: int, end: int, which: int, other: bytes) -> bytes:
    at = which % (len(other) + 1)
    return body[:begin] + other[at : at + 1 + which % 400] + body[end:]


def _wrap(body: bytes, _begin: int, _end: int, which: int, _other: bytes) -> bytes:
    before, after = ((b"[", b"]"), (b'{"data":', b"}"), (b"<a>", b"</a>"), (b" \r\n\t", b"\n"))[
        which % 4
    ]
    depth = 1 + which % 1_500
    return before * depth + body + after * depth


CHANGES = (_flip, _drop, _cut, _repeat, _word, _value, _cross, _wrap, _node, _node, _node, _node)
