"""The routes of `/v1/bulletins` and `/v1/packages`: what a county publishes for its desks."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from desktop.county_server.courier.bulletins import Board
from desktop.county_server.courier.offices import identity
from desktop.county_server.db.database import Database
from desktop.county_server.http.caching import file_headers
from desktop.county_server.http.file_routes import SAFE
from desktop.county_server.http.responses import (
    NOT_KEPT,
    json_answer,
    keep_only_a_plain_range,
    matches,
)
from desktop.county_server.problems import ApiError, strong_tag

NOTHING = "没有发布 / Nothing is published."


class BulletinRoutes:
    """Gives what was published; every account may read it."""

    def __init__(self, database: Database, *, personal: bool) -> None:
        self._database, self._is_personal = database, personal
        self._board = Board(database.path)

    async def read(self, request: Request) -> Response:
        """Answer `GET /v1/bulletins`."""
        body = await run_in_threadpool(self._encode)
        if body is None:
            raise ApiError(404, "not-found", NOTHING)
        tag = strong_tag(body)
        if matches(request, tag):
            return Response(status_code=304, headers={"ETag": tag})
        return json_answer(request, body, NOT_KEPT | {"ETag": tag})

    def _encode(self) -> bytes | None:
        with self._database.reading() as connection:
            county = identity(connection)
        return self._board.encode(county)

    async def package(self, request: Request) -> Response:
        """Answer `GET /v1/packages/{digest}`."""
        digest = request.path_params["digest"]
        file = await run_in_threadpool(self._board.package, digest, datetime.now(UTC))
        if file is None:
            raise ApiError(404, "no-file", NOTHING)
        tag = f'"{digest}"'
        headers = file_headers(personal=self._is_personal) | SAFE | {"ETag": tag}
        if matches(request, tag):
            return Response(status_code=304, headers=headers)
        keep_only_a_plain_range(request, file.stat().st_size, tag)
        return FileResponse(file, headers=headers, media_type="application/octet-stream")
