"""A new desk learns what its first rows need before they are here."""

from __future__ import annotations

from pathlib import Path

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
