"""Frames in, outcomes out: each message is done by the executor of the network's commands."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from desktop.county_server.commands.create_incident import Rules
from desktop.county_server.commands.executor import command_states, do_commands
from desktop.county_server.db import command_log
from desktop.county_server.db.database import Database
from desktop.county_server.db.openings import find_client
from desktop.county_server.frames.inbox import Inbox
from desktop.county_server.frames.offices import Office
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import Account
from desktop.wire.frames.command_bits import Message, decode_message
from desktop.wire.frames.fragments import (
    Fragment,
    FrameType,
    Head,
    NotAuthentic,
    join,
    read_fragment,
)
from desktop.wire.frames.outcomes import NO_KEY, Outcome, encode_outcomes
from desktop.wire.frames.tables import Tables
from desktop.wire.level1 import CommandResult, Commands, Phrase
from desktop.wire.level2.cursor import WireError

log = logging.getLogger(__name__)

LOOK_EVERY_S = 5.0
"""How long what waits may have waited in vain."""
NO_ACCOUNT = "该单位的账号已停用，请向县里核实"
KEY_REUSED = "该键已用于另一条指令，没有办"
_Told = tuple[Head, Outcome]
"""A message, and what became of it."""


class Offices(Protocol):
    """The offices that may send frames now."""

    def offices(self) -> Mapping[int, Office]:
        """Return them by number."""

    def note_use(self, office: Office, key: bytes) -> None:
        """Learn that the office used one of its keys."""


class Receiver:
    """Takes frames from any number of ways. Thread-safe; its owner closes database and inbox."""

    def __init__(
        self,
        database: Database,
        roster: Offices,
        inbox: Inbox,
        accounts: Callable[[], Mapping[str, Account]],
        rules: Rules,
        tables: Tables,
    ) -> None:
        """`accounts` returns the present accounts by name; without any, offices that name none
        are anybody's."""
        self._database, self._roster, self._inbox = database, roster, inbox
        self._accounts, self._rules, self.tables = accounts, rules, tables
        self._lock = threading.Lock()
        self._look_at_s = 0.0
        self._has_waiting = True
        """Whether messages may wait for another: at the start that is not known."""
        self._met: set[int] = set()
        """Offices of which an authentic frame has come, or that a warning was about."""

    def offices(self) -> Mapping[int, Office]:
        """Return the offices that may send frames now, by number."""
        return self._roster.offices()

    def take(self, frame: bytes, *, is_spoken: bool = False) -> list[bytes]:
        """Take one frame; return the frames that tell its office what became of its messages.

        Of a message that was read aloud, its own desk alone is told, and all of it once more when
        the message is repeated. A frame that is not authentic, or of long ago, changes nothing and
        is not answered.
        """
        offices = self._roster.offices()
        try:
            fragment = read_fragment(frame, {each.number: each.keys for each in offices.values()})
        except NotAuthentic:
            self._warn_once(int.from_bytes(frame[1:3], "big"))
            return []
        head = fragment.head
        self._met.add(head.office)
        if head.type is not FrameType.COMMAND:
            return []
        with self._lock:
            if self._inbox.is_too_old(head):
                return []
            office = offices[head.office]
            self._roster.note_use(office, fragment.key)
            told = self._answer_again(office, fragment)
            if told is None:
                self._inbox.keep(fragment)
                outcome = self._do(office, head)
                told = [] if outcome is None else [(head, outcome)]
            self._work_off()
            told += self._list_untold(office, fragment, is_spoken)
            return self._answers(fragment, list(dict.fromkeys(told)))

    def look(self) -> None:
        """Do what has waited for a command that came another way meanwhile.

        Its office is told with the next answer to one of its frames. Cheap to call often.
        """
        now_s = time.monotonic()
        with self._lock:
            if self._has_waiting and now_s >= self._look_at_s:
                self._look_at_s = now_s + LOOK_EVERY_S
                self._work_off()

    def _answers(self, asked: Fragment, told: Sequence[_Told]) -> list[bytes]:
        """Return the frames that tell each client of the office what became of its messages, by
        the key of the frame that asked.
        """
        office, epoch, found = asked.head.office, self._database.epoch, list[bytes]()
        for client in dict.fromkeys(head.client for head, _ in told):
            outcomes = [outcome for head, outcome in told if head.client == client]
            found += encode_outcomes(outcomes, epoch, office, client, asked.key)
        return found

    def _warn_once(self, office: int) -> None:
        """Tell the operator of an office whose first frame fails: noise, or the ends differ."""
        if office in self._roster.offices() and office not in self._met:
            self._met.add(office)
            log.warning(
                "单位 %d 的短帧核对不符：线路有干扰，或密钥、账号、县平台（是否演练）与值守端的不同"
                " / a frame of office %d fails its check: noise, or another key, account or county"
                " (a drill?) than at the desk",
                *(office, office),
            )

    def _answer_again(self, office: Office, fragment: Fragment) -> list[_Told] | None:
        """Answer the last part of a message that is on record; None for any other message.

        Parts of it are not kept: replayed, they would take the room of what waits.
        """
        key = self._inbox.key_of(fragment)
        outcome = None if key is None else self._recall(office, fragment.head.number, key)
        if outcome is None:
            return None
        return [(fragment.head, outcome)] if fragment.part == fragment.last else []

    def _recall(self, office: Office, number: int, key: str) -> Outcome | None:
        """Return the outcome on record of a command; None where a county set back lost it."""
        account = self._account(office)
        if account is None:
            return Outcome(number, key, "held", NO_ACCOUNT)
        results = command_states(self._database, [key], account).results
        return Outcome(number, key, results[0].status, _reason(results[0])) if results else None

    def _work_off(self) -> None:
        """Do the messages whose forerunners have come, by whatever way."""
        while self._has_waiting:
            waiting = self._inbox.waiting()
            self._has_waiting = bool(waiting)
            ready = self._find_ready(waiting)
            if not ready:
                return
            for office, head in ready:
                self._do(office, head, is_told=False)

    def _find_ready(self, waiting: Sequence[tuple[Head, str]]) -> list[tuple[Office, Head]]:
        """Return the messages whose forerunner is on record, of offices that are still there."""
        offices = self._roster.offices()
        with self._database.reading() as connection:
            return [
                (offices[head.office], head)
                for head, after in waiting
                if head.office in offices and command_log.find(connection, after) is not None
            ]

    def _list_untold(self, office: Office, asked: Fragment, is_spoken: bool) -> list[_Told]:
        """Return what became of the office's messages that were done since it was last told; for a
        message read aloud, with its last part, of those of its own desk."""
        if not is_spoken:
            found = self._inbox.take_untold(office.number)
        elif asked.part == asked.last:
            found = self._inbox.list_untold(asked.head)
        else:
            return []
        untold = [(head, self._recall(office, head.number, key)) for head, key in found]
        return [(head, outcome) for head, outcome in untold if outcome is not None]

    def _do(self, office: Office, head: Head, *, is_told: bool = True) -> Outcome | None:
        """Return what became of a message; None while parts are missing."""
        try:
            data = join(self._inbox.parts(head), office.keys)
            if data is None:
                return None
            message = decode_message(data, head.client, head.number, self.tables)
        except NotAuthentic:
            self._inbox.drop(head)
            return None
        except WireError:
            self._inbox.drop(head)
            return Outcome(head.number, NO_KEY, "unreadable")
        self._inbox.note_number(head)
        outcome, is_on_record = self._outcome(office, message)
        if outcome.status == "received":
            self._inbox.wait_for(head, message.command.after or "")
            self._has_waiting = True
        elif is_on_record:
            self._inbox.note_done(head, message.command.key, is_told=is_told)
        else:
            self._inbox.drop(head)
        return outcome

    def _outcome(self, office: Office, message: Message) -> tuple[Outcome, bool]:
        """Execute a message; return what became of it, and whether that is on record.

        `received` while the command before it has not come.
        """
        number, key = message.command.seq, message.command.key
        account = self._account(office)
        if account is None:
            return Outcome(number, key, "held", NO_ACCOUNT), False
        with self._database.reading() as connection:
            client = find_client(connection, account.name, message.client)
        asked = Commands("-", 0, client, (message.command,), message.offset_ms)
        try:
            results = do_commands(self._database, asked, account, self._rules, carried=True).results
        except ApiError:
            return Outcome(number, key, "rejected", KEY_REUSED), False
        if not results:
            return Outcome(number, key, "received"), False
        (result,) = results
        return Outcome(number, key, result.status, _reason(result)), result.status != "held"

    def _account(self, office: Office) -> Account | None:
        accounts = self._accounts()
        # An office of a named account is never anybody, also where no accounts were read.
        return accounts.get(office.account) if accounts or office.account else Account()


def _reason(result: CommandResult) -> str:
    return result.reason.zh if isinstance(result.reason, Phrase) else result.reason
