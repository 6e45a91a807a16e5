"""Report tables (报表): which values a form's fields take, and how rows and prefill are named.

Both ends judge a report by the same lines: the desk before it stores the command, the county
before it takes it. A value is a text in its one form, so that 12 is 12 in every language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Protocol

from desktop.protocol.fields import InvalidField
from desktop.protocol.limits import LABEL_CHARS
from desktop.protocol.word import OpenWord

COUNTY_TIME = timezone(timedelta(hours=8))
"""China has one time zone; both ends mean the same day by it."""


class FormKind(OpenWord):
    """What a form is for."""

    DAILY = "daily"  # 日报
    DISASTER = "disaster"  # 灾情报表
    UNKNOWN = "unknown"


class Period(OpenWord):
    """What one report of a form is about; a second one about the same corrects the first."""

    DAY = "day"  # a day, 2026-11-27
    EVENT = "event"  # an event: an incident's id, or a name the township gives it
    UNKNOWN = "unknown"


class FieldType(OpenWord):
    """What a field of a form takes; one of an unknown type takes any text."""

    COUNT = "count"  # a whole number from 0
    DECIMAL = "decimal"
    TEXT = "text"
    CHOICE = "choice"
    YES_NO = "yes_no"
    UNKNOWN = "unknown"


YES, NO = "yes", "no"


class Prefill(StrEnum):
    """Where a field's value comes from before anybody types; further words follow a colon."""

    LAST = "last"  # this township's last report of the form
    INCIDENTS = "incidents"  # open incidents of these categories: incidents:landslide,rockfall
    RECORDED = "recorded"  # incidents of these categories recorded on the day
    ASSETS = "assets"  # failed assets of these kinds: assets:road,bridge
    WARNINGS = "warnings"  # warnings in force
    REPORT = "report"  # a field of another form's report for the day: report:disaster.moved
    CATEGORY = "category"  # by the event's category, a choice: category:landslide.geology,…
    IS = "is"  # this value: is:first
    ZERO = "zero"  # 0, or "no"


class Choosable(Protocol):
    """One choice of a field."""

    @property
    def code(self) -> str:
        """Its code, which is the value."""


class Fillable(Protocol):
    """A field as either end has it."""

    @property
    def id(self) -> str:
        """Its id within the form."""

    @property
    def type(self) -> str:
        """A word of FieldType."""

    @property
    def required(self) -> bool:
        """Whether a report must have it."""

    @property
    def minimum(self) -> float | None:
        """The least number."""

    @property
    def maximum(self) -> float | None:
        """The largest number."""

    @property
    def choices(self) -> Iterable[Choosable]:
        """What may be chosen."""


_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_SEPARATORS = str.maketrans("", "", " ,\u3000")
_YES = frozenset({YES, "是", "有", "true", "1"})
_NO = frozenset({NO, "否", "无", "false", "0"})


def form_row_id(form: str, edition: int) -> str:
    """Return the id of the row that holds one edition of a form."""
    return f"{form}/{edition}"


def report_id(form: str, township: str, period: str) -> str:
    """Return the id of the one report of a form, township and period."""
    return f"{form}/{township}/{period}"


def day_of(moment: datetime) -> str:
    """Return the county's day at a moment, as a period."""
    return moment.astimezone(COUNTY_TIME).date().isoformat()


def is_period(period: str, kind: str) -> bool:
    """Whether a text names a period of that kind: a date, or one line without a slash."""
    if Period(kind) is Period.DAY:
        try:
            return date.fromisoformat(period).isoformat() == period
        except ValueError:
            return False
    plain = period.strip() == period and all(ord(letter) >= 32 for letter in period)
    return bool(period) and plain and "/" not in period


def read_value(field: Fillable, given: str) -> str:
    """Return what was given in its one form, empty for nothing; InvalidField where it does not fit.

    Digits of any width, separators of thousands and 是/否 are understood.
    """
    text = given.strip()
    if not text:
        return ""
    match FieldType(field.type):
        case FieldType.COUNT | FieldType.DECIMAL:
            return _read_number(field, text)
        case FieldType.CHOICE:
            if all(choice.code != text for choice in field.choices):
                raise InvalidField(field.id, "wrong")
            return text
        case FieldType.YES_NO:
            word = unicodedata.normalize("NFKC", text).casefold()
            if word not in _YES | _NO:
                raise InvalidField(field.id, "wrong")
            return YES if word in _YES else NO
    if len(text) > LABEL_CHARS:
        raise InvalidField(field.id, "too_long")
    return text


def _read_number(field: Fillable, text: str) -> str:
    digits = unicodedata.normalize("NFKC", text).translate(_SEPARATORS)
    if not digits.isascii() or not _NUMBER.fullmatch(digits):
        raise InvalidField(field.id, "wrong")
    try:
        number = Decimal(digits)
    except InvalidOperation:
        raise InvalidField(field.id, "wrong") from None
    if FieldType(field.type) is FieldType.COUNT and (number < 0 or "." in digits):
        raise InvalidField(field.id, "wrong")
    if field.minimum is not None and number < Decimal(str(field.minimum)):
        raise InvalidField(field.id, "below")
    if field.maximum is not None and number > Decimal(str(field.maximum)):
        raise InvalidField(field.id, "above")
    plain = f"{number:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain


def read_values(fields: Iterable[Fillable], given: Mapping[str, str]) -> dict[str, str]:
    """Return a report's values in their one form and the form's order, without empty ones.

    Raises InvalidField for the first that is missing, unknown or does not fit.
    """
    found: dict[str, str] = {}
    known = set()
    for field in fields:
        known.add(field.id)
        value = read_value(field, given.get(field.id, ""))
        if value:
            found[field.id] = value
        elif field.required:
            raise InvalidField(field.id, "missing")
    for name in given:
        if name not in known:
            raise InvalidField(str(name), "unknown")
    return found
