"""An ordinary HTTP cache, a real nginx, between a county and many desks."""

from __future__ import annotations

import hashlib
import json
import ssl
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.scope import Account
from desktop.county_server.server import CountyServer
from desktop.wire.level2 import MEDIA, Frames, decode_session
from support import real_nginx
from support.certificates import Certificates
from support.compact_reader import CompactReader
from support.county_rows import incident
from support.raw_line import RawAnswer, RawLine

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(real_nginx.program() is None, reason="nginx is not installed"),
]
DESKS = 20
ACCEPT = f"Accept: {MEDIA}"
GZIP = "Accept-Encoding: gzip"
TOKENS = {"north": "north-token", "south": "south-token", "north2": "north-other-token"}
ACCOUNTS = {
    hashlib.sha256(token.encode()).hexdigest(): Account(name, (name.rstrip("2"),))
    for name, token in TOKENS.items()
}


class Counting:
    """ASGI application that counts what another one is asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.asked: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.asked[scope["path"]] += 1
        await self._app(scope, receive, send)


@pytest.fixture
def database() -> Iterator[Database]:
    found = Database()
    for township in ("north", "south"):
        rows = [
            incident(f"{township}-{n}", township=township, address=f"{n * 7919}")
            for n in range(1500)
        ]
        found.put("incidents", rows)
    yield found
    found.close()


class Cached(NamedTuple):
    """A county behind an nginx, and what reaches that county."""

    url: str
    counting: Counting
    server: CountyServer
    trusted: ssl.SSLContext

    def line(self) -> RawLine:
        """A connection to the nginx."""
        return RawLine(self.url, self.trusted)

    def ask(self, path: str, *lines: str, body: bytes | None = None) -> RawAnswer:
        """The answer over a connection of its own, as a snapshot's answer ends its."""
        with self.line() as line:
            return line.ask(path, *lines, body=body)

    def asked_by_many(self, path: str, *lines: str) -> list[RawAnswer]:
        """The answers to as many desks that ask at the same time."""

        with ThreadPoolExecutor(DESKS) as desks:
            return list(desks.map(lambda _number: self.ask(path, *lines), range(DESKS)))


@contextmanager
def cached(database: Database, folder: Path, settings: Settings) -> Iterator[Cached]:
    """A county and an nginx before it, each with a certificate of the county's authority."""
    certificates = Certificates(folder / "tls")
    server = CountyServer(database, settings, tls=certificates.server)
    counting = Counting(server.api.app)
    server.api.app = counting  # type: ignore[assignment]
    with server, real_nginx.nginx_before(server.base_url, folder, certificates) as nginx:
        yield Cached(nginx.url, counting, server, certificates.client)


def login(name: str) -> str:
    return f"Authorization: Bearer {TOKENS[name]}"


def snapshot_url(pool: Cached, *lines: str) -> str:
    body = json.dumps({"nonce": "12345678", "client": "desk-1"}).encode()
    answer = pool.ask("/v1/session", ACCEPT, *lines, body=body)
    assert answer.status == 200
    return decode_session(answer.body, Frames())[0].snapshot


@pytest.mark.parametrize("with_accounts", [False, True], ids=["open", "accounts"])
def test_twenty_desks_take_a_snapshot_for_the_price_of_one(
    database: Database, tmp_path: Path, with_accounts: bool
) -> None:
    settings = Settings("云麓县", accounts=ACCOUNTS if with_accounts else {})
    logins = [login("north")] if with_accounts else []
    with cached(database, tmp_path, settings) as pool:
        pool.server.api.wait_for_snapshots(60)
        path = snapshot_url(pool, *logins)
        answers = pool.asked_by_many(path, ACCEPT, *logins)
        assert {each.status for each in answers} == {200}
        assert len({each.body for each in answers}) == 1
        assert {each.headers["content-type"] for each in answers} == {MEDIA}
        assert pool.counting.asked[path] == 1
        reader = CompactReader(database, Account("north", ("north",)) if logins else Account())
        reader.read_snapshot(answers[0].body)
        if with_accounts:
            colleague = pool.ask(path, ACCEPT, login("north2"))
            assert colleague.body == answers[0].body
            assert pool.counting.asked[path] == 1


def test_a_cut_download_goes_on_through_the_cache(database: Database, tmp_path: Path) -> None:
    with cached(database, tmp_path, Settings("云麓县")) as pool:
        pool.server.api.wait_for_snapshots(60)
        path = snapshot_url(pool)
        first = pool.ask(path, ACCEPT, "Range: bytes=100-")
        whole = pool.ask(path, ACCEPT)
        assert (first.status, first.body) == (206, whole.body[100:])
        tag = whole.headers["etag"]
        assert not tag.startswith("W/")
        rest = pool.ask(path, ACCEPT, "Range: bytes=1000-1999", f"If-Range: {tag}")
        assert (rest.status, rest.body) == (206, whole.body[1000:2000])
        other = pool.ask(path, ACCEPT, "Range: bytes=1000-", 'If-Range: "other"')
        assert (other.status, other.body) == (200, whole.body)
        assert pool.ask(path, ACCEPT, f"If-None-Match: {tag}").status == 304
        assert pool.counting.asked[path] == 1
        assert pool.ask(path, ACCEPT, "Range: bytes=99999999-").status == 416


def test_each_level_and_coding_of_one_url_keeps_its_own_bytes(
    database: Database, tmp_path: Path
) -> None:
    with cached(database, tmp_path, Settings("云麓县")) as pool:
        compact = snapshot_url(pool)
        body = json.dumps({"nonce": "12345678", "client": "desk-1"}).encode()
        plain = json.loads(pool.ask("/v1/session", body=body).body)["snapshot"]
        for _ in range(2):
            assert pool.ask(compact).status == 406
            assert pool.ask(compact, ACCEPT).status == 200
            assert "content-encoding" not in pool.ask(plain).headers
            assert pool.ask(plain, GZIP).headers["content-encoding"] == "gzip"


def test_no_account_ever_gets_what_is_anothers(database: Database, tmp_path: Path) -> None:
    settings = Settings("云麓县", accounts=ACCOUNTS)
    with cached(database, tmp_path, settings) as pool:
        pool.server.api.wait_for_snapshots(60)
        paths = {name: snapshot_url(pool, login(name)) for name in ("north", "south")}
        readers = {}
        for name, path in paths.items():
            for _ in range(2):
                answer = pool.ask(path, ACCEPT, login(name))
                assert "private" in answer.headers["cache-control"]
                readers[name] = CompactReader(database, Account(name, (name,)))
                readers[name].read_snapshot(answer.body)
                rows = [row for _, row in readers[name].rows.values()]
                assert {row.township for row in rows} == {name}  # type: ignore[attr-defined]
        database.put("incidents", [incident("new", township="north")])
        for asker, owner in (("north", "south"), ("south", "north")):
            assert pool.ask(paths[owner], ACCEPT, login(asker)).status == 404
            assert pool.ask(paths[owner], ACCEPT).status == 401
            assert pool.ask(paths[owner], ACCEPT, "Authorization: Bearer x").status == 401
            changes = f"/v1/changes?since={readers[owner].token}"
            assert pool.ask(changes, ACCEPT, login(owner)).status in (200, 204)
            assert pool.ask(changes, ACCEPT, login(asker)).status == 410
            assert pool.ask(changes, ACCEPT).status == 401
        sums = [pool.ask("/v1/sums", login(name)).body for name in ("north", "south", "north")]
        assert sums[0] == sums[2] != sums[1]


def test_all_desks_of_one_hint_share_the_page_and_a_later_hint_gets_a_newer(
    database: Database, tmp_path: Path
) -> None:
    with cached(database, tmp_path, Settings("云麓县")) as pool:
        reader = CompactReader(database)
        reader.take_snapshot()
        database.put("incidents", [incident("north-1", township="north", address="新址")])
        asked = f"/v1/changes?since={reader.token}&hint={database.head}"
        with pool.line() as line:
            first = line.ask(asked, ACCEPT)
        assert len({each.body for each in pool.asked_by_many(asked, ACCEPT)} | {first.body}) == 1
        assert pool.counting.asked["/v1/changes"] == 1
        database.put("incidents", [incident("north-2", township="north", address="更新")])
        with pool.line() as line:
            poll = line.ask(f"/v1/changes?since={reader.token}", ACCEPT)
            later = line.ask(f"/v1/changes?since={reader.token}&hint={database.head}", ACCEPT)
            assert poll.body != first.body != later.body
            reader.apply(later.body)
            idle = [line.ask(f"/v1/changes?since={reader.token}", ACCEPT) for _ in range(2)]
        assert {each.status for each in idle} == {204}
        assert pool.counting.asked["/v1/changes"] == 5
