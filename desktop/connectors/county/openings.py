"""Openings of sessions, recorded before they are sent, so that a copied disk can be detected."""

from __future__ import annotations

import secrets

import msgspec

from desktop.application.ports import Installation
from desktop.domain.instant import from_datetime
from desktop.domain.source import Binding
from desktop.wire.level1 import COLLECTIONS, FIRST_TABLES, TAG_CHARS, Session, SessionRequest

MOST_TRIED = 32
"""Unanswered openings with a tag each; further ones share the last one's tag."""
MOST_EARLIER = 16
"""Openings of before the last session that are still told, the newest of them."""
TABLES = len(COLLECTIONS)
"""The collections that this desk reads."""
LATER = frozenset(tuple(COLLECTIONS)[FIRST_TABLES:])
"""Those of them that a county gives only to who says that they are read."""
NEVER = ("0",)
"""The tag of a disk that has not sent an opening yet: the server checks it too."""


class Openings:
    """The record of one source's sessions in its installation; used by its worker's thread."""

    def __init__(self, source: str, installation: Installation) -> None:
        self._source, self._installation = source, installation

    @property
    def client(self) -> str:
        """The installation's random name."""
        return self._installation.client_id()

    @property
    def binding(self) -> Binding:
        """The server, account and epoch the source's commands belong to, as last recorded."""
        return self._installation.binding(self._source)

    def begin(self, dictionaries: tuple[str, ...]) -> SessionRequest:
        """Build a request for a session; its tag is durable before this returns."""
        known, nonce = self.binding, secrets.token_hex(8)
        if isinstance(self._installation, Unkept):
            # It has no past to check.
            return SessionRequest(nonce, self.client, dictionaries, tables=TABLES)
        if len(known.tried) > MOST_TRIED:
            nonce = known.tried[-1] + nonce[TAG_CHARS:]
        else:
            tried = (*known.tried, nonce[:TAG_CHARS])
            self._keep(msgspec.structs.replace(known, tried=tried))
        told = known.tried or NEVER
        past = (known.fence, told, known.server)
        return SessionRequest(nonce, self.client, dictionaries, *past, TABLES, known.earlier)

    def end(self, asked: SessionRequest, session: Session, server: str, login: str) -> None:
        """Record the session's server, account and fence; durable on return.

        If the server lost part of its past, the epoch is forgotten, whatever its name: the outbox
        is then gone through again, also after a crash at this very moment.
        """
        known, tag = self.binding, asked.nonce[:TAG_CHARS]
        self._keep(
            msgspec.structs.replace(
                known,
                server=server,
                account=session.account,
                login=login,
                fence=session.fence,
                keys_kept_s=session.keys_kept_s,
                set_back_to=(
                    None if session.set_back_to is None else from_datetime(session.set_back_to)
                ),
                tried=(tag,),
                earlier=_earlier(known, tag, behind=session.behind),
                epoch="" if session.behind else known.epoch,
            )
        )

    def begin_of(self, asked: SessionRequest, session: Session, server: str) -> Binding:
        """Build the binding to another server, for use if the officer goes on with that server."""
        return Binding(server=server, fence=session.fence, tried=(asked.nonce[:TAG_CHARS],))

    def withdraw(self, asked: SessionRequest) -> None:
        """Forget an opening that surely did not reach the source's server."""
        known, tag = self.binding, asked.nonce[:TAG_CHARS]
        # One that it tells is an earlier opening's too, which may have arrived.
        if tag in known.tried and tag not in asked.tried:
            tried = tuple(each for each in known.tried if each != tag)
            self._keep(msgspec.structs.replace(known, tried=tried))

    def doubt_past(self) -> None:
        """Have the outbox gone through again, because the server lost part of its past."""
        self._keep(msgspec.structs.replace(self.binding, epoch=""))

    def _keep(self, binding: Binding) -> None:
        self._installation.bind(self._source, binding)


def _earlier(known: Binding, tag: str, *, behind: bool) -> tuple[str, ...]:
    """Return the tags to tell on once the opening with that tag was answered."""
    # The first gave the fence, in a session that the server still knows if it is not behind.
    unknown = known.tried[1 if known.fence and not behind else 0 :]
    earlier = dict.fromkeys((*known.earlier, *unknown))
    earlier.pop(tag, None)
    return tuple(earlier)[-MOST_EARLIER:]


class Unkept:
    """An installation whose record ends with this object, as for a probe."""

    def __init__(self, client: str = "") -> None:
        self._client = client or secrets.token_hex(16)
        self._bindings: dict[str, Binding] = {}

    def client_id(self) -> str:
        return self._client

    def binding(self, source: str) -> Binding:
        return self._bindings.get(source, Binding())

    def bind(self, source: str, binding: Binding) -> None:
        self._bindings[source] = binding
