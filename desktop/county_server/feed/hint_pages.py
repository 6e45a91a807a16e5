"""What streams of hints tell: the newest number, and small pages of what is new under it.

A stream's reader is taken to have what the hints before have told of. If it has not, it sees so by
the token that a page names, and asks as after any hint; from then on both agree again.
"""

from __future__ import annotations

import base64
import threading
from collections import OrderedDict
from typing import Protocol

import msgspec

from desktop.county_server.db.checksums import present_token
from desktop.county_server.db.database import Database
from desktop.county_server.feed.patches import read_few
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import Account, read_token
from desktop.protocol.limits import HINT_BYTES, HINT_PAGE_BYTES
from desktop.wire.level2 import Frames, HintWriter, Patch, encode_patch, store_patch

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

    def follow(
        self, account: Account, since: str, dictionary: str, *, packed: bool = False
    ) -> Follower:
        """Begin to follow the changes for one stream, whose reader is at that token.

        Packed, it is one level 2 stream; otherwise lines of server-sent events.
        """
        frames = self._frames.using(dictionary)
        return Follower(self, account, since, Packed(frames) if packed else Lines(frames))

    def now(self, account: Account) -> HintPage:
        """Return where a reader is who asks now."""
        with self._database.reading() as connection:
            token = present_token(connection, account)
        return HintPage(token.sequence, str(token))

    def read(self, account: Account, since: str, form: Form) -> HintPage:
        """Read the page after a token; without data where the changes are many."""
        now = self.now(account)
        if since == now.token:
            return now
        place = (since, now.token, form.name)
        with self._lock:
            found = self._kept.get(place)
        if found is None:
            # Two may read the same at once; none waits for another's.
            found = self._read(account, since, form, now)
            with self._lock:
                self._kept[place] = found
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return found

    def _read(self, account: Account, since: str, form: Form, now: HintPage) -> HintPage:
        try:
            changes = read_few(self._database, since, account)
        except ApiError:
            return now  # Too old by now.
        if changes is None:
            return now
        if changes.patch is None:
            return HintPage(changes.hint, since)
        return HintPage(changes.hint, changes.patch.token, form.encode(changes.patch))


class Form(Protocol):
    """What a stream is written in."""

    name: str
    """Streams of the same name share pages."""

    def encode(self, patch: Patch) -> bytes:
        """Return the patch as a page; empty where it is too large for one."""

    def event(self, head: int, page: bytes) -> bytes:
        """Return the bytes that tell a number, and the page if there is one."""

    def beat(self) -> bytes:
        """Return what tells that the stream is alive."""


class Lines:
    """Server-sent events, with pages in Base64."""

    def __init__(self, frames: Frames) -> None:
        self.name, self._frames = frames.use, frames

    def encode(self, patch: Patch) -> bytes:
        data = encode_patch(patch, self._frames)
        return data if len(data) <= HINT_PAGE_BYTES else b""

    def event(self, head: int, page: bytes = b"") -> bytes:
        data = base64.b64encode(page).rstrip(b"=")
        return b"data: %d%s\n\n" % (head, b" " + data if data else b"")

    def beat(self) -> bytes:
        return b":\n\n"


class Packed:
    """One level 2 stream, which packs each page with those before it in mind."""

    name = "packed"

    def __init__(self, frames: Frames) -> None:
        self._writer = HintWriter(frames)

    def encode(self, patch: Patch) -> bytes:
        data = store_patch(patch)
        return data if len(data) <= HINT_BYTES else b""

    def event(self, head: int, page: bytes = b"") -> bytes:
        return self._writer.write(head, page)

    def beat(self) -> bytes:
        return self._writer.beat()


PLAIN_LINES = Lines(Frames())
"""Numbers alone, for who named no token."""


class Follower:
    """What one stream tells its reader. For one thread at a time."""

    def __init__(self, pages: HintPages, account: Account, since: str, form: Form) -> None:
        self._pages, self._token, self._form = pages, since, form
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
            page = self._pages.read(self._account, self._token, self._form)
        self._token = page.token
        return page.head, self._form.event(page.head, page.data)

    def beat(self) -> bytes:
        """Return what tells the reader that the stream is alive."""
        return self._form.beat()
