"""The chips that limit the list of incidents: one of six, and a township."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from desktop.application.ports import IncidentFilter
from desktop.domain.instant import Instant
from desktop.domain.levels import EventLevel
from desktop.gui.context import UiContext
from desktop.gui.widgets.flow import FlowLayout

translate = QCoreApplication.translate

GAP_PX = 4


class Limits(msgspec.Struct, frozen=True):
    """What a list is limited to, as a person chose it."""

    chip: str = "open"
    township: str | None = None
    """The code of a township."""
    name: str = ""
    text: str = ""
    """What is searched for."""


class FilterChips(QWidget):
    """Chips in a row, or in several where it is narrow."""

    changed = Signal()
    """Another one is chosen, or another township or none."""
    moved = Signal()
    """The township's chip came, went or is called otherwise: they take more room, or less."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._font = screen.theme.font("second")
        self._group = QButtonGroup(self)
        self._buttons = {name: self._chip() for name in _words()}
        self._row = FlowLayout(self, spacing=GAP_PX)
        for name, chip in self._buttons.items():
            chip.setObjectName(name)
            chip.setAutoExclusive(True)  # One of several, also to a reader of the screen.
            self._group.addButton(chip)
            self._row.addWidget(chip)
        self._buttons["open"].setChecked(True)
        self.code: str | None = None
        """The township that the list is limited to."""
        self.township = self._chip()
        """Names the township; a click ends the limit."""
        self.township.setChecked(True)
        self.township.hide()
        self._row.addWidget(self.township)
        self.township.clicked.connect(lambda: self.show_township(None, ""))
        self._group.buttonToggled.connect(lambda _chip, on: self.changed.emit() if on else None)

    def _chip(self) -> QPushButton:
        chip = QPushButton()
        chip.setCheckable(True)
        chip.setProperty("chip", True)
        chip.setFont(self._font)
        return chip

    @property
    def choice(self) -> str:
        """The name of the chosen chip."""
        return next(name for name, chip in self._buttons.items() if chip.isChecked())

    @property
    def limits(self) -> list[str]:
        """The words of what is chosen; none for all incidents of all townships."""
        chip = [] if self.choice == "all" else [self._buttons[self.choice].text()]
        return [*chip, *([self._township_name()] if self.code else [])]

    def clear(self) -> None:
        """Choose the open incidents of all townships."""
        self._buttons["open"].setChecked(True)
        self.show_township(None, "")

    def find_limits(self, text: str) -> Limits:
        """Return what is chosen, with a searched text."""
        return Limits(self.choice, self.code, self._township_name(), text)

    def choose(self, limits: Limits) -> None:
        """Choose what was chosen before; a chip that does not exist any more changes nothing."""
        if limits.chip in self._buttons:
            self._buttons[limits.chip].setChecked(True)
        if limits.township != self.code:
            self.show_township(limits.township, limits.name)

    def _township_name(self) -> str:
        return self.township.text().removesuffix(" ×")

    def show_township(self, code: str | None, name: str) -> None:
        """Limit the list to a township of this name, or to none."""
        self.code = code
        self.township.setVisible(code is not None)
        self.township.setText(f"{name} ×" if code else "")
        self.changed.emit()
        self.moved.emit()

    def has(self, widget: QWidget | None) -> bool:
        """Whether that is one of the six."""
        return widget in self._buttons.values()

    def as_filter(self, text: str, now: Instant) -> IncidentFilter:
        """Return the filter of what is chosen and of a searched text."""
        return IncidentFilter(
            open_only=self.choice != "all",
            overdue_at=now if self.choice == "overdue" else None,
            worst_rank=EventLevel.LARGER.rank if self.choice == "grave" else None,
            channel="12345" if self.choice == "hotline" else None,
            township=self.code,
            unacknowledged=self.choice == "unacknowledged",
            text=text,
        )

    def one_row_px(self) -> int:
        """Return how wide they are side by side."""
        shown = [c for c in (*self._buttons.values(), self.township) if not c.isHidden()]
        return sum(chip.sizeHint().width() for chip in shown) + GAP_PX * (len(shown) - 1)

    def retranslate(self) -> None:
        """Set the six texts again in the current language."""
        for name, text in _words().items():
            self._buttons[name].setText(text)


def _words() -> dict[str, str]:
    return {
        "open": translate("IncidentPane", "Open"),
        "overdue": translate("IncidentPane", "Overdue"),
        "grave": translate("IncidentPane", "Larger+"),
        "unacknowledged": translate("IncidentPane", "Unacknowledged"),
        "hotline": translate("IncidentPane", "12345"),
        "all": translate("IncidentPane", "All"),
    }
