"""An acknowledgement in Alertmanager is for one activation of one alarm, and for no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from desktop.application.ports import Connector
from desktop.domain.alarm import Alarm, AlarmState
from desktop.domain.clock import SystemClock
from desktop.domain.command import Collection, CommandRecord, CommandState
from desktop.domain.instant import HOUR, MINUTE, SECOND, Instant, from_datetime, to_datetime
from desktop.domain.localized_text import Text
from desktop.domain.source import CommandResult, SyncState
from support.servers import Asked, Said, ScriptedServer, said_json
from support.sources import connect, record

CLICK = SystemClock().now() - HOUR
BEGAN = to_datetime(CLICK - HOUR)
LABELS = {"alertname": "LinkDown", "severity": "critical"}
MORE = LABELS | {"instance": "town-7"}


class Alertmanager(ScriptedServer):
    """As much of an Alertmanager as silences need; `takes_missing` false makes it an old one."""

    def __init__(self) -> None:
        super().__init__({"/api/v2/alerts": self._list, "/api/v2/silences": self._silences})
        self.alerts: dict[str, dict[str, Any]] = {}
        self.made: list[dict[str, Any]] = []
        self.takes_missing = True

    def fire(self, fingerprint: str, labels: dict[str, str], at: datetime = BEGAN) -> None:
        self.alerts[fingerprint] = {
            "fingerprint": fingerprint,
            "labels": labels,
            "startsAt": at.isoformat(),
        }

    def silence(
        self, labels: dict[str, str], comment: str, at: datetime = BEGAN, **matcher: bool
    ) -> None:
        """A silence over those labels, whoever made it."""
        matchers = [{"name": name, "value": value} | matcher for name, value in labels.items()]
        self._keep(matchers, comment, at.isoformat())

    def _keep(self, matchers: list[dict[str, Any]], comment: str, at: str, by: str = "王") -> str:
        id = f"s{len(self.made)}"
        self.made.append(
            {"id": id, "matchers": matchers, "comment": comment, "createdBy": by, "startsAt": at}
        )
        return id

    def _list(self, _asked: Asked) -> Said:
        return said_json(
            [alert | {"status": self._status(alert)} for alert in self.alerts.values()]
        )

    def _status(self, alert: dict[str, Any]) -> dict[str, Any]:
        labels = alert["labels"]
        by = [
            each["id"]
            for each in self.made
            if all(labels.get(m["name"], "") == m["value"] for m in each["matchers"])
        ]
        return {"state": "suppressed" if by else "active", "silencedBy": by}

    def _silences(self, asked: Asked) -> Said:
        if asked.method != "POST":
            return said_json(self.made)
        told = json.loads(asked.body)
        if not self.takes_missing and not all(m["value"] for m in told["matchers"]):
            return said_json("invalid matcher", 400)
        at = datetime.fromisoformat(told["startsAt"]) + timedelta(minutes=1)
        made = self._keep(told["matchers"], told["comment"], at.isoformat(), told["createdBy"])
        return said_json({"silenceID": made})


@pytest.fixture
def server() -> Iterator[Alertmanager]:
    with Alertmanager() as running:
        yield running


@pytest.fixture
def connector(server: Alertmanager) -> Iterator[Connector]:
    with closing(connect("prometheus", server.url, alertmanager_url=server.url)) as made:
        yield made


def rows(connector: Connector) -> dict[str, Alarm]:
    batch = next(iter(connector.pull(SyncState("prometheus"))))
    return {row.id: row for row in batch.puts if isinstance(row, Alarm)}


def states(connector: Connector) -> dict[str, AlarmState]:
    return {id: row.state for id, row in rows(connector).items()}


def acknowledgement(target: str, seq: int = 1, **changed: Any) -> CommandRecord:
    given = record(seq, target, collection=Collection.ALARMS, source="prometheus")
    command = msgspec.structs.replace(given.command, **({"at": CLICK} | changed))
    return msgspec.structs.replace(given, command=command)


def send(connector: Connector, target: str, seq: int = 1, **changed: Any) -> CommandResult:
    (answer,) = connector.send([acknowledgement(target, seq, **changed)])
    return answer


SEEN, CALLS, SHELVED = AlarmState.ACKNOWLEDGED, AlarmState.UNACKNOWLEDGED, AlarmState.SHELVED


def mark(fingerprint: str, began: datetime = BEGAN) -> str:
    return f"[county-desk {0:032x} {fingerprint} {from_datetime(began)}]"


def test_an_alarm_that_fires_again_under_the_silence_of_its_last_time_calls_again(
    server: Alertmanager, connector: Connector
):
    server.fire("f1", LABELS)
    assert send(connector, "f1") == CommandResult(f"{1:032x}", CommandState.ACCEPTED)
    assert (rows(connector)["f1"].state, rows(connector)["f1"].acknowledged_by) == (SEEN, "张")
    server.fire("f1", LABELS, BEGAN + timedelta(minutes=10))
    again = rows(connector)["f1"]
    assert (again.state, again.acknowledged_at, again.acknowledged_by) == (CALLS, None, "")
    assert send(connector, "f1", 2).reason == Text()
    assert states(connector) == {"f1": SEEN}
    assert len(server.made) == 2


@pytest.mark.parametrize("moved, state", [(0, SEEN), (-15_000, SEEN), (1, CALLS), (15_000, CALLS)])
def test_a_beginning_may_move_back_while_an_alarm_lasts_and_never_forth(
    server: Alertmanager, connector: Connector, moved: int, state: AlarmState
):
    server.fire("f1", LABELS)
    send(connector, "f1")
    server.fire("f1", LABELS, BEGAN + timedelta(milliseconds=moved))
    assert states(connector) == {"f1": state}


def test_an_alarm_with_more_labels_is_neither_acknowledged_nor_silenced_with_the_first(
    server: Alertmanager, connector: Connector
):
    server.fire("f1", LABELS)
    server.fire("f2", MORE)
    server.fire("f3", {"alertname": "Other", "severity": "critical", "rack": "3"})
    assert send(connector, "f1").reason == Text()
    (made,) = server.made
    assert [(m["name"], m["value"]) for m in made["matchers"]] == [
        ("alertname", "LinkDown"),
        ("severity", "critical"),
        ("instance", ""),
    ]
    assert all(m["isEqual"] and not m["isRegex"] for m in made["matchers"])
    assert states(connector) == {"f1": SEEN, "f2": CALLS, "f3": CALLS}


def test_an_alarm_without_a_name_silences_none_that_has_one(
    server: Alertmanager, connector: Connector
):
    server.fire("f1", {"severity": "critical"})
    server.fire("f2", LABELS)
    assert send(connector, "f1").reason == Text()
    assert states(connector) == {"f1": SEEN, "f2": CALLS}


def test_a_server_that_cannot_silence_one_alarm_alone_is_told_of_with_those_it_silences_too(
    server: Alertmanager, connector: Connector
):
    server.takes_missing = False
    server.fire("f1", LABELS)
    server.fire("f2", MORE)
    for _ in range(2):
        answer = send(connector, "f1")
        assert answer.state is CommandState.ACCEPTED
        assert "1 more (LinkDown)" in answer.reason.en
        assert "另有 1 条告警" in answer.reason.zh
    assert len(server.made) == 1
    assert states(connector) == {"f1": SEEN, "f2": CALLS}


def test_a_silence_of_somebody_else_shelves_and_acknowledges_nothing(
    server: Alertmanager, connector: Connector
):
    server.fire("f1", LABELS)
    server.fire("f2", MORE)
    server.silence({"severity": "critical"}, "检修")
    assert states(connector) == {"f1": SHELVED, "f2": SHELVED}
    assert rows(connector)["f1"].acknowledged_by == ""
    send(connector, "f1")
    assert states(connector) == {"f1": SEEN, "f2": SHELVED}


@pytest.mark.parametrize(
    "comment",
    [
        f"see {mark('f1')} too",
        mark("f1").replace("county-desk", "county-desk "),
        mark("f1").replace("]", " 1]"),
        mark("f1").replace(" f1", ""),
        mark("f1").upper(),
    ],
    ids=["within words", "two blanks", "a word more", "a word less", "in capitals"],
)
def test_a_comment_that_is_not_quite_a_mark_acknowledges_nothing(
    server: Alertmanager, connector: Connector, comment: str
):
    server.fire("f1", LABELS)
    server.silence(LABELS, comment, BEGAN)
    assert states(connector) == {"f1": SHELVED}


def test_a_mark_counts_for_the_alarm_it_names_however_wide_its_silence_was_made(
    server: Alertmanager, connector: Connector
):
    server.fire("f1", LABELS)
    server.fire("f2", MORE)
    server.silence({"severity": "critical"}, mark("f2"))
    assert states(connector) == {"f1": CALLS, "f2": SEEN}


@pytest.mark.parametrize(
    "labels, made_at, matcher, state",
    [
        (LABELS, BEGAN, {}, SEEN),
        (LABELS, BEGAN, {"isEqual": True, "isRegex": False}, SEEN),
        (LABELS, BEGAN - timedelta(seconds=1), {}, CALLS),
        ({"alertname": "LinkDown"}, BEGAN, {}, CALLS),
        (LABELS, BEGAN, {"isRegex": True}, CALLS),
    ],
)
def test_a_silence_of_before_counts_for_just_its_labels_and_since_the_alarm_began(
    server: Alertmanager,
    connector: Connector,
    labels: dict[str, str],
    made_at: datetime,
    matcher: dict[str, bool],
    state: AlarmState,
):
    server.fire("f1", LABELS)
    server.silence(labels, f"已确认 / acknowledged [county-desk {5:032x}]", made_at, **matcher)
    assert states(connector) == {"f1": state}
    assert send(connector, "f1", 5).state is CommandState.ACCEPTED
    assert len(server.made) == 1


def test_one_activation_is_acknowledged_once_whoever_asks_and_however_often(
    server: Alertmanager, connector: Connector
):
    server.fire("f1", LABELS)
    assert send(connector, "f1").reason == Text()
    assert send(connector, "f1").reason == Text()
    assert send(connector, "f1", 2).reason.zh.startswith("您已于")
    assert send(connector, "f1", 3, by="李").reason.zh.startswith("张 已于")
    assert len(server.made) == 1


def test_an_acknowledgement_that_waited_is_not_put_on_a_firing_its_officer_never_saw(
    server: Alertmanager, connector: Connector
):
    server.fire("f1", LABELS, to_datetime(CLICK + MINUTE))
    late = send(connector, "f1")
    assert late.state is CommandState.CONFLICT
    assert "重新触发" in late.reason.zh
    assert not server.made
    assert states(connector) == {"f1": CALLS}
    assert send(connector, "f1", 2, at=CLICK + 2 * MINUTE).state is CommandState.ACCEPTED


@pytest.mark.parametrize(
    "told, state", [(True, CommandState.CONFLICT), (False, CommandState.ACCEPTED)]
)
def test_a_click_no_server_had_told_the_time_of_may_have_been_as_late_as_its_clock_says(
    server: Alertmanager, connector: Connector, told: bool, state: CommandState
):
    fired: Instant = CLICK + MINUTE
    server.fire("f1", LABELS, to_datetime(fired))
    answer = send(connector, "f1", clock_at=fired + SECOND, offset_known=told)
    assert answer.state is state


def test_an_alarm_sent_without_a_beginning_can_be_acknowledged(
    server: Alertmanager, connector: Connector
):
    server.fire("f1", LABELS, datetime.now(UTC) + timedelta(hours=1))
    assert send(connector, "f1").state is CommandState.ACCEPTED
    assert states(connector) == {"f1": SEEN}
