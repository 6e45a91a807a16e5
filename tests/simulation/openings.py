"""Sessions that counties open and the commands they take, as anybody could see them come in."""

from __future__ import annotations

import json
from typing import Any

from desktop.wire.level1 import DRILL
from desktop.wire.level2 import MEDIA, Frames, decode_commands
from simulation.exchanges import Request
from simulation.server import Server, dictionaries


def note_taken(server: Server, request: Request) -> None:
    """Tell the history of a request that the county answered, also one that came late."""
    if request.route == "v1/session":
        _note_session(server, request)
    elif request.route == "v1/commands":
        server.say(
            "commands taken", desk=request.asker, fence=_fence_in(request),
            keys=request.told["keys"], asked_n=request.asked_n,
        )  # fmt: skip


def _note_session(server: Server, request: Request) -> None:
    assert server.database is not None
    asked: dict[str, Any] = json.loads(request.body)
    own = server.database.server + (DRILL if server.drill else "")
    tells = bool(asked.get("tried") or asked.get("fence"))
    with server.reading() as reading:
        (fence,) = reading.execute(
            "SELECT max(fence) FROM clients WHERE client=?", (asked["client"],)
        ).fetchone()
    server.say(
        "session opened", desk=request.asker, client=asked["client"], fence=fence,
        asked_n=request.asked_n, judged=tells and asked.get("server", "") in ("", own),
    )  # fmt: skip


def _fence_in(request: Request) -> int:
    if request.header("content-type") == MEDIA:
        return decode_commands(request.body, Frames(dictionaries())).fence
    return int(json.loads(request.body)["fence"])
