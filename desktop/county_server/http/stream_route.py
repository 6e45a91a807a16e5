"""The streams of hints over HTTP: as many for an account as its quota allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from desktop.county_server.db.database import Database
from desktop.county_server.feed.hint_pages import Follower, HintPages
from desktop.county_server.http.events import Hints
from desktop.county_server.http.responses import wants_compact
from desktop.county_server.http.roster import Roster
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import Account
from desktop.wire.level2 import MEDIA, Frames

LINES = "text/event-stream"


class StreamRoute:
    """Opens streams while the server's loop runs; there are none before `begin`."""

    def __init__(self, database: Database, frames: Frames, roster: Roster, most: int) -> None:
        """`most` is the number of streams that one account may have open."""
        self._database, self._roster, self._most = database, roster, most
        self._pages = HintPages(database, frames)
        self._open: Counter[str] = Counter()
        self.hints: Hints | None = None

    def begin(self) -> None:
        """Let streams be opened; on the loop that serves them."""
        self.hints = Hints(self._database)

    def close(self) -> None:
        """End every stream. For any thread; idempotent."""
        if self.hints is not None:
            self.hints.close()

    def serves(self, account: Account) -> bool:
        """Whether the account has a stream open, as far as is known. On the loop."""
        return self.hints is not None and self.hints.serves(account)

    def hurry(self, account: Account) -> None:
        """Have the account's streams tell at once what is new. On the loop."""
        if self.hints is not None:
            self.hints.hurry(account)

    async def answer(self, request: Request) -> Response:
        """Answer GET with a stream: lines of events, or packed for who accepts level 2."""
        account: Account = request.state.account
        crowded = account.name and self._open[account.name] >= self._most
        if self.hints is None or self.hints.full or crowded:
            raise ApiError(503, "streams", "Poll instead.", {"Retry-After": "60"})
        since, dictionary = (request.query_params.get(each, "") for each in ("since", "d"))
        packed = bool(since) and wants_compact(request)
        follower = self._pages.follow(account, since, dictionary, packed=packed) if since else None
        return StreamingResponse(
            self._events(self.hints, account, follower),
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
            media_type=MEDIA if packed else LINES,
        )

    async def _events(
        self, hints: Hints, account: Account, follower: Follower | None
    ) -> AsyncIterator[bytes]:
        self._open[account.name] += 1
        try:
            async with aclosing(hints.events(account, follower)) as events:
                async for piece in events:
                    if not self._roster.has(account):
                        return
                    yield piece
        finally:
            self._open[account.name] -= 1
