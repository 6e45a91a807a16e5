"""Which server, login and disk commands and rows belong to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from desktop.application.commands import belonging
from desktop.application.sync import exchange, scope
from desktop.application.sync.source_worker import SourceWorker
from desktop.connectors.county import session
from desktop.connectors.county.openings import NEVER, Openings
from desktop.connectors.http.client import HttpClient
from desktop.county_server.db import openings as server_openings
from desktop.domain.command import Hold
from desktop.storage.cache import source_state
from desktop.storage.outbox.store import SqliteOutbox
from desktop.wire.level1 import SessionRequest
from simulation.mutants.registry import mutant, nothing, swapped, swapped_everywhere


@mutant("another login's commands go out", "change_login", "burst", says=("given by",))
def _any_login() -> Iterator[None]:
    """Whoever is logged in sends what is there."""

    def hold_of(before: Any, command: Any, binding: Any) -> Hold:
        hold = before(command, binding)
        return Hold.NONE if hold is Hold.ACCOUNT else hold

    with swapped_everywhere(belonging, "hold_of", hold_of):
        yield


@mutant("the server's identity is not looked at", "move_url", "burst", says=("by another server",))
def _any_server() -> Iterator[None]:
    """Whichever county answers at the address gets the commands and shows its rows.

    When a session opens, and when a command's own server is compared: both belts are off.
    """

    def hold_of(before: Any, command: Any, binding: Any) -> Hold:
        return before(msgspec.structs.replace(command, server=""), binding)

    with (
        swapped(session, "is_same_server", lambda *_: True),
        swapped_everywhere(belonging, "hold_of", hold_of),
    ):
        yield


@mutant("a drill is taken for the real county", "move_url", "burst", says=("a drill, did",))
def _no_drill() -> Iterator[None]:
    """The flag of a drill is not part of a server's identity."""
    with swapped_everywhere(session, "identity_of", lambda _, told: told.server or "-"):
        yield


@mutant(
    "rows of the server before stay when another is accepted",
    "move_url",
    "accept_server",
    says=("rows of the server before",),
)
def _mixed_rows() -> Iterator[None]:
    """Only the binding changes when the officer goes on with another server."""

    def accept(before: Any, self: SourceWorker) -> bool:
        class Kept:
            def purge(self, *_: Any) -> None:
                return None

        cache, files, self._cache, self._files = self._cache, self._files, Kept(), Kept()
        try:
            return before(self)
        finally:
            self._cache, self._files = cache, files

    with swapped(SourceWorker, "accept_server", accept):
        yield


@mutant("account change ignored", "look_at_scope", says=("may not see",))
def _any_account() -> Iterator[None]:
    """Rows of the account before stay until the new one's are whole.

    When a batch is applied, and when a session tells other townships: both belts are off.
    """
    with (
        swapped(source_state, "is_another_account", lambda *_: False),
        swapped(exchange.ExchangeRun, "_check_scope", nothing),
    ):
        yield


@mutant("files of the account before stay", "borrow_file", says=("which came under",))
def _kept_files() -> Iterator[None]:
    """A change of account or scope takes out rows and no files."""
    with swapped(scope.ScopeGuard, "_purge_files", nothing):
        yield


@mutant("the login token is read once", "change_login", "burst", says=("given by",))
def _old_token() -> Iterator[None]:
    """Another token in the keyring makes another session, under the token of before."""
    with swapped(HttpClient, "forget_login", nothing):
        yield


@mutant("openings are not written down", "lose_answer", says=("is held for copy",))
def _no_tags() -> Iterator[None]:
    """A session asked for in vain is not told with the next one: the disk looks like a copy."""

    def begin(before: Any, self: Openings, dictionaries: Any) -> SessionRequest:
        known = self.binding
        asked = before(self, dictionaries)
        self._keep(known)
        return asked

    with swapped(Openings, "begin", begin):
        yield


@mutant(
    "a copied disk is not found out", "clone", "roll_back", "burst", says=("by a copy of a disk",)
)
def _no_copies() -> Iterator[None]:
    """The county gives every disk of that name its session."""

    def judge(before: Any, known: Any, asked: SessionRequest) -> Any:
        told = (*asked.tried, known[1]) if known and known[1] else asked.tried
        return before(known, msgspec.structs.replace(asked, tried=told or NEVER))

    with swapped(server_openings, "judge", judge):
        yield


@mutant(
    "a copied disk holds nothing back",
    "clone",
    "withdraw_at_once",
    "queue_up",
    says=("was found copied",),
)
def _copies_send() -> Iterator[None]:
    """A disk that was found copied takes another name and goes on."""

    def renew(before: Any, self: Any, reason: Any, now: int) -> int:
        held = self.list_unfinished()
        count = before(self, reason, now)
        for record in held:
            self.release(record.command.key, now)
        return count

    with swapped(SqliteOutbox, "renew_client", renew):
        yield
