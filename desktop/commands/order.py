"""`county-desk outbox` and `county-desk order`: commands from a terminal or a script."""

from __future__ import annotations

import argparse
import mimetypes
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from desktop import bootstrap
from desktop.application.commands.command_service import FileTooLarge
from desktop.application.export import outbox_table
from desktop.application.export.outgoing import plain
from desktop.application.i18n import Words
from desktop.application.ports import IncidentFilter, SourceError
from desktop.commands.opening import Readable, with_desk, with_folder, with_reading
from desktop.commands.options import add_desk_options, complain, print_csv
from desktop.domain.command import Collection, CommandKind, CommandRecord, Key, Receipt
from desktop.domain.instant import from_datetime
from desktop.domain.text import Text
from desktop.protocol.fields import FieldKind, InvalidField

NEW = "-"
"""Stands for the target of an incident that is reported with the command."""
NOT_TO_CANCEL = Text("它可能已经发出，不能撤回。", "It may have left already: not cancelled.")
NOT_HELD = Text("它没有被扣留，会自己发出。", "It is not held: it goes out by itself.")
NOT_TO_GIVE_UP = Text(
    "只有扣留中、可能已经发出的指令才能放弃；没有发出的请用 --cancel 撤回。",
    "Only a held command that may have left can be given up; withdraw others with --cancel.",
)
YES, NO = ("true", "yes", "1", "是"), ("false", "no", "0", "否")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `outbox` and `order`."""
    if parser.get_default("command") == "outbox":
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="one JSON object")
        form.add_argument("--csv", action="store_true", help="CSV, safe for spreadsheets")
        form.add_argument(
            "--rescue-to",
            type=Path,
            metavar="FILE",
            help="write what can be read of a damaged outbox to a new file, as readable text",
        )
        form.add_argument("--cancel", metavar="KEY", help="withdraw one that has not left yet")
        form.add_argument("--first", metavar="KEY", help="send this one before the others")
        form.add_argument("--last", metavar="KEY", help="send this one after the others")
        form.add_argument("--send", metavar="KEY", help="send a held one all the same")
        form.add_argument(
            "--give-up", metavar="KEY", help="ask no more about a held one that may have left"
        )
        parser.add_argument(
            "--limit", type=int, default=1000, metavar="N", help="the latest N (default 1000)"
        )
    else:
        parser.epilog = _fields_told()
        parser.add_argument("kind", choices=[kind.value for kind in CommandKind])
        parser.add_argument("target", help=f"id or number of the row; {NEW} for a new incident")
        parser.add_argument("fields", nargs="*", metavar="FIELD=VALUE")
        parser.add_argument("--source", help="default: the only source that takes the command")
        parser.add_argument(
            "--collection",
            choices=[Collection.INCIDENTS.value, Collection.ALARMS.value],
            help="default: alarms where only a source of alarms takes the command, else incidents",
        )
        parser.add_argument("--base", type=int, help="version of the row it was decided on")
        parser.add_argument("--sync", action="store_true", help="send it now")
    add_desk_options(parser, required=True)


def main(options: argparse.Namespace) -> int:
    """Run the command; 0 well, 1 not done or a source failed, 2 wrong usage or profile.

    A listed outbox is 1, too, while a command waits that has not reached its county, or was
    refused, conflicts or is held and nobody has dismissed it.
    """
    if options.command == "order":
        return with_desk(options, lambda desk: _order(desk, options))
    if options.rescue_to:
        return with_folder(options, partial(_rescue, to=options.rescue_to))
    asked = options.cancel or options.first or options.last or options.send or options.give_up
    if asked:
        return with_desk(options, lambda desk: _change(desk, options, asked))
    return with_reading(options, lambda desk: _outbox(desk, options))


def _rescue(folder: Path, key: bytes, words: Words, *, to: Path) -> int:
    from desktop.storage.outbox.recovery import export_rescued

    count = export_rescued(folder, key, to)
    if words.chinese:
        print(f"已把 {count} 条指令和草稿写成明文：{to}（只有本用户能读，用完请删除）")
    else:
        print(f"{count} commands and drafts as readable text, for this user alone: {to}")
        print("Delete it when it has served.")
    return 0


def _outbox(desk: Readable, options: argparse.Namespace) -> int:
    board, words = desk.board, desk.words
    records = board.outbox(max(0, options.limit))
    if options.json:
        print(outbox_table.as_json(records, board.statuses(), board.now(), words, desk.zone))
    elif options.csv:
        print_csv(outbox_table.as_csv(records, board.statuses(), words, desk.zone))
    else:
        print(outbox_table.as_table(records, words, desk.zone))
    # Of the whole outbox, however few of it were listed.
    unfinished = desk.outbox.unfinished()
    return int(outbox_table.is_kept_back(unfinished) or desk.outbox.needing_officer() > 0)


def _change(desk: bootstrap.Desk, options: argparse.Namespace, asked: str) -> int:
    """Do what the officer decided about one waiting command."""
    board, chinese = desk.board, desk.words.chinese
    found = [r for r in desk.outbox.unfinished() if r.command.key.startswith(asked)]
    if len(found) != 1:
        complain(
            f"没有唯一的待发指令 {asked}。"
            if chinese
            else f"There is not exactly one waiting command {asked}."
        )
        return 1
    key = found[0].command.key
    if options.first:
        board.prioritise(key)
    elif options.last:
        board.deprioritise(key)
    elif options.send:
        return _say_unless(board.release(key), chinese, NOT_HELD)
    elif options.give_up:
        return _say_unless(board.give_up(key), chinese, NOT_TO_GIVE_UP)
    else:
        return _say_unless(board.cancel(key), chinese, NOT_TO_CANCEL)
    return 0


def _say_unless(done: bool, chinese: bool, why_not: Text) -> int:
    if not done:
        complain(why_not.in_language("zh_CN" if chinese else "en"))
    return int(not done)


def _order(desk: bootstrap.Desk, options: argparse.Namespace) -> int:
    kind = CommandKind(options.kind)
    try:
        record = _given(desk, kind, options)
    except FileTooLarge as error:
        complain(f"{_said(desk.words, error)}: {error.limit} B")
        return 2
    except InvalidField as error:
        complain(_said(desk.words, error))
        return 2
    print(f"{record.command.key} {record.receipt.value} seq={record.seq}")
    return _sent(desk, record) if options.sync else 0


def _given(desk: bootstrap.Desk, kind: CommandKind, options: argparse.Namespace) -> CommandRecord:
    collection = Collection(options.collection or _taken_on(desk, kind, options.source))
    sources = _takers(desk, kind, collection, options.source)
    if len(sources) != 1:
        raise InvalidField("source", "missing" if sources else "no_taker")
    body = _body(kind, options.fields)
    if kind is CommandKind.CREATE:
        return desk.board.create(sources[0], body)
    target = Key(sources[0], collection, _id_of(desk, sources[0], collection, options.target))
    if kind is CommandKind.ATTACH:
        path = Path(str(body.get("file", "")))
        try:
            content = path.read_bytes()
        except OSError as error:
            raise InvalidField("file", "wrong") from error
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return desk.board.attach(target, path.name, media_type, content)
    return desk.board.submit(kind, target, body, base=options.base)


def _takers(
    desk: bootstrap.Desk, kind: CommandKind, collection: Collection, source: str | None
) -> list[str]:
    takers = [status.id for status in desk.board.takers(kind, collection)]
    return [taker for taker in takers if source in (None, taker)]


def _taken_on(desk: bootstrap.Desk, kind: CommandKind, source: str | None) -> Collection:
    """What such a command is given on: incidents, unless only alarms take it."""
    on_incidents = _takers(desk, kind, Collection.INCIDENTS, source)
    on_alarms = _takers(desk, kind, Collection.ALARMS, source)
    return Collection.ALARMS if on_alarms and not on_incidents else Collection.INCIDENTS


def _id_of(desk: bootstrap.Desk, source: str, collection: Collection, told: str) -> str:
    """The row's id, found by its number too; raises InvalidField for one that is not here."""
    if collection is Collection.ALARMS:
        known = any((a.source, a.id) == (source, told) for a in desk.cache.rows(collection))
        if known:
            return told
        raise InvalidField("target", "wrong")
    if desk.board.incident(Key(source, collection, told)) is not None:
        return told
    wanted = IncidentFilter(open_only=False, text=told)
    for row in desk.board.incident_rows(desk.board.incident_numbers(wanted, 50)):
        if row.key.source == source and row.number == told:
            return row.key.id
    raise InvalidField("target", "wrong")


def _sent(desk: bootstrap.Desk, record: CommandRecord) -> int:
    results = desk.engine.exchange_once()
    result = results[record.command.target.source]
    if isinstance(result, SourceError):
        complain(plain(str(desk.words.problem(result.problem))))
    elif result.unsent is not None:
        complain(plain(str(desk.words.problem(result.unsent))))
    now = desk.outbox.record(record.command.key) or record
    reason = plain(desk.words.text(now.reason))
    print(f"{now.command.key} {now.receipt.value} {reason}".rstrip())
    return int(now.receipt is not Receipt.ACCEPTED)


def _body(kind: CommandKind, fields: Sequence[str]) -> dict[str, Any]:
    """The command's body from `field=value` words, each read by its kind."""
    kinds = {field.name: field.kind for field in kind.row.fields}
    body: dict[str, Any] = {}
    for told in fields:
        name, found, value = told.partition("=")
        if not found or name not in kinds:
            raise InvalidField(name, "unknown")
        try:
            body[name] = _value(kinds[name], value)
        except ValueError as error:
            raise InvalidField(name, "wrong") from error
    return body


def _value(kind: FieldKind, told: str) -> Any:
    match kind:
        case FieldKind.INSTANT:
            at = datetime.fromisoformat(told)
            if at.tzinfo is None:
                raise ValueError("a time without its zone")
            return from_datetime(at)
        case FieldKind.MINUTES:
            return int(told)
        case FieldKind.PLACE:
            return [float(part) for part in told.split(",")]
        case FieldKind.PASSED:
            if told.lower() not in (*YES, *NO):
                raise ValueError(told)
            return told.lower() in YES
        case _:
            return told


def _said(words: Words, error: InvalidField) -> str:
    return f"{error.field}: {words.term('bad_field', error.reason)}"


def _fields_told() -> str:
    """The fields of each kind, for the help; those that must be given are marked."""
    lines = ["fields (* required; times as 2026-11-23T18:00+08:00, place as LON,LAT, file a path):"]
    for kind in CommandKind:
        told = " ".join(f.name + ("*" if f.required else "") for f in kind.row.fields)
        lines.append(f"  {kind.value:<12} {told}".rstrip())
    return "\n".join(lines)
