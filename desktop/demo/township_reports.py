"""Daily reports that the fictional townships give, each evening within an hour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from desktop.county_server.db.database import Database
from desktop.protocol.report_forms import COUNTY_TIME, report_id
from desktop.wire.level1 import FieldValue, Form, Phrase, ReportTable, TimelineEntry, Township

DAYS_BEFORE = 7
GIVEN_AT = time(17, 0)
"""When townships begin to give the day's report."""
LEADERS = ("周建国", "陈秀兰", "罗永红", "谭志强", "何丽", "向明", "彭德厚", "田小玲")


class TownshipReports:
    """The townships' clerks: they report by one form, day after day."""

    def __init__(self, database: Database, townships: Sequence[Township], form: Form) -> None:
        self._database, self._townships, self._form = database, townships, form

    def begin(self, now: datetime) -> None:
        """Give the reports of the week before `now`."""
        today = now.astimezone(COUNTY_TIME).date()
        for ago in range(DAYS_BEFORE, -1, -1):
            self._give(today - timedelta(days=ago), now)

    def go_on(self, now: datetime) -> None:
        """Give what is due today and was not given yet, by an officer at a desk for instance."""
        self._give(now.astimezone(COUNTY_TIME).date(), now)

    def _give(self, day: date, now: datetime) -> None:
        due = list(self._due(day, now))
        if not due:
            return
        with self._database.transaction() as transaction:
            fresh = [each for each in due if transaction.get("reports", each.id) is None]
            transaction.put("reports", fresh)

    def _due(self, day: date, now: datetime) -> Iterator[ReportTable]:
        for township in self._townships:
            minutes = Random(f"{township.id}/{day}/at").randint(0, 60)
            at = datetime.combine(day, GIVEN_AT, COUNTY_TIME) + timedelta(minutes=minutes)
            if at <= now:
                yield daily_report(township, self._form, day, at)


def daily_report(township: Township, form: Form, day: date, at: datetime) -> ReportTable:
    """Return the report of a township for a quiet day; the same day gives the same report."""
    values = _values(township.id, day)
    told = [FieldValue(each.id, values[each.id]) for each in form.fields if each.id in values]
    name = township.name.zh if isinstance(township.name, Phrase) else township.name
    by = f"{name}值班室"
    return ReportTable(
        id=report_id(form.form, township.id, day.isoformat()),
        form=form.form,
        edition=form.edition,
        township=township.id,
        period=day.isoformat(),
        reported_at=at,
        recorded_at=at,
        by=by,
        values=tuple(told),
        timeline=(TimelineEntry("report", Phrase("上报", "Reported"), at, at, by),),
        version=1,
    )


def _values(township: str, day: date) -> dict[str, str]:
    lasting, today = Random(township), Random(f"{township}/{day}")
    households = lasting.randint(3_800, 14_000)
    numbers = {
        "households": households,
        "people": round(households * 2.9) - lasting.randint(0, 900) + today.randint(-6, 6),
        "watched": lasting.randint(60, 320),
        "recorded": today.randint(0, 4),
        "open": today.randint(8, 26),
        "hazards": today.choice((0, 0, 0, 1)),
        **dict.fromkeys(("warnings", "dead", "injured", "moved", "roads", "power", "dark"), 0),
        **dict.fromkeys(("telecom", "dry", "collapsed", "damaged"), 0),
    }
    leader = LEADERS[(day.toordinal() + lasting.randint(0, 7)) % len(LEADERS)]
    return {
        **{name: str(number) for name, number in numbers.items()},
        "leader": leader,
        "patrolled": "yes",
    }
