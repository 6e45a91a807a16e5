"""A command that will not be done, with the reason for the officer who gave it."""

from __future__ import annotations

from desktop.wire.level1 import Phrase


class Refused(Exception):
    """Told as `rejected`; nothing of the command was done."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.reason = Phrase(zh, en)
