"""Requests read with bounds, and JSON answers compressed when that pays."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from desktop.county_server.problems import ApiError
from desktop.protocol.limits import REQUEST_BYTES
from desktop.wire.level2 import MEDIA

WORTH_COMPRESSING_BYTES = 500
NOT_KEPT = {"Cache-Control": "no-store"}
ONE_RANGE = re.compile(r"bytes=(?:[0-9]{1,18}-[0-9]{0,18}|-[0-9]{1,18})")
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
    """Build a 200 of JSON, which caches must not keep unless `headers` allows it."""
    all_headers = NOT_KEPT | {"Vary": "Accept-Encoding"} | dict(headers or {})
    if len(content) > WORTH_COMPRESSING_BYTES and accepts_gzip(request):
        content = gzip.compress(content, 6, mtime=0)
        all_headers["Content-Encoding"] = "gzip"
    return Response(content, 200, all_headers, "application/json")


def compact_answer(content: bytes, headers: Mapping[str, str] | None = None) -> Response:
    """Build a 200 of level 2 with as few header bytes as HTTP allows."""
    return Response(content, 200, NOT_KEPT | dict(headers or {}), MEDIA)


def wants_compact(request: Request) -> bool:
    """Whether the client accepts level 2: `Accept` names the media type, without a wildcard."""
    accepted = request.headers.get("accept", "").lower().split(",")
    return MEDIA in (part.partition(";")[0].strip() for part in accepted)


def media_type_of(request: Request) -> str:
    """The media type of the body, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_bytes(request: Request, most: int = REQUEST_BYTES) -> bytes:
    """Read the whole body; 413 when it is too large, 400 when the client broke off."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                detail = f"At most {most} bytes."
                raise ApiError(413, "too-large", detail, {"Connection": "close"})
    except ClientDisconnect:
        raise ApiError(400, "body", "It broke off.") from None
    return bytes(body)


async def read_body(request: Request, type_: type[T]) -> T:
    """Read the JSON body as a wire type; 413, 415 or 400 when it is not one."""
    if media_type_of(request) != "application/json":
        raise ApiError(415, "media-type", "Send application/json.")
    body = await read_bytes(request)
    try:
        return _decode(body, type_)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ApiError(400, "body", str(error)) from None


def _decode(body: bytes, type_: type[T]) -> T:
    """Decode the body as a wire type; 6.0 is a whole number too, as in JSON Schema."""
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
    """Read a whole number from the query; 400 when it is none or out of bounds."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and low <= int(text) <= high):
        raise ApiError(400, "parameter", f"{name} must be a whole number from {low} to {high}.")
    return int(text)


def numbers_parameter(request: Request, name: str, below: int, most: int) -> tuple[int, ...]:
    """Read at most so many comma-separated whole numbers from the query; 400 for anything else."""
    parts = request.query_params.get(name, "").split(",")
    are_numbers = all(each.isascii() and each.isdigit() and len(each) <= 12 for each in parts)
    if not are_numbers or len(parts) > most:
        detail = f"{name}: 1 to {most} whole numbers with commas between."
        raise ApiError(400, "parameter", detail)
    found = tuple(dict.fromkeys(map(int, parts)))
    if max(found) >= below:
        raise ApiError(400, "parameter", f"{name}: at most {below - 1}.")
    return found


def matches(request: Request, tag: str) -> bool:
    """Whether If-None-Match names the entity the client would get (RFC 9110 13.1.2)."""
    given = request.headers.get("if-none-match", "")
    return given.strip() == "*" or tag in (
        part.strip().removeprefix("W/") for part in given.split(",")
    )


def keep_only_a_plain_range(request: Request, size: int, tag: str) -> None:
    """Drop a Range this server does not serve: ignoring it is lawful (RFC 9110 14.2)."""
    given = request.headers.get("range")
    if given is None:
        return
    first, _, last = given.removeprefix("bytes=").partition("-")
    if not ONE_RANGE.fullmatch(given) or (first and last and int(last) < int(first)):
        kept = [(name, value) for name, value in request.scope["headers"] if name != b"range"]
        request.scope["headers"] = kept
        return
    is_of_this = request.headers.get("if-range", tag) == tag
    # `-0` asks for the last 0 bytes, which no 206 can give.
    if is_of_this and (int(first) >= size if first else int(last) == 0):
        raise ApiError(416, "range", headers={"Content-Range": f"bytes */{size}"})
