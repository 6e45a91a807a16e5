"""An entry of a date and time in the county's time zone, with common ones as chips."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QTime
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QDateTimeEdit, QPushButton

from desktop.domain.instant import HOUR, MINUTE, Instant
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.forms.field_widgets import TEXT_MARGIN_PX, Entry
from desktop.gui.widgets.flow import FlowLayout

translate = QCoreApplication.translate

MORNING = 9
EDGES_PX = 38
"""What stands around the figures of a moment."""
PATIENCE_MS = 2 * MINUTE
"""How far ahead of the county's clock a past moment may be before the entry is refused."""


class _Moment(QDateTimeEdit):
    """A moment that Tab leaves at once; arrows go from its year to its minute."""

    def focusNextPrevChild(self, forwards: bool) -> bool:
        around = self.parentWidget()
        return around is not None and around.focusNextPrevChild(forwards)


class InstantEntry(Entry):
    """A moment to the minute; `past` for a moment in the past, else it must be in the future."""

    def __init__(self, screen: UiContext, *, past: bool, after: Instant | None = None) -> None:
        super().__init__(screen)
        self._past, self._after = past, after
        self._putting = False
        self.edit = _Moment()
        self.edit.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.edit.lineEdit().setTextMargins(TEXT_MARGIN_PX, 0, 0, 0)
        figures = QFontMetrics(screen.theme.font("body")).horizontalAdvance("0000-00-00 00:00")
        self.edit.setFixedWidth(figures + EDGES_PX)
        self.chips = [QPushButton() for _ in self._quick()]
        row = FlowLayout(self, 4)
        row.addWidget(self.edit)
        for n, chip in enumerate(self.chips):
            chip.clicked.connect(lambda _=False, n=n: self._take(n))
            row.addWidget(chip)
        self.follow_clock()
        self.edit.dateTimeChanged.connect(self._tell)
        self.setFocusProxy(self.edit)
        self.retranslate()

    def value(self) -> Instant:
        shown = self.edit.dateTime().toString("yyyy-MM-dd HH:mm")
        return formatting.from_local(datetime.fromisoformat(shown))

    def put(self, value: Any) -> None:
        if isinstance(value, int):
            there = formatting.local(value)
            self._putting = True
            self.edit.setDateTime(
                QDateTime(
                    QDate(there.year, there.month, there.day), QTime(there.hour, there.minute)
                )
            )
            self._putting = False

    def follow_clock(self) -> None:
        """Show the first chip's moment as it is now."""
        self.put(self._quick()[0][1]())

    def fault(self) -> str:
        now = self.screen_context.board.now()
        if self._past and self.value() > now + PATIENCE_MS:
            return translate("CommandForm", "lies in the future")
        if not self._past and self.value() <= now:
            return translate("CommandForm", "lies in the past")
        return ""

    def retranslate(self) -> None:
        for chip, (said, _moment) in zip(self.chips, self._quick(), strict=True):
            chip.setText(said)

    def _tell(self) -> None:
        if not self._putting:
            self.changed.emit()

    def _take(self, n: int) -> None:
        self.put(self._quick()[n][1]())
        self.changed.emit()

    def _quick(self) -> tuple[tuple[str, Callable[[], Instant]], ...]:
        """Return the chips' words and the moments they mean now."""
        now = self.screen_context.board.now
        if self._past:
            return (
                (translate("CommandForm", "Now"), now),
                (translate("CommandForm", "15 min ago"), lambda: now() - 15 * MINUTE),
                (translate("CommandForm", "1 h ago"), lambda: now() - HOUR),
            )

        def start() -> Instant:
            return max(now(), self._after or 0)

        return (
            (translate("CommandForm", "+1 h"), lambda: start() + HOUR),
            (translate("CommandForm", "+4 h"), lambda: start() + 4 * HOUR),
            (translate("CommandForm", "Tomorrow 9:00"), lambda: _morning(now(), 1)),
            (translate("CommandForm", "In 3 days"), lambda: _morning(now(), 3)),
        )


def _morning(now: Instant, days: int) -> Instant:
    """Return the beginning of office hours some days on."""
    day = formatting.local(now).replace(tzinfo=None) + timedelta(days=days)
    return formatting.from_local(day.replace(hour=MORNING, minute=0, second=0, microsecond=0))
