"""`county-server courier`: pair with offices, revoke them, and take their bundles from a stick."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from desktop.county_server.commands.duties import owners_of
from desktop.county_server.commands.served_rules import read_rules
from desktop.county_server.courier.delivery import Delivered, Deliveries
from desktop.county_server.courier.offices import Offices, identity_of
from desktop.county_server.db.database import Database
from desktop.county_server.db.disk import write_whole
from desktop.county_server.files.attachments import Attachments
from desktop.county_server.http.account_file import AccountsError, read_accounts
from desktop.county_server.scope import Accounts
from desktop.protocol.fingerprint import read_fingerprint
from desktop.protocol.limits import COURIER_BYTES, PAIRING_BYTES
from desktop.wire import courier
from desktop.wire.courier import BundleError, Carried, Fault, Pairing

DONE, FAILED, UNCONFIRMED = 0, 1, 3


def add_parsers(commands: Any) -> list[argparse.ArgumentParser]:
    """Add `courier` and its own commands; return those, which still need to know the database."""
    family = commands.add_parser("courier", help="摆渡包与配对 / courier bundles and pairing")
    own = family.add_subparsers(dest="courier", required=True)
    pair = own.add_parser("pair", help="与一个值守点配对，或换密钥 / pair with an office")
    pair.add_argument("file", type=Path, metavar="FILE", help="值守点的配对文件 / of the office")
    pair.add_argument("--account", default="", metavar="NAME", help="其指令的账号 / its account")
    pair.add_argument(
        "--fingerprint", metavar="DIGITS", help="电话核对过的指纹 / as compared by telephone"
    )
    pair.add_argument("--to", type=Path, metavar="FILE", help="写出县平台的配对文件 / ours, for it")
    revoke = own.add_parser("revoke", help="撤销一个值守点 / refuse an office from now on")
    revoke.add_argument("office", metavar="NAME")
    offices = own.add_parser("offices", help="列出配对的值守点 / list the paired offices")
    take = own.add_parser("import", help="办理摆渡包并写出回执 / take bundles, write receipts")
    take.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="摆渡包或二维码的照片 / or pictures"
    )
    take.add_argument(
        "--codes", action="store_true", help="回执另写成二维码 / receipts as QR codes too"
    )
    take.add_argument("--receipts", type=Path, required=True, metavar="DIR")
    take.add_argument("--accounts", type=Path, metavar="FILE", help="账号文件 / file of accounts")
    return [pair, revoke, offices, take]


def run(database: Path, args: argparse.Namespace) -> int:
    """Run one of them; 0 done, 1 something was refused or still waits, 3 not yet confirmed."""
    offices = Offices(database)
    try:
        if args.courier == "import":
            return _import(database, args)
        county = identity_of(database)
        if args.courier == "pair":
            return _pair(offices, county, args)
        if args.courier == "revoke":
            offices.revoke(args.office)
            print(f"已撤销 {args.office}。", f"{args.office} is revoked.", sep="\n")
            return DONE
    except BundleError as error:
        _complain(*error.fault.words)
        return FAILED
    except AccountsError as error:
        _complain(str(error))
        return FAILED
    return _list(offices, county)


def _pair(offices: Offices, county: str, args: argparse.Namespace) -> int:
    told = courier.read_pairing(_read(args.file, PAIRING_BYTES).decode("ascii", "replace"))
    if told.side != "office":
        raise BundleError(Fault.OTHER_WAY)
    if told.county != county:
        raise BundleError(Fault.OTHER_COUNTY)
    fingerprint = told.keys.fingerprint
    if read_fingerprint(args.fingerprint or "") != fingerprint:
        _complain(
            f"值守点 {told.office} 的指纹：{fingerprint}",
            f"Fingerprint of {told.office}: {fingerprint}",
            "请与值守点核对，相符再加 --fingerprint 写出它。尚未配对。",
            "Compare it with the office; if it is the same say it with --fingerprint."
            " Nothing is paired yet.",
        )
        return UNCONFIRMED
    offices.pair(told, args.account)
    own = offices.own().public
    if args.to is not None:
        halves = (own.signing, own.agreement)
        ours = Pairing("county", county, told.office, *halves, receiver=told.keys.id)
        write_whole(args.to, courier.write_pairing(ours).encode() + b"\n")
    print(f"已与 {told.office} 配对。县平台的指纹：{own.fingerprint}")
    print(f"Paired with {told.office}. Fingerprint of the county: {own.fingerprint}")
    return DONE


def _list(offices: Offices, county: str) -> int:
    print(f"{county}  {offices.own().public.fingerprint}")
    for each in offices.list_all():
        state = "撤销 / revoked" if each.revoked else ""
        keys = " + ".join(key.fingerprint for key in each.keys)
        print(f"{each.name}  {each.account or '-'}  {keys}{state}")
    return DONE


def _import(database: Path, args: argparse.Namespace) -> int:
    if not database.is_file():
        raise FileNotFoundError(database)
    accounts: Accounts = {} if args.accounts is None else read_accounts(args.accounts)
    owners = owners_of(accounts)
    args.receipts.mkdir(parents=True, exist_ok=True)
    with closing(Database(database)) as county:
        served = read_rules(county)
        rules = served.for_owners(lambda: owners)
        files = Attachments(county, served.file_limit, served.quotas)
        with closing(files):
            deliveries = Deliveries(
                *(county, files, rules), lambda: accounts, lambda: served.collections
            )
            given = ((str(file), partial(_read, file)) for file in args.files)
            # The oldest first: what an office gave later may wait for what it gave before.
            bundles, remarks = courier.find_bundles(given)
            for remark in remarks:
                _complain(remark.zh, remark.en)
            done = [_take(deliveries, each, args.receipts, args.codes) for each in bundles]
    return DONE if all(done) and not any(each.is_failure for each in remarks) else FAILED


def _take(deliveries: Deliveries, bundle: Carried, receipts: Path, codes: bool) -> bool:
    """Take one bundle and write its receipt; whether all of it was taken."""
    name = bundle.name
    try:
        delivered = deliveries.take(bundle.read(COURIER_BYTES))
    except BundleError as error:
        _complain(*(f"{name}: {each}" for each in error.fault.words))
        return False
    except OSError as error:
        _complain(f"{name}: {error}")
        return False
    to = receipts / courier.name_receipt(courier.read_header(delivered.receipt))
    _tell(name, delivered)
    try:
        write_whole(to, delivered.receipt)
        if codes:
            _write_codes(to, delivered.receipt)
    except OSError as error:
        _complain(
            f"{name}: 已办理，但回执没有写出，再导入一次即可得到：{error}",
            f"{name}: taken, but its receipt could not be written, import it again for it: {error}",
        )
        return False
    print(f"  回执 / receipt: {to}")
    return not (delivered.waiting or delivered.parts or delivered.held)


def _write_codes(receipt: Path, content: bytes) -> None:
    """Write a receipt as codes beside its file; what is too much for codes stays the file alone."""
    try:
        drawn = courier.draw_codes(content, receipt.stem)
    except ValueError:
        _complain(
            f"{receipt}: 放不进二维码，请用 U 盘带回。",
            f"{receipt}: too much for codes, use a stick.",
        )
        return
    for name, picture in drawn.items():
        write_whole(receipt.with_name(name), picture)


def _tell(name: str, found: Delivered) -> None:
    print(f"{name}: {found.office}，指令有答复 {found.answered} 条，附件收齐 {found.files} 个。")
    print(f"{name}: {found.office}, {found.answered} commands answered, {found.files} files whole.")
    if found.waiting or found.parts:
        print(f"  待前一个包：指令 {found.waiting} 条，附件 {found.parts} 个。")
        print(f"  Waiting for an earlier bundle: {found.waiting} commands, {found.parts} files.")
    if found.held:
        print(f"  下达太久、可能早已办过、没有办：{found.held} 条，请向值守点核实。")
        print(f"  So old that they may have been done, and not done now: {found.held}.")
    if found.behind:
        print(f"  排在它们后面、要等它们有了结果：{found.behind} 条。")
        print(f"  Waiting for what becomes of those: {found.behind}.")


def _read(file: Path, most: int) -> bytes:
    """Return a file's content, and one byte more of one that is larger: it is refused for it."""
    with file.open("rb") as opened:
        return opened.read(most + 1)


def _complain(*lines: str) -> None:
    print(*lines, sep="\n", file=sys.stderr)
