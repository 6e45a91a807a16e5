"""Files, bytes and connections between the real connector and the reference backend."""

from __future__ import annotations

import hashlib
import random

import msgspec
import pytest

from desktop.application.ports import PullPlan, SourceError
from desktop.connectors.county.client import CountyConnector
from desktop.connectors.county.session import BELIEVED_LEVEL_1_S, BELIEVED_S
from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.server import CountyServer
from desktop.domain.command import CommandKind, CommandState, mint_key
from desktop.domain.incident import FileRef
from desktop.domain.instant import SECOND
from desktop.domain.link import RequestStats, TrafficClass
from desktop.domain.source import Batch, SyncState
from desktop.paths import frame_dictionaries
from desktop.storage.cache.store import SqliteCache
from support.breaking_proxy import BreakingProxy
from support.builders import FakeClock
from support.sources import pull_all, record, services, source_settings
from support.two_ends import (
    a_desk,
    at_the_county,
    held,
    incident,
    pull,
)


def test_a_file_goes_up_and_comes_down_in_pieces(
    desk: CountyConnector, cache: SqliteCache, proxy: BreakingProxy
) -> None:
    pull(desk, cache)
    assert desk.file_limit() == 10_000_000
    body = random.Random(1).randbytes(50_000)
    ref = FileRef(hashlib.sha256(body).hexdigest(), "图.jpg", "image/jpeg", len(body))
    assert desk.upload(ref, 0, b"") == 0
    assert desk.upload(ref, 0, body[:20_000]) == 20_000
    assert desk.upload(ref, 40_000, body[40_000:]) == 20_000
    other = a_desk(proxy.url)
    assert other.upload(ref, 0, b"") == 20_000
    other.close()
    assert desk.upload(ref, 20_000, body[20_000:]) == 50_000
    got = b""
    while piece := desk.download(ref.digest, len(got), 16_384):
        got += piece
    assert got == body


def test_a_file_too_large_is_refused_before_a_byte_of_it_leaves(
    desk: CountyConnector, cache: SqliteCache, proxy: BreakingProxy
) -> None:
    pull(desk, cache)
    before = proxy.asked
    with pytest.raises(SourceError) as caught:
        desk.upload(FileRef("0" * 64, "录像.mp4", "video/mp4", 10_000_001), 0, b"x" * 1000)
    assert caught.value.problem.code == "file_refused"
    assert caught.value.problem.details == {"name": "录像.mp4", "limit": "9.54 MB"}
    assert proxy.asked == before


def test_every_byte_is_told_with_its_class(
    desk: CountyConnector, cache: SqliteCache, proxy: BreakingProxy, database: Database
) -> None:
    spent: list[RequestStats] = []
    desk.on_traffic = spent.append
    pull(desk, cache)
    desk.send([record(1, "i3")])
    database.put("incidents", [incident(3, 1)])
    pull(desk, cache)
    list(desk.repair(cache.sums("county")))
    assert sum(each.sent for each in spent) == proxy.asked == desk.bytes_sent
    assert sum(each.received for each in spent) == proxy.answered == desk.bytes_received
    assert [each.fresh for each in spent].count(True) == proxy.connections == 1
    kinds = {each.kind for each in spent}
    assert kinds == {TrafficClass.CHANGES, TrafficClass.SNAPSHOT, TrafficClass.COMMANDS}
    assert all(each.delay_ms is not None and each.delay_ms >= 0 for each in spent)


def test_an_idle_poll_and_an_acknowledgement_cost_few_bytes(
    desk: CountyConnector, cache: SqliteCache, proxy: BreakingProxy, level: str
) -> None:
    pull(desk, cache)
    pull(desk, cache)
    before = proxy.asked + proxy.answered
    pull(desk, cache, PullPlan())
    poll = proxy.asked + proxy.answered - before
    before = proxy.asked + proxy.answered
    seen = record(1, "i3")
    desk.send(
        [
            msgspec.structs.replace(
                seen, command=msgspec.structs.replace(seen.command, key=mint_key())
            )
        ]
    )
    acknowledgement = proxy.asked + proxy.answered - before
    assert poll <= 200
    assert acknowledgement <= (300 if level == "level 2" else 900)


def test_an_idle_hour_on_an_unencrypted_line_costs_at_most_25_kb_with_its_new_sessions(
    cache: SqliteCache, proxy: BreakingProxy, level: str
) -> None:
    clock = FakeClock()
    desk = CountyConnector(source_settings("county", url=proxy.url), services(clock=clock))

    def cost() -> int:
        before = proxy.asked + proxy.answered
        pull(desk, cache, PullPlan())
        return proxy.asked + proxy.answered - before

    pull(desk, cache)
    pull(desk, cache)
    believed_s = BELIEVED_S if level == "level 2" else BELIEVED_LEVEL_1_S
    clock.advance(round(believed_s - 300) * SECOND)
    poll = cost()
    clock.advance(301 * SECOND)
    session = cost() - poll
    desk.close()
    assert session > 0
    assert poll * 3600 / (30 * 0.9 * 0.95) + session * 3600 / believed_s <= 25_000


def test_a_connection_the_server_dropped_is_noticed_and_nothing_fails(
    desk: CountyConnector, cache: SqliteCache, proxy: BreakingProxy
) -> None:
    pull(desk, cache)
    for _ in range(3):
        proxy.drop_all()
        pull(desk, cache)
        proxy.drop_all()
        assert desk.send([record(1, "i3")])[0].state is CommandState.ACCEPTED
    desk.reset()
    pull(desk, cache)
    assert proxy.connections == 8


def test_a_dictionary_both_have_is_used_and_spares_bytes(database: Database) -> None:
    dictionaries = frame_dictionaries()
    spent: list[int] = []
    told: list[int] = []
    given: list[Batch] = []
    with CountyServer(database, Settings(county="蓝桥县", dictionaries=dictionaries)) as server:
        where = source_settings("county", url=server.base_url)
        with_it, without = (
            CountyConnector(where, services(dictionaries=each)) for each in (dictionaries, {})
        )
        last = list(with_it.pull(SyncState("county")))[-1]
        known = SyncState("county", last.token, last.epoch)
        without.probe()
        database.put("incidents", [incident(n, 1) for n in range(9)])
        for desk in (with_it, without):
            before = desk.bytes_received
            given += desk.pull(known)
            spent.append(desk.bytes_received - before)
        for number, desk in enumerate((with_it, without), 1):
            before = desk.bytes_sent
            desk.send([record(number, "i3", kind=CommandKind.NOTE, text="已到现场")])
            told.append(desk.bytes_sent - before)
        with_it.close()
        without.close()
    assert given[0].patches == given[1].patches
    assert spent[0] < spent[1]
    assert told[0] < told[1], "the desk packs with it too"


def test_a_snapshot_wanted_again_is_a_newer_one(
    desk: CountyConnector, cache: SqliteCache, database: Database
) -> None:
    pull(desk, cache)
    database.begin_epoch()
    database.put("incidents", [incident(500)])
    cache.forget_token("county")
    pull(desk, cache)
    assert held(cache) == at_the_county(database)


def test_a_fence_made_old_by_another_opening_is_renewed_and_the_command_goes_again(
    desk: CountyConnector,
):
    pull_all(desk)
    clone = CountyConnector(desk.settings, services(client="d1"))
    pull_all(clone)
    clone.close()
    with pytest.raises(SourceError) as caught:
        desk.send([record(1, "i1")])
    assert caught.value.problem.code == "epoch_changed"
    assert desk.epoch()
    assert desk.send([record(1, "i1")])[0].state is CommandState.ACCEPTED
