"""没有网络，也没有 U 盘: reports read over a telephone, as short messages, and as QR codes."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.application.courier.codes import Codes
from desktop.application.courier.office_frames import OfficeFrames
from desktop.domain.geo import Township
from desktop.gui.carrying.call_sheet import say_why
from desktop.gui.carrying.parts import BUTTON_PX, make_button, make_label
from desktop.gui.context import UiContext
from desktop.gui.task_runner import TaskRunner
from desktop.gui.township.no_network.aloud_page import AloudPage
from desktop.gui.township.no_network.codes_page import CodesPage
from desktop.gui.township.no_network.texts_page import TextsPage
from desktop.gui.widgets.segmented import SegmentedControl
from desktop.gui.widgets.sheet import Sheet
from desktop.protocol.limits import LAST_OFFICE

translate = QCoreApplication.translate

WIDTH_PX, CONTENT_PX, NUMBER_PX = 980, 560, 120
EDGE_PX, BAR_PX = 16, 12
PAGES_SHARE = 1_000
"""Beside it what is below the pages takes no room, but all of it while there are none."""
WAYS = ("aloud", "texts", "codes")
NUMBER = "office_number"
"""Name of the choice of the office's number at its county."""


class NoNetworkSheet(Sheet):
    """Three ways, each on a page of its own; offered once the office is paired with its county.

    The work is done on runners of its own, and what a line or photos keep waiting on another yet: a
    slow line holds up nothing else.
    """

    pairing_asked = Signal()
    """The office is not paired yet: the sheet of the stick is wanted, where that is done."""

    def __init__(
        self,
        screen: UiContext,
        window: QWidget,
        frames: OfficeFrames,
        codes: Codes,
        township: Township,
    ) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self._frames = frames
        self.runner, self.slow = TaskRunner("frames", self), TaskRunner("line", self)
        self.intro = make_label(screen)
        self.pair = make_button(self.pairing_asked.emit, main=True)
        self.ways = SegmentedControl(WAYS, screen.theme.font("strong"))
        self.ways.chosen.connect(self._go)
        self.aloud = AloudPage(screen, frames, self.runner, township)
        self.texts = TextsPage(screen, frames, self.runner, self.slow)
        self.codes = CodesPage(screen, codes, self.runner, self.slow)
        self.number_label = make_label(screen)
        self.number_field = QLineEdit()
        self.number_field.setMinimumHeight(BUTTON_PX)
        self.number_field.setFixedWidth(NUMBER_PX)
        self.number_field.returnPressed.connect(self._take_number)
        self.number_button = make_button(self._take_number, main=True)
        self.change = make_button(self._change_number)
        self.change.setProperty("quiet", True)
        self._is_paired = self._changes = False
        self._unread = ""
        """Why it is not known whether the office is paired."""
        self._arrange()

    def _arrange(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(EDGE_PX, 4, EDGE_PX, 8)
        column.setSpacing(12)
        column.addWidget(self.intro)
        column.addWidget(self.pair, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.ways)
        self._number = QWidget()
        row = QHBoxLayout(self._number)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.number_label.setWordWrap(False)
        for part in (self.number_label, self.number_field, self.number_button, self.change):
            row.addWidget(part)
        row.addStretch(1)
        column.addWidget(self._number)
        # No stack: in one a long list of reports would make the code beside it as tall.
        self._pages = QWidget()
        stacked = QVBoxLayout(self._pages)
        stacked.setContentsMargins(0, 0, 0, 0)
        for page in (self.aloud, self.texts, self.codes):
            stacked.addWidget(page)
        column.addWidget(self._pages, PAGES_SHARE)
        column.addStretch(1)
        self.scrolling().setWidget(inner)

    @property
    def number(self) -> int:
        """The office's number at its county; 0 while nobody has said it."""
        kept = self._screen.remembered.value(NUMBER)
        return self._frames.number or (int(kept) if kept.isdecimal() else 0)

    def fill(self) -> None:
        self.title.set_text(translate("NoNetwork", "No network and no stick"))
        ask = self.runner.ask
        ask(self._frames.is_paired, self._show_paired, self._say_unread, slot="paired")
        self._say()
        self.fit(CONTENT_PX)

    def _show_paired(self, is_paired: bool) -> None:
        self._is_paired, self._unread = is_paired, ""
        self._say()
        if is_paired and self.isVisible():
            self._go(self.ways.choice)

    def _say_unread(self, error: Exception) -> None:
        self._unread = say_why(error, self._screen)
        self._say()

    def _go(self, way: str) -> None:
        """Show the page of this way."""
        self._changes = False
        self._say()
        if way == "codes":
            self.codes.open()
        elif self.number:
            (self.aloud if way == "aloud" else self.texts).open(self.number)
        elif self.number_field.isVisible():
            self.number_field.setFocus()

    def _change_number(self) -> None:
        self._changes = True
        self._say()
        self.number_field.setText(str(self.number))
        self.number_field.selectAll()
        self.number_field.setFocus()

    def _take_number(self) -> None:
        typed = self.number_field.text().strip()
        if typed.isdecimal() and 0 < int(typed) <= LAST_OFFICE:
            self._screen.remembered.choose(NUMBER, str(int(typed)))
            self._go(self.ways.choice)
        else:
            self.number_field.selectAll()
            self.number_field.setFocus()

    def _say(self) -> None:
        self.pair.setText(translate("NoNetwork", "Pair with the county …"))
        self.pair.setVisible(not self._is_paired and not self._unread)
        is_numbered = self._is_paired and self.ways.choice != "codes"
        wants_number = is_numbered and (self._changes or not self.number)
        self.ways.setVisible(self._is_paired)
        self._number.setVisible(is_numbered and not self._frames.number)
        self.number_field.setVisible(wants_number)
        self.number_button.setVisible(wants_number)
        self.change.setVisible(not wants_number)
        self._pages.setVisible(self._is_paired and not wants_number)
        for way, page in zip(WAYS, (self.aloud, self.texts, self.codes), strict=True):
            page.setVisible(way == self.ways.choice)
        self.intro.setVisible(not self._is_paired)
        self.intro.set_text(
            self._unread
            or translate(
                "NoNetwork",
                "The county must be able to tell that a report is yours: pair this office with it "
                "once, by stick, before the line fails.",
            )
        )
        self.ways.say(
            {
                "aloud": translate("NoNetwork", "Read it over the telephone"),
                "texts": translate("NoNetwork", "Send it as short messages"),
                "codes": translate("NoNetwork", "Take it along as QR codes"),
            }
        )
        self._fold_ways()
        self.number_label.set_text(
            translate("NoNetwork", "The number of this office at the county (ask its duty room):")
            if wants_number
            else translate("NoNetwork", "Number of this office at the county: {number}").format(
                number=self.number
            )
        )
        self.change.setText(translate("NoNetwork", "Change the number …"))
        self.number_field.setAccessibleName(self.number_label.text())
        self.number_button.setText(translate("NoNetwork", "That is it"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold_ways()

    def _fold_ways(self) -> None:
        """Offer the ways by one button where they have no room beside one another."""
        self.ways.fold(self.ways.whole_px > self.width() - 2 * EDGE_PX - BAR_PX)

    def close_runner(self) -> None:
        """Stop what is being sent; the window is about to close."""
        self.texts.stop()
        self.slow.close()
        self.runner.close()
