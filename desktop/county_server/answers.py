"""Requests read with bounds, and JSON answers compressed when that pays."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from desktop.county_server.problems import ApiError

MAX_BODY_BYTES = 1_000_000
WORTH_COMPRESSING_BYTES = 500
T = TypeVar("T", bound=msgspec.Struct)


def accepts_gzip(request: Request) -> bool:
    """Whether the client takes gzip, `q=0` being a refusal (RFC 9110 12.5.3)."""
    for part in request.headers.get("accept-encoding", "").split(","):
        coding, _, parameters = part.partition(";")
        if coding.strip().lower() in ("gzip", "*"):
            weight = parameters.replace(" ", "").lower()
            return not (weight.startswith("q=0") and weight.strip("q=0.") == "")
    return False


def json_answer(
    request: Request, content: bytes, headers: Mapping[str, str] | None = None
) -> Response:
    """A 200 of JSON; never kept by caches unless `headers` says otherwise."""
    all_headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"} | dict(headers or {})
    if len(content) > WORTH_COMPRESSING_BYTES and accepts_gzip(request):
        content = gzip.compress(content, 6, mtime=0)
        all_headers["Content-Encoding"] = "gzip"
    return Response(content, 200, all_headers, "application/json")


async def read_body(request: Request, type_: type[T]) -> T:
    """The JSON body as a wire type; 413, 415 or 400 when it is not one."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise ApiError(415, "media-type", "Send application/json.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            detail = f"At most {MAX_BODY_BYTES} bytes."
            raise ApiError(413, "too-large", detail, {"Connection": "close"})
    try:
        return _decode(bytes(body), type_)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ApiError(400, "body", str(error)) from None


def _decode(body: bytes, type_: type[T]) -> T:
    """The body as a wire type; 6.0 is a whole number too, as JSON Schema has it."""
    try:
        return msgspec.json.decode(body, type=type_)
    except msgspec.ValidationError:
        return msgspec.convert(_whole(msgspec.json.decode(body)), type_)


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, dict):
        return {key: _whole(each) for key, each in value.items()}
    return value


def number_parameter(request: Request, name: str, default: int, low: int, high: int) -> int:
    """A whole number from the query; 400 when it is none or out of bounds."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and low <= int(text) <= high):
        raise ApiError(400, "parameter", f"{name} must be a whole number from {low} to {high}.")
    return int(text)
