"""`county-desk frames`: send waiting commands as frames of 140 bytes, when the network is down."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from desktop import bootstrap
from desktop.application.export.outgoing import plain
from desktop.application.frame_line import FrameLine
from desktop.commands.courier.pairing import load_pairing
from desktop.commands.frames.exchange import (
    FrameExchange,
    make_office,
    open_way,
    read_own_tables,
)
from desktop.commands.opening import with_desk
from desktop.commands.options import Lines, add_desk_options, complain, find_county
from desktop.connectors.county.courier import frame_secret
from desktop.connectors.county.frames import Carried, Heard, Office
from desktop.domain.command import CommandRecord, CommandState
from desktop.domain.courier import BundleRefused
from desktop.domain.localized_text import Text
from desktop.protocol.limits import LAST_OFFICE
from desktop.protocol.serial_line import SPEEDS
from desktop.storage.sqlite.private_files import secret_in
from desktop.wire.frames.dictation import take_dictation
from desktop.wire.frames.fragments import cut
from desktop.wire.frames.spoken import halve, say_check, say_digits
from desktop.wire.frames.tables import Tables
from desktop.wire.level1 import DRILL

KEY = re.compile(rb"\s*([0-9a-fA-F]{64})\s*")
NO_KEY = Text(
    "密钥文件应为 64 位十六进制，只有本用户能读。",
    "The key file must hold 64 hexadecimal digits and be this user's alone.",
)
NO_PAIRING = Text(
    "没有密钥：请先与县平台配对（courier pair），或用 --office-key 指明密钥文件。",
    "There is no key: pair with the county first (courier pair), or name a file: --office-key.",
)
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
NEVER_SEEN = Text(
    "本机还没有连过县平台，不知道短帧是给哪一个的：请先连网同步一次。",
    "This desk has never reached its county, so it does not know which one frames are for: sync"
    " once first.",
)
NO_RECEIPT = Text(
    "没有收到核对得上的回执：线路不通，或县里的单位号、密钥、账号或县平台（是否演练）与上面的不同。",
    "No receipt that fits came back: the line is down, or the county has another number, key,"
    " account or server (a drill?) than what stands above.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `frames`."""
    parser.add_argument("action", choices=["list", "send", "read", "hear"])
    parser.add_argument(
        "--office", type=_office, required=True, metavar="N", help="our number there"
    )
    parser.add_argument(
        *("--office-key",),
        type=Path,
        metavar="FILE",
        help="the secret shared with it; default: that of the pairing (courier pair)",
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
    return with_desk(options, lambda desk: _begin(desk, options))


def _begin(desk: bootstrap.Desk, options: argparse.Namespace) -> int:
    """Find out what the frames are for, and run the command; 2 where that is not known."""
    language = desk.words.language
    source = find_county(desk.profile, options.source, desk.words, Lines())
    if source is None:
        return 2
    binding = desk.outbox.binding(source)
    if not binding.server:
        complain(NEVER_SEEN.in_language(language))
        return 2
    try:
        secret = _find_secret(desk, source, options.office_key, binding.server)
    except BundleRefused as refused:
        complain(refused.why.in_language(language))
        return 2
    tables = Tables() if options.spell else read_own_tables()
    office = make_office(desk, source, options.office, secret, tables)
    return _Frames(desk, options, source, office).run()


def _find_secret(desk: bootstrap.Desk, source: str, file: Path | None, server: str) -> bytes:
    """Return the secret that the office shares with its county: of a file, else of the pairing.

    BundleRefused where there is none.
    """
    if file is None:
        pairing = load_pairing(desk, source)
        if pairing is None:
            raise BundleRefused(NO_PAIRING)
        return frame_secret(pairing, server)
    try:
        found = KEY.fullmatch(secret_in(file))
    except OSError:
        found = None
    if found is None:
        raise BundleRefused(NO_KEY)
    return bytes.fromhex(found[1].decode())


class _Frames:
    """One run on one opened desk, for one county and the account the desk has there."""

    def __init__(
        self, desk: bootstrap.Desk, options: argparse.Namespace, source: str, office: Office
    ) -> None:
        self._desk, self._options = desk, options
        self._source, self._office = source, office
        self._exchange = FrameExchange(desk, source, office, self._tell)

    def run(self) -> int:
        if self._options.action == "hear":
            return self._hear()
        going = self._exchange.list_waiting(self._options.only or "")
        if going:
            print(plain(self._for_whom()))
        for each in going:
            print(self._line(each))
        if self._options.action == "list":
            return 0
        if self._options.action == "read":
            return self._read_aloud(going)
        if any(each.frames for each in going):
            self._send_all()
        return self._tell_states([each.record for each in going])

    def _for_whom(self) -> str:
        """Say what the county must have for this office, too; else its frames fail their check."""
        binding = self._desk.outbox.binding(self._source)
        county, number = binding.server.removesuffix(DRILL), self._office.number
        is_drill, account = county != binding.server, binding.account or "-"
        drill = Text("（演练）", " (a drill)") if is_drill else Text()
        return Text(
            f"单位 {number}，县平台 {county}{drill.zh}，账号 {account}",
            f"Office {number}, county {county}{drill.en}, account {account}",
        ).in_language(self._desk.words.language)

    def _read_aloud(self, going: Sequence[Carried]) -> int:
        """Print what to read to the county; from now on it may be known there, though not sent."""
        chinese = self._desk.words.chinese
        spoken = [(each.record, each.spoken) for each in going if each.spoken is not None]
        self._exchange.note_leaving([record for record, _ in spoken])
        for record, sheet in spoken:
            print(f"\n{record.command.key[:8]} {sheet.seconds:.0f} s")
            for number, group in enumerate(sheet.groups, 1):
                print(f"{number:3} {halve(group)}  {say_digits(group, chinese=chinese)}")
            print(f"{sheet.check}  {say_check(sheet.check, chinese=chinese)}")
        return 0

    def _hear(self) -> int:
        """Write down what the county reads back, and apply it; 1 when it was not taken."""
        office = self._office
        heard = take_dictation(input, print, {office.number: [office.key]})
        if heard is None:
            return 1
        records = self._desk.outbox.list_unfinished(self._source)
        self._exchange.apply_all(cut(heard.head, heard.data, office.key))
        return self._tell_states(records)

    def _send_all(self) -> None:
        """Send what has no answer, as many rounds as asked for, and apply what comes back."""
        options = self._options
        try:
            with closing(open_way(self._desk, self._line_of_options())) as way:
                for _ in range(max(1, options.rounds)):
                    if not self._exchange.send_round(way, options.wait, options.only or "").of:
                        return
                    if self._exchange.failure is not None:
                        problem = self._exchange.failure.problem
                        complain(plain(str(self._desk.words.problem(problem))))
        except OSError as error:
            complain(f"{self._in_words(LINE_FAILED)}: {error}")
        if not self._exchange.has_receipt:
            complain(self._in_words(NO_RECEIPT))

    def _line_of_options(self) -> FrameLine:
        options = self._options
        return FrameLine(
            self._office.number, options.serial or "", options.speed, options.gateway or ""
        )

    def _tell(self, heard: Heard) -> None:
        """Say what a frame of outcomes leaves open."""
        if heard.is_of_another_epoch:
            complain(self._in_words(ANOTHER_EPOCH))
        for record, outcome in heard.unsettled:
            reason = outcome.reason or self._in_words(UNREADABLE)
            complain(plain(f"{record.command.key[:8]} {reason}"))

    def _line(self, each: Carried) -> str:
        command = each.record.command
        kind = self._desk.words.term("command", command.kind)
        size = sum(map(len, each.frames))
        if each.spoken is not None:
            how = f"{len(each.frames)} × ≤140 B, {size} B, {each.spoken.seconds:.0f} s"
        else:
            how = f"{self._in_words(NOT_CARRIED)}: {each.why_not}"
        return plain(f"{command.key[:8]} {each.record.state.value} {kind} {how}")

    def _tell_states(self, records: Sequence[CommandRecord]) -> int:
        """Print what became of the commands; 1 while one has neither answer nor receipt."""
        waiting = False
        for record in records:
            now = self._desk.outbox.record(record.command.key) or record
            reason = self._desk.words.text(now.reason)
            print(plain(f"{now.command.key[:8]} {now.state.value} {reason}".rstrip()))
            waiting |= not now.state.is_final and now.state is not CommandState.RECEIVED
        return int(waiting)

    def _in_words(self, text: Text) -> str:
        return text.in_language(self._desk.words.language)
