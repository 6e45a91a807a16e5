"""Reads one input after the other and keeps the worst: time, memory, and what broke."""

from __future__ import annotations

import hashlib
import resource
import signal
import time
import traceback
from pathlib import Path
from types import FrameType

import msgspec

from hostile.parsers import Parser, read

MB = 1 << 20
HANG_S = 1.5
"""Of a core for one input; then it is a hang."""
ROOM_MB = 1_500
"""More than that beyond what the process began with fails instead of troubling the machine."""
AT_ONCE = 64
"""Inputs between two looks at the memory; where it grew, each is looked at by itself."""
GREW_MB = 4.0
TAKEN, REFUSED = "taken", "refused"
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class Hang(BaseException):
    """It took longer than anybody waits."""


class Worst(msgspec.Struct):
    """What was seen of one parser."""

    parser: str
    inputs: int = 0
    taken: int = 0
    refused: int = 0
    ms: float = 0.0
    slowest: bytes = b""
    mb: float = 0.0
    largest: bytes = b""
    broke: dict[str, bytes] = {}
    """The shortest input for each way it broke: an error and where, or a hang."""


class Watch:
    """Feeds one parser."""

    def __init__(self, parser: Parser) -> None:
        self.parser, self.seen = parser, Worst(parser.name)
        self._batch: list[bytes] = []
        signal.signal(signal.SIGVTALRM, _hang)
        room = _peak_mb() + ROOM_MB
        resource.setrlimit(resource.RLIMIT_DATA, (int(room * MB), int(room * MB)))
        for sample in parser.samples:
            self._read(sample)  # What is loaded or made once is not any input's.
        self.seen = Worst(parser.name)
        self._base_mb = _reset_mb()

    def feed(self, body: bytes) -> None:
        """Read one input."""
        self._read(body)
        self._batch.append(body)
        if len(self._batch) == AT_ONCE:
            self.look()

    def look(self) -> None:
        """Find out how much memory the last inputs took, and which of them the most."""
        batch, self._batch = self._batch, []
        if _peak_mb() - self._base_mb > max(GREW_MB, self.seen.mb):
            for body in batch:
                before = _reset_mb()
                self._timed(body)
                grew = _peak_mb() - before
                if grew > self.seen.mb:
                    self.seen.mb, self.seen.largest = grew, body
        self._base_mb = _reset_mb()

    def _read(self, body: bytes) -> None:
        seen = self.seen
        how, took_ms = self._timed(body)
        if how == TAKEN:
            seen.taken += 1
        elif how == REFUSED:
            seen.refused += 1
        else:
            self._broke(how, body)
        seen.inputs += 1
        if took_ms > seen.ms:
            # Twice, for a collection of garbage may fall into any input's time.
            took_ms = min(took_ms, self._timed(body)[1])
            if took_ms > seen.ms:
                seen.ms, seen.slowest = took_ms, body

    def _timed(self, body: bytes) -> tuple[str, float]:
        """What became of one input, or how it broke, and the milliseconds of a core it cost."""
        began_s = time.thread_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, HANG_S)
        try:
            how = TAKEN if read(self.parser, body) else REFUSED
        except Hang:
            how = "hang"
        except Exception as error:  # noqa: BLE001 - each is a find
            how = _signature(error)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        return how, (time.thread_time() - began_s) * 1000

    def _broke(self, how: str, body: bytes) -> None:
        known = self.seen.broke.get(how)
        if known is None or len(body) < len(known):
            self.seen.broke[how] = body


def name_of(body: bytes) -> str:
    """What a find's file is called."""
    return hashlib.sha256(body).hexdigest()[:12]


def _signature(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = next((each for each in reversed(frames) if "desktop" in each.filename), frames[-1])
    place = f"{Path(own.filename).name}:{own.lineno}"
    return f"{type(error).__name__} at {place}"


def _hang(_signal: int, _frame: FrameType | None) -> None:
    raise Hang


def _peak_mb() -> float:
    for line in STATUS.read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def _reset_mb() -> float:
    """Let the peak begin anew; what there is now."""
    CLEAR.write_text("5", encoding="ascii")
    return _peak_mb()
