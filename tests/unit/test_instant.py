"""Instants: every date a source may give can be shown in every zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.instant import from_datetime, instant_of, to_datetime

ZONES = ("Asia/Shanghai", "Pacific/Kiritimati", "America/New_York")
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))


@given(st.datetimes(timezones=OFFSETS))
def test_any_date_of_any_zone_can_be_shown_in_every_other(moment: datetime):
    at = from_datetime(moment)
    for zone in ZONES:
        assert to_datetime(at).astimezone(ZoneInfo(zone)).tzinfo is not None


def test_a_date_beyond_the_calendars_last_day_is_still_later_than_all_others():
    never = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-12)))
    assert from_datetime(never) > from_datetime(datetime(9999, 12, 1, tzinfo=UTC))


@given(st.datetimes(timezones=OFFSETS))
def test_a_moment_in_milliseconds_is_the_same_as_its_date(moment: datetime):
    at = round(moment.timestamp() * 1000)
    assert instant_of(at) == instant_of(moment) == from_datetime(moment)
