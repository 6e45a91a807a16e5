"""The county connector against scripted servers and against the reference backend."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from desktop.application.ports import SourceError
from desktop.connectors.county.client import CountyConnector
from desktop.connectors.county.session import LOGIN_KEPT_S
from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.scope import Account
from desktop.county_server.server import CountyServer
from desktop.domain.clock import SystemClock
from desktop.domain.command import Collection, CommandKind, CommandState, Hold
from desktop.domain.incident import Stage
from desktop.domain.source import Batch, SyncState
from desktop.wire import level1
from support.builders import FakeClock
from support.scripted_county import AT, END, HEAD, KNOWN, PAGES, ROW, page, results, session
from support.servers import Asked, Said, ScriptedServer, said_json, said_lines
from support.sources import connect, pull_all, record, services, source_settings


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(
        {"/v1/session": session, "/v1/snapshot/all/1": said_lines(HEAD, *PAGES, END)}
    ) as running:
        yield running


@pytest.fixture
def county(server: ScriptedServer) -> Iterator[CountyConnector]:
    connector = connect("county", server.url)
    assert isinstance(connector, CountyConnector)
    yield connector
    connector.close()


def code_of(county: CountyConnector, state: SyncState | None = None) -> str:
    with pytest.raises(SourceError) as caught:
        pull_all(county, state)
    return caught.value.problem.code


def test_a_first_snapshot_shows_what_has_come_and_ends_with_all_of_it(county: CountyConnector):
    batches = pull_all(county)
    assert [[row.id for row in batch.puts] for batch in batches] == [["i1", "i2"], ["i1", "i2"]]
    assert [batch.token for batch in batches] == [None, "t1"]
    assert batches[-1].complete == {Collection.INCIDENTS, Collection.ASSETS}
    assert batches[-1].epoch == "e1"


def test_history_is_not_shown_early_but_comes_once_with_the_whole(
    server: ScriptedServer, county: CountyConnector
):
    closed = {"collection": "incidents", "rows": [ROW | {"id": "i2", "stage": "closed"}]}
    server.answers["/v1/snapshot/all/1"] = said_lines(HEAD, PAGES[0], closed, END)
    batches = pull_all(county)
    assert [[row.id for row in batch.puts] for batch in batches] == [["i1"], ["i1", "i2"]]


def test_a_platform_under_a_prefix_is_reached_and_a_session_leads_to_no_other_host():
    whole = said_lines(HEAD, *PAGES, END)
    with ScriptedServer() as elsewhere, ScriptedServer() as server:
        server.answers |= {"/api/v1/session": session, "/api/v1/snapshot/all/1": whole}
        county = connect("county", server.url + "/api")
        assert pull_all(county)[-1].token == "t1"
        county.close()
        astray = elsewhere.url + "/v1/snapshot/all/1"
        server.answers["/api/v1/session"] = lambda asked: session(asked, snapshot=astray)
        county = connect("county", server.url + "/api")
        with pytest.raises(SourceError):
            pull_all(county)
        county.close()
        assert not elsewhere.asked


def test_a_cut_snapshot_gives_its_first_rows_but_never_a_token(
    server: ScriptedServer, county: CountyConnector
):
    whole = said_lines(HEAD, *PAGES, END).body
    for cut in (1, len(whole) // 2, len(whole) - 3):
        server.answers["/v1/snapshot/all/1"] = said_lines(HEAD, *PAGES, END, cut=cut)
        given: list[Batch] = []
        with pytest.raises(SourceError) as caught:
            given.extend(county.pull(SyncState("county")))
        assert caught.value.problem.code == "cut_short"
        assert all(batch.token is None and not batch.complete for batch in given)


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"magic": "other"}, "wrong_magic"), ({"nonce": "12345678"}, "wrong_nonce")],
)
def test_a_session_without_our_magic_or_nonce_is_somebody_elses(
    server: ScriptedServer, county: CountyConnector, changed: dict[str, str], code: str
):
    server.answers["/v1/session"] = lambda asked: session(asked, **changed)
    assert code_of(county) == code


def test_nothing_new_is_one_batch_without_rows(server: ScriptedServer, county: CountyConnector):
    server.answers["/v1/changes"] = Said(status=204)
    (batch,) = pull_all(county, KNOWN)
    assert not batch.puts
    assert batch.token is None


def test_changes_are_paged_and_each_page_carries_its_token_and_time(
    server: ScriptedServer, county: CountyConnector
):
    put = {"collection": "incidents", "id": "i1", "row": ROW}
    gone = {"collection": "incidents", "id": "i2"}
    server.answers["/v1/changes"] = [page(put, more=True), page(gone, token="t3")]
    first, second = pull_all(county, KNOWN)
    assert [row.id for row in first.puts] == ["i1"]
    assert second.deletes == ((Collection.INCIDENTS, "i2"),)
    assert (first.token, second.token) == ("t2", "t3")
    assert first.reading_at == 1_795_305_600_000
    assert [a.target for a in server.asked[1:]] == [
        "/v1/changes?since=t1",
        "/v1/changes?since=t2",
    ]


def test_an_idle_poll_costs_few_bytes(server: ScriptedServer, county: CountyConnector):
    server.answers["/v1/changes"] = Said(status=204)
    pull_all(county, KNOWN)
    before = county.bytes_sent + county.bytes_received
    pull_all(county, KNOWN)
    assert county.bytes_sent + county.bytes_received - before <= 200


@pytest.mark.parametrize("status", [400, 409, 410])
def test_a_token_the_server_does_not_take_leads_to_one_whole_snapshot_in_the_same_pull(
    server: ScriptedServer, county: CountyConnector, status: int
):
    server.answers["/v1/changes"] = Said(status=status)
    *before, batch = pull_all(county, KNOWN)
    assert [(each.epoch, each.puts) for each in before] == [("e1", ())] * (status == 409)
    assert batch.token == "t1"
    assert len(batch.puts) == 2
    assert batch.complete


def test_another_epoch_at_the_session_leads_to_a_snapshot_at_once(
    server: ScriptedServer, county: CountyConnector
):
    (batch,) = pull_all(county, SyncState("county", "t0", "e0"))
    assert batch.epoch == "e1"
    assert not server.count("/v1/changes")


def test_a_snapshot_replaced_meanwhile_is_found_by_a_new_session(
    server: ScriptedServer, county: CountyConnector
):
    server.answers["/v1/snapshot/all/1"] = [Said(status=404), said_lines(HEAD, *PAGES, END)]
    assert pull_all(county)[-1].token == "t1"
    assert server.count("/v1/session", "POST") == 2


def test_a_change_page_without_the_magic_moves_nothing(
    server: ScriptedServer, county: CountyConnector
):
    server.answers["/v1/changes"] = said_json(
        {"magic": "x", "token": "t", "more": False, "changes": [], "server_time": AT}
    )
    assert code_of(county, KNOWN) == "wrong_magic"


def test_answers_are_read_per_key_and_an_unknown_status_is_told_as_such(
    server: ScriptedServer, county: CountyConnector
):
    one, two, three = record(1, "i1"), record(2, "i1"), record(3, "i2")
    server.answers["/v1/commands"] = results(
        {"key": one.command.key, "status": "accepted"},
        {"key": two.command.key, "status": "pondering"},
        {"key": "f" * 32, "status": "accepted"},
    )
    answer, puzzle = county.send([three, one, two])
    assert (answer.key, answer.state) == (one.command.key, CommandState.ACCEPTED)
    assert (puzzle.key, puzzle.state, puzzle.hold) == (
        two.command.key,
        CommandState.HELD,
        Hold.ANSWER,
    )
    assert "pondering" in puzzle.reason.zh
    assert "pondering" in puzzle.reason.en
    sent = json.loads(server.asked[-1].body)
    assert (sent["epoch"], sent["fence"]) == ("e1", 3)
    assert [each["seq"] for each in sent["commands"]] == [1, 2, 3]
    assert [each.get("after") for each in sent["commands"]] == [None, one.command.key, None]


def test_a_200_without_the_magic_answers_no_command(
    server: ScriptedServer, county: CountyConnector
):
    told = {"key": record(1, "i1").command.key, "status": "accepted"}
    server.answers["/v1/commands"] = results(told, magic="portal")
    with pytest.raises(SourceError):
        county.send([record(1, "i1")])


@pytest.mark.parametrize("status", [409, 412])
def test_another_epoch_leads_to_a_new_session_before_the_commands_go_again(
    server: ScriptedServer, county: CountyConnector, status: int
):
    accepted = results({"key": record(1, "i1").command.key, "status": "accepted"})
    server.answers["/v1/commands"] = [Said(status=status), accepted]
    with pytest.raises(SourceError) as caught:
        county.send([record(1, "i1")])
    assert caught.value.problem.code == "epoch_changed"
    with pytest.raises(SourceError) as caught:
        county.send([record(1, "i1")])
    assert caught.value.problem.code == "session_changed", "its epoch is to be looked at before"
    assert county.epoch()
    assert county.send([record(1, "i1")])
    assert server.count("/v1/session", "POST") == 2


def test_a_key_that_was_anothers_is_refused_for_good(
    server: ScriptedServer, county: CountyConnector
):
    details = {"type": "urn:county-desk:problem:key-reused", "title": "no", "status": 422}
    said = said_json(details, 422)
    said.headers["Content-Type"] = "application/problem+json"
    server.answers["/v1/commands"] = said
    (answer,) = county.send([record(1, "i1")])
    assert (answer.state, answer.durable) == (CommandState.REJECTED, True), "not asked after"


def test_one_command_the_server_cannot_take_spoils_no_other(
    server: ScriptedServer, county: CountyConnector
):
    bad = record(2, "i2")
    details = {"type": "about:blank", "title": "no", "status": 422, "detail": "key reused"}

    def answer(asked: Asked) -> Said:
        keys = [each["key"] for each in json.loads(asked.body)["commands"]]
        if bad.command.key in keys:
            said = said_json(details, 422)
            said.headers["Content-Type"] = "application/problem+json"
            return said
        return results(*({"key": key, "status": "accepted"} for key in keys))

    server.answers["/v1/commands"] = answer
    answers = {each.key: each for each in county.send([record(1, "i1"), bad, record(3, "i3")])}
    assert [a.state for a in answers.values()] == [
        CommandState.ACCEPTED,
        CommandState.REJECTED,
        CommandState.ACCEPTED,
    ]
    assert answers[bad.command.key].reason.en == "key reused"


def test_a_422_in_somebody_elses_words_is_no_answer(
    server: ScriptedServer, county: CountyConnector
):
    server.answers["/v1/commands"] = Said(b"<html>blocked</html>", status=422)
    with pytest.raises(SourceError) as caught:
        county.send([record(1, "i1")])
    assert caught.value.problem.code == "request_refused"


def test_an_expired_login_holds_the_commands(server: ScriptedServer, county: CountyConnector):
    server.answers["/v1/commands"] = Said(status=401)
    with pytest.raises(SourceError) as caught:
        county.send([record(1, "i1")])
    assert caught.value.held


# The reference backend.


def incident(id: str, **changed: Any) -> level1.Incident:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return level1.Incident(id=id, title="井盖缺失", recorded_at=at, **changed)


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database()
    yield database
    database.close()


@pytest.fixture
def real(database: Database) -> Iterator[CountyServer]:
    database.put("incidents", [incident(f"i{n}", level="ordinary") for n in range(30)])
    database.put("townships", [level1.Township("t1", "蓝桥镇")])
    with CountyServer(database, Settings(county="蓝桥县")) as server:
        yield server


@pytest.fixture
def desk(real: CountyServer) -> Iterator[CountyConnector]:
    connector = CountyConnector(
        source_settings("county", url=real.base_url),
        services(client="d1"),
    )
    yield connector
    connector.close()


def state_after(batches: list[Batch]) -> SyncState:
    token = [batch.token for batch in batches if batch.token][-1]
    return SyncState("county", token, batches[-1].epoch)


def test_the_reference_backend_is_probed(desk: CountyConnector):
    found = desk.probe()
    assert found.product.partition(" ")[2] == found.county.zh == "蓝桥县"
    assert found.counts[Collection.INCIDENTS] == 30
    assert found.clock_offset_ms is not None
    assert abs(found.clock_offset_ms) < 5_000
    assert not found.remarks


def test_snapshot_changes_and_nothing_new_from_the_reference_backend(
    desk: CountyConnector, database: Database
):
    batches = pull_all(desk)
    assert len(batches[-1].puts) == 31
    assert batches[-1].complete == frozenset(Collection)
    assert len(batches[0].puts) == 20
    state = state_after(batches)
    (nothing,) = pull_all(desk, state)
    assert not nothing.puts
    database.put("incidents", [incident("i1", level="ordinary", stage="closed")])
    database.delete("incidents", ["i2"])
    (delta,) = pull_all(desk, state)
    numbers = {
        row.id: key
        for batch in batches
        for row, key in zip(batch.puts, batch.row_keys, strict=True)
    }
    assert [(each.row_key, each.changes) for each in delta.patches] == [
        (numbers["i1"], {"stage": Stage.CLOSED})
    ]
    assert delta.drops == (numbers["i2"],)
    assert not [item for batch in batches for item in batch.bad_items]


def test_a_restored_reference_backend_is_read_anew_in_the_same_pull(
    desk: CountyConnector, database: Database
):
    state = state_after(pull_all(desk))
    epoch = database.begin_epoch()
    *pieces, batch = pull_all(desk, state)
    assert not any(piece.puts for piece in pieces)
    assert batch.epoch == epoch
    assert len(batch.puts) == 31


def test_commands_are_done_once_by_the_reference_backend(desk: CountyConnector, database: Database):
    note = record(2, "i3", kind=CommandKind.NOTE, text="已到现场")
    both = [record(1, "i3"), note]
    for _ in range(2):
        assert [a.state for a in desk.send(both)] == [CommandState.ACCEPTED, CommandState.ACCEPTED]
    (row,) = database.rows("incidents", ["i3"])
    assert isinstance(row, level1.Incident)
    assert row.acknowledged_by == "张"
    assert [entry.kind for entry in row.timeline] == ["acknowledge", "note"]
    (refused,) = desk.send([record(3, "nowhere")])
    assert refused.state is CommandState.REJECTED
    assert refused.reason.zh


def test_a_paused_reference_backend_says_how_long_to_wait(
    real: CountyServer, desk: CountyConnector
):
    pull_all(desk)
    real.api.pause(900)
    with pytest.raises(SourceError) as caught:
        pull_all(desk)
    assert (caught.value.problem.code, caught.value.retry_after_s) == ("server_busy", 900)
    real.api.pause(None)
    assert pull_all(desk)[-1].token


def test_a_login_is_sent_and_a_missing_one_is_held(database: Database):
    digest = hashlib.sha256(b"secret").hexdigest()
    settings = Settings(accounts={digest: Account("张", ())})
    with CountyServer(database, settings) as server:
        where = source_settings("county", url=server.base_url)
        known = CountyConnector(where, services({"county": "secret"}.get, SystemClock()))
        stranger = CountyConnector(where, services())
        assert known.account() == ""
        assert pull_all(known)[-1].token
        assert known.account() == "张"
        with pytest.raises(SourceError) as caught:
            pull_all(stranger)
        known.close()
        stranger.close()
    assert caught.value.problem.code == "login_missing"
    assert caught.value.held


def test_polls_compare_the_login_now_and_then_and_whatever_else_is_asked_each_time(
    server: ScriptedServer,
):
    server.answers["/v1/changes"] = Said(status=204)
    clock, logins = FakeClock(), ["wang"]
    read: list[str] = []
    given = services(clock=clock, login=lambda: read.append(logins[0]) or logins[0])  # type: ignore[func-returns-value]
    county = CountyConnector(source_settings("county", url=server.url), given)

    def sessions() -> int:
        return [asked.path for asked in server.asked].count("/v1/session")

    pull_all(county, KNOWN)
    for _ in range(4):
        clock.advance(round(LOGIN_KEPT_S * 200))
        pull_all(county, KNOWN)
    assert (len(read), sessions()) == (1, 1)
    logins[0] = "li"
    clock.advance(round(LOGIN_KEPT_S * 200))
    pull_all(county, KNOWN)
    assert sessions() == 2, "it is noticed after a few seconds"
    logins[0] = "wang"
    county.epoch()
    assert sessions() == 3, "before commands go out it is noticed at once"
    county.close()
