"""What the answer to commands brings besides: all that is new, and only what may be taken."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import msgspec
import pytest

from desktop.connectors.county import command_news
from desktop.connectors.county.client import CountyConnector
from desktop.county_server.db.database import Database
from desktop.county_server.http import command_routes, events
from desktop.county_server.server import CountyServer
from desktop.domain.command import Collection, CommandKind, CommandRecord, CommandState
from desktop.domain.link import TrafficClass
from desktop.domain.source import Batch
from desktop.storage.cache.store import SqliteCache
from desktop.wire import level1
from desktop.wire.level2 import (
    Frames,
    FullResults,
    decode_answer,
    decode_session,
    encode_answer,
    encode_session,
)
from support.breaking_proxy import BreakingProxy
from support.servers import Asked, Said
from support.sources import record
from support.two_ends import a_desk, at_the_county, held, incident, pull
from support.wrong_county import mistaken

HEARD_WITHIN_S = 10.0
FEW_BYTES = 400
"""Less than an answer with the changes takes, or one more request."""


def a_note(seq: int, target: str) -> CommandRecord:
    return record(seq, target, kind=CommandKind.NOTE, text=f"第{seq}次")


def give(
    desk: CountyConnector, cache: SqliteCache, *records: CommandRecord
) -> tuple[list[CommandState], Batch | None]:
    """Give commands as an exchange does, and apply what the answer brings."""
    answers, batches = desk.send_and_follow(records, cache.sync_state("county"))
    for batch in batches:
        cache.apply(batch)
    return [answer.state for answer in answers], batches[-1] if batches else None


def count_asked(desk: CountyConnector, cache: SqliteCache) -> int:
    """How many pages of changes a pull still finds."""
    return sum(batch.token is not None for batch in pull(desk, cache))


def test_an_answer_brings_what_the_command_did_and_spares_the_pull(
    desk: CountyConnector, cache: SqliteCache, database: Database, level: str
):
    pull(desk, cache)
    states, batch = give(desk, cache, a_note(1, "i3"))
    assert states == [CommandState.ACCEPTED]
    if level == "level 1":
        assert batch is None
        return
    assert batch is not None
    assert batch.sum is not None
    assert held(cache) == at_the_county(database)
    assert not cache.sync_state("county").diverged
    assert count_asked(desk, cache) == 0


def test_an_answer_brings_what_others_did_too(
    cache: SqliteCache, database: Database, proxy: BreakingProxy
):
    with closing(a_desk(proxy.url)) as desk:
        pull(desk, cache)
        database.put("incidents", [incident(7, 1), incident(300)])
        database.delete("incidents", ["i11"])
        give(desk, cache, a_note(1, "i3"))
        assert held(cache) == at_the_county(database)
        states, batch = give(desk, cache, a_note(1, "i3"))
        assert states == [CommandState.ACCEPTED]
        assert batch is not None
        assert batch.token is None, "the same again changes nothing"


def test_more_than_a_few_changes_are_asked_for_as_ever(
    cache: SqliteCache, database: Database, proxy: BreakingProxy
):
    with closing(a_desk(proxy.url)) as desk:
        pull(desk, cache)
        database.put("incidents", [incident(n) for n in range(1000, 1400)])
        assert give(desk, cache, a_note(1, "i3")) == ([CommandState.ACCEPTED], None)
        assert count_asked(desk, cache) > 0
        assert held(cache) == at_the_county(database)


def test_one_large_row_is_asked_for_and_not_encoded_for_each_answer(
    cache: SqliteCache, database: Database, proxy: BreakingProxy
):
    with closing(a_desk(proxy.url)) as desk:
        pull(desk, cache)
        long = msgspec.structs.replace(
            incident(7, 1), address="".join(map(chr, range(20_000, 30_000)))
        )
        database.put("incidents", [long])
        assert give(desk, cache, a_note(1, "i3")) == ([CommandState.ACCEPTED], None)
        assert count_asked(desk, cache) > 0
        assert held(cache) == at_the_county(database)


def test_an_answer_that_would_be_long_comes_without_the_changes(
    cache: SqliteCache, proxy: BreakingProxy, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(command_routes, "MOST_ANSWER_BYTES", 60)
    with closing(a_desk(proxy.url)) as desk:
        pull(desk, cache)
        assert give(desk, cache, a_note(1, "i3")) == ([CommandState.ACCEPTED], None)


@pytest.mark.parametrize("token", ["zzzzz.1.all", "no token", "{mark}.1.another", ""])
def test_whatever_the_token_a_command_is_done(cache: SqliteCache, proxy: BreakingProxy, token: str):
    with closing(a_desk(proxy.url)) as desk:
        pull(desk, cache)
        state = cache.sync_state("county")
        mark = (state.token or "").partition(".")[0]
        odd = msgspec.structs.replace(state, token=token.format(mark=mark))
        answers, batches = desk.send_and_follow([a_note(1, "i3")], odd)
        assert [answer.state for answer in answers] == [CommandState.ACCEPTED]
        assert not batches


@pytest.mark.parametrize(
    "change",
    [
        {"epoch": "another"},
        {"account": "another"},
        {"token": None},
        # As a desk left it that did not read contacts and plans.
        {"offered": frozenset({Collection.INCIDENTS})},
    ],
)
def test_rows_of_another_epoch_account_or_reader_or_none_ask_for_no_changes(
    cache: SqliteCache, proxy: BreakingProxy, change: dict[str, object]
):
    with closing(a_desk(proxy.url)) as desk:
        pull(desk, cache)
        state = msgspec.structs.replace(cache.sync_state("county"), **change)
        answers, batches = desk.send_and_follow([a_note(1, "i3")], state)
        assert [answer.state for answer in answers] == [CommandState.ACCEPTED]
        assert not batches


@contextmanager
def altered(server: CountyServer, **change: object) -> Iterator[CountyConnector]:
    """A desk whose answers to commands somebody on the way has altered."""

    def mistake(asked: Asked, said: Said) -> Said:
        if asked.method == "POST" and "since=" in asked.target:
            answer = decode_answer(said.body, Frames())
            said.body = encode_answer(_changed(answer, change), Frames())
        return _of_one_type(said)

    with mistaken(server.base_url, mistake) as url, closing(a_desk(url)) as desk:
        yield desk


def _of_one_type(said: Said) -> Said:
    """The answer with its media type where a stand-in would say that it is JSON."""
    said.headers["Content-Type"] = said.headers.pop("content-type", "")
    return said


def _changed(answer: FullResults, change: dict[str, object]) -> FullResults:
    assert answer.changes is not None
    assert answer.changes.patch is not None
    told = {name: value for name, value in change.items() if name != "key"}
    patch = msgspec.structs.replace(answer.changes.patch, **told)
    results = answer.results
    if "key" in change:
        others = tuple(msgspec.structs.replace(e, key=change["key"]) for e in results.results)
        results = msgspec.structs.replace(results, results=others)
    return FullResults(results, msgspec.structs.replace(answer.changes, patch=patch))


def test_changes_since_another_token_are_not_taken_and_the_results_are(
    cache: SqliteCache, server: CountyServer
):
    with altered(server, asked=7) as desk:
        pull(desk, cache)
        assert give(desk, cache, a_note(1, "i3")) == ([CommandState.ACCEPTED], None)


def test_changes_with_answers_to_nothing_of_ours_are_not_taken(
    cache: SqliteCache, server: CountyServer
):
    with altered(server, key="ee" * 16) as desk:
        pull(desk, cache)
        assert give(desk, cache, a_note(1, "i3")) == ([], None)


def test_a_server_of_before_is_not_asked_for_changes(cache: SqliteCache, server: CountyServer):
    asked_for: list[str] = []

    def of_before(asked: Asked, said: Said) -> Said:
        asked_for.append(f"{asked.method} {asked.target}")
        if asked.path == "/v1/session":
            session, _ = decode_session(said.body, Frames())
            said.body = encode_session(msgspec.structs.replace(session, since=False), b"", Frames())
        return _of_one_type(said)

    with mistaken(server.base_url, of_before) as url, closing(a_desk(url)) as desk:
        pull(desk, cache)
        assert give(desk, cache, a_note(1, "i3")) == ([CommandState.ACCEPTED], None)
    assert asked_for[-1] == "POST /v1/commands"


def test_the_hint_of_what_an_answer_brought_calls_for_nothing_and_the_next_does(
    cache: SqliteCache, database: Database, proxy: BreakingProxy
):
    with closing(a_desk(proxy.url)) as desk:
        pull(desk, cache)
        assert desk.wait_for_hint(HEARD_WITHIN_S), "a stream begins with the number of now"
        give(desk, cache, a_note(1, "i3"))
        heard: list[bool] = []
        wait = threading.Thread(target=lambda: heard.append(desk.wait_for_hint(2.0)))
        wait.start()
        wait.join(HEARD_WITHIN_S)
        assert heard == [False]
        database.put("incidents", [incident(5, 1)])
        assert desk.wait_for_hint(HEARD_WITHIN_S)
        assert count_asked(desk, cache) == 1


@pytest.fixture
def follower(proxy: BreakingProxy, cache: SqliteCache) -> Iterator[CountyConnector]:
    """A desk whose stream has brought a change."""
    with closing(a_desk(proxy.url)) as desk:
        pull(desk, cache)
        assert desk.wait_for_hint(HEARD_WITHIN_S)
        pull(desk, cache)
        yield desk


def test_where_a_stream_of_hints_is_open_it_brings_what_commands_did(
    follower: CountyConnector, cache: SqliteCache, database: Database, proxy: BreakingProxy
):
    database.put("incidents", [incident(7, 1)])
    assert follower.wait_for_hint(HEARD_WITHIN_S), "what others did came before"
    answered = proxy.answered
    states, batch = give(follower, cache, a_note(1, "i3"))
    assert states == [CommandState.ACCEPTED]
    assert batch is not None
    assert not batch.lags, "it has what the command did"
    assert held(cache) == at_the_county(database)
    assert not cache.sync_state("county").diverged
    assert proxy.answered - answered < FEW_BYTES
    assert not follower.wait_for_hint(0.5), "all that was hinted at is here"
    assert count_asked(follower, cache) == 0


def test_what_changes_nothing_waits_for_no_stream_and_the_next_command_has_it_again(
    follower: CountyConnector, cache: SqliteCache, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(command_news, "STREAM_LATE_S", 3600.0)
    give(follower, cache, a_note(1, "i3"))
    assert give(follower, cache, a_note(1, "i3")) == ([CommandState.ACCEPTED], None)
    assert count_asked(follower, cache) == 0
    refused = record(2, "i3", kind=CommandKind.CREATE, text="")
    assert give(follower, cache, refused)[1] is None
    _, batch = give(follower, cache, a_note(3, "i4"))
    assert batch is not None


def test_a_stream_that_is_late_is_not_waited_for_and_the_next_answer_brings_the_changes(
    follower: CountyConnector,
    cache: SqliteCache,
    server: CountyServer,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(command_news, "STREAM_LATE_S", 0.2)
    monkeypatch.setattr(events, "GATHER_S", 3600.0)
    monkeypatch.setattr(server.api.stream, "hurry", lambda _account: None)
    assert give(follower, cache, a_note(1, "i3")) == ([CommandState.ACCEPTED], None)
    states, batch = give(follower, cache, a_note(2, "i4"))
    assert states == [CommandState.ACCEPTED]
    assert batch is not None
    assert held(cache) == at_the_county(database)


def test_bytes_of_changes_with_an_answer_count_as_those_of_commands(
    desk: CountyConnector, cache: SqliteCache
):
    pull(desk, cache)
    kinds: list[TrafficClass] = []
    desk.on_traffic = lambda stats: kinds.append(stats.kind)
    give(desk, cache, a_note(1, "i3"))
    assert kinds == [TrafficClass.COMMANDS]


def test_an_answer_brings_what_a_reader_of_more_collections_reads(
    cache: SqliteCache, database: Database, proxy: BreakingProxy
):
    database.put("contacts", [level1.Contact("c1", "县应急局", "值班室")])
    with closing(a_desk(proxy.url)) as desk:
        pull(desk, cache)
        database.put("contacts", [level1.Contact("c1", "县应急局", "夜间值班室")])
        _, batch = give(desk, cache, a_note(1, "i3"))
        assert batch is not None
        assert held(cache) == at_the_county(database)
        assert not cache.sync_state("county").diverged
