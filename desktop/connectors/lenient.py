"""JSON that is not quite JSON: read where nothing is risked, refused where something is."""

from __future__ import annotations

import codecs
import re
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UNKNOWN = "\ufffd"
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|-?\bInfinity\b|-?\bNaN\b', re.DOTALL)
"""A text, which may have no end, or a number that is none."""
_IN_TEXT = re.compile(
    r"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a character in two halves
    r'|\\u(?![dD][89a-fA-F])[0-9a-fA-F]{4}|\\["\\/bfnrt])'  # any other sound escape
    r"|\\u[0-9a-fA-F]{4}|\\."  # half a character, and what is no escape
    r"|[\x00-\x1f]",
    re.DOTALL,
)


def decoded(body: bytes | msgspec.Raw, wanted: type[T]) -> T:
    """JSON of the wanted shape, mended where it is not sound; raises as msgspec does."""
    try:
        return msgspec.json.decode(body, type=wanted)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        try:
            return msgspec.json.decode(mended(bytes(body)), type=wanted)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            raise error from None


def decoded_row(body: bytes | msgspec.Raw, wanted: type[T]) -> T:
    """The same of one row, in which a null stands for what is not told."""
    try:
        return decoded(body, wanted)
    except msgspec.ValidationError:
        plain = decoded(body, dict)
        bare = _without_nulls(plain)
        if bare == plain:
            raise
        return msgspec.json.decode(msgspec.json.encode(bare), type=wanted)


def mended(body: bytes) -> bytes:
    """The same without its mark, with null for a number that is none and U+FFFD for what is no
    character; a control character in a text becomes its escape. In one pass.
    """
    mark = next((each for each in MARKS if body.startswith(each)), b"")
    coding = "utf-16" if mark in MARKS[1:] else "utf-8-sig"
    return _TOKEN.sub(_sound, body.decode(coding, "replace")).encode()


def _sound(token: re.Match[str]) -> str:
    found = token[0]
    return _IN_TEXT.sub(_sound_part, found) if found.startswith('"') else "null"


def _sound_part(part: re.Match[str]) -> str:
    if part[1] is not None:
        return part[1]
    found = part[0]
    return UNKNOWN if found.startswith("\\") else f"\\u{ord(found):04x}"


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(each) for name, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value
