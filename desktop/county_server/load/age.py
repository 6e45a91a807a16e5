"""The header `Data-Time`, which gives desks the age of rows from files."""

from __future__ import annotations

from datetime import datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desktop.wire.mark import DATA_TIME


class Aged:
    """ASGI application that adds `Data-Time` to the successful answers of another."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.data_at: datetime | None = None
        """The time as of which the rows served now are."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_aged(message: Message) -> None:
            if (
                message["type"] == "http.response.start"
                and message["status"] < 300
                and self.data_at is not None
            ):
                written = self.data_at.isoformat(timespec="seconds").encode()
                headers = [*message["headers"], (DATA_TIME.lower().encode(), written)]
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, send_aged if scope["type"] == "http" else send)
