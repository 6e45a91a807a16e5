"""Level 2 of the county API on the wire: negotiation, ranges, few bytes, small records."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.http.listening import server_tls
from desktop.county_server.http.transport import RECORD_BYTES, CountyLine
from desktop.county_server.scope import Account
from desktop.county_server.server import CountyServer
from desktop.wire.level1 import Deadline, Point, Session
from desktop.wire.level2 import (
    LIST_FIELDS,
    MEDIA,
    Frames,
    Page,
    decode_patch,
    decode_session,
    dictionary_name,
)
from support.compact_reader import CompactReader
from support.county_rows import asset, incident
from support.raw_line import RawLine

ACCEPT = f"Accept: {MEDIA}"
DICTIONARY = b"".join(f"/v1/snapshot/all/{n} county-desk/1 incidents ".encode() for n in range(80))
NAME = dictionary_name(DICTIONARY)
TOKEN = "s6Vd0xJ1qPzL7mKe"
NOW = datetime.now(UTC)


@pytest.fixture
def database() -> Iterator[Database]:
    found = Database()
    rows = [incident(f"i{number}", address=f"{number * 7919}") for number in range(700)]
    rows += [incident(f"bad{number}", level="major") for number in range(30)]
    late = (Deadline("handling", NOW - timedelta(hours=1)),)
    rows += [incident("late", deadlines=late), incident("done", stage="closed")]
    found.put("incidents", rows)
    found.put("assets", [asset("a1")])
    yield found
    found.close()


@pytest.fixture
def server(database: Database) -> Iterator[CountyServer]:
    with CountyServer(database, Settings("云麓县", dictionaries={NAME: DICTIONARY})) as running:
        yield running


@pytest.fixture
def line(server: CountyServer) -> Iterator[RawLine]:
    with RawLine(server.base_url) as found:
        yield found


def opened(line: RawLine, *lines: str, query: str = "", **asked: object) -> tuple[Session, Page]:
    body = json.dumps({"nonce": "12345678", "client": "desk-1"} | asked).encode()
    answer = line.ask(f"/v1/session{query}", ACCEPT, *lines, body=body)
    assert (answer.status, answer.headers["content-type"]) == (200, MEDIA)
    session, page = decode_session(answer.body, Frames({NAME: DICTIONARY}))
    return session, page  # type: ignore[return-value]


def test_a_session_brings_the_twenty_worst_incidents_and_chooses_a_dictionary(
    line: RawLine,
) -> None:
    session, page = opened(line, dictionaries=["00000000", NAME])
    assert [each.row.level for each in page.rows] == ["major"] * 20
    assert (session.dictionary, session.sums, session.nonce) == (NAME, True, "12345678")
    session, page = opened(line, dictionaries=["00000000"], query="?first=0")
    assert (session.dictionary, page) == ("", None)


def test_a_session_brings_of_the_worst_no_more_than_a_list_shows(
    line: RawLine, database: Database
) -> None:
    late = (Deadline("handling", NOW - timedelta(days=1)),)
    told = incident(
        "worst", level="especially_major", title="桥断", place=Point(110.0, 32.0), deadlines=late,
        address="河口", summary="长",
    )  # fmt: skip
    database.put("incidents", [told])
    _, page = opened(line)
    row = next(each.row for each in page.rows if each.row.id == "worst")
    assert (row.title, row.place, len(row.deadlines)) == ("桥断", told.place, 1)
    assert (row.address, row.summary) == ("", "")
    reader = CompactReader(database)
    reader.take_snapshot()
    [whole] = [row for _, row in reader.rows.values() if row.id == "worst"]  # type: ignore[attr-defined]
    assert (whole.address, whole.summary) == ("河口", "长")  # type: ignore[attr-defined]


def test_a_snapshot_comes_in_the_order_in_which_an_officer_needs_it(
    line: RawLine, database: Database
) -> None:
    session, _ = opened(line)
    answer = line.ask(session.snapshot, ACCEPT)
    assert (answer.status, answer.headers["content-type"]) == (200, MEDIA)
    assert "immutable" in answer.headers["cache-control"]
    reader = CompactReader(database)
    reader.read_snapshot(answer.body)
    pages = reader.pages
    assert [len(page.rows) for page in pages[:2]] == [20, 11]
    assert pages[1].rows[-1].row.id == "late"
    order = list(dict.fromkeys((page.collection, page.part) for page in pages))
    assert order == [
        ("incidents", "full"),
        ("incidents", "list"),
        ("incidents", "rest"),
        ("assets", "full"),
    ]
    assert (pages[-1].collection, pages[-1].rows[0].row.id) == ("incidents", "done")
    sizes = [len(page.rows) for page in pages if page.part == "list"]
    assert sizes == sorted(sizes[:-1]) + sizes[-1:]
    assert "summary" not in LIST_FIELDS
    assert line.ask(f"/v1/changes?since={reader.token}", ACCEPT).status == 204


def test_a_cut_level_2_snapshot_goes_on_at_the_byte(line: RawLine) -> None:
    url = opened(line)[0].snapshot
    whole = line.ask(url, ACCEPT)
    tag, half = whole.headers["etag"], len(whole.body) // 2
    rest = line.ask(url, ACCEPT, f"Range: bytes={half}-", f"If-Range: {tag}")
    assert (rest.status, rest.body) == (206, whole.body[half:])
    assert rest.headers["content-range"] == f"bytes {half}-{len(whole.body) - 1}/{len(whole.body)}"
    changed = line.ask(url, ACCEPT, f"Range: bytes={half}-", 'If-Range: "other"')
    assert (changed.status, changed.body) == (200, whole.body)
    for condition in ((), (f"If-Range: {tag}",)):
        beyond = line.ask(url, ACCEPT, f"Range: bytes={len(whole.body)}-", *condition)
        assert beyond.status == 416
        assert beyond.headers["content-range"] == f"bytes */{len(whole.body)}"
        assert json.loads(beyond.body)["status"] == 416
    end = line.ask(url, ACCEPT, "Range: bytes=-10", f"If-Range: {tag}")
    assert (end.status, end.body) == (206, whole.body[-10:])
    assert line.ask(url, ACCEPT, f"If-None-Match: {tag}").status == 304
    assert line.ask(url).status == 406


def test_changes_are_packed_with_the_dictionary_asked_for_or_plain(
    line: RawLine, database: Database
) -> None:
    session, _ = opened(line)
    reader = CompactReader(database)
    reader.read_snapshot(line.ask(session.snapshot, ACCEPT).body)
    database.put("incidents", [incident("i3", address="新址")])
    for query, known in (("", {}), (f"&d={NAME}", {NAME: DICTIONARY}), ("&d=00000000", {})):
        answer = line.ask(f"/v1/changes?since={reader.token}{query}", ACCEPT)
        (change,) = decode_patch(answer.body, Frames(known)).patches
        assert change.changes == {"address": "新址"}
    answer = line.ask(f"/v1/changes?since={reader.token}&fields=-incidents", ACCEPT)
    assert answer.status == 204
    assert line.ask(f"/v1/changes?since={reader.token}").headers["content-type"] == (
        "application/json"
    )
    count = 0
    for first in range(0, 256, 16):
        numbers = ",".join(map(str, range(first, first + 16)))
        some = line.ask(f"/v1/buckets?n={numbers}", ACCEPT)
        count += len(decode_patch(some.body, Frames()).puts["incidents"])
    assert count == 732


def test_an_idle_poll_and_its_answer_are_at_most_200_bytes(database: Database) -> None:
    accounts = {hashlib.sha256(TOKEN.encode()).hexdigest(): Account("南", ("south", "north"))}
    with (
        CountyServer(database, Settings("云麓县", accounts=accounts)) as server,
        RawLine(server.base_url) as line,
    ):
        login = f"Authorization: Bearer {TOKEN}"
        reader = CompactReader(database)
        reader.read_snapshot(line.ask(opened(line, login)[0].snapshot, ACCEPT, login).body)
        answer = line.ask(f"/v1/changes?since={reader.token}", ACCEPT, login)
        assert answer.status == 204
        assert set(answer.headers) == {"vary", "m"}
        assert line.asked + answer.size <= 200


def test_what_no_cache_keeps_has_no_date_at_level_2_and_everything_else_has(
    line: RawLine,
) -> None:
    session, _ = opened(line)
    assert "date" in line.ask(session.snapshot, ACCEPT).headers
    assert "date" in line.ask("/v1/sums").headers
    assert "date" in line.ask("/v1/changes?since=x", ACCEPT).headers


def test_only_pages_that_stay_true_may_be_kept(line: RawLine, database: Database) -> None:
    reader = CompactReader(database)
    reader.take_snapshot()
    database.put("incidents", [incident(f"n{n}", address=f"{n * 7919}") for n in range(300)])
    full = line.ask(f"/v1/changes?since={reader.token}&max_bytes=1024", ACCEPT)
    assert (full.headers["cache-control"], full.headers["vary"]) == (
        "public, max-age=3600",
        "Accept",
    )
    last = line.ask(f"/v1/changes?since={reader.token}&max_bytes=4000000", ACCEPT)
    assert (last.headers.get("cache-control"), last.headers["vary"]) == (None, "*")
    hinted = line.ask(f"/v1/changes?since={reader.token}&max_bytes=4000000&hint=9", ACCEPT)
    assert hinted.headers["cache-control"] == "public, max-age=60"


def test_a_large_countys_first_reader_does_not_wait_for_the_strong_press() -> None:
    database = Database()
    database.put("incidents", [incident(f"i{n}", address=f"{n * 7919}") for n in range(2_500)])
    try:
        with CountyServer(database) as server, RawLine(server.base_url) as line:
            first = opened(line)[0].snapshot
            reader = CompactReader(database)
            reader.read_snapshot(line.ask(first, ACCEPT).body)
            assert server.api.wait_for_snapshots(60)
            newer = opened(line, query="?first=0")[0].snapshot
            assert newer.endswith("-19")
            reader.read_snapshot(line.ask(newer, ACCEPT).body)
            assert len(reader.rows) == 2_500
    finally:
        database.close()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path, ssl.SSLContext]:
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(b"".join(each.bytes() for each in issued.cert_chain_pems))
    key.write_bytes(issued.private_key_pem.bytes())
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    return chain, key, trusted


def test_tls_records_are_small_and_a_small_answer_is_one_record(
    database: Database, certificate: tuple[Path, Path, ssl.SSLContext]
) -> None:
    chain, key, trusted = certificate
    with CountyServer(database, tls=server_tls(chain, key)) as server:
        assert server.base_url.startswith("https://")
        with RawLine(server.base_url, trusted) as line:
            token = f"{opened(line)[0].epoch}.0.all"
            assert len(line.pieces) == 1
            line.ask(f"/v1/changes?since={token}&max_bytes=100000")
            assert len(line.pieces) > 10
            assert max(line.pieces) <= RECORD_BYTES


def test_answers_leave_at_once_and_an_idle_line_stays(
    server: CountyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []
    made = CountyLine.connection_made

    def look(self: CountyLine, transport: asyncio.Transport) -> None:
        made(self, transport)
        line = transport.get_extra_info("socket")
        no_delay = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        seen.append((no_delay, self.timeout_keep_alive))

    monkeypatch.setattr(CountyLine, "connection_made", look)
    with RawLine(server.base_url) as line:
        assert line.ask("/v1/scope").headers["scope"] == "all"
    assert seen == [(1, 600)]
