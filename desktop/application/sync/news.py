"""What is new at a source besides its rows: its status, and this desk's commands to it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from desktop.application.ports import OutboxStore
from desktop.application.reads.pending_overlay import RECENT
from desktop.domain.changes import NOTHING, Changes
from desktop.domain.clock import Clock
from desktop.domain.command import CommandRecord, Key
from desktop.domain.link import LinkState
from desktop.domain.source import SourceStatus


class News:
    """Compares a source's status and its commands with what was told of them last.

    Only their meaning counts: that a source was asked once more and still answers is no news.
    """

    def __init__(self, source: str, outbox: OutboxStore, clock: Clock) -> None:
        self._source, self._outbox, self._clock = source, outbox, clock
        self._told: object = None
        self._unconfirmed: frozenset[str] = frozenset()
        self._found: list[CommandRecord] | None = None

    def of(self, status: SourceStatus) -> Changes:
        """Return what is new since the last call, and count it as told."""
        told, self._told = self._told, self._meaning(status)
        commands = self._compare_commands(status.unconfirmed)
        if told == self._told:
            return commands
        return commands.join(Changes(sources=True))

    def _meaning(self, status: SourceStatus) -> object:
        """Return what of the status says more than that time has passed."""
        return (
            status.freshness(self._clock.now()),
            status.link.weak,
            msgspec.structs.replace(
                status,
                last_good_at=None if status.last_good_at is None else 0,
                link=LinkState(tier=status.link.tier),
                unconfirmed=frozenset(),
            ),
        )

    def _compare_commands(self, unconfirmed: frozenset[str]) -> Changes:
        before, self._found = self._found, self._read()
        keys = unconfirmed ^ self._unconfirmed
        self._unconfirmed = unconfirmed
        # Mostly nothing was written, and all of them are the same objects as before.
        if before is None or (not keys and before == self._found):
            return NOTHING
        told, found = self._by_key(before), self._by_key(self._found)
        records = [record for key in keys if (record := self._outbox.record(key)) is not None]
        for key in told.keys() | found.keys():
            if told.get(key) != (record := found.get(key)):
                records.append(record or told[key])
        return Changes.in_rows(_targets(records), commands=bool(records or keys))

    def _read(self) -> list[CommandRecord]:
        """Return the commands that are shown with rows, or may yet be; others may be among them."""
        return [*self._outbox.recent(RECENT), *self._outbox.list_unfinished(self._source)]

    def _by_key(self, found: Iterable[CommandRecord]) -> dict[str, CommandRecord]:
        return {r.command.key: r for r in found if r.command.target.source == self._source}


def _targets(records: Iterable[CommandRecord]) -> set[Key]:
    return {record.command.target for record in records}
