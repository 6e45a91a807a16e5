"""Frames in, outcomes out: each message is done by the executor of the network's commands."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence

from desktop.county_server.commands.create_incident import Rules
from desktop.county_server.commands.executor import do_commands
from desktop.county_server.db.database import Database
from desktop.county_server.db.openings import find_client
from desktop.county_server.frames.inbox import Inbox
from desktop.county_server.frames.offices import Office
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import Account
from desktop.wire.frames.command_bits import Message, decode_message
from desktop.wire.frames.fragments import FrameType, Head, NotAuthentic, join, read_fragment
from desktop.wire.frames.outcomes import NO_KEY, Outcome, encode_outcomes
from desktop.wire.frames.tables import Tables
from desktop.wire.level1 import CommandResult, Commands, Phrase
from desktop.wire.level2.cursor import WireError

log = logging.getLogger(__name__)

NO_ACCOUNT = "该单位的账号已停用，请向县里核实"
KEY_REUSED = "该键已用于另一条指令，没有办"
_Told = tuple[Head, Outcome]
"""A message, and what became of it."""


class Receiver:
    """Takes frames from any number of ways. Thread-safe; its owner closes database and inbox."""

    def __init__(
        self,
        database: Database,
        offices: Mapping[int, Office],
        inbox: Inbox,
        accounts: Callable[[], Mapping[str, Account]],
        rules: Rules,
        tables: Tables,
    ) -> None:
        """`accounts` returns the present accounts by name; without any, offices that name none
        are anybody's."""
        self._database, self._offices, self._inbox = database, offices, inbox
        self._accounts, self._rules, self._tables = accounts, rules, tables
        self._keys = {each.number: each.key for each in offices.values()}
        self._lock = threading.Lock()
        self._met: set[int] = set()
        """Offices of which an authentic frame has come, or that a warning was about."""

    def take(self, frame: bytes) -> list[bytes]:
        """Take one frame; return the frames that tell its office what became of its messages.

        A frame that is not authentic, or of long ago, changes nothing and is not answered.
        """
        try:
            fragment = read_fragment(frame, self._keys)
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
            self._inbox.keep(fragment)
            told = self._work_off(self._offices[head.office], head)
            return self._answers(self._offices[head.office], told)

    def _answers(self, office: Office, told: Sequence[_Told]) -> list[bytes]:
        """Return the frames that tell each client of the office what became of its messages."""
        epoch, found = self._database.epoch, list[bytes]()
        for client in dict.fromkeys(head.client for head, _ in told):
            outcomes = [outcome for head, outcome in told if head.client == client]
            found += encode_outcomes(outcomes, epoch, office.number, client, office.key)
        return found

    def _warn_once(self, office: int) -> None:
        """Tell the operator of an office whose first frame fails: noise, or the ends differ."""
        if office in self._offices and office not in self._met:
            self._met.add(office)
            log.warning(
                "单位 %d 的短帧核对不符：线路有干扰，或密钥、账号、县平台（是否演练）与值守端的不同"
                " / a frame of office %d fails its check: noise, or another key, account or county"
                " (a drill?) than at the desk",
                *(office, office),
            )

    def _work_off(self, office: Office, head: Head) -> list[_Told]:
        """Do a message if it is whole, and then those that have waited for it."""
        first = self._do(office, head)
        if first is None or first.status == "received":
            return [] if first is None else [(head, first)]
        told = [(head, first)]
        while True:
            found = [(each, self._do(office, each)) for each in self._inbox.whole(office.number)]
            done = [
                (each, outcome)
                for each, outcome in found
                if outcome is not None and outcome.status != "received"
            ]
            told += done
            if not done:
                return told

    def _do(self, office: Office, head: Head) -> Outcome | None:
        """Return what became of a message; None while parts are missing."""
        try:
            data = join(self._inbox.parts(head), office.key)
            if data is None:
                return None
            message = decode_message(data, head.client, head.number, self._tables)
        except NotAuthentic:
            self._inbox.drop(head)
            return None
        except WireError:
            self._inbox.drop(head)
            return Outcome(head.number, NO_KEY, "unreadable")
        self._inbox.note_number(head)
        outcome = self._outcome(office, message)
        if outcome.status != "received":
            self._inbox.drop(head)
        return outcome

    def _outcome(self, office: Office, message: Message) -> Outcome:
        """Execute a message; `received` while the command before it has not come."""
        number, key = message.command.seq, message.command.key
        account = self._account(office)
        if account is None:
            return Outcome(number, key, "held", NO_ACCOUNT)
        with self._database.reading() as connection:
            client = find_client(connection, account.name, message.client)
        asked = Commands("-", 0, client, (message.command,), message.offset_ms)
        try:
            results = do_commands(self._database, asked, account, self._rules, carried=True).results
        except ApiError:
            return Outcome(number, key, "rejected", KEY_REUSED)
        if not results:
            return Outcome(number, key, "received")
        return Outcome(number, key, results[0].status, _reason(results[0]))

    def _account(self, office: Office) -> Account | None:
        accounts = self._accounts()
        # An office of a named account is never anybody, also where no accounts were read.
        return accounts.get(office.account) if accounts or office.account else Account()


def _reason(result: CommandResult) -> str:
    return result.reason.zh if isinstance(result.reason, Phrase) else result.reason
