"""The only place that builds objects and wires them together."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import msgspec

from desktop import paths
from desktop.application.board import Board
from desktop.application.budget.byte_budget import ByteBudget
from desktop.application.commands.strays import hold_strays
from desktop.application.i18n import Words
from desktop.application.logins import LoginRule
from desktop.application.ports import (
    Connector,
    Installation,
    Source,
    SourceSettings,
    StoreError,
)
from desktop.application.profile import Profile
from desktop.application.profile_reader import read_profile
from desktop.application.proxies import ProxyRule
from desktop.application.sync.engine import Engine
from desktop.connectors.http.early import EarlyConnections
from desktop.connectors.http.sockets import Sockets
from desktop.connectors.kinds import Manifests, kind_named
from desktop.connectors.services import Services
from desktop.diagnostics.log import log_to
from desktop.domain.changes import Changes
from desktop.domain.clock import Clock, CorrectedClock, SystemClock
from desktop.domain.instant import Instant, from_datetime
from desktop.domain.source import Problem
from desktop.domain.strange import CodeTables
from desktop.source_logins import Secrets, asks_keyring, login_of, login_token, nothing
from desktop.storage.cache.store import SqliteCache, open_cache
from desktop.storage.files.store import SqliteFiles, open_files
from desktop.storage.keys import login_file
from desktop.storage.outbox.store import FILE as OUTBOX_FILE
from desktop.storage.outbox.store import SqliteOutbox, open_or_rescue
from desktop.storage.sqlite.data_format import mark_format
from desktop.storage.sqlite.database import why_unwritable
from desktop.storage.sqlite.folder_lock import FolderLock

COUNTY = "county"
LOG = "log"
"""The folder of the log in that of a desk."""
SOON_S = 5.0
"""How long a click may wait for the keyring: its command is stored only once the login is known."""


def load_profile(path: Path) -> Profile:
    """Read and check the profile in a file; raises ProfileError."""
    return read_profile(path, Manifests())


class Desk:
    """One opened desk: board, engine and store, closed together.

    Screens get the board and words; nothing runs until `engine.start()`.
    """

    def __init__(
        self,
        profile: Profile,
        folder: Path,
        key: bytes,
        words: Words,
        notices: list[Problem],
        scratch: TemporaryDirectory[str] | None = None,
        lock: FolderLock | None = None,
        given: Secrets = nothing,
        *,
        connects: bool = False,
    ) -> None:
        """`scratch`, when given, is deleted with the desk, and `lock` let go.

        `given` returns the logins that come before those kept in the folder or the keyring. One
        that `connects` begins to while its files are opened, before the start.
        """
        self.profile, self.folder, self.key, self.words = profile, folder, key, words
        self._closing = threading.Event()
        self.read_secret = partial(login_file.read, folder, key)
        self.keep_secret = partial(login_file.keep, folder, key)
        self._secrets = (given, self.read_secret)
        self._scratch, self._lock = scratch, lock
        self.county_answered_at: Instant | None = None
        self.log_folder = folder / LOG
        self._log = log_to(self.log_folder)
        self.clock = CorrectedClock(SystemClock())
        words.is_later = lambda: bool(self.clock.behind_ms)
        self._early = EarlyConnections(self._get_ready)
        if connects:
            self._begin_connecting()
        damage = self._open_files(key)
        problems = (self._why_only_reading(), damage, self.cache.problem, *notices)
        self.notices = [problem for problem in problems if problem]
        self.meter = ByteBudget(self.cache, self.clock, profile.timezone, profile.link)
        self.engine = Engine(
            sources(profile, self.clock, self.outbox, self._token(), self._early.take),
            self.cache,
            self.outbox,
            self.clock,
            self._announce,
            meter=self.meter,
            files=self.files,
            address_towards=address_towards,
        )
        self.board = self._new_board()
        self._hold_strays()

    def _open_files(self, key: bytes) -> Problem | None:
        """Open all files, or none and let go of the rest; returns an outbox's damage."""
        categories = {code: text.zh for code, text in self.words.categories.items()}
        try:
            opened = _open_all(self.folder, key, self.clock, categories)
        except BaseException:
            self._early.close()
            self._end_log()
            raise
        self.outbox, self.cache, self.files, damage = opened
        mark_format(self.folder)
        return damage

    def start(self) -> None:
        """Start the exchange with every source."""
        if not self._early.begun:
            self._get_ready()
        self.engine.start()

    def is_asking(self) -> bool:
        """Whether the county's first request is on its way: loading much before would hold it
        up."""
        return self.engine.is_loaded() and not self._early.begun

    def _get_ready(self) -> None:
        with suppress(StoreError):
            self.cache.get_ready()

    def _begin_connecting(self) -> None:
        """Start to connect to the county, for the time its handshake takes on a thin line."""
        for settings in self.profile.sources:
            if settings.kind == COUNTY and not ProxyRule.of(settings).said:
                self._early.begin(settings.address)

    def _token(self, wait_s: float | None = None) -> Secrets:
        """Return a reader of logins that serves as long as the desk is open."""
        is_cut = self._closing.is_set
        return login_token(self.profile, self._secrets, wait_s=wait_s, is_cut=is_cut)

    def connect_beside(self, source: str) -> Connector:
        """Build one more connector to a source, which opens no session; its caller closes it."""
        return build_beside(self.profile, source, self._token(), self.clock)

    def _hold_strays(self) -> None:
        """Hold the commands whose source is not in the profile, unless nothing can be written."""
        with suppress(StoreError):
            sources = {settings.id for settings in self.profile.sources}
            hold_strays(self.outbox, sources, self.clock.now())

    @property
    def is_kept(self) -> bool:
        """Whether anything of it outlives its end."""
        return self._scratch is None

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone of the profile's people."""
        return ZoneInfo(self.profile.timezone)

    def close(self) -> None:
        """Stop the exchanges, then let go of the files; about 2 s at most."""
        self._closing.set()
        self._early.close()
        self.engine.close()
        self.cache.close()
        self.outbox.close()
        self.files.close()
        if self._lock is not None:
            self._lock.close()
        self._end_log()
        if self._scratch is not None:
            self._scratch.cleanup()

    def _why_only_reading(self) -> Problem | None:
        """Return the problem to show when nothing can be written now."""
        stores = (self.outbox.unwritable, self.cache.unwritable, self.files.unwritable)
        why = next(filter(None, stores), None) or why_unwritable(self.folder / OUTBOX_FILE)
        if why is None:
            return None
        told = {"disk_full": "opened_full", "no_shared_memory": why.code}
        details = {"folder": str(self.folder), "file": OUTBOX_FILE}
        return Problem(told.get(why.code, "opened_read_only"), details)

    def _end_log(self) -> None:
        logging.getLogger().removeHandler(self._log)
        self._log.close()

    def _new_board(self) -> Board:
        board = Board(
            cache=self.cache,
            outbox=self.outbox,
            clock=self.clock,
            officer=self.profile.officer or login_name(),
            statuses=self.engine.statuses,
            day_began_at=day_beginning(self.profile),
            accepts=self.engine.accepts,
            files=self.files,
            file_limit=self._file_limit,
            usage=self.meter.usage,
            login=self._logins(),
            asks_keyring=asks_keyring,
        )
        self.engine.keep_back(board.commands.grace.holds)
        board.commands.on_accept_server = self.engine.accept_server
        board.commands.on_command = board.commands.on_nudge = self.engine.sync_now
        board.files.on_nudge = self.engine.sync_now
        board.files.on_only_words = self.meter.set_only_words
        return board

    def _logins(self) -> Callable[[str], str]:
        """Return what finds a source's present login fingerprint, waiting briefly for a keyring."""
        token = self._token(SOON_S)
        users = {settings.id: LoginRule.of(settings).user for settings in self.profile.sources}
        return lambda source: login_of(token, self.outbox, source, users.get(source))

    def _file_limit(self, source: str) -> int | None:
        """The smaller of what the source takes and what the profile allows."""
        known = (self.engine.file_limit(source), self.profile.link.max_file_bytes)
        return min((limit for limit in known if limit is not None), default=None)

    def _announce(self, changed: Changes) -> None:
        self.board.listeners.announce(changed)


def _open_all(
    folder: Path, key: bytes, clock: CorrectedClock, categories: dict[str, str]
) -> tuple[SqliteOutbox, SqliteCache, SqliteFiles, Problem | None]:
    """Open all files of a desk, or none; also returns the problem of an outbox found damaged."""
    with ExitStack() as opened:
        outbox, damage = open_or_rescue(folder, key, clock)
        opened.callback(outbox.close)
        files = open_files(folder, key)
        opened.callback(files.close)
        cache = open_cache(folder, key, clock, categories)
        opened.pop_all()
        return outbox, cache, files, damage


def sources(
    profile: Profile,
    clock: CorrectedClock,
    installation: Installation | None = None,
    token: Secrets | None = None,
    begun: Callable[[str], Sockets | None] = lambda _url: None,
) -> list[Source]:
    """Return the sources of the profile, none of their connectors built yet.

    `installation` stores the client id and the bindings; without it none are. `token` returns their
    logins, else the keyring.
    """
    services = _services(clock, token or login_token(profile), installation)
    services = msgspec.structs.replace(services, begun=begun)
    found: list[Source] = []
    for settings in profile.sources:
        kind = kind_named(settings.kind)
        manifest = kind.MANIFEST.with_settings(settings.values)
        found.append(Source(settings, manifest, partial(kind.build, settings, services)))
    return found


def build_beside(
    profile: Profile, source: str, token: Secrets, clock: CorrectedClock | None = None
) -> Connector:
    """Build a connector to one source, which opens no session; its caller closes it."""
    known = sources(profile, clock or CorrectedClock(SystemClock()), token=token)
    return next(each.build() for each in known if each.settings.id == source)


def _services(clock: Clock, token: Secrets, installation: Installation | None) -> Services:
    services = Services(
        clock,
        token,
        installation,
        table=paths.county_table,
        codes=_codes,
        dictionaries=paths.frame_dictionaries,
    )
    if installation is None:
        return services

    def fingerprint(settings: SourceSettings) -> str:
        return login_of(token, installation, settings.id, LoginRule.of(settings).user)

    return msgspec.structs.replace(services, fingerprint=fingerprint)


def _codes() -> CodeTables:
    """Return the codes that the county's tables name, in whatever language."""
    from desktop.application.strange import tables_of

    return tables_of(words_in(None))


def address_towards(settings: SourceSettings) -> str | None:
    """This computer's address on the way to a source, to notice another network."""
    from desktop.connectors.http.local_address import address_towards as towards

    return towards(settings.address) if settings.address else None


def day_beginning(profile: Profile) -> Callable[[Instant], Instant]:
    """Return a function for the beginning of an instant's duty day, in the county's time."""
    zone = ZoneInfo(profile.timezone)
    hour, minute = map(int, profile.day_begins.split(":"))

    def began_at(now: Instant) -> Instant:
        local = datetime.fromtimestamp(now / 1000, zone)
        begin = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        return from_datetime(begin if begin <= local else begin - timedelta(days=1))

    return began_at


def words_in(language: str | None) -> Words:
    """Return the product's words in a language, else the system's: in English or Chinese."""
    return Words(paths.resources(), language or system_language())


def system_language() -> str:
    """Return the language that the system names: English, or Chinese whatever else it says."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "en" if next(filter(None, names), "").startswith("en") else "zh_CN"


def login_name() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
