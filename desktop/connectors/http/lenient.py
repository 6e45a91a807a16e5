"""Tolerant JSON reading: small faults are repaired where that is safe, else refused."""

from __future__ import annotations

import codecs
import math
import re
from typing import TypeVar

import msgspec

from desktop.domain.source import EXCERPT_CHARS
from desktop.protocol import limits

T = TypeVar("T")

MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UNKNOWN = "\ufffd"
"""Replaces bytes that are no character."""
NO_NUMBER = f"{UNKNOWN}\uf8ff"
"""Prefix of the text that replaces an invalid number: no text from outside begins so."""
_TOKEN = re.compile(
    r'"(?:[^"\\]++|\\.)*+"?'  # a text, which may have no end
    r"|-?\bInfinity\b|-?\bNaN\b"
    r"|-?\b\d[\d.]*+(?:[eE][+-]?\d{3}\d*+)"  # of many powers of ten
    r"|-?\b\d{100}[\d.eE+-]*+",
    re.DOTALL,
)
_IN_TEXT = re.compile(
    r"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a character in two halves
    r'|\\u(?![dD][89a-fA-F])[0-9a-fA-F]{4}|\\["\\/bfnrt])'  # any other sound escape
    r"|\\u[0-9a-fA-F]{4}|\\."  # half a character, and what is no escape
    r"|[\x00-\x1f]",
    re.DOTALL,
)
_BRACKET = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_QUOTE, _BRACE = b'"'[0], b"{"[0]
MOST_TOKENS = limits.TOKENS
TOLD = 20
"""How many characters of an invalid number are kept."""


def read_json(body: bytes | msgspec.Raw, wanted: type[T]) -> T:
    """Decode JSON of the wanted shape, repaired if it is unsound; raises as msgspec does."""
    try:
        return msgspec.json.decode(body, type=wanted)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        try:
            return msgspec.json.decode(readable(bytes(body)), type=wanted)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            raise error from None


def readable(body: bytes) -> bytes:
    """Return the JSON repaired, with each list item that is no JSON replaced by a text of how it
    began, so that the other items can be read."""
    body = mend(body)
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        spans = None if "truncated" in str(error) else _items(body)
        return body if spans is None else _without_broken(body, spans)
    except RecursionError:
        pass
    return body


def _items(body: bytes) -> list[tuple[int, int]] | None:
    """Find where the objects in its lists begin and end; None when its brackets do not match or
    there are too many."""
    spans: list[tuple[int, int]] = []
    opened = bytearray()
    begin = inside = 0  # `inside` is how deep the item is that is being passed over.
    for count, token in enumerate(_BRACKET.finditer(body)):
        found = body[token.start()]
        if found == _QUOTE:
            continue
        if count > MOST_TOKENS:
            return None
        if found in b"[{":
            if found == _BRACE and not inside and opened[-1:] == b"[":
                begin, inside = token.start(), len(opened) + 1
            opened.append(found)
        elif not opened or opened.pop() != found - 2:
            return None
        elif len(opened) + 1 == inside:
            spans.append((begin, token.end()))
            inside = 0
    return None if opened else spans


def _without_broken(body: bytes, spans: list[tuple[int, int]]) -> bytes:
    parts: list[bytes] = []
    at = 0
    for begin, end in spans:
        item = body[begin:end]
        try:
            msgspec.json.decode(item, type=msgspec.Raw)
        except (msgspec.DecodeError, RecursionError):
            told = item[:EXCERPT_CHARS].decode("utf-8", "replace")
            parts += [body[at:begin], msgspec.json.encode(told)]
            at = end
    return b"".join((*parts, body[at:]))


def mend(body: bytes) -> bytes:
    """Repair JSON in one pass: without byte order mark, with U+FFFD for bytes that are no
    character, with a text that begins with `NO_NUMBER` for an invalid or too large number, and with
    control characters in texts escaped."""
    mark = next((each for each in MARKS if body.startswith(each)), b"")
    coding = "utf-16" if mark in MARKS[1:] else "utf-8-sig"
    return _TOKEN.sub(_sound, body.decode(coding, "replace")).encode()


def _sound(token: re.Match[str]) -> str:
    found = token[0]
    if found.startswith('"'):
        return _IN_TEXT.sub(_sound_part, found)
    if found[-1] in "Ny" or not _is_finite(found):
        return f'"{NO_NUMBER}{found[:TOLD]}"'
    return found


def _is_finite(said: str) -> bool:
    try:
        return math.isfinite(float(said))
    except ValueError:
        return False


def _sound_part(part: re.Match[str]) -> str:
    if part[1] is not None:
        return part[1]
    found = part[0]
    return UNKNOWN if found.startswith("\\") else f"\\u{ord(found):04x}"
