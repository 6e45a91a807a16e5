"""The routes of `/v1/commands`, in JSON or level 2 as the request's headers ask."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from functools import partial

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desktop.county_server.commands.create_incident import Rules
from desktop.county_server.commands.executor import command_states, do_commands
from desktop.county_server.db.database import Database
from desktop.county_server.feed.patches import read_few
from desktop.county_server.feed.projection import read_projection
from desktop.county_server.http.responses import (
    NOT_KEPT,
    json_answer,
    media_type_of,
    read_body,
    read_bytes,
    wants_compact,
)
from desktop.county_server.http.stream_route import StreamRoute
from desktop.county_server.problems import ApiError
from desktop.county_server.quotas import Meter, Quotas, check_pace
from desktop.county_server.scope import Account
from desktop.protocol.limits import REQUEST_BYTES
from desktop.wire import level2
from desktop.wire.level1 import CommandResults, Commands
from desktop.wire.level2 import Frames, FullResults, UnknownDictionary, WireError

log = logging.getLogger(__name__)

MOST_ANSWER_BYTES = 4_096
"""The longest answer with changes in it: they make the results wait, half a second on 64 kbit/s."""
MOST_KEYS = 100
DAY_S = 86_400.0
COMMANDS_WORDS = ("一分钟内提交的指令", "sends too many commands a minute")
BYTES_WORDS = ("当天提交的指令字节", "sends too many bytes of commands a day")
KEY = re.compile(r"[0-9a-f]{32}")


class CommandPace:
    """Limits on the commands, and bytes of them, that each account may send in a time."""

    def __init__(self, quotas: Quotas, time_s: Callable[[], float]) -> None:
        self._commands = Meter(quotas.commands_per_minute, time_s)
        self._bytes = Meter(quotas.command_bytes_per_day, time_s, in_s=DAY_S)

    def check_commands(self, account: Account, count: int) -> None:
        """Count the commands; 429 when these are too many."""
        check_pace(self._commands, account, count, COMMANDS_WORDS)

    def check_bytes(self, account: Account, size: int) -> None:
        """Count the request's bytes; 429 when these are too many."""
        check_pace(self._bytes, account, size, BYTES_WORDS)


class CommandRoutes:
    """Executes commands and returns their results."""

    def __init__(
        self,
        *,
        database: Database,
        rules: Rules,
        frames: Frames,
        pace: CommandPace,
        stream: StreamRoute,
    ) -> None:
        self._database, self._stream = database, stream
        self._rules = rules
        self._frames = frames
        self._pace = pace

    async def either(self, request: Request) -> Response:
        """Answer POST or GET."""
        return await (self._post if request.method == "POST" else self._get)(request)

    async def _post(self, request: Request) -> Response:
        # A request without its length counts as the longest.
        size = int(request.headers.get("content-length", REQUEST_BYTES))
        self._pace.check_bytes(request.state.account, size)
        if media_type_of(request) == level2.MEDIA:
            asked = self._decode(await read_bytes(request))
        else:
            asked = await read_body(request, Commands)
        account: Account = request.state.account
        self._pace.check_commands(account, len(asked.commands))
        streamed = (
            "stream" in request.query_params
            and _is_answered_compact(request)
            and self._stream.serves(account)
        )
        before = self._database.head
        results = await run_in_threadpool(
            partial(do_commands, self._database, asked, account, self._rules, streamed=streamed)
        )
        if streamed and self._database.has_changed_for(before, account):
            self._stream.hurry(account)
            answer = FullResults(results, streamed=self._database.head)
            return Response(level2.encode_answer(answer, Frames()), 200, {}, level2.MEDIA)
        if "since" not in request.query_params or not _is_answered_compact(request):
            return self._answer(request, results, {})
        content = await run_in_threadpool(self._pack_with_changes, request, results)
        return Response(content, 200, {}, level2.MEDIA)

    def _pack_with_changes(self, request: Request, results: CommandResults) -> bytes:
        """Encode the results with the changes since, unless these make the answer long.

        What was done stays done, and is told, whatever is wrong with what was asked for besides.
        """
        asked = request.query_params
        frames = self._frames.using(asked.get("d", ""))
        try:
            wanted = read_projection(asked.get("fields", ""))
            changes = read_few(self._database, asked["since"], request.state.account, wanted)
            content = level2.encode_answer(FullResults(results, changes), frames)
            if changes is None or len(content) <= MOST_ANSWER_BYTES:
                return content
        except ApiError as error:
            log.info("an answer goes without changes", exc_info=error)
        except Exception:
            log.exception("an answer goes without changes")
        return level2.encode_results(results, frames)

    def _decode(self, body: bytes) -> Commands:
        try:
            return level2.decode_commands(body, self._frames)
        except UnknownDictionary:
            # The same commands in JSON are welcome: 400 would be a refusal of them.
            raise ApiError(415, "media-type", "Send it without that dictionary.") from None
        except WireError as error:
            raise ApiError(400, "body", str(error)) from None

    async def _get(self, request: Request) -> Response:
        keys = request.query_params.get("keys", "").split(",")
        if len(keys) > MOST_KEYS or not all(KEY.fullmatch(key) for key in keys):
            detail = f"keys: 1 to {MOST_KEYS} command keys, separated by commas."
            raise ApiError(400, "parameter", detail)
        states = await run_in_threadpool(
            command_states, self._database, keys, request.state.account
        )
        return self._answer(request, states, NOT_KEPT)

    def _answer(
        self, request: Request, results: CommandResults, headers: Mapping[str, str]
    ) -> Response:
        """Encode the results: in level 2 for clients that accept it, or sent it without `Accept`.

        No cache keeps the answer to a POST, so it needs no header to say so.
        """
        if not _is_answered_compact(request):
            return json_answer(request, msgspec.json.encode(results))
        frames = self._frames.using(request.query_params.get("d", ""))
        return Response(level2.encode_results(results, frames), 200, headers, level2.MEDIA)


def _is_answered_compact(request: Request) -> bool:
    sent_compact = "accept" not in request.headers and media_type_of(request) == level2.MEDIA
    return sent_compact or wants_compact(request)
