"""The session with a county's server: whether it is the right server, and what it offers."""

from __future__ import annotations

import secrets

import msgspec

from desktop.application.ports import SourceError
from desktop.connectors.answers import Reply
from desktop.connectors.failures import excerpt
from desktop.connectors.http import HttpLine
from desktop.domain.instant import from_datetime
from desktop.domain.source import Problem
from desktop.wire.level1 import MAGIC, Session, SessionRequest


def open_session(line: HttpLine, client: str) -> Session:
    """A new session; SourceError when whoever answers is not a county's server.

    The nonce comes back only from a server that read our request: a captive
    portal or a stale proxy cache cannot know it.
    """
    nonce = secrets.token_hex(8)
    reply = line.post("v1/session", msgspec.json.encode(SessionRequest(nonce, client)))
    session = reply.decode(Session)
    if session.magic != MAGIC or not secrets.compare_digest(session.nonce, nonce):
        raise stranger(reply)
    line.note_server_time(from_datetime(session.server_time))
    return session


def stranger(reply: Reply) -> SourceError:
    """The words for an answer that lacks our magic or our nonce: it is somebody else's."""
    details = {"address": reply.url, "reason": "no magic", "excerpt": excerpt(reply.body)}
    return SourceError(Problem("not_understood", details))
