"""The route of `/v1/courier`: any desk hands on a bundle, and gets its receipt to carry back."""

from __future__ import annotations

import asyncio

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from desktop.county_server.courier.delivery import Deliveries
from desktop.county_server.http.responses import NOT_KEPT, read_bytes
from desktop.county_server.openapi.problem_types import COURIER
from desktop.county_server.problems import ApiError
from desktop.protocol.limits import COURIER_BYTES
from desktop.wire.courier import BundleError

AT_ONCE = 2
"""Bundles held in memory at once; others wait until their bytes are asked for."""
MEDIA_TYPE = "application/octet-stream"


class CourierRoutes:
    """Takes bundles; who they are from is proven by their signature, not by who brings them."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries
        self._room = asyncio.Semaphore(AT_ONCE)

    async def take(self, request: Request) -> Response:
        """Answer `POST /v1/courier` with the receipt; 422 says why a bundle is refused."""
        async with self._room:
            data = await read_bytes(request, COURIER_BYTES)
            try:
                delivered = await run_in_threadpool(self._deliveries.take, data)
            except BundleError as error:
                refused_for = COURIER + error.fault.value
                raise ApiError(422, refused_for, " / ".join(error.fault.words)) from None
        return Response(delivered.receipt, 200, NOT_KEPT, MEDIA_TYPE)
