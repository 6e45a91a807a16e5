"""A serial line as bytes, raw and without echo: what radios and satellite terminals hang on."""

from __future__ import annotations

import os
import select
import sys
from types import TracebackType
from typing import Self

SPEEDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
CHUNK = 4096


class NoSerialLine(OSError):
    """The device is no serial line, or this system has none that can be opened so."""


class SerialLine:
    """An open device. Its owner closes it."""

    def __init__(self, device: str, speed: int = 9600) -> None:
        """Open the device: 8 bits, no parity, no flow control. OSError where that is impossible."""
        if sys.platform == "win32":
            raise NoSerialLine(f"{device}: 本系统不支持 / not supported on this system")
        self._device = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            _make_raw(self._device, speed)
        except BaseException:
            os.close(self._device)
            raise
        self._is_open = True

    def read(self, timeout_s: float) -> bytes:
        """Return what comes within that time, empty when nothing does; OSError when it is gone."""
        ready, _, _ = select.select([self._device], [], [], timeout_s)
        if not ready:
            return b""
        try:
            data = os.read(self._device, CHUNK)
        except BlockingIOError:
            return b""
        if not data:
            raise NoSerialLine("线路已断 / the line is gone")
        return data

    def write(self, data: bytes, timeout_s: float) -> None:
        """Write all of it; TimeoutError when the line takes nothing more for that time."""
        left = memoryview(data)
        while left:
            _, ready, _ = select.select([], [self._device], [], timeout_s)
            if not ready:
                raise TimeoutError("线路不收数据 / the line takes nothing")
            left = left[os.write(self._device, left) :]

    def close(self) -> None:
        """Close the device. Idempotent."""
        if self._is_open:
            self._is_open = False
            os.close(self._device)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _make_raw(device: int, speed: int) -> None:
    import termios
    import tty

    try:
        tty.setraw(device)
        settings = termios.tcgetattr(device)
        settings[2] |= termios.CLOCAL | termios.CREAD
        settings[4] = settings[5] = getattr(termios, f"B{speed}")
        termios.tcsetattr(device, termios.TCSANOW, settings)
    except (termios.error, AttributeError) as error:
        raise NoSerialLine(f"不是串口，或没有速率 {speed} / no serial line: {error}") from None
