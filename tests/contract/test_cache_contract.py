"""What every screen and every exchange may rely on from the cache."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.application.ports import Cache, IncidentFilter
from desktop.domain.asset import TrendKind
from desktop.domain.command import Collection, Key
from desktop.domain.incident import Incident, Stage
from desktop.domain.instant import DAY, HOUR, MINUTE
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem, SyncState
from support.builders import (
    NOW,
    FakeClock,
    a_bad_item,
    a_batch,
    a_contact,
    a_deadline,
    a_form,
    a_line,
    a_plan,
    a_queue,
    a_report,
    a_township,
    a_trend,
    a_warning,
    an_alarm,
    an_asset,
    an_incident,
)
from support.stores import CACHES

INCIDENTS = Collection.INCIDENTS
EVERYTHING = IncidentFilter(open_only=False)


@pytest.fixture(params=CACHES)
def cache(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Cache]:
    opened = CACHES[request.param](tmp_path, FakeClock())
    yield opened
    opened.close()


def ids(cache: Cache, wanted: IncidentFilter = EVERYTHING, limit: int | None = None) -> list[str]:
    return [row.key.id for row in cache.incident_rows(cache.incident_numbers(wanted, limit))]


def test_rows_come_back_as_they_were_put(cache):
    rows = [a_township(), a_line(), an_asset(), a_queue(), a_warning(), an_alarm(), a_trend()]
    rows += [a_form(), a_report(), a_contact(), a_plan()]
    changed = cache.apply(a_batch(*rows, an_incident()))
    assert changed == set(Collection)
    assert [cache.rows(c)[0] for c in Collection if c is not INCIDENTS] == [
        *rows[:2],
        *rows[2:],
    ]
    assert cache.rows(INCIDENTS) == [an_incident()]
    assert cache.incident(Key("county", INCIDENTS, "I0001")) == an_incident()


def test_rows_are_ordered_by_source_then_id(cache):
    cache.apply(a_batch(an_asset(source="z", id="A1"), source="z"))
    cache.apply(a_batch(an_asset(id="A2"), an_asset(id="A1")))
    found = [(row.source, row.id) for row in cache.rows(Collection.ASSETS)]
    assert found == [("county", "A1"), ("county", "A2"), ("z", "A1")]


def test_the_same_rows_again_change_nothing(cache):
    batch = a_batch(an_incident(), an_asset(), a_trend(), a_queue(), token="1")
    cache.apply(batch)
    assert cache.apply(batch) == frozenset()


@pytest.mark.parametrize("build", [an_incident, an_asset])
def test_an_older_version_changes_nothing_and_an_equal_one_replaces(cache, build):
    newest = build(version=5)
    cache.apply(a_batch(newest))
    assert cache.apply(a_batch(build(version=4, township="T99"))) == frozenset()
    [kept] = cache.rows(Collection.INCIDENTS) + cache.rows(Collection.ASSETS)
    assert kept == newest
    cache.apply(a_batch(build(version=5, township="T99")))
    [kept] = cache.rows(Collection.INCIDENTS) + cache.rows(Collection.ASSETS)
    assert kept.township == "T99"


def test_of_one_row_given_twice_the_newest_version_stands(cache):
    cache.apply(a_batch(an_incident(version=3), an_incident(version=2, number="old")))
    assert cache.incident(Key("county", INCIDENTS, "I0001")).number == "SJ-2026-000001"


def test_an_older_reading_row_adds_nothing_to_its_trend(cache):
    cache.apply(a_batch(an_asset(version=5)))
    cache.apply(a_batch(an_asset(version=4, value=9.0), reading_at=NOW))
    assert cache.trend("county", TrendKind.ASSET, "A0001") is None


def test_deleted_rows_are_gone_from_lists_search_and_figures(cache):
    cache.apply(a_batch(an_incident(), an_asset()))
    number = cache.incident_number(Key("county", INCIDENTS, "I0001"))
    gone = ((INCIDENTS, "I0001"), (Collection.ASSETS, "A0001"))
    assert cache.apply(a_batch(deletes=gone)) == {INCIDENTS, Collection.ASSETS}
    assert cache.incident_rows([number]) == []
    assert ids(cache, IncidentFilter(text="管道")) == []
    assert cache.counts(NOW, 0).incidents == 0
    assert cache.rows(Collection.ASSETS) == []
    assert cache.apply(a_batch(deletes=gone)) == frozenset()


def test_a_row_created_and_deleted_in_one_answer_is_gone(cache):
    cache.apply(a_batch(an_incident(), deletes=((INCIDENTS, "I0001"),)))
    assert ids(cache) == []


def test_a_number_once_given_never_names_another_incident(cache):
    cache.apply(a_batch(an_incident(id="old")))
    number = cache.incident_number(Key("county", INCIDENTS, "old"))
    cache.apply(a_batch(deletes=((INCIDENTS, "old"),)))
    cache.apply(a_batch(an_incident(id="new")))
    assert cache.incident_number(Key("county", INCIDENTS, "new")) != number
    assert cache.incident_number(Key("county", INCIDENTS, "old")) is None


def test_a_complete_list_sweeps_only_its_own_source_and_collection(cache):
    cache.apply(a_batch(an_incident(id="a"), an_incident(id="b"), an_asset(), a_trend()))
    cache.apply(a_batch(an_incident(source="other", id="a"), source="other"))
    whole = a_batch(an_incident(id="b"), complete=frozenset({INCIDENTS, Collection.TRENDS}))
    assert cache.apply(whole) == {INCIDENTS, Collection.TRENDS}
    assert [(i.source, i.id) for i in cache.rows(INCIDENTS)] == [("county", "b"), ("other", "a")]
    assert cache.rows(Collection.ASSETS)
    assert not cache.rows(Collection.TRENDS)


def test_a_stale_row_in_a_complete_list_still_counts_as_being_there(cache):
    cache.apply(a_batch(an_incident(version=7)))
    cache.apply(a_batch(an_incident(version=6), complete=frozenset({INCIDENTS})))
    assert ids(cache) == ["I0001"]


def test_the_most_urgent_come_first(cache):
    def owing(minutes):
        return (a_deadline(due_at=NOW + minutes * MINUTE),)

    larger = EventLevel.LARGER
    cache.apply(
        a_batch(
            an_incident(id="8 closed", stage=Stage.CLOSED, level=EventLevel.MAJOR),
            an_incident(id="7 owes nothing", deadlines=()),
            an_incident(id="3 met", deadlines=(a_deadline(due_at=NOW, done_at=NOW),), level=larger,
                        acknowledged_at=NOW, recorded_at=NOW - DAY),
            an_incident(id="6 older", deadlines=owing(30), recorded_at=NOW - HOUR),
            an_incident(id="5 newer", deadlines=owing(30), recorded_at=NOW),
            an_incident(id="2 worse", deadlines=owing(30), level=larger, acknowledged_at=NOW),
            an_incident(id="4 ungraded", deadlines=owing(-20), level=EventLevel.UNKNOWN),
            an_incident(id="1 calls", deadlines=owing(90), level=larger),
            an_incident(id="0 calls sooner", deadlines=owing(40), level=EventLevel.MAJOR),
        )
    )  # fmt: skip
    found = [int(name[0]) for name in ids(cache)]
    assert found == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert [int(name[0]) for name in ids(cache, IncidentFilter(), limit=3)] == [0, 1, 2]
    assert [int(i.id[0]) for i in cache.open_incidents(4)] == [0, 1, 2, 3]
    visited: list[Incident] = []
    assert cache.visit_open_incidents(4, visited.append) == 8, "and all that are open are counted"
    assert [int(i.id[0]) for i in visited] == [0, 1, 2, 3]


def test_filters_narrow_one_another(cache):
    late = (a_deadline(due_at=NOW - 1),)
    cache.apply(
        a_batch(
            an_incident(id="late", deadlines=late, level=EventLevel.MAJOR, channel="phone"),
            an_incident(id="late too", deadlines=late, township="T02", acknowledged_at=NOW),
            an_incident(id="due now", deadlines=(a_deadline(due_at=NOW),)),
            an_incident(id="closed", deadlines=late, stage=Stage.CLOSED),
        )
    )
    assert set(ids(cache, IncidentFilter(overdue_at=NOW))) == {"late", "late too"}
    assert ids(cache, IncidentFilter(overdue_at=NOW, worst_rank=2)) == ["late"]
    assert ids(cache, IncidentFilter(channel="phone")) == ["late"]
    assert ids(cache, IncidentFilter(township="T02", overdue_at=NOW)) == ["late too"]
    assert ids(cache, IncidentFilter(township="nowhere")) == []
    assert set(ids(cache, IncidentFilter(unacknowledged=True))) == {"late", "due now"}
    assert ids(cache, IncidentFilter(text="管道", township="T02")) == ["late too"]
    assert set(ids(cache, IncidentFilter())) == {"late", "late too", "due now"}
    assert "closed" in ids(cache, IncidentFilter(open_only=False, text="管道"))


def test_a_line_says_what_the_list_needs(cache):
    due = a_deadline(due_at=NOW + HOUR, prealarm_ms=7 * MINUTE)
    cache.apply(a_batch(an_incident(deadlines=(a_deadline(), due), acknowledged_at=NOW)))
    [row] = cache.incident_rows(cache.incident_numbers(IncidentFilter()))
    assert row.key == Key("county", INCIDENTS, "I0001")
    assert (row.due_at, row.prealarm_ms) == (NOW + HOUR, 7 * MINUTE)
    assert row.acknowledged
    assert row.pending is None
    assert row.row == cache.incident_number(row.key)
    assert (row.title, row.lead_unit) == (an_incident().title, an_incident().lead_unit)


def test_lines_come_in_the_order_asked_without_those_that_have_gone(cache):
    cache.apply(a_batch(*(an_incident(id=f"{n}") for n in range(3))))
    first, second, third = cache.incident_numbers(EVERYTHING)
    cache.apply(a_batch(deletes=((INCIDENTS, "1"),)))
    asked = [row.row for row in cache.incident_rows([third, 999, second, first])]
    gone = cache.incident_number(Key("county", INCIDENTS, "1"))
    assert gone is None
    assert asked == [
        n for n in (third, second, first) if n in set(cache.incident_numbers(EVERYTHING))
    ]


def test_figures_follow_every_change(cache):
    missed = (a_deadline(due_at=NOW),)
    cache.apply(a_batch(an_incident(id="a", deadlines=missed), an_incident(id="b")))
    cache.apply(a_batch(an_incident(id="c", stage=Stage.VOID, recorded_at=NOW - DAY)))
    counts = cache.counts(NOW, NOW - 2 * HOUR)
    assert (counts.incidents, counts.open_incidents, counts.overdue) == (3, 2, 1)
    assert (counts.unacknowledged, counts.recorded_today) == (2, 2)
    cache.apply(a_batch(an_incident(id="a", deadlines=missed, stage=Stage.CLOSED, version=2)))
    cache.apply(a_batch(an_incident(id="b", acknowledged_at=NOW, version=2)))
    counts = cache.counts(NOW, NOW - 2 * HOUR)
    assert (counts.incidents, counts.open_incidents, counts.overdue) == (3, 1, 0)
    assert counts.unacknowledged == 0


def test_search_finds_words_places_numbers_and_pinyin(cache):
    cache.apply(a_batch(an_incident(), an_incident(id="other", number="SJ-2026-000777",
                        title=Text("路灯不亮", "Lamp out"), township="", category="lighting",
                        address=Text(), summary=Text(), lead_unit=Text())))  # fmt: skip
    for text in (
        "管道", "道", "破裂", "SJ-2026-000001", "000001", "人民路", "12", "burst", "BURST wat",
        "供水", "gs", "gongshui", "积水约二十", "水务", "管道 人民",
    ):  # fmt: skip
        assert ids(cache, IncidentFilter(text=text)) == ["I0001"], text
    for text in ("ＳＪ－２０２６－０００７７７", "不亮", "lamp", "777"):
        assert ids(cache, IncidentFilter(text=text)) == ["other"], text
    for text in ("裂石", "管 亮", "zz", "🈚️", '"', "裂*", "NOT", "管道\0"):
        assert ids(cache, IncidentFilter(text=text)) == [], text


def test_a_township_is_found_by_name_and_initials_even_when_it_arrives_later(cache):
    plain = an_incident(address=Text(), summary=Text(), title=Text("路灯不亮", ""))
    cache.apply(a_batch(plain))
    assert ids(cache, IncidentFilter(text="smx")) == []
    cache.apply(a_batch(a_township()))
    for text in ("smx", "SM", "石门", "shimen", "men", "石", "路灯 smx"):
        assert ids(cache, IncidentFilter(text=text)) == ["I0001"], text
    cache.apply(a_batch(a_township(name=Text("青山镇", "Qingshan"), version=2)))
    assert ids(cache, IncidentFilter(text="石门")) == []
    assert ids(cache, IncidentFilter(text="qsz")) == ["I0001"]


def test_search_follows_a_text_that_changed(cache):
    cache.apply(a_batch(an_incident()))
    cache.apply(a_batch(an_incident(version=2, title=Text("燃气异味", "Smell of gas"))))
    assert ids(cache, IncidentFilter(text="管道")) == []
    assert ids(cache, IncidentFilter(text="燃气")) == ["I0001"]


def test_search_keeps_the_order_and_the_limit(cache):
    puts = [
        an_incident(id=f"{n:03}", deadlines=(a_deadline(due_at=NOW + (n * 37 % 100) * MINUTE),))
        for n in range(100)
    ]
    cache.apply(a_batch(*puts))
    wanted = IncidentFilter(text="管道")
    due = [row.due_at for row in cache.incident_rows(cache.incident_numbers(wanted))]
    assert due == sorted(due)
    assert len(due) == 100
    assert cache.incident_numbers(wanted, 7) == cache.incident_numbers(wanted)[:7]


def test_rows_and_token_are_one(cache):
    cache.apply(a_batch(an_incident(), token="5", epoch="e"))
    assert cache.sync_state("county") == SyncState("county", token="5", epoch="e")
    cache.apply(a_batch(an_asset()))
    assert cache.sync_state("county").token == "5"
    cache.forget_token("county")
    assert cache.sync_state("county") == SyncState("county", token=None, epoch="e")
    assert ids(cache) == ["I0001"]
    assert cache.sync_state("never seen") == SyncState("never seen")


def test_a_failure_is_remembered_from_its_beginning_until_a_pull_succeeds(cache):
    cache.mark_failed("county", NOW, Problem("offline", {"host": "a"}))
    cache.mark_failed("county", NOW + HOUR, Problem("login"))
    assert cache.failure("county") == (NOW, Problem("login"))
    cache.mark_good("county", NOW + DAY, 250)
    assert cache.failure("county") is None
    assert cache.sync_state("county") == SyncState("county", last_good_at=NOW + DAY, offset_ms=250)


def test_what_a_source_offers_is_remembered_until_it_says_otherwise(cache):
    some = frozenset({Collection.INCIDENTS, Collection.ALARMS})
    cache.mark_good("county", NOW, 0)
    assert cache.sync_state("county").offered is None
    cache.mark_good("county", NOW, 0, some)
    cache.mark_good("county", NOW, 0)
    assert cache.sync_state("county").offered == some
    cache.mark_good("county", NOW, 0, frozenset())
    assert cache.sync_state("county").offered == frozenset()


def test_readings_grow_into_a_trend_of_one_day(cache):
    for hour in range(30):
        value = None if hour == 20 else float(hour)
        at = NOW + hour * HOUR
        cache.apply(a_batch(an_asset(value=value), a_queue(waiting=hour), reading_at=at))
    trend = cache.trend("county", TrendKind.ASSET, "A0001")
    assert trend.at == tuple(NOW + hour * HOUR for hour in range(6, 30))
    assert trend.values[14] is None
    assert trend.values[-1] == 29.0
    assert trend.unit == "MPa"
    assert cache.trend("county", TrendKind.QUEUE, "Q0001").values[-1] == 29.0
    assert cache.trend("county", TrendKind.QUEUE, "A0001") is None


def test_a_value_never_told_starts_no_trend(cache):
    cache.apply(a_batch(an_asset(value=None), reading_at=NOW))
    assert cache.rows(Collection.TRENDS) == []


def test_a_put_trend_replaces_what_was_known_and_is_cut_to_a_day(cache):
    cache.apply(a_batch(a_trend()))
    newer = a_trend(at=(NOW - 2 * DAY, NOW, NOW - HOUR), values=(1.0, 3.0, 2.0))
    assert cache.apply(a_batch(newer)) == {Collection.TRENDS}
    trend = cache.trend("county", TrendKind.ASSET, "A0001")
    assert (trend.at, trend.values) == ((NOW - HOUR, NOW), (2.0, 3.0))
    cache.apply(a_batch(deletes=((Collection.TRENDS, "asset:A0001"),)))
    assert cache.trend("county", TrendKind.ASSET, "A0001") is None


def test_closing_twice_is_fine(cache):
    cache.apply(a_batch(an_incident()))
    cache.close()
    cache.close()


@pytest.mark.parametrize("build", [an_incident, an_asset], ids=["incident", "asset"])
def test_a_server_restored_from_a_backup_replaces_newer_versions(cache, build):
    cache.apply(a_batch(build(version=9), token="a.9", epoch="a"))
    cache.apply(a_batch(build(version=3), token="b.3", epoch="b", complete=frozenset(Collection)))
    (kept,) = cache.rows(INCIDENTS if build is an_incident else Collection.ASSETS)
    assert kept.version == 3


def test_a_whole_list_after_its_own_pages_says_the_same_as_without_them(cache):
    first, second, old = an_incident(id="1"), an_incident(id="2"), an_incident(id="0")
    cache.apply(a_batch(old, token="1", epoch="e"))
    cache.apply(a_batch(first, epoch="e"))
    cache.apply(a_batch(second, an_asset(), epoch="e"))
    whole = (first, second, an_asset(), an_incident(id="3"))
    complete = frozenset({Collection.INCIDENTS, Collection.ASSETS})
    cache.apply(a_batch(*whole, complete=complete, token="2", epoch="e"))
    assert [row.id for row in cache.rows(Collection.INCIDENTS)] == ["1", "2", "3"]
    assert len(cache.rows(Collection.ASSETS)) == 1
    assert cache.sync_state("county").token == "2"


def test_a_row_deleted_between_its_page_and_the_whole_list_comes_back(cache):
    row = an_incident(id="1")
    cache.apply(a_batch(row))
    cache.apply(a_batch(deletes=((Collection.INCIDENTS, "1"),)))
    cache.apply(a_batch(row, complete=frozenset({Collection.INCIDENTS}), token="2"))
    assert [found.id for found in cache.rows(Collection.INCIDENTS)] == ["1"]


def test_pages_of_a_life_that_ended_do_not_outlast_it(cache):
    cache.apply(a_batch(an_incident(version=9), epoch="e1"))
    restored = an_incident(version=5, title=Text("旧"))
    cache.apply(a_batch(restored, epoch="e2"))
    assert cache.rows(Collection.INCIDENTS) == [restored]


def test_bad_items_are_counted_by_collection(cache):
    bad = [a_bad_item(where="1"), a_bad_item(where="2")]
    bad.append(a_bad_item(where="2", collection=Collection.WARNINGS))
    cache.apply(a_batch(bad_items=tuple(bad)))
    assert cache.unread("county") == {INCIDENTS: 2, Collection.WARNINGS: 1}
    assert cache.unread("other") == {}


def test_a_batch_tells_just_the_rows_that_it_changed(cache):
    cache.apply(a_batch(an_incident(id="same"), an_incident(id="old"), an_asset(id="A1")))
    changed = cache.apply(
        a_batch(
            an_incident(id="same"),
            an_incident(id="old", version=9, number="new"),
            an_incident(id="added"),
            deletes=((Collection.ASSETS, "A1"), (Collection.ASSETS, "A2")),
        )
    )
    assert changed.keys(INCIDENTS) == {Key("county", INCIDENTS, n) for n in ("old", "added")}
    assert changed.keys(Collection.ASSETS) == {Key("county", Collection.ASSETS, "A1")}
