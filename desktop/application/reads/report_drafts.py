"""Report tables as screens fill them in: each field with its value and where it came from."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from desktop.domain.command import Collection, CommandState, Key
from desktop.domain.report import Form, FormField, Report
from desktop.protocol.fields import InvalidField
from desktop.protocol.report_forms import read_value, report_id


class Origin(StrEnum):
    """Where a field's value came from."""

    GIVEN = "given"  # the report of this period, which is being corrected
    TYPED = "typed"  # the officer, in this draft
    LAST = "last"  # the township's last report of the form
    KNOWN = "known"  # what this desk knows now: incidents, assets, warnings, other reports
    USUAL = "usual"  # the form's usual value
    ZERO = "zero"  # the form says that it is zero unless somebody says otherwise
    NOTHING = "nothing"  # it is empty


PREFILLED = frozenset({Origin.GIVEN, Origin.LAST, Origin.KNOWN, Origin.USUAL, Origin.ZERO})


class DraftField(msgspec.Struct, frozen=True):
    """One field of a report not submitted yet."""

    field: FormField
    value: str = ""
    """In its one form where it was prefilled, else as typed; empty for nothing."""
    origin: Origin = Origin.NOTHING
    period: str = ""
    """The period of the report it came from, for LAST."""
    last: str = ""
    """What the last report said, to compare with; empty without one."""


class ReportDraft(msgspec.Struct, frozen=True):
    """A report as a form shows it; a changed value makes another draft (`with_value`)."""

    source: str
    form: Form
    township: str
    period: str
    fields: tuple[DraftField, ...]
    key: str
    """The command's key: submitted twice, also after a crash, it is one report."""
    base: int = 0
    """The version of the report it corrects; 0 where there is none."""

    @property
    def target(self) -> Key:
        """The row of the report."""
        row = report_id(self.form.form, self.township, self.period)
        return Key(self.source, Collection.REPORTS, row)

    @property
    def share(self) -> float:
        """The share of the fields that nobody need type: 0 to 1."""
        filled = sum(each.origin in PREFILLED for each in self.fields)
        return filled / len(self.fields) if self.fields else 0.0

    def with_value(self, field: str, text: str) -> ReportDraft:
        """Return the draft with this typed into a field."""
        fields = tuple(
            msgspec.structs.replace(each, value=text, origin=Origin.TYPED)
            if each.field.id == field
            else each
            for each in self.fields
        )
        return msgspec.structs.replace(self, fields=fields)

    def values(self) -> dict[str, str]:
        """Return what the report would say, without empty fields."""
        return {each.field.id: each.value for each in self.fields if each.value.strip()}

    def collect_typed(self) -> dict[str, str]:
        """Return what the officer typed, emptied fields too."""
        return {e.field.id: e.value for e in self.fields if e.origin is Origin.TYPED}

    def problems(self) -> dict[str, str]:
        """Return why fields cannot be submitted, by their ids: terms of the table `bad_field`."""
        found: dict[str, str] = {}
        for each in self.fields:
            try:
                value = read_value(each.field, each.value)
            except InvalidField as error:
                found[each.field.id] = error.reason
                continue
            if each.field.required and not value:
                found[each.field.id] = "missing"
        return found


class ReportLine(msgspec.Struct, frozen=True):
    """One report that was given, as lists show it."""

    report: Report
    """With this desk's pending commands applied."""
    form: Form | None
    """The edition it was filled in by; None where the county gave that no more."""
    pending: CommandState | None
    """The state of the newest command on it that its row does not tell yet, if any."""

    @property
    def key(self) -> Key:
        """Its row."""
        return Key(self.report.source, Collection.REPORTS, self.report.id)
