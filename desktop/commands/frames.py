"""`county-desk frames`: send waiting commands as frames of 140 bytes, when the network is down."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from desktop import bootstrap
from desktop.application.commands import by_frames
from desktop.application.export.outgoing import plain
from desktop.commands.opening import with_desk
from desktop.commands.options import add_desk_options, complain
from desktop.connectors.county.frame_ways import GatewayWay, SerialWay, Way
from desktop.connectors.county.frames import Carried, Office, pack, read_outcomes
from desktop.domain.command import CommandRecord, CommandState
from desktop.domain.localized_text import Text
from desktop.paths import resources
from desktop.protocol.serial_line import SPEEDS
from desktop.storage.sqlite.private_files import secret_in
from desktop.wire.frames.dictation import take_dictation
from desktop.wire.frames.fragments import LAST_OFFICE, cut
from desktop.wire.frames.spoken import say_check, say_digits
from desktop.wire.frames.tables import Tables, read_tables

KEY = re.compile(rb"\s*([0-9a-fA-F]{64})\s*")
FILES = ("categories.toml", "channels.toml", "townships.toml")
NO_KEY = Text(
    "密钥文件应为 64 位十六进制，只有本用户能读。",
    "The key file must hold 64 hexadecimal digits and be this user's alone.",
)
NO_COUNTY = Text("没有唯一的县平台数据源，请用 --source。", "Name the county's source: --source.")
NOT_CARRIED = Text("不能以短帧发送", "cannot go as frames")
ANOTHER_EPOCH = Text(
    "回执来自县平台的另一世，不作数；网络恢复后再核对。",
    "The county answered from another epoch: that does not count, the network will settle it.",
)
UNREADABLE = Text(
    "县平台的代码表不同，没有读懂：请加 --spell 再发。",
    "The county numbers its codes otherwise and could not read it: send again with --spell.",
)
LINE_FAILED = Text("线路不通", "the line failed")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `frames`."""
    parser.add_argument("action", choices=["list", "send", "read", "hear"])
    parser.add_argument("--office", type=_office, required=True, metavar="N", help="our number")
    parser.add_argument(
        "--office-key", type=Path, required=True, metavar="FILE", help="the key shared with it"
    )
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--serial", metavar="DEVICE", help="send over this serial line")
    way.add_argument("--gateway", metavar="URL", help="send each frame by a POST to this address")
    parser.add_argument("--speed", type=int, choices=SPEEDS, default=9600, help="bit/s")
    parser.add_argument("--source", help="default: the profile's only county")
    parser.add_argument("--command", dest="only", metavar="KEY", help="only this command")
    parser.add_argument("--rounds", type=int, default=1, help="send the unanswered so many times")
    parser.add_argument("--wait", type=float, default=30.0, help="seconds of silence to listen for")
    parser.add_argument("--spell", action="store_true", help="spell the county's codes out")
    add_desk_options(parser, required=True)


def _office(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= LAST_OFFICE:
        raise argparse.ArgumentTypeError(f"from 1 to {LAST_OFFICE}")
    return int(text)


def main(options: argparse.Namespace) -> int:
    """Run the command; 0 well, 1 while a command is neither answered nor received, 2 wrong use."""
    if options.action == "send" and not (options.serial or options.gateway):
        complain("--serial DEVICE / --gateway URL")
        return 2
    return with_desk(options, lambda desk: _run(desk, options))


def _run(desk: bootstrap.Desk, options: argparse.Namespace) -> int:
    office = _read_office(options)
    if office is None:
        return _say(desk, 2, NO_KEY)
    source = _source(desk, options.source)
    if source is None:
        return _say(desk, 2, NO_COUNTY)
    if options.action == "hear":
        return _hear(desk, source, office)
    going = _waiting(desk, source, options, office)
    for each in going:
        print(_line(desk, each))
    if options.action == "list":
        return 0
    if options.action == "read":
        return _read_aloud(desk, going)
    if any(each.frames for each in going):
        try:
            with closing(_open_way(desk, options)) as way:
                _send(desk, source, options, office, way)
        except OSError as error:
            complain(f"{_in_words(desk, LINE_FAILED)}: {error}")
    return _tell_states(desk, [each.record for each in going])


def _read_office(options: argparse.Namespace) -> Office | None:
    try:
        found = KEY.fullmatch(secret_in(options.office_key))
    except OSError:
        return None
    if found is None:
        return None
    tables = Tables() if options.spell else _tables()
    return Office(options.office, bytes.fromhex(found[1].decode()), tables)


def _tables() -> Tables:
    return read_tables(*((resources() / "county" / name).read_bytes() for name in FILES))


def _source(desk: bootstrap.Desk, asked: str | None) -> str | None:
    found = [s.id for s in desk.profile.sources if s.kind == "county" and asked in (None, s.id)]
    return found[0] if len(found) == 1 else None


def _waiting(
    desk: bootstrap.Desk, source: str, options: argparse.Namespace, office: Office
) -> list[Carried]:
    """Pack the commands that may go and have no answer yet; with `after` of all of them."""
    records = by_frames.list_carriable(desk.outbox, source, desk.clock)
    return [
        each
        for each in pack(records, office, desk.outbox.client_id())
        if each.record.command.key.startswith(options.only or "")
    ]


def _read_aloud(desk: bootstrap.Desk, going: Sequence[Carried]) -> int:
    """Print what to read to the county; from now on it may be known there, though not sent."""
    chinese = desk.words.chinese
    spoken = [(each.record, each.spoken) for each in going if each.spoken is not None]
    by_frames.note_leaving(desk.outbox, [record for record, _ in spoken], desk.clock)
    for record, sheet in spoken:
        print(f"\n{record.command.key[:8]} {sheet.seconds:.0f} s")
        for number, group in enumerate(sheet.groups, 1):
            print(f"{number:3} {group}  {say_digits(group, chinese=chinese)}")
        print(f"{sheet.check}  {say_check(sheet.check, chinese=chinese)}")
    return 0


def _hear(desk: bootstrap.Desk, source: str, office: Office) -> int:
    """Write down what the county reads back, and apply it; 1 when it was not taken."""
    heard = take_dictation(input, print, {office.number: office.key})
    if heard is None:
        return 1
    records = desk.outbox.list_unfinished(source)
    for frame in cut(heard.type, office.number, heard.number, heard.data, office.key):
        _apply(desk, source, office, frame)
    return _tell_states(desk, records)


def _open_way(desk: bootstrap.Desk, options: argparse.Namespace) -> Way:
    if options.serial:
        return SerialWay(options.serial, options.speed)
    return GatewayWay(options.gateway, desk.clock)


def _send(
    desk: bootstrap.Desk, source: str, options: argparse.Namespace, office: Office, way: Way
) -> None:
    """Send what has no answer, as many rounds as asked for, and apply what comes back."""
    for _ in range(max(1, options.rounds)):
        going = [
            each
            for each in _waiting(desk, source, options, office)
            if each.frames and each.record.state is not CommandState.RECEIVED
        ]
        if not going:
            return
        by_frames.note_leaving(desk.outbox, [each.record for each in going], desk.clock)
        for each in going:
            _send_frames(desk, way, each)
        if way.failure is not None:
            complain(plain(str(desk.words.problem(way.failure.problem))))
        _listen(desk, source, options, office, way)


def _send_frames(desk: bootstrap.Desk, way: Way, going: Carried) -> None:
    """Send a command's frames; it counts as sent once one may have left."""
    may_have_left = True
    try:
        may_have_left = bool(sum(way.send(frame) for frame in going.frames))
    finally:
        if may_have_left:
            by_frames.mark_sent(desk.outbox, [going.record], desk.clock)


def _listen(
    desk: bootstrap.Desk, source: str, options: argparse.Namespace, office: Office, way: Way
) -> None:
    """Apply what comes back until all is answered or nothing comes any more."""
    for frame in way.listen(options.wait):
        _apply(desk, source, office, frame)
        if not any(r.state is not CommandState.RECEIVED for r in _going(desk, source)):
            return


def _apply(desk: bootstrap.Desk, source: str, office: Office, frame: bytes) -> None:
    """Apply what a frame tells of our commands, if it is authentic and of this epoch."""
    waiting = desk.outbox.list_unfinished(source)
    heard = read_outcomes(frame, office, waiting, desk.outbox.binding(source).epoch)
    if heard is None:
        return
    by_frames.keep_answers(desk.outbox, heard.answers, desk.clock)
    if heard.is_of_another_epoch:
        _say(desk, 0, ANOTHER_EPOCH)
    for record, outcome in heard.unsettled:
        reason = outcome.reason or _in_words(desk, UNREADABLE)
        complain(plain(f"{record.command.key[:8]} {reason}"))


def _going(desk: bootstrap.Desk, source: str) -> list[CommandRecord]:
    return by_frames.list_carriable(desk.outbox, source, desk.clock)


def _line(desk: bootstrap.Desk, each: Carried) -> str:
    command = each.record.command
    kind = desk.words.term("command", command.kind)
    size = sum(map(len, each.frames))
    if each.spoken is not None:
        how = f"{len(each.frames)} × ≤140 B, {size} B, {each.spoken.seconds:.0f} s"
    else:
        how = f"{_in_words(desk, NOT_CARRIED)}: {each.why_not}"
    return plain(f"{command.key[:8]} {each.record.state.value} {kind} {how}")


def _tell_states(desk: bootstrap.Desk, records: Sequence[CommandRecord]) -> int:
    """Print what became of the commands; 1 while one has neither answer nor receipt."""
    waiting = False
    for record in records:
        now = desk.outbox.record(record.command.key) or record
        reason = desk.words.text(now.reason)
        print(plain(f"{now.command.key[:8]} {now.state.value} {reason}".rstrip()))
        waiting |= not now.state.is_final and now.state is not CommandState.RECEIVED
    return int(waiting)


def _in_words(desk: bootstrap.Desk, text: Text) -> str:
    return text.in_language("zh_CN" if desk.words.chinese else "en")


def _say(desk: bootstrap.Desk, status: int, text: Text) -> int:
    complain(_in_words(desk, text))
    return status
