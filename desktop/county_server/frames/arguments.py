"""The options of a county that takes frames, and what they open."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import msgspec

from desktop.county_server.commands.create_incident import Rules
from desktop.county_server.courier.offices import identity
from desktop.county_server.db.database import Database
from desktop.county_server.frames.codes import load_codes, read_codes
from desktop.county_server.frames.hearing import hear_report
from desktop.county_server.frames.inbox import Inbox
from desktop.county_server.frames.offices import Office, OfficeRoster, OfficesError
from desktop.county_server.frames.receiver import Receiver
from desktop.county_server.frames.ways import GatewayWay, SerialWay
from desktop.county_server.scope import Account, Accounts
from desktop.protocol.serial_line import SPEEDS
from desktop.wire.level1 import DRILL
from desktop.wire.spoken_reports import SpokenAnswer, SpokenReport

INBOX = "frames.db"
NEEDS_OFFICES = "收短帧须有单位文件。\nFrames need the file of offices."
NEEDS_A_WAY = "收短帧须有串口或网关端口。\nFrames need a serial line or a port for a gateway."


def add_arguments(parser: argparse.ArgumentParser, prefix: str = "--") -> None:
    """Add the options about frames to a parser, their names after `prefix`."""
    parser.add_argument(
        f"{prefix}offices",
        dest="frames_offices",
        type=Path,
        metavar="FILE",
        help="可发短帧的单位及其账号（TOML）/ the offices that send frames, with their accounts",
    )
    parser.add_argument(
        f"{prefix}serial",
        dest="frames_serial",
        metavar="DEVICE",
        help="从串口收 / from this serial line",
    )
    parser.add_argument(
        f"{prefix}speed", dest="frames_speed", type=int, choices=SPEEDS, default=9600,
        help="串口速率 / its bit/s",
    )  # fmt: skip
    parser.add_argument(
        f"{prefix}listen",
        dest="frames_listen",
        type=_address,
        metavar="[HOST:]PORT",
        help="从网关收，每帧一个 POST / from a gateway that posts each frame here",
    )
    parser.add_argument(
        f"{prefix}tables",
        dest="frames_tables",
        type=Path,
        metavar="DIR",
        help="代码表的文件夹，默认同县平台 / of categories.toml and others; default: its server's",
    )


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError("write it as PORT or HOST:PORT")
    return host.strip("[]") or "127.0.0.1", int(port)


class Frames(msgspec.Struct):
    """What takes frames while a county is served; `close` ends all of it."""

    county: str
    """Identity of the county's server, with `/drill` for a drill: frames for another fail."""
    hear: Callable[[SpokenReport], SpokenAnswer]
    """Reads and does what an office read over a telephone; WireError where it does not fit."""
    offices: tuple[Office, ...]
    ways: list[SerialWay | GatewayWay]
    opened: ExitStack

    @property
    def is_open(self) -> bool:
        """Whether every way is still read."""
        return all(way.is_open for way in self.ways)

    @property
    def words(self) -> list[str]:
        """Lines that tell what is taken: for which county, of whom, and where it comes in."""
        drill = "（演练）" if self.county.endswith(DRILL) else ""
        drill_en = " (a drill)" if drill else ""
        county = self.county.removesuffix(DRILL)
        return [
            f"为县平台 {county}{drill} 收短帧 / taking frames for the county {county}{drill_en}",
            *(
                f"单位 {each.number}：账号 {each.account or '-'}"
                f" / office {each.number}: account {each.account or '-'}"
                for each in self.offices
            ),
            *(way.place for way in self.ways),
        ]

    def close(self) -> None:
        """Close the ways and then the inbox. Idempotent."""
        self.opened.close()


def open_frames(
    args: argparse.Namespace,
    database: Database,
    accounts: Callable[[], Accounts],
    rules: Rules,
) -> Frames | None:
    """Open what the options ask for; None where they ask for no frames.

    OfficesError where they are incomplete or a file is wrong; OSError where a port is taken or a
    device cannot be opened. Codes are those that the county was last served with, unless the
    options name a folder. Without a way they come by telephone alone, through the API.
    """
    if args.frames_offices is None and args.frames_serial is None and args.frames_listen is None:
        return None
    if args.frames_offices is None:
        raise OfficesError(NEEDS_OFFICES)
    with database.reading() as connection:
        county = identity(connection)
    try:
        roster = OfficeRoster(args.frames_offices, county, database)
        codes = read_codes(args.frames_tables) if args.frames_tables else load_codes(database)
    except (ValueError, KeyError) as error:
        raise OfficesError(f"{args.frames_tables}: {error}") from None
    with ExitStack() as opened:
        inbox = opened.enter_context(closing(Inbox(database.path.with_name(INBOX), county)))
        receiver = Receiver(database, roster, inbox, _by_name(accounts), rules, codes)
        ways: list[SerialWay | GatewayWay] = []
        if args.frames_serial is not None:
            way = SerialWay(receiver, args.frames_serial, args.frames_speed)
            ways.append(opened.enter_context(closing(way)))
        if args.frames_listen is not None:
            ways.append(opened.enter_context(closing(GatewayWay(receiver, *args.frames_listen))))
        hear = partial(hear_report, receiver, database)
        offices = tuple(roster.offices().values())
        return Frames(county, hear, offices, ways, opened.pop_all())


def _by_name(accounts: Callable[[], Accounts]) -> Callable[[], Mapping[str, Account]]:
    return lambda: {each.name: each for each in accounts().values()}
