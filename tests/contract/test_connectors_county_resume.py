"""A county snapshot that is cut, at either level, between the real connector and backend."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.application.ports import PullPlan, SourceError
from desktop.connectors.county.client import CountyConnector
from desktop.county_server.db.database import Database
from desktop.domain.incident import Incident
from desktop.domain.link import RequestStats, TrafficClass
from desktop.domain.source import Batch, Row, SyncState
from desktop.storage.cache.store import SqliteCache
from support.breaking_proxy import BreakingProxy
from support.two_ends import (
    SMALL,
    TINY,
    a_desk,
    at_the_county,
    held,
    incident,
    pull,
)


def gathered(desk: CountyConnector, state: SyncState, stop_after: int | None = None) -> SyncState:
    """The state a store would remember after a pull that ended how it ended."""
    known: dict[str, Any] = {}
    count = 0
    with contextlib.suppress(SourceError), contextlib.closing(desk.pull(state, TINY)) as batches:
        for batch in batches:
            count += 1
            if batch.staged is not None:
                kept = state.staged
                piece = batch.staged
                if kept and (kept.resource, kept.tag) == (piece.resource, piece.tag):
                    piece = msgspec.structs.replace(piece, body=kept.body + piece.body)
                state = msgspec.structs.replace(state, staged=piece)
            if batch.token is not None:
                known = {row.id: row for row in batch.puts if isinstance(row, Incident)}
                state = msgspec.structs.replace(
                    state, token=batch.token, epoch=batch.epoch, staged=None
                )
            if count == stop_after:
                break
    state_rows[desk] = known
    return state


state_rows: dict[CountyConnector, dict[str, Row]] = {}


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    cuts=st.lists(st.integers(300, 12_000), max_size=4),
    stops=st.lists(st.integers(1, 9), max_size=2),
)
def test_wherever_a_snapshot_is_cut_it_goes_on_at_the_byte(
    proxy: BreakingProxy, level: str, cuts: list[int], stops: list[int]
) -> None:
    """A line that breaks, or a program that dies, at any place: the same rows, no byte twice.

    What a program that dies had of a piece not yet given to the store comes again.
    """
    state = SyncState("county")
    spent: list[RequestStats] = []
    for cut, stop in [*((c, None) for c in cuts), *((None, s) for s in stops), (None, None)]:
        desk = a_desk(proxy.url)
        desk.on_traffic = spent.append
        proxy.break_after = cut
        state = gathered(desk, state, stop)
        proxy.break_after = None
        rows = state_rows.pop(desk)
        desk.close()
        if state.token is not None:
            break
    assert state.token is not None
    assert len(rows) == 120
    bodies = sum(each.received for each in spent if each.kind is TrafficClass.SNAPSHOT)
    heads = 700 * sum(each.kind is TrafficClass.SNAPSHOT for each in spent)
    assert bodies <= whole_size(proxy) + heads


def whole_size(proxy: BreakingProxy) -> int:
    """Bytes of the snapshot's file."""
    desk = a_desk(proxy.url)
    size = sum(
        len(batch.staged.body) for batch in desk.pull(SyncState("county"), SMALL) if batch.staged
    )
    desk.close()
    return size


def test_a_snapshot_replaced_while_half_of_it_is_here_is_begun_anew(
    desk: CountyConnector, cache: SqliteCache, database: Database, proxy: BreakingProxy
) -> None:
    pieces = desk.pull(SyncState("county"), PullPlan(piece_bytes=500))
    staged = next(batch for batch in pieces if batch.staged is not None)
    pieces.close()
    cache.apply(staged)
    assert cache.sync_state("county").staged is not None
    database.begin_epoch()
    database.put("incidents", [incident(500)])
    again = a_desk(proxy.url)
    assert pull(again, cache)[-1].token
    again.close()
    assert held(cache) == at_the_county(database)


@pytest.mark.parametrize("spoiled", ["body", "tag", "resource"])
def test_pieces_that_are_not_what_they_say_do_no_harm(
    desk: CountyConnector, cache: SqliteCache, database: Database, spoiled: str
) -> None:
    pieces = desk.pull(SyncState("county"), PullPlan(piece_bytes=500))
    staged = next(batch.staged for batch in pieces if batch.staged is not None)
    pieces.close()
    other = {"body": b"garbage" * 30, "tag": '"other"', "resource": "./v1/snapshot/all/other"}
    staged = msgspec.structs.replace(staged, **{spoiled: other[spoiled]})
    cache.apply(Batch("county", staged=staged))
    assert pull(desk, cache)[-1].token
    assert held(cache) == at_the_county(database)


def test_each_piece_of_a_snapshot_says_how_many_rows_of_how_many_have_come(
    desk: CountyConnector, proxy: BreakingProxy
) -> None:
    batches = list(desk.pull(SyncState("county"), TINY))
    told = [batch.progress for batch in batches if batch.progress is not None]
    assert len(told) > 3
    assert {each.of for each in told} == {len(batches[-1].puts) + len(batches[-1].bad_items)}
    assert [each.rows for each in told] == sorted(each.rows for each in told)
    shares = [each.share for each in told]
    assert shares == sorted(shares)
    assert (told[-1].rows, shares[-1]) == (told[-1].of, 1.0)
