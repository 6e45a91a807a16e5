"""The columns of the warnings in files; on paper all but the long texts."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop.application.export.columns import Column, Columns
from desktop.domain.warning import Warning
from desktop.gui.context import UiContext
from desktop.gui.formatting import date_time
from desktop.gui.panes.warnings import warning_text
from desktop.gui.panes.warnings.model import WarningModel
from desktop.gui.symbols import WARNING_SIGNS

translate = QCoreApplication.translate


def warning_columns(screen: UiContext, table: WarningModel) -> Columns[Warning]:
    """Return the columns of the list, in the language in force."""
    words, now = screen.words, screen.board.now()
    text = words.text

    def by(warning: Warning) -> str:
        return warning_text.rule(warning, words) or translate("Warnings", "the issuer")

    def end(warning: Warning) -> str:
        if warning.ends_at is not None:
            return date_time(warning.ends_at)
        return warning_text.ends(warning, now, table.unread_ends)

    def over(warning: Warning) -> str | None:
        return None if warning.in_force(now) else warning_text.over(warning, now, words)

    return (
        Column("level", lambda w: f"{WARNING_SIGNS[w.level]} {warning_text.level(w, words)}",
               lambda: translate("Warnings", "Level")),
        Column("level_by", by, lambda: translate("Warnings", "Level by")),
        Column("status", lambda w: words.term("warning_status", w.status),
               lambda: translate("Warnings", "Status")),
        Column("headline", lambda w: text(w.headline), lambda: translate("Warnings", "Warning")),
        Column("area", lambda w: text(w.area), lambda: translate("Warnings", "Area")),
        Column("townships", lambda w: warning_text.names(w, table.townships, words),
               lambda: translate("Warnings", "Townships")),
        Column("starts_at", lambda w: date_time(w.starts_at or w.issued_at),
               lambda: translate("Warnings", "From")),
        Column("ends_at", end, lambda: translate("Warnings", "To")),
        Column("over", over, lambda: translate("Warnings", "Over")),
        Column("issued_at", lambda w: date_time(w.issued_at),
               lambda: translate("Warnings", "Issued")),
        Column("issuer", lambda w: text(w.issuer), lambda: translate("Warnings", "Issued by")),
        Column("signature", warning_text.signature, lambda: translate("Warnings", "Signature")),
        Column("severity", lambda w: ", ".join(filter(None, (w.severity, w.urgency, w.certainty))),
               lambda: translate("Warnings", "Severity, urgency, certainty"), printed=False),
        Column("description", lambda w: text(w.description),
               lambda: translate("Warnings", "Text"), printed=False),
        Column("instruction", lambda w: text(w.instruction),
               lambda: translate("Warnings", "What to do"), printed=False),
    )  # fmt: skip
