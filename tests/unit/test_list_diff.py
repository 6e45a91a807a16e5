"""Full lists compared with the ones before, and lines cut out of a stream."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.application.ports import SourceError
from desktop.connectors.http.response import Stream
from desktop.connectors.shared.list_diff import FullList
from desktop.domain.command import Collection
from desktop.domain.geo import Township
from desktop.domain.localized_text import Text
from desktop.domain.source import UnreadableItem


def rows(*ids: str) -> list[Township]:
    return [Township("s", id, Text(id)) for id in ids]


def bad(id: str, collection: Collection = Collection.TOWNSHIPS) -> UnreadableItem:
    return UnreadableItem(collection, id, "why", "")


def test_a_sound_list_is_complete_and_needs_no_deletes():
    listed = FullList(Collection.TOWNSHIPS).take(rows("a"), [bad("x", Collection.LINES)])
    assert listed.complete == {Collection.TOWNSHIPS}
    assert not listed.deletes


def test_with_a_bad_item_only_what_has_visibly_gone_is_deleted():
    full = FullList(Collection.TOWNSHIPS)
    full.take(rows("a", "b", "c"), [])
    listed = full.take(rows("a"), [bad("b")])
    assert not listed.complete
    assert listed.deletes == ((Collection.TOWNSHIPS, "c"),)
    assert full.take(rows("a"), [bad("other")]).deletes == ((Collection.TOWNSHIPS, "b"),)


def test_an_unreadable_item_without_an_id_may_be_any_and_takes_none_away():
    full = FullList(Collection.TOWNSHIPS)
    full.take(rows("a", "b"), [])
    assert not full.take(rows("a"), [bad("$.rows[1]")]).deletes
    assert full.take(rows("a"), [bad("other")]).deletes == ((Collection.TOWNSHIPS, "b"),)


@given(st.lists(st.binary(max_size=9), max_size=9))
def test_a_stream_in_any_pieces_gives_the_same_lines(chunks: list[bytes]):
    whole = b"".join(chunks)
    lines = list(Stream("u", 200, {}, iter(chunks)).lines(1000))
    assert b"\n".join(lines) == whole.removesuffix(b"\n")


def test_a_line_without_end_is_bounded():
    with pytest.raises(SourceError) as caught:
        list(Stream("u", 200, {}, iter([b"x" * 60, b"x" * 60])).lines(100))
    assert caught.value.problem.code == "too_large"
