"""What was begun in a form, kept in the outbox with every pause until its command is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from PySide6.QtCore import QCoreApplication

from desktop.application.board import Board
from desktop.application.ports import StoreError
from desktop.domain.command import CommandKind, Key, mint_key
from desktop.gui.context import UiContext

translate = QCoreApplication.translate

MARK = "\x1f"
"""Stands in the id under which a form's draft is kept and in no id of a county."""


class Draft(msgspec.Struct, frozen=True):
    """One form as it was left. Its key is the command's: what is given from it twice,
    even after a crash between the command and the draft's going, is one command."""

    key: str
    values: dict[str, Any] = {}


def new_draft(values: dict[str, Any] | None = None) -> Draft:
    """A form just opened."""
    return Draft(mint_key(), values or {})


def draft_key(kind: CommandKind, target: Key, replaces: str = "") -> Key:
    """Under which key the outbox keeps this form; a note's own draft is kept elsewhere."""
    return Key(target.source, target.collection, MARK.join((kind, target.id, replaces)))


def read(board: Board, where: Key) -> Draft | None:
    """The form as it was left; None when nothing is kept, or nothing that can be read."""
    kept = board.draft(where)
    if not kept:
        return None
    try:
        draft = msgspec.json.decode(kept, type=Draft)
    except msgspec.MsgspecError:
        return None
    if any(record.command.key == draft.key for record in board.outbox()):
        # The command is durable, only its draft outlived a crash: it is not to be given again.
        board.keep_draft(where, "")
        return None
    return draft


def why_not_kept(screen: UiContext, error: Exception, otherwise: str) -> str:
    """What to say of a draft that is nowhere but on screen; `otherwise` where the cause says
    nothing to an officer."""
    if not isinstance(error, StoreError):
        return otherwise
    why = screen.words.problem(error.problem).happened
    return translate("Drafts", "{why} What you entered is only in this window.").format(why=why)


def keep(
    screen: UiContext,
    where: Key,
    draft: Draft,
    kept: Callable[[], None],
    failed: Callable[[Exception], None],
) -> None:
    """Have it written down beside the GUI thread."""
    text = msgspec.json.encode(draft).decode()
    screen.writer.ask(lambda: screen.board.keep_draft(where, text), lambda _none: kept(), failed)
