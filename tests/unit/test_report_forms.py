"""What a field of a report table takes, and what it becomes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.localized_text import Text
from desktop.domain.report import FormChoice, FormField
from desktop.protocol.fields import InvalidField
from desktop.protocol.report_forms import FieldType, is_period, read_value, read_values


def a_field(type: str = "count", **fields: object) -> FormField:
    values = {"id": "moved", "title": Text("转移")} | fields
    return FormField(type=FieldType(type), **values)  # type: ignore[arg-type]


CHOICES = (FormChoice("flood", Text("洪涝")),)


@pytest.mark.parametrize(
    "field, typed, value",
    [
        (a_field(), " 12 ", "12"),
        (a_field(), "１２", "12"),
        (a_field(), "1,200", "1200"),
        (a_field(), "007", "7"),
        (a_field(), "", ""),
        (a_field("decimal"), "3.50", "3.5"),
        (a_field("decimal"), "-0.0", "0"),
        (a_field("decimal"), "０．５", "0.5"),
        (a_field("decimal", minimum=0.0, maximum=9.5), "9.5", "9.5"),
        (a_field("yes_no"), "是", "yes"),
        (a_field("yes_no"), "NO", "no"),
        (a_field("choice", choices=CHOICES), "flood", "flood"),
        (a_field("text"), " 周建国\n", "周建国"),
        (a_field("signature"), "一种新的", "一种新的"),
    ],
)
def test_what_people_type_becomes_one_form(field: FormField, typed: str, value: str) -> None:
    assert read_value(field, typed) == value
    assert read_value(field, value) == value, "the one form is read as itself"


@pytest.mark.parametrize(
    "field, typed, reason",
    [
        (a_field(), "3.5", "wrong"),
        (a_field(), "-1", "wrong"),
        (a_field(), "三", "wrong"),
        (a_field(), "1e3", "wrong"),
        (a_field(), "1" * 13, "wrong"),
        (a_field("decimal", minimum=0.0), "-0.1", "below"),
        (a_field("decimal", maximum=9.5), "9.6", "above"),
        (a_field("yes_no"), "也许", "wrong"),
        (a_field("choice", choices=CHOICES), "洪涝", "wrong"),
        (a_field("text"), "长" * 2001, "too_long"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_field_and_reason(
    field: FormField, typed: str, reason: str
) -> None:
    with pytest.raises(InvalidField) as refused:
        read_value(field, typed)
    assert (refused.value.field, refused.value.reason) == ("moved", reason)


@given(st.text(max_size=30), st.sampled_from(["count", "decimal", "yes_no", "text"]))
def test_any_text_has_one_form_or_is_refused(typed: str, type: str) -> None:
    field = a_field(type)
    try:
        value = read_value(field, typed)
    except InvalidField:
        return
    assert read_value(field, value) == value


def test_values_come_in_the_forms_order_without_empty_ones() -> None:
    fields = [a_field(id="a"), a_field(id="b"), a_field(id="c", required=True)]
    assert list(read_values(fields, {"c": "3", "b": " ", "a": "1"}).items()) == [
        ("a", "1"),
        ("c", "3"),
    ]
    for given_values, at in (({"a": "1"}, "c"), ({"c": " "}, "c"), ({"c": "1", "x": "1"}, "x")):
        with pytest.raises(InvalidField) as refused:
            read_values(fields, given_values)
        assert refused.value.field == at


@pytest.mark.parametrize(
    "period, kind, is_one",
    [
        ("2026-11-27", "day", True),
        ("2026-11-31", "day", False),
        ("20261127", "day", False),
        ("2026-W48-5", "day", False),
        ("SJ-2026-000001", "event", True),
        ("七月暴雨", "event", True),
        ("a/b", "event", False),
        ("a\nb", "event", False),
        (" a", "event", False),
        ("", "event", False),
    ],
)
def test_a_period_is_a_day_or_names_an_event(period: str, kind: str, is_one: bool) -> None:
    assert is_period(period, kind) is is_one
