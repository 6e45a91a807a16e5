"""On an unencrypted line an answer without a body is believed by its mark, and by nothing else."""

from __future__ import annotations

import contextlib
import random
import ssl
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
import trustme

from desktop.application.ports import SourceError
from desktop.application.sync.source_worker import SourceWorker
from desktop.connectors.county.session import BELIEVED_LEVEL_1_S
from desktop.connectors.http import errors
from desktop.county_server.db.database import Database
from desktop.county_server.server import CountyServer
from desktop.domain.freshness import Freshness
from desktop.domain.instant import SECOND
from desktop.domain.source import SyncState
from desktop.wire.mark import HEADER, mark
from support.builders import FakeClock, a_batch, an_incident
from support.county_rows import incident
from support.raw_line import RawLine
from support.scripted_connector import ScriptedConnector, source_of
from support.scripted_county import KNOWN, page, session
from support.servers import Asked, Said, ScriptedServer
from support.sources import connect, pull_all, record
from support.stores import Stores

NAME = "0123456789abcdef"
PERIOD_S = 30
NOTHING_NEW = Said(status=204)


def named(asked: Asked) -> Said:
    return session(asked, server=NAME)


def marked(asked: Asked, **headers: str) -> Said:
    """What a county says that has nothing new."""
    return Said(status=204, headers={HEADER: mark(NAME, asked.target.partition("?")[2]), **headers})


def a_stream() -> Said:
    """A stream that has spoken once and stays open."""
    kind = {"Content-Type": "text/event-stream"}
    return Said(b"data: 1\n\n", headers=kind, stall=True, length=False)


class Line:
    """A county that a scripted server plays, and a desk's clock."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.clock.advance(1000 * SECOND)
        self.server = ScriptedServer({"/v1/session": named, "/v1/changes": marked})
        self.county: Any = connect("county", self.server.url, self.clock)

    def pull(self, after_s: float = 0.0) -> None:
        self.clock.advance(round(after_s * SECOND))
        pull_all(self.county, KNOWN)

    @property
    def unproven_s(self) -> float:
        """How old the last proof is."""
        return self.clock.elapsed_s - self.county.proven_s()

    @property
    def sessions(self) -> int:
        return self.server.count("/v1/session", "POST")

    def close(self) -> None:
        self.county.close()
        self.server.close()


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    yield made
    made.close()


def test_the_mark_is_the_published_one():
    assert (HEADER, mark(NAME, "since=ab.1.all&d=bf3efe77")) == ("M", "DpU2")


def test_every_server_and_every_query_has_another_mark():
    marks = {mark(name, query) for name in ("a", "b") for query in ("", "since=1", "since=2")}
    assert len(marks) == 6


def test_a_marked_answer_of_nothing_new_is_a_proof_and_spares_the_session(line: Line):
    for _ in range(6):
        line.pull(after_s=PERIOD_S * 3)
        assert line.unproven_s == 0.0
    assert line.sessions == 1


def test_nothing_new_without_a_mark_right_after_a_session_is_nobodys_word(line: Line):
    line.server.answers["/v1/changes"] = NOTHING_NEW
    assert [batch.is_proven for batch in line.county.pull(KNOWN)] == [False]
    line.server.answers["/v1/changes"] = marked
    assert [batch.is_proven for batch in line.county.pull(KNOWN)] == [True]


def test_a_portal_that_ends_the_pages_is_told_of(line: Line):
    line.server.answers["/v1/changes"] = [page(more=True), NOTHING_NEW]
    assert [batch.is_proven for batch in line.county.pull(KNOWN)] == [True, False]


def test_marks_do_not_stand_for_the_session_for_ever(line: Line):
    line.pull()
    line.pull(after_s=BELIEVED_LEVEL_1_S + 1)
    assert line.sessions == 2, "a cache may keep what it must not"


OTHERS = {
    "none": NOTHING_NEW,
    "a guess": Said(status=204, headers={HEADER: "abcd"}),
    "of another server": Said(status=204, headers={HEADER: mark("another", "since=t1")}),
    "of another query": Said(status=204, headers={HEADER: mark(NAME, "")}),
    "of no server": Said(status=204, headers={HEADER: mark("", "since=t1")}),
}


@pytest.mark.parametrize("said", OTHERS.values(), ids=OTHERS)
def test_an_answer_without_the_right_mark_proves_nothing(line: Line, said: Said):
    line.pull()
    line.server.answers["/v1/changes"] = said
    line.pull(after_s=PERIOD_S - 1)
    assert (line.unproven_s, line.sessions) == (PERIOD_S - 1, 1)


def test_where_the_marks_stay_away_a_session_is_begun_once_the_proof_is_older_than_the_period(
    line: Line,
):
    line.pull()
    line.server.answers["/v1/changes"] = NOTHING_NEW
    line.pull(after_s=PERIOD_S)
    assert line.sessions == 1
    line.server.answers["/v1/session"] = NOTHING_NEW
    with pytest.raises(SourceError):
        line.pull(after_s=1)
    assert line.sessions == 2


def test_a_server_that_marks_nothing_is_asked_for_one_session_more_and_then_within_the_bytes(
    line: Line,
):
    line.server.answers |= {"/v1/session": session, "/v1/changes": NOTHING_NEW}
    line.pull()
    for _ in range(20):
        line.pull(after_s=PERIOD_S + 1)
    assert line.sessions == 2
    assert line.unproven_s == 19 * (PERIOD_S + 1), "its rows age until the next one"
    line.county.reset()
    line.pull(after_s=1)
    assert line.sessions == 3, "on another network another may answer"


def test_marks_that_stay_away_are_missed_each_time(line: Line):
    line.server.answers["/v1/changes"] = NOTHING_NEW
    line.pull()
    for sessions in (2, 3, 4):
        line.server.answers["/v1/changes"] = NOTHING_NEW
        line.pull()
        line.server.answers["/v1/changes"] = marked
        line.pull(after_s=PERIOD_S + 1)
        assert line.sessions == sessions


def test_a_server_without_a_name_has_no_mark(line: Line):
    line.server.answers["/v1/session"] = session
    line.pull()
    asked = line.server.asked[-1].target.partition("?")[2]
    line.server.answers["/v1/changes"] = Said(status=204, headers={HEADER: mark("", asked)})
    line.pull(after_s=10)
    assert line.unproven_s == 10.0


def test_sessions_for_want_of_a_mark_are_no_more_an_hour_than_there_are_bytes_for(line: Line):
    line.server.answers |= {"/v1/session": session, "/v1/changes": NOTHING_NEW}
    line.pull()
    begun_s = line.clock.elapsed_s
    while line.clock.elapsed_s - begun_s < 3600:
        line.pull(after_s=PERIOD_S * 0.9)
    assert line.sessions - 1 <= 3600 / BELIEVED_LEVEL_1_S


def test_a_page_is_a_proof_without_a_mark(line: Line):
    line.server.answers["/v1/changes"] = page()
    line.pull()
    line.pull(after_s=PERIOD_S * 2)
    line.pull(after_s=PERIOD_S * 2)
    assert (line.unproven_s, line.sessions) == (0.0, 1)


def test_the_time_of_an_unmarked_answer_is_nobodys(line: Line):
    line.pull()
    offset_ms = line.county.clock_offset_ms()
    line.server.answers["/v1/changes"] = Said(
        status=204, headers={"Date": formatdate(0, usegmt=True)}
    )
    line.pull()
    assert line.county.clock_offset_ms() == offset_ms
    line.server.answers["/v1/changes"] = lambda asked: marked(
        asked, Date=formatdate(0, usegmt=True)
    )
    line.pull()
    assert line.county.clock_offset_ms() < offset_ms


def test_only_a_stream_that_began_with_the_mark_is_contact(line: Line):
    beats = a_stream()
    line.pull()
    line.clock.advance(10 * SECOND)
    line.server.answers["/v1/stream"] = beats
    assert line.county.wait_for_hint(10)
    assert line.county.stream_heard_s() is not None
    assert line.unproven_s == 10.0
    line.close()
    again = Line()
    again.pull()
    again.clock.advance(10 * SECOND)
    beats.headers[HEADER] = mark(NAME, "")
    again.server.answers["/v1/stream"] = beats
    assert again.county.wait_for_hint(10)
    assert again.unproven_s == 0.0
    again.close()


def test_a_stream_that_a_portal_denied_is_asked_for_again_on_another_network(line: Line):
    line.server.answers["/v1/stream"] = Said(b"[]", status=404)
    assert not line.county.wait_for_hint(1)
    line.clock.advance(3600 * SECOND)
    assert not line.county.wait_for_hint(0.05)
    assert line.server.count("/v1/stream") == 1
    beats = a_stream()
    line.server.answers["/v1/stream"] = beats
    line.county.reset()
    assert line.county.wait_for_hint(10)


@pytest.mark.parametrize("status", [429, 503])
def test_without_a_mark_nobody_may_ask_for_more_than_a_minute(line: Line, status: int):
    line.pull()
    for headers, asked_s in (
        ({}, errors.UNPROVEN_WAIT_S),
        ({HEADER: "abcd"}, errors.UNPROVEN_WAIT_S),
        ({HEADER: mark(NAME, "since=t1")}, 1800.0),
    ):
        said = Said(status=status, headers={"Retry-After": "1800", **headers})
        line.server.answers["/v1/changes"] = said
        with pytest.raises(SourceError) as caught:
            line.pull()
        assert caught.value.retry_after_s == asked_s
    line.server.answers["/v1/commands"] = Said(status=503, headers={"Retry-After": "1800"})
    assert line.county.epoch()
    with pytest.raises(SourceError) as caught:
        line.county.send([record(1, "i1")])
    assert caught.value.retry_after_s == errors.UNPROVEN_WAIT_S


class Stale(ScriptedConnector):
    """A source of which the last proof came at a moment a test sets."""

    at_s: float | None = None

    def proven_s(self) -> float | None:
        return self.at_s


def test_a_portal_keeps_nothing_fresh_longer_than_the_period(tmp_path: Path):
    clock, connector = FakeClock(), Stale()
    stores = Stores(tmp_path, clock)
    lane = SourceWorker(
        *(source_of(connector), stores.cache, stores.outbox, clock),
        *(random.Random(1), lambda changed: None),
    )
    connector.pulls = [[a_batch(an_incident())]]
    connector.at_s = 0.0
    lane.run_once()
    proven_at = clock.now()
    for _ in range(5):
        clock.advance(6 * SECOND)
        lane.run_once()
        assert lane.status.problem is None
        assert lane.status.last_good_at == proven_at
        assert stores.cache.sync_state("county").last_good_at == proven_at
    assert lane.status.freshness(clock.now()) is Freshness.STALE
    connector.at_s = clock.elapsed_s - 2
    lane.run_once()
    assert lane.status.last_good_at == clock.now() - 2 * SECOND
    connector.at_s = None
    lane.run_once()
    assert lane.status.last_good_at == clock.now()
    lane.close()
    stores.close()


def test_heartbeats_keep_nothing_fresher_than_their_proof(tmp_path: Path):
    clock, connector = FakeClock(), Stale()
    stores = Stores(tmp_path, clock)
    lane = SourceWorker(
        *(source_of(connector), stores.cache, stores.outbox, clock),
        *(random.Random(1), lambda changed: None),
    )
    connector.at_s = 0.0
    rest = lane.run_once()
    proven_at = clock.now()
    clock.advance(20 * SECOND)
    connector.stream_heard_s = lambda: clock.elapsed_s
    assert lane.due_in_s(rest) > 0.0, "no poll would prove more"
    assert lane.status.last_good_at == proven_at
    connector.at_s = 19.0
    lane.due_in_s(rest)
    assert lane.status.last_good_at == clock.now() - SECOND
    lane.close()
    stores.close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "county.db")
    made.put("incidents", [incident("i1")])
    yield made
    made.close()


def test_the_reference_backend_marks_what_has_no_magic_and_a_desk_believes_it(database: Database):
    with CountyServer(database) as server:
        clock = FakeClock()
        clock.advance(SECOND)
        county: Any = connect("county", server.base_url, clock)
        with contextlib.closing(county):
            batch = pull_all(county)[-1]
            known = SyncState("county", batch.token, batch.epoch)
            clock.advance(20 * SECOND)
            pull_all(county, known)
            assert county.proven_s() == clock.elapsed_s
            server.api.pause(1800)
            with pytest.raises(SourceError) as caught:
                pull_all(county, known)
            assert caught.value.retry_after_s == 1800
            server.api.pause(None)
            clock.advance(20 * SECOND)
            assert county.wait_for_hint(10)
            assert county.proven_s() == clock.elapsed_s


def test_over_tls_nothing_is_marked_and_everything_is_believed(database: Database, tmp_path: Path):
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    with CountyServer(database, tls=context) as server:
        with contextlib.closing(connect("county", server.base_url, ca_file=str(ca_file))) as county:
            batch = pull_all(county)[-1]
            pull_all(county, SyncState("county", batch.token, batch.epoch))
            assert county.proven_s() is None
        with RawLine(server.base_url, trusted) as line:
            answer = line.ask(f"/v1/changes?since={batch.token}")
    assert answer.status == 204
    assert HEADER.lower() not in answer.headers


def test_an_answer_of_nothing_new_has_no_more_bytes_than_it_must(database: Database):
    with CountyServer(database) as server:
        with contextlib.closing(connect("county", server.base_url)) as county:
            token = pull_all(county)[-1].token
        with RawLine(server.base_url) as line:
            answer = line.ask(f"/v1/changes?since={token}", "Accept: application/vnd.cd2")
    said = mark(database.server, f"since={token}")
    assert answer.head == f"HTTP/1.1 204 \r\nvary: *\r\nm: {said}\r\n\r\n".encode()
