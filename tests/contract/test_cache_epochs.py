"""What the cache makes of a server that began another life of its data, announced or not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.application.ports import Cache
from desktop.domain.command import Collection, Key
from desktop.domain.incident import Incident
from desktop.domain.source import RowPatch, Staged
from desktop.protocol.checksum import MODULUS, weight
from support.builders import FakeClock, a_batch, a_line, an_asset, an_incident
from support.stores import CACHES

INCIDENTS, ASSETS = Collection.INCIDENTS, Collection.ASSETS
KINDS = {type(an_asset()): ASSETS, Incident: INCIDENTS, type(a_line()): Collection.LINES}
ROWS = (an_incident(version=5), an_asset(version=7), a_line(version=2))
EVERYTHING = frozenset({INCIDENTS, ASSETS, Collection.LINES})


@pytest.fixture(params=CACHES)
def cache(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Cache]:
    opened = CACHES[request.param](tmp_path, FakeClock())
    opened.apply(whole("a", *ROWS))
    yield opened
    opened.close()


def whole(epoch: str, *rows: Any) -> Any:
    """A whole list with its sum."""
    told = sum(weight(KINDS[type(r)].value, r.id, r.version) for r in rows) % MODULUS
    numbers = tuple(range(1, len(rows) + 1))
    return a_batch(*rows, row_keys=numbers, complete=EVERYTHING, token=epoch, epoch=epoch, sum=told)


def agrees(cache: Cache, *rows: Any) -> bool:
    told = sum(weight(KINDS[type(r)].value, r.id, r.version) for r in rows) % MODULUS
    return sum(cache.sums("county")) % MODULUS == told and not cache.sync_state("county").diverged


def shown(cache: Cache) -> list[Any]:
    return [*cache.rows(INCIDENTS), *cache.rows(ASSETS), *cache.rows(Collection.LINES)]


def incident(cache: Cache) -> Incident:
    found = cache.incident(Key("county", INCIDENTS, "I0001"))
    assert found is not None
    return found


def test_rows_that_read_the_same_in_another_epoch_are_its_own(cache):
    """C: else their sums never agree, and every exchange fetches them anew."""
    assert cache.apply(whole("b", *ROWS)) == frozenset(), "nothing on screen changed"
    assert agrees(cache, *ROWS)
    patches = (RowPatch(INCIDENTS, 1, 6, {"number": "x"}), RowPatch(ASSETS, 2, 8, {"value": 9.0}))
    cache.apply(a_batch(patches=patches, token="b2"))
    assert (incident(cache).number, cache.rows(ASSETS)[0].value) == ("x", 9.0)
    assert not cache.sync_state("county").diverged


def test_rows_of_a_page_that_read_the_same_are_its_own_when_the_list_repeats_them(cache):
    cache.apply(a_batch(*ROWS))
    cache.apply(whole("b", *ROWS))
    assert agrees(cache, *ROWS)


def test_the_very_rows_of_a_page_are_written_again_when_their_list_is_of_another_epoch(cache):
    cache.apply(a_batch(*ROWS, epoch="a"))
    cache.apply(msgspec.structs.replace(whole("b", *ROWS), sum=None))
    assert agrees(cache, *ROWS)


def test_the_very_rows_of_a_page_are_written_when_their_buckets_come_whole(cache):
    older = an_incident(version=1)
    cache.apply(a_batch(older, epoch="a"))
    assert incident(cache).version == 5
    cache.apply(a_batch(older, complete=frozenset({INCIDENTS}), buckets=frozenset(range(256))))
    assert incident(cache) == older
    assert agrees(cache, older)


def test_buckets_of_another_epoch_make_its_own_what_reads_the_same(cache):
    cache.apply(a_batch(*ROWS, row_keys=(1, 2, 3), buckets=frozenset(range(256)), epoch="b"))
    assert agrees(cache, *ROWS)


def test_a_row_of_another_epoch_with_the_lists_fields_only_stands_until_the_whole_one_comes(cache):
    part = an_incident(version=5, whole=False, number="b")
    cache.apply(a_batch(part, row_keys=(1,), epoch="b"))
    assert incident(cache) == part, "what its details say was said in another life"
    cache.apply(whole("c", part, *ROWS[1:]))
    assert agrees(cache, *ROWS)
    cache.apply(whole("c", *ROWS))
    assert incident(cache) == ROWS[0]
    assert agrees(cache, *ROWS)


def test_the_token_of_another_epoch_goes_with_its_first_page(cache):
    """M: a pull that breaks off after it must not go on from a place in another life."""
    cache.apply(a_batch(ROWS[0], epoch="b"))
    assert cache.sync_state("county").token is None
    cache.apply(whole("b", *ROWS))
    assert cache.sync_state("county").token == "b"


def test_changes_of_another_epoch_do_not_pass_for_all_of_it(cache):
    cache.apply(a_batch(ROWS[0], token="b", epoch="b"))
    assert cache.sync_state("county").token is None


def test_outdated_rows_stay_on_screen_and_what_waited_on_them_goes(cache):
    cache.apply(a_batch(deletes=tuple((INCIDENTS, f"{n}") for n in range(30))))
    many = tuple(an_incident(id=f"{n}") for n in range(30))
    cache.apply(a_batch(*many))
    gone = tuple((INCIDENTS, one.id) for one in many)
    cache.apply(a_batch(deletes=gone, staged=Staged("/snapshot", "tag", b"bytes")))
    assert cache.sync_state("county").quarantined_deletes == 30
    before = shown(cache)
    cache.outdate("county")
    state = cache.sync_state("county")
    assert (state.token, state.staged, state.quarantined_deletes) == (None, None, 0)
    assert state.epoch == "a", "it is not known what the other one is called"
    assert shown(cache) == before
    assert not agrees(cache, *before)


@pytest.mark.parametrize("epoch", ["a", "b"])
def test_any_version_replaces_outdated_rows_also_one_that_reads_the_same(cache, epoch):
    cache.outdate("county")
    older = (an_incident(version=2), ROWS[1], a_line(version=1))
    cache.apply(whole(epoch, *older))
    assert shown(cache) == list(older)
    assert agrees(cache, *older)


def test_no_patch_of_a_number_from_before_reaches_an_outdated_row(cache):
    cache.outdate("county")
    cache.apply(a_batch(patches=(RowPatch(INCIDENTS, 1, 6, {"number": "x"}),)))
    assert incident(cache) == ROWS[0]
    assert cache.sync_state("county").diverged


def test_outdating_leaves_other_sources_alone_and_knows_none_it_never_saw(cache):
    cache.apply(a_batch(an_incident(source="z"), source="z", token="z", epoch="z"))
    cache.outdate("county")
    cache.outdate("never seen")
    assert cache.sync_state("z").token == "z"
    assert cache.apply(a_batch(an_incident(source="z", version=0), source="z")) == frozenset()
