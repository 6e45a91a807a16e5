"""What streams of hints tell: the newest number, and small pages of what is new under it.

A stream's reader is taken to have what the hints before have told of. If it has not, it sees so by
the token that a page names, and asks as after any hint; from then on both agree again.
"""

from __future__ import annotations

import base64
import threading
from collections import OrderedDict

import msgspec

from desktop.county_server.db.checksums import present_token
from desktop.county_server.db.database import Database
from desktop.county_server.feed.patches import read_few
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import Account, read_token
from desktop.protocol.limits import HINT_PAGE_BYTES
from desktop.wire.level2 import Frames, encode_patch

KEPT = 32
"""Pages kept for the other streams that wait for the same."""


class HintPage(msgspec.Struct, frozen=True):
    """A page for every stream whose readers are as far and see the same."""

    head: int
    """The number up to which it has everything."""
    token: str
    """The token of a reader who has it, or else has asked."""
    data: bytes = b""
    """Empty when there is none: the reader asks."""


class HintPages:
    """Reads a page once, or a few times at once, however many streams it is for. Thread-safe."""

    def __init__(self, database: Database, frames: Frames) -> None:
        self._database, self._frames = database, frames
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str, str], HintPage] = OrderedDict()

    def follow(self, account: Account, since: str, dictionary: str) -> Follower:
        """Begin to follow the changes for one stream, whose reader is at that token."""
        return Follower(self, account, since, dictionary)

    def now(self, account: Account) -> HintPage:
        """Return where a reader is who asks now."""
        with self._database.reading() as connection:
            token = present_token(connection, account)
        return HintPage(token.sequence, str(token))

    def read(self, account: Account, since: str, dictionary: str) -> HintPage:
        """Read the page after a token; without data where the changes are many."""
        now = self.now(account)
        if since == now.token:
            return now
        frames = self._frames.using(dictionary)
        place = (since, now.token, frames.use)
        with self._lock:
            found = self._kept.get(place)
        if found is None:
            # Two may read the same at once; none waits for another's.
            found = self._read(account, since, frames, now)
            with self._lock:
                self._kept[place] = found
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return found

    def _read(self, account: Account, since: str, frames: Frames, now: HintPage) -> HintPage:
        try:
            changes = read_few(self._database, since, account)
        except ApiError:
            return now  # Too old by now.
        if changes is None:
            return now
        if changes.patch is None:
            return HintPage(changes.hint, since)
        data = encode_patch(changes.patch, frames)
        is_small = len(data) <= HINT_PAGE_BYTES
        return HintPage(changes.hint, changes.patch.token, data if is_small else b"")


class Follower:
    """What one stream tells its reader."""

    def __init__(self, pages: HintPages, account: Account, since: str, dictionary: str) -> None:
        self._pages, self._token, self._dictionary = pages, since, dictionary
        token = read_token(since)
        self._account = account if token is None else account.as_reader(token.scope)

    def tell(self, *, is_own: bool) -> tuple[int, bytes]:
        """Return the newest number and the event that tells it, with a page if it is small.

        With `is_own` all that is new was done by commands of the stream's own account: their
        answers have brought it.
        """
        if is_own:
            page = self._pages.now(self._account)
        else:
            page = self._pages.read(self._account, self._token, self._dictionary)
        self._token = page.token
        return page.head, event(page.head, page.data)


def event(head: int, page: bytes = b"") -> bytes:
    """Return the text of one hint."""
    data = base64.b64encode(page).rstrip(b"=")
    return b"data: %d%s\n\n" % (head, b" " + data if data else b"")
