"""Whether a command may go to the server that answers, under the login in use."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from desktop.application.ports import Connector, OutboxStore
from desktop.domain.clock import Clock
from desktop.domain.command import Command, CommandRecord, CommandState, Hold
from desktop.domain.localized_text import Text
from desktop.domain.overlay import files_named
from desktop.domain.source import Binding

ALL = 1_000_000
"""More commands than one desk ever gives."""
ANOTHER_SERVER = Text(
    "这条指令是对另一个平台下达的（平台已更换，或正在演练）：原平台恢复后会自动发出；"
    "也可以改发新平台，或撤回、放弃。",
    "It was given for another server (the platform was replaced, or this is a drill): it goes out"
    " by itself once that one answers again; or give it to the new server, withdraw it or give it"
    " up.",
)
UNKNOWN_LOGIN = Text(
    "下达这条指令时用的登录与现在的不同，且不知道是哪个账号：确认是您的，就选“照样发出”；否则撤回。",
    "It was given under another login than the present one, and it is not known whose: if it is"
    " yours, send it all the same; else withdraw it.",
)


def fingerprint(token: str | None, client: str) -> str:
    """A short name of a login token that does not give it away; empty without a token."""
    if not token:
        return ""
    key = hashlib.blake2b(client.encode(), digest_size=32).digest()
    return hashlib.blake2b(token.encode(), digest_size=8, key=key).hexdigest()


def hold_of(command: Command, binding: Binding) -> Hold:
    """Why a command may not go out under this binding; NONE when it may.

    One given before any server had answered goes to the first that does; one given before
    its login's account was known belongs to whatever account that login turns out to be.
    """
    if command.server and binding.server and command.server != binding.server:
        return Hold.SERVER
    if command.account:
        is_anothers = binding.account not in ("", command.account)
        return Hold.ACCOUNT if is_anothers else Hold.NONE
    if binding.account and command.login != binding.login:
        return Hold.ACCOUNT
    return Hold.NONE


def binding_in_use(outbox: OutboxStore, connector: Connector) -> Binding:
    """Return the binding under which commands go out now, with the account of the session."""
    binding = outbox.binding(connector.settings.id)
    return msgspec.structs.replace(binding, account=connector.account() or binding.account)


def reason_of(command: Command, hold: Hold) -> Text:
    """Return the reason to show on a command that is held so."""
    if hold is Hold.SERVER:
        return ANOTHER_SERVER
    return _anothers(command.account) if command.account else UNKNOWN_LOGIN


def hold_strangers(
    outbox: OutboxStore, waiting: Sequence[CommandRecord], binding: Binding, clock: Clock
) -> set[str]:
    """Hold the waiting commands that may not go out now, with the reason; returns their keys."""
    strangers = set()
    for record in waiting:
        hold = hold_of(record.command, binding)
        if hold is Hold.NONE:
            continue
        strangers.add(record.command.key)
        reason = reason_of(record.command, hold)
        is_news = (record.hold, record.reason) != (hold, reason) and not record.hold.wants_decision
        if is_news and record.state is not CommandState.RECEIVED:
            outbox.hold([record.command.key], hold, reason, clock.now())
    return strangers


def files_of_strangers(outbox: OutboxStore, source: str, binding: Binding) -> set[str]:
    """Return digests of files that are named only by commands which may not go out now.

    One that was given up may have been done: its file goes out, under its own login as before.
    """
    found: set[str] = set()
    others: set[str] = set()
    for record in outbox.recent(ALL):
        command, state = record.command, record.state
        named = files_named(command)
        if not named or command.target.source != source or state is CommandState.CANCELLED:
            continue
        waits = not state.is_final or state is CommandState.GIVEN_UP
        is_strange = waits and hold_of(command, binding) is not Hold.NONE
        (found if is_strange else others).update(named)
    return found - others


def _anothers(account: str) -> Text:
    return Text(
        f"这条指令是以账号“{account}”登录时下达的：请用该账号登录后发出，或撤回。",
        f"It was given under the login {account}: log in as {account} to send it, or withdraw it.",
    )
