"""`county-desk login`: a source's secret goes from a person into the keyring, nowhere else."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from desktop import bootstrap
from desktop.application.logins import LoginRule, is_sendable, logs_in
from desktop.application.ports import StoreError
from desktop.application.words import LANGUAGES
from desktop.commands.opening import checked_profile
from desktop.commands.options import complain
from desktop.storage import secrets


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `login`. The secret itself is never an argument: others could read it."""
    parser.add_argument("source", help="the id of the source in the profile")
    parser.add_argument("--profile", type=Path, required=True, metavar="FILE")
    parser.add_argument("--forget", action="store_true", help="take the secret out again")
    parser.add_argument("--lang", choices=LANGUAGES)


def main(options: argparse.Namespace) -> int:
    """Keep or forget the secret; 0 when done, 1 without a keyring, 2 for a wrong profile."""
    profile = checked_profile(options.profile)
    if profile is None:
        return 2
    if options.source not in [source.id for source in profile.sources]:
        complain(f"{options.profile}: no source {options.source!r}")
        return 2
    (settings,) = (each for each in profile.sources if each.id == options.source)
    if not logs_in(settings) and not options.forget:
        complain(f'{options.profile}: source {options.source!r} has login = "none"')
        return 2
    rule = LoginRule.of(settings)
    words = bootstrap.words_in(options.lang, profile)
    try:
        if options.forget:
            secrets.forget(profile.place, options.source)
            return 0
        secret, user = _typed(rule, chinese=words.chinese), rule.user
        if not secret or not is_sendable(secret):
            complain(_nothing_kept(secret, user, chinese=words.chinese))
            return 1
        secrets.keep(profile.place, options.source, "token", secret)
    except StoreError as error:
        complain(str(words.problem(error.problem)))
        return 1
    refused = rule.home and rule.forbids(rule.home)
    said = rule.problem("login_unprotected", rule.home) if refused else rule.caution()
    if said is not None:
        complain(str(words.problem(said)))
    return 0


def _typed(rule: LoginRule, *, chinese: bool) -> str:
    """The token or password, typed unseen at a terminal or piped in; spaces are a password's."""
    user, home = rule.user, rule.home
    if user is None:
        asked = f"{home} 的令牌: " if chinese else f"Token for {home}: "
    else:
        asked = f"{user} 在 {home} 的密码: " if chinese else f"Password of {user} at {home}: "
    typed = getpass.getpass(asked) if sys.stdin.isatty() else sys.stdin.readline()
    return typed.strip() if user is None else typed.rstrip("\r\n")


def _nothing_kept(secret: str, user: str | None, *, chinese: bool) -> str:
    if secret:
        return "含有控制字符，没有存入。" if chinese else "It holds control characters; not kept."
    if user is None:
        return "没有输入令牌。" if chinese else "No token was given."
    return "没有输入密码。" if chinese else "No password was given."
