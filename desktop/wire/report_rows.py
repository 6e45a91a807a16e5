"""Report tables at level 1: the county's forms, and the reports that townships give by them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from desktop.protocol.limits import ENTRIES, HEADLINE_CHARS, LABEL_CHARS, PARTS
from desktop.wire.parts import AnyPhrase, Count, Id, Moment, TimelineEntry, Version, Word

Source = Annotated[str, Meta(max_length=HEADLINE_CHARS)]


class FormChoice(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    code: Id
    title: AnyPhrase


class FormField(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    id: Id
    title: AnyPhrase
    type: Word = "count"
    section: AnyPhrase = ""
    unit: AnyPhrase = ""
    note: AnyPhrase = ""
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: Annotated[tuple[FormChoice, ...], Meta(max_length=PARTS)] = ()
    prefill: Annotated[tuple[Source, ...], Meta(max_length=PARTS)] = ()


class Form(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One edition of a form; `id` is `{form}/{edition}`."""

    id: Id
    form: Word
    edition: Count
    title: AnyPhrase
    kind: Word = "daily"
    period: Word = "day"
    fields: Annotated[tuple[FormField, ...], Meta(max_length=PARTS)] = ()
    version: Version = 0


class FieldValue(msgspec.Struct, frozen=True, gc=False):
    """The value of one field of a form, as text."""

    field: Id
    value: Annotated[str, Meta(max_length=LABEL_CHARS)]


class ReportTable(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """`id` is `{form}/{township}/{period}`."""

    id: Id
    form: Word
    edition: Count
    township: Word
    period: Word
    reported_at: Moment
    recorded_at: Moment
    by: Word = ""
    values: Annotated[tuple[FieldValue, ...], Meta(max_length=PARTS)] = ()
    timeline: Annotated[tuple[TimelineEntry, ...], Meta(max_length=ENTRIES)] = ()
    version: Version = 0
