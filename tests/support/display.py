"""An X server without a screen, for windows that must be real."""

from __future__ import annotations

import os
import selectors
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

READY_WITHIN_S = 20.0


class Display:
    """Xvfb on the first free display; `name` goes into DISPLAY.

    With `frames`, a folder, its picture lies there in a file, as `support.screen` reads it.
    """

    def __init__(
        self, width: int = 1920, height: int = 1080, *, frames: Path | None = None
    ) -> None:
        reads, writes = os.pipe()
        shared = () if frames is None else ("-fbdir", str(frames))
        try:
            self._server = subprocess.Popen(
                [
                    # Else it begins anew whenever its last client leaves, and throws out or
                    # turns away a window that opens just then: one of fifteen, on a busy computer.
                    *("Xvfb", "-displayfd", str(writes), "-nolisten", "tcp", "-noreset"),
                    *("-screen", "0", f"{width}x{height}x24", "-dpi", "96"),
                    *shared,
                ],
                pass_fds=(writes,),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        finally:
            os.close(writes)
        try:
            self.name = f":{_said(reads)}"
        except BaseException:
            self.close()
            raise
        finally:
            os.close(reads)

    def environment(self) -> dict[str, str]:
        """The environment of a program that opens its windows here."""
        kept = {
            k: v for k, v in os.environ.items() if k not in {"QT_QPA_PLATFORM", "WAYLAND_DISPLAY"}
        }
        return kept | {"DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb"}

    def close(self) -> None:
        """End the server; idempotent."""
        if self._server.poll() is None:
            self._server.terminate()
        self._server.wait(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _said(reads: int) -> str:
    """The display's number, which the server writes once it listens."""
    said = b""
    with selectors.DefaultSelector() as waiting:
        waiting.register(reads, selectors.EVENT_READ)
        while not said.endswith(b"\n"):
            chunk = os.read(reads, 32) if waiting.select(READY_WITHIN_S) else b""
            if not chunk:
                raise RuntimeError("Xvfb did not start")
            said += chunk
    return said.decode().strip()
