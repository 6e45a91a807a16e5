"""What a source's worker remembers of its files between two exchanges; gone with the process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from desktop.application.sync.puzzles import Puzzles

UP, DOWN = "up ", "down "
"""How a file is called among the puzzles, by the way it goes."""

Named = list[tuple[str, int]]
"""Digests and sizes of files; 0 for a thumbnail, whose size nobody told."""


class FileState:
    """Used by the worker's thread alone; files are known by their digests."""

    def __init__(self, puzzles: Puzzles) -> None:
        self._puzzles = puzzles
        self._met: set[str] = set()
        self._refused: set[str] = set()
        self._absent: set[str] = set()
        self._spoilt: set[str] = set()
        self._resting: set[str] = set()
        self._looked_s: float | None = None
        self._missing: dict[str, str] = {}
        self._missing_thumbnails: frozenset[str] = frozenset()
        self._fetchable: Named | None = None

    def unsent(self, now_s: float) -> set[str]:
        """Those of which nothing is sent now: refused, or asked after again later."""
        return self._refused | self._puzzles.early(UP, now_s)

    def not_fetched_now(self, now_s: float) -> set[str]:
        """Those that are not fetched now: not there, spoilt, or asked after again later."""
        return self._absent | self._spoilt | self._puzzles.early(DOWN, now_s)

    @property
    def resting(self) -> frozenset[str]:
        """Files that did not move; they come after all others of whatever kind."""
        return frozenset(self._resting)

    def rest(self, digest: str) -> None:
        """Let all others go before this one, which did not move."""
        self._resting.add(digest)

    def end_rests(self) -> None:
        """Let those move again that did not."""
        self._resting.clear()

    def is_met(self, digest: str) -> bool:
        """Whether it is known how far the upload of that file has come at the server."""
        return digest in self._met

    def meet(self, digest: str) -> None:
        """Note that the server told how far an upload has come."""
        self._met.add(digest)

    def lose_sight(self, digest: str) -> None:
        """Ask anew how far an upload has come, when it goes on."""
        self._met.discard(digest)

    def lose_sight_of_all(self) -> None:
        """Ask anew how far each upload has come."""
        self._met.clear()

    def note_refused(self, digest: str) -> None:
        """Send nothing of that file until rows change."""
        self._refused.add(digest)

    def note_absent(self, digest: str) -> None:
        """Note that the source has not that file: it is not asked for until rows change."""
        self._absent.add(digest)

    def note_spoilt(self, digest: str) -> None:
        """Ask no more for a file whose content is another than its name says.

        Its bytes would be paid for again and again.
        """
        self._spoilt.add(digest)

    def note_new_rows(self) -> None:
        """Try what was refused or not there again: a file may have come to the county since."""
        self._refused.clear()
        self._absent.clear()
        self.look_up_anew()

    def forget(self, digest: str) -> None:
        """Forget what the source last said of a file: it is sent, or looked for, anew."""
        for known in (self._met, self._refused, self._absent):
            known.discard(digest)
        for way in (UP, DOWN):
            self._puzzles.forget(way + digest)

    @property
    def looked_s(self) -> float | None:
        """When the files of our commands were last looked after; None when it is due."""
        return self._looked_s

    def note_looked(self, now_s: float) -> None:
        """Note that the files of our commands were looked after."""
        self._looked_s = now_s

    def look_again(self) -> None:
        """Have the files of our commands looked after, and for, with the next exchange."""
        self._looked_s = None

    def note_missing(self, names: Mapping[str, str], thumbnails: Iterable[str]) -> None:
        """Note what our commands name and is not here: names by digest, and thumbnails."""
        self._missing, self._missing_thumbnails = dict(names), frozenset(thumbnails)
        if self.lost:
            self.look_up_anew()

    @property
    def lost(self) -> set[str]:
        """All that our commands name and is not here."""
        return self._missing.keys() | self._missing_thumbnails

    @property
    def missing_thumbnails(self) -> frozenset[str]:
        """Thumbnails that our commands name and that are not here."""
        return self._missing_thumbnails

    def name_of_lost(self, digest: str) -> str | None:
        """The name of a file that our commands name and that is not here."""
        return self._missing.get(digest)

    def fetchable(self, look_up: Callable[[], Named]) -> Named:
        """What the stored rows name that might be fetched unasked; looked up once a change."""
        if self._fetchable is None:
            self._fetchable = look_up()
        return self._fetchable

    def look_up_anew(self) -> None:
        """Have it looked up again what might be fetched unasked."""
        self._fetchable = None
