"""The mark that proves answers without a body to readers on an unencrypted connection."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desktop.wire.mark import HEADER, mark

WITHOUT_MAGIC = (204, 429, 503)
"""Statuses that anything on the way could answer; other good answers carry the magic."""
STREAM = "/v1/stream"


class Marked:
    """ASGI application that marks the answers of another on connections without TLS."""

    def __init__(self, app: ASGIApp, server: str) -> None:
        self._app = app
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["scheme"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start" and _needs_it(message, scope["path"]):
                said = mark(self._server, scope["query_string"].decode("latin-1"))
                named = (HEADER.lower().encode(), said.encode())
                message = {**message, "headers": [*message["headers"], named]}
            await send(message)

        await self._app(scope, receive, send_marked)


def _needs_it(message: Message, path: str) -> bool:
    status = message["status"]
    return status in WITHOUT_MAGIC or (status == 200 and path.endswith(STREAM))
