"""Commands from desks: each done at most once, its key and its effect in one transaction."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import UNSET

from desktop.county_server.commands.create_incident import Rules, new_incident
from desktop.county_server.commands.duties import check_name, check_place, is_apart
from desktop.county_server.commands.take_report import take_report
from desktop.county_server.commands.timing import Timing, judge, may_be_forgotten
from desktop.county_server.db import command_log
from desktop.county_server.db.access import is_thumbnail, name_file
from desktop.county_server.db.command_log import Asked, GivenIn, Known
from desktop.county_server.db.database import Database, meta
from desktop.county_server.db.openings import newest_session
from desktop.county_server.db.transaction import Transaction
from desktop.county_server.problems import ApiError
from desktop.county_server.rules.alarm_rules import change_alarm
from desktop.county_server.rules.incident_rules import (
    change_incident,
    earlier_acknowledgement,
    entry,
    with_room,
)
from desktop.county_server.rules.rejection import Refused
from desktop.county_server.scope import Account
from desktop.protocol.commands import Collection, CommandKind
from desktop.protocol.lifecycle import NEW_INCIDENT
from desktop.protocol.limits import CARRIED_DAYS
from desktop.wire.command_bodies import InvalidBody, OfferedFile, one_form, read_body
from desktop.wire.level1 import (
    MAGIC,
    Alarm,
    Command,
    CommandResult,
    CommandResults,
    Commands,
    File,
    Incident,
    Phrase,
    ReportTable,
)

ENCODER = msgspec.json.Encoder(order="deterministic")
CHANGED = Phrase(
    "该对象已被他人更新，请核对后再定", "Others have changed it meanwhile: decide anew"
)
TOO_OLD = Phrase(
    f"指令下达已超过 {CARRIED_DAYS} 天（或本机时钟有误），可能早已办过，这次没有办：请向县里核实",
    f"It was given more than {CARRIED_DAYS} days ago (or that desk's clock is wrong) and may have"
    " been done long since, so it was not done now: ask the county",
)
OUT_OF_SIGHT = Phrase("该对象已不在本账号的范围内", "It is out of this account's scope by now")
TAKES_NONE = (
    "该县的数据来自文件，不受理指令",
    "This county's data comes from files: it takes no commands",
)
NOT_POSSIBLE = ("该对象不能执行此指令", "It is not possible on this")
ANY_RULES = Rules()
MOST_ROW_BYTES = 1_000_000
"""The largest row that still takes notes and files: a row of 16 MB could not be sent to readers."""
ONLY_ADDS = frozenset({CommandKind.NOTE, CommandKind.ATTACH})


class _Target(msgspec.Struct, frozen=True):
    """The row a command is about, as it stands."""

    row: Any
    version: int
    body: bytes


def digest(command: Command) -> bytes:
    """Return the digest of a command without `seq`, `after` and `clock`, which concern delivery."""
    asked = {
        "kind": command.kind,
        "target": command.target,
        "collection": command.collection,
        "at": command.at,
        "by": command.by,
        "base": command.base,
        "body": one_form(command.body),
    }
    return hashlib.sha256(ENCODER.encode(asked)).digest()


def do_commands(
    database: Database,
    asked: Commands,
    account: Account,
    rules: Rules = ANY_RULES,
    *,
    carried: bool = False,
    streamed: bool = False,
) -> CommandResults:
    """Execute each command that was not executed before; return the results in the order asked.

    A command whose `after` is unknown here gets no result: the one before it on the
    same target has yet to arrive, so the client sends it again under the same key. Commands that
    were `carried`, in a courier bundle or frames, name their sender themselves and need no session;
    one of them so old that its key may have been forgotten is held, and nothing is written of it.
    Its fence, if it has one, says only what of that client's it can know: see `is_clean`.
    When the changes are to be `streamed`, hints bring the account its own as they bring others'.
    """
    database.tidy()
    now = datetime.fromtimestamp(database.time_s(), UTC)
    answers: dict[str, CommandResult] = {}
    with database.transaction() as transaction:
        transaction.by = "" if streamed else account.name
        client = asked.client if carried else _sender(transaction.connection, asked, account)
        desk = _Desk(transaction, client, account, rules, now, asked, carried=carried)
        for command in sorted(asked.commands, key=lambda each: each.seq):
            answer = desk.do_once(command)
            if answer is not None:
                answers[command.key] = answer
        epoch = str(meta(transaction.connection, "epoch"))
    keys = dict.fromkeys(command.key for command in asked.commands)
    return CommandResults(MAGIC, epoch, tuple(answers[key] for key in keys if key in answers))


def _sender(connection: sqlite3.Connection, asked: Commands, account: Account) -> str:
    """Return the client that sent the request; at level 2 the fence alone may identify it.

    Fences are easily guessed: a fence is valid only under the account it was given to.
    """
    if asked.epoch != meta(connection, "epoch"):
        raise ApiError(409, "epoch", "The server has begun another epoch: open a new session.")
    found = connection.execute(
        "SELECT client FROM clients WHERE fence=? AND account=?", (asked.fence, account.name)
    ).fetchone()
    if found is None or (asked.client and found[0] != asked.client):
        raise ApiError(409, "fence", "This client has opened a newer session: use its fence.")
    return str(found[0])


class _Desk:
    """One client's commands within one transaction."""

    def __init__(
        self,
        transaction: Transaction,
        client: str,
        account: Account,
        rules: Rules,
        now: datetime,
        request: Commands,
        *,
        carried: bool,
    ) -> None:
        self._transaction = transaction
        self._client = client
        self._account = account
        self._rules = rules
        self._now = now
        self._offset_ms = request.offset_ms
        self._carried = carried
        # Over the network a request's fence is its client's newest: see `_sender`.
        self._fence: int | None = request.fence
        self._given_in: GivenIn | None = None
        if carried:
            newest = newest_session(transaction.connection, client, account.name)
            self._fence = None if newest is None else newest[0]
            if request.fence:
                ended_s = newest[1] if newest is not None and newest[0] > request.fence else None
                self._given_in = GivenIn(request.fence, ended_s)

    def do_once(self, command: Command) -> CommandResult | None:
        """Return the result, stored or new; None while the command's `after` is unknown here."""
        connection = self._transaction.connection
        asked = Asked(
            *(command, self._client, self._account.name, digest(command)),
            *(int(self._now.timestamp()), self._offset_ms, self._fence, self._given_in),
        )
        known = command_log.find(connection, command.key)
        if known is not None:
            if (known.account, known.digest) != (asked.account, asked.digest):
                raise ApiError(422, "key-reused", f"Key {command.key} was used otherwise.")
            return as_seen_today(connection, known, self._account)
        if self._carried and may_be_forgotten(command, self._offset_ms, self._now):
            return CommandResult(command.key, "held", TOO_OLD)
        if command.after is not None and command_log.find(connection, command.after) is None:
            return None
        given_at: datetime | None = None
        try:
            result, given_at = self._do(asked)
        except (Refused, InvalidBody) as refusal:
            result = CommandResult(command.key, "rejected", refusal.reason)
        command_log.keep(connection, asked, result, given_at)
        return result

    def _do(self, asked: Asked) -> tuple[CommandResult, datetime | None]:
        """Execute a command; return its result, and when it was given if it was done."""
        if not self._rules.takes_commands:
            raise Refused(*TAKES_NONE)
        command = asked.command
        check_name(command.by, self._account, self._rules.owners())
        body = read_body(command.kind, command.body)
        kind = CommandKind(command.kind)
        if kind is CommandKind.CREATE:
            timing = judge(command, self._offset_ms, self._now, None)
            made = self._create(body, _as_given(command, timing))
            self._transaction.put(command.collection, (timing.mark(None, made),))
            return self._accept(asked, 0, timing.words(None, made) or ""), timing.given_at
        if kind is CommandKind.REPORT:
            return self._report(asked, body)
        target = self._target(command)
        if kind.row.checks_version and not command_log.is_clean(
            self._transaction.connection, asked, target.version
        ):
            row = msgspec.Raw(target.body)
            return CommandResult(command.key, "conflict", CHANGED, target.version, row), None
        _check_room(command, target.body)
        timing = judge(command, self._offset_ms, self._now, self._earliest(command, target))
        before = target.row
        changed = self._change(before, body, _as_given(command, timing))
        reason = (
            earlier_acknowledgement(before, command.by) if kind is CommandKind.ACKNOWLEDGE else ""
        )
        if isinstance(before, Incident) and isinstance(changed, Incident):
            reason = reason or timing.words(before, changed) or ""
            changed = timing.mark(before, changed)
        else:
            reason = reason or timing.words(None, None) or ""
        self._transaction.put(command.collection, (changed,))
        return self._accept(asked, target.version, reason), timing.given_at

    def _report(self, asked: Asked, body: Any) -> tuple[CommandResult, datetime | None]:
        """Take a report table; one that was corrected since the officer saw it is in conflict."""
        command, connection = asked.command, self._transaction.connection
        if command.collection != Collection.REPORTS:
            raise Refused(*NOT_POSSIBLE)
        before = self._transaction.get(command.collection, command.target)
        if not isinstance(before, ReportTable):
            before = None
        version = 0 if before is None else before.version
        is_seen = before is not None and self._account.sees(before.township)
        if is_seen and not command_log.is_clean(connection, asked, version):
            row = msgspec.Raw(ENCODER.encode(before))
            return CommandResult(command.key, "conflict", CHANGED, version, row), None
        _check_room(command, ENCODER.encode(before))
        made_at = command_log.time_of_version(connection, command, version)
        timing = judge(command, self._offset_ms, self._now, made_at if before else None)
        given = _as_given(command, timing)
        after = take_report(self._transaction, before, body, given, self._account, self._now)
        self._transaction.put(command.collection, (after,))
        return self._accept(asked, version, timing.words(None, None) or ""), timing.given_at

    def _accept(self, asked: Asked, before: int, reason: Phrase | str) -> CommandResult:
        """Build the result of a command that was done, and log it as the new version's maker."""
        command = asked.command
        (after,) = self._transaction.connection.execute(
            "SELECT version FROM rows WHERE collection=? AND id=?",
            (command.collection, command.target),
        ).fetchone()
        if after != before:
            command_log.note_maker(self._transaction.connection, asked, (before, after))
        return CommandResult(command.key, "accepted", reason, version=after)

    def _earliest(self, command: Command, target: _Target) -> datetime:
        """Return when the version acted on was made: the command cannot have been given before."""
        row = target.row
        begun: datetime = row.raised_at if isinstance(row, Alarm) else row.recorded_at
        if isinstance(row, Incident) and row.timeline and row.timeline[0].kind == "intake":
            # Reported at a desk, which may have had the incident long before the county.
            begun = min(begun, row.timeline[0].happened_at)
        made_at = command_log.time_of_version(self._transaction.connection, command, target.version)
        return begun if made_at is None else max(begun, made_at)

    def _create(self, body: Any, command: Command) -> Incident:
        if command.collection != "incidents":
            raise Refused("只能新建事件", "Only incidents can be created")
        return new_incident(self._transaction, body, command, self._account, self._rules, self._now)

    def _target(self, command: Command) -> _Target:
        types: dict[str, type[msgspec.Struct]] = {"incidents": Incident, "alarms": Alarm}
        type_ = types.get(command.collection)
        if type_ is None:
            raise Refused(
                "该对象不能执行此指令", f"{command.kind} is not possible on {command.collection}"
            )
        found = self._transaction.connection.execute(
            "SELECT body, version, townships FROM rows"
            " WHERE collection=? AND id=? AND body IS NOT NULL",
            (command.collection, command.target),
        ).fetchone()
        if found is None or not self._account.sees(found[2]):
            raise self._missing(command.target)
        check_place(self._account, found[2])
        return _Target(msgspec.json.decode(found[0], type=type_), found[1], found[0])

    def _missing(self, target: str) -> Refused:
        """Build the refusal for a missing row, perhaps an incident whose report was rejected."""
        key = target.removeprefix(NEW_INCIDENT)
        report = command_log.find(self._transaction.connection, key) if key != target else None
        if report is None or (report.account, report.result.status) != (
            self._account.name,
            "rejected",
        ):
            return Refused("县平台没有该对象，可能已被删除", "The county has no such item any more")
        return Refused(
            "它所在的新事件没有被县平台接收，请改好后重新上报",
            "The new incident it is on was not taken by the county: report that again",
        )

    def _change(self, row: Incident | Alarm, body: Any, command: Command) -> Incident | Alarm:
        if isinstance(row, Alarm):
            return change_alarm(row, body, command, self._now)
        if command.kind == CommandKind.ATTACH:
            return self._attach(row, body.file, command)
        apart = command.kind == CommandKind.VERIFY and is_apart(
            self._transaction.connection, row, self._account
        )
        return change_incident(row, body, command, self._now, apart=apart)

    def _attach(self, incident: Incident, offered: OfferedFile, command: Command) -> Incident:
        limit = self._rules.file_limit
        if offered.size > limit:
            raise Refused(*size_words(limit))
        here = name_file(self._transaction, incident.id, offered.digest, self._account)
        thumbnail = offered.thumbnail
        if thumbnail:
            name_file(self._transaction, incident.id, thumbnail, self._account)
            thumbnail = thumbnail if is_thumbnail(self._transaction.connection, thumbnail) else ""
        if any(each.digest == offered.digest for each in incident.files):
            return incident
        file = File(
            digest=offered.digest,
            name=offered.name,
            media_type=offered.media_type,
            size=offered.size,
            thumbnail=thumbnail,
            at=command.at,
            by=command.by,
            here=here,
        )
        said = entry(command, self._now, "附件", "File", offered.name)
        with_room(incident)
        return msgspec.structs.replace(
            incident, files=(*incident.files, file), timeline=(*incident.timeline, said)
        )


def _as_given(command: Command, timing: Timing) -> Command:
    """Return the command with the time at which it counts as given."""
    return msgspec.structs.replace(command, at=timing.given_at)


def _check_room(command: Command, row: bytes) -> None:
    """Raise Refused on a full row; for notes and files at half the size: cases must still close."""
    most = MOST_ROW_BYTES if command.kind in ONLY_ADDS else 2 * MOST_ROW_BYTES
    if len(row) > most:
        raise Refused("该事件的记录已满，请另立新件", "This case's record is full: open another")


def size_words(limit: int) -> tuple[str, str]:
    """Describe the largest file taken, in both languages."""
    if limit == 0:
        return "县平台不接收附件", "The county takes no files"
    megabytes = f"{limit / 1_000_000:.4g}"
    return (
        f"附件最大 {megabytes} MB（{limit} 字节）",
        f"Files of at most {megabytes} MB ({limit} bytes)",
    )


def command_states(database: Database, keys: Sequence[str], account: Account) -> CommandResults:
    """Return the stored results of these command keys; unknown keys are left out."""
    with database.reading() as connection:
        found = [command_log.find(connection, key) for key in dict.fromkeys(keys)]
        return CommandResults(
            MAGIC,
            str(meta(connection, "epoch")),
            tuple(
                as_seen_today(connection, known, account)
                for known in found
                if known is not None and known.account == account.name
            ),
        )


def as_seen_today(connection: sqlite3.Connection, known: Known, account: Account) -> CommandResult:
    """Return a stored result, without its row's content when the account no longer sees the row.

    The outcome itself stays visible: its officer may know it whatever became of the row.
    """
    if not account.townships or not known.target:
        return known.result
    found = connection.execute(
        "SELECT townships FROM rows WHERE collection=? AND id=?", (known.collection, known.target)
    ).fetchone()
    if found is not None and account.sees(found[0]):
        return known.result
    bare = msgspec.structs.replace(known.result, row=UNSET)
    # For a row that never existed the reason holds nothing of any row.
    return bare if found is None else msgspec.structs.replace(bare, reason=OUT_OF_SIGHT)
