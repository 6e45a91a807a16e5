"""The state changes of a stored command, and the order in which commands are offered.

Pure rules: every outbox store, on disk or in memory, applies these.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from desktop.domain.command import Command, CommandRecord, CommandState, Hold, Key
from desktop.domain.instant import Instant
from desktop.domain.localized_text import Text
from desktop.domain.source import Binding, Row

ANSWERED = frozenset({CommandState.ACCEPTED, CommandState.REJECTED, CommandState.CONFLICT})
"""States in which the server has decided; CANCELLED is final too, but decided here."""

OFFERED_AGAIN = frozenset({CommandState.ACCEPTED, CommandState.REJECTED, CommandState.RECEIVED})
"""Answers that a restored server may have forgotten. A conflict is the officer's to decide, and
what is stored, sent or held is offered anyway."""

ASKING = frozenset(r for r in CommandState if r.is_final or r is CommandState.HELD)
"""States shown in the attention list until the officer has dismissed the command."""

_OURS = (CommandState.STORED, CommandState.SENT)
_ON_THE_WAY = {CommandState.STORED: 0, CommandState.SENT: 1, CommandState.RECEIVED: 2}


class Outcome(msgspec.Struct, frozen=True, array_like=True):
    """An answer as it was before its command was offered again."""

    state: CommandState
    reason: Text
    seen: bool


class Entry(msgspec.Struct, frozen=True):
    """Everything an outbox keeps of one command."""

    record: CommandRecord
    basis: Row | None = None
    """The row the officer was looking at."""
    theirs: Row | None = None
    """The server's row in a conflict."""
    before: Outcome | None = None
    """The answer before the command was offered again."""


def new_entry(
    seq: int, command: Command, now: Instant, basis: Row | None = None, replaces: str = ""
) -> Entry:
    """Build the entry of a command that was just submitted."""
    return Entry(CommandRecord(seq, command, CommandState.STORED, now, replaces=replaces), basis)


def may_follow(known: CommandState, new: CommandState) -> bool:
    """Whether the `new` state may replace the `known` one.

    After a final answer only another answer counts: a restored server may answer anew, while
    silence and "on its way" say less. Only the officer makes a command CANCELLED or GIVEN_UP; if
    the server has it nevertheless, the server's answer is the truth.
    """
    if new in (CommandState.CANCELLED, CommandState.GIVEN_UP):
        return False
    if known.is_final:
        return new in ANSWERED
    if known in _ON_THE_WAY and new in _ON_THE_WAY:
        return _ON_THE_WAY[new] >= _ON_THE_WAY[known]
    return True


def apply_answer(
    entry: Entry,
    state: CommandState,
    reason: Text,
    now: Instant,
    theirs: Row | None = None,
    hold: Hold = Hold.LOGIN,
) -> Entry:
    """Return the entry with the new state; the very same object when it changes nothing.

    A change asks for the officer's attention, but the same answer as before the command was offered
    again does so only if it had not been seen; nor does the same answer in more words, as when the
    network tells in both languages what a frame had room for in one, and part of.
    """
    known = entry.record
    if not may_follow(known.state, state):
        return entry
    if state is CommandState.HELD and _is_the_officers(known.hold, hold):
        return entry
    if state is known.state and _is_said_by(reason, known.reason, state):
        return entry if theirs in (None, entry.theirs) else _with_theirs(entry, theirs)
    before = entry.before
    seen = before is not None and (state, reason, True) == (
        before.state,
        before.reason,
        before.seen,
    )
    if state is known.state and _is_said_by(known.reason, reason, state):
        seen = known.seen
    left = known.offered or state not in (CommandState.STORED, CommandState.HELD)
    record = msgspec.structs.replace(
        known,
        state=state,
        reason=reason,
        # The reason may change while the command waits; the time since when it waits stays.
        changed_at=known.changed_at if state is known.state and state in _OURS else now,
        seen=seen,
        offered=left,
        hold=hold if state is CommandState.HELD else Hold.NONE,
        left_at=now if left and not known.offered else known.left_at,
    )
    changed = msgspec.structs.replace(entry, record=record)
    if state is CommandState.CONFLICT:
        return _with_theirs(changed, theirs)
    return changed


def _is_said_by(reason: Text, fuller: Text, state: CommandState) -> bool:
    """Whether a reason is the same, or of an answer the beginning of a fuller one."""
    if reason == fuller or state not in ANSWERED or not reason.zh:
        return reason == fuller
    return fuller.zh.startswith(reason.zh) and fuller.en.startswith(reason.en)


def _with_theirs(entry: Entry, theirs: Row | None) -> Entry:
    return msgspec.structs.replace(entry, theirs=theirs)


def mark_offered(entry: Entry, now: Instant) -> Entry:
    """Return the entry marked as possibly sent; a final one stays as it is."""
    if entry.record.offered or entry.record.state.is_final:
        return entry
    record = msgspec.structs.replace(entry.record, offered=True, left_at=now)
    return msgspec.structs.replace(entry, record=record)


def withdraw(entry: Entry, now: Instant) -> Entry | None:
    """Return the entry cancelled by the officer; None when bytes of it may have left."""
    known = entry.record
    if known.offered or known.state not in (CommandState.STORED, CommandState.HELD):
        return None
    # The officer has just done it: there is nothing to show.
    record = msgspec.structs.replace(
        known,
        state=CommandState.CANCELLED,
        reason=Text(),
        changed_at=now,
        seen=True,
        hold=Hold.NONE,
    )
    return msgspec.structs.replace(entry, record=record)


def hold_back(entry: Entry, hold: Hold, reason: Text, now: Instant) -> Entry:
    """Return the entry held for a reason; a final one, or one held so already, stays as it is.

    So does one that only the officer releases: a reason that ends by itself would free it. Whether
    bytes of it may have left is not changed, except for a copied disk: the other computer may have
    sent it, so withdrawing it would promise too much.
    """
    known = entry.record
    if known.state.is_final or (known.hold, known.reason) == (hold, reason):
        return entry
    if _is_the_officers(known.hold, hold):
        return entry
    record = msgspec.structs.replace(
        known,
        state=CommandState.HELD,
        hold=hold,
        reason=reason,
        changed_at=now,
        seen=False,
        offered=known.offered or hold is Hold.COPY,
    )
    return msgspec.structs.replace(entry, record=record)


def _is_the_officers(known: Hold, new: Hold) -> bool:
    """Whether only the officer ends the known hold, and the new one is not the county's answer."""
    return known.wants_decision and not (new.wants_decision or new is Hold.ANSWER)


def release(entry: Entry, now: Instant) -> Entry | None:
    """Return the entry released to be sent anyway, as the officer decided; None when it is not
    held.

    If only the officer could decide, the time for which the server keeps its key starts again.
    """
    known = entry.record
    if known.state is not CommandState.HELD:
        return None
    record = msgspec.structs.replace(
        known,
        state=CommandState.STORED,
        hold=Hold.NONE,
        reason=Text(),
        changed_at=now,
        seen=True,
        left_at=now if known.offered and known.hold.wants_decision else known.left_at,
    )
    return msgspec.structs.replace(entry, record=record)


def settle_account(entry: Entry, account: str) -> Entry:
    """Return the entry with the account it was submitted under, now that it has been found out."""
    command = msgspec.structs.replace(entry.record.command, account=account)
    return msgspec.structs.replace(
        entry, record=msgspec.structs.replace(entry.record, command=command)
    )


def claim(entry: Entry, binding: Binding, now: Instant) -> Entry | None:
    """Return the entry released under the current account, as the officer claims it as his own;
    None unless its account is unknown."""
    known = entry.record
    if known.hold is not Hold.ACCOUNT or known.command.account:
        return None
    free = release(settle_account(entry, binding.account), now)
    assert free is not None
    return free


def give_up(entry: Entry, now: Instant) -> Entry | None:
    """Return the entry given up by the officer; None unless it is held and may have left.

    One of which nothing has left is withdrawn instead, which is certain.
    """
    known = entry.record
    if known.state is not CommandState.HELD or not known.offered:
        return None
    record = msgspec.structs.replace(
        known, state=CommandState.GIVEN_UP, hold=Hold.NONE, changed_at=now, seen=True
    )
    return msgspec.structs.replace(entry, record=record)


class Again(msgspec.Struct, frozen=True):
    """Limits on the answered commands that are offered again after a server was set back."""

    server: str = ""
    """Only commands submitted for this server, or for no particular one; empty for all."""
    not_before: Instant = 0
    """Older commands could be done twice: the server no longer keeps their keys."""
    retired_since: Instant | None = None
    """Retired commands answered since then are offered again too; None for none of them."""


ANYTHING = Again()
TOO_OLD = Text(
    "县平台恢复过旧数据；这一条太久以前，平台已不再认得它的编号，重发可能办两次，所以没有重发："
    "请核对县平台上是否还有。",
    "The county was set back, and it no longer knows the key of so old a command: sent again it"
    " might be done twice, so it was not. Check whether the county still has it.",
)


def requeue(entry: Entry, now: Instant, again: Again = ANYTHING) -> Entry:
    """Return the entry to be offered again after a server was set back; the same object if it need
    not be.

    It has left this computer before, and the county may have it: so its state is SENT. One too old
    to be offered again keeps its answer and asks for the officer's attention; an unanswered one
    keeps waiting to be sent, and sending holds it (`is_too_old`).
    """
    known = entry.record
    if known.state not in OFFERED_AGAIN or not _is_of(known.command.server, again.server):
        return entry
    since = again.retired_since
    if known.retired and (since is None or known.changed_at < since):
        return entry
    if _first_left_at(known) < again.not_before:
        if known.reason == TOO_OLD or not known.state.is_final:
            return entry
        told = msgspec.structs.replace(known, reason=TOO_OLD, seen=False, changed_at=now)
        return msgspec.structs.replace(entry, record=told)
    before = entry.before
    if known.state.is_final:
        before = Outcome(known.state, known.reason, known.seen)
    record = msgspec.structs.replace(
        known,
        state=CommandState.SENT,
        reason=Text(),
        changed_at=now,
        offered=True,
        retired=False,
        hold=Hold.NONE,
    )
    return msgspec.structs.replace(entry, record=record, before=before)


def _is_of(given_for: str, server: str) -> bool:
    return "" in (given_for, server) or given_for == server


def is_too_old(record: CommandRecord, not_before: Instant) -> bool:
    """Whether an unanswered command may have been done so long ago that its key is forgotten.

    That time runs from when it may first have left, whatever happened since; the officer's decision
    to send it anyway starts it again.
    """
    is_open = record.offered and not record.state.is_final
    return is_open and _first_left_at(record) < not_before


def _first_left_at(record: CommandRecord) -> Instant:
    """Return when it may first have left; if that was not recorded, when it was submitted."""
    if record.left_at is not None:
        return record.left_at
    return min(record.command.at, record.changed_at)


def retire(entry: Entry) -> Entry:
    """Return the entry marked as kept by the server beyond any restore; only answered ones change.

    The row the officer saw is then dropped, except to show a conflict.
    """
    known = entry.record
    if known.retired or known.state not in ANSWERED:
        return entry
    conflict = known.state is CommandState.CONFLICT
    return msgspec.structs.replace(
        entry,
        record=msgspec.structs.replace(known, retired=True),
        basis=entry.basis if conflict else None,
        before=None,
    )


def send_order(unfinished: Iterable[CommandRecord]) -> list[CommandRecord]:
    """Sort commands for sending: higher priority first, then oldest.

    A target's commands keep the order of their clicks; the earlier ones get the priority of the
    later, so that a hurried command is not kept back by an earlier one on its target.
    """
    by_age = sorted(unfinished, key=lambda record: record.seq)
    lent: dict[Key, int] = {}
    ranks: dict[int, int] = {}
    for record in reversed(by_age):
        target = record.command.target
        lent[target] = max(lent.get(target, record.priority), record.priority)
        ranks[record.seq] = lent[target]
    return sorted(by_age, key=lambda record: (-ranks[record.seq], record.seq))
