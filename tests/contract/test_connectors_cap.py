"""CAP feeds served over HTTP: conditional requests, updates, bad messages, restarts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.application.ports import SourceError
from desktop.connectors.cap.client import CapConnector
from desktop.connectors.cap.levels import read_levels
from desktop.domain.command import Collection
from desktop.domain.instant import DAY, Instant
from desktop.domain.levels import WarningLevel
from desktop.domain.source import Batch, SyncState
from desktop.domain.warning import Warning
from support.cap import cap_xml, feed_of
from support.servers import PORTAL, Asked, Said, Script, ScriptedServer
from support.sources import pull_all, services, source_settings

ROOT = Path(__file__).parents[2]
MESSAGES = ROOT / "tests/unit/cap_messages"
SHARED = ROOT.parent / "shared/data/cap"
TABLE = read_levels((ROOT / "resources/county/cap_levels.toml").read_text("utf-8"))
NOON = 1_795_348_800_000
"""2026-11-22 20:00 in China: when most of the messages were sent."""


class StillClock:
    """A clock a test sets."""

    def __init__(self, now: Instant) -> None:
        self.at = now

    def now(self) -> Instant:
        return self.at

    def monotonic_s(self) -> float:
        return self.at / 1000


def said_xml(body: bytes, **headers: str) -> Said:
    return Said(body, headers={"Content-Type": "application/xml", **headers})


def rss(*names: str) -> Said:
    items = "".join(f"<item><title>{n}</title><link>/m/{n}</link></item>" for n in names)
    return said_xml(f'<rss version="2.0"><channel>{items}</channel></rss>'.encode())


def message(name: str) -> Said:
    return said_xml((MESSAGES / name).read_bytes())


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    answers: dict[str, Script] = {f"/m/{p.name}": message(p.name) for p in MESSAGES.glob("*.xml")}
    with ScriptedServer(answers) as running:
        yield running


def feeds_of(server: ScriptedServer, *paths: str, clock: StillClock | None = None) -> CapConnector:
    feeds = [server.url + path for path in paths or ("/feed.xml",)]
    settings = source_settings("cap", feeds=feeds)
    return CapConnector(
        settings, services(lambda _name: None, clock or StillClock(NOON)), levels=TABLE
    )


@pytest.fixture
def cap(server: ScriptedServer) -> Iterator[CapConnector]:
    connector = feeds_of(server)
    yield connector
    connector.close()


def warnings_of(batch: Batch) -> dict[str, Warning]:
    return {row.id.partition("@")[0]: row for row in batch.puts if isinstance(row, Warning)}


def one(connector: CapConnector, state: SyncState | None = None) -> Batch:
    (batch,) = pull_all(connector, state)
    return batch


def test_a_feed_fills_warnings_and_bad_messages_are_set_aside(
    server: ScriptedServer, cap: CapConnector
):
    bad = ("naive_date.xml", "missing_scope.xml", "entity_bomb.xml", "cut.xml", "nowhere.xml")
    server.answers["/feed.xml"] = rss("rain.xml", *bad, "circle.xml", "outside_world.xml")
    batch = one(cap)
    assert set(warnings_of(batch)) == {"lq-1", "lq-4", "lq-17"}
    assert len(batch.bad_items) == len(bad) + 1
    assert all(item.reason for item in batch.bad_items)
    assert not batch.complete


def test_a_probe_names_a_status_that_the_standard_does_not(
    server: ScriptedServer, cap: CapConnector
):
    server.answers["/feed.xml"] = feed_of("/known", "/rumour")
    server.answers["/known"] = said_xml(cap_xml("lq-1"))
    rumour = cap_xml("lq-2").replace(b"<status>Actual<", b"<status>Rumour<")
    server.answers["/rumour"] = said_xml(rumour)
    told = {(each.id.partition("@")[0], each.path, each.word) for each in cap.probe().strange}
    assert told == {("lq-2", "$.status", "rumour")}


def test_an_unchanged_feed_costs_one_304_and_messages_are_fetched_once(
    server: ScriptedServer, cap: CapConnector
):
    def feed(asked: Asked) -> Said:
        if asked.headers.get("if-none-match") == '"1"':
            return Said(status=304)
        said = rss("rain.xml")
        said.headers |= {"ETag": '"1"', "Last-Modified": "Sun, 22 Nov 2026 12:00:00 GMT"}
        return said

    server.answers["/feed.xml"] = feed
    first = one(cap)
    asked_before = len(server.asked)
    again = one(cap, SyncState("cap", first.token))
    assert first.complete == {Collection.WARNINGS}
    assert not again.puts
    assert len(server.asked) == asked_before + 1
    assert server.asked[-1].headers["if-modified-since"] == "Sun, 22 Nov 2026 12:00:00 GMT"


def test_a_message_that_could_not_be_fetched_is_asked_for_again_although_the_feed_is_unchanged(
    server: ScriptedServer, cap: CapConnector
):
    server.answers["/feed.xml"] = rss("rain.xml", "circle.xml")
    server.answers["/m/rain.xml"] = [Said(status=500), message("rain.xml")]
    first = one(cap)
    assert "server_error" in first.bad_items[0].reason
    assert set(warnings_of(one(cap, SyncState("cap", first.token)))) == {"lq-1"}


def test_an_update_that_comes_later_takes_the_earlier_row_away(
    server: ScriptedServer, cap: CapConnector
):
    server.answers["/feed.xml"] = [rss("rain.xml"), rss("update.xml", "rain.xml")]
    first = one(cap)
    later = one(cap, SyncState("cap", first.token))
    assert set(warnings_of(later)) == {"lq-7"}
    assert later.deletes == ((Collection.WARNINGS, "lq-1@qxt@lanqiao.example"),)


def test_a_cancellation_that_comes_later_lifts_even_what_has_left_the_feed(
    server: ScriptedServer, cap: CapConnector
):
    server.answers["/feed.xml"] = [rss("rain.xml"), rss("cancel.xml")]
    first = one(cap)
    later = one(cap, SyncState("cap", first.token))
    assert warnings_of(later)["lq-1"].lifted_at == NOON + 2 * 3_600_000
    assert not later.deletes


def test_a_cancellation_after_a_restart_takes_the_row_away(server: ScriptedServer):
    server.answers["/feed.xml"] = [rss("rain.xml"), rss("cancel.xml")]
    before = feeds_of(server)
    token = one(before).token
    before.close()
    after = feeds_of(server)
    batch = one(after, SyncState("cap", token))
    after.close()
    assert batch.deletes == ((Collection.WARNINGS, "lq-1@qxt@lanqiao.example"),)


def test_a_warning_that_leaves_its_feed_stays_until_a_day_after_its_end(server: ScriptedServer):
    server.answers["/feed.xml"] = [rss("rain.xml", "two_languages.xml"), rss("two_languages.xml")]
    clock = StillClock(NOON)
    before = feeds_of(server, clock=clock)
    first = one(before)
    second = one(before, SyncState("cap", first.token))
    before.close()
    assert not second.deletes
    clock.at = NOON + DAY + 7 * 3_600_000
    after = feeds_of(server, clock=clock)
    third = one(after, SyncState("cap", second.token or first.token))
    after.close()
    assert third.deletes == ((Collection.WARNINGS, "lq-1@qxt@lanqiao.example"),)
    assert set(warnings_of(third)) == {"lq-2"}


def test_a_clock_wrong_by_days_takes_no_warning_in_force_away(server: ScriptedServer):
    clock = StillClock(NOON)
    server.answers["/feed.xml"] = rss("rain.xml")
    before, after = feeds_of(server, clock=clock), feeds_of(server, clock=clock)
    first = one(before)
    empty = rss()
    empty.headers["Date"] = "Sun, 22 Nov 2026 12:00:00 GMT"
    server.answers["/feed.xml"] = empty
    clock.at = NOON + 5 * DAY
    later = one(after, SyncState("cap", first.token))
    before.close()
    after.close()
    assert not later.deletes


def test_one_dead_feed_hides_no_other_and_is_told(server: ScriptedServer):
    server.answers |= {"/feed.xml": rss("rain.xml"), "/portal.xml": PORTAL}
    connector = feeds_of(server, "/portal.xml", "/feed.xml")
    given: list[Batch] = []
    with pytest.raises(SourceError) as caught:
        given.extend(connector.pull(SyncState("cap")))
    connector.close()
    assert caught.value.problem.code == "captive_portal"
    assert set(warnings_of(given[0])) == {"lq-1"}
    assert not given[0].complete


def test_a_server_that_gives_none_of_its_messages_is_down(
    server: ScriptedServer, cap: CapConnector
):
    server.answers["/feed.xml"] = rss(*(f"gone{n}.xml" for n in range(9)))
    server.answers["*"] = Said(status=500)
    with pytest.raises(SourceError):
        one(cap)
    assert len(server.asked) < 6


def test_a_feed_may_be_one_message_itself(server: ScriptedServer):
    connector = feeds_of(server, "/m/rain.xml", "/m/missing_scope.xml")
    batch = one(connector)
    connector.close()
    assert set(warnings_of(batch)) == {"lq-1"}
    assert "scope" in batch.bad_items[0].reason


def test_the_probe_says_what_is_there_and_what_was_not_checked(
    server: ScriptedServer, cap: CapConnector
):
    server.answers["/feed.xml"] = rss("rain.xml", "signed.xml", "cut.xml")
    found = cap.probe()
    assert found.counts == {Collection.WARNINGS: 2}
    assert [remark.code for remark in found.remarks] == ["signature_unchecked", "unreadable_items"]


def test_a_table_of_levels_that_cannot_be_read_has_words(server: ScriptedServer, tmp_path: Path):
    table = tmp_path / "levels.toml"
    table.write_text('[[rule]]\nlevel = "purple"\n', "utf-8")
    settings = source_settings("cap", feeds=[server.url], levels_file=str(table))
    connector = CapConnector(settings, services())
    with pytest.raises(SourceError) as caught:
        connector.probe()
    connector.close()
    assert caught.value.problem.code == "levels_unusable"
    assert "purple" in caught.value.problem.details["reason"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared folder of real messages is absent")
def test_real_messages_of_real_agencies_are_read(server: ScriptedServer, cap: CapConnector):
    names = [path.name for path in sorted(SHARED.glob("*")) if "rss" not in path.name]
    server.answers |= {f"/m/{name}": said_xml((SHARED / name).read_bytes()) for name in names}
    server.answers["/feed.xml"] = rss(*names)
    batch = one(cap)
    found = warnings_of(batch)
    scopeless, twice = batch.bad_items
    assert (scopeless.where, "scope" in scopeless.reason) == ("12345", True)
    assert (twice.where[:16], "twice" in twice.reason) == ("USGS-earthquakes", True)
    (anji,) = [w for w in found.values() if w.headline.zh == "安吉县暴雨橙色预警"]
    assert (anji.level, anji.level_is_ours) == (WarningLevel.ORANGE, False)
    assert anji.rings[0][0] == (119.2, 30.4)
    (storm,) = [w for w in found.values() if w.headline.en == "SEVERE THUNDERSTORM WARNING"]
    assert (storm.severity, storm.level_is_ours) == ("Severe", True)
    (canada,) = [w for id, w in found.items() if id.startswith("2.49.0.1.124.6bdd")]
    assert canada.lifted_at is not None
    assert len(found) >= 6
