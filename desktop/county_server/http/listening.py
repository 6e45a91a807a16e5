"""How a county is served: on this computer to anybody, beyond it to accounts alone."""

from __future__ import annotations

import argparse
import ssl
from pathlib import Path

import msgspec

from desktop.county_server.http.account_file import AccountsError, check_closed, read_accounts
from desktop.county_server.http.hosts import is_loopback
from desktop.county_server.scope import Accounts

NO_ACCOUNTS = (
    "没有账号时只在本机提供服务：请加 --accounts 文件，或去掉 --host。",
    "Without accounts the county is served on this computer alone: add --accounts FILE.",
)
NOT_ENCRYPTED = (
    "经网络提供服务须加密：请加 --tls-cert 与 --tls-key；确在受信网络内用明文时加 --plain-http。",
    "Over a network it is served encrypted: add --tls-cert and --tls-key (or --plain-http).",
)
ONE_OF_TWO = (
    "--tls-cert 与 --tls-key 须同时给出。",
    "--tls-cert and --tls-key belong together.",
)


class ListenRefused(Exception):
    """A county must not be served this way; `lines` explain why, in both languages."""

    def __init__(self, *lines: str) -> None:
        super().__init__(lines[-1])
        self.lines = lines


class Listening(msgspec.Struct, frozen=True):
    """How a county is served: its accounts, TLS and names."""

    accounts: Accounts = {}
    accounts_file: Path | None = None
    tls: ssl.SSLContext | None = None
    names: tuple[str, ...] = ()
    """Host names of the server, besides its address and those of this computer itself."""
    proxy: str = ""
    """Address of a reverse proxy that all desks come through."""
    plain: bool = False
    """Whether tokens may go unencrypted over a network."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options about access and encryption to a parser."""
    parser.add_argument(
        "--accounts",
        type=Path,
        metavar="FILE",
        help="let in only the accounts of this TOML file; needed beyond this computer",
    )
    parser.add_argument(
        "--tls-cert", type=Path, metavar="FILE", help="serve https with this chain (PEM)"
    )
    parser.add_argument("--tls-key", type=Path, metavar="FILE", help="the certificate's key (PEM)")
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="HOST",
        help="a name desks call it by, besides its address; may be repeated",
    )
    parser.add_argument(
        "--proxy",
        default="",
        metavar="ADDRESS",
        help="a reverse proxy desks come through: it tells whom it asks for (X-Forwarded-For)",
    )
    parser.add_argument(
        "--plain-http",
        action="store_true",
        help="serve beyond this computer without encryption: tokens can be read on the way",
    )


def read_arguments(args: argparse.Namespace) -> Listening:
    """Read those options; ListenRefused for an unsafe combination or an invalid file."""
    try:
        accounts = read_accounts(args.accounts) if args.accounts else {}
        tls = _tls(args.tls_cert, args.tls_key)
    except (AccountsError, OSError) as error:
        raise ListenRefused(str(error)) from None
    check(args.host, accounts, is_encrypted=tls is not None, plain=args.plain_http)
    return Listening(accounts, args.accounts, tls, tuple(args.name), args.proxy, args.plain_http)


def check(host: str, accounts: Accounts, *, is_encrypted: bool, plain: bool) -> None:
    """Raise ListenRefused where strangers could get in, or logins be read on the way."""
    if is_loopback(host):
        return
    if not accounts:
        raise ListenRefused(*NO_ACCOUNTS)
    if not is_encrypted and not plain:
        raise ListenRefused(*NOT_ENCRYPTED)


def _tls(certificates: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if certificates is None and key is None:
        return None
    if certificates is None or key is None:
        raise ListenRefused(*ONE_OF_TWO)
    check_closed(key)
    for each in (certificates, key):
        each.open("rb").close()  # An unreadable file raises an error with its name.
    try:
        return server_tls(certificates, key)
    except ssl.SSLError as error:
        raise ListenRefused(
            f"{certificates} 与 {key} 不能用作证书与密钥：{error.reason or error}",
            f"{certificates} and {key} are no certificate with its key: {error.reason or error}",
        ) from None


def server_tls(certificates: Path, key: Path) -> ssl.SSLContext:
    """Make the TLS context of a server with this certificate chain and key (PEM files)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Without a password of its own a locked key would have OpenSSL ask at the terminal.
    context.load_cert_chain(certificates, key, password="")
    # Desks keep one connection open and resume none: the tickets would be 500 bytes for nothing.
    context.num_tickets = 0
    context.set_alpn_protocols(["http/1.1"])
    return context
