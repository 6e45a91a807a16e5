"""Any sequence of batches leaves what a plain dictionary would hold; no search misses a text."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.application.ports import IncidentFilter
from desktop.domain.command import Collection
from desktop.domain.incident import Incident, Stage
from desktop.domain.instant import HOUR, MINUTE
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.domain.source import Batch
from desktop.storage.cache.store import SqliteCache, open_cache
from desktop.storage.search.bigrams import fold
from support.builders import NOW, FakeClock, a_batch, a_deadline, an_asset, an_incident

KEY = bytes(range(32))
EVERYTHING = IncidentFilter(open_only=False)

moments = st.sampled_from([NOW - HOUR, NOW, NOW + 1, NOW + MINUTE, NOW + 40 * HOUR])
deadlines = st.lists(
    st.builds(lambda due, done: a_deadline(due_at=due, done_at=done), moments, st.none() | moments),
    max_size=2,
).map(tuple)
names = st.sampled_from(["a", "b", "c", "d"])
incidents = st.builds(
    an_incident,
    id=names,
    version=st.integers(0, 3),
    level=st.sampled_from(EventLevel),
    stage=st.sampled_from([Stage.HANDLING, Stage.CLOSED, Stage.UNKNOWN]),
    township=st.sampled_from(["T01", "T02"]),
    title=st.sampled_from([Text("供水管道"), Text("路灯"), Text("", "Burst main")]),
    recorded_at=moments,
    acknowledged_at=st.none() | moments,
    deadlines=deadlines,
)
assets = st.builds(an_asset, id=names, version=st.integers(0, 3), value=st.floats(0, 1))
batches = st.builds(
    lambda source, rows, gone, complete, token: a_batch(
        *(type(row)(source, *_fields(row)[1:]) for row in rows),
        source=source,
        deletes=tuple(gone),
        complete=frozenset(complete),
        token=token,
    ),
    st.sampled_from(["county", "other"]),
    st.lists(incidents | assets, max_size=6),
    st.lists(st.tuples(st.sampled_from([Collection.INCIDENTS, Collection.ASSETS]), names),
             max_size=2),
    st.sets(st.sampled_from([Collection.INCIDENTS, Collection.ASSETS])),
    st.none() | st.sampled_from(["1", "2"]),
)  # fmt: skip


def _fields(row: Any) -> list[Any]:
    return [getattr(row, name) for name in row.__struct_fields__]


class Model:
    """The cache as a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[tuple[Collection, str, str], Any] = {}
        self.tokens: dict[str, str] = {}

    def apply(self, batch: Batch) -> set[Collection]:
        before = dict(self.rows)
        given = set()
        for row in batch.puts:
            kind = Collection.INCIDENTS if isinstance(row, Incident) else Collection.ASSETS
            key = (kind, batch.source, row.id)
            given.add(key)
            known = self.rows.get(key)
            if known is None or row.version >= known.version:
                self.rows[key] = row
        for kind, name in batch.deletes:
            self.rows.pop((kind, batch.source, name), None)
        for key in list(self.rows):
            if key[0] in batch.complete and key[1] == batch.source and key not in given:
                del self.rows[key]
        if batch.token is not None:
            self.tokens[batch.source] = batch.token
        return {
            key[0] for key in before.keys() | self.rows.keys()
            if before.get(key) != self.rows.get(key)
        }  # fmt: skip

    def incidents(self) -> list[Incident]:
        return [row for key, row in sorted(self.rows.items()) if key[0] is Collection.INCIDENTS]


def urgency(incident: Incident) -> tuple[Any, ...]:
    is_open = incident.stage.is_open
    grave = is_open and incident.level.rank <= EventLevel.LARGER.rank
    calls = grave and incident.acknowledged_at is None
    due = incident.due_at if is_open and incident.due_at is not None else 1 << 60
    return not is_open, not calls, not grave, due, incident.level.rank, -incident.recorded_at


def shown(cache: SqliteCache, wanted: IncidentFilter, limit: int | None = None) -> list[Incident]:
    rows = cache.incident_rows(cache.incident_numbers(wanted, limit))
    return [found for row in rows if (found := cache.incident(row.key)) is not None]


@settings(max_examples=40)
@given(st.lists(batches, max_size=8))
def test_any_sequence_of_batches_is_what_a_dictionary_would_hold(sequence):
    with tempfile.TemporaryDirectory() as folder:
        cache, model = open_cache(Path(folder), KEY, FakeClock(), {}), Model()
        for batch in sequence:
            assert cache.apply(batch) >= model.apply(batch)
        _compare(cache, model)
        cache.close()


def _compare(cache: SqliteCache, model: Model) -> None:
    expected = model.incidents()
    assert cache.rows(Collection.INCIDENTS) == expected
    for source in ("county", "other"):
        assert cache.sync_state(source).token == model.tokens.get(source)
    listed = shown(cache, EVERYTHING)
    assert [urgency(i) for i in listed] == sorted(urgency(i) for i in expected)
    is_open = [i for i in expected if i.stage.is_open]
    counts = cache.counts(NOW, NOW)
    assert counts.incidents == len(expected)
    assert counts.open_incidents == len(is_open)
    assert counts.overdue == sum(i.due_at is not None and i.due_at <= NOW for i in is_open)
    assert counts.unacknowledged == sum(i.acknowledged_at is None for i in is_open)
    assert counts.recorded_today == sum(i.recorded_at >= NOW for i in expected)
    for text, part in (("供水", "供水管道"), ("burst", "Burst main"), ("灯", "路灯")):
        wanted = IncidentFilter(text=text, open_only=False)
        meant = [i for i in listed if part in (i.title.zh, i.title.en)]
        assert [i.title for i in shown(cache, wanted)] == [i.title for i in meant]
        assert shown(cache, wanted) == meant
        assert shown(cache, wanted, 2) == meant[:2]
        still_open = [i for i in meant if i.stage.is_open]
        assert shown(cache, IncidentFilter(text=text), 2) == still_open[:2]


characters = st.sampled_from(
    "供水管道石门乡路ＡＢａb12３-_ .,，。（）\"'*:^+\u3000\t"
    "\U00020000\U0002a6d6\U0003134a\U0001f692éßİ\ufb01㎡々〇\u0301\ue022"
)
texts = st.text(characters | st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)


@settings(max_examples=150)
@given(st.lists(texts, min_size=1, max_size=5), st.data())
def test_no_search_misses_what_a_scan_would_find(titles, data):
    """Any part of any Chinese text, of one character or more, however it is cut out."""
    source = data.draw(st.sampled_from(titles))
    start = data.draw(st.integers(0, len(source) - 1))
    part = source[start : data.draw(st.integers(start + 1, len(source)))]
    words = fold(part).split()
    with tempfile.TemporaryDirectory() as folder:
        cache = open_cache(Path(folder), KEY, FakeClock(), {})
        bare = {"address": Text(), "summary": Text(), "lead_unit": Text(), "number": ""}
        cache.apply(
            a_batch(*(an_incident(id=f"{n}", title=Text(t), category="", township="", **bare)
                      for n, t in enumerate(titles)))
        )  # fmt: skip
        wanted = IncidentFilter(text=part)
        found = {i.title.zh for i in shown(cache, wanted)}
        assert shown(cache, wanted, 2) == shown(cache, wanted)[:2]
        cache.close()
    assert {t for t in titles if part in t} <= found
    assert found <= {t for t in titles if all(word in fold(t) for word in words)}
