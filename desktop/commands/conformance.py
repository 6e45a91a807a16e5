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
from typing import NamedTuple
from urllib.parse import urlsplit

from desktop import bootstrap, paths
from desktop.application.export.outgoing import json_text, plain
from desktop.application.i18n import Words
from desktop.application.logins import LoginRule, is_exposed
from desktop.application.ports import SourceError, StoreError
from desktop.commands.opening import collect_logins, read_profile_checked
from desktop.commands.options import add_store_options, complain
from desktop.commands.token_file import read_token
from desktop.conformance.checker import Checker, NotADrill, Plan
from desktop.conformance.line import Line, Unreachable
from desktop.conformance.told import Teller

RESTART_WITHIN_S = 120


class _Access(NamedTuple):
    """How the server is reached: the value of `Authorization`, and whom to trust."""

    login: str = ""
    ca_file: Path | None = None
    insecure: bool = False


class Unusable(Exception):
    """An argument that cannot be used; the words say why."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `conformance`. The token is never an argument: others could read it."""
    parser.add_argument("url", help="the server's address, as a profile has it")
    parser.add_argument(
        "--token-file", type=Path, metavar="FILE", help="its token; only you may read it"
    )
    parser.add_argument("--user", metavar="NAME", help="Basic login; the file has its password")
    parser.add_argument("--insecure", action="store_true", help="send it over plain http, too")
    parser.add_argument("--ca-file", type=Path, metavar="FILE", help="trust this authority (PEM)")
    parser.add_argument(
        "--write", action="store_true",
        help="submit commands, too: to a server that says it is a drill's, never to another",
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
    parser.epilog = "With --profile, login and certificate authority are those of its source there."
    add_store_options(parser, required=False)


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
    try:
        if options.junit is not None:
            options.junit.write_text(teller.as_junit(report, options.url), encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        complain(plain(teller.says("unwritable", file=str(options.junit), reason=reason)))
        return 2
    return int(bool(report.failures))


def _line(options: argparse.Namespace, teller: Teller, words: Words) -> Line:
    """Return the way to the server; raises Unusable when the address or a file is none."""
    try:
        where = urlsplit(options.url)
        usable = where.scheme in ("http", "https") and where.hostname and where.port != 0
    except ValueError:
        usable = None
    if not usable:
        raise Unusable(teller.says("bad_url", url=options.url))
    access = _access(options, teller, words)
    if access.login and not access.insecure and is_exposed(options.url):
        raise Unusable(teller.says("unprotected"))
    if where.scheme == "http":
        return Line(options.url, access.login)
    try:
        tls = ssl.create_default_context(cafile=access.ca_file)
    except OSError as error:
        told = {"file": str(access.ca_file), "reason": error.strerror or str(error)}
        raise Unusable(teller.says("unreadable", **told)) from None
    return Line(options.url, access.login, tls)


def _access(options: argparse.Namespace, teller: Teller, words: Words) -> _Access:
    """Return the access given on the command line, else the profile's for that address."""
    try:
        if options.token_file is not None or options.profile is None:
            secret = None if options.token_file is None else read_token(options.token_file)
            login = _authorization(secret, options.user)
            return _Access(login, options.ca_file, options.insecure)
        profile = read_profile_checked(options.profile)
        found = () if profile is None else profile.sources
        at_home = (s for s in found if _same(s.address, options.url))
        settings = next((each for each in at_home if each.kind == "county"), None)
        if profile is None or settings is None:
            told = {"file": str(options.profile), "url": options.url}
            raise Unusable(teller.says("not_in_profile", **told))
        options.token_file = []
        rule, ca_file = LoginRule.of(settings), settings.ca_file
        secret = collect_logins(profile, options, words)(settings.id)
    except (StoreError, SourceError) as error:
        raise Unusable(str(words.problem(error.problem))) from None
    ca = options.ca_file or (Path(ca_file) if ca_file else None)
    return _Access(_authorization(secret, rule.user), ca, options.insecure or rule.insecure)


def _same(one: str, other: str) -> bool:
    return one.rstrip("/") == other.rstrip("/")


def _authorization(secret: str | None, user: str | None) -> str:
    if secret is None:
        return ""
    if user is None:
        return f"Bearer {secret.strip()}"
    return "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()


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
    """Return what restarts the server; None when nobody can be asked to."""
    if options.restart_command:
        return lambda: _ran(shlex.split(options.restart_command), teller)
    if not (sys.stdin and sys.stdin.isatty()):
        return None

    def ask() -> bool:
        print(teller.says("please_restart"), end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().lower() != "s"

    return ask


def _ran(command: list[str], teller: Teller) -> bool:
    """Run the restart command, its output on standard error; whether it succeeded."""
    try:
        subprocess.run(  # noqa: S603 - the command that the person gave
            command, check=True, timeout=RESTART_WITHIN_S, stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        complain(plain(teller.says("restart_failed", reason=str(error))))
        return False
    return True
