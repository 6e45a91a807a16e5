"""Commands answered before: what became of them, and which the server keeps for good."""

from __future__ import annotations

import logging
from collections.abc import Callable

import msgspec

from desktop.application.commands.belonging import ALL, binding_in_use, hold_of
from desktop.application.ports import SourceError
from desktop.application.sync.exchange_context import ExchangeContext
from desktop.application.sync.misplaced import may_be_a_twins
from desktop.application.sync.past import doubt_past, keys_kept_since
from desktop.domain.command import CommandState, Hold

STATES_AT_ONCE = 20

log = logging.getLogger(__name__)


class Retirement:
    """Asks, once in an exchange, for commands whose answers the server may yet lose."""

    def __init__(self, context: ExchangeContext) -> None:
        self._connector, self._outbox = context.connector, context.outbox
        self._clock, self._memory = context.clock, context.memory
        self._source, self._asked = context.source, False

    def is_due(self) -> bool:
        """Whether there is something to ask now."""
        return not self._asked and (self._retirable() or self._was_copied())

    def _retirable(self) -> bool:
        if not self._memory.may_ask_states(self._clock.monotonic_s()):
            return False
        return bool(self._outbox.to_retire(self._source, 1))

    def _was_copied(self) -> bool:
        return self._outbox.binding(self._source).copied

    def ask(self, meet_past: Callable[[str], None]) -> bool:
        """Ask, keep the answers and retire what is durable; whether the server has gone back.

        `meet_past` is called with the epoch of a server that is found to have gone back.
        """
        if self._was_copied():
            try:
                self._ask_after_twin()
            except SourceError as error:
                log.info("no word on what a twin did", extra={"code": error.problem.code})
        self._asked = True
        keys = self._outbox.to_retire(self._source, self._memory.states_from + STATES_AT_ONCE)
        asked = keys[self._memory.states_from :]
        try:
            answers = self._connector.states(asked) if asked else []
        except SourceError as error:
            log.info("no word on older commands", extra={"code": error.problem.code})
            answers, asked = [], []
        forgotten = self._ids_that_must_be_there(asked) - {answer.key for answer in answers}
        if self._memory.has_news_of(forgotten) and self._has_gone_back(forgotten, meet_past):
            return True
        self._memory.note_known({answer.key for answer in answers})
        self._outbox.answer_all(answers, self._clock.now())
        durable = [answer.key for answer in answers if answer.durable]
        self._outbox.retire(durable)
        passed = len(asked) if len(asked) == STATES_AT_ONCE else 0
        now_s = self._clock.monotonic_s()
        self._memory.note_states_asked(now_s, passed=passed, retired=bool(durable))
        return False

    def _ask_after_twin(self) -> None:
        """Ask what another computer with a copy of this disk did of what was not sent here."""
        unsent = [
            record.command.key
            for record in self._outbox.recent(ALL)
            if record.command.target.source == self._source and may_be_a_twins(record)
        ]
        for start in range(0, len(unsent), STATES_AT_ONCE):
            keys = unsent[start : start + STATES_AT_ONCE]
            # A conflict comes with the county's row when it is sent after all, not here.
            told = [a for a in self._connector.states(keys) if a.state is not CommandState.CONFLICT]
            self._outbox.answer_all(told, self._clock.now())
        binding = self._outbox.binding(self._source)
        self._outbox.bind(self._source, msgspec.structs.replace(binding, copied=False))

    def _ids_that_must_be_there(self, keys: list[str]) -> set[str]:
        """Return the accepted commands that this server must know under this login.

        A refused one may have been refused unread, and is then in no log.
        """
        binding = binding_in_use(self._outbox, self._connector)
        kept_since = keys_kept_since(binding, self._clock.now())
        found = [record for key in keys if (record := self._outbox.record(key)) is not None]
        return {
            record.command.key
            for record in found
            if record.state is CommandState.ACCEPTED
            and hold_of(record.command, binding) is Hold.NONE
            and record.command.at > kept_since
        }

    def _has_gone_back(self, forgotten: set[str], meet_past: Callable[[str], None]) -> bool:
        """Queue again the accepted commands that a server no longer knows; false without epochs."""
        epoch = self._connector.epoch()
        if epoch is None:
            return False
        log.info("the source forgot commands", extra={"source": self._source})
        self._memory.note_forgotten(forgotten)
        doubt_past(self._outbox, self._source)
        meet_past(epoch)
        return True
