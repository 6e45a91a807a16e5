"""pypinyin reads names as it always did, without holding the interpreter for all of its phrases."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import apsw
import msgspec
import pytest

from desktop.storage.search.names import PinyinIndex
from desktop.storage.search.phrases import Phrases, bring_phrases

EVERY = 25
"""Of so many phrases, one is read."""


@pytest.fixture(autouse=True)
def nothing_loaded() -> Iterator[None]:
    PinyinIndex().rest()
    yield
    PinyinIndex().rest()


def phrases() -> dict[str, object]:
    found: dict[str, object] = sys.modules["pypinyin.constants"].PHRASES_DICT
    return found


def test_no_phrase_is_parsed_before_it_is_asked_for() -> None:
    bring_phrases()
    __import__("pypinyin")
    assert isinstance(phrases(), Phrases)
    assert {type(kept) for kept in phrases().values()} == {msgspec.Raw}
    assert phrases()["重庆"] == [["chóng"], ["qìng"]]


def test_names_are_read_as_pypinyin_reads_them_by_itself() -> None:
    whole = __import__("pypinyin").lazy_pinyin
    asked = list(phrases())[::EVERY]
    expected = [whole(f"{phrase}镇") for phrase in asked]
    PinyinIndex().rest()
    bring_phrases()
    read = __import__("pypinyin").lazy_pinyin
    assert isinstance(phrases(), Phrases)
    assert [read(f"{phrase}镇") for phrase in asked] == expected


def test_names_in_the_index_are_read_by_these_phrases() -> None:
    db = apsw.Connection(":memory:")
    db.execute("CREATE TABLE spoken (name, initials, syllables)")
    PinyinIndex().learn(db, ["重庆重量"])
    assert db.execute("SELECT initials FROM spoken").get == "cqzl"
    assert isinstance(phrases(), Phrases)
