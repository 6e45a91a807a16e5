"""Prometheus and Alertmanager answers to domain values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.application.ports import SourceError
from desktop.connectors.http.response import Reply
from desktop.connectors.prometheus import alertmanager, parse, silences
from desktop.connectors.prometheus.schema import LongSeries, Series
from desktop.connectors.shared.aside import Aside
from desktop.domain.alarm import AlarmPriority, AlarmState
from desktop.domain.asset import Asset, AssetState
from desktop.domain.command import Collection
from desktop.domain.instant import MINUTE
from desktop.domain.localized_text import Text
from desktop.protocol.limits import ASSETS

NAMES = parse.LabelNames()
AT = "2026-11-22T00:00:00.5Z"


def reply(what: Any) -> Reply:
    body = what if isinstance(what, bytes) else json.dumps(what).encode()
    return Reply("http://p/", 200, {}, body)


def success(data: Any) -> Reply:
    return reply({"status": "success", "data": data})


def target(instance: str = "h:1", **changed: Any) -> dict[str, Any]:
    labels = {"job": "node", "instance": instance, "asset": "网关", "township": "t1"}
    return {"labels": labels, "health": "up", "lastScrape": AT, "lastError": "", **changed}


def sample(role: str, value: str, instance: str = "h:1") -> dict[str, Any]:
    metric = {"job": "node", "instance": instance, parse.ROLE: role}
    return {"metric": metric, "value": [1_795_305_600.1, value]}


def assets(targets: list[Any], samples: list[Any]) -> list[Asset]:
    found, bad = parse.read_targets(success({"activeTargets": targets}))
    series, worse = parse.read_series(success({"result": samples}), Series)
    assert not bad
    assert not worse
    return parse.target_assets("p", found, series, NAMES)


def test_a_host_is_an_asset_with_its_load_and_two_more_for_memory_and_disk():
    host, memory, disk = assets(
        [target()],
        [
            sample("load", "0.5"),
            sample("memory", "40"),
            sample("disk", "95"),
            sample("scrape", "1"),
        ],
    )
    assert (host.id, host.name, host.kind, host.township) == (
        "node/h:1",
        Text("网关"),
        "host",
        "t1",
    )
    assert (host.state, host.value) == (AssetState.NORMAL, 0.5)
    assert (memory.id, memory.state, memory.unit) == ("node/h:1#memory", AssetState.NORMAL, "%")
    assert memory.depends_on == ("node/h:1",)
    assert disk.state is AssetState.DEGRADED


def test_a_target_that_does_not_answer_has_failed_and_its_parts_are_unknown():
    host, memory = assets([target(health="down")], [sample("memory", "40")])
    assert host.state is AssetState.FAILED
    assert memory.state is AssetState.UNKNOWN
    (odd,) = assets([target(health="odd", lastScrape="0001-01-01T00:00:00Z")], [])
    assert (odd.state, odd.observed_at) == (AssetState.UNKNOWN, None)


def test_what_is_no_number_is_no_reading():
    (host,) = assets([target()], [sample("load", "NaN")])
    assert host.value is None
    assert parse.number("+Inf") is None
    assert parse.number("x") is None


def test_one_bad_target_spoils_no_other():
    raw = [target("a:1"), {"labels": 5}, target("b:1", lastScrape="2026-11-22T00:00:00")]
    found, bad = parse.read_targets(success({"activeTargets": raw}))
    assert [each.labels["instance"] for each in found] == ["a:1"]
    assert [item.where for item in bad] == [
        "$.data.activeTargets[1]",
        "$.data.activeTargets[2]",
    ]
    assert "without a time zone" in bad[1].reason


@pytest.mark.parametrize(
    "what, code",
    [
        ({"status": "error", "errorType": "bad_data", "error": "parse error"}, "query_refused"),
        ({"status": "success"}, "query_refused"),
        ({"status": "success", "data": []}, "wrong_shape"),
        ({}, "wrong_shape"),
        (b"garbage", "not_understood"),
    ],
)
def test_an_error_inside_a_200_is_an_error(what: Any, code: str):
    with pytest.raises(SourceError) as caught:
        parse.read_targets(reply(what))
    assert caught.value.problem.code == code


def test_a_query_may_name_its_asset_and_unit():
    query = parse.read_query('水位; m; level{site=~"a;b"}')
    assert (query.metric, query.unit, query.promql) == (Text("水位"), "m", 'level{site=~"a;b"}')
    assert parse.read_query('x{a="1;2;3"}').promql == 'x{a="1;2;3"}'


def test_each_series_of_a_query_is_an_asset_whose_trend_has_its_id():
    query = parse.read_query("水位; m; level")
    metric = {"__name__": "level", "asset": "东闸", "kind": "gate"}
    series, _ = parse.read_series(
        success({"result": [{"metric": metric, "value": [1.5, "2.5"]}]}), Series
    )
    (asset,) = parse.query_assets("p", query, series, NAMES)
    assert (asset.name, asset.kind, asset.value, asset.unit) == (Text("东闸"), "gate", 2.5, "m")
    assert asset.id == parse.series_id(query, metric)


def test_a_missing_step_of_a_range_is_a_gap():
    series = LongSeries({}, [(300.0, "1"), (600.0, "2"), (1500.0, "NaN"), (1400.0, "9")])
    found = parse.trend("p", "a", series, 5 * MINUTE, "%")
    assert found.at == (300_000, 600_000, 900_000, 1_500_000)
    assert found.values == (1.0, 2.0, None, None)


def alert(fingerprint: str = "f1", state: str = "active", **changed: Any) -> dict[str, Any]:
    status = {"state": state, "silencedBy": [], "inhibitedBy": [], **changed.pop("status", {})}
    return {
        "fingerprint": fingerprint,
        "labels": {"alertname": "离线", "severity": "critical", "job": "n", "instance": "h"},
        "annotations": {"summary": "pump offline"},
        "startsAt": AT,
        "status": status,
        **changed,
    }


def silence(id: str, comment: str) -> dict[str, Any]:
    return {"id": id, "comment": comment, "createdBy": "张", "startsAt": AT}


def test_alerts_become_alarms_in_isa_18_2_states():
    key = "0" * 32
    told = [
        alert("active"),
        alert("ours", "suppressed", status={"silencedBy": ["s1"]}),
        alert("theirs", "suppressed", status={"silencedBy": ["s2"]}),
        alert("inhibited", "suppressed", status={"inhibitedBy": ["active"]}),
        alert("odd", "odd"),
    ]
    found, bad = alertmanager.read_alerts(reply(told))
    mark = f"[county-desk {key} ours {1_795_305_600_500}]"
    made = silences.read_silences(
        reply([silence("s1", f"ok {mark}"), silence("s2", "works"), {"id": 5}])
    )
    rows = {a.id: a for a in alertmanager.build_alarms("p", found, made, NAMES)}
    assert not bad
    assert {id: row.state for id, row in rows.items()} == {
        "active": AlarmState.UNACKNOWLEDGED,
        "ours": AlarmState.ACKNOWLEDGED,
        "theirs": AlarmState.SHELVED,
        "inhibited": AlarmState.SUPPRESSED,
        "odd": AlarmState.UNKNOWN,
    }
    assert rows["active"].priority is AlarmPriority.HIGH
    assert rows["active"].asset == "n/h"
    assert rows["ours"].acknowledged_by == "张"
    assert rows["inhibited"].cause == "active"
    assert silences.find_silence_of(made, key) == made[0]


def test_a_bad_alert_is_known_by_its_fingerprint_and_spoils_no_other():
    found, bad = alertmanager.read_alerts(reply([alert("f1"), alert("f2", startsAt="soon"), 5]))
    assert [a.fingerprint for a in found] == ["f1"]
    assert [item.where for item in bad] == ["f2", "$[2]"]
    assert {item.collection for item in bad} == {Collection.ALARMS}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(st.sampled_from(sorted(alert())), JSON)
def test_any_mutation_of_an_alert_is_read_or_set_aside(name: str, put: Any):
    found, bad = alertmanager.read_alerts(reply([{**alert(), name: put}, alert("sound")]))
    assert len(found) + len([item for item in bad if not item.field]) == 2
    assert "sound" in [row.id for row in alertmanager.build_alarms("p", found, [], NAMES)]


@given(st.sampled_from(sorted(target())), JSON)
def test_any_mutation_of_a_target_is_read_or_set_aside(name: str, put: Any):
    raw = [{**target(), name: put}, target("sound:1")]
    found, bad = parse.read_targets(success({"activeTargets": raw}))
    assert len(found) + len([item for item in bad if not item.field]) == 2
    parse.target_assets("p", found, [], NAMES)


@given(st.lists(st.tuples(st.floats(), st.text(max_size=8)), max_size=5))
def test_any_range_makes_a_trend_in_order(values: list[tuple[float, str]]):
    found = parse.trend("p", "a", LongSeries({}, values), 5 * MINUTE, "")
    assert list(found.at) == sorted(set(found.at))
    assert len(found.at) == len(found.values)


@given(st.binary(max_size=200))
def test_any_bytes_end_in_words(data: bytes):
    for read in (parse.read_targets, alertmanager.read_alerts, silences.read_silences):
        try:
            read(reply(data))
        except SourceError:
            continue


@given(st.text(max_size=60))
def test_any_text_is_a_query(said: str):
    assert parse.read_query(said).promql == parse.read_query(said).promql.strip()


def test_of_targets_that_go_by_one_name_the_healthy_one_hides_no_other():
    for health in (["down", "up"], ["up", "down"], ["up", "unknown", "down"]):
        (host,) = assets([target(health=each) for each in health], [])
        assert host.state is AssetState.FAILED


def test_what_a_store_that_did_not_answer_lacks_counts_as_not_read():
    aside = Aside()
    told = {"status": "success", "data": {"result": []}}
    gaps = ["PromQL info: looks odd", "store 10.0.0.1 is unreachable"]
    parse.read_series(reply(told | {"warnings": gaps}), Series, aside)
    parse.read_series(reply(told | {"warnings": "half"}), Series, aside)
    parse.read_series(reply(told | {"warnings": None}), Series, aside)
    assert [item.reason for item in aside.told[0]] == [
        "the answer is not whole: store 10.0.0.1 is unreachable",
        "the answer is not whole: half",
    ]


def test_of_more_assets_than_are_taken_those_in_trouble_stay_and_the_rest_is_told():
    aside = Aside()
    many = [target(f"h:{number}") for number in range(ASSETS)]
    rows = assets([*many, target("last", health="down")], [])
    kept = parse.not_too_many(rows, aside)
    assert len(kept) == ASSETS
    assert kept[0].state is AssetState.FAILED
    assert [item.reason for item in aside.told[0]] == [
        f"only the first {ASSETS} of {ASSETS + 1} entries were read"
    ]
    assert [item.id for item in aside.told[0]] == [""], "it may be any: none is deleted"


def test_two_alerts_of_one_fingerprint_are_told_to_be_two():
    told = {"fingerprint": "f", "labels": {}, "startsAt": AT, "status": {"state": "active"}}
    alerts, bad = alertmanager.read_alerts(reply([told, told]))
    assert len(alerts) == 2
    assert [(item.id, item.field) for item in bad] == [("f", "id")]


def test_null_is_an_empty_list_of_alerts_targets_and_series():
    assert alertmanager.read_alerts(reply(b"null")) == ([], ())
    assert parse.read_targets(success({"activeTargets": None})) == ([], ())
    assert parse.read_series(success({"result": None}), Series) == ([], ())
