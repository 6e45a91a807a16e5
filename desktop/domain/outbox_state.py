"""What may become of a command once it is kept, and in which order commands are offered.

Pure rules: every outbox store, on disk or in memory, does what these say.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from desktop.domain.command import Command, CommandRecord, CommandState, Hold, Key
from desktop.domain.instant import Instant
from desktop.domain.localized_text import Text
from desktop.domain.source import Binding, Row

ANSWERED = frozenset({CommandState.ACCEPTED, CommandState.REJECTED, CommandState.CONFLICT})
"""The server's last words; CANCELLED is final too, but ours."""

OFFERED_AGAIN = frozenset({CommandState.ACCEPTED, CommandState.REJECTED, CommandState.RECEIVED})
"""What a restored server may have forgotten. A conflict is the officer's to decide, and what
is stored, sent or held is offered anyway."""

ASKING = frozenset(r for r in CommandState if r.is_final or r is CommandState.HELD)
"""What stands in the attention list until the officer has dismissed it."""

_OURS = (CommandState.STORED, CommandState.SENT)
_ON_THE_WAY = {CommandState.STORED: 0, CommandState.SENT: 1, CommandState.RECEIVED: 2}


class Outcome(msgspec.Struct, frozen=True, array_like=True):
    """An answer as it stood before its command was offered again."""

    state: CommandState
    reason: Text
    seen: bool


class Entry(msgspec.Struct, frozen=True):
    """All that an outbox keeps of one command."""

    record: CommandRecord
    basis: Row | None = None
    """The row the officer was looking at."""
    theirs: Row | None = None
    """The server's row of a conflict."""
    before: Outcome | None = None
    """The answer that stood before the command was offered again."""


def new_entry(
    seq: int, command: Command, now: Instant, basis: Row | None = None, replaces: str = ""
) -> Entry:
    """A command as it stands when it has just been given."""
    return Entry(CommandRecord(seq, command, CommandState.STORED, now, replaces=replaces), basis)


def may_follow(known: CommandState, new: CommandState) -> bool:
    """Whether that news may take the place of what is known.

    After a final answer only another answer counts: a restored server may answer anew,
    while silence and "on its way" say less. Only the officer makes a command CANCELLED or
    GIVEN_UP; should the server have it nevertheless, its answer is the truth.
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
    """The entry after such news; the very same object when the news changes nothing.

    What has changed asks for the officer's eyes, but the same answer as before the command
    was offered again does so only if it had not been seen.
    """
    known = entry.record
    if not may_follow(known.state, state):
        return entry
    if state is CommandState.HELD and _is_the_officers(known.hold, hold):
        return entry
    if (state, reason) == (known.state, known.reason):
        return entry if theirs in (None, entry.theirs) else _with_theirs(entry, theirs)
    before = entry.before
    seen = before is not None and (state, reason, True) == (
        before.state,
        before.reason,
        before.seen,
    )
    left = known.offered or state not in (CommandState.STORED, CommandState.HELD)
    record = msgspec.structs.replace(
        known,
        state=state,
        reason=reason,
        # Why it waits may change while it waits: since when it does, stays.
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


def _with_theirs(entry: Entry, theirs: Row | None) -> Entry:
    return msgspec.structs.replace(entry, theirs=theirs)


def mark_offered(entry: Entry, now: Instant) -> Entry:
    """The entry once bytes of it may have left; a final one stays as it is."""
    if entry.record.offered or entry.record.state.is_final:
        return entry
    record = msgspec.structs.replace(entry.record, offered=True, left_at=now)
    return msgspec.structs.replace(entry, record=record)


def withdraw(entry: Entry, now: Instant) -> Entry | None:
    """The entry once the officer has taken it back; None when something may have left."""
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
    """The entry kept back for a reason; a final one, or one so held already, stays as it is.

    So does one that only the officer lets go: a reason that ends by itself would free it.
    Whether something of it may have left is another matter and stays as it was, but for a
    copied disk: the other computer may have sent it, so withdrawing it would promise too much.
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
    """Whether the officer alone ends the known hold, and the new one is no word of the county's."""
    return known.wants_decision and not (new.wants_decision or new is Hold.ANSWER)


def release(entry: Entry, now: Instant) -> Entry | None:
    """The entry once the officer sends it all the same; None when it is not held.

    Where only the officer could decide, the server's time to keep its key begins anew.
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
    """The entry once it is known whose login it was given under."""
    command = msgspec.structs.replace(entry.record.command, account=account)
    return msgspec.structs.replace(
        entry, record=msgspec.structs.replace(entry.record, command=command)
    )


def claim(entry: Entry, binding: Binding, now: Instant) -> Entry | None:
    """The entry once the officer says that it is his; None unless nobody knows whose it is."""
    known = entry.record
    if known.hold is not Hold.ACCOUNT or known.command.account:
        return None
    free = release(settle_account(entry, binding.account), now)
    assert free is not None
    return free


def give_up(entry: Entry, now: Instant) -> Entry | None:
    """The entry once the officer has given it up; None unless it is held and may have left.

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
    """Which answered commands a server that went back may be offered again."""

    server: str = ""
    """Only those given for this server, or for whichever; empty for any."""
    not_before: Instant = 0
    """Older ones may be done twice: the server keeps their keys no longer."""
    retired_since: Instant | None = None
    """Retired ones answered since are offered again too; None for no retired ones."""


ANYTHING = Again()
TOO_OLD = Text(
    "县平台恢复过旧数据；这一条太久以前，平台已不再认得它的编号，重发可能办两次，所以没有重发："
    "请核对县平台上是否还有。",
    "The county was set back, and it no longer knows the key of so old a command: sent again it"
    " might be done twice, so it was not. Check whether the county still has it.",
)


def requeue(entry: Entry, now: Instant, again: Again = ANYTHING) -> Entry:
    """The entry once the server went back; the same object when it need not be offered again.

    It has left this computer before, and the county may have it: so it reads as sent.
    One too old to be offered again keeps its answer and asks for the officer's eyes; one that
    has none keeps waiting for the sending, which holds it (`is_too_old`).
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

    Whatever became of it since, that time runs from when it may first have left; a decision of
    the officer to send it all the same begins it anew.
    """
    is_open = record.offered and not record.state.is_final
    return is_open and _first_left_at(record) < not_before


def _first_left_at(record: CommandRecord) -> Instant:
    """When it may first have left; where nobody wrote that down, when it was given."""
    if record.left_at is not None:
        return record.left_at
    return min(record.command.at, record.changed_at)


def retire(entry: Entry) -> Entry:
    """The entry once the server keeps it beyond any restore; only answered ones change.

    The row the officer saw is needed no more, except to show a conflict.
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
    """The order of offering: higher priority first, then oldest.

    A target's commands stay in the order of their clicks; the earlier ones are lent the
    priority of the later, so that a hurried command is not kept back by its own target.
    """
    by_age = sorted(unfinished, key=lambda record: record.seq)
    lent: dict[Key, int] = {}
    ranks: dict[int, int] = {}
    for record in reversed(by_age):
        target = record.command.target
        lent[target] = max(lent.get(target, record.priority), record.priority)
        ranks[record.seq] = lent[target]
    return sorted(by_age, key=lambda record: (-ranks[record.seq], record.seq))
