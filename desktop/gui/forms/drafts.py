"""Drafts of forms, kept in the outbox with every pause until their command is submitted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import msgspec
from PySide6.QtCore import QCoreApplication

from desktop.application.board import Board
from desktop.application.ports import StoreError
from desktop.domain.command import CommandKind, Key, mint_key
from desktop.gui.context import UiContext

log = logging.getLogger(__name__)

translate = QCoreApplication.translate

MARK = "\x1f"
"""A separator in the ids of forms' drafts; no id of a county contains it."""


class Draft(msgspec.Struct, frozen=True):
    """One form as it was left. Its key is the command's: submitting twice, even after a crash
    between the command's storing and the draft's deletion, gives one command."""

    key: str
    values: dict[str, Any] = {}


def new_draft(values: dict[str, Any] | None = None) -> Draft:
    """Make the draft of a form just opened, under a new command key."""
    return Draft(mint_key(), values or {})


def draft_key(kind: CommandKind, target: Key, replaces: str = "") -> Key:
    """Return the key under which the outbox keeps this form; a note's own draft is kept
    elsewhere."""
    return Key(target.source, target.collection, MARK.join((kind, target.id, replaces)))


def read(board: Board, where: Key) -> Draft | None:
    """Read the form as it was left; None when no readable draft is kept."""
    kept = board.commands.draft(where)
    if not kept:
        return None
    try:
        draft = msgspec.json.decode(kept, type=Draft)
    except msgspec.MsgspecError:
        return None
    if any(record.command.key == draft.key for record in board.outbox()):
        # The command is durable, only its draft outlived a crash: it is not to be submitted again.
        board.commands.keep_draft(where, "")
        return None
    return draft


def why_not_kept(screen: UiContext, error: Exception, otherwise: str) -> str:
    """Describe why a draft is only on screen; `otherwise` if the error means nothing to an
    officer."""
    if not isinstance(error, StoreError):
        return otherwise
    why = screen.words.problem(error.problem).happened
    return translate("Drafts", "{why} What you entered is only in this window.").format(why=why)


class DraftKeeper:
    """Reader and writer of forms' drafts; one the outbox could not take lives as long as this
    object."""

    def __init__(self, screen: UiContext) -> None:
        self._screen = screen
        self.unstored: dict[Key, Draft] = {}
        """Drafts the outbox has not taken yet, or could not."""

    def keep(
        self,
        where: Key,
        draft: Draft,
        kept: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Store a draft off the GUI thread."""
        self.unstored[where] = draft
        text = msgspec.json.encode(draft).decode()

        def end(_none: None) -> None:
            if self.unstored.get(where) is draft:
                del self.unstored[where]
            kept()

        def fail(error: Exception) -> None:
            log.error("a draft could not be kept", exc_info=error)
            failed(error)

        board = self._screen.board
        self._screen.writer.ask(lambda: board.commands.keep_draft(where, text), end, fail)

    def read(self, where: Key, take: Callable[[Draft | None], None]) -> None:
        """Read a draft and pass it on, or None; runs after the pending writes of drafts."""

        def end(found: Draft | None) -> None:
            # What the outbox could not take is newer than what it has.
            take(self.unstored.get(where, found))

        def fail(error: Exception) -> None:
            log.error("a draft could not be read", exc_info=error)
            end(None)

        self._screen.writer.ask(lambda: read(self._screen.board, where), end, fail)

    def forget(self, where: Key) -> None:
        """Drop the draft of a command that is durable."""
        self.unstored.pop(where, None)
