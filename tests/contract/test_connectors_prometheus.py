"""The Prometheus connector against the real programs, and against what they must never say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from desktop.application.ports import SourceError
from desktop.connectors.prometheus.client import PrometheusConnector
from desktop.domain.alarm import Alarm, AlarmPriority, AlarmState
from desktop.domain.asset import Asset, AssetState, Trend
from desktop.domain.clock import SystemClock
from desktop.domain.command import Collection, CommandRecord, CommandState
from desktop.domain.localized_text import Text
from desktop.domain.source import Batch, SyncState
from desktop.domain.strange import CodeTables
from desktop.storage.cache.store import SqliteCache
from support.real_prometheus import RealPrometheus, free_ports, missing_programs, real_prometheus
from support.servers import Said, ScriptedServer, said_json
from support.sources import connect, pull_all, record, services, source_settings


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealPrometheus]:
    assert not missing_programs(), "install prometheus, its alertmanager and node-exporter"
    folder: Path = tmp_path_factory.mktemp("prometheus")
    with real_prometheus(folder) as running:
        yield running


def source(url: str, alertmanager_url: str = "", **values: object) -> PrometheusConnector:
    settings = source_settings("prometheus", url=url, alertmanager_url=alertmanager_url, **values)
    return PrometheusConnector(settings, services())


@pytest.fixture
def prometheus(real: RealPrometheus) -> Iterator[PrometheusConnector]:
    connector = source(real.url, real.alertmanager_url)
    yield connector
    connector.close()


def alarms_of(connector: PrometheusConnector) -> dict[str, Alarm]:
    """Alarms by the alert's name as it stands in the title."""
    batch = pull_all(connector)[0]
    assert batch.complete == {Collection.ALARMS}
    return {row.title.zh.removesuffix(" 触发"): row for row in batch.puts if isinstance(row, Alarm)}


def acknowledgement(seq: int, alarm: Alarm) -> CommandRecord:
    given = record(seq, alarm.id, collection=Collection.ALARMS, source="prometheus")
    now = msgspec.structs.replace(given.command, at=SystemClock().now())
    return msgspec.structs.replace(given, command=now)


@pytest.mark.real
def test_the_real_ones_are_probed(prometheus: PrometheusConnector):
    found = prometheus.probe()
    assert found.product.startswith("Prometheus 2")
    assert "Alertmanager 0" in found.product
    assert found.counts[Collection.ASSETS] == 4
    assert found.fills == {Collection.ASSETS, Collection.TRENDS, Collection.ALARMS}


@pytest.mark.real
def test_targets_are_assets_with_readings_and_trends(prometheus: PrometheusConnector):
    batch = pull_all(prometheus)[-1]
    assets = {row.id.partition("#")[2] or row.name.in_language("zh_CN"): row
              for row in batch.puts if isinstance(row, Asset)}  # fmt: skip
    host = assets["大厅网关"]
    assert (host.state, host.kind, host.township) == (AssetState.NORMAL, "gateway", "t01")
    assert host.value is not None
    assert host.value >= 0
    assert 0 < (assets["memory"].value or 0) < 100
    assert 0 < (assets["disk"].value or 0) <= 100
    pump = assets["pump-3"]
    assert (pump.state, pump.township) == (AssetState.FAILED, "t02")
    assert "refused" in pump.note.en
    trends = {row.id for row in batch.puts if isinstance(row, Trend)}
    assert {host.id, assets["memory"].id, assets["disk"].id} <= trends
    assert batch.complete == {Collection.ASSETS, Collection.TRENDS}
    assert not batch.bad_items


@pytest.mark.real
def test_a_pull_soon_after_adds_readings_instead_of_asking_for_the_whole_day(
    prometheus: PrometheusConnector,
):
    first = pull_all(prometheus)[-1]
    later = pull_all(prometheus, SyncState("prometheus", first.token))[-1]
    assert (first.reading_at, later.reading_at is not None) == (None, True)
    assert not [row for row in later.puts if isinstance(row, Trend)]
    assert later.complete == {Collection.ASSETS}


@pytest.mark.real
def test_an_alert_is_acknowledged_once_and_vanishes_when_resolved(
    real: RealPrometheus, prometheus: PrometheusConnector
):
    real.raise_alert("水位高", severity="critical", township="t01", instance="h", job="pump")
    real.raise_alert("门开", severity="info")
    alarm = alarms_of(prometheus)["水位高"]
    assert (alarm.state, alarm.priority) == (AlarmState.UNACKNOWLEDGED, AlarmPriority.HIGH)
    assert (alarm.township, alarm.asset) == ("t01", "pump/h")

    command = acknowledgement(1, alarm)
    for _ in range(2):
        (answer,) = prometheus.send([command])
        assert answer.state is CommandState.ACCEPTED
    (silence,) = real.silences()
    assert {m["name"]: m["value"] for m in silence["matchers"]} == {
        "alertname": "水位高", "severity": "critical", "township": "t01",
        "instance": "h", "job": "pump",
    }  # fmt: skip
    assert all(m["isEqual"] and not m["isRegex"] for m in silence["matchers"])
    assert command.command.key in silence["comment"]

    seen = alarms_of(prometheus)
    assert seen["水位高"].state is AlarmState.ACKNOWLEDGED
    assert seen["水位高"].acknowledged_by == "张"
    assert seen["门开"].state is AlarmState.UNACKNOWLEDGED

    other = acknowledgement(3, alarm)
    other = msgspec.structs.replace(other, command=msgspec.structs.replace(other.command, by="李"))
    (second,) = prometheus.send([other])
    assert second.state is CommandState.ACCEPTED
    assert second.reason.zh.startswith("张 已于")
    assert len(real.silences()) == 1

    real.raise_alert("门开", severity="info", resolved=True)
    assert "门开" not in alarms_of(prometheus)
    (late,) = prometheus.send([acknowledgement(2, seen["门开"])])
    assert late.state is CommandState.CONFLICT
    assert len(real.silences()) == 1


@pytest.mark.real
def test_the_next_firing_and_an_alarm_with_more_labels_have_been_acknowledged_by_nobody(
    real: RealPrometheus, prometheus: PrometheusConnector
):
    real.raise_alert("链路断", severity="critical")
    real.raise_alert("链路断", severity="critical", instance="town-7")

    def links() -> dict[str, Alarm]:
        """The two by the asset they speak of; the wider one speaks of none."""
        rows = (row for row in pull_all(prometheus)[0].puts if isinstance(row, Alarm))
        return {row.asset: row for row in rows if row.title.zh == "链路断 触发"}

    link = links()[""]
    before = len(real.silences())
    for _ in range(2):
        (answer,) = prometheus.send([acknowledgement(11, link)])
        assert (answer.state, answer.reason) == (CommandState.ACCEPTED, Text())
    assert len(real.silences()) == before + 1
    seen, calls = AlarmState.ACKNOWLEDGED, AlarmState.UNACKNOWLEDGED
    assert {asset: row.state for asset, row in links().items()} == {"": seen, "/town-7": calls}
    silenced = [alert["labels"] for alert in real.alerts() if alert["status"]["silencedBy"]]
    assert {"alertname": "链路断", "severity": "critical"} in silenced
    assert not [labels for labels in silenced if labels.get("instance") == "town-7"]

    real.raise_alert("链路断", severity="critical")
    assert links()[""].state is seen
    real.raise_alert("链路断", severity="critical", resolved=True)
    assert "" not in links()
    real.raise_alert("链路断", severity="critical")
    assert links()[""].state is calls
    (again,) = prometheus.send([acknowledgement(12, link)])
    assert again.state is CommandState.ACCEPTED
    assert links()[""].state is seen
    assert len(real.silences()) == before + 2


@pytest.mark.real
def test_queries_of_the_profile_are_assets(real: RealPrometheus):
    connector = source(real.url, queries=["内存; B; node_memory_MemTotal_bytes", "up"])
    batch = pull_all(connector)[-1]
    connector.close()
    assets = [row for row in batch.puts if isinstance(row, Asset)]
    assert [asset.metric.zh for asset in assets] == ["内存", "up", "up"]
    assert assets[0].unit == "B"
    assert {row.id for row in batch.puts if isinstance(row, Trend)} >= {assets[0].id}


@pytest.mark.real
def test_a_query_prometheus_cannot_read_has_its_own_words(real: RealPrometheus):
    connector = source(real.url, queries=["sum("])
    with pytest.raises(SourceError) as caught:
        pull_all(connector)
    connector.close()
    assert caught.value.problem.code == "query_refused"


@pytest.mark.real
def test_a_dead_alertmanager_hides_no_assets_and_is_told_afterwards(real: RealPrometheus):
    connector = source(real.url, f"http://127.0.0.1:{free_ports(1)[0]}")
    given: list[Batch] = []
    with pytest.raises(SourceError) as caught:
        given.extend(connector.pull(SyncState("prometheus")))
    connector.close()
    assert caught.value.problem.code == "refused"
    assert caught.value.problem.details["address"].endswith("/api/v2/alerts")


@pytest.mark.real
def test_without_an_alertmanager_no_alarms_are_promised(real: RealPrometheus):
    connector = source(real.url)
    found = connector.probe()
    assert Collection.ALARMS not in found.fills
    assert Collection.ALARMS not in connector.manifest.fills
    assert [remark.code for remark in found.remarks] == ["no_alertmanager"]
    connector.close()


ALERT = {
    "fingerprint": "f1",
    "labels": {"alertname": "a"},
    "startsAt": "2026-11-22T00:00:00Z",
    "status": {"state": "active"},
}


def test_an_alert_that_becomes_unreadable_does_not_take_its_row_away(cache: SqliteCache):
    broken = {**ALERT, "startsAt": "2026-11-22T00:00:00"}
    lists = [[ALERT, ALERT | {"fingerprint": "f2"}], [broken]]
    with ScriptedServer({"/api/v2/alerts": [said_json(told) for told in lists]}) as server:
        for kept in (["f1", "f2"], ["f1"]):  # The second by a desk that was started anew.
            connector = source(server.url, server.url)
            batch = next(connector.pull(cache.sync_state("prometheus")))
            connector.close()
            cache.apply(batch)
            assert [row.id for row in cache.rows(Collection.ALARMS)] == kept
    assert [item.where for item in batch.bad_items] == ["f1"]


TARGET = {
    "labels": {"job": "j", "instance": "h"},
    "health": "up",
    "lastScrape": "2026-11-22T00:00:00Z",
}


def watching(*targets: dict[str, object]) -> Said:
    return said_json({"status": "success", "data": {"activeTargets": targets, "result": []}})


def told(*fingerprints: str) -> Said:
    return said_json([ALERT | {"fingerprint": each} for each in fingerprints])


def started(minutes_ago: float) -> Said:
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return said_json({"versionInfo": {}, "uptime": at.isoformat()})


def swept(connector: PrometheusConnector, token: str | None = None) -> bool:
    """Whether alarms missing from the next answer would go from the screen."""
    batch = next(connector.pull(SyncState("prometheus", token)))
    return batch.complete == {Collection.ALARMS}


def test_an_alertmanager_that_was_restarted_clears_no_alarm_until_it_knows_them_again():
    with ScriptedServer({"/api/v2/status": started(60)}) as server:
        connector = source(server.url, server.url)
        for alerts, status, expected in (
            (told("a", "b"), started(60), True),
            (told(), started(1), False),
            (told("c"), started(2), False),
            (told("b", "c"), started(6), True),
        ):
            server.answers |= {"/api/v2/alerts": alerts, "/api/v2/status": status}
            assert swept(connector, "1") is expected
        connector.close()


def test_a_desk_started_beside_a_restarted_alertmanager_keeps_the_alarms_it_had():
    with ScriptedServer({"/api/v2/alerts": told(), "/api/v2/status": started(1)}) as server:
        connector = source(server.url, server.url)
        given: list[Batch] = []
        server.answers["*"] = watching(TARGET)
        with pytest.raises(SourceError) as caught:
            given.extend(connector.pull(SyncState("prometheus", "1")))
        connector.close()
    assert caught.value.problem.code == "alarms_refilling"
    assert not given[0].complete


def test_alarms_that_run_out_while_prometheus_is_silent_have_not_returned():
    answers = {"/api/v2/alerts": [told("a"), told()], "/api/v2/status": started(60)}
    with ScriptedServer(answers) as server:  # type: ignore[arg-type]
        connector = source(f"http://127.0.0.1:{free_ports(1)[0]}", server.url)
        for expected in (True, False):
            pull = connector.pull(SyncState("prometheus"))
            assert bool(next(pull).complete) is expected
            with pytest.raises(SourceError):
                next(pull)
        connector.close()


def query_says(instant: list[str], day: list[str]) -> dict[str, Said]:
    """Answers to a query: the series that have a value now, and those of the last day."""
    now_s = datetime.now(UTC).timestamp()

    def result(*series: dict[str, object]) -> Said:
        return said_json({"status": "success", "data": {"result": series}})

    return {
        "/api/v1/query": result(
            *({"metric": {"instance": each}, "value": [now_s, "1"]} for each in instant)
        ),
        "/api/v1/query_range": result(
            *({"metric": {"instance": each}, "values": [[now_s - 600, "1"]]} for each in day)
        ),
    }


def test_a_machine_that_died_stays_listed_as_unknown_even_for_a_desk_started_later():
    with ScriptedServer() as server:
        connector = source(server.url, queries=["负载; ; load"])
        state = SyncState("prometheus")
        for now, day in ((["a", "b"], ["a", "b"]), (["a"], []), (["a"], [])):
            server.answers |= query_says(now, day)  # type: ignore[arg-type]
            (batch,) = connector.pull(state)
            state = SyncState("prometheus", batch.token)
        connector.close()
        states = {row.name.en: row.state for row in batch.puts if isinstance(row, Asset)}
        assert states == {"a": AssetState.NORMAL, "b": AssetState.UNKNOWN}
        assert batch.complete == {Collection.ASSETS}

        server.answers |= query_says(["a"], ["a", "b"])  # type: ignore[arg-type]
        later = source(server.url, queries=["负载; ; load"])
        (batch,) = later.pull(state)
        later.close()
        assert {row.name.en: row.state for row in batch.puts if isinstance(row, Asset)} == states


def test_a_prometheus_that_lost_its_targets_takes_no_asset_away():
    with ScriptedServer({"*": watching()}) as server:
        connector = source(server.url)
        state = SyncState("prometheus")
        for targets in ((), (), (TARGET,)):
            server.answers["*"] = watching(*targets)
            (batch,) = pull_all(connector, state)
            assert len(batch.puts) == len(targets)
            state = SyncState("prometheus", batch.token)
        server.answers["*"] = watching()
        with pytest.raises(SourceError) as caught:
            pull_all(connector, state)
        connector.close()
    assert caught.value.problem.code == "targets_gone"


def test_a_silence_that_was_not_confirmed_is_not_accepted():
    answers = {"/api/v2/alerts": said_json([ALERT])}
    for said in (Said(b"{}"), Said(b"<html></html>", headers={"Content-Type": "text/html"})):

        def silences(asked: object, said: Said = said) -> Said:
            return said if getattr(asked, "method", "") == "POST" else said_json([])

        with ScriptedServer(answers | {"/api/v2/silences": silences}) as server:  # type: ignore[dict-item]
            connector = connect("prometheus", server.url, alertmanager_url=server.url)
            with pytest.raises(SourceError):
                connector.send([record(1, "f1", collection=Collection.ALARMS)])
            connector.close()


@pytest.mark.parametrize(
    "build", [said_json({"status": "success", "data": {}}), Said(b"404 page not found", 404)]
)
def test_a_version_nobody_tells_is_no_gate(build: Said):
    answers = {
        "/api/v1/status/buildinfo": build,
        "/api/v2/alerts": told("a"),
        "*": watching(TARGET),
    }
    answers["/api/v2/status"] = Said(b"", 404)
    with ScriptedServer(answers) as server:
        connector = source(server.url, server.url)
        found = connector.probe()
        connector.close()
    assert found.product == "Prometheus ?, Alertmanager ?"
    assert found.counts == {Collection.ASSETS: 1, Collection.ALARMS: 1}


def test_the_half_that_is_down_keeps_the_other_from_nothing():
    with ScriptedServer({"/api/v2/alerts": told("a"), "*": watching(TARGET)}) as server:
        dead = f"http://127.0.0.1:{free_ports(1)[0]}"
        for urls, alive in (((server.url, dead), "Prometheus"), ((dead, server.url), "Alertmana")):
            connector = source(*urls)
            found = connector.probe()
            connector.close()
            assert found.product.startswith(alive)
            assert "refused" in [remark.code for remark in found.remarks]
        connector = source(dead, dead)
        with pytest.raises(SourceError):
            connector.probe()
        connector.close()


def test_a_probe_names_the_kinds_of_assets_that_the_countys_table_does_not():
    labels = {"job": "lift", "instance": "a", "kind": "cable_car"}
    known = labels | {"instance": "b", "kind": "pump"}
    up = {"health": "up", "lastScrape": "2026-11-22T08:00:00Z"}
    targets = [{"labels": each, **up} for each in (labels, known)]
    told = {"status": "success", "data": {"activeTargets": targets}}
    empty = {"status": "success", "data": {"resultType": "vector", "result": []}}
    answers = {"/api/v1/targets": said_json(told), "*": said_json(empty)}
    tables = CodeTables((), (), {"pump"})
    with ScriptedServer(answers) as server:
        settings = source_settings("prometheus", url=server.url)
        connector = PrometheusConnector(
            settings, msgspec.structs.replace(services(), codes=lambda: tables)
        )
        found = connector.probe()
        connector.close()
    assert [(each.path, each.word) for each in found.strange] == [("$.kind", "cable_car")]
