"""The stream of hints: heard at once, missed by nobody, and asked for no sooner than told."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import pytest

from desktop.connectors.county.client import CountyConnector
from desktop.connectors.county.hints import Hints
from desktop.connectors.http.client import HttpClient
from desktop.county_server.db.database import Database
from desktop.county_server.server import CountyServer
from desktop.domain.clock import SystemClock
from desktop.domain.instant import SECOND
from desktop.domain.link import RequestStats, TrafficClass
from desktop.storage.cache.store import SqliteCache
from desktop.wire.level2 import MEDIA
from support.builders import FakeClock
from support.county_rows import incident
from support.program import until
from support.servers import Asked, Said, ScriptedServer
from support.sources import services, source_settings
from support.two_ends import at_the_county, held, pull
from support.wrong_county import mistaken


@pytest.fixture
def database() -> Iterator[Database]:
    with contextlib.closing(Database()) as made:
        yield made


@pytest.fixture
def real(database: Database) -> Iterator[CountyServer]:
    with CountyServer(database) as server:
        yield server


@pytest.fixture
def desk(real: CountyServer) -> Iterator[CountyConnector]:
    settings = source_settings("county", url=real.base_url)
    made = CountyConnector(settings, services(client="d1"))
    with contextlib.closing(made):
        yield made


def test_a_change_is_hinted_at_once(desk: CountyConnector, database: Database):
    assert desk.wait_for_hint(10)
    assert desk.stream_heard_s() is not None
    heard: list[bool] = []
    thread = threading.Thread(target=lambda: heard.append(desk.wait_for_hint(10)))
    thread.start()
    database.put("incidents", [incident("new")])
    thread.join(10)
    assert heard == [True]


def test_a_hint_that_comes_just_as_the_wait_is_over_is_the_next_waits(monkeypatch):
    class JustTooLate(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            was_set = self.is_set()
            self.set()
            return was_set

    http = HttpClient("http://127.0.0.1:1/", SystemClock())
    with monkeypatch.context() as built:
        built.setattr(threading, "Event", JustTooLate)
        hints = Hints(http, SystemClock())
    assert not hints.wait(60)
    assert hints.wait(60)
    hints.close()


@pytest.mark.parametrize(
    ("asked_s", "is_proven", "kept_s"),
    [(40, False, 40.0), (1800, False, 54.0), (1800, True, 1800.0), (7200, True, 3600.0)],
)
def test_the_stream_is_asked_for_again_when_the_server_said_so_and_not_before(
    real: CountyServer, asked_s: int, is_proven: bool, kept_s: float
):
    asked: list[RequestStats] = []
    line, clock = HttpClient(real.base_url, SystemClock(), on_traffic=asked.append), FakeClock()
    line.marked = lambda _address, _headers: is_proven
    hints = Hints(line, clock)

    def wait_shortly() -> int:
        """Attempts at the stream that are over, after a wait that finds nothing."""
        assert not hints.wait(0.0)
        for thread in threading.enumerate():
            if thread.name == "hints":
                thread.join(10)
        return len(asked)

    with contextlib.closing(hints):
        real.api.pause(asked_s)
        assert wait_shortly() == 1
        clock.advance(round(kept_s * SECOND) - 1)
        assert wait_shortly() == 1
        clock.advance(round(kept_s * 0.1 * SECOND) + 1)
        assert wait_shortly() == 2
        hints.on_network_change()
        assert wait_shortly() == 3, "what was asked for on another network does not bind on this"
        real.api.pause(None)
        clock.advance(round(kept_s * 1.1 * SECOND))
        assert hints.wait(10)


@pytest.fixture
def hints(real: CountyServer) -> Iterator[Hints]:
    """A listener that has heard the number with which its stream begins."""
    made = Hints(HttpClient(real.base_url, SystemClock()), SystemClock())
    with contextlib.closing(made):
        assert made.wait(10)
        yield made


def heard_while_held(hints: Hints, database: Database) -> int:
    """Change something while hints are held back, wait until the hint has come; its number."""
    database.put("incidents", [incident("new", title=f"{database.head}")])
    until(lambda: hints.number == database.head, 10, "the hint")
    assert not hints.wait(0.0)
    return database.head


def test_hints_that_come_while_an_answer_is_waited_for_are_reported_after_it(
    hints: Hints, database: Database
):
    with hints.hold_back():
        heard_while_held(hints, database)
    assert hints.wait(0.0)


def test_of_hints_held_back_those_that_the_answer_covers_are_never_reported(
    hints: Hints, database: Database
):
    with hints.hold_back():
        hints.cover(heard_while_held(hints, database))
    assert not hints.wait(0.0)
    with hints.hold_back():
        hints.cover(heard_while_held(hints, database) - 1)
    assert hints.wait(0.0)


def test_what_an_answer_has_brought_already_is_not_waited_for(hints: Hints, database: Database):
    with hints.hold_back():
        number = heard_while_held(hints, database)
        hints.cover(number)
        assert hints.reach(number, 3600) == []


@pytest.mark.parametrize("is_meanwhile", [False, True])
def test_what_an_answer_covers_says_nothing_of_a_stream_opened_since(is_meanwhile: bool):
    events = [_stream_of(number) for number in (500, 400)]
    with ScriptedServer({"/v1/stream": events}) as server:
        hints = Hints(HttpClient(server.url, SystemClock()), SystemClock())
        with contextlib.closing(hints):
            assert hints.wait(10)
            heard = False
            with hints.hold_back():
                if is_meanwhile:
                    _listen_anew(hints)
                hints.cover(450 if is_meanwhile else 500)
            if not is_meanwhile:
                heard = _listen_anew(hints)
            assert heard or hints.wait(10), "a server put back counts from less"


def _stream_of(number: int) -> Said:
    return Said(f"data: {number}\n\n".encode(), headers={"Content-Type": "text/event-stream"})


def _listen_anew(hints: Hints) -> bool:
    """Open another stream and wait until it has said its number; whether that was reported."""
    for thread in threading.enumerate():
        if thread.name == "hints":
            thread.join(10)
    hints.on_network_change()
    heard = hints.wait(0.0)
    until(lambda: hints.number == 400, 10, "the number of the other stream")
    return heard


@pytest.fixture
def follower(real: CountyServer, cache: SqliteCache) -> Iterator[CountyConnector]:
    """A desk whose rows are here, and whose stream has begun."""
    settings = source_settings("county", url=real.base_url)
    with contextlib.closing(CountyConnector(settings, services(client="d1"))) as made:
        pull(made, cache)
        assert made.wait_for_hint(10)
        pull(made, cache)
        yield made


def test_a_hint_brings_the_change_and_nothing_is_asked(
    follower: CountyConnector, database: Database, cache: SqliteCache
):
    kinds: list[TrafficClass] = []
    follower.on_traffic = lambda stats: kinds.append(stats.kind)
    for title in ("one", "two"):
        database.put("incidents", [incident("new", title=title)])
        assert follower.wait_for_hint(10)
        (batch,) = pull(follower, cache)
        assert batch.lags, "it may be older than what was sent meanwhile"
        assert held(cache) == at_the_county(database)
    assert set(kinds) == {TrafficClass.HINTS}


def test_a_page_after_another_token_is_dropped_and_the_changes_asked_for(
    follower: CountyConnector, database: Database, cache: SqliteCache
):
    database.put("incidents", [incident("one")])
    pull(follower, cache)  # Before its hint has come.
    assert follower.wait_for_hint(10)
    database.put("incidents", [incident("two")])
    assert follower.wait_for_hint(10)
    batches = pull(follower, cache)
    assert held(cache) == at_the_county(database)
    assert not any(batch.lags for batch in batches)


def test_many_changes_are_asked_for_after_their_hint(
    follower: CountyConnector, database: Database, cache: SqliteCache
):
    database.put("incidents", [incident(f"i{n}") for n in range(300)])
    assert follower.wait_for_hint(10)
    assert not any(batch.lags for batch in pull(follower, cache))
    database.delete("incidents", ["i7"])
    assert follower.wait_for_hint(10)
    assert [batch.lags for batch in pull(follower, cache)] == [True]
    assert held(cache) == at_the_county(database)


@pytest.mark.parametrize("body", [b"not one", b"\2nope", b"\1" + b"\xff" * 40, b"\3"])
def test_a_packed_stream_that_cannot_be_read_is_asked_for_in_lines(body: bytes):
    asked: list[str] = []

    def answer(given: Asked) -> Said:
        asked.append(given.headers["accept"])
        is_first = len(asked) == 1
        return Said(body, headers={"Content-Type": MEDIA}) if is_first else _stream_of(400)

    with ScriptedServer({"/v1/stream": answer}) as server:
        hints = Hints(HttpClient(server.url, SystemClock()), SystemClock())
        with contextlib.closing(hints):
            assert not hints.wait(0.0)
            until(lambda: bool(asked), 10, "the packed stream")
            _listen_anew(hints)
    assert (MEDIA in asked[0], asked[1]) == (True, "text/event-stream")


@pytest.mark.parametrize("page", [b"bm90aGluZw", b"not base64!", b"!", b"AAAA" * 500])
def test_a_page_that_cannot_be_read_is_a_hint_like_any_other(
    real: CountyServer, database: Database, cache: SqliteCache, page: bytes
):
    def spoil(asked: Asked, said: Said) -> Said:
        said.headers["Content-Type"] = said.headers.pop("content-type", "")
        if asked.path == "/v1/stream":
            body = b"data: 500 " + page + b"\n\n"
            return Said(body, headers={"Content-Type": "text/event-stream"})
        return said

    with mistaken(real.base_url, spoil) as url:
        settings = source_settings("county", url=url)
        with contextlib.closing(CountyConnector(settings, services(client="d1"))) as desk:
            pull(desk, cache)
            assert desk.wait_for_hint(10)
            database.put("incidents", [incident("new")])
            pull(desk, cache)
            assert held(cache) == at_the_county(database)
