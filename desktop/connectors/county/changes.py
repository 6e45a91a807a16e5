"""What changed since a token, page by page, at either level."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import msgspec

from desktop.application.ports import PullPlan, SourceError
from desktop.connectors.answers import Reply
from desktop.connectors.county.compact import read_patch
from desktop.connectors.county.parse import ChangesPage, read_changes
from desktop.connectors.county.session import (
    MOST_UNPACKED,
    Platform,
    garbled,
    is_compact,
    stranger,
)
from desktop.domain.instant import from_datetime
from desktop.domain.source import Batch, Problem
from desktop.wire.level1 import MAGIC
from desktop.wire.level2 import WireError, decode_patch

MAX_EMPTY_PAGES = 20
"""Pages in a row without a change that still promise more; then the server runs in a circle."""
UNASKED_BYTES = PullPlan().page_bytes
"""What servers give when no size is asked for; saying so would cost each idle poll its bytes."""
LEAN = "-trends"
STATUSES = (200, 204, 400, 409, 410)


class Outdated(Exception):
    """Another life of the data, a token too old or one never given: only a snapshot helps."""

    def __init__(self, *, went_back: bool) -> None:
        super().__init__()
        self.went_back = went_back
        """Whether the server says that the token is not of its present life."""


class _Page(msgspec.Struct, frozen=True):
    """One page of changes as a batch."""

    batch: Batch
    token: str
    more: bool
    empty: bool


def changes(platform: Platform, token: str, plan: PullPlan, hint: int) -> Iterator[Batch]:
    """Every page after the token; one batch without rows when there is none. Raises Outdated.

    One without rows, too, where only somebody on the way may have said that there is no more.

    `hint` is the number a hint told, so that desks told the same may share a cache's answer.
    """
    empty_pages, first = 0, True
    while True:
        reply = _asked(platform, token, plan, hint)
        if reply.status in (400, 409, 410):
            raise Outdated(went_back=reply.status == 409)
        if reply.status == 204:
            platform.heard(reply)
            if first or not platform.is_sure:
                yield Batch(platform.source, platform.now(), is_proven=platform.is_sure)
            return
        page = _compact_page(platform, reply) if is_compact(reply) else _page(platform, reply)
        platform.proven()
        yield page.batch
        first = False
        if not page.more:
            return
        empty_pages = empty_pages + 1 if page.empty else 0
        if page.token == token or empty_pages > MAX_EMPTY_PAGES:
            raise SourceError(Problem("no_progress", {"address": reply.url}))
        token = page.token


def _asked(platform: Platform, token: str, plan: PullPlan, hint: int) -> Reply:
    """The answer, asked for without what a strict server refuses."""
    bare = f"v1/changes?since={quote(token, safe='')}"
    path = bare if platform.strict else _with_wishes(bare, platform, plan, hint)
    reply = platform.get(path, expect=STATUSES)
    if reply.status == 400 and path != bare:
        # A token it never gave and a parameter it does not know look alike from here; only
        # the second must not cost a snapshot with every poll.
        reply = platform.get(bare, expect=STATUSES)
        platform.strict = reply.status != 400
    return reply


def _with_wishes(asked: str, platform: Platform, plan: PullPlan, hint: int) -> str:
    if plan.page_bytes != UNASKED_BYTES:
        asked += f"&max_bytes={plan.page_bytes}"
    if plan.lean:
        asked += f"&fields={LEAN}"
    if platform.compact and platform.frames.use:
        asked += f"&d={platform.frames.use}"
    return asked + (f"&hint={hint}" if hint else "")


def _page(platform: Platform, reply: Reply) -> _Page:
    page = reply.decode(ChangesPage)
    if page.magic != MAGIC:
        raise stranger(reply.url, page.magic)
    platform.line.note_server_time(from_datetime(page.server_time))
    read = read_changes(platform.source, page.changes)
    batch = Batch(
        source=platform.source,
        received_at=platform.now(),
        puts=read.rows,
        deletes=read.deletes,
        token=page.token,
        epoch=_epoch(platform),
        bad_items=read.bad_items,
        more_bad=read.more_bad,
        reading_at=from_datetime(page.server_time),
        sum=None if page.sum is None else int(page.sum, 16),
        account=_account(platform),
    )
    return _Page(batch, page.token, page.more, not page.changes)


def _compact_page(platform: Platform, reply: Reply) -> _Page:
    try:
        patch = decode_patch(reply.body, platform.frames, MOST_UNPACKED)
    except WireError as error:
        raise garbled(reply.url, error, reply.body) from None
    platform.line.note_server_time(from_datetime(patch.server_time))
    read = read_patch(platform.source, patch)
    batch = Batch(
        source=platform.source,
        received_at=platform.now(),
        puts=read.rows,
        row_keys=read.keys,
        patches=read.patches,
        drops=patch.drops,
        token=patch.token,
        epoch=_epoch(platform),
        bad_items=read.bad_items,
        more_bad=read.more_bad,
        reading_at=from_datetime(patch.server_time),
        sum=patch.sum,
        account=_account(platform),
    )
    empty = not (patch.puts or patch.patches or patch.drops)
    return _Page(batch, patch.token, patch.more, empty)


def _epoch(platform: Platform) -> str | None:
    return None if platform.session is None else platform.session.epoch


def _account(platform: Platform) -> str | None:
    return None if platform.session is None else platform.session.account
