"""Rules by kind of command, for one kind of row."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from desktop.protocol.commands import CommandKind
from desktop.wire.level1 import Alarm, Command, Incident

RowT = TypeVar("RowT", Incident, Alarm)
RuleT = TypeVar("RuleT", bound=Callable[..., object])


class Given(msgspec.Struct, frozen=True):
    """A command under execution."""

    command: Command
    now: datetime
    is_apart: bool = False
    """Whether the step before was certainly done by another person, whatever the names are."""


class RuleBook(Generic[RowT]):
    """The rules for one kind of row.

    A rule takes the row, the `Given` and, by name, the fields that the kind's row in
    `protocol.commands` lists; it returns the changed row or raises Refused.
    """

    def __init__(self) -> None:
        self._rules: dict[str, Callable[..., RowT]] = {}

    def rule(self, kind: CommandKind) -> Callable[[RuleT], RuleT]:
        """Register a function as a kind's rule; TypeError when its parameters are other fields."""

        def register(rule: RuleT) -> RuleT:
            fields = [field.name for field in kind.row.fields]
            taken = [*inspect.signature(rule).parameters][2:]
            if taken != fields:
                raise TypeError(f"the rule of {kind} takes {taken}, its row has {fields}")
            self._rules[kind.value] = rule  # type: ignore[assignment]
            return rule

        return register

    def __contains__(self, kind: str) -> bool:
        return kind in self._rules

    def apply(self, row: RowT, given: Given, body: msgspec.Struct) -> RowT:
        """Return the row after the command."""
        return self._rules[given.command.kind](row, given, **msgspec.structs.asdict(body))
