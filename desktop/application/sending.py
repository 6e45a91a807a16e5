"""A source's commands on their way out: each until it has its own answer."""

from __future__ import annotations

import logging

from desktop.application.memory import Memory
from desktop.application.ports import Cancelled, Connector, OutboxStore, SourceError
from desktop.application.refused_reports import offerable
from desktop.application.turn import next_group
from desktop.domain.clock import Clock
from desktop.domain.command import Collection, CommandKind, CommandRecord, Hold, Key, Receipt
from desktop.domain.overlay import files_named
from desktop.domain.source import Answer, Problem
from desktop.domain.text import Text

ALL = 1_000_000
"""More commands than one desk ever gives."""

log = logging.getLogger(__name__)


class Sending:
    """Offers the commands of one exchange; what is no longer in it, the outbox knows."""

    def __init__(
        self, connector: Connector, outbox: OutboxStore, clock: Clock, memory: Memory
    ) -> None:
        self._connector, self._outbox, self._clock = connector, outbox, clock
        self._memory = memory
        self._source = connector.settings.id
        self._tried: set[str] = set()
        self._unfinished: set[Key] = set()
        self._account = ""
        """Under which login commands go out in this exchange."""
        self._met = False
        self._again_left = 1
        self.answered = 0
        self.failure: SourceError | None = None
        """What stopped the offering, for the rest of the exchange."""

    def group(self) -> list[CommandRecord]:
        """The commands to offer next; none once a send has failed."""
        if self.failure is not None:
            return []
        queue = offerable(self._outbox, self._source, self._clock)
        others = [record for record in queue if is_anothers(record, self._account)]
        # Another's order on a row keeps back nobody's, unless it is what brings the row about.
        reports = [r for r in others if r.command.kind is CommandKind.CREATE]
        now_s = self._clock.monotonic_s()
        early = [r for r in queue if self._memory.is_puzzle(r.command.key, now_s)]
        return next_group(
            [record for record in queue if record not in others],
            tried=self._tried,
            silent=self._unfinished | {record.command.target for record in (*reports, *early)},
            suspects=self._memory.suspects,
            most=self._memory.most,
        )

    def offer(self, group: list[CommandRecord]) -> frozenset[Collection]:
        """Offer a group and keep what is known of each; on which collections that shows.

        In a new epoch nothing is offered yet: what the server forgot goes before the group.
        """
        if not self._met and self._meet():
            return frozenset(record.command.target.collection for record in group)
        keys = [record.command.key for record in group]
        # Durable first: from here on nothing can be said never to have left.
        self._outbox.offering(keys)
        self._tried.update(keys)
        # What was taken back while the server was asked stays here.
        waiting = {record.command.key for record in self._outbox.unfinished(self._source)}
        group = [record for record in group if record.command.key in waiting]
        if not group:
            return frozenset()
        answers, stayed = self._sent(group)
        self._keep(answers)
        answered = {answer.key for answer in answers}
        silent = [record for record in group if record.command.key not in answered]
        left = [record for record in silent if record.command.key not in stayed]
        told = [record for record in group if record.command.key in answered]
        if self.failure is None:
            self._memory.went(answered)
            told += self._mark(left, Receipt.SENT)
            final = {answer.key for answer in answers if answer.receipt.is_final}
            # Held or received is not done: what comes after it on its target waits with it.
            self._unfinished |= {r.command.target for r in group if r.command.key not in final}
        elif self.failure.held:
            unfinished = self._outbox.unfinished(self._source)
            told += self._mark(
                [each for each in unfinished if each.command.key not in answered], Receipt.HELD
            )
        else:
            told += self._mark(left, Receipt.SENT)
            self._broke(self.failure, silent)
        return frozenset(record.command.target.collection for record in told)

    def may_go_on(self) -> None:
        """The source has answered a pull since: a send told to come again at once may, once."""
        if self.failure is not None and self.failure.retry_after_s == 0.0 and self._again_left:
            self._again_left -= 1
            self.failure = None
            self._met = False
            self._tried.clear()

    def _meet(self) -> bool:
        """Learn the server's epoch; whether the group must be chosen anew."""
        known = self._memory.epoch
        try:
            epoch = self._connector.epoch()
        except SourceError as error:
            self.failure = error
            log.info("commands not offered", extra={"code": error.problem.code})
            if error.held:
                self._mark(self._outbox.unfinished(self._source), Receipt.HELD)
            return True
        self._met = True
        if epoch is not None:
            meet_epoch(self._outbox, self._memory, self._source, epoch, self._clock)
        self._account = self._connector.account()
        return self._hold_anothers() or self._memory.epoch != known

    def _hold_anothers(self) -> bool:
        """Say of commands given under another login why they wait; whether there are any."""
        waiting = self._outbox.unfinished(self._source)
        others = [record for record in waiting if is_anothers(record, self._account)]
        for record in others:
            if record.receipt is not Receipt.RECEIVED:
                key, reason = record.command.key, anothers(record.command.account)
                self._outbox.set_receipt(key, Receipt.HELD, reason, self._clock.now())
        return bool(others)

    def _broke(self, failure: SourceError, silent: list[CommandRecord]) -> None:
        if failure.retry_after_s is None:
            self._memory.broke([record.command.key for record in silent])
        elif failure.retry_after_s == 0.0:
            self._memory.send_failures += 1  # Told to come again at once, and again, and again.

    def _sent(self, group: list[CommandRecord]) -> tuple[list[Answer], set[str]]:
        """The answers to keys that were asked about, and the keys that surely did not leave.

        A failure is kept, not raised.
        """
        asked = {record.command.key for record in group}
        stayed: set[str] = set()
        try:
            given = self._connector.send(group)
        except Cancelled as error:
            if error.may_have_left:
                self._mark(group, Receipt.SENT)
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
        stayed |= {answer.key for answer in given if answer.receipt is Receipt.STORED}
        told = [each for each in given if each.receipt is not Receipt.STORED and each.key in asked]
        return told, stayed

    def _keep(self, answers: list[Answer]) -> None:
        if not answers:
            return
        self._outbox.answer_all(answers, self._clock.now())
        self.answered += len(answers)
        for answer in answers:
            if answer.receipt is Receipt.HELD and answer.hold is Hold.ANSWER:
                self._memory.note_puzzle(answer.key, self._clock.monotonic_s())
        if durable := [answer.key for answer in answers if answer.durable]:
            self._outbox.retire(durable)

    def _mark(self, records: list[CommandRecord], receipt: Receipt) -> list[CommandRecord]:
        """Say of commands without an answer where they are; those of which that is news.

        What the platform has, it keeps.
        """
        news = [r for r in records if r.receipt not in (Receipt.RECEIVED, receipt)]
        for record in news:
            self._outbox.set_receipt(record.command.key, receipt, Text(), self._clock.now())
        return news


def is_anothers(record: CommandRecord, account: str) -> bool:
    """Whether a command was given under another login than the one in use."""
    return "" not in (account, record.command.account) and record.command.account != account


def files_of_anothers(outbox: OutboxStore, source: str, account: str) -> set[str]:
    """Digests of files that only commands waiting for another login name."""
    waiting = [r.command for r in outbox.unfinished(source) if is_anothers(r, account)]
    found = {digest for command in waiting for digest in files_named(command)}
    if not found:
        return found
    keys = {command.key for command in waiting}
    for record in outbox.recent(ALL):
        command = record.command
        ours = command.target.source == source and command.key not in keys
        if ours and record.receipt is not Receipt.CANCELLED:
            found.difference_update(files_named(command))
    return found


def anothers(account: str) -> Text:
    """The words for a command that waits for the login under which it was given."""
    return Text(
        f"这条指令是以账号“{account}”登录时下达的：请用该账号登录后发出，或撤回。",
        f"It was given under the login {account}: log in as {account} to send it, or withdraw it.",
    )


def meet_epoch(outbox: OutboxStore, memory: Memory, source: str, epoch: str, clock: Clock) -> None:
    """Queue again what a server in another epoch may have forgotten.

    Before anything of the new life is kept: a crash between the two only offers twice.
    """
    if epoch == memory.epoch:
        return
    if outbox.offer_again(source, clock.now()):
        log.info("the source began another epoch", extra={"source": source})
    memory.epoch = epoch
