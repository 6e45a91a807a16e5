"""Lines cut out of a stream."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.application.ports import SourceError
from desktop.connectors.http.response import Stream


@given(st.lists(st.binary(max_size=9), max_size=9))
def test_a_stream_in_any_pieces_gives_the_same_lines(chunks: list[bytes]):
    whole = b"".join(chunks)
    lines = list(Stream("u", 200, {}, iter(chunks)).lines(1000))
    assert b"\n".join(lines) == whole.removesuffix(b"\n")


def test_a_line_without_end_is_bounded():
    with pytest.raises(SourceError) as caught:
        list(Stream("u", 200, {}, iter([b"x" * 60, b"x" * 60])).lines(100))
    assert caught.value.problem.code == "too_large"
