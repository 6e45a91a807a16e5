"""What was seen of a round, as plain values: all that the judge is given."""

from __future__ import annotations

from typing import Any

import msgspec


class Given(msgspec.Struct):
    """A command an officer gave, and what he was told at once."""

    mark: str
    """A text that stands in what the command asks, and nowhere else."""
    kind: str
    target: str
    desk: str
    key: str = ""
    """As printed; empty when the program was killed before it said anything."""
    login: str = ""
    step: int = 0
    at_ms: int | None = None
    """When it was given, by a right clock: milliseconds after 1970."""
    released: bool = False
    """Whether an officer sent it all the same after it was held."""

    @property
    def kept(self) -> bool:
        """Whether the officer was told that it is stored."""
        return bool(self.key)


class Sync(msgspec.Struct):
    """One exchange of one desk, as its program told of it."""

    desk: str
    step: int
    exit: int
    """Minus a signal's number when it was killed."""
    out: str = ""
    err: str = ""
    fault: str = ""
    is_healing: int = 0
    """Which exchange since the last misfortune and decision; 0 before."""
    rows: int = 0
    carried: int = 0
    """Bytes both ways, without questions about older commands."""
    unfinished: list[dict[str, Any]] = []
    """Commands without a final state afterwards."""
    is_plugged: bool = True
    """Whether the county stood in the desk's profile."""
    stored_but_done: list[str] = []
    """Keys that the county answered in this exchange and the desk calls `stored`."""


class DeskEnd(msgspec.Struct):
    """A desk when all is over."""

    name: str
    clicks: list[str]
    """Marks of the commands given on this disk, in the order of the clicks."""
    outbox: list[dict[str, Any]]
    rows: dict[str, list[dict[str, Any]]]
    """By collection, as `list --json` prints them."""
    plain: list[str] = []
    """Files in which something confidential could be read."""
    excused: set[str] = set()
    """Holds that something which happened to this desk accounts for."""
    was_killed: bool = False
    has_twin: bool = False
    """Whether another disk, or an earlier life of this one, began as the same."""
    life: int = 0
    """Grows with every misfortune of its disk, or of the county's."""
    healing_bytes: int = 0
    client: str = ""
    """Under which name its last session was asked for."""


class Row(msgspec.Struct):
    """A row as the county has it."""

    version: int
    body: dict[str, Any]


class CountyEnd(msgspec.Struct):
    """A county when all is over."""

    commands: dict[str, tuple[str, str]]
    """By key: account and status of the answer."""
    rows: dict[str, dict[str, Row]]
    """By collection and id."""
    files: dict[str, bool] = {}
    """By digest: whether the county has these bytes, whole."""


class Token(msgspec.Struct):
    """A token with which a desk asked for changes."""

    desk: str
    life: int
    """Grows whenever something happened after which an older token is no wonder."""
    epoch: str
    sequence: int


class Withdrawn(msgspec.Struct):
    """A command that an officer took back, and was told so."""

    desk: str
    key: str
    life: int
    """Of the desk's disk at that moment."""


class Evidence(msgspec.Struct):
    """A round."""

    seed: int
    theme: str
    given: dict[str, Given]
    desks: list[DeskEnd]
    home: CountyEnd | None
    """None when something broke before it could be looked at."""
    other: CountyEnd | None = None
    syncs: list[Sync] = []
    tokens: list[Token] = []
    withdrawn: list[Withdrawn] = []
    broken: list[str] = []
    """Programs that hung, crashed or said what no officer should read."""


class Finding(msgspec.Struct, frozen=True):
    """Something that must not be, under the letter of the promise it breaks."""

    letter: str
    what: str
