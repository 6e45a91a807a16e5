"""`county-desk conformance`: hold a county's server to every rule of the API, by name."""

from __future__ import annotations

import argparse
import base64
import json
import shlex
import ssl
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from desktop import bootstrap, paths
from desktop.application.outgoing import json_text, plain
from desktop.application.ports import StoreError
from desktop.application.words import LANGUAGES, Words
from desktop.commands.options import complain
from desktop.commands.token_file import read_token
from desktop.conformance.checker import Checker, NotADrill, Plan
from desktop.conformance.line import Line, Unreachable
from desktop.conformance.told import Teller

RESTART_WITHIN_S = 120
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Unusable(Exception):
    """What was given cannot be used; the words say why."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `conformance`. The token is never an argument: others could read it."""
    parser.add_argument("url", help="the server's address, as a profile has it")
    parser.add_argument(
        "--token-file", type=Path, metavar="FILE", help="its token; only you may read it"
    )
    parser.add_argument("--user", metavar="NAME", help="Basic login; the file has its password")
    parser.add_argument("--insecure", action="store_true", help="send it over plain http, too")
    parser.add_argument("--ca-file", type=Path, metavar="FILE", help="trust this authority (PEM)")
    parser.add_argument(
        "--write", action="store_true",
        help="give commands, too: to a server that says it is a drill's, never to another",
    )  # fmt: skip
    parser.add_argument(
        "--restart-command", metavar="COMMAND",
        help="restarts the server; without it a person at the terminal is asked to",
    )  # fmt: skip
    parser.add_argument(
        "--old-token", metavar="TOKEN", help="a changes token older than the retention"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit XML there, too")
    parser.add_argument("--lang", choices=LANGUAGES, help="default: zh_CN")


def main(options: argparse.Namespace) -> int:
    """Run the check; 0 when no rule failed, 1 when one did, 2 when nothing could be tried."""
    words = bootstrap.words_in(options.lang)
    table = paths.resources() / "i18n" / "conformance.toml"
    sentences = tomllib.loads(table.read_text(encoding="utf-8"))
    teller = Teller(sentences, words.language, plain)
    try:
        line = _line(options, teller, words)
        report = _checker(options, line, teller).run()
    except Unusable as error:
        complain(plain(str(error)))
        return 2
    except NotADrill:
        complain(teller.says("not_a_drill", url=plain(options.url)))
        return 2
    except Unreachable as error:
        complain(plain(teller.says("unreachable", url=options.url, reason=str(error))))
        return 2
    if options.json:
        print(json_text(teller.as_object(report, options.url)))
    else:
        for told in teller.lines(report, options.url):
            print(told)
    if options.junit is not None:
        options.junit.write_text(teller.as_junit(report, options.url), encoding="utf-8")
    return int(bool(report.failures))


def _line(options: argparse.Namespace, teller: Teller, words: Words) -> Line:
    """The way to the server; Unusable when the address or a file is none."""
    where = urlsplit(options.url)
    try:
        usable = where.scheme in ("http", "https") and where.hostname and where.port != 0
        tls = (
            ssl.create_default_context(cafile=options.ca_file) if where.scheme == "https" else None
        )
    except ValueError:
        usable, tls = None, None
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unusable(
            teller.says("unreadable", file=str(options.ca_file), reason=reason)
        ) from None
    if not usable:
        raise Unusable(teller.says("bad_url", url=options.url))
    login = ""
    if options.token_file is not None:
        if tls is None and where.hostname not in LOOPBACK and not options.insecure:
            raise Unusable(teller.says("unprotected"))
        login = _login(options, words)
    return Line(options.url, login, tls)


def _login(options: argparse.Namespace, words: Words) -> str:
    try:
        secret = read_token(options.token_file)
    except StoreError as error:
        raise Unusable(str(words.problem(error.problem))) from None
    if options.user is None:
        return f"Bearer {secret.strip()}"
    return "Basic " + base64.b64encode(f"{options.user}:{secret}".encode()).decode()


def _checker(options: argparse.Namespace, line: Line, teller: Teller) -> Checker:
    file = paths.resources() / "county-api" / "openapi.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    plan = Plan(
        write=options.write,
        restart=_restart(options, teller) if options.write else None,
        old_token=options.old_token,
    )
    return Checker(line, document, paths.frame_dictionaries(), plan)


def _restart(options: argparse.Namespace, teller: Teller) -> Callable[[], bool] | None:
    """How the server is restarted; None when nobody can be asked to."""
    if options.restart_command:
        return lambda: _ran(shlex.split(options.restart_command), teller)
    if not (sys.stdin and sys.stdin.isatty()):
        return None

    def ask() -> bool:
        print(teller.says("please_restart"), end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().lower() != "s"

    return ask


def _ran(command: list[str], teller: Teller) -> bool:
    """Whether the restart command was well; what it says goes to standard error."""
    try:
        subprocess.run(  # noqa: S603 - the command that the person gave
            command, check=True, timeout=RESTART_WITHIN_S, stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        complain(plain(teller.says("restart_failed", reason=str(error))))
        return False
    return True
