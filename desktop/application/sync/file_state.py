"""What a source's worker remembers of its files between two exchanges; gone with the process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from desktop.application.sync.puzzles import Puzzles

UP, DOWN = "up ", "down "
"""Prefixes of a file's name among the puzzles: for its upload and its download."""

Named = list[tuple[str, int]]
"""Digests and sizes of files; 0 for a thumbnail, whose size is unknown."""


class FileState:
    """A worker's memory of files, by their digests; used by the worker's thread alone."""

    def __init__(self, puzzles: Puzzles) -> None:
        self._puzzles = puzzles
        self._met: set[str] = set()
        self._refused: set[str] = set()
        self._absent: set[str] = set()
        self._spoilt: set[str] = set()
        self._resting: set[str] = set()
        self._late: set[str] = set()
        self._looked_s: float | None = None
        self._missing: dict[str, str] = {}
        self._missing_thumbnails: frozenset[str] = frozenset()
        self._fetchable: Named | None = None

    def unsent(self, now_s: float) -> set[str]:
        """Return the files not to send now: refused, or to be asked about later."""
        return self._refused | self._puzzles.early(UP, now_s)

    def not_fetched_now(self, now_s: float) -> set[str]:
        """Return the files not to fetch now: not there, spoilt, or to be asked about later."""
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
        """Whether the server has given its offset of that file's upload."""
        return digest in self._met

    def meet(self, digest: str) -> None:
        """Note that the server has given its offset of that file's upload."""
        self._met.add(digest)

    def lose_sight(self, digest: str) -> None:
        """Have the server asked again for its offset when that upload goes on."""
        self._met.discard(digest)

    def lose_sight_of_all(self) -> None:
        """Have the server asked again for its offset of each upload."""
        self._met.clear()

    def note_refused(self, digest: str) -> None:
        """Send nothing of that file until rows change."""
        self._refused.add(digest)

    def note_absent(self, digest: str) -> None:
        """Note that the source lacks that file: it is not asked for until rows change."""
        self._absent.add(digest)

    def note_spoilt(self, digest: str) -> None:
        """Stop asking for a file whose content does not match its digest.

        Its bytes would be paid for again and again.
        """
        self._spoilt.add(digest)

    def note_new_rows(self) -> None:
        """Try what was refused or not there again: a file may have come to the county since."""
        self._refused.clear()
        self._absent.clear()
        self.look_up_anew()

    def forget(self, digest: str) -> None:
        """Forget the source's last answers about a file: it is sent, or looked for, anew."""
        for known in (self._met, self._refused, self._absent):
            known.discard(digest)
        for way in (UP, DOWN):
            self._puzzles.forget(way + digest)

    def note_late(self, digest: str) -> bool:
        """Note a file whose command was accepted late; whether that is news in this run."""
        is_news = digest not in self._late
        self._late.add(digest)
        return is_news

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
        """Note the files of our commands that are not here: names by digest, and thumbnails."""
        self._missing, self._missing_thumbnails = dict(names), frozenset(thumbnails)
        if self.lost:
            self.look_up_anew()

    @property
    def lost(self) -> set[str]:
        """Return the digests of our commands' files and thumbnails that are not here."""
        return self._missing.keys() | self._missing_thumbnails

    @property
    def missing_thumbnails(self) -> frozenset[str]:
        """Return the thumbnails of our commands' files that are not here."""
        return self._missing_thumbnails

    def name_of_lost(self, digest: str) -> str | None:
        """Return the name of a file of our commands that is not here; None for any other."""
        return self._missing.get(digest)

    def fetchable(self, look_up: Callable[[], Named]) -> Named:
        """Return the files of stored rows that may be fetched unasked, looked up once a change."""
        if self._fetchable is None:
            self._fetchable = look_up()
        return self._fetchable

    def look_up_anew(self) -> None:
        """Have the files that might be fetched unasked looked up again."""
        self._fetchable = None
