"""The routes of `/v1/attachments`: offer a file, upload it in pieces, read it with ranges."""

from __future__ import annotations

import re

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response

from desktop.county_server.files.attachments import Arrival, Attachments, ByteRange
from desktop.county_server.http.caching import file_headers
from desktop.county_server.http.responses import (
    json_answer,
    keep_only_a_plain_range,
    matches,
    read_body,
)
from desktop.county_server.problems import ApiError
from desktop.wire.level1 import FileOffer, FileState

PIECE_BYTES = 1 << 14
"""Bytes written at once: so few that a newer request finds nearly all of an older, hanging one."""
CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15})")
MEDIA_TYPE = re.compile(r"[a-zA-Z0-9!#$&^_.+-]{1,60}/[a-zA-Z0-9!#$&^_.+-]{1,60}")
UNKNOWN_TYPE = "application/octet-stream"
SAFE = {
    # Whoever uploaded it chose the media type: no browser may run it in the county's name.
    "Content-Disposition": "attachment",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}


class FileRoutes:
    """Receives and serves files."""

    def __init__(self, attachments: Attachments, *, personal: bool) -> None:
        self._attachments = attachments
        self._is_personal = personal

    async def offer(self, request: Request) -> Response:
        """Answer `POST /v1/attachments`."""
        offered = await read_body(request, FileOffer)
        account = request.state.account
        return _tell(request, await run_in_threadpool(self._attachments.offer, offered, account))

    async def either(self, request: Request) -> Response:
        """Answer PUT or GET of one file."""
        return await (self._put if request.method == "PUT" else self._get)(request)

    async def _put(self, request: Request) -> Response:
        piece = _content_range(request)
        begun = await run_in_threadpool(
            self._attachments.begin,
            request.path_params["digest"],
            piece,
            request.state.account,
        )
        if isinstance(begun, FileState):
            return _tell(request, begun)
        try:
            whole = await _take(request, begun, piece.length)
        finally:
            state = await run_in_threadpool(self._attachments.finish, begun)
        if not whole:
            detail = "The body is not as long as its Content-Range."
            raise ApiError(409, "file-cut", detail, offset=state.offset)
        return _tell(request, state)

    async def _get(self, request: Request) -> Response:
        digest = request.path_params["digest"]
        found = await run_in_threadpool(self._attachments.find, digest, request.state.account)
        if found is None:
            raise ApiError(404, "no-file", "Not here, or not whole yet.")
        tag = f'"{digest}"'
        headers = file_headers(personal=self._is_personal) | SAFE | {"ETag": tag}
        if matches(request, tag):
            return Response(status_code=304, headers=headers)
        keep_only_a_plain_range(request, found.path.stat().st_size, tag)
        known = MEDIA_TYPE.fullmatch(found.media_type)
        media_type = found.media_type if known else UNKNOWN_TYPE
        return FileResponse(found.path, headers=headers, media_type=media_type)


def _tell(request: Request, state: FileState) -> Response:
    return json_answer(request, msgspec.json.encode(state))


def _content_range(request: Request) -> ByteRange:
    match = CONTENT_RANGE.fullmatch(request.headers.get("content-range", ""))
    if match is None:
        raise ApiError(400, "range", "Say Content-Range: bytes FIRST-LAST/SIZE.")
    return ByteRange(*(int(each) for each in match.groups()))


async def _take(request: Request, arrival: Arrival, length: int) -> bool:
    """Write the body in pieces; return whether it was as long as its range.

    Of a body that is cut, all that came is written.
    """
    gathered, taken = bytearray(), 0
    try:
        async for chunk in request.stream():
            gathered += chunk
            if taken + len(gathered) > length:
                break
            if len(gathered) >= PIECE_BYTES:
                await run_in_threadpool(arrival.write, bytes(gathered))
                taken += len(gathered)
                gathered.clear()
    except ClientDisconnect:
        # Nobody is left to read the answer; the bytes are worth keeping.
        await run_in_threadpool(arrival.write, bytes(gathered[: length - taken]))
        return False
    await run_in_threadpool(arrival.write, bytes(gathered[: length - taken]))
    return taken + len(gathered) == length
