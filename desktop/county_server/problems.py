"""Errors of the county API as RFC 9457 problem details."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec

from desktop.wire.level1 import ProblemDetails

if TYPE_CHECKING:
    # Commands are also executed where no HTTP server is installed.
    from starlette.requests import Request
    from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


class ApiError(Exception):
    """An error answer; `kind` is the last part of its `type` URI and never changes meaning."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str = "",
        headers: Mapping[str, str] | None = None,
        *,
        offset: int | None = None,
    ) -> None:
        super().__init__(kind)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.headers = dict(headers or {})
        self.offset = offset


def problem(error: ApiError) -> Response:
    """Build the problem-details response for an error."""
    from starlette.responses import Response

    details = ProblemDetails(
        type=f"urn:county-desk:problem:{error.kind}",
        title=HTTPStatus(error.status).phrase,
        status=error.status,
        detail=error.detail,
        offset=error.offset,
    )
    headers = {"Cache-Control": "no-store"} | error.headers
    return Response(msgspec.json.encode(details), error.status, headers, MEDIA_TYPE)


async def tell_api_error(_request: Request, error: Exception) -> Response:
    """Answer an ApiError raised by a route."""
    assert isinstance(error, ApiError)
    return problem(error)


async def tell_http_error(_request: Request, error: Exception) -> Response:
    """Answer a request that the router refused: no such path, or no such method on it."""
    from starlette.exceptions import HTTPException

    assert isinstance(error, HTTPException)
    kind = {404: "not-found", 405: "method"}.get(error.status_code, "http")
    return problem(ApiError(error.status_code, kind, headers=error.headers))


async def tell_failure(_request: Request, _error: Exception) -> Response:
    """Answer 500 for an unexpected exception, without its details."""
    return problem(ApiError(500, "failure", "The server failed; nothing was changed."))


def strong_tag(content: bytes) -> str:
    """Return the strong ETag of some content."""
    return f'"{hashlib.sha256(content).hexdigest()[:24]}"'
