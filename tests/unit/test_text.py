"""A stranger's text shows all it has and turns nothing round beside it."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.localized_text import FSI, PDI, isolate, visible

ANY_FORMAT = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) == "Cf"]


FILLERS = [*"\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"]
"""Letters, marks and signs by their class; a name of them looks like none."""


@pytest.mark.parametrize("char", ANY_FORMAT + FILLERS, ids=lambda c: f"{ord(c):04X}")
def test_no_format_character_acts_unseen(char: str) -> None:
    assert visible(f"a{char}b") == f"a[U+{ord(char):04X}]b"


def test_an_isolate_that_is_not_closed_is_shown() -> None:
    assert visible(f"a{FSI}b{PDI}c{FSI}d") == f"a{FSI}b{PDI}c[U+2068]d"
    assert visible(f"{FSI}a\nb{PDI}") == "[U+2068]a\nb[U+2069]"


def test_what_is_written_from_the_right_stays_within_itself_line_by_line() -> None:
    assert isolate("镇政府\nשלום 3\n12") == f"镇政府\n{FSI}שלום 3{PDI}\n12"


@pytest.mark.parametrize("text", ["👩\u200d🚒", "🏳\ufe0f\u200d🌈", "می\u200cخواهم"])
def test_joiners_that_a_script_needs_stay(text: str) -> None:
    assert visible(text) == text


def test_no_letter_carries_more_marks_than_a_language_has() -> None:
    assert visible("a" + "\u0301" * 40 + "b") == "a" + "\u0301" * 4 + "b"


@given(st.text(alphabet=st.sampled_from(["a", "ש", "中", "\n", *ANY_FORMAT[:40], FSI, PDI])))
def test_a_second_time_changes_nothing(text: str) -> None:
    once = isolate(text)
    assert isolate(once) == once
    assert visible(once) == once
