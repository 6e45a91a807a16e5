"""Bundles from offices: checked whole, done by the executor of the network, and answered."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from itertools import groupby

import msgspec

from desktop.county_server.commands.create_incident import Rules
from desktop.county_server.commands.executor import do_commands
from desktop.county_server.courier.county_data import gather_data
from desktop.county_server.courier.offices import Offices, identity
from desktop.county_server.db.command_log import KEYS_KEPT_S
from desktop.county_server.db.database import Database
from desktop.county_server.files.attachments import Arrival, Attachments, ByteRange
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import ANYBODY, Account, Accounts
from desktop.protocol.limits import COURIER_BYTES
from desktop.wire import courier
from desktop.wire.courier import (
    ArrivedFile,
    BundleError,
    Chunk,
    Delivery,
    DeliveryReceipt,
    Direction,
    Fault,
)
from desktop.wire.level1 import (
    COLLECTIONS,
    MAGIC,
    CommandResult,
    CommandResults,
    Commands,
    FileOffer,
)

MOST_WITH_ROWS = COURIER_BYTES // 4
"""A receipt whose answers are longer leaves out the rows of conflicts."""


class Delivered(msgspec.Struct, frozen=True):
    """What a bundle came to."""

    office: str
    number: int
    receipt: bytes
    """The bundle for the way back."""
    answered: int
    waiting: int
    """Commands without an answer: one before them on the same row has yet to come."""
    behind: int
    """Commands without an answer: one before them on the same row is held."""
    files: int
    """Files that are here whole now, of those it brought."""
    parts: int
    """Files of which more has to come."""
    held: int = 0
    """Of those answered: not done, as they may have been done too long ago to be on record."""


class Deliveries:
    """Takes bundles for one county, one at a time. Thread-safe."""

    def __init__(
        self,
        database: Database,
        attachments: Attachments,
        rules: Rules,
        accounts: Callable[[], Accounts],
        collections: Callable[[], Sequence[str]] = lambda: tuple(COLLECTIONS),
    ) -> None:
        """`collections` are those that a session would list."""
        self._database, self._attachments = database, attachments
        self._rules, self._accounts, self._collections = rules, accounts, collections
        self._offices = Offices(database.path)
        self._lock = threading.Lock()

    def take(self, data: bytes) -> Delivered:
        """Do what a bundle asks and return its receipt; BundleError before anything was written."""
        with self._lock:
            return self._take(data)

    def _take(self, data: bytes) -> Delivered:
        header = courier.read_header(data)
        if header.direction is not Direction.UP:
            raise BundleError(Fault.OTHER_WAY)
        with self._database.reading() as connection:
            county = identity(connection)
        if header.county != county:
            raise BundleError(Fault.OTHER_COUNTY)
        office, keys = self._offices.check(header.office, header.sender)
        own = self._offices.own()
        delivery = courier.decode_delivery(courier.unseal(data, header, keys, own))
        requests = delivery.commands()
        account = self._account(office.account, delivery)
        self._offices.note_use(office.name, keys.id)
        files = tuple(
            self._bring(list(chunks), account)
            for _, chunks in groupby(delivery.files, lambda each: each.digest)
        )
        answers = [self._do(asked, account) for asked in requests]
        answered = sum(len(each.results) for each in answers)
        whole = sum(each.offset == each.size for each in files)
        digest = hashlib.sha256(data).hexdigest()
        receipt = self._answer(digest, delivery, account, _within_bounds(answers), files)
        names = (county, office.name, header.number)
        sealed = courier.seal(Direction.RECEIPT, names, courier.encode_body(receipt), own, keys)
        behind = _count_behind(requests, answers)
        waiting = sum(len(each.commands) for each in requests) - answered - behind
        held = sum(result.status == "held" for each in answers for result in each.results)
        return Delivered(
            *(office.name, header.number, sealed, answered, waiting, behind),
            *(whole, len(files) - whole, held),
        )

    def _answer(
        self,
        of: str,
        delivery: Delivery,
        account: Account,
        answers: tuple[bytes, ...],
        files: tuple[ArrivedFile, ...],
    ) -> DeliveryReceipt:
        """Return a receipt with what an office must know of the county besides the answers."""
        database, token = self._database, delivery.token
        made_at, set_back_to = int(database.time_s() * 1000), database.set_back_to
        data = None
        if token is not None:
            reader = account.reading(delivery.tables)
            data = gather_data(database, reader, self._collections(), token)
        return DeliveryReceipt(
            *(made_at, of, database.epoch, answers, files, data, delivery.echo),
            earlier=database.earlier_epochs,
            keys_kept_s=KEYS_KEPT_S,
            set_back_to=None if set_back_to is None else int(set_back_to.timestamp() * 1000),
        )

    def _account(self, name: str, delivery: Delivery) -> Account:
        """Return the account to act under: the one it was paired for, and its commands given in."""
        accounts = tuple(self._accounts().values()) or (ANYBODY,)
        found = next((each for each in accounts if each.name == name), None)
        if found is None or delivery.account != name:
            raise BundleError(Fault.OTHER_ACCOUNT)
        return found

    def _do(self, asked: Commands, account: Account) -> CommandResults:
        """Execute one request; where one of its commands spoils it, each for itself."""
        try:
            return do_commands(self._database, asked, account, self._rules, carried=True)
        except ApiError as error:
            if error.kind != "key-reused":
                raise
            if len(asked.commands) == 1:
                key = asked.commands[0].key
                # The key is another command's here: later answers to it are not about this one.
                result = CommandResult(key, "rejected", error.detail, durable=True)
                return CommandResults(MAGIC, self._database.epoch, (result,))
        alone = [
            self._do(msgspec.structs.replace(asked, commands=(each,)), account)
            for each in sorted(asked.commands, key=lambda each: each.seq)
        ]
        results = tuple(result for each in alone for result in each.results)
        return CommandResults(MAGIC, self._database.epoch, results)

    def _bring(self, chunks: list[Chunk], account: Account) -> ArrivedFile:
        """Store what came of a file; return how much of it is here then."""
        first, last = chunks[0], chunks[-1]
        digest, size = first.digest, first.size
        try:
            state = self._attachments.offer(FileOffer(digest, size, first.media_type), account)
            end = last.offset + len(last.data)
            if state.offset >= end:
                return ArrivedFile(digest, size, state.offset)
            begun = self._attachments.begin(digest, ByteRange(first.offset, end - 1, size), account)
            if isinstance(begun, Arrival):
                try:
                    for chunk in chunks:
                        begun.write(chunk.data)
                finally:
                    state = self._attachments.finish(begun)
        except ApiError as error:
            return ArrivedFile(digest, size, min(error.offset or 0, size))
        return ArrivedFile(digest, size, state.offset)


def _count_behind(requests: Sequence[Commands], answers: Sequence[CommandResults]) -> int:
    """Count the commands without an answer that wait for a held one."""
    status = {result.key: result.status for each in answers for result in each.results}
    held = {key for key, said in status.items() if said == "held"}
    stuck = set(held)
    given = (command for asked in requests for command in asked.commands)
    for command in sorted(given, key=lambda each: each.seq):
        if command.key not in status and command.after in stuck:
            stuck.add(command.key)
    return len(stuck - held)


def _within_bounds(answers: list[CommandResults]) -> tuple[bytes, ...]:
    """Encode the answers, without the rows of conflicts where these are too much for a receipt."""
    encoded = tuple(msgspec.json.encode(each) for each in answers)
    if sum(map(len, encoded)) <= MOST_WITH_ROWS:
        return encoded
    bare = [
        tuple(msgspec.structs.replace(each, row=msgspec.UNSET) for each in answer.results)
        for answer in answers
    ]
    return tuple(
        msgspec.json.encode(msgspec.structs.replace(answer, results=results))
        for answer, results in zip(answers, bare, strict=True)
    )
