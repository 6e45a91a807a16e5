"""The `Date` header of every answer, left out where each byte counts."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import formatdate

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desktop.wire.level2 import MEDIA


class Dated:
    """ASGI application that adds `Date` to the answers of another.

    Small answers of level 2 go without: their readers take the server's time from
    the session and from patches, and no cache keeps them. An answer with an ETag may
    be kept, so it has its date.
    """

    def __init__(self, app: ASGIApp, time_s: Callable[[], float]) -> None:
        self._app = app
        self._time_s = time_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_compact = (b"accept", MEDIA.encode()) in scope["headers"]

        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                is_kept = any(name == b"etag" for name, _ in headers)
                compact = is_compact or (b"content-type", MEDIA.encode()) in headers
                if is_kept or not compact or message["status"] >= 300:
                    date = formatdate(self._time_s(), usegmt=True).encode()
                    message = {**message, "headers": [*headers, (b"date", date)]}
            await send(message)

        await self._app(scope, receive, send_dated)
