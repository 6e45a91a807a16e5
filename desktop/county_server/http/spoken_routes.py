"""The route of `/v1/spoken`: a duty officer hands on what an office read over a telephone."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desktop.county_server.http.responses import json_answer, read_body
from desktop.county_server.problems import ApiError
from desktop.wire.level2.cursor import WireError
from desktop.wire.spoken_reports import SpokenAnswer, SpokenReport

NO_OFFICES = "没有单位可以报 / No offices may report so."
NOT_AS_READ = (
    "核对不上：有数字或核对词听错，或该单位不在名单里，请从头再读"
    " / It does not fit: something was misheard, or the office is not listed; read all of it again"
)


class SpokenRoutes:
    """Takes reports by telephone; whose they are is proven by their check, not by who brings
    them."""

    def __init__(self) -> None:
        self.hear: Callable[[SpokenReport], SpokenAnswer] | None = None
        """What reads and does them, or raises WireError; None while no offices send frames."""

    async def take(self, request: Request) -> Response:
        """Answer `POST /v1/spoken` with what the report says and became."""
        asked = await read_body(request, SpokenReport)
        hear = self.hear
        if hear is None:
            raise ApiError(404, "not-found", NO_OFFICES)
        try:
            answer = await run_in_threadpool(hear, asked)
        except WireError:
            raise ApiError(422, "spoken", NOT_AS_READ) from None
        return json_answer(request, msgspec.json.encode(answer))
