"""What rows and messages of the county API are made of: limited words, moments, texts, places."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from desktop.protocol.limits import ID_CHARS, POINTS, TEXT_CHARS, WORD_CHARS

MAX_TEXT = TEXT_CHARS
"""Characters in one text field; of a longer one the desk reads the beginning."""


Moment = Annotated[datetime, Meta(tz=True)]
Word = Annotated[str, Meta(max_length=WORD_CHARS)]
Id = Annotated[str, Meta(min_length=1, max_length=ID_CHARS)]
Lon = Annotated[float, Meta(ge=-180, le=180)]
Lat = Annotated[float, Meta(ge=-90, le=90)]
Version = Annotated[int, Meta(ge=0, le=2**53)]
Count = Annotated[int, Meta(ge=0, le=2**31)]
Outline = Annotated[tuple[tuple[Lon, Lat], ...], Meta(max_length=POINTS)]
LongText = Annotated[str, Meta(max_length=MAX_TEXT)]
Sum = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
"""64 bits as hexadecimal digits: a JSON number holds only 53."""
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
MaybeDigest = Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")]


class Phrase(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One text in Chinese, English or both."""

    zh: LongText = ""
    en: LongText = ""


AnyPhrase = Phrase | LongText
"""A bare string is Chinese."""


class Point(msgspec.Struct, frozen=True, gc=False):
    """WGS-84 degrees."""

    lon: Lon
    lat: Lat


class TimelineEntry(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    kind: Word
    text: AnyPhrase
    happened_at: Moment
    recorded_at: Moment
    by: Word = ""
