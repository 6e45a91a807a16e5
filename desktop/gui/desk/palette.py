"""The command palette: actions by name, townships by pinyin initials."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from desktop.application.board import Board
from desktop.domain.geo import Township
from desktop.gui.context import UiContext
from desktop.gui.desk.actions import Action, show_keys
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.sheet import Sheet

translate = QCoreApplication.translate


@dataclass(frozen=True)
class Offer:
    """One row of the palette."""

    text: str
    aside: str
    found_by: str
    run: Callable[[], None]


class PaletteField(QLineEdit):
    """The palette's search field; arrows move in the list below, Enter runs."""

    def __init__(self, listed: QListWidget, run: Callable[[], None]) -> None:
        super().__init__()
        self._listed, self._run = listed, run

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None and self._listed.count():
            row = (self._listed.currentRow() + step) % self._listed.count()
            self._listed.setCurrentRow(row)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)


class Palette(Sheet):
    """All actions and townships, narrowed by words or pinyin initials."""

    def __init__(
        self,
        screen: UiContext,
        window: QWidget,
        actions: tuple[Action, ...],
        go_to_township: Callable[[str], None],
    ) -> None:
        super().__init__(screen, window, 520)
        self._actions, self._go_to_township = actions, go_to_township
        self._townships: list[tuple[Township, str]] = []
        self._offers: list[Offer] = []
        self._shown: list[Offer] = []
        self.listed = QListWidget()
        self.listed.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.nothing = PlainLabel(screen, "body", "second")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.nothing.setContentsMargins(4, 8, 4, 8)
        self.nothing.hide()
        self.listed.itemClicked.connect(lambda _item: self.run())
        self.field = PaletteField(self.listed, self.run)
        self.field.textChanged.connect(self._narrow)
        self.setFocusProxy(self.field)
        holder = QGridLayout()
        holder.setContentsMargins(16, 4, 16, 8)
        holder.addWidget(self.field, 0, 0)
        holder.addWidget(self.listed, 1, 0)
        holder.addWidget(self.nothing, 1, 0)
        holder.setRowStretch(1, 1)
        self.body.addLayout(holder)

    def fill(self) -> None:
        self.title.set_text(translate("Palette", "All actions"))
        self.field.setPlaceholderText(translate("Palette", "An action, a township or its initials"))
        for part in (self.field, self.listed):
            part.setAccessibleName(self.title.text())
        self.nothing.set_text(translate("Palette", "No action or township matches"))
        if not self.isVisible():
            self.field.clear()
        self._collect()
        board = self._screen.board
        self._screen.reader.ask(
            lambda: _townships(board),
            self._add_townships,
            slot="palette",
            urgent=True,
        )

    def run(self) -> None:
        """Run the chosen row."""
        row = self.listed.currentRow()
        if 0 <= row < len(self._shown):
            offer = self._shown[row]
            self.put_away()
            offer.run()

    def _add_townships(self, found: list[tuple[Township, str]]) -> None:
        self._townships = found
        self._collect()

    def _collect(self) -> None:
        text = self._screen.words.text
        self._offers = [
            Offer(a.title, show_keys(a, self._screen.keymap), a.title.lower(), a.run)
            for a in self._actions
            if a.name not in ("palette", "back")
        ]
        said = translate("Palette", "incidents of the township")
        for township, initials in self._townships:
            name = text(township.name)
            found_by = f"{initials} {township.name.zh} {township.name.en}".lower()
            self._offers.append(
                Offer(name, said, found_by, lambda code=township.id: self._go_to_township(code))  # type: ignore[misc]
            )
        self._narrow(self.field.text())

    def _narrow(self, typed: str) -> None:
        wanted = typed.lower().split()
        self._shown = [o for o in self._offers if all(part in o.found_by for part in wanted)]
        self.listed.clear()
        for offer in self._shown:
            aside = f"    {offer.aside}" if offer.aside else ""
            QListWidgetItem(f"{offer.text}{aside}", self.listed)
        self.listed.setCurrentRow(0)
        self.listed.setVisible(bool(self._shown))
        self.nothing.setVisible(not self._shown)


def _townships(board: Board) -> list[tuple[Township, str]]:
    """Return every township with its pinyin initials."""
    found = board.townships()
    initials = board.initials([township.name.zh for township in found])
    return [(township, initials[township.name.zh]) for township in found]
