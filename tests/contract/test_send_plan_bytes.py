"""What the plan says that words and files will cost, beside what a real sync was counted to."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.application.office.send_plan import Outgoing, Plan, StepKind, plan_sending
from desktop.application.reads.read_models import Usage
from desktop.county_server.server import CountyServer
from desktop.domain.command import Collection, Command, CommandKind, Key, mint_key
from desktop.domain.incident import FileRef
from desktop.domain.link import TrafficClass
from desktop.protocol.lifecycle import new_incident_id
from support.counted_desk import CountedDesk

TOLERANCE = 0.25
"""By how much the plan may be off for a county that speaks the compact form."""
PLAIN_AT_MOST = 4.0
"""So many times as much a county costs that speaks only the plain form."""
SAID = (
    "蓝桥镇溪口村路段落石积水倒伏停电漏水报告到场处置人员转移房屋受损公里桥头泵站县道水位上涨堤防"
)
FREE = Usage("2026-11-23", None, {}, False, None)


@pytest.fixture
def counted(tmp_path: Path, server: CountyServer, level: str) -> Iterator[CountedDesk]:
    folder = tmp_path / "counted"
    folder.mkdir()
    desk = CountedDesk(folder, server.base_url)
    desk.settle()
    yield desk
    desk.close()


def a_phrase(chance: random.Random, length: int) -> str:
    return "".join(chance.choices(SAID, k=length))


def a_note(chance: random.Random, length: int) -> Command:
    target = Key("county", Collection.INCIDENTS, f"i{chance.randrange(120)}")
    body = {"text": a_phrase(chance, length)}
    return Command(mint_key(), CommandKind.NOTE, target, _now(), "李明", 1, body)


def a_report(chance: random.Random, length: int) -> Command:
    key = mint_key()
    body = {
        "title": a_phrase(chance, 12),
        "level": "ordinary",
        "category": "river_level",
        "channel": "patrol",
        "township": "t1",
        "occurred_at": _now() - 60_000,
        "address": a_phrase(chance, 12),
        "summary": a_phrase(chance, length),
    }
    target = Key("county", Collection.INCIDENTS, new_incident_id(key))
    return Command(key, CommandKind.CREATE, target, _now(), "李明", None, body)


def _now() -> int:
    return int(time.time() * 1000)


def plan(desk: CountedDesk) -> Plan:
    stores = desk.stores
    queue = stores.outbox.list_unfinished()
    return plan_sending([Outgoing(queue=queue, uploads=stores.files.uploads("county"))], FREE)


def count(desk: CountedDesk, kind: TrafficClass) -> int:
    """Exchange until nothing is left to send; the bytes of that class."""
    total = 0
    for _ in range(10):
        done = desk.exchange()
        total += sum(each.sent + each.received for each in desk.traffic if each.kind is kind)
        if not (done.again or desk.stores.outbox.list_unfinished()):
            return total
    raise AssertionError("it was never sent")


@pytest.mark.parametrize("many", [1, 5, 20, 60])
@pytest.mark.parametrize(
    ("make", "length"), [(a_note, 10), (a_note, 200), (a_report, 50), (a_report, 400)]
)
def test_words_cost_what_the_plan_says(
    counted: CountedDesk, level: str, many: int, make, length: int
):
    chance = random.Random(many + length)
    for _ in range(many):
        counted.stores.outbox.append(make(chance, length), _now())
    (step,) = plan(counted).steps
    assert (step.kind, step.count) == (StepKind.WORDS, many)
    share = count(counted, TrafficClass.COMMANDS) / step.bytes
    if level == "level 1":
        assert 1.0 < share < PLAIN_AT_MOST
    else:
        assert 1 - TOLERANCE < share < 1 + TOLERANCE


@pytest.mark.parametrize("size", [9_000, 300_000])
def test_a_photo_costs_what_the_plan_says(counted: CountedDesk, size: int):
    body = random.Random(size).randbytes(size)
    ref = FileRef(hashlib.sha256(body).hexdigest(), "桥.jpg", "image/jpeg", size)
    counted.stores.files.keep("county", ref, body)
    counted.carry_files()
    (step,) = plan(counted).steps
    share = count(counted, TrafficClass.FILES) / step.bytes
    assert 0.98 < share < 1.02
