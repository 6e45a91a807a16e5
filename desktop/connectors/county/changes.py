"""The changes since a token, page by page, at either level."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import msgspec

from desktop.application.ports import PullPlan, SourceError
from desktop.connectors.county.hints import STREAM
from desktop.connectors.county.level1 import ChangesPage, collection_named, read_changes
from desktop.connectors.county.level2 import read_patch
from desktop.connectors.county.openings import LATER
from desktop.connectors.county.session import (
    MOST_UNPACKED,
    CountySession,
    is_compact,
    not_county_api,
    undecodable,
)
from desktop.connectors.http.response import Reply
from desktop.domain.command import Collection
from desktop.domain.instant import Instant, from_datetime
from desktop.domain.source import Batch, Problem, SyncState
from desktop.wire.level1 import MAGIC, Session
from desktop.wire.level2 import (
    Frames,
    Patch,
    WireError,
    decode_patch,
    name_asked,
)

MAX_EMPTY_PAGES = 20
"""Empty pages in a row that still announce more; beyond them the server is taken to loop."""
UNASKED_BYTES = PullPlan().page_bytes
"""The page size servers use by default; sending it would cost every idle poll its bytes."""
LEAN = "-trends"
STATUSES = (200, 204, 400, 409, 410)


class Outdated(Exception):
    """The token is of another epoch, too old or never given: only a snapshot helps."""

    def __init__(self, *, went_back: bool) -> None:
        super().__init__()
        self.went_back = went_back
        """Whether the server says that the token is not of its present epoch."""


class Asked(msgspec.Struct, frozen=True):
    """What a page of changes is an answer to."""

    source: str
    address: str
    """Stands in problems."""
    token: str
    epoch: str | None
    account: str | None


class ChangesRead(msgspec.Struct, frozen=True):
    """One page of changes as a batch."""

    batch: Batch
    token: str
    more: bool
    empty: bool
    server_time: Instant


def changes(county: CountySession, token: str, plan: PullPlan, hint: int) -> Iterator[Batch]:
    """Yield every page after the token; one batch without rows when there is none. Raises Outdated.

    Also one without rows if the "no more" may come from a host between here and the server.

    `hint` is the number in the last hint; desks without accounts that heard the same may share a
    cache's answer.
    """
    empty_pages, first = 0, True
    while True:
        reply = _ask(county, token, plan, hint)
        if reply.status in (400, 409, 410):
            raise Outdated(went_back=reply.status == 409)
        if reply.status == 204:
            county.note_reply(reply)
            if first or not county.is_sure:
                yield Batch(county.source, is_proven=county.is_sure)
            return
        session = county.session
        known = (None, None) if session is None else (session.epoch, session.account)
        asked = Asked(county.source, reply.url, token, *known)
        page = (
            read_compact_changes(reply.body, county.frames, asked)
            if is_compact(reply)
            else _read_page(reply, asked)
        )
        county.http.note_server_time(page.server_time)
        county.proven()
        yield page.batch
        first = False
        if not page.more:
            return
        empty_pages = empty_pages + 1 if page.empty else 0
        if page.token == token or empty_pages > MAX_EMPTY_PAGES:
            raise SourceError(Problem("no_progress", {"address": reply.url}))
        token = page.token


def _ask(county: CountySession, token: str, plan: PullPlan, hint: int) -> Reply:
    """Request the changes, without the parameters that a strict server refuses."""
    bare = f"v1/changes?since={quote(token, safe='')}"
    path = bare if county.strict else _with_wishes(bare, county, plan, hint)
    reply = county.get(path, expect=STATUSES)
    if reply.status == 400 and path != bare:
        # An unknown token and an unknown parameter give the same status; only an unknown
        # parameter must not cost a snapshot with every poll.
        reply = county.get(bare, expect=STATUSES)
        county.strict = reply.status != 400
    return reply


def _with_wishes(asked: str, county: CountySession, plan: PullPlan, hint: int) -> str:
    if plan.page_bytes != UNASKED_BYTES:
        asked += f"&max_bytes={plan.page_bytes}"
    if plan.lean:
        asked += f"&fields={LEAN}"
    # With an account no cache answers for the county.
    is_shared = county.session is not None and not county.session.account
    return asked + dictionary_wish(county) + (f"&hint={hint}" if hint and is_shared else "")


def dictionary_wish(county: CountySession) -> str:
    """Return the parameter that asks for the dictionary in use; empty without one."""
    return f"&d={county.frames.use}" if county.compact and county.frames.use else ""


def stream_path(county: CountySession, token: str) -> str:
    """Return the path of the stream of hints; with pages after the token where the server has
    them."""
    session = county.session
    if not token or session is None or not (session.since and county.compact):
        return STREAM
    if county.data_s is not None:
        return STREAM  # Only the head of an answer says how old its rows are.
    return f"{STREAM}?since={quote(token, safe='')}{dictionary_wish(county)}"


def read_hinted(
    county: CountySession, body: bytes, token: str, *, lags: bool = True
) -> ChangesRead | None:
    """Return a page that came with a hint; None where it is not one after this token.

    Where it `lags` it may date from before commands that were sent since.
    """
    session = county.session
    if session is None:
        return None
    asked = Asked(county.source, STREAM, token, session.epoch, session.account)
    try:
        patch = decode_patch(body, county.frames, MOST_UNPACKED)
    except WireError:
        return None
    if patch.asked != name_asked(token) or patch.more:
        return None
    read = read_rows(patch, asked)
    return msgspec.structs.replace(read, batch=msgspec.structs.replace(read.batch, lags=lags))


def token_to_send(county: CountySession, session: Session, state: SyncState) -> str:
    """Return the token since which the answer to commands may bring changes; empty for none.

    None for a state that only a snapshot goes on from, nor where the server does not offer it.
    """
    is_of_session = (state.epoch, state.account) == (session.epoch, session.account)
    offered = session.since and county.compact
    if not offered or not is_of_session or list_lacking(session, state):
        return ""
    return state.token or ""


def list_lacking(session: Session, state: SyncState) -> frozenset[Collection]:
    """Return what the server gives and the token does not: that of a desk before this one, which
    did not read it. Its changes leave those collections out, for good."""
    told = frozenset(c for n in session.collections if n in LATER and (c := collection_named(n)))
    return told - (state.offered if state.offered is not None else told)


def _read_page(reply: Reply, asked: Asked) -> ChangesRead:
    page = reply.decode(ChangesPage)
    if page.magic != MAGIC:
        raise not_county_api(reply.url, page.magic)
    at = from_datetime(page.server_time)
    read = read_changes(asked.source, page.changes)
    batch = Batch(
        source=asked.source,
        puts=read.rows,
        deletes=read.deletes,
        token=page.token,
        epoch=asked.epoch,
        bad_items=read.bad_items,
        more_bad=read.more_bad,
        reading_at=at,
        sum=None if page.sum is None else int(page.sum, 16),
        account=asked.account,
    )
    return ChangesRead(batch, page.token, page.more, not page.changes, at)


def read_compact_changes(body: bytes, frames: Frames, asked: Asked) -> ChangesRead:
    """Return a level 2 page, from whichever way it came; SourceError when it is none.

    Also when it is one after another token: its fields are those that changed since that one, so
    that rows would lose what came between, and no sum would ever show it.
    """
    try:
        patch = decode_patch(body, frames, MOST_UNPACKED)
    except WireError as error:
        raise undecodable(asked.address, error, body) from None
    if patch.asked not in (None, name_asked(asked.token)):
        raise SourceError(Problem("answered_another", {"address": asked.address}))
    return read_rows(patch, asked)


def read_rows(patch: Patch, asked: Asked) -> ChangesRead:
    """Return a decoded patch as rows."""
    at = from_datetime(patch.server_time)
    read = read_patch(asked.source, patch)
    batch = Batch(
        source=asked.source,
        puts=read.rows,
        row_keys=read.keys,
        patches=read.patches,
        drops=patch.drops,
        token=patch.token,
        epoch=asked.epoch,
        bad_items=read.bad_items,
        more_bad=read.more_bad,
        reading_at=at,
        sum=patch.sum,
        account=asked.account,
    )
    empty = not (patch.puts or patch.patches or patch.drops)
    return ChangesRead(batch, patch.token, patch.more, empty, at)
