"""`county-desk login`: a source's secret goes from a person into keyring or store, nowhere else."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable

from desktop import bootstrap
from desktop.application.i18n import Words
from desktop.application.logins import LoginRule, is_sendable, logs_in
from desktop.application.ports import StoreError
from desktop.application.profile import Profile
from desktop.application.proxies import ProxyRule
from desktop.commands.folder_key import folder_key, terminal_asker
from desktop.commands.opening import choose_language, desk_folder, problem_of, read_profile_checked
from desktop.commands.options import KEYS, add_store_options, complain
from desktop.commands.refusal import status_of
from desktop.domain.source import Problem
from desktop.storage.keys import login_file, login_tokens
from desktop.storage.keys.encryption_key import NoKeyring, has_own_key


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `login`. The secret itself is never an argument: others could read it."""
    parser.add_argument("source", help="the id of the source in the profile")
    parser.add_argument("--proxy", action="store_true", help="the password of its proxy instead")
    parser.add_argument(
        "--secret",
        metavar="NAME",
        help="the secret of that name instead (the profile's alertmanager_secret)",
    )
    parser.add_argument("--forget", action="store_true", help="take the secret out again")
    parser.epilog = (
        "With --key keyring the secret goes into the system's keyring; with --key passphrase or "
        "file, encrypted under the desk's own key, into its folder; auto goes the way the desk's "
        "key was made. Without a terminal the secret is read from standard input, as one line."
    )
    add_store_options(parser, required=True, keys=KEYS[:-1])


def main(options: argparse.Namespace) -> int:
    """Keep or forget the secret; 0 when done, 1 where it cannot be kept, 2 for a wrong profile."""
    profile = read_profile_checked(options.profile)
    if profile is None:
        return 2
    words = bootstrap.words_in(choose_language(options, profile))
    known = [source.id for source in profile.sources]
    if options.source not in known:
        names = ", ".join(known)
        zh = f"没有来源 {options.source!r}，有：{names}"
        return _refuse(options, words, zh, f"no source {options.source!r}; there are: {names}")
    (settings,) = (each for each in profile.sources if each.id == options.source)
    proxy = ProxyRule.of(settings)
    if options.proxy:
        return _proxy_login(profile, options, words, proxy)
    rule = LoginRule.of(settings)
    if options.secret is not None:
        second = LoginRule.of_alertmanager(settings)
        if second is None or second.secret != options.secret:
            zh = f'来源 {options.source!r} 没有写 alertmanager_secret = "{options.secret}"'
            en = f'source {options.source!r} has no alertmanager_secret = "{options.secret}"'
            return _refuse(options, words, zh, en)
        rule = second
    elif not logs_in(settings) and not options.forget:
        zh = f'来源 {options.source!r} 写着 login = "none"，不用登录'
        return _refuse(options, words, zh, f'source {options.source!r} has login = "none"')
    return _source_login(profile, options, words, rule)


def _source_login(
    profile: Profile, options: argparse.Namespace, words: Words, rule: LoginRule
) -> int:
    """Keep or forget one secret of a source."""

    def judge() -> Problem | None:
        refused = next(filter(rule.forbids, rule.homes()), None)
        return rule.problem("login_unprotected", refused) if refused else rule.caution()

    return _keep_or_forget(Place(profile, options, words, rule.entry), options, words, rule, judge)


def _proxy_login(
    profile: Profile, options: argparse.Namespace, words: Words, rule: ProxyRule
) -> int:
    """Keep or forget the password of a proxy, for every source that goes out through it."""
    if not rule.entry:
        zh = f"来源 {options.source!r} 没有写 proxy_user"
        return _refuse(options, words, zh, f"source {options.source!r} has no proxy_user")

    def judge() -> Problem | None:
        return rule.problem("proxy_unprotected") if rule.forbids() else None

    place = Place(profile, options, words, rule.entry)
    return _keep_or_forget(place, options, words, LoginRule(rule.said, rule.user), judge)


def _keep_or_forget(
    place: Place,
    options: argparse.Namespace,
    words: Words,
    rule: LoginRule,
    judge: Callable[[], Problem | None],
) -> int:
    """Forget a secret, or ask for it and keep it; `judge` tells what to warn of then."""
    try:
        if options.forget:
            place.forget()
            return 0
        secret = _ask_for_secret(rule, chinese=words.chinese)
        if not secret or not is_sendable(secret):
            complain(_nothing_kept(secret, rule.user, chinese=words.chinese))
            return 1
        place.keep(secret)
    except (StoreError, OSError) as error:
        problem = problem_of(error)
        complain(str(words.problem(problem)))
        return status_of(problem, usual=1)
    said = (*place.notices, judge())
    complain(*(str(words.problem(each)) for each in said if each is not None))
    return 0


def _refuse(options: argparse.Namespace, words: Words, zh: str, en: str) -> int:
    """Write what the profile does not have to standard error; returns 2."""
    complain(f"{options.profile}: {zh if words.chinese else en}")
    return 2


class Place:
    """Where the secret of one source is kept: the keyring, or the desk's own encrypted folder."""

    def __init__(
        self, profile: Profile, options: argparse.Namespace, words: Words, entry: str
    ) -> None:
        self._profile, self._options, self._words, self._entry = profile, options, words, entry
        self._folder = desk_folder(profile, options, make=False)
        self.notices: list[Problem] = []

    def keep(self, secret: str) -> None:
        """Keep it in the one place, and in no other; raises StoreError."""
        if self._way() == "keyring":
            try:
                login_tokens.keep(self._profile.place, self._entry, "token", secret)
            except NoKeyring:
                if self._options.key == "keyring":
                    raise
            else:
                self._forget_in_folder()
                return
        # Made as the desk makes it: the key of a new folder is this desk's from now on.
        self._folder = desk_folder(self._profile, self._options)
        login_file.keep(self._folder, self._key(self._options.key), self._entry, secret)

    def forget(self) -> None:
        """Take it out wherever it is; raises StoreError."""
        self._forget_in_folder()
        try:
            login_tokens.forget(self._profile.place, self._entry)
        except NoKeyring:
            if self._way() == "keyring":
                raise

    def _way(self) -> str:
        """Return `--key`; for `auto` the way the desk's folder was made, else the keyring."""
        options = self._options
        if options.key != "auto":
            return str(options.key)
        in_folder = has_own_key(self._folder) or options.passphrase_file
        return "folder" if in_folder else "keyring"

    def _key(self, way: str) -> bytes:
        ask = terminal_asker(self._words)
        options = argparse.Namespace(**{**vars(self._options), "key": way})
        return folder_key(self._profile, options, self._folder, ask, self.notices)

    def _forget_in_folder(self) -> None:
        if login_file.are_kept(self._folder):
            login_file.forget(self._folder, self._key("auto"), self._entry)


def _ask_for_secret(rule: LoginRule, *, chinese: bool) -> str:
    """Read the token or password, unseen or piped in; a password keeps its spaces."""
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
