"""What commands bring besides their answers: all that is new, with them or on the stream."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from desktop.connectors.county.changes import (
    LEAN,
    Asked,
    dictionary_wish,
    read_hinted,
    read_rows,
)
from desktop.connectors.county.hints import Hints
from desktop.connectors.county.session import MOST_UNPACKED, CountySession, is_compact
from desktop.connectors.http.response import Reply
from desktop.domain.source import Batch
from desktop.wire.level2 import ChangesSince, decode_answer, name_asked

STREAM_LATE_S = 2.0
"""For so long an answer waits for what the stream brings of its commands; then it is asked for."""
News = tuple[Sequence[Batch], int]
"""What is new, in order, and the number up to which hints are of it."""


def commands_path(county: CountySession, token: str, *, lean: bool, streamed: bool) -> str:
    """Return the path to which commands are posted; with a token, that of changes it asks for:
    in the answer, or `streamed` with the hints."""
    if not token:
        return "v1/commands"
    if streamed:
        return "v1/commands?stream"
    wishes = f"&fields={LEAN}" if lean else ""
    return f"v1/commands?since={quote(token, safe='')}{wishes}{dictionary_wish(county)}"


def read_news(county: CountySession, hints: Hints, reply: Reply, token: str) -> News | None:
    """Return what is new since the token, from the answer or from the stream of hints.

    None where the changes are to be asked for.
    """
    if county.session is None or not is_compact(reply):
        return None
    answer = decode_answer(reply.body, county.frames, MOST_UNPACKED)
    if answer.streamed is not None:
        return _take_streamed(county, hints, answer.streamed, token)
    return None if answer.changes is None else _read_changes(county, reply, answer.changes, token)


def _take_streamed(county: CountySession, hints: Hints, number: int, token: str) -> News | None:
    """Return what the stream brings up to the hint with that number; None when it does not."""
    batches: list[Batch] = []
    for page in hints.reach(number, STREAM_LATE_S):
        hinted = read_hinted(county, page.data, token, lags=False)
        if hinted is None:
            return None
        batches.append(hinted.batch)
        token, number = hinted.token, page.number
    return (batches, number) if batches else None


def _read_changes(
    county: CountySession, reply: Reply, changes: ChangesSince, token: str
) -> News | None:
    """Return the changes in an answer, the last of their pull; None when since another token."""
    session = county.session
    if session is None:
        return None
    if changes.patch is None:
        return [Batch(county.source)], changes.hint
    if changes.patch.asked != name_asked(token):
        return None
    asked = Asked(county.source, reply.url, token, session.epoch, session.account)
    page = read_rows(changes.patch, asked)
    county.http.note_server_time(page.server_time)
    return [page.batch], changes.hint
