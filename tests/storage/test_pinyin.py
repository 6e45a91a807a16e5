"""Names are read as pypinyin reads them, from a table that is made of its dictionaries."""

from __future__ import annotations

import apsw
import pytest

from desktop.storage.search.names import PinyinIndex
from desktop.storage.search.pinyin import TABLE, spell

EVERY = 25
"""Of so many phrases, one is read; all of them are imported by no test but those that need them."""


def test_the_table_is_what_pypinyins_dictionaries_make_now() -> None:
    from support import pinyin_table

    assert TABLE.read_text(encoding="utf-8") == pinyin_table.make(), pinyin_table.__doc__


def test_names_are_read_as_pypinyin_reads_them() -> None:
    from pypinyin import lazy_pinyin
    from pypinyin.constants import PHRASES_DICT

    asked = [f"{phrase}镇" for phrase in list(PHRASES_DICT)[::EVERY]]
    assert len(asked) > 1_000
    read = {name: list(spell(name)) for name in asked}
    assert read == {name: lazy_pinyin(name, errors="ignore") for name in asked}


@pytest.mark.parametrize(
    ("name", "syllables"),
    [
        ("重庆重量", "chong qing zhong liang"),
        ("一叶扁舟", "yi ye pian zhou"),
        ("日没", "ri mo"),  # As short as a phrase can be at the end of a name.
        ("没", "mei"),
        ("A1号，城关镇 2", "hao cheng guan zhen"),
        ("\U00020000里", "he li"),
        ("〇〇", "ling ling"),
        ("龠龥", "yue yu"),
        ("No. 7\n#", ""),
        ("", ""),
    ],
)
def test_a_phrase_decides_before_its_characters_and_what_is_not_chinese_has_no_syllable(
    name: str, syllables: str
) -> None:
    assert " ".join(spell(name)) == syllables


def test_the_first_and_the_last_word_of_the_table_are_found() -> None:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    for line in (lines[0], lines[-1]):
        word, *syllables = line.split()
        assert list(spell(word)) == syllables


def test_names_in_the_index_are_spelled_by_it() -> None:
    db = apsw.Connection(":memory:")
    db.execute("CREATE TABLE spoken (name, initials, syllables)")
    PinyinIndex().learn(db, ["重庆重量"])
    assert db.execute("SELECT initials, syllables FROM spoken").get == (
        *("cqzl", "chong qing zhong liang"),
    )
