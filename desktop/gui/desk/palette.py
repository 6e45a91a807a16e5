"""The command palette: actions by name; townships, contacts and plans by words or initials."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from desktop.application.board import Board
from desktop.application.i18n import Words
from desktop.application.reads.directory import search_text, texts_of
from desktop.domain.directory import Contact, Plan, index_contacts
from desktop.domain.geo import Township
from desktop.domain.localized_text import Text
from desktop.gui.context import UiContext
from desktop.gui.desk.actions import Action, show_keys
from desktop.gui.directory.lines import contact_facts, contact_name
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.picking_field import PickingField
from desktop.gui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from desktop.gui.directory.sheet import DirectorySheet

translate = QCoreApplication.translate


@dataclass(frozen=True)
class Offer:
    """One row of the palette."""

    text: str
    aside: str
    found_by: str
    run: Callable[[], None]
    by_words: bool = False
    """Whether it is left out until something is typed."""


class Palette(Sheet):
    """All actions and townships, narrowed by words or pinyin initials."""

    def __init__(
        self,
        screen: UiContext,
        window: QWidget,
        actions: tuple[Action, ...],
        go_to_township: Callable[[str], None],
    ) -> None:
        super().__init__(screen, window, 560)
        self._actions, self._go_to_township = actions, go_to_township
        self._townships: list[tuple[Township, str]] = []
        self._directory = Directory()
        self._initials: dict[str, str] = {}
        """Of the actions' titles, as far as they are known."""
        self._offers: list[Offer] = []
        self._shown: list[Offer] = []
        self.listed = QListWidget()
        self.listed.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.listed.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # Telephones stand at the end.
        self.listed.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.nothing = PlainLabel(screen, "body", "second")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.nothing.setContentsMargins(4, 8, 4, 8)
        self.nothing.hide()
        self.listed.itemClicked.connect(lambda _item: self.run())
        self.field = PickingField(self.listed, self.run)
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
        self.field.setPlaceholderText(
            translate("Palette", "An action, a township, a phone or a plan, or its initials")
        )
        for part in (self.field, self.listed):
            part.setAccessibleName(self.title.text())
        self.nothing.set_text(translate("Palette", "No action, township, phone or plan matches"))
        if not self.isVisible():
            self.field.clear()
        self._collect()
        board, words = self._screen.board, self._screen.words
        self._screen.reader.ask(
            lambda: (_townships(board), read_directory(board, words)),
            lambda found: self._add(*found),
            slot="palette",
            urgent=True,
        )

        titles = [each.title for each in self._actions if each.title not in self._initials]
        if titles:
            self._screen.reader.ask(
                lambda: board.initials(titles), self._learn, slot="palette_titles"
            )

    def run(self) -> None:
        """Run the chosen row."""
        row = self.listed.currentRow()
        if 0 <= row < len(self._shown):
            offer = self._shown[row]
            self.put_away()
            offer.run()

    @cached_property
    def entry_sheet(self) -> DirectorySheet:
        """The sheet of one contact or plan."""
        from desktop.gui.directory.sheet import DirectorySheet

        return DirectorySheet(self._screen, self._window)

    def _learn(self, initials: dict[str, str]) -> None:
        self._initials |= initials
        self._collect()

    def _add(self, townships: list[tuple[Township, str]], directory: Directory) -> None:
        self._townships, self._directory = townships, directory
        self._collect()

    def _collect(self) -> None:
        text = self._screen.words.text
        self._offers = [
            Offer(
                action.title,
                show_keys(action, self._screen.keymap),
                f"{self._initials.get(action.title, '')} {action.title}".lower(),
                action.run,
            )
            for action in self._actions
            if action.name not in ("palette", "back")
        ]
        said = translate("Palette", "incidents of the township")
        for township, initials in self._townships:
            name = text(township.name)
            found_by = f"{initials} {township.name.zh} {township.name.en}".lower()
            self._offers.append(
                Offer(name, said, found_by, lambda code=township.id: self._go_to_township(code))  # type: ignore[misc]
            )
        self._offers += [
            Offer(
                contact_name(entry, self._screen.words)
                if isinstance(entry, Contact)
                else text(entry.title),
                self._say_aside(entry),
                found_by,
                partial(self._open, entry),
                by_words=True,
            )
            for entry, found_by in self._directory.entries
        ]
        self._narrow(self.field.text())

    def _say_aside(self, entry: Contact | Plan) -> str:
        if isinstance(entry, Contact):
            return contact_facts(entry, self._screen.words)
        return translate("Palette", "plan")

    def _open(self, entry: Contact | Plan) -> None:
        self.entry_sheet.open(entry, self._directory.contacts)

    def _narrow(self, typed: str) -> None:
        wanted = typed.lower().split()
        self._shown = [
            offer
            for offer in self._offers
            if all(part in offer.found_by for part in wanted) and (wanted or not offer.by_words)
        ]
        self.listed.clear()
        for offer in self._shown:
            aside = f"    {offer.aside}" if offer.aside else ""
            QListWidgetItem(f"{offer.text}{aside}", self.listed)
        self.listed.setCurrentRow(0)
        self.listed.setVisible(bool(self._shown))
        self.nothing.setVisible(not self._shown)
        if typed:
            self.field.announce()


class Directory(msgspec.Struct, frozen=True):
    """The contacts and plans with all that finds each."""

    entries: tuple[tuple[Contact | Plan, str], ...] = ()
    contacts: dict[tuple[str, str], Contact] = {}


def read_directory(board: Board, words: Words) -> Directory:
    """Return every contact and plan with the text that finds it."""

    def category(code: str) -> Text:
        return words.categories.get(code) or Text(code, code)

    contacts = board.contacts()
    entries: list[Contact | Plan] = [*contacts, *board.plans()]
    initials = board.initials([t.zh for each in entries for t in texts_of(each, category)])
    return Directory(
        tuple((each, search_text(each, category, initials)) for each in entries),
        index_contacts(contacts),
    )


def _townships(board: Board) -> list[tuple[Township, str]]:
    """Return every township with its pinyin initials."""
    found = board.townships()
    initials = board.initials([township.name.zh for township in found])
    return [(township, initials[township.name.zh]) for township in found]
