"""An outbox on a disk in memory, under the same rules as the encrypted one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from desktop.domain import outbox_state as rules
from desktop.domain.command import Command, CommandKind, CommandRecord, CommandState, Hold, Key
from desktop.domain.instant import Instant
from desktop.domain.localized_text import Text
from desktop.domain.outbox_state import ANYTHING, Again, Entry
from desktop.domain.source import Binding, CommandResult, Row
from model.disk import Disk

NOTHING = Text()


def awaits_retirement(record: CommandRecord) -> bool:
    """Whether the server should be asked if it keeps the command for good."""
    return not record.retired and record.state in (CommandState.ACCEPTED, CommandState.REJECTED)


def asks_for_eyes(record: CommandRecord) -> bool:
    """Whether it stands in the attention list: an outcome or hold not yet dismissed."""
    return not record.seen and record.state in rules.ASKING


class MemoryOutbox:
    """See `application.ports.OutboxStore`; every call that writes is one synced transaction."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk

    @property
    def _entries(self) -> dict[str, Entry]:
        return self._disk.outbox.entries

    def _change(self, key: str, rule: Callable[[Entry], Entry]) -> None:
        """Let a rule work on an entry; a key never appended is passed over."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries[key] = rule(entry)

    def append(
        self, command: Command, now: Instant, *, basis: Row | None = None, replaces: str = ""
    ) -> CommandRecord:
        self._disk.step("before outbox commit")
        state = self._disk.outbox
        if command.key not in state.entries:
            state.seq += 1
            state.entries[command.key] = rules.new_entry(state.seq, command, now, basis, replaces)
        if command.kind is CommandKind.NOTE:
            state.drafts.pop(command.target, None)
        if replaces and replaces in state.entries:
            self.mark_seen(replaces)
        self._disk.step("after commit, before confirm")
        return state.entries[command.key].record

    def list_unfinished(self, source: str | None = None) -> list[CommandRecord]:
        return rules.send_order(
            entry.record
            for entry in self._entries.values()
            if not entry.record.state.is_final
            and source in (None, entry.record.command.target.source)
        )

    def attention(self) -> list[CommandRecord]:
        found = [e.record for e in self._entries.values() if asks_for_eyes(e.record)]
        return sorted(found, key=lambda record: (-record.changed_at, -record.seq))

    def needing_officer(self) -> int:
        return sum(record.state.needs_officer for record in self.attention())

    def recent(self, limit: int) -> list[CommandRecord]:
        return sorted((e.record for e in self._entries.values()), key=lambda r: -r.seq)[:limit]

    def on_target(self, target: Key) -> list[CommandRecord]:
        found = [e.record for e in self._entries.values() if e.record.command.target == target]
        return sorted(found, key=lambda record: record.seq)

    def record(self, key: str) -> CommandRecord | None:
        entry = self._entries.get(key)
        return None if entry is None else entry.record

    def offering(self, keys: Sequence[str], now: Instant) -> None:
        self._disk.step("before offering")
        for key in keys:
            self._change(key, lambda entry: rules.mark_offered(entry, now))
        self._disk.step("before send")

    def set_state(
        self, key: str, state: CommandState, reason: Text, now: Instant, theirs: Row | None = None
    ) -> CommandRecord:
        self._disk.step("response not committed")
        self._entries[key] = rules.apply_answer(self._entries[key], state, reason, now, theirs)
        self._disk.step("result committed, overlay not dropped")
        return self._entries[key].record

    def answer_all(self, answers: Sequence[CommandResult], now: Instant) -> None:
        self._disk.step("response not committed")
        for answer in answers:
            self._change(answer.key, lambda entry, told=answer: _applied(entry, told, now))
        self._disk.step("result committed, overlay not dropped")

    def conflict_rows(self, key: str) -> tuple[Row | None, Row | None]:
        entry = self._entries.get(key)
        return (None, None) if entry is None else (entry.basis, entry.theirs)

    def cancel(self, key: str, now: Instant) -> bool:
        self._disk.step("before cancel")
        return self._decide(key, lambda entry: rules.withdraw(entry, now))

    def hold(self, keys: Sequence[str], hold: Hold, reason: Text, now: Instant) -> None:
        self._disk.step("before hold")
        for key in keys:
            self._change(key, lambda entry: rules.hold_back(entry, hold, reason, now))

    def release(self, key: str, now: Instant) -> bool:
        return self._decide(key, lambda entry: rules.release(entry, now))

    def give_up(self, key: str, now: Instant) -> bool:
        return self._decide(key, lambda entry: rules.give_up(entry, now))

    def renew_client(self, reason: Text, now: Instant) -> int:
        self._disk.step("before another name")
        state = self._disk.outbox
        state.client = f"{state.client}+"
        for source, known in list(state.bindings.items()):
            state.bindings[source] = msgspec.structs.replace(
                known, fence=0, tried=(), earlier=(), login="", epoch="", copied=True
            )
        waiting = [e for e in state.entries.values() if not e.record.state.is_final]
        for entry in waiting:
            key = entry.record.command.key
            state.entries[key] = rules.hold_back(entry, Hold.COPY, reason, now)
        return len(waiting)

    def settle_account(self, source: str, login: str, account: str) -> None:
        """There is one login in the simulation."""

    def claim(self, key: str, binding: Binding, now: Instant) -> bool:
        return self._decide(key, lambda entry: rules.claim(entry, binding, now))

    def binding(self, source: str) -> Binding:
        return self._disk.outbox.bindings.get(source, Binding())

    def bind(self, source: str, binding: Binding) -> None:
        self._disk.step("before bind")
        self._disk.outbox.bindings[source] = binding

    def _decide(self, key: str, rule: Callable[[Entry], Entry | None]) -> bool:
        entry = self._entries.get(key)
        changed = None if entry is None else rule(entry)
        if changed is None:
            return False
        self._entries[key] = changed
        return True

    def set_priority(self, key: str, priority: int) -> None:
        self._disk.step("before priority")
        self._change(key, lambda entry: _with(entry, priority=priority))

    def offer_again(self, source: str, now: Instant, again: Again = ANYTHING) -> int:
        self._disk.step("before epoch requeue")
        count = 0
        answered = {entry.record.replaces for entry in self._entries.values()}
        for key, entry in self._entries.items():
            if entry.record.command.target.source != source:
                continue
            if entry.record.state is CommandState.REJECTED and key in answered:
                continue
            queued = rules.requeue(entry, now, again)
            count += queued is not entry and not queued.record.state.is_final
            self._entries[key] = queued
        self._disk.step("after epoch requeue")
        return count

    def retire(self, keys: Sequence[str]) -> None:
        self._disk.step("before retire")
        for key in keys:
            self._change(key, rules.retire)
        self._disk.step("after retire")

    def to_retire(self, source: str, limit: int) -> list[str]:
        return [
            key
            for key, entry in sorted(self._entries.items(), key=lambda kept: kept[1].record.seq)
            if entry.record.command.target.source == source and awaits_retirement(entry.record)
        ][:limit]

    def mark_seen(self, key: str) -> None:
        if key in self._entries:
            entry = self._entries[key]
            record = msgspec.structs.replace(entry.record, seen=True)
            self._entries[key] = msgspec.structs.replace(entry, record=record)

    def client_id(self) -> str:
        return self._disk.outbox.client

    def last_time(self) -> Instant:
        return self._disk.outbox.last_time

    def keep_time(self, at: Instant) -> None:
        self._disk.outbox.last_time = at

    def keep_draft(self, target: Key, text: str, now: Instant) -> None:
        self._disk.step("before draft")
        if text:
            self._disk.outbox.drafts[target] = text
        else:
            self._disk.outbox.drafts.pop(target, None)

    def draft(self, target: Key) -> str:
        return self._disk.outbox.drafts.get(target, "")

    def close(self) -> None:
        """There is nothing to let go of."""


def _applied(entry: Entry, answer: CommandResult, now: Instant) -> Entry:
    """What an answer does to its entry; a durable one may be retired at once."""
    changed = rules.apply_answer(entry, answer.state, answer.reason, now, answer.row, answer.hold)
    same = changed.record.state is answer.state
    return rules.retire(changed) if answer.durable and same else changed


def _with(entry: Entry, *, priority: int) -> Entry:
    if entry.record.state.is_final:
        return entry
    record = msgspec.structs.replace(entry.record, priority=priority)
    return msgspec.structs.replace(entry, record=record)
