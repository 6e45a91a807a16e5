"""The head of a pane: title, summary, age, and a few controls that give way where it is narrow."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from desktop.gui.context import UiContext
from desktop.gui.symbols import hatch
from desktop.gui.widgets.accessible import set_tip
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.segmented import SegmentedControl

translate = QCoreApplication.translate

HEAD_PX = 36
SPARE_PX = 500
"""Below this width a head shows only controls that have no key."""


class PaneHead(QWidget):
    """A pane's title, its summary, its age, and room at the right for a few controls."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self.setFixedHeight(HEAD_PX)
        self.setAutoFillBackground(True)
        self.title = PlainLabel(screen, "strong", elide=False)
        self.summary = PlainLabel(screen, "second", "second")
        self.age = PlainLabel(screen, "second", "second")
        self.age.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._ages, self._age_color = ("", ""), ""
        self.is_hatched = False
        """Whether its data's age is said by the window's one sentence, and here only marked."""
        self.unread = QPushButton()
        """The number of items that could not be read; opens their list. Hidden while there are
        none."""
        self.unread.setProperty("quiet", True)
        self.unread.setProperty("tone", "orange")
        self.unread.setFont(screen.theme.font("second"))
        self.unread.hide()
        self._unread = self._fields = 0
        self._figures: list[QWidget] = []
        self.spare: list[QWidget] = []
        """Controls that a narrow head hides, as each has a key of its own."""
        self.right = QHBoxLayout()
        self.right.setSpacing(4)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 0)
        layout.setSpacing(12)
        layout.addWidget(self.title)
        layout.addWidget(self.summary)
        layout.addWidget(self.unread)
        layout.addStretch(1)
        layout.addWidget(self.age)
        layout.addLayout(self.right)

    def add_figure(self, figure: QWidget) -> None:
        """Put a figure that can be pressed beside the summary."""
        layout = cast(QHBoxLayout, self.layout())
        layout.insertWidget(layout.indexOf(self.unread), figure)
        self._figures.append(figure)

    def add_export(self, chips: QWidget | None = None) -> QToolButton:
        """Add a button that writes the rows to a file, beside the filters if there are any."""
        export = QToolButton()
        export.setProperty("quiet", True)
        if chips is not None:
            self.right.addWidget(chips)
        self.right.addWidget(export)
        self.spare.append(export)
        return export

    def set_age(self, full: str, short: str, color: str, *, is_said: bool = False) -> None:
        """Show the age in full if there is room, else in short; only hatched if it `is_said`
        elsewhere in the window."""
        if is_said != self.is_hatched:
            self.update()
        elif (full, short, color) == (*self._ages, self._age_color):
            return
        self._ages, self._age_color, self.is_hatched = (full, short), color, is_said
        self._say_age()

    def say_unread(self, count: int, fields: int = 0) -> None:
        """Show how many items could not be read, else how many fields of readable ones."""
        self._unread, self._fields = count, 0 if count else fields
        self.unread.setVisible(count > 0 or fields > 0)
        if count or fields:
            said = self._say_unread()
            tip = translate("Pane", "What is shown is not all. Press to see what and why.")
            self.unread.setAccessibleName(said)
            set_tip(self.unread, f"{said}\n{tip}")
            self._fit_unread()

    def _fold_chips(self) -> None:
        """Fold filters into one button where they had no room beside the title and what is old."""
        for chips in self.findChildren(SegmentedControl):
            others = self.right.sizeHint().width() - chips.sizeHint().width()
            taken = self.title.sizeHint().width() + others + chips.whole_px + 6 * 12
            is_old = self._age_color not in ("", "second") and not self.is_hatched
            age = self.age.fontMetrics().horizontalAdvance(self._ages[1]) + 12 if is_old else 0
            chips.fold(taken + age > self.width())

    def _fit_unread(self) -> None:
        """Show the unread count as words if there is room, else as a figure: it hides no
        control."""
        said = self._say_unread()
        taken = self.title.sizeHint().width() + self.right.sizeHint().width() + 6 * 12
        room = self.width() - taken - self.unread.fontMetrics().horizontalAdvance(said)
        self.unread.setText(said if room > 16 else f"! {self._unread or self._fields}")

    def _say_unread(self) -> str:
        if self._fields:
            return translate("Pane", "%n field(s) could not be read", "", self._fields)
        return translate("Pane", "%n could not be read", "", self._unread)

    def _say_age(self) -> None:
        full, short = self._ages
        metrics = self.age.fontMetrics()
        taken = sum(w.sizeHint().width() for w in (self.title, self.summary))
        taken += self.right.sizeHint().width() + 5 * 12
        beside = (self.unread, *self._figures)
        taken += sum(w.sizeHint().width() + 12 for w in beside if not w.isHidden())
        fits = taken + metrics.horizontalAdvance(full[:200]) <= self.width()
        said = "" if self.is_hatched else full if fits else short
        is_old = self._age_color not in ("", "second")
        if not is_old and taken + metrics.horizontalAdvance(said) > self.width():
            said = ""  # The strip tells it, too: a mere ellipsis would cost the figures their room.
        self.age.set_text(said, self._age_color or None)
        # What is old is never cut away for figures that are as old.
        least = metrics.horizontalAdvance(said) + 2 if is_old else 0
        fixed = taken - self.summary.sizeHint().width()
        self.age.setMinimumWidth(max(0, min(least, self.width() - fixed)))
        set_tip(self.age, full)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for widget in self.spare:
            widget.setVisible(self.width() >= SPARE_PX)
        self._fold_chips()
        self._fit_unread()
        self._say_age()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._fold_chips()
            self._say_age()  # What stands beside it is wider or narrower than before.
        return done

    def sizeHint(self) -> QSize:
        # A dock sizes its title bar by the hint and overlooks a fixed height.
        return QSize(super().sizeHint().width(), HEAD_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, HEAD_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.is_hatched:
            painter.fillRect(self.rect(), hatch(self._screen.theme.tokens))
        painter.setPen(self._screen.theme.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
