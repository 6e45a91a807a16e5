"""The product's own log, read from its end backwards, and on as it grows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from desktop.diagnostics.log import FILE, KEPT_FILES

CHUNK = 64 * 1024
READ_AT_ONCE = 1024 * 1024
"""Bytes looked through for one page: where little matches, the rest is read when asked for."""
LEVELS = ("INFO", "WARNING", "ERROR")
"""From the least on; whatever is below the first counts as it, above the last as that."""


class LogLine(msgspec.Struct, frozen=True):
    """One line of the log, all of it the program's own words."""

    at: str = ""
    """Its time of day with the offset, as ISO 8601; empty in a line that could not be read."""
    level: str = "INFO"
    logger: str = ""
    says: str = ""
    source: str = ""
    code: str = ""
    count: str = ""
    posture: str = ""
    error: str = ""
    frames: tuple[str, ...] = ()

    @property
    def moment(self) -> datetime | None:
        """Its time, None where it has none."""
        try:
            return datetime.strptime(self.at, "%Y-%m-%dT%H:%M:%S%z")
        except ValueError:
            return None

    @property
    def text(self) -> str:
        """All that it says but for level and time, on one line."""
        facts = (self.code, self.count, self.posture, self.error, *self.frames[-1:])
        return " · ".join(part for part in (self.says, *facts) if part)


class LogFilter(msgspec.Struct, frozen=True):
    """Which lines are wanted."""

    level: str = LEVELS[0]
    """The least level."""
    source: str = ""
    """Id of a source; empty for all."""
    text: str = ""
    """Words that all must be in it, in whatever case."""

    def wants(self, line: LogLine) -> bool:
        """Whether a line is wanted."""
        if LEVELS.index(_level_of(line)) < LEVELS.index(self.level):
            return False
        if self.source and line.source != self.source:
            return False
        held = f"{line.text} {line.source} {line.logger}".casefold()
        return all(word in held for word in self.text.casefold().split())


class Place(msgspec.Struct, frozen=True):
    """A place in the log: a file, 0 for the one that grows, and a byte in it."""

    file: int
    byte: int


class LogPage(msgspec.Struct, frozen=True):
    """Some lines, the newest first."""

    lines: tuple[LogLine, ...]
    older: Place | None
    """Where reading goes on backwards; None at the log's beginning."""
    end: int
    """How long the file that grows was."""


def read_back(folder: Path, wanted: LogFilter, most: int, before: Place | None = None) -> LogPage:
    """Return the newest lines that are wanted, at most that many, from the end or a place on.

    Of a long log only the end is read. A folder without a log gives none. Raises OSError.
    """
    end = _size(folder / FILE)
    place = before or Place(0, end)
    found: list[LogLine] = []
    left = READ_AT_ONCE
    while place.file <= KEPT_FILES:
        path = folder / (FILE if place.file == 0 else f"{FILE}.{place.file}")
        for at, line in _lines_back(path, place.byte):
            left -= place.byte - at
            place = Place(place.file, at)
            if wanted.wants(line):
                found.append(line)
            if len(found) >= most or left <= 0:
                return LogPage(tuple(found), place, end)
        place = Place(place.file + 1, _size(folder / f"{FILE}.{place.file + 1}"))
    return LogPage(tuple(found), None, end)


def read_all_back(folder: Path) -> Iterator[LogLine]:
    """Yield every line there is, the newest first; of megabytes. Raises OSError."""
    for number in range(KEPT_FILES + 1):
        path = folder / (FILE if number == 0 else f"{FILE}.{number}")
        for _at, line in _lines_back(path, _size(path)):
            yield line


def read_on(folder: Path, wanted: LogFilter, since: int) -> LogPage | None:
    """Return the wanted lines written since the file had that length; None when it began anew."""
    end = _size(folder / FILE)
    if end < since or end - since > READ_AT_ONCE:
        return None
    found: list[LogLine] = []
    for at, line in _lines_back(folder / FILE, end):
        if at < since:
            break
        if wanted.wants(line):
            found.append(line)
    return LogPage(tuple(found), None, end)


def _lines_back(path: Path, end: int) -> Iterator[tuple[int, LogLine]]:
    """Yield each whole line before a byte, the last first, with the byte where it begins."""
    if not end:
        return
    with path.open("rb") as file:
        held = b""
        at = end
        while at:
            size = min(CHUNK, at)
            at -= size
            file.seek(at)
            held = file.read(size) + held
            first = 0 if at == 0 else held.find(b"\n") + 1
            if first == 0 and at:
                continue  # A line longer than a chunk.
            begin = at + len(held)
            for line in reversed(held[first:].splitlines(keepends=True)):
                begin -= len(line)
                yield begin, _line_of(line)
            held = held[:first]


def _line_of(data: bytes) -> LogLine:
    try:
        return msgspec.json.decode(data, type=LogLine)
    except msgspec.MsgspecError:
        return LogLine(level="ERROR", says="?")  # Cut by a full disk; of what it held, nothing.


def _level_of(line: LogLine) -> str:
    if line.level in LEVELS:
        return line.level
    return LEVELS[-1] if line.level == "CRITICAL" else LEVELS[0]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
