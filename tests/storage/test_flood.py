"""A feed gone mad fills neither the memory nor the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.connectors.county.snapshot_reader import Snapshot
from desktop.domain.command import Collection
from desktop.storage.cache.store import open_cache
from support.builders import FakeClock, a_batch

HEAD = b'{"magic":"county-desk/1","epoch":"e","token":"t","totals":{}}\n'
PAGE = b'{"collection":"incidents","rows":['
COUNT = 60_000


@pytest.mark.parametrize("named", [False, True])
def test_a_flood_of_unreadable_rows_leaves_a_small_cache_that_counts_them(
    tmp_path: Path, named: bool
) -> None:
    rows = b",".join(b'{"id":"i%05d"}' % n if named else b"{}" for n in range(COUNT))
    read = Snapshot("county", "http://c/")
    for line in (HEAD, PAGE, rows, b"]}\n", b'{"end":true,"rows":%d}\n' % COUNT):
        assert [page.rows for page in read.feed(line)] in ([], [()])
    cache = open_cache(tmp_path, bytes(32), FakeClock(), {})
    cache.apply(
        a_batch(
            complete=frozenset({Collection.INCIDENTS}),
            bad_items=read.bad_items,
            more_bad=read.more_bad,
            token="t",
        )
    )
    assert cache.unread("county") == {Collection.INCIDENTS: COUNT}
    assert len(cache.bad_items()) == 100
    cache.close()
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 3_000_000
