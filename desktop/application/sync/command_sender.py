"""Sending a source's commands: each is offered until it has its own answer."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from desktop.application.commands.belonging import binding_in_use, hold_of, hold_strangers
from desktop.application.commands.refused_reports import offerable
from desktop.application.commands.waiting import reasons, why
from desktop.application.ports import (
    ONE_COMMANDS_CODES,
    Cancelled,
    DiskCopied,
    OtherServer,
    SourceError,
)
from desktop.application.sync.exchange_context import ExchangeContext
from desktop.application.sync.exchange_planner import next_group
from desktop.application.sync.past import keys_kept_since, meet_past
from desktop.domain.changes import STATES, Changes
from desktop.domain.command import CommandKind, CommandRecord, CommandState, Hold, Key
from desktop.domain.localized_text import Text
from desktop.domain.outbox_state import is_too_old
from desktop.domain.source import Batch, Binding, CommandResult, Problem

TOO_OLD = Text(
    "这条指令可能早已发出，而县平台已不再保留它的编号，再发可能办两次：请先向县里核实，再照样发出或放弃。",
    "It may have been sent long ago, and the county no longer keeps its key: sent again it might be"
    " done twice. Ask the county first, then send it all the same or give it up.",
)

NOTHING = Text()

log = logging.getLogger(__name__)


class CommandSender:
    """Sender of commands in one exchange; what must outlast it is in the outbox."""

    def __init__(self, context: ExchangeContext) -> None:
        self._context, self._source = context, context.source
        self._connector, self._outbox = context.connector, context.outbox
        self._clock, self._memory = context.clock, context.memory
        self._tried: set[str] = set()
        self._unfinished: set[Key] = set()
        self._binding = Binding()
        """The server and login under which commands go out, once the session is there."""
        self._met_in = ""
        """The session, as `Binding.echo`, whose epoch and account were looked at; else empty."""
        self._again_left = 1
        self.answered = 0
        self.failure: SourceError | None = None
        """What stopped the offering, for the rest of the exchange."""
        self._news: Sequence[Batch] = ()

    def group(self) -> list[CommandRecord]:
        """The commands to offer next; none once a send has failed."""
        if self.failure is not None:
            return []
        queue = offerable(self._outbox, self._source, self._clock)
        # Another account's command on a row keeps back none, unless it creates the row.
        ours = [record for record in queue if self._may_go(record)]
        chosen = {record.command.key for record in ours}
        reports = [
            record
            for record in queue
            if record.command.kind is CommandKind.CREATE and record.command.key not in chosen
        ]
        now_s = self._clock.monotonic_s()
        early = [
            record
            for record in queue
            if self._memory.puzzles.is_early(record.command.key, now_s)
            or self._memory.is_kept_back(record.command.key)
        ]
        return next_group(
            ours,
            tried=self._tried,
            silent=self._unfinished | {record.command.target for record in (*reports, *early)},
            suspects=self._memory.suspects,
            most=self._memory.most,
        )

    def offer(self, group: list[CommandRecord], *, follow: bool = False) -> Changes:
        """Offer a group and store the answers; returns what this changes.

        With `follow` the answers may bring what is new: see `take_news`.

        In a new epoch or under another login nothing is offered yet: what the server lost goes
        before the group, and some of it may be another account's.
        """
        if self._met_in != self._outbox.binding(self._source).echo and self._meet():
            return _changes_of(group)
        keys = [record.command.key for record in group]
        # Durable first: from here on any of these may have left.
        self._outbox.offering(keys, self._clock.now())
        self._tried.update(keys)
        # What was withdrawn during the requests to the server stays here.
        waiting = {record.command.key for record in self._outbox.list_unfinished(self._source)}
        group = [record for record in group if record.command.key in waiting]
        if not group:
            return STATES
        answers, stayed = self._send(group, follow=follow)
        self._keep(answers)
        answered = {answer.key for answer in answers}
        silent = [record for record in group if record.command.key not in answered]
        left = [record for record in silent if record.command.key not in stayed]
        told = [record for record in group if record.command.key in answered]
        if self.failure is None:
            self._memory.send_succeeded(answered)
            told += self._mark(left, CommandState.SENT)
            final = {answer.key for answer in answers if answer.state.is_final}
            # Held or received is not done: what comes after it on its target waits with it.
            self._unfinished |= {r.command.target for r in group if r.command.key not in final}
        elif self.failure.held:
            unfinished = self._outbox.list_unfinished(self._source)
            told += self._mark(
                [each for each in unfinished if each.command.key not in answered],
                CommandState.HELD,
                why(self.failure.problem),
            )
        else:
            told += self._mark(left, CommandState.SENT)
            self._note_failure(self.failure, silent)
            told += self._say_why(self.failure, left)
        return _changes_of(told)

    def take_news(self) -> Sequence[Batch]:
        """Return the rows that the answers to the last group brought, once: all that is new."""
        news, self._news = self._news, ()
        return news

    def may_go_on(self) -> None:
        """Let a send that was told to retry at once do so, once, after a pull was answered."""
        if self.failure is not None and self.failure.retry_after_s == 0.0 and self._again_left:
            self._again_left -= 1
            self.failure = None
            self.start_over()

    def start_over(self) -> None:
        """Offer every waiting command again, also those tried in this exchange."""
        self._met_in = ""
        self._tried.clear()

    def _may_go(self, record: CommandRecord) -> bool:
        """Whether neither an officer nor another server or login must be waited for."""
        no_stranger = hold_of(record.command, self._binding) is Hold.NONE
        return no_stranger and not record.hold.wants_decision

    def _meet(self) -> bool:
        """Get the server's epoch and account; whether the group must be chosen anew."""
        try:
            epoch = self._connector.epoch()
        except (OtherServer, DiskCopied):
            raise
        except SourceError as error:
            self.failure = error
            log.info("commands not offered", extra={"code": error.problem.code})
            waiting = self._outbox.list_unfinished(self._source)
            if error.held:
                self._mark(waiting, CommandState.HELD, why(error.problem))
            else:
                self._say_why(error, [])
            return True
        self._context.on_time_told()  # Ages are judged by its time.
        changed = epoch is not None and meet_past(self._context, epoch)
        self._binding = binding_in_use(self._outbox, self._connector)
        if self._binding.account:
            binding = self._binding
            self._outbox.settle_account(self._source, binding.login, binding.account)
        waiting = self._outbox.list_unfinished(self._source)
        strangers = hold_strangers(self._outbox, waiting, self._binding, self._clock)
        self._met_in = self._outbox.binding(self._source).echo
        ours = [record for record in waiting if record.command.key not in strangers]
        return self._hold_too_old(ours) or bool(strangers) or changed

    def _hold_too_old(self, waiting: list[CommandRecord]) -> bool:
        """Hold commands so old that, sent again, they might be done twice; whether any."""
        not_before = keys_kept_since(self._binding, self._clock.now())
        keys = [
            record.command.key
            for record in waiting
            if is_too_old(record, not_before) and not record.hold.wants_decision
        ]
        if keys:
            self._outbox.hold(keys, Hold.EXPIRED, TOO_OLD, self._clock.now())
        return bool(keys)

    def _note_failure(self, failure: SourceError, silent: list[CommandRecord]) -> None:
        if failure.retry_after_s is None:
            self._memory.send_failed([record.command.key for record in silent])
        elif failure.retry_after_s == 0.0:
            self._memory.put_off_sending()  # The server asks again and again to retry at once.

    def _send(
        self, group: list[CommandRecord], *, follow: bool
    ) -> tuple[list[CommandResult], set[str]]:
        """Send a group; returns the answers to its keys, and the keys that surely did not leave.

        A failure is kept, not raised.
        """
        asked = {record.command.key for record in group}
        stayed: set[str] = set()
        try:
            # Asked now: meeting the server may have outdated the rows.
            state = self._context.cache.sync_state(self._source) if follow else None
            if state is not None and self._connector.may_follow(state):
                given, self._news = self._connector.send_and_follow(group, state)
            else:
                given = self._connector.send(group)
        except Cancelled as error:
            if error.may_have_left:
                self._mark(group, CommandState.SENT)
            raise
        except SourceError as error:
            self.failure, given = error, list(error.answers)
            stayed |= set() if error.may_have_left else asked
        except Exception as error:
            # One command that breaks the connector must not stop rows, nor other commands.
            # Most likely it broke before it left, and what is stored never reads as sent.
            log.exception("offering commands broke")
            problem = Problem("internal_error", {"what": type(error).__name__})
            self.failure, given, stayed = SourceError(problem), [], asked
        if self.failure is not None:
            log.info("commands not offered", extra={"code": self.failure.problem.code})
        stayed |= {answer.key for answer in given if answer.state is CommandState.STORED}
        told = [
            each for each in given if each.state is not CommandState.STORED and each.key in asked
        ]
        return told, stayed

    def _keep(self, answers: list[CommandResult]) -> None:
        if not answers:
            return
        self._outbox.answer_all(answers, self._clock.now())
        self.answered += len(answers)
        for answer in answers:
            if answer.state is CommandState.HELD and answer.hold is Hold.ANSWER:
                self._memory.puzzles.note(answer.key, self._clock.monotonic_s())
        if durable := [answer.key for answer in answers if answer.durable]:
            self._outbox.retire(durable)

    def _say_why(self, failure: SourceError, left: list[CommandRecord]) -> list[CommandRecord]:
        """Store on each waiting command why it waits; returns those with a new reason."""
        refused, general = dict(failure.refused), failure.problem
        one_alone = len(left) == 1 and failure.problem.code in ONE_COMMANDS_CODES
        if not refused and one_alone:
            refused = {left[0].command.key: failure.problem}
        waiting = self._outbox.list_unfinished(self._source)
        news = reasons(waiting, refused, None if refused else general)
        if news:
            self._outbox.answer_all(news, self._clock.now())
        keys = {each.key for each in news}
        return [record for record in waiting if record.command.key in keys]

    def _mark(
        self, records: list[CommandRecord], state: CommandState, reason: Text = NOTHING
    ) -> list[CommandRecord]:
        """Set the state of commands without an answer; returns those that it changed.

        One that the platform has received stays received.
        """
        news = [r for r in records if r.state not in (CommandState.RECEIVED, state)]
        for record in news:
            self._outbox.set_state(record.command.key, state, reason, self._clock.now())
        return news


def _changes_of(records: Iterable[CommandRecord]) -> Changes:
    return Changes.in_rows((record.command.target for record in records), commands=True)
