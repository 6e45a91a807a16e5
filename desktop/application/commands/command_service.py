"""What officers ask for: commands and files, durable when the call returns."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from desktop.application.commands.grace import Grace
from desktop.application.commands.own_files import OwnFiles
from desktop.application.ports import OutboxStore
from desktop.application.reads.pending_overlay import PendingOverlay
from desktop.domain.alarm import Alarm
from desktop.domain.changes import STATES, Changes
from desktop.domain.clock import Clock, click_time, computer_now, is_told
from desktop.domain.command import (
    Collection,
    Command,
    CommandKind,
    CommandRecord,
    Hold,
    Key,
    mint_key,
)
from desktop.domain.incident import FileRef, Incident
from desktop.domain.instant import Instant
from desktop.domain.report import Report
from desktop.domain.source import Row, SourceStatus
from desktop.protocol.commands import validate_body
from desktop.protocol.fields import LONGEST_FILE_NAME, InvalidField
from desktop.protocol.lifecycle import is_allowed, new_incident_id

REVOCABLE = frozenset({CommandKind.ACKNOWLEDGE, CommandKind.DISPATCH})
"""Commands of one keystroke or two that an officer may think better of within seconds."""


class FileTooLarge(InvalidField):
    """A file above what the source takes: refused before a byte of it is sent."""

    def __init__(self, limit: int) -> None:
        super().__init__("file", "too_large")
        self.limit = limit


class CommandService:
    """The officer's commands; every call may come from any thread."""

    def __init__(
        self,
        outbox: OutboxStore,
        files: OwnFiles,
        standing: PendingOverlay,
        clock: Clock,
        officer: str,
        statuses: Callable[[], tuple[SourceStatus, ...]],
        accepts: Callable[[Key, CommandKind], bool],
        announce: Callable[[Changes], None],
        login: Callable[[str], str] = lambda source: "",
    ) -> None:
        """`login` returns the fingerprint of a source's present login token."""
        self._outbox, self._files, self._standing = outbox, files, standing
        self._clock, self.officer = clock, officer
        self._statuses, self._accepts = statuses, accepts
        self._announce, self._login = announce, login
        self.on_command: Callable[[CommandRecord], None] = lambda record: None
        """Called after a command is durable; the engine sends it at once."""
        self.grace_s = 0.0
        """How long an acknowledgement or a dispatch stays here, to be taken back: a desk says."""
        self.grace = Grace(clock)
        self.on_nudge: Callable[[], None] = lambda: None
        """Called to exchange with every source now, as the officer wants."""
        self.on_accept_server: Callable[[str], bool] = lambda source: False
        """Called when the officer accepts another server than before."""

    def accepts(self, target: Key, kind: CommandKind) -> bool:
        """Whether the target's source takes such a command, so that screens may offer it."""
        return self._accepts(target, kind)

    def steps(self, target: Key) -> tuple[CommandKind, ...]:
        """Return what the row's source takes and its stage, pending commands applied, allows.

        Nothing for a row that is not cached. An officer cannot verify what he fed back himself.
        """
        row = self._standing.row(target)
        if row is None:
            return ()
        found = [
            kind
            for kind in CommandKind
            if target.collection in kind.row.on
            and self._accepts(target, kind)
            and _is_sensible(kind, row)
        ]
        if CommandKind.VERIFY in found and self._has_own_feedback(target, row):
            found.remove(CommandKind.VERIFY)
        return tuple(found)

    def sources_accepting(
        self, kind: CommandKind, collection: Collection
    ) -> tuple[SourceStatus, ...]:
        """The sources that take such a command, in the profile's order."""
        return tuple(s for s in self._statuses() if self._accepts(Key(s.id, collection, ""), kind))

    def submit(
        self,
        kind: CommandKind,
        target: Key,
        body: Mapping[str, Any] = {},
        *,
        base: int | None = None,
        key: str | None = None,
    ) -> CommandRecord:
        """Submit a command, of any kind but ATTACH; durable on return.

        `key` is minted by the screen at the click, so that a second press is the same command.
        Without `base` a command that checks it takes the cached row's version. Raises InvalidField,
        a ValueError, before anything is stored.
        """
        if kind is CommandKind.ATTACH:
            raise ValueError("a file is attached with its bytes: see `attach`")
        return self.store(kind, target, body, base, key)

    def create(
        self, source: str, body: Mapping[str, Any], *, key: str | None = None
    ) -> CommandRecord:
        """Report a new incident (接报), in the lists at once. Durable on return."""
        key = key or mint_key()
        target = Key(source, Collection.INCIDENTS, new_incident_id(key))
        return self.store(CommandKind.CREATE, target, body, None, key)

    def acknowledge(self, target: Key, base: int | None = None) -> CommandRecord:
        """Record that the officer has seen an incident or alarm; durable on return."""
        return self.store(CommandKind.ACKNOWLEDGE, target, {}, base, None)

    def note(self, target: Key, text: str, key: str | None = None) -> CommandRecord:
        """Add a note; durable on return. `key` as for `submit`."""
        return self.store(CommandKind.NOTE, target, {"text": text}, None, key)

    def record(self, key: str) -> CommandRecord | None:
        """Return a command of this desk by its key; None for one that was never stored."""
        return self._outbox.record(key)

    def draft(self, target: Key) -> str:
        """Return the draft of a note on this row, or an empty text."""
        return self._outbox.draft(target)

    def keep_draft(self, target: Key, text: str) -> None:
        """Keep a note's draft, durable on return; an empty text or submitting deletes it."""
        self._outbox.keep_draft(target, text, self._clock.now())

    def dismiss(self, key: str) -> None:
        """Mark an outcome as seen by the officer; a conflict so dismissed is dropped."""
        self._outbox.mark_seen(key)
        self._announce(Changes(commands=True))

    def cancel(self, key: str) -> bool:
        """Withdraw a command of which nothing has left; false when it may have.

        What was submitted on an incident that is now never created goes with it, and a file
        that nothing else names is not sent.
        """
        now = self._clock.now()
        record = self._outbox.record(key)
        if record is None or not self._outbox.cancel(key, now):
            return False
        self.grace.end(key)
        target, withdrawn = record.command.target, [record.command]
        if record.command.kind is CommandKind.CREATE:
            withdrawn += [
                later.command
                for later in self._outbox.on_target(target)
                if self._outbox.cancel(later.command.key, now)
            ]
        self._files.take_back(target.source, withdrawn)
        self._announce(Changes.in_rows([target], commands=True))
        return True

    def let_go(self, key: str) -> None:
        """Send a command that was kept back; nothing for one that has its answer."""
        self.grace.end(key)
        record = self._outbox.record(key)
        if record is not None and not record.state.is_final:
            self.on_command(record)

    def release(self, key: str) -> bool:
        """Send a held command all the same; false when it is not held, or another account's.

        One submitted under a login of unknown account becomes the present login's.
        """
        return self._decide(key, self._release)

    def _release(self, key: str, now: Instant) -> bool:
        record = self._outbox.record(key)
        if record is None or record.hold is not Hold.ACCOUNT:
            return self._outbox.release(key, now)
        source = record.command.target.source
        binding, login = self._outbox.binding(source), self._login(source)
        account = binding.account if login == binding.login else ""
        binding = msgspec.structs.replace(binding, account=account, login=login)
        return self._outbox.claim(key, binding, now)

    def give_up(self, key: str) -> bool:
        """Ask no more about a held command of which something may have left.

        False when it is not held, or can still be withdrawn.
        """
        return self._decide(key, self._outbox.give_up)

    def _decide(self, key: str, decide: Callable[[str, Instant], bool]) -> bool:
        record = self._outbox.record(key)
        if record is None or not decide(key, self._clock.now()):
            return False
        self._announce(Changes.in_rows([record.command.target], commands=True))
        self.on_command(record)
        return True

    def prioritise(self, key: str) -> None:
        """Send this one first, after the commands before it on the same row, which come along."""
        most = max((record.priority for record in self._outbox.list_unfinished()), default=0)
        self._outbox.set_priority(key, most + 1)
        self._announce(Changes(commands=True))

    def deprioritise(self, key: str) -> None:
        """Send this one last; the order on one row is kept."""
        least = min((record.priority for record in self._outbox.list_unfinished()), default=0)
        self._outbox.set_priority(key, least - 1)
        self._announce(Changes(commands=True))

    def attach(
        self,
        target: Key,
        name: str,
        media_type: str,
        body: bytes,
        thumbnail: bytes | None = None,
        key: str | None = None,
    ) -> CommandRecord:
        """Attach a file; it and the command are durable on return, the bytes leave later.

        Raises FileTooLarge, which names the limit, before anything is stored.
        """
        limit = self._files.limit(target.source)
        if limit is not None and len(body) > limit:
            raise FileTooLarge(limit)
        small = _digest(thumbnail) if thumbnail else ""
        ref = FileRef(
            _digest(body), name.strip()[-LONGEST_FILE_NAME:], media_type, len(body), small
        )
        told = {
            name: value
            for name in FileRef.__struct_fields__[:5]
            if (value := getattr(ref, name)) != ""
        }
        validate_body(CommandKind.ATTACH, {"file": told})
        self._files.keep_to_send(target.source, ref, body, thumbnail)
        return self.store(CommandKind.ATTACH, target, {"file": told}, None, key)

    def accept_server(self, source: str) -> bool:
        """Go on with the server that now answers for a source, in place of the one before.

        Its rows are fetched anew; commands for the other stay held, to be submitted anew, withdrawn
        or given up. False when no other server answers.
        """
        accepted = self.on_accept_server(source)
        self._announce(STATES.join(Changes.in_any_row(Collection)))
        return accepted

    def sync_now(self) -> None:
        """Exchange with every source now."""
        self.on_nudge()

    def store(
        self,
        kind: CommandKind,
        target: Key,
        body: Mapping[str, Any],
        base: int | None,
        key: str | None,
        replaces: str = "",
        shown: Row | None = None,
    ) -> CommandRecord:
        """Store a command as submitted now; durable on return.

        `replaces` is the key of the command it takes the place of, and `shown` the row the officer
        saw where none is cached.
        """
        kept = validate_body(kind, body)
        basis = None if kind is CommandKind.CREATE else self._standing.row(target) or shown
        if base is None and kind.row.checks_version and basis is not None:
            # A row the county does not know yet has no version to compare.
            base = basis.version or None if isinstance(basis, Incident | Alarm | Report) else None
        now = click_time(self._clock, latest_heard(self._statuses()))
        binding, login = self._outbox.binding(target.source), self._login(target.source)
        command = Command(
            key=key or mint_key(),
            kind=kind,
            target=target,
            at=now,
            by=self.officer,
            base=base,
            body=kept,
            # Empty while the login's account is unknown: the first session settles it.
            account=binding.account if login == binding.login else "",
            login=login,
            server=binding.server,
            clock_at=computer_now(self._clock),
            offset_known=is_told(self._clock),
        )
        if self.grace_s and kind in REVOCABLE:
            self.grace.begin(command.key, self.grace_s)
        record = self._outbox.append(command, now, basis=basis, replaces=replaces)
        self._announce(Changes.in_rows([target], commands=True))
        if not self.grace.holds(command.key):
            self.on_command(record)
        return record

    def _has_own_feedback(self, target: Key, row: Row) -> bool:
        """Whether the last feedback of a case is this officer's own."""
        told = [
            each.by
            for each in (row.timeline if isinstance(row, Incident) else ())
            if each.kind == CommandKind.FEEDBACK
        ]
        standing = [record.command for record in self._standing.on(target)]
        given = [each.by for each in standing if each.kind is CommandKind.FEEDBACK]
        return [by.strip() for by in (*told, *given)][-1:] == [self.officer.strip()]


def latest_heard(statuses: Iterable[SourceStatus]) -> Instant:
    """Return when any of the sources last answered; 0 for never."""
    return max((status.last_good_at or 0 for status in statuses), default=0)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _is_sensible(kind: CommandKind, row: Row) -> bool:
    """Whether the step would change something at the row as it stands."""
    if isinstance(row, Incident):
        if kind is CommandKind.ACKNOWLEDGE:
            return row.acknowledged_at is None
        return kind is not CommandKind.CREATE and is_allowed(kind, row.stage)
    if isinstance(row, Alarm):
        return row.state.allows(kind)
    return True
