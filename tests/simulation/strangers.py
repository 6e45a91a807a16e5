"""Answers of somebody on the way: captive portals, firewalls, proxies, with any head."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from simulation.exchanges import Request, Response

if TYPE_CHECKING:
    from simulation.world import World

PAGE = b"<!DOCTYPE html><html><title>WiFi login</title><body>Please log in</body></html>"
HTML = [("Content-Type", "text/html; charset=utf-8")]
JSON = [("Content-Type", "application/json")]
COMPACT = [("Content-Type", "application/vnd.county-desk.level2")]
Stranger = Callable[[Request, "World"], Response]


def _said(status: int, headers: list[tuple[str, str]], body: bytes = b"") -> Stranger:
    def answer(request: Request, world: World) -> Response:
        dice, more = world.dice, []
        if dice.random() < 0.4 and world.scheme == "http":
            off_s = dice.choice((0.0, 0.0, -3600.0 * 24 * 365 * 20, 3600.0 * 30, -86400.0))
            more.append(("Date", formatdate(world.time.now_s + off_s, usegmt=True)))
        if dice.random() < 0.2:
            more.append(("Connection", "close"))
        if dice.random() < 0.2:
            more.append(("Age", str(int(dice.random() * 1e6))))
        return Response(status, [*headers, *more], body)

    return answer


def _patience(status: int) -> Stranger:
    def answer(request: Request, world: World) -> Response:
        dice = world.dice
        waits = ("0", "1", "7", "3600", "86400", "999999999", "-5", "soon",
                 formatdate(world.time.now_s + 5 * 3600, usegmt=True))  # fmt: skip
        headers = [("Retry-After", dice.choice(waits))]
        return _said(status, headers)(request, world)

    return answer


def _look_alike(request: Request, world: World) -> Response:
    """Another product with paths like the county's: all it lacks is the county's magic."""
    if request.method == "POST" and request.route == "v1/commands":
        server = world.servers.get(request.told["server"])
        epoch = "" if server is None or server.database is None else server.database.epoch
        results = [{"key": key, "status": "accepted"} for key in request.told["keys"]]
        told: dict[str, Any] = {"magic": "city-desk/1", "epoch": epoch, "results": results}
    elif request.method == "POST":
        now = datetime.fromtimestamp(world.time.now_s, UTC).isoformat()
        told = {
            "magic": "city-desk/1", "nonce": json.loads(request.body).get("nonce", ""),
            "epoch": "city", "fence": 7, "county": "云溪市", "server_time": now,
            "snapshot": "/v1/snapshot", "collections": ["incidents"], "townships": [],
            "expected_period_s": 30, "retention_s": 86_400,
        }  # fmt: skip
    else:
        told = {"magic": "city-desk/1", "token": "city.1.all", "puts": {}, "deletes": {}}
    return Response(200, JSON, json.dumps(told).encode())


STRANGERS: dict[str, Stranger] = {
    "portal page": _said(200, HTML, PAGE),
    "portal page as json": _said(200, JSON, PAGE),
    "portal json": _said(200, JSON, b'{"status":"ok","results":[]}'),
    "portal empty": _said(200, [], b""),
    "portal compact": _said(200, COMPACT, b"\x28\xb5\x2f\xfd nothing"),
    "portal 204": _said(204, []),
    "portal 206": _said(206, [("Content-Range", "bytes 0-3/4")], b"page"),
    "portal 302": _said(302, [("Location", "http://portal.example/login")]),
    "portal 302 to itself": _said(302, [("Location", "/login")]),
    "portal 304": _said(304, []),
    "portal 401": _said(401, [("WWW-Authenticate", 'Basic realm="wifi"')]),
    "firewall 403": _said(403, HTML, PAGE),
    "firewall 404": _said(404, HTML, PAGE),
    "firewall 409": _said(409, HTML, PAGE),
    "firewall 410": _said(410, HTML, PAGE),
    "firewall 413": _said(413, HTML, PAGE),
    "firewall 422": _said(422, JSON, b'{"type":"about:blank","title":"no","status":422}'),
    "busy 429": _patience(429),
    "busy 503": _patience(503),
    "broken 500": _said(500, HTML, PAGE),
    "gateway 502": _said(502, HTML, PAGE),
    "gateway 504": _said(504, HTML, PAGE),
    "portal 511": _said(511, HTML, PAGE),
    "odd 299": _said(299, JSON, b"{}"),
    "look-alike": _look_alike,
}
"""By name; none of them ever reaches the county."""
