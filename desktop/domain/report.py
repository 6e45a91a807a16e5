"""Report tables (报表): the county's forms, and the reports townships give by them."""

from __future__ import annotations

import msgspec

from desktop.domain.incident import TimelineEntry
from desktop.domain.instant import Instant
from desktop.domain.localized_text import Text
from desktop.protocol.report_forms import FieldType, FormKind, Period


class FormChoice(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One choice of a field."""

    code: str
    title: Text


class FormField(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One field of a form."""

    id: str
    title: Text
    type: FieldType
    section: Text = Text()
    """The heading it stands under; fields of one section follow one another."""
    unit: Text = Text()
    note: Text = Text()
    """What it counts, for who fills it in."""
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[FormChoice, ...] = ()
    prefill: tuple[str, ...] = ()
    """Where its value comes from, the first that has one: words of `Prefill`."""


class Form(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One edition of a form; older ones stay, so that old reports can be read."""

    source: str
    id: str
    form: str
    """The form's own id, the same for all its editions."""
    edition: int
    title: Text
    kind: FormKind
    period: Period
    fields: tuple[FormField, ...] = ()
    version: int = 0

    def sections(self) -> list[tuple[Text, tuple[FormField, ...]]]:
        """Return the headings with their fields, in the form's order."""
        found: list[tuple[Text, tuple[FormField, ...]]] = []
        for field in self.fields:
            if found and found[-1][0] == field.section:
                found[-1] = (field.section, (*found[-1][1], field))
            else:
                found.append((field.section, (field,)))
        return found


class FieldValue(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a report says in one field, in the value's one form."""

    field: str
    value: str


class Report(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a township reported by a form for one period; the last correction counts."""

    source: str
    id: str
    form: str
    edition: int
    township: str
    period: str
    reported_at: Instant
    """When it was given, or last corrected."""
    recorded_at: Instant
    """When the county received that."""
    by: str = ""
    values: tuple[FieldValue, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()
    """The report and each correction, with what it changed."""
    version: int = 0

    def by_field(self) -> dict[str, str]:
        """Return the values by the ids of their fields."""
        return {each.field: each.value for each in self.values}


def newest_forms(forms: list[Form]) -> tuple[Form, ...]:
    """Return the newest edition of each form: daily ones first, then by id."""
    newest: dict[tuple[str, str], Form] = {}
    for form in forms:
        known = newest.get((form.source, form.form))
        if known is None or form.edition > known.edition:
            newest[form.source, form.form] = form
    order = {FormKind.DAILY: 0, FormKind.DISASTER: 1}
    return tuple(sorted(newest.values(), key=lambda each: (order.get(each.kind, 2), each.form)))
