"""The county connector and servers that are not quite as they should be."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from desktop.application.ports import PullPlan, SourceError
from desktop.connectors.county.client import CountyConnector
from desktop.domain.command import Collection
from desktop.domain.instant import MINUTE
from desktop.domain.link import RequestStats, TrafficClass
from desktop.domain.source import Batch, SyncState
from desktop.wire.level2 import MEDIA, Frames, Patch, encode_patch, name_asked
from support.builders import FakeClock
from support.scripted_county import END, HEAD, KNOWN, PAGES, page, results, session
from support.servers import Asked, Said, ScriptedServer, said_lines
from support.sources import connect, pull_all, record


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


def test_a_portal_that_says_nothing_new_is_not_believed_for_long_on_an_unencrypted_line(
    server: ScriptedServer,
):
    clock = FakeClock()
    server.answers["/v1/changes"] = Said(status=204)
    with contextlib.closing(connect("county", server.url, clock)) as county:
        for minutes, sessions in ((0, 1), (1, 2), (59, 2), (2, 3), (59, 3)):
            clock.advance(minutes * MINUTE)
            pull_all(county, KNOWN)
            assert server.count("/v1/session", "POST") == sessions
        server.answers["/v1/session"] = Said(status=204)
        clock.advance(2 * MINUTE)
        with pytest.raises(SourceError):
            pull_all(county, KNOWN)


def test_a_page_of_changes_is_as_good_a_proof_as_a_session(server: ScriptedServer):
    clock = FakeClock()
    server.answers["/v1/changes"] = page()
    with contextlib.closing(connect("county", server.url, clock)) as county:
        for minutes in (0, 59, 59):
            clock.advance(minutes * MINUTE)
            pull_all(county, KNOWN)
    assert server.count("/v1/session", "POST") == 1


@pytest.mark.parametrize("asked, is_taken", [(KNOWN.token, True), (None, True), ("t0", False)])
def test_fields_that_changed_since_another_token_are_not_taken(
    server: ScriptedServer, county: CountyConnector, asked: str | None, is_taken: bool
):
    told = None if asked is None else name_asked(asked)
    patch = Patch("t9", False, datetime(2026, 11, 23, 12, tzinfo=UTC), asked=told)
    server.answers["/v1/changes"] = Said(
        encode_patch(patch, Frames()), headers={"Content-Type": MEDIA}
    )
    if is_taken:
        assert [batch.token for batch in pull_all(county, KNOWN)][-1] == "t9"
    else:
        assert code_of(county, KNOWN) == "answered_another"


def test_a_probe_asks_anew_for_a_snapshot_that_was_replaced_or_says_that_there_is_none(
    server: ScriptedServer, county: CountyConnector
):
    server.answers["/v1/snapshot/all/1"] = [Said(status=404), said_lines(HEAD, *PAGES, END)]
    assert county.probe().counts
    server.answers["/v1/snapshot/all/1"] = Said(status=404)
    with pytest.raises(SourceError) as caught:
        county.probe()
    assert caught.value.problem.code == "not_found"


def test_a_probe_reads_to_the_end_and_says_what_it_could_not_read(
    server: ScriptedServer, county: CountyConnector
):
    bad = {"collection": "incidents", "rows": [{"id": "i9", "title": "坏", "recorded_at": "昨天"}]}
    cut = said_lines(HEAD, *PAGES, bad)
    server.answers["/v1/snapshot/all/1"] = cut
    with pytest.raises(SourceError) as caught:
        county.probe()
    assert caught.value.problem.code == "cut_short"
    rows = sum(len(page["rows"]) for page in (*PAGES, bad))
    server.answers["/v1/snapshot/all/1"] = said_lines(
        HEAD, *PAGES, bad, {"end": True, "rows": rows}
    )
    found = county.probe()
    assert found.unread == {Collection.INCIDENTS: 1}
    assert found.counts[Collection.INCIDENTS] == 2


def with_ranges(body: bytes, tags: list[str], **headers: str) -> Any:
    """A server of byte ranges whose snapshot has each of these tags in turn, the last for good."""

    def answer(asked: Asked) -> Said:
        tag = tags.pop(0) if len(tags) > 1 else tags[0]
        first, last = asked.headers["range"].removeprefix("bytes=").split("-")
        named = {"Content-Type": "application/x-ndjson", "ETag": tag, **headers}
        if asked.headers.get("if-range", tag) != tag:
            return Said(body, headers=named)
        piece = body[int(first) : int(last) + 1]
        if not piece:
            return Said(status=416)
        where = f"bytes {first}-{int(first) + len(piece) - 1}/{len(body)}"
        return Said(piece, 206, {**named, "Content-Range": where})

    return answer


def test_a_server_without_ranges_is_read_in_one_go_and_commands_go_out_meanwhile(
    server: ScriptedServer, county: CountyConnector
):
    server.answers["/v1/commands"] = results(
        {"key": record(1, "i1").command.key, "status": "accepted"}
    )
    batches = county.pull(SyncState("county"))
    assert [row.id for row in next(batches).puts] == ["i1", "i2"]
    assert county.send([record(1, "i1")])
    (last,) = batches
    assert last.token == "t1"
    assert all(asked.headers["range"] for asked in server.asked if "snapshot" in asked.path)


def test_of_a_package_without_ranges_what_came_before_a_cut_is_kept(
    server: ScriptedServer, county: CountyConnector
):
    body, digest = bytes(range(250)) * 1_600, "7" * 64
    server.answers[f"/v1/packages/{digest}"] = Said(body, cut=300_000)
    got = county.package(digest, 5_000, 1_000, len(body))
    assert len(got) > 1_000
    assert got == body[5_000 : 5_000 + len(got)]
    server.answers[f"/v1/packages/{digest}"] = Said(body, cut=4_000)
    with pytest.raises(SourceError):
        county.package(digest, 5_000, 1_000, len(body))


def test_a_snapshot_that_becomes_another_half_way_is_begun_anew(
    server: ScriptedServer, county: CountyConnector
):
    body = said_lines(HEAD, *PAGES, END).body
    server.answers["/v1/snapshot/all/1"] = with_ranges(body, ['"old"', '"new"'])
    batches = list(county.pull(SyncState("county"), PullPlan(piece_bytes=60)))
    assert [row.id for row in batches[-1].puts] == ["i1", "i2"]
    assert {batch.staged.tag for batch in batches if batch.staged} == {'"old"', '"new"'}


def test_a_weak_tag_names_no_bytes_and_nothing_is_kept_under_it(
    server: ScriptedServer, county: CountyConnector
):
    whole = said_lines(HEAD, *PAGES, END)
    whole.headers["ETag"] = 'W/"1"'
    server.answers["/v1/snapshot/all/1"] = whole
    batches = pull_all(county)
    assert batches[-1].token == "t1"
    assert not any(batch.staged for batch in batches)


def test_a_piece_of_other_bytes_than_asked_for_is_not_taken(
    server: ScriptedServer, county: CountyConnector
):
    body = said_lines(HEAD, *PAGES, END).body
    wrong = {"Content-Range": f"bytes 5-{len(body) - 1}/{len(body)}"}
    server.answers["/v1/snapshot/all/1"] = Said(body[5:], 206, wrong)
    assert code_of(county) == "not_found"


def test_bytes_that_cannot_be_read_are_not_kept_for_the_next_time(
    server: ScriptedServer, county: CountyConnector
):
    body = said_lines(HEAD, PAGES[0]).body + b"garbage\n"
    server.answers["/v1/snapshot/all/1"] = with_ranges(body, ['"1"'])
    given: list[Batch] = []
    with contextlib.suppress(SourceError):
        given += county.pull(SyncState("county"), PullPlan(piece_bytes=10_000))
    assert [batch.staged.body for batch in given if batch.staged] == [b""]
    assert [row.id for batch in given for row in batch.puts] == ["i1"]


def test_a_server_that_refuses_the_unknown_media_type_is_spoken_to_plainly(
    server: ScriptedServer, county: CountyConnector
):
    def choosy(asked: Asked) -> Said:
        return Said(status=406) if "accept" in asked.headers else session(asked)

    server.answers["/v1/session"] = choosy
    assert pull_all(county)[-1].token == "t1"
    assert server.asked[-1].headers.get("accept", "") == ""


def test_a_source_without_sums_says_so(server: ScriptedServer, county: CountyConnector):
    with pytest.raises(SourceError) as caught:
        list(county.repair([0] * 256))
    assert caught.value.problem.code == "no_sums"
    assert not server.count("/v1/sums")


def test_what_a_hint_told_is_said_with_the_next_poll_only(
    server: ScriptedServer, county: CountyConnector
):
    events = Said(b"data: 77\n\n", headers={"Content-Type": "text/event-stream"}, stall=True)
    server.answers |= {"/v1/stream": events, "/v1/changes": Said(status=204)}
    spent: list[RequestStats] = []
    county.on_traffic = spent.append
    assert county.wait_for_hint(10)
    pull_all(county, KNOWN)
    pull_all(county, KNOWN)
    polls = [asked.target for asked in server.asked if asked.path == "/v1/changes"]
    assert polls == ["/v1/changes?since=t1&hint=77", "/v1/changes?since=t1"]
    assert sum(each.received for each in spent if each.kind is TrafficClass.HINTS) > 9


def test_a_server_strict_about_parameters_is_asked_without_them_from_then_on(
    server: ScriptedServer, county: CountyConnector
):
    def strict(asked: Asked) -> Said:
        return Said(status=400 if "max_bytes" in asked.target else 204)

    server.answers["/v1/changes"] = strict
    server.answers["/v1/session"] = lambda asked: (
        Said(status=400) if "first" in asked.target else session(asked)
    )
    for _ in range(3):
        list(county.pull(KNOWN, PullPlan(page_bytes=4096, lean=True)))
    assert server.count("/v1/changes") == 4
    assert not server.count("/v1/snapshot/all/1")


def test_a_server_that_always_promises_more_is_left(
    server: ScriptedServer, county: CountyConnector
):
    server.answers["/v1/changes"] = page(token="t1", more=True)
    assert code_of(county, KNOWN) == "no_progress"
    tokens = (f"t{n}" for n in range(1000, 9000))
    server.answers["/v1/changes"] = lambda _asked: page(token=next(tokens), more=True)
    assert code_of(county, KNOWN) == "no_progress"
    assert server.count("/v1/changes") < 50


def test_null_for_an_empty_list_fails_neither_a_snapshot_nor_changes(
    server: ScriptedServer, county: CountyConnector
):
    null = {"collection": "queues", "rows": None}
    server.answers["/v1/snapshot/all/1"] = said_lines(HEAD | {"totals": None}, null, *PAGES, END)
    assert pull_all(county)[-1].puts
    server.answers["/v1/changes"] = said_lines(
        {**json.loads(page().body), "changes": None, "more": False}
    )
    assert not pull_all(county, KNOWN)[-1].puts
