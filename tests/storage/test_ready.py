"""A new desk learns what its first rows need before they are here."""

from __future__ import annotations

import sys
from pathlib import Path

from desktop.domain.geo import Place, Township
from desktop.domain.localized_text import Text
from desktop.storage.cache.store import open_cache
from support.builders import FakeClock, a_batch, an_incident
from support.connections import ask

KEY = bytes(range(32))


def test_the_categories_are_learned_before_the_first_batch_and_nobody_waits(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, KEY, FakeClock(), {"flood": "防汛", "road": "道路"})
    cache.get_ready()
    cache.apply(a_batch(an_incident(category="other")))
    known = ask(tmp_path / "cache.db", KEY, "SELECT name FROM spoken ORDER BY name")
    cache.close()
    assert {name for (name,) in known} == {"防汛", "道路"}


def test_a_desk_closed_at_once_has_nothing_left_to_learn(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, KEY, FakeClock(), {"flood": "防汛"})
    cache.get_ready()
    cache.close()
    assert not [name for name in tmp_path.iterdir() if name.name.endswith("-wal")]


def test_the_dictionary_stays_for_all_the_rows_of_an_exchange(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, KEY, FakeClock(), {"quake": "地动山摇时"})
    cache.apply(a_batch(an_incident(category="quake")))
    assert "pypinyin" in sys.modules
    dictionary = sys.modules["pypinyin"]
    township = Township("county", "T1", Text("望云坪镇", ""), (), Place(110.0, 30.0), 1)
    cache.apply(a_batch(township))
    assert sys.modules["pypinyin"] is dictionary
    cache.apply(a_batch(an_incident(id="I2"), token="t"))
    assert "pypinyin" not in sys.modules
    cache.close()
