"""What screens ask about reports read over a telephone, and the county's side of a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from desktop.application.courier.relay import Relay
from desktop.domain.command import Command, CommandState
from desktop.domain.localized_text import Text


class Line(msgspec.Struct, frozen=True):
    """One group of digits as it is read aloud."""

    digits: str
    """Eight, in two halves."""
    said: Text


class Dictation(msgspec.Struct, frozen=True):
    """A message as it is read aloud."""

    lines: tuple[Line, ...]
    check: str
    """The check word: four letters."""
    check_said: Text
    seconds: float
    """How long it takes to read."""


class Ear(Protocol):
    """Checks of what is typed while somebody reads; every call is quick."""

    def read(self, text: str) -> tuple[list[str], str]:
        """Return the groups in a text, the last perhaps in part, and its check word or nothing."""

    def read_check(self, text: str) -> str:
        """Return the check word in a text, as letters or as places; empty for anything else."""

    def find_misheard(self, groups: Sequence[str]) -> list[int]:
        """Return the numbers, from 1, of the groups that are not as they were read."""

    def places(self, *, chinese: bool) -> tuple[str, ...]:
        """Return the sixteen places that the letters of a check word are said as."""


class Outcome(msgspec.Struct, frozen=True):
    """What became of one message of an office at its county."""

    number: int
    state: CommandState | None
    """None where the county could not read it."""
    reason: str = ""


class Heard(msgspec.Struct, frozen=True):
    """A report that was heard at the county's desk, and proved to be an office's."""

    office: int
    name: str
    """The name under which the office is paired; empty where it is not."""
    account: str
    command: Command | None
    """None where the two ends' codes differ."""
    outcomes: tuple[Outcome, ...] = ()
    receipts: tuple[Dictation, ...] = ()
    """What is to be read back."""


class Switchboard(Protocol):
    """The county's side at a desk; every call asks the county, and may come from any thread."""

    ear: Ear
    relay: Relay

    def check(self, groups: Sequence[str], check: str) -> Heard:
        """Return what the report says; nothing is done. Raises BundleRefused and SourceError."""

    def execute(self, groups: Sequence[str], check: str) -> Heard:
        """Have the report done, once however often it is heard; raises as `check`."""
