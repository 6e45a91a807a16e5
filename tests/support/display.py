"""An X server without a screen, for windows that must be real."""

from __future__ import annotations

import os
from pathlib import Path

from support.daemon import Daemon


class Display(Daemon):
    """Xvfb on the first free display; `name` goes into DISPLAY.

    With `frames`, a folder, its picture lies there in a file, as `support.screen` reads it.
    """

    def __init__(
        self, width: int = 1920, height: int = 1080, *, frames: Path | None = None
    ) -> None:
        shared = () if frames is None else ("-fbdir", str(frames))
        super().__init__(
            lambda writes: [
                # Else it begins anew whenever its last client leaves, and throws out or
                # turns away a window that opens just then: one of fifteen, on a busy computer.
                *("Xvfb", "-displayfd", str(writes), "-nolisten", "tcp", "-noreset"),
                *("-screen", "0", f"{width}x{height}x24", "-dpi", "96"),
                *shared,
            ]
        )
        self.name = f":{self.address}"

    def environment(self) -> dict[str, str]:
        """The environment of a program that opens its windows here."""
        kept = {
            k: v for k, v in os.environ.items() if k not in {"QT_QPA_PLATFORM", "WAYLAND_DISPLAY"}
        }
        return kept | {"DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb"}
