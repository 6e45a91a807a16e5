"""Conflicts: both versions of the row of a command that the county did not take."""

from __future__ import annotations

import msgspec

from desktop.application.reads.read_models import Conflict
from desktop.domain import overlay
from desktop.domain.command import CommandKind, CommandRecord
from desktop.domain.source import Row

_NOT_SHOWN = frozenset({"version", "whole"})


def conflict_of(
    record: CommandRecord, basis: Row | None, theirs: Row | None, *, file_gone: bool = False
) -> Conflict:
    """Return both versions of a row: the officer's with the command applied, and the county's."""
    mine = None if basis is None else overlay.row_over(basis, [record.command])
    if basis is None and record.command.kind is CommandKind.REPORT:
        mine = overlay.report_over(None, [record.command])
    differing = _differing(mine, theirs)
    return Conflict(record, mine, theirs, differing, file_gone)


def _differing(mine: Row | None, theirs: Row | None) -> tuple[str, ...]:
    if mine is None or theirs is None or type(mine) is not type(theirs):
        return ()
    return tuple(
        field.name
        for field in msgspec.structs.fields(mine)
        if field.name not in _NOT_SHOWN and getattr(mine, field.name) != getattr(theirs, field.name)
    )
