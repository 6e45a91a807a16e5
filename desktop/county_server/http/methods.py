"""Routes of one path that several methods share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Endpoint = Callable[[Request], Awaitable[Response]]


class ManyMethods(Route):
    """A route for several methods of one path, so that `Allow` lists all of them to any other."""

    def __init__(self, path: str, endpoint: Endpoint, methods: list[str]) -> None:
        async def any_of_them(request: Request) -> Response:
            return await endpoint(request)

        super().__init__(path, any_of_them, methods=methods)
