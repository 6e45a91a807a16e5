"""The window of the help: what there is to read at the left, found by words, and the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QCloseEvent,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.application.help_pages import (
    Hit,
    Page,
    find_sections,
    list_titles,
    read_contents,
)
from desktop.application.i18n import Words
from desktop.domain.instant import Instant
from desktop.domain.source import Problem
from desktop.gui.formatting import plain_tip
from desktop.gui.help.page_view import PageView
from desktop.gui.help.topics import find_topic
from desktop.gui.language import Retranslated
from desktop.gui.list_export import print_pages
from desktop.gui.remembered import Remembered
from desktop.gui.theme import Theme
from desktop.gui.widgets.focus import (
    FocusFrame,
    find_stops,
    give_keyboard,
    move_focus,
    return_keyboard,
)
from desktop.gui.widgets.picking_field import PickingField

translate = QCoreApplication.translate

SIZE = QSize(1040, 680)
COLUMN_CHARS, LEAST_CHARS = 22, 18
"""How wide the list at the left is, in Chinese letters: a third of the window between these."""
PLACE = Qt.ItemDataRole.UserRole
MOST_HITS = 40

Learn = Callable[[Sequence[str], Callable[[dict[str, str]], None]], None]
"""Finds the pinyin initials of titles and calls back with them."""


class Reader(Protocol):
    """Who reads: what a window's context has, of a desk or of settings alone."""

    @property
    def theme(self) -> Theme:
        """Colours and fonts."""

    @property
    def words(self) -> Words:
        """The language in force."""

    @property
    def remembered(self) -> Remembered:
        """Where was printed to before."""


class HelpWindow(Retranslated, QWidget):
    """Stands beside the work, in the language of the screen, and needs no network."""

    accessible_role = QAccessible.Role.Window

    def __init__(
        self,
        screen: Reader,
        window: QWidget,
        folder: Path,
        now: Callable[[], Instant],
        learn: Learn | None = None,
    ) -> None:
        super().__init__(window, Qt.WindowType.Window)
        self._screen, self._window, self._folder = screen, window, folder
        self._now, self._ask_initials = now, learn
        self._pages: tuple[Page, ...] = ()
        self._initials: dict[str, str] = {}
        self._before: QWidget | None = None
        self.setObjectName("help")
        self.setAutoFillBackground(True)
        self.view = PageView(screen)
        self.listed = QListWidget()
        self.listed.setFont(screen.theme.font("body"))
        FocusFrame(self.listed, screen.theme)
        self.listed.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.field = PickingField(self.listed, self._open_current)
        self.field.setFont(screen.theme.font("body"))
        self.field.setClearButtonEnabled(True)
        [self._empty] = self.field.findChildren(QToolButton)
        self.back, self.forward = QPushButton("←"), QPushButton("→")
        self.print_button = QPushButton()
        self._arrange()
        self._connect()
        self.resize(SIZE.boundedTo(window.screen().availableGeometry().size() * 0.9))
        self.retranslate()

    def _arrange(self) -> None:
        letters = QFontMetrics(self._screen.theme.font("body"))
        head = QHBoxLayout()
        head.setSpacing(4)
        for button in (self.back, self.forward):
            button.setProperty("quiet", True)
            button.setFont(self._screen.theme.font("body"))
            head.addWidget(button)
        head.addStretch(1)
        self._left = QWidget()
        self._letter_px = letters.horizontalAdvance("县")
        column = QVBoxLayout(self._left)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.field)
        column.addWidget(self.listed, 1)
        column.addWidget(self.print_button)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._left)
        row.addWidget(self.view, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        letters = min(max(event.size().width() // 3 // self._letter_px, LEAST_CHARS), COLUMN_CHARS)
        self._left.setFixedWidth(letters * self._letter_px)

    def _connect(self) -> None:
        self.field.textChanged.connect(lambda _typed: self._fill())
        self.listed.itemClicked.connect(lambda _item: self._open_current())
        self.listed.itemActivated.connect(lambda _item: self._open_current())
        self.print_button.clicked.connect(self._print)
        self.back.clicked.connect(self.view.backward)
        self.forward.clicked.connect(self.view.forward)
        self.view.backwardAvailable.connect(self.back.setEnabled)
        self.view.forwardAvailable.connect(self.forward.setEnabled)
        self.view.historyChanged.connect(self._follow)
        self.back.setEnabled(False)
        self.forward.setEnabled(False)
        for key, act in (
            ("Ctrl+F", self._search),
            ("Ctrl+P", self._print),
            ("Alt+Left", self.view.backward),
            ("Alt+Right", self.view.forward),
        ):
            QShortcut(QKeySequence(key), self, act)

    def open(self, place: str = "") -> None:
        """Show this place, else the one that belongs to what has the keyboard."""
        self.field.clear()
        self.view.show_place(place or find_topic(self._window))
        focused = QApplication.focusWidget()
        if focused and not self.isAncestorOf(focused):
            self._before = focused
        self.show()
        self.raise_()
        give_keyboard(self.view)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give the keyboard back to the work."""
        super().closeEvent(event)
        if not return_keyboard(self._before):
            give_keyboard(self._window)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.field.text():
                self.field.clear()
            else:
                self.close()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forwards: bool) -> bool:
        return move_focus(find_stops(self), forwards)

    def retranslate(self) -> None:
        self.setWindowTitle(translate("Help", "Help"))
        self.print_button.setText(translate("Help", "Print this page (Ctrl+P)"))
        said = translate("Help", "Search: words or pinyin initials")
        if self._ask_initials is None:
            said = translate("Help", "Search: words")
        self.field.setPlaceholderText(said)
        self.field.setAccessibleName(self.field.placeholderText())
        self.listed.setAccessibleName(translate("Help", "Pages"))
        self.view.setAccessibleName(translate("Help", "Page"))
        for button, said in (
            (self.back, translate("Help", "Back (Alt+Left)")),
            (self.forward, translate("Help", "Forward (Alt+Right)")),
            (self._empty, translate("Help", "Empty the search (Esc)")),
        ):
            button.setToolTip(said)
            button.setAccessibleName(said)
        folder = self._folder / self._screen.words.language
        self._pages = read_contents(folder)
        self.view.read_from(folder)
        self._fill()
        if self._ask_initials is not None:
            self._ask_initials(list_titles(self._pages), self._learn)

    def _learn(self, initials: dict[str, str]) -> None:
        self._initials = initials
        self._fill()

    def _search(self) -> None:
        self.field.setFocus()
        self.field.selectAll()

    def _print(self) -> None:
        page = self.view.as_printed()
        if page is not None:
            print_pages(self._screen.remembered, self._now(), self, page, self._say_problem)

    def _say_problem(self, problem: Problem) -> None:
        """Show in the list's place what prevented the printing."""
        self.listed.clear()
        self._add(str(self._screen.words.problem(problem)), "")

    def _follow(self) -> None:
        if not self.field.text():
            self._fill()

    def _fill(self) -> None:
        """List what was searched, else the pages and what is on the one shown."""
        self.listed.clear()
        typed = self.field.text().strip()
        if typed:
            hits = find_sections(self._pages, typed, self._initials)[:MOST_HITS]
            for hit in hits:
                self._add_hit(hit)
            if not hits:
                nothing = QListWidgetItem(translate("Help", "Nothing found"), self.listed)
                nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.listed.setCurrentRow(0)
            return
        name, _, anchor = self.view.place.partition("#")
        for page in self._pages:
            self._add(page.title, f"{page.name}.html", is_page=True)
            if f"{page.name}.html" == name:
                for section in page.sections[1:]:
                    self._add(f"    {section.title}", f"{page.name}.html#{section.anchor}")
        self._mark(name, anchor)

    def _mark(self, name: str, anchor: str) -> None:
        place = f"{name}#{anchor}" if anchor else name
        for row in range(self.listed.count()):
            if self.listed.item(row).data(PLACE) == place:
                self.listed.setCurrentRow(row)

    def _add(self, text: str, place: str, tip: str = "", *, is_page: bool = False) -> None:
        item = QListWidgetItem(text, self.listed)
        item.setData(PLACE, place)
        item.setToolTip(plain_tip(tip or text.strip()))
        if is_page:
            item.setFont(self._screen.theme.font("strong"))

    def _add_hit(self, hit: Hit) -> None:
        anchor = f"#{hit.section.anchor}" if hit.section.anchor else ""
        lines = [hit.section.title, f"    {hit.page.title}"]
        if hit.excerpt:
            lines.append(f"    {hit.excerpt}")
        tip = f"{hit.section.title}\n{hit.page.title}\n{hit.section.text}"
        self._add("\n".join(lines), f"{hit.page.name}.html{anchor}", tip)

    def _open_current(self) -> None:
        item = self.listed.currentItem()
        if self.listed.currentRow() >= 0 and item.data(PLACE):
            self.view.show_place(item.data(PLACE))
