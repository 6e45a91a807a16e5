"""The rejection of a command, with the reason for the officer who gave it."""

from __future__ import annotations

from desktop.wire.level1 import Phrase


class Refused(Exception):
    """A command is rejected, for `reason`; nothing of it was done."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.reason = Phrase(zh, en)
