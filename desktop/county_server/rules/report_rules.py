"""The rules of report tables: what a report makes of the row of its form, township and period."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from desktop.county_server.rules.rejection import Refused
from desktop.protocol.fields import InvalidField
from desktop.protocol.limits import ENTRIES
from desktop.protocol.report_forms import Period, day_of, is_period, read_values, report_id
from desktop.wire.level1 import (
    MAX_TEXT,
    Command,
    FieldValue,
    Form,
    FormField,
    Phrase,
    ReportTable,
    TimelineEntry,
)

REASONS = {
    "missing": ("没有填", "missing"),
    "unknown": ("该版没有这一栏", "no field of this edition"),
    "below": ("太小", "too small"),
    "above": ("太大", "too large"),
    "too_long": ("太长", "too long"),
}
NOT_FIT = ("填写有误", "not as it should be")


def give_report(
    before: ReportTable | None, form: Form, body: Any, command: Command, now: datetime
) -> ReportTable:
    """Return the row after this report; Refused where it does not fit the form or its period."""
    _check_period(form, body, command)
    given = {each.field: each.value for each in body.values}
    if len(given) < len(body.values):
        raise Refused("有一栏填了两次", "A field is given twice")
    try:
        values = read_values(form.fields, given)
    except InvalidField as error:
        raise _not_fit(form, error) from None
    told = tuple(FieldValue(field, value) for field, value in values.items())
    old = () if before is None else before.timeline
    if len(old) >= ENTRIES:
        raise Refused("该报表更正次数已满", "The report was corrected too often to be so again")
    said = TimelineEntry(command.kind, _say(before, form, told), command.at, now, command.by)
    return ReportTable(
        id=command.target,
        form=form.form,
        edition=form.edition,
        township=body.township,
        period=body.period,
        reported_at=command.at,
        recorded_at=now,
        by=command.by,
        values=told,
        timeline=(*old, said),
        version=1 if before is None else before.version,
    )


def _check_period(form: Form, body: Any, command: Command) -> None:
    if command.target != report_id(body.form, body.township, body.period):
        raise Refused("报表的编号与内容不符", "The report's id must be {form}/{township}/{period}")
    if not is_period(body.period, form.period):
        raise Refused(f"报告期填写有误：{body.period}", f"Not a period of it: {body.period}")
    if Period(form.period) is Period.DAY and body.period > day_of(command.at):
        raise Refused(f"报告期 {body.period} 还没有到", f"The day {body.period} has not come yet")


def _not_fit(form: Form, error: InvalidField) -> Refused:
    field = next((each for each in form.fields if each.id == error.field), None)
    zh, en = (error.field, error.field) if field is None else _title(field)
    why_zh, why_en = REASONS.get(error.reason, NOT_FIT)
    return Refused(f"{zh}：{why_zh}", f"{en}: {why_en}")


def _title(field: FormField) -> tuple[str, str]:
    title = field.title
    if isinstance(title, str):
        return title, title
    return title.zh or title.en, title.en or title.zh


def _say(before: ReportTable | None, form: Form, values: Iterable[FieldValue]) -> Phrase:
    """Describe the report, or what a correction changed, from what to what."""
    if before is None:
        return Phrase("上报", "Reported")
    fields = {each.id: each for each in form.fields}
    old, new = ({each.field: each.value for each in some} for some in (before.values, values))
    zh, en = [], []
    for name in dict.fromkeys([*old, *new]):
        was, now = old.get(name, "—"), new.get(name, "—")
        if was != now:
            title = _title(fields[name]) if name in fields else (name, name)
            zh.append(f"{title[0]} {was} → {now}")
            en.append(f"{title[1]} {was} → {now}")
    if not zh:
        return Phrase("再次上报，没有改动", "Reported again, unchanged")
    said_zh, said_en = "更正：" + "；".join(zh), "Corrected: " + "; ".join(en)
    return Phrase(said_zh[:MAX_TEXT], said_en[:MAX_TEXT])
