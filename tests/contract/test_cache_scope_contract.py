"""What the offline engine may rely on from the cache: staged pieces, accounts, purges, bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.application.ports import Cache, IncidentFilter
from desktop.domain.command import Collection
from desktop.domain.link import ByteCount, TrafficClass
from desktop.domain.source import Staged
from desktop.protocol.checksum import BUCKETS, MODULUS
from support.builders import (
    NOW,
    FakeClock,
    a_bad_item,
    a_batch,
    a_line,
    a_queue,
    a_township,
    a_trend,
    a_warning,
    an_alarm,
    an_asset,
    an_incident,
)
from support.stores import CACHES

INCIDENTS, ASSETS = Collection.INCIDENTS, Collection.ASSETS


MORE_THAN_KEPT = 70
"""Days: two months are kept, of which the report of the last one is made."""


@pytest.fixture(params=CACHES)
def cache(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Cache]:
    opened = CACHES[request.param](tmp_path, FakeClock())
    yield opened
    opened.close()


def piece(body: bytes, resource: str = "/v1/snapshot/s/1", tag: str = '"a"') -> Staged:
    return Staged(resource, tag, body)


def test_staged_pieces_come_back_joined_until_a_token_comes(cache):
    for body in (b"ab", b"", b"\x00c"):
        cache.apply(a_batch(an_incident(), staged=piece(body), epoch="e"))
    assert cache.sync_state("county").staged == piece(b"ab\x00c")
    assert cache.sync_state("other").staged is None
    cache.apply(a_batch(staged=piece(b"d"), token="1", epoch="e"))
    assert cache.sync_state("county").staged is None


@pytest.mark.parametrize("other", [piece(b"z", tag='"b"'), piece(b"z", resource="/2")])
def test_a_piece_of_another_snapshot_begins_anew(cache, other):
    cache.apply(a_batch(staged=piece(b"ab")))
    cache.apply(a_batch(staged=other))
    assert cache.sync_state("county").staged == other


def test_another_epoch_and_a_forgotten_token_forget_the_pieces(cache):
    cache.apply(a_batch(staged=piece(b"ab"), epoch="e"))
    cache.apply(a_batch(epoch="f"))
    assert cache.sync_state("county").staged is None
    cache.apply(a_batch(staged=piece(b"ab"), epoch="f"))
    cache.forget_token("county")
    assert cache.sync_state("county").staged is None


def test_rows_of_another_account_go_before_those_of_this_one_come(cache):
    """S: nothing is shown to whom it does not belong."""
    cache.apply(a_batch(an_incident(), an_asset(), a_trend(), account="wang", staged=piece(b"x")))
    cache.apply(a_batch(an_incident(source="z"), source="z", account="wang"))
    changed = cache.apply(a_batch(an_incident(id="mine"), account="li"))
    assert {INCIDENTS, ASSETS, Collection.TRENDS} <= changed
    assert [(row.source, row.id) for row in cache.rows(INCIDENTS)] == [
        ("county", "mine"),
        ("z", "I0001"),
    ]
    assert cache.rows(ASSETS) == cache.rows(Collection.TRENDS) == []
    state = cache.sync_state("county")
    assert (state.account, state.staged) == ("li", None)


def test_a_change_for_another_account_is_followed_by_a_snapshot(cache):
    """A: the token of changes to rows that have been taken out would skip them for good."""
    cache.apply(a_batch(an_incident(), account="wang", token="1"))
    cache.apply(a_batch(account="li", token="2"))
    assert cache.sync_state("county").token is None
    cache.apply(a_batch(complete=frozenset({INCIDENTS}), account="wang", token="3"))
    assert cache.sync_state("county").token == "3"
    cache.apply(a_batch(token="4"))
    assert cache.sync_state("county").account == "wang"


def test_a_purge_takes_the_rows_of_other_townships_and_the_token(cache):
    """S: a revoked township is seen no more."""
    rows: list[Any] = [
        kind(id=f"{township}{kind.__name__}", township=township)
        for kind in (an_incident, an_asset, a_queue, an_alarm)
        for township in ("T01", "T02", "")
    ]
    rows += [a_township(id="T01"), a_township(id="T02"), a_line()]
    rows += [a_warning(id="w1", townships=("T02",)), a_warning(id="w2", townships=("T01", "T02"))]
    cache.apply(a_batch(*rows, token="1", reading_at=NOW, staged=None,
                        bad_items=(a_bad_item(),), sum=0))  # fmt: skip
    cache.apply(a_batch(staged=piece(b"rows of T02")))
    assert cache.purge("county", frozenset({"T01"})) >= {INCIDENTS, ASSETS, Collection.TRENDS}
    kept = [row.id for collection in Collection for row in cache.rows(collection)]
    assert not [name for name in kept if name.startswith("T02")]
    trends = 4
    assert len(kept) == 4 * 2 + len(["T01", "L01", "w2"]) + trends
    state = cache.sync_state("county")
    assert (state.token, state.staged, state.diverged) == (None, None, False)
    assert cache.bad_items("county") == []
    assert len(cache.incident_numbers(IncidentFilter(text="管道"))) == 2
    cache.apply(a_batch(sum=sum(cache.sums("county")) % MODULUS))
    assert not cache.sync_state("county").diverged


def test_a_purge_of_everything_leaves_other_sources_alone(cache):
    cache.apply(a_batch(an_incident(), an_asset(), a_trend(), a_township(), token="1"))
    cache.apply(a_batch(an_incident(source="z"), source="z", token="1"))
    cache.purge("county", None)
    assert [row.source for row in cache.rows(INCIDENTS)] == ["z"]
    assert cache.rows(ASSETS) == cache.rows(Collection.TRENDS) == []
    assert cache.sums("county") == (0,) * BUCKETS
    assert cache.sync_state("z").token == "1"
    assert cache.counts(NOW, 0).incidents == 1
    assert len(cache.incident_numbers(IncidentFilter(text="管道"))) == 1
    cache.apply(a_batch(an_incident()))
    assert len(cache.rows(INCIDENTS)) == 2


def test_only_words_go_on_one_day_until_files_may_go_again(cache):
    assert not cache.is_only_words("2026-11-23")
    for day in ("2026-11-22", "2026-11-23", "2026-11-23"):
        cache.set_only_words(day, True)
    assert cache.is_only_words("2026-11-23")
    assert not cache.is_only_words("2026-11-22")
    assert not cache.is_only_words("2026-11-24")
    cache.set_only_words("2026-11-23", False)
    assert not cache.is_only_words("2026-11-23")


def test_bytes_of_a_day_add_up_by_what_they_were_spent_on(cache):
    assert cache.traffic("2026-11-23") == {}
    for _ in range(2):
        cache.add_traffic(
            "2026-11-23",
            {TrafficClass.COMMANDS: ByteCount(1, 2), TrafficClass.FILES: ByteCount(1 << 40, 0)},
        )
    cache.add_traffic("2026-11-24", {TrafficClass.HINTS: ByteCount(5, 5)})
    assert cache.traffic("2026-11-23") == {
        TrafficClass.COMMANDS: ByteCount(2, 4),
        TrafficClass.FILES: ByteCount(1 << 41, 0),
    }
    for day in range(MORE_THAN_KEPT):
        cache.add_traffic(f"2027-01-{day:02}", {TrafficClass.HINTS: ByteCount(1, 1)})
    assert cache.traffic("2026-11-23") == {}
