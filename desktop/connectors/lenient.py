"""JSON that is not quite JSON: read where nothing is risked, refused where something is."""

from __future__ import annotations

import codecs
import math
import re
from typing import TypeVar

import msgspec

T = TypeVar("T")

MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UNKNOWN = "\ufffd"
"""Stands for what is no character."""
NO_NUMBER = f"{UNKNOWN}\uf8ff"
"""Begins the text that stands for a number that is none: no text from outside begins so."""
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
TOLD = 20
"""Characters of a number that is none."""


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


def mended(body: bytes) -> bytes:
    """The same without its mark, with U+FFFD for what is no character and a text that begins
    with `NO_NUMBER` for a number that is none or that no computer holds; a control character
    in a text becomes its escape. In one pass.
    """
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
