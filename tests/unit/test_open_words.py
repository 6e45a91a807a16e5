"""A word nobody knows is kept as it came, and counts as unknown wherever it is asked about."""

from __future__ import annotations

import copy
import operator

import msgspec
import pytest

from desktop.domain.alarm import AlarmPriority, AlarmState
from desktop.domain.asset import AssetState
from desktop.domain.incident import DeadlineKind, Stage
from desktop.domain.levels import EventLevel, WarningLevel
from desktop.domain.queue import QueueKind
from desktop.protocol.word import OpenWord

OPEN = [
    AlarmPriority, AlarmState, AssetState, DeadlineKind, EventLevel, QueueKind,
    Stage, WarningLevel,
]  # fmt: skip


@pytest.mark.parametrize("vocabulary", OPEN)
def test_a_strange_word_keeps_its_letters_and_is_the_unknown_one(
    vocabulary: type[OpenWord],
) -> None:
    word, unknown = vocabulary("triaged"), vocabulary("unknown")
    assert (str(word), word.is_strange, unknown.is_strange) == ("triaged", True, False)
    assert word == unknown
    assert unknown == word
    assert operator.ne(word, unknown) is False
    assert {unknown: "?"}[word] == "?"
    assert all(word != known for known in vocabulary if known is not unknown)
    assert vocabulary("other") != word


@pytest.mark.parametrize("vocabulary", OPEN)
def test_known_words_are_found_by_their_letters(vocabulary: type[OpenWord]) -> None:
    for word in vocabulary:
        assert vocabulary(str(word)) is word
        assert {str(word): 1}[word] == 1
        assert word == str(word)


@pytest.mark.parametrize("nothing", ["", " ", None, 7])
def test_what_is_no_word_at_all_is_unknown(nothing: object) -> None:
    assert Stage(nothing) is Stage.UNKNOWN


def test_a_strange_word_survives_the_store() -> None:
    kept = msgspec.msgpack.encode([Stage("triaged"), Stage.CLOSED])
    words = msgspec.msgpack.decode(kept, type=list[Stage])
    assert list(map(str, words)) == ["triaged", "closed"]
    assert copy.deepcopy(words) == words


def test_a_strange_word_is_never_the_calm_one() -> None:
    assert Stage("triaged").is_open
    assert AlarmState("snoozed").calls
    assert WarningLevel("purple").rank == WarningLevel.UNKNOWN.rank
    assert AssetState("wobbly").rank < AssetState.NORMAL.rank
