"""An X server's screen as a user meets it: pixels out of its memory, keys and pointer into it."""

from __future__ import annotations

import ctypes
import ctypes.util
import mmap
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

FRAME_FILE = "Xvfb_screen0"
HEAD_WORDS = 25
"""Big-endian numbers at the start of an XWD file; then a name, the colours and the pixels."""
COLOUR_BYTES = 12
POLL_S = 0.0005

CONTROL, SHIFT = "Control_L", "Shift_L"
LEFT, WHEEL_UP, WHEEL_DOWN = 1, 4, 5


class Region(NamedTuple):
    """A rectangle of the screen in pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> tuple[int, int]:
        """Its middle, to be clicked."""
        return self.x + self.width // 2, self.y + self.height // 2


class Pixels:
    """The pixels of an Xvfb that was started with `-fbdir`, without asking the server."""

    def __init__(self, folder: Path) -> None:
        with (folder / FRAME_FILE).open("rb") as file:
            self._memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        head = struct.unpack(f">{HEAD_WORDS}I", self._memory[: HEAD_WORDS * 4])
        size, width, height, line_bytes, colours = head[0], head[4], head[5], head[12], head[19]
        start = size + colours * COLOUR_BYTES
        flat = np.frombuffer(self._memory, np.uint32, height * line_bytes // 4, start)
        self._picture = flat.reshape(height, line_bytes // 4)[:, :width]

    def read(self, region: Region) -> Any:
        """Copy a region as it is now."""
        return self._cut(region).copy()

    def wait(
        self,
        before: Mapping[str, tuple[Region, Any]],
        since_s: float,
        within_s: float,
    ) -> dict[str, float]:
        """Milliseconds since `since_s` until each region first differed from what it was.

        Regions that did not change in time are missing.
        """
        changed: dict[str, float] = {}
        while len(changed) < len(before) and time.perf_counter() - since_s < within_s:
            for name, (region, was) in before.items():
                if name not in changed and not np.array_equal(self._cut(region), was):
                    changed[name] = (time.perf_counter() - since_s) * 1000
            time.sleep(POLL_S)
        return changed

    def wait_for(self, region: Region, picture: Any, since_s: float, within_s: float) -> float:
        """Milliseconds since `since_s` until a region looked like that; TimeoutError if never."""
        while not np.array_equal(self._cut(region), picture):
            if time.perf_counter() - since_s > within_s:
                raise TimeoutError
            time.sleep(POLL_S)
        return (time.perf_counter() - since_s) * 1000

    def rest(self, region: Region, still_s: float, within_s: float) -> None:
        """Wait until a region has not changed for so long, or until the time is over."""
        ends_s = time.perf_counter() + within_s
        was, since_s = self.read(region), time.perf_counter()
        while (now_s := time.perf_counter()) < ends_s and now_s - since_s < still_s:
            if not np.array_equal(self._cut(region), was):
                was, since_s = self.read(region), now_s
            time.sleep(POLL_S * 10)

    def _cut(self, region: Region) -> Any:
        x, y, width, height = region
        return self._picture[y : y + height, x : x + width]


class Hands:
    """Keys and a pointer, by the server's own test extension: what comes is real input."""

    def __init__(self, display: str) -> None:
        self._x = _library("X11")
        self._test = _library("Xtst")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        opened = self._x.XOpenDisplay(display.encode())
        if not opened:
            raise OSError(f"no display {display}")
        self._display = ctypes.c_void_p(opened)
        self._x.XStringToKeysym.restype = ctypes.c_ulong

    def focus(self, window: int) -> None:
        """Give a window the keyboard: there is no window manager that would."""
        parent, now = 1, 0
        self._x.XSetInputFocus(self._display, ctypes.c_ulong(window), parent, now)
        self._x.XSync(self._display, 0)

    def press(self, *keys: str) -> None:
        """Press keys together and release them: modifiers first, by their X names."""
        codes = [self._code(key) for key in keys]
        for code in codes:
            self._test.XTestFakeKeyEvent(self._display, code, 1, 0)
        for code in reversed(codes):
            self._test.XTestFakeKeyEvent(self._display, code, 0, 0)
        self._x.XFlush(self._display)

    def move(self, x: int, y: int) -> None:
        """Put the pointer there."""
        self._test.XTestFakeMotionEvent(self._display, -1, x, y, 0)
        self._x.XFlush(self._display)

    def button(self, button: int, *, down: bool) -> None:
        """Press a button of the pointer, or let it go."""
        self._test.XTestFakeButtonEvent(self._display, button, int(down), 0)
        self._x.XFlush(self._display)

    def click(self, button: int = LEFT) -> None:
        """Press and release a button where the pointer is; the wheel is buttons, too."""
        self.button(button, down=True)
        self.button(button, down=False)

    def close(self) -> None:
        """Leave the display."""
        self._x.XCloseDisplay(self._display)

    def _code(self, key: str) -> int:
        code: int = self._x.XKeysymToKeycode(
            self._display, ctypes.c_ulong(self._x.XStringToKeysym(key.encode()))
        )
        if not code & 0xFF:
            raise ValueError(f"no key {key}")
        return code & 0xFF


def delay_ms(
    pixels: Pixels,
    act: Callable[[], None],
    regions: Mapping[str, Region],
    within_s: float = 3.0,
) -> dict[str, float]:
    """Act, and return the milliseconds until each region first changed."""
    before = {name: (region, pixels.read(region)) for name, region in regions.items()}
    since_s = time.perf_counter()
    act()
    return pixels.wait(before, since_s, within_s)


def resolution_ms(pixels: Pixels, regions: Sequence[Region], rounds: int = 200) -> float:
    """Return how far apart two looks at these regions are when nothing changes."""
    before = {str(n): (region, pixels.read(region)) for n, region in enumerate(regions)}
    begun_s, looks = time.perf_counter(), 0
    while looks < rounds:
        for region, was in before.values():
            np.array_equal(pixels.read(region), was)
        time.sleep(POLL_S)
        looks += 1
    return (time.perf_counter() - begun_s) / rounds * 1000


def _library(name: str) -> ctypes.CDLL:
    found = ctypes.util.find_library(name)
    if found is None:
        raise OSError(f"lib{name} is not installed")
    return ctypes.CDLL(found)
