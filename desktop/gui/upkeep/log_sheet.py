"""日志: the program's own log from its end on, filtered, and growing while it is looked at."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QFileSystemWatcher, Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from desktop.diagnostics.log import FILE
from desktop.diagnostics.log_reader import LEVELS, LogFilter, LogLine, LogPage, read_back, read_on
from desktop.domain.instant import from_datetime
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.task_runner import TaskRunner
from desktop.gui.upkeep.parts import ChoiceBox, make_button, make_label
from desktop.gui.widgets.copying_table import CopyingTable
from desktop.gui.widgets.empty_state import EmptyState
from desktop.gui.widgets.focus import FocusFrame
from desktop.gui.widgets.segmented import SegmentedControl
from desktop.gui.widgets.sheet import Sheet

translate = QCoreApplication.translate

WIDTH_PX, ROW_PX = 1080, 28
COLUMNS_PX = (160, 88, 140)
PAGE = 200
"""Lines shown at first, and more with each page."""
INKS = {"WARNING": "orange_text", "ERROR": "red"}


class LogTable(CopyingTable, QTableWidget):
    """Time, level, source and words; several rows are picked and copied at once."""

    def __init__(self) -> None:
        super().__init__(0, len(COLUMNS_PX) + 1)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        columns = self.horizontalHeader()
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in enumerate(COLUMNS_PX):
            self.setColumnWidth(column, width)
        columns.setSectionResizeMode(len(COLUMNS_PX), QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)

    def copy_text(self) -> str:
        """Return the picked rows as text, one a line."""
        rows = sorted({index.row() for index in self.selectedIndexes()})
        return "\n".join("\t".join(self.texts(row)) for row in rows)

    def texts(self, row: int) -> list[str]:
        """Return what stands in a row."""
        items = (self.item(row, column) for column in range(self.columnCount()))
        return [item.text() if item is not None else "" for item in items]


class LogSheet(Sheet):
    """The log, newest first. It is read again only when the system says that it grew."""

    def __init__(self, screen: UiContext, window: QWidget) -> None:
        super().__init__(screen, window, WIDTH_PX)
        upkeep = None if screen.upkeep is None else screen.upkeep()
        self.folder = None if upkeep is None else upkeep.log_folder
        self.runner = TaskRunner("log", self)
        self._page = LogPage((), None, 0)
        self._lines: list[LogLine] = []
        self._readings = 0
        self._is_reading = self._has_grown = False
        self._watcher: QFileSystemWatcher | None = None
        self.levels = SegmentedControl(LEVELS, screen.theme.font("second"))
        self.levels.chosen.connect(lambda _name: self._read())
        self.sources = ChoiceBox()
        self.sources.currentIndexChanged.connect(lambda _at: self._read())
        self.field = QLineEdit()
        self.field.textChanged.connect(lambda _text: self._read())
        self.older = make_button(self._read_older)
        self.said = make_label(screen, "second", "second")
        self.table, self.empty = LogTable(), EmptyState(screen)
        FocusFrame(self.table, screen.theme)
        self._arrange()

    def close_runner(self) -> None:
        """Stop reading; the window is about to close."""
        self._watch(None)
        self.runner.close()

    def _arrange(self) -> None:
        head, foot = QHBoxLayout(), QHBoxLayout()
        for row in (head, foot):
            row.setContentsMargins(16, 4, 16, 8)
            row.setSpacing(12)
        head.addWidget(self.levels)
        head.addWidget(self.sources)
        head.addWidget(self.field, 1)
        foot.addWidget(self.said, 1)
        foot.addWidget(self.older)
        holder = QHBoxLayout()
        holder.setContentsMargins(12, 0, 12, 0)
        holder.addWidget(self.table)
        holder.addWidget(self.empty)
        self.empty.hide()
        self.body.addLayout(head)
        self.body.addLayout(holder, 1)
        self.body.addLayout(foot)
        self.setFocusProxy(self.field)

    def sheet_height(self) -> int:
        return self._window.height()

    def fill(self) -> None:
        self.title.set_text(translate("Log", "Log of this program"))
        self.levels.say(dict(zip(LEVELS, _say_levels(), strict=True)))
        self.field.setPlaceholderText(translate("Log", "Words in it"))
        self.field.setAccessibleName(self.field.placeholderText())
        self.sources.setAccessibleName(translate("Log", "Source"))
        self.older.setText(translate("Log", "Older lines"))
        self.table.setAccessibleName(self.title.text())
        self.table.setHorizontalHeaderLabels(
            [
                translate("Log", "Time"),
                translate("Log", "Level"),
                translate("Log", "Source"),
                translate("Log", "What the program noted (in English, for support)"),
            ]
        )
        self._offer_sources()
        self._watch(self.folder)
        self._read()

    def hideEvent(self, event: QHideEvent) -> None:
        self._watch(None)
        super().hideEvent(event)

    def _offer_sources(self) -> None:
        chosen = self.sources.currentData() or ""
        self.sources.blockSignals(True)
        self.sources.clear()
        self.sources.addItem(translate("Log", "All sources"), "")
        for status in self._screen.board.statuses():
            self.sources.addItem(self._screen.words.text(status.title), status.id)
        self.sources.setCurrentIndex(max(0, self.sources.findData(chosen)))
        self.sources.blockSignals(False)

    @property
    def wanted(self) -> LogFilter:
        """What the filters ask for."""
        return LogFilter(
            self.levels.choice, str(self.sources.currentData() or ""), self.field.text()
        )

    def _watch(self, folder: Path | None) -> None:
        """Have the system say when the log grows, or begins anew; without a folder no more."""
        if self._watcher is not None:
            self._watcher.deleteLater()
            self._watcher = None
        if folder is not None and folder.is_dir():
            self._watcher = QFileSystemWatcher([str(folder)], self)
            self._watcher.directoryChanged.connect(lambda _path: self._look_again())
            self._watcher.fileChanged.connect(lambda _path: self._read_on())
            self._watch_file(folder)

    def _watch_file(self, folder: Path) -> None:
        if self._watcher is not None and not self._watcher.files() and (folder / FILE).exists():
            self._watcher.addPath(str(folder / FILE))

    def _look_again(self) -> None:
        """A file came or went: the log began, or was turned over."""
        if self._watcher is not None and self.folder is not None:
            if self._watcher.files():
                self._watcher.removePaths(self._watcher.files())
            self._watch_file(self.folder)
            self._read()

    def _read(self) -> None:
        """Read the end of the log by the filters of now."""
        if self.folder is not None:
            self._readings += 1
            self._is_reading, self._has_grown = True, False
            work = partial(read_back, self.folder, self.wanted, PAGE)
            self.runner.ask(work, self._show, self._fail, slot="log")

    def _read_older(self) -> None:
        if self.folder is not None and self._page.older is not None:
            work = partial(read_back, self.folder, self.wanted, PAGE, self._page.older)
            then = partial(self._add_older, self._readings)
            self.runner.ask(work, then, self._fail, slot="older")

    def _read_on(self) -> None:
        if self._is_reading:
            self._has_grown = True
        elif self.folder is not None:
            work = partial(read_on, self.folder, self.wanted, self._page.end)
            self.runner.ask(work, self._add_newer, self._fail, slot="log")

    def _show(self, page: LogPage) -> None:
        self._page, self._lines = page, []
        self.table.setRowCount(0)
        self._insert(0, page.lines)
        self._is_reading = False
        if self._has_grown:
            self._read_on()

    def _add_older(self, reading: int, page: LogPage) -> None:
        if reading == self._readings:  # Else the filters are others by now.
            self._page = LogPage((), page.older, self._page.end)
            self._insert(len(self._lines), page.lines)

    def _add_newer(self, page: LogPage | None) -> None:
        if page is None:
            self._read()
            return
        self._page = LogPage((), self._page.older, page.end)
        bar = self.table.verticalScrollBar()
        at = bar.value()
        self._insert(0, page.lines)
        if at and page.lines:
            bar.setValue(at + len(page.lines))  # What is being read stays where it is.

    def _insert(self, row: int, lines: tuple[LogLine, ...]) -> None:
        self._lines[row:row] = lines
        for n, line in enumerate(lines):
            self.table.insertRow(row + n)
            for column, text in enumerate(self._cells(line)):
                item = QTableWidgetItem(text)
                if column == 1 and line.level in INKS:
                    item.setForeground(self._screen.theme.color(INKS[line.level]))
                self.table.setItem(row + n, column, item)
        self._say()

    def _cells(self, line: LogLine) -> tuple[str, ...]:
        moment = line.moment
        when = "" if moment is None else formatting.date_time(from_datetime(moment))
        return when, _say_level(line.level), line.source, line.text

    def _say(self) -> None:
        self.older.setEnabled(self._page.older is not None)
        count = translate("Log", "%n line(s)", "", len(self._lines))
        rest = (
            translate("Log", "older ones are there")
            if self._page.older is not None
            else translate("Log", "that is all of it")
        )
        told = translate("Log", "It names no person, no token and no address.")
        self.said.set_text(f"{count} · {rest} · {told}")
        self.table.setVisible(bool(self._lines))
        self.empty.setVisible(not self._lines)
        if self.wanted == LogFilter():
            self.empty.say(
                translate("Log", "Nothing is noted"),
                translate("Log", "The log begins with the first thing that the program notes."),
            )
        else:
            self.empty.say(
                translate("Log", "Nothing fits"),
                translate("Log", "Choose everything of all sources, or empty the field."),
            )

    def _fail(self, error: Exception) -> None:
        self._is_reading = False
        if not isinstance(error, OSError):
            raise error
        said = translate("Log", "The log cannot be read: {reason}")
        self.said.set_text(said.format(reason=error.strerror or "-"), "orange_text")


def _say_levels() -> tuple[str, str, str]:
    return (
        translate("Log", "Everything"),
        translate("Log", "Warnings"),
        translate("Log", "Errors"),
    )


def _say_level(level: str) -> str:
    match level:
        case "ERROR" | "CRITICAL":
            return translate("Log", "error")
        case "WARNING":
            return translate("Log", "warning")
        case _:
            return translate("Log", "note")
