"""The settings window's content: pages at the left, one of them beside them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.application.settings import forms
from desktop.application.settings.editor import Snapshot
from desktop.application.settings.entries import (
    NEW_FOLDER,
    NOW,
    PAGES,
    PLAIN_PAGES,
    Entry,
    entries_of,
    find_entries,
    offer_townships,
)
from desktop.gui.language import Retranslated
from desktop.gui.settings.entries_page import EntriesPage
from desktop.gui.settings.entry_row import EntryRow
from desktop.gui.settings.file_bar import FileBar
from desktop.gui.settings.file_page import FilePage
from desktop.gui.settings.kept_page import KeptPage
from desktop.gui.settings.sources_page import SourcesPage
from desktop.gui.settings.writing import Writing
from desktop.gui.settings_screen import SettingsScreen
from desktop.gui.theme import PIXELS
from desktop.gui.widgets.focus import FocusFrame

translate = QCoreApplication.translate

NAV_PX, ROW_PX = 168, 32
SINGLE_PX = 132
"""Height of what stands above the table of keys."""


class Page(Protocol):
    """What every page can do; also a widget."""

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show what the file says now, in the language in force."""


class SettingsPanel(Retranslated, QWidget):
    """All of a profile's settings; each change is in the file before it is shown as made."""

    def __init__(self, screen: SettingsScreen) -> None:
        super().__init__()
        self._screen = screen
        self.writing = Writing(screen, self)
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._find)
        self.pages_list = QListWidget()
        self.pages_list.currentRowChanged.connect(self._show_row)
        FocusFrame(self.pages_list, screen.theme)
        self.bar = FileBar(screen, self.writing)
        self._pages: dict[str, Page] = {}
        """Pages by name, each built when it is first shown."""
        self._holders: dict[Page, QWidget] = {}
        """What is shown for each page: itself, or what it stands in with something else."""
        self._closes: list[Callable[[], None]] = []
        """Ends what runs for pages that were built."""
        self._stale: set[Page] = set()
        """Pages that show a file or a language of before."""
        self._stack = QStackedWidget()
        self._found: EntriesPage | None = None
        scale = screen.theme.font("body").pixelSize() / PIXELS["body"]
        self._names = PLAIN_PAGES if screen.is_plain else tuple(name for name, _ in PAGES)
        for _name in self._names:
            item = QListWidgetItem("", self.pages_list)
            item.setSizeHint(QSize(0, round(ROW_PX * scale)))
        self._arrange(round(NAV_PX * scale))
        self.writing.changed.connect(self._show)
        self.writing.refused.connect(self._say_fault)
        self.writing.exchanged.connect(self._forget_faults)
        self.retranslate()

    @property
    def sources(self) -> SourcesPage:
        """The page of sources."""
        found = self._page("sources")
        assert isinstance(found, SourcesPage)
        return found

    def _page(self, name: str) -> Page:
        found = self._pages.get(name)
        if found is None:
            found = self._pages[name] = self._build(name)
            assert isinstance(found, QWidget)
            holder = self._holders[found] = self._with_keys(name, found)
            self._stack.addWidget(holder)
            found.show_snapshot(self.writing.snapshot)
        return found

    def _build(self, name: str) -> Page:
        if name == "sources":
            sources = SourcesPage(self._screen, self.writing)
            self._closes.append(sources.close_runners)
            return sources
        if name == "file":
            return FilePage(self._screen, self.writing)
        if name == "kept":
            return KeptPage(self._screen)
        if name == "update":
            from desktop.gui.settings.update_page import UpdatePage

            update = UpdatePage(self._screen)
            self._closes.append(update.close_runner)
            return update
        return self._make_page(entries_of(name))

    def _arrange(self, nav_px: int) -> None:
        left = QVBoxLayout()
        left.setContentsMargins(16, 4, 8, 8)
        left.setSpacing(8)
        for part in (self.search, self.pages_list):
            part.setFixedWidth(nav_px)
            left.addWidget(part)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.bar)
        right.addWidget(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left)
        row.addLayout(right, 1)

    def build_first(self) -> None:
        """Build the page that is shown first, if none has been shown."""
        if self.pages_list.currentRow() < 0:
            self.pages_list.setCurrentRow(0)

    def open(self, page: str = "") -> None:
        """Read the file anew and show a page, by default the one shown last."""
        self.build_first()
        self.writing.read()
        if page in self._names:
            self.search.clear()
            self.pages_list.setCurrentRow(self._names.index(page))

    def close_runners(self) -> None:
        """Write what is being typed and end what is under way; the window is about to close."""
        for row in self._list_rows():
            row.field.commit()
        for close in self._closes:
            close()
        self.writing.close_runner()

    def _make_page(self, entries: tuple[Entry, ...]) -> EntriesPage:
        known = self._screen.townships()
        if self._screen.is_plain:
            entries = tuple(each for each in entries if each.effect != NEW_FOLDER)
        page = EntriesPage(self._screen, tuple(offer_townships(each, known) for each in entries))
        page.typed.connect(self._write)
        page.reset.connect(self._reset)
        return page

    def _with_keys(self, name: str, page: QWidget) -> QWidget:
        """Put the page of all keys below the setting of single letters, where there are keys."""
        keymap = self._screen.keymap
        if name != "keys" or keymap is None or not keymap.actions:
            return page
        from desktop.gui.widgets.keys_page import KeysPage

        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        page.setMaximumHeight(SINGLE_PX)
        column.addWidget(page)
        column.addWidget(KeysPage(self._screen, keymap), 1)
        return both

    def _show_row(self, row: int) -> None:
        if self.search.text():
            self.search.clear()
        if row >= 0:
            self._stack.setCurrentWidget(self._holders[self._page(self._names[row])])
            self._refresh()

    def _find(self, typed: str) -> None:
        """Show the entries of all pages that hold what was typed."""
        if not typed.strip():
            self._show_row(max(0, self.pages_list.currentRow()))
            return
        if self._found is None:
            every = [entry for name in self._names for entry in entries_of(name)]
            self._found = self._make_page(tuple(every))
            self._holders[self._found] = self._found
            self._stack.addWidget(self._found)
            self._found.show_snapshot(self.writing.snapshot)
        self._found.nothing.set_text(translate("Settings", "No setting has these words."))
        self._found.show_only(find_entries(typed, self._is_of_county))
        self._stack.setCurrentWidget(self._found)
        self._refresh()

    def _is_of_county(self, entry: Entry) -> bool:
        county = self.writing.snapshot.county
        return county is not None and county.find(entry.table, entry.name) is not None

    def _show(self, _snapshot: Snapshot) -> None:
        self._stale = set(self._list_pages())
        self._refresh()

    def _list_pages(self) -> list[Page]:
        found: list[Page | None] = [*self._pages.values(), self._found]
        return [page for page in found if page is not None]

    def _list_rows(self) -> list[EntryRow]:
        """Return the rows of all pages built: an entry that was searched for has two."""
        pages = (page for page in self._list_pages() if isinstance(page, EntriesPage))
        return [row for page in pages for row in page.rows.values()]

    def _refresh(self) -> None:
        """Bring the page on screen up to date; the others are when they are shown."""
        shown = self._stack.currentWidget()
        for each in [one for one in self._stale if self._holders[one] is shown]:
            self._stale.discard(each)
            each.show_snapshot(self.writing.snapshot)

    def _write(self, entry: Entry, text: str) -> None:
        """Write what was typed, or say in its row why not."""
        try:
            value = forms.read(entry.form, text) if text.strip() else None
        except forms.Unfit as error:
            self.writing.forget(entry)
            self._say_fault(entry, self._screen.words.reason(str(error)))
            return
        if entry.choices and entry.form == "whole":
            value = int(text)
        then = partial(self._take_effect, entry, text) if entry.effect == NOW else None
        self._say_fault(entry, "")
        self.writing.put(entry, value, then)

    def _reset(self, entry: Entry) -> None:
        county = self.writing.snapshot.county
        given = None if county is None else county.find(entry.table, entry.name)
        value = entry.default if given is None else given.value
        default = forms.show(entry.form, value) if entry.effect == NOW else ""
        then = partial(self._take_effect, entry, default) if entry.effect == NOW else None
        self.writing.clear(entry, then)

    def _take_effect(self, entry: Entry, text: str) -> None:
        live = self._screen.live.get(entry.name)
        if live is not None and live.get() != text:
            live.put(text)

    def _say_fault(self, entry: Entry, said: str) -> None:
        for row in self._list_rows():
            if row.entry.place == entry.place:
                row.say_fault(said)

    def _forget_faults(self) -> None:
        """Show in every row what the file says."""
        for row in self._list_rows():
            row.say_fault("")

    def retranslate(self) -> None:
        search = translate("Settings", "Search the settings")
        self.search.setPlaceholderText(search)
        self.search.setAccessibleName(search)
        self.pages_list.setAccessibleName(translate("Settings", "Pages of settings"))
        titles = dict(PAGES)
        for row, name in enumerate(self._names):
            self.pages_list.item(row).setText(self._screen.say(titles[name]))
        self._stale = set(self._list_pages())
        self._refresh()
        self.bar.retranslate()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            control = Qt.KeyboardModifier.ControlModifier
            if event.key() == Qt.Key.Key_F and event.modifiers() == control:
                event.accept()  # Of the settings, not of the list of incidents under them.
                self.search.setFocus()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self.pages_list.setFocus()
            return
        super().keyPressEvent(event)
