"""`county-desk courier`: pair with the county, write bundles to a stick, read receipts."""

from __future__ import annotations

import argparse
from pathlib import Path

from desktop.commands.courier.beside import hand_over
from desktop.commands.courier.relay import relay
from desktop.commands.courier.run import CourierRun
from desktop.commands.opening import with_desk
from desktop.commands.options import Lines, add_desk_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the commands of `courier` with their options."""
    own = parser.add_subparsers(dest="action", required=True)
    pair = own.add_parser("pair", help="make keys, then take the county's (配对)")
    step = pair.add_mutually_exclusive_group(required=True)
    step.add_argument("--office", metavar="NAME", help="make new keys; with --to for the county")
    step.add_argument("--county", type=Path, metavar="FILE", help="the county's pairing file")
    pair.add_argument("--to", type=Path, metavar="FILE", help="write our pairing file here")
    pair.add_argument(
        "--fingerprint", metavar="DIGITS", help="the county's fingerprint as you compared it"
    )
    out = own.add_parser("export", help="write what waits to a stick (导出摆渡包)")
    place = out.add_mutually_exclusive_group(required=True)
    place.add_argument("file", type=Path, nargs="?", metavar="FILE")
    place.add_argument(
        "--codes", type=Path, metavar="FOLDER", help="as QR codes on a page, without files (二维码)"
    )
    out.add_argument("--no-data", action="store_true", help="ask for answers alone, no county data")
    back = own.add_parser(
        "import", help="read receipts from the stick or pictures of codes (导入回执)"
    )
    back.add_argument("files", type=Path, nargs="+", metavar="FILE")
    over = own.add_parser("relay", help="hand another office's bundles on (代交摆渡包)")
    over.add_argument("files", type=Path, nargs="+", metavar="FILE")
    over.add_argument("--receipts", type=Path, required=True, metavar="DIR")
    for each in (pair, out, back, over):
        each.add_argument("--source", help="default: the only source of kind county")
        add_desk_options(each, required=True)


def main(options: argparse.Namespace) -> int:
    """Run the command; 0 done, 1 refused or failed, 2 wrong use, 3 a fingerprint to compare.

    While a window has the desk open that window does it, with the same words and status.
    """
    if options.action == "relay":
        return relay(options)
    return with_desk(
        options,
        lambda desk: CourierRun(desk, options, desk.words, Lines()).run(),
        lambda profile: hand_over(profile, options),
    )
