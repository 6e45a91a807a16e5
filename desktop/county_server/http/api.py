"""The routes of the county API, both levels."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from desktop.county_server import problems
from desktop.county_server.commands.create_incident import FILE_LIMIT
from desktop.county_server.commands.served_rules import ServedRules, keep_rules
from desktop.county_server.courier.delivery import Deliveries
from desktop.county_server.db.checksums import MOST_BUCKETS, read_buckets, read_sums
from desktop.county_server.db.command_log import KEYS_KEPT_S
from desktop.county_server.db.database import RETENTION_S, TIDY_EVERY_S, Database
from desktop.county_server.db.openings import Copied, Untold
from desktop.county_server.feed.changes import (
    DEFAULT_BYTES,
    LEAST_BYTES,
    MOST_BYTES,
    MOST_HINT,
    read_changes,
)
from desktop.county_server.feed.patches import read_bucket_patch, read_patch
from desktop.county_server.feed.projection import read_projection
from desktop.county_server.files.attachments import Attachments
from desktop.county_server.http.bulletin_routes import BulletinRoutes
from desktop.county_server.http.caching import (
    compact_page_headers,
    page_headers,
    snapshot_headers,
)
from desktop.county_server.http.command_routes import CommandPace, CommandRoutes
from desktop.county_server.http.courier_routes import CourierRoutes
from desktop.county_server.http.dates import Dated
from desktop.county_server.http.file_routes import FileRoutes
from desktop.county_server.http.lockout import Lockout
from desktop.county_server.http.marks import Marked
from desktop.county_server.http.methods import Endpoint, ManyMethods
from desktop.county_server.http.responses import (
    NOT_KEPT,
    accepts_gzip,
    compact_answer,
    json_answer,
    keep_only_a_plain_range,
    matches,
    number_parameter,
    numbers_parameter,
    read_body,
    wants_compact,
)
from desktop.county_server.http.roster import Roster
from desktop.county_server.http.spoken_routes import SpokenRoutes
from desktop.county_server.http.stream_route import StreamRoute
from desktop.county_server.openapi import document
from desktop.county_server.problems import ApiError
from desktop.county_server.quotas import Meter, Quotas, check_clients, check_pace
from desktop.county_server.scope import (
    ANYBODY,
    Account,
    Accounts,
    account_of,
    is_beyond_guessing,
    token_hash,
)
from desktop.county_server.snapshots.builder import SnapshotBuilder
from desktop.county_server.snapshots.compact import FIRST_ROWS, first_page
from desktop.county_server.snapshots.snapshot import SnapshotShelf
from desktop.protocol.checksum import BUCKETS
from desktop.wire.level1 import (
    FIRST_TABLES,
    MAGIC,
    AnyPhrase,
    Session,
    SessionRequest,
)
from desktop.wire.level2 import MEDIA, Frames, encode_patch, encode_session
from desktop.wire.level2.snapshot import LEVEL

LOCKED = (
    "该地址试错令牌次数过多，请稍候再试 / Too many wrong tokens from this address: wait a little"
)
SESSIONS_WORDS = ("一分钟内开启的会话", "opens too many sessions a minute")
FORGET_EVERY_S = 3_600.0
MOST_TABLES = 2**31
NOTHING_NEW = Response(status_code=204, headers={"Vary": "*"})
"""`Vary: *` keeps it out of every cache in 16 bytes fewer than `no-store`."""


class Settings(msgspec.Struct, frozen=True):
    """The settings of a server: its description, its accounts and its limits."""

    county: AnyPhrase = ""
    expected_period_s: float = 30.0
    accounts: Accounts = {}
    accounts_file: Path | None = None
    """The file with the accounts, which is read anew when it changes."""
    drill: bool = False
    dictionaries: Mapping[str, bytes] = {}
    """Dictionaries of small level 2 frames, by the first 8 hexadecimal digits of their SHA-256."""
    file_limit: int = FILE_LIMIT
    """Bytes of the largest file taken; 0 for none."""
    categories: frozenset[str] = frozenset()
    """Codes of the categories a new incident may have; empty takes any."""
    takes_commands: bool = True
    """Whether commands are done; where rows come from files each is rejected, with a reason."""
    snapshot_level: int = LEVEL
    """How strongly zstd compresses level 2 snapshots, 1 to 22."""
    quotas: Quotas = Quotas()
    """The limits of each account."""


class Api:
    """The county API over one database; `app` is its ASGI application."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        database.serve_as(drill=settings.drill)
        self._shelf = SnapshotShelf(database)
        self._builder = SnapshotBuilder(database, settings.snapshot_level)
        self._frames = Frames(settings.dictionaries)
        self._is_personal = bool(settings.accounts)
        self.roster = Roster(settings.accounts, settings.accounts_file, database.time_s)
        quotas = settings.quotas
        self._served = ServedRules(
            *(tuple(sorted(settings.categories)), settings.file_limit),
            *(settings.takes_commands, quotas),
        )
        keep_rules(database, self._served)
        self.rules = self._served.for_owners(self.roster.owners)
        pace = CommandPace(quotas, database.time_s)
        self.stream = StreamRoute(database, self._frames, self.roster, quotas.streams)
        self._commands = CommandRoutes(
            database=database, rules=self.rules, frames=self._frames, pace=pace, stream=self.stream
        )
        self._attachments = Attachments(database, settings.file_limit, quotas)
        self._courier = CourierRoutes(self._deliveries())
        self.spoken = SpokenRoutes()
        self._bulletins = BulletinRoutes(database, personal=self._is_personal)
        self._openings = Meter(quotas.sessions_per_minute, database.time_s)
        self._lockout = Lockout(database.time_s)
        self._files = FileRoutes(self._attachments, personal=self._is_personal)
        self._retry_after_s: int | None = None
        self._forgot_at_s = 0.0
        app = Starlette(
            routes=self._routes(),
            exception_handlers={
                ApiError: problems.tell_api_error,
                HTTPException: problems.tell_http_error,
                Exception: problems.tell_failure,
            },
            lifespan=self._lifespan,
        )
        app.router.redirect_slashes = False
        self.app: ASGIApp = Marked(Dated(app, database.time_s), database.server)

    @property
    def collections(self) -> tuple[str, ...]:
        """The collections that sessions list as served here; a desk shows no others."""
        return self._served.collections

    @collections.setter
    def collections(self, names: tuple[str, ...]) -> None:
        self._served = msgspec.structs.replace(self._served, collections=names)
        keep_rules(self._database, self._served)

    def _deliveries(self) -> Deliveries:
        county = (self._database, self._attachments, self.rules, self.roster.accounts)
        return Deliveries(*county, lambda: self.collections)

    def _routes(self) -> list[Route]:
        check_then_answer = self._guard
        return [
            Route("/v1/openapi.json", self._openapi),
            Route("/v1/session", check_then_answer(self._session), methods=["POST"]),
            Route("/v1/snapshot/{scope}/{id}", check_then_answer(self._snapshot)),
            Route("/v1/changes", check_then_answer(self._changes)),
            Route("/v1/sums", check_then_answer(self._sums)),
            Route("/v1/buckets", check_then_answer(self._buckets)),
            Route("/v1/scope", check_then_answer(self._scope, always=True)),
            Route("/v1/attachments", check_then_answer(self._files.offer), methods=["POST"]),
            ManyMethods(
                "/v1/attachments/{digest}", check_then_answer(self._files.either), ["GET", "PUT"]
            ),
            ManyMethods("/v1/commands", check_then_answer(self._commands.either), ["GET", "POST"]),
            Route("/v1/courier", check_then_answer(self._courier.take), methods=["POST"]),
            Route("/v1/spoken", check_then_answer(self.spoken.take), methods=["POST"]),
            Route("/v1/bulletins", check_then_answer(self._bulletins.read)),
            Route("/v1/packages/{digest}", check_then_answer(self._bulletins.package)),
            Route("/v1/stream", check_then_answer(self.stream.answer)),
        ]

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        self.stream.begin()
        self._builder.begin(self.roster.accounts().values() or (ANYBODY,))
        tidying = asyncio.create_task(self._tidy())
        try:
            yield
        finally:
            tidying.cancel()
            self.stream.close()

    async def _tidy(self) -> None:
        """Unshelve overdue alarms and drop old data regularly, so that readers get hints of it."""
        while True:
            await asyncio.sleep(TIDY_EVERY_S)
            await run_in_threadpool(self._database.tidy)
            await run_in_threadpool(self._forget_old)

    def _forget_old(self) -> None:
        """Drop data beyond its retention and unnamed files, at most once in `FORGET_EVERY_S`.

        It does not wait for requests: filling a disk with files takes no new session.
        """
        now_s = self._database.time_s()
        if abs(now_s - self._forgot_at_s) > FORGET_EVERY_S:
            self._forgot_at_s = now_s
            self._database.forget()
            self._attachments.sweep()

    def pause(self, retry_after_s: int | None) -> None:
        """Answer 503 with this Retry-After from now on; None ends the pause."""
        self._retry_after_s = retry_after_s

    def wait_for_snapshots(self, timeout_s: float) -> bool:
        """Wait until every requested snapshot is built; False when the time is over before."""
        return self._builder.wait(timeout_s)

    def end_streams(self) -> None:
        """End every open hint stream, so that a shutdown need not wait. For any thread."""
        self.stream.close()

    def close(self) -> None:
        """Release what the API holds besides the database. Idempotent."""
        self._shelf.close()
        self._builder.close()
        self._attachments.close()

    def _guard(self, endpoint: Endpoint, *, always: bool = False) -> Endpoint:
        async def check_then_answer(request: Request) -> Response:
            if self._retry_after_s is not None and not always:
                raise ApiError(503, "paused", headers={"Retry-After": str(self._retry_after_s)})
            request.state.account = self._account_of(request)
            return await endpoint(request)

        return check_then_answer

    def _account_of(self, request: Request) -> Account:
        said = request.headers.get("authorization")
        accounts = self.roster.accounts()
        account, given = account_of(said, accounts), token_hash(said)
        if accounts and given is not None:
            address = request.client.host if request.client else ""
            is_right, is_long = account is not None, is_beyond_guessing(said)
            wait_s = self._lockout.wait_s(address, given, is_right=is_right, is_long=is_long)
            if wait_s:
                raise ApiError(429, "locked", LOCKED, {"Retry-After": str(wait_s)})
        if account is None:
            raise ApiError(401, "login", headers={"WWW-Authenticate": "Bearer"})
        return account

    async def _openapi(self, request: Request) -> Response:
        body = document()
        tag = problems.strong_tag(body)
        headers = {"ETag": tag, "Cache-Control": "public, max-age=300"}
        if matches(request, tag):
            return Response(status_code=304, headers=headers | {"Vary": "Accept-Encoding"})
        return json_answer(request, body, headers)

    async def _session(self, request: Request) -> Response:
        asked = await read_body(request, SessionRequest)
        account: Account = request.state.account
        count = number_parameter(request, "first", FIRST_ROWS, 0, FIRST_ROWS)
        account = account.reading(asked.tables)
        if not wants_compact(request):
            session = await run_in_threadpool(self._open_session, asked, account, self._shelf)
            return json_answer(request, msgspec.json.encode(session))
        content = await run_in_threadpool(self._open_compact, asked, account, count)
        return compact_answer(content)

    def _open_compact(self, asked: SessionRequest, account: Account, count: int) -> bytes:
        session = self._open_session(asked, account, self._builder)
        with self._database.reading() as connection:
            first = first_page(connection, account, count)
        return encode_session(session, first, self._frames.using(session.dictionary))

    def _open_session(
        self, asked: SessionRequest, account: Account, shelf: SnapshotShelf | SnapshotBuilder
    ) -> Session:
        self._forget_old()
        check_pace(self._openings, account, 1, SESSIONS_WORDS)
        with self._database.reading() as connection:
            check_clients(connection, asked.client, account, self._settings.quotas)
        try:
            opened = self._database.open_for(asked, account, drill=self._settings.drill)
        except Copied:
            detail = "Another computer goes on under this client's name: take another."
            raise ApiError(409, "copy", detail) from None
        except Untold:
            detail = "This client has told what it remembers before: tell it again."
            raise ApiError(409, "untold", detail) from None
        known = self._settings.dictionaries
        return Session(
            magic=MAGIC,
            nonce=asked.nonce,
            epoch=self._database.epoch,
            fence=opened.fence,
            county=self._settings.county,
            collections=tuple(filter(account.reads, self.collections)),
            townships=account.townships,
            snapshot=shelf.newest(account).url,
            expected_period_s=self._settings.expected_period_s,
            retention_s=RETENTION_S,
            server_time=datetime.fromtimestamp(self._database.time_s(), UTC),
            account=account.name,
            drill=self._settings.drill,
            file_limit=self._settings.file_limit,
            sums=True,
            dictionary=next((each for each in asked.dictionaries if each in known), ""),
            server=self._database.server,
            behind=opened.behind,
            keys_kept_s=KEYS_KEPT_S,
            set_back_to=self._database.set_back_to,
            since=True,
        )

    async def _scope(self, request: Request) -> Response:
        account: Account = request.state.account
        return Response(status_code=204, headers=NOT_KEPT | {"Scope": account.scope})

    async def _snapshot(self, request: Request) -> Response:
        account: Account = request.state.account
        scope, name = request.path_params["scope"], request.path_params["id"]
        found = None
        if scope == account.as_reader(scope).scope:
            found = self._builder.find(scope, name) or self._shelf.find(scope, name)
        if found is None:
            raise ApiError(404, "snapshot-gone", "Open a session: it names a newer snapshot.")
        file = found.file("gzip" if accepts_gzip(request) else "")
        if file.media_type == MEDIA and not wants_compact(request):
            raise ApiError(406, "level", f"This snapshot is {MEDIA}: accept that.")
        vary = "Accept, Accept-Encoding"
        headers = snapshot_headers(vary, personal=self._is_personal) | {"ETag": file.tag}
        if matches(request, file.tag):
            return Response(status_code=304, headers=headers)
        if file.coding:
            headers["Content-Encoding"] = file.coding
        keep_only_a_plain_range(request, file.path.stat().st_size, file.tag)
        return FileResponse(file.path, headers=headers, media_type=file.media_type)

    async def _changes(self, request: Request) -> Response:
        since = request.query_params.get("since", "")
        max_bytes = number_parameter(request, "max_bytes", DEFAULT_BYTES, LEAST_BYTES, MOST_BYTES)
        hinted = number_parameter(request, "hint", 0, 0, MOST_HINT) > 0
        wanted = read_projection(request.query_params.get("fields", ""))
        account: Account = request.state.account
        asked = (self._database, since, max_bytes, account)
        if wants_compact(request):
            frames = self._frames.using(request.query_params.get("d", ""))
            packed = await run_in_threadpool(read_patch, *asked, frames, wanted)
            if packed is None:
                return NOTHING_NEW
            headers = compact_page_headers(
                personal=self._is_personal, more=packed.more, hinted=hinted
            )
            return Response(packed.data, 200, headers, MEDIA)
        found = await run_in_threadpool(read_changes, *asked, wanted)
        if found is None:
            return NOTHING_NEW
        headers = page_headers(
            "Accept, Accept-Encoding",
            personal=self._is_personal,
            more=found.more,
            hinted=hinted,
        )
        return json_answer(request, msgspec.json.encode(found), headers)

    async def _sums(self, request: Request) -> Response:
        found = await run_in_threadpool(read_sums, self._database, _reader_of(request))
        return json_answer(request, msgspec.json.encode(found))

    async def _buckets(self, request: Request) -> Response:
        asked = (
            self._database,
            _reader_of(request),
            numbers_parameter(request, "n", BUCKETS, MOST_BUCKETS),
        )
        if wants_compact(request):
            patch = await run_in_threadpool(read_bucket_patch, *asked)
            frames = self._frames.using(request.query_params.get("d", ""))
            return compact_answer(await run_in_threadpool(encode_patch, patch, frames))
        found = await run_in_threadpool(read_buckets, *asked)
        return json_answer(request, msgspec.json.encode(found))


def _reader_of(request: Request) -> Account:
    """Return the account as a reader of so many collections as the request says."""
    account: Account = request.state.account
    return account.reading(number_parameter(request, "tables", FIRST_TABLES, 0, MOST_TABLES))
