"""`county-desk command`: submit a command from a terminal or a script."""

from __future__ import annotations

import argparse
import mimetypes
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from desktop import bootstrap
from desktop.application.commands.command_service import FileTooLarge
from desktop.application.export.outgoing import plain
from desktop.application.i18n import Words
from desktop.application.ports import IncidentFilter, SourceError
from desktop.commands.opening import with_desk
from desktop.commands.options import add_desk_options, complain
from desktop.domain.command import Collection, CommandKind, CommandRecord, CommandState, Key
from desktop.domain.instant import from_datetime
from desktop.protocol.fields import FieldKind, InvalidField
from desktop.protocol.report_forms import report_id

NEW = "-"
"""Stands for the target of an incident that is reported with the command."""
YES, NO = ("true", "yes", "1", "是"), ("false", "no", "0", "否")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `command`."""
    parser.epilog = _list_fields()
    parser.add_argument("kind", choices=[kind.value for kind in CommandKind])
    parser.add_argument(
        "target", help=f"id or number of the row; {NEW} for a new incident or a report"
    )
    parser.add_argument("fields", nargs="*", metavar="FIELD=VALUE")
    parser.add_argument("--source", help="default: the only source that takes the command")
    parser.add_argument(
        "--collection",
        choices=[
            each.value for each in (Collection.INCIDENTS, Collection.ALARMS, Collection.REPORTS)
        ],
        help="default: alarms where only a source of alarms takes the command, else incidents",
    )
    parser.add_argument("--base", type=int, help="version of the row it was decided on")
    parser.add_argument("--sync", action="store_true", help="send it now")
    add_desk_options(parser, required=True)


def main(options: argparse.Namespace) -> int:
    """Submit the command; 0 well, 1 sent and not accepted, 2 wrong usage or profile."""
    return with_desk(options, lambda desk: _run(desk, options))


def _run(desk: bootstrap.Desk, options: argparse.Namespace) -> int:
    kind = CommandKind(options.kind)
    try:
        record = _submit(desk, kind, options)
    except FileTooLarge as error:
        complain(f"{_describe(desk.words, error)}: {error.limit} B")
        return 2
    except InvalidField as error:
        complain(_describe(desk.words, error))
        return 2
    print(f"{record.command.key} {record.state.value} seq={record.seq}")
    return _send(desk, record) if options.sync else 0


def _submit(desk: bootstrap.Desk, kind: CommandKind, options: argparse.Namespace) -> CommandRecord:
    collection = Collection(options.collection or _default_collection(desk, kind, options.source))
    sources = _takers(desk, kind, collection, options.source)
    if len(sources) != 1:
        raise InvalidField("source", "missing" if sources else "no_taker")
    if kind is CommandKind.REPORT:
        return _report(desk, sources[0], options)
    body = _body(kind, options.fields)
    if kind is CommandKind.CREATE:
        return desk.board.commands.create(sources[0], body)
    target = Key(sources[0], collection, _id_of(desk, sources[0], collection, options.target))
    if kind is CommandKind.ATTACH:
        path = Path(str(body.get("file", "")))
        try:
            content = path.read_bytes()
        except OSError as error:
            raise InvalidField("file", "wrong") from error
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return desk.board.commands.attach(target, path.name, media_type, content)
    return desk.board.commands.submit(kind, target, body, base=options.base)


def _report(desk: bootstrap.Desk, source: str, options: argparse.Namespace) -> CommandRecord:
    """Give a report table: what is no field of the command is a field of the form."""
    reports, told = desk.board.reports, dict(each.partition("=")[::2] for each in options.fields)
    names = {field.name for field in CommandKind.REPORT.row.fields} - {"values"}
    body: dict[str, Any] = {name: told.pop(name) for name in names & told.keys()}
    body = reports.read_body(source, {"period": reports.today(), **body, "values": told})
    row = report_id(body["form"], body["township"], body["period"])
    if options.target not in (NEW, row):
        raise InvalidField("target", "wrong")
    target = Key(source, Collection.REPORTS, row)
    return desk.board.commands.submit(CommandKind.REPORT, target, body, base=options.base)


def _takers(
    desk: bootstrap.Desk, kind: CommandKind, collection: Collection, source: str | None
) -> list[str]:
    takers = [status.id for status in desk.board.commands.sources_accepting(kind, collection)]
    return [taker for taker in takers if source in (None, taker)]


def _default_collection(desk: bootstrap.Desk, kind: CommandKind, source: str | None) -> Collection:
    """Return what such a command is submitted on: incidents, unless only alarms take it."""
    if kind is CommandKind.REPORT:
        return Collection.REPORTS
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


def _send(desk: bootstrap.Desk, record: CommandRecord) -> int:
    results = desk.engine.exchange_once()
    result = results[record.command.target.source]
    if isinstance(result, SourceError):
        complain(plain(str(desk.words.problem(result.problem))))
    elif result.unsent is not None:
        complain(plain(str(desk.words.problem(result.unsent))))
    now = desk.outbox.record(record.command.key) or record
    reason = plain(desk.words.text(now.reason))
    print(f"{now.command.key} {now.state.value} {reason}".rstrip())
    return int(now.state is not CommandState.ACCEPTED)


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


def _describe(words: Words, error: InvalidField) -> str:
    return f"{error.field}: {words.term('bad_field', error.reason)}"


def _list_fields() -> str:
    """List the fields of each kind, for the help; those that must be given are marked."""
    lines = ["fields (* required; times as 2026-11-23T18:00+08:00, place as LON,LAT, file a path):"]
    for kind in CommandKind:
        told = " ".join(f.name + ("*" if f.required else "") for f in kind.row.fields)
        told = told.replace("values*", "FORM_FIELD=VALUE …")
        lines.append(f"  {kind.value:<12} {told}".rstrip())
    return "\n".join(lines)
