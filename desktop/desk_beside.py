"""The desk that another program has open, looked at from here."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from desktop.application.board import Board
from desktop.application.i18n import Words
from desktop.application.profile import Profile
from desktop.application.sync.engine import Engine
from desktop.bootstrap import LOG, day_beginning, login_name, sources
from desktop.domain.clock import CorrectedClock, SystemClock
from desktop.domain.source import Problem
from desktop.storage.cache.store import read_cache
from desktop.storage.outbox.store import open_outbox


class DeskBeside:
    """A view of the desk that another program has open: it is only read, no source is asked."""

    def __init__(self, profile: Profile, folder: Path, key: bytes, words: Words) -> None:
        """Open the files for reading; raises StoreError where none are or none can be read."""
        self.profile, self.words = profile, words
        self.log_folder = folder / LOG
        self.notices = [Problem("read_beside", {"profile": profile.place})]
        self.clock = CorrectedClock(SystemClock())
        words.is_later = lambda: bool(self.clock.behind_ms)
        categories = {code: text.zh for code, text in words.categories.items()}
        why = Problem("profile_open", {"profile": profile.place})
        self.cache = read_cache(folder, key, why, categories)
        try:
            self.outbox = open_outbox(folder, key, self.clock, only_reading=why)
        except BaseException:
            self.cache.close()
            raise
        self.engine = Engine(
            sources(profile, self.clock), self.cache, self.outbox, self.clock, lambda _: None
        )
        self.board = Board(
            cache=self.cache,
            outbox=self.outbox,
            clock=self.clock,
            officer=profile.officer or login_name(),
            statuses=self.engine.statuses,
            day_began_at=day_beginning(profile),
            accepts=self.engine.accepts,
        )

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone of the profile's people."""
        return ZoneInfo(self.profile.timezone)

    def close(self) -> None:
        """Let go of the files."""
        self.engine.close()
        self.cache.close()
        self.outbox.close()
