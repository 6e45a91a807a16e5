"""The columns of the outbox in files and on paper."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop.application.export.columns import Column, Columns
from desktop.domain.command import CommandRecord
from desktop.gui import formatting
from desktop.gui.commands.row_text import body_words
from desktop.gui.context import UiContext
from desktop.gui.outbox.table import OutboxModel

translate = QCoreApplication.translate


def outbox_columns(screen: UiContext, model: OutboxModel) -> Columns[CommandRecord]:
    """Return the columns of the outbox, in the language in force."""
    term, text, date_time = screen.words.term, screen.words.text, formatting.date_time
    return (
        Column("at", lambda r: date_time(r.command.at),
               lambda: translate("OutboxSheet", "Submitted")),
        Column("by", lambda r: r.command.by, lambda: translate("OutboxSheet", "By")),
        Column("kind", lambda r: term("command", r.command.kind),
               lambda: translate("OutboxSheet", "Command")),
        Column("target", lambda r: model.name_of(r.command.target),
               lambda: translate("OutboxSheet", "On")),
        Column("body", lambda r: body_words(screen, r.command),
               lambda: translate("OutboxSheet", "What it says")),
        Column("state", lambda r: term("command_state", r.state),
               lambda: translate("OutboxSheet", "State")),
        Column("changed_at", lambda r: date_time(r.changed_at),
               lambda: translate("OutboxSheet", "Since")),
        Column("reason", lambda r: text(r.reason), lambda: translate("OutboxSheet", "Reason")),
    )  # fmt: skip
