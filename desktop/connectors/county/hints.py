"""Server-sent hints that there are changes, perhaps with these, on a connection of their own."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from desktop.application.ports import Cancelled, SourceError
from desktop.connectors.county.hint_forms import Heard, is_stream, read_stream
from desktop.connectors.county.session import is_compact
from desktop.connectors.http.client import HttpClient
from desktop.connectors.http.request import Limits
from desktop.domain.clock import Clock
from desktop.domain.link import TrafficClass
from desktop.protocol import limits
from desktop.wire.level2 import MEDIA, Frames, WireError

SILENCE_S = 60.0
"""A stream without even a heartbeat for so long is dead."""
LONGEST_STREAM_S = 24 * 3600.0
PAUSE_S = 30.0
"""Pause between two attempts to open the stream; polling goes on meanwhile."""
LATER = 1.1
"""Up to this factor later than the server asked for: it asked every desk for the same."""
JOIN_S = 0.4
STREAM = "v1/stream"
LINES = "text/event-stream"
MOST_PAGES = limits.HINT_PAGES
PAGE_KEPT_S = 2.0
"""For so long a page that was heard is as good as one asked for."""


log = logging.getLogger(__name__)


class HintPage(msgspec.Struct, frozen=True):
    """A page of changes as it came with a hint."""

    number: int
    data: bytes
    heard_s: float


class Hints:
    """Listener to the stream, begun with the first wait; a hint between two waits is kept."""

    def __init__(
        self,
        http: HttpClient,
        clock: Clock,
        rng: random.Random | None = None,
        path: Callable[[], str] = lambda: STREAM,
        frames: Callable[[], Frames] = Frames,
    ) -> None:
        """`path` returns that of the stream to open next, `frames` what its pages are read by."""
        self._http, self._path, self._frames = http, path, frames
        self._clock = clock
        self._rng = rng or random.Random()
        self._lock = threading.Lock()
        self._heard = threading.Event()
        self._came = threading.Event()
        """Set whenever something was heard, for who waits for a certain hint."""
        self._brings_own = self._is_late = False
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._unsupported = False
        self._is_garbled = False
        """Whether a packed stream could not be read: the next is asked for in lines."""
        self._not_before_s = 0.0
        self._last = b""
        self._stream = 0
        """Which stream this is, counted from the start: numbers of two do not compare."""
        self._held: int | None = None
        """The stream that was open when hints began to be held back; None while they are not."""
        self._late = False
        """Whether a hint came meanwhile."""
        self._covered = 0
        """Hints of this stream up to this number are of what is here already."""
        self._pages: list[HintPage] = []
        self._is_whole = True
        """Whether every hint since the pages were taken last had one."""
        self.number = 0
        """The number in the last hint, or 0 if it had none."""
        self.heard_s: float | None = None
        """When the stream last sent anything, on the monotonic clock; None without a stream."""
        self.proven_s: float | None = None
        """When a stream that began with the server's proof last sent anything."""

    def wait(self, timeout_s: float) -> bool:
        """Wait for a hint and return whether one came in time; `close()` ends the wait at once."""
        self._listen()
        heard = self._heard.wait(timeout_s)
        if self._closed.is_set():
            return False
        if heard:
            self._heard.clear()  # A hint at the last moment counts for the next wait.
        return heard

    @contextmanager
    def hold_back(self) -> Iterator[None]:
        """Hold hints back meanwhile: the answer that is waited for may bring what they are of."""
        with self._lock:
            self._held = self._stream
        try:
            yield
        finally:
            with self._lock:
                self._held, late, self._late = None, self._late, False
            if late:
                self._heard.set()

    def cover(self, number: int) -> None:
        """Report no hint up to this number, which an answer gave while hints were held back.

        Only of the stream that was open when it was asked for: after a restart of the server
        another one may count from less, and its hints are of something else.
        """
        with self._lock:
            if self._held != self._stream:
                return
            self._covered = max(self._covered, number)
            self._pages = [page for page in self._pages if page.number > number]
            if self._late and 0 < self.number <= number:
                self._late, self.number = False, 0
                self._is_whole = True

    @property
    def brings_own(self) -> bool:
        """Whether the stream may bring what commands do: packed, proven, alive, with a page in each
        hint of late, and not waited for in vain since it told anything."""
        heard_s = self.heard_s
        is_alive = heard_s is not None and self._clock.monotonic_s() - heard_s < SILENCE_S
        return self._brings_own and self._is_whole and is_alive and not self._is_late

    def reach(self, number: int, timeout_s: float) -> list[HintPage]:
        """Wait, while hints are held back, until one of at least this number came, and take the
        pages that came up to then, the oldest first.

        An empty list when it did not come in time, had come before, or one came without a page:
        then the changes are asked for.
        """
        until_s = self._clock.monotonic_s() + timeout_s
        while not self._closed.is_set():
            self._came.clear()
            with self._lock:
                is_here = number <= self._covered
                if self._held != self._stream or not self._is_whole or is_here:
                    return []
                if self.number >= number:
                    pages, self._pages = self._pages, []
                    return pages
            left_s = until_s - self._clock.monotonic_s()
            if left_s <= 0 or not self._came.wait(left_s):
                self._is_late = True
                return []
        return []

    def take_pages(self) -> list[HintPage]:
        """Return the pages that came with the hints since the last call, the oldest first.

        An empty list where some hint had none, or too long ago: then the changes are asked for.
        """
        with self._lock:
            pages, self._pages = self._pages, []
            is_whole, self._is_whole = self._is_whole, True
        since_s = self._clock.monotonic_s() - PAGE_KEPT_S
        if not is_whole or any(page.heard_s < since_s for page in pages):
            return []
        return pages

    def on_network_change(self) -> None:
        """Try the stream again: the answer that there is none may have come from another host."""
        self._unsupported, self._not_before_s = False, 0.0
        with self._lock:
            # A clock that stands still in sleep calls them as young as before it.
            self._pages, self._is_whole = [], False

    def close(self) -> None:
        """End the wait and the stream; idempotent."""
        self._closed.set()
        self._heard.set()
        self._came.set()
        self._http.close()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(JOIN_S)

    def _listen(self) -> None:
        with self._lock:
            running = self._thread is not None and self._thread.is_alive()
            if running or self._unsupported or self._closed.is_set():
                return
            if self._clock.monotonic_s() < self._not_before_s:
                return
            self._not_before_s = self._clock.monotonic_s() + PAUSE_S
            self._thread = threading.Thread(target=self._read, name="hints", daemon=True)
            self._thread.start()

    def _read(self) -> None:
        limits = Limits(read_timeout_s=SILENCE_S, deadline_s=LONGEST_STREAM_S)
        try:
            with self._http.open(
                "GET",
                self._path(),
                accept=LINES if self._is_garbled else f"{MEDIA}, {LINES}",
                limits=limits,
                kind=TrafficClass.HINTS,
            ) as stream:
                if not is_stream(stream):
                    self._unsupported = True
                    return
                proven = self._http.proves(stream.url, stream.headers)
                with self._lock:
                    self._stream, self._covered = self._stream + 1, 0
                    self._pages, self._is_whole = [], True
                    self._brings_own = proven and is_compact(stream)
                for heard in read_stream(stream, self._frames()):
                    self.heard_s = self._clock.monotonic_s()
                    self.proven_s = self.heard_s if proven else self.proven_s
                    self._take(heard, proven=proven)
                    if heard.said:
                        # A stream lasts for hours: its bytes are of the day on which they come.
                        self._http.report(TrafficClass.HINTS)
        except SourceError as error:
            self._unsupported = error.problem.code in ("not_found", "request_refused", "forbidden")
            self._keep_away(error.retry_after_s or 0.0)
        except WireError:
            self._is_garbled = True
            log.info("a packed stream of hints could not be read", exc_info=True)
        except Cancelled:
            return
        except (Exception, SystemExit):
            # The next wait begins another stream.
            log.critical("the stream of hints broke", exc_info=True)
        finally:
            self.heard_s, self._brings_own = None, False
            self._came.set()

    def _keep_away(self, asked_s: float) -> None:
        """Make no attempt for as long as the server asked, however often `wait` is called."""
        until_s = self._clock.monotonic_s() + asked_s * self._rng.uniform(1.0, LATER)
        self._not_before_s = max(self._not_before_s, until_s)

    def _take(self, heard: Heard, *, proven: bool) -> None:
        """Report a hint if it differs from the last one and is of something newer than what is
        here; a heartbeat is none. Pages are kept of a `proven` stream only."""
        if not heard.said or heard.said == self._last:
            return
        self._last = heard.said
        with self._lock:
            if 0 < heard.number <= self._covered:
                return
            self.number, self._is_late = heard.number, False
            self._keep(heard.page if proven else b"")
            self._came.set()
            if self._held is not None:
                self._late = True
                return
        self._heard.set()

    def _keep(self, page: bytes) -> None:
        if not page or len(self._pages) >= MOST_PAGES:
            self._pages, self._is_whole = [], False
        elif self._is_whole:
            self._pages.append(HintPage(self.number, page, self._clock.monotonic_s()))
