"""A list on its way out: to a file as CSV or JSON, or to paper, all by one description of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktop.application.export.columns import Columns, as_csv, as_rows, cells, heads
from desktop.application.export.outgoing import json_text
from desktop.domain.instant import Instant
from desktop.domain.source import Problem
from desktop.gui.context import UiContext
from desktop.gui.export import ask_where, name_with_date, save
from desktop.gui.remembered import Remembered

if TYPE_CHECKING:
    from desktop.gui.printing import Printed, PrintedTable

translate = QCoreApplication.translate

R = TypeVar("R")
Failed = Callable[[Problem], None]
"""Called on the GUI thread with what prevented it."""


@dataclass(frozen=True)
class ListSnapshot(Generic[R]):
    """A list as it is on screen, to be written once."""

    title: str
    said: str
    """The time and age of its data, how much of it could not be read, and what the list is limited
    to: on paper a part must not pass for all."""
    columns: Columns[R]
    rows: Iterable[R]
    """Read only when it is written, which is not on the GUI thread."""
    count: int
    none: str = ""
    """The text for an empty list on paper."""
    on_screen: str = ""
    """What is said of it before it has left, where that is not the same."""
    whole: Callable[[R], object] | None = None
    """Returns a row with every field, for JSON, if its cells are not all of it."""

    def as_csv(self) -> str:
        """Return the rows as CSV, below the time of the data."""
        return as_csv(self.columns, self.rows, self.said)

    def as_json(self) -> str:
        """Return the rows as JSON: all of each, or its cells with the time of the data."""
        if self.whole is not None:
            return json_text([self.whole(row) for row in self.rows]) + "\n"
        rows = as_rows(self.columns, self.rows)
        return json_text({"data_time": self.said, "rows": rows}) + "\n"

    def as_printed_table(self) -> PrintedTable:
        """Return the first rows for paper, and how many are left out."""
        from desktop.gui.printing import MOST_ROWS, PrintedTable

        printed = [column for column in self.columns if column.printed]
        return PrintedTable(
            title=self.title,
            said=self.said,
            head=heads(printed),
            rows=list(cells(printed, islice(self.rows, MOST_ROWS))),
            more=max(0, self.count - MOST_ROWS),
            none=self.none,
        )


def say_limits(said: str, limits: Iterable[str]) -> str:
    """Add to what is said of a list what it is limited to."""
    told = " · ".join(filter(None, limits))
    return (
        f"{said} · {translate('ListExport', 'Filter: {told}').format(told=told)}" if told else said
    )


def offer_to_save(
    screen: UiContext, widget: QWidget, snapshot: Callable[[], ListSnapshot[Any]], failed: Failed
) -> None:
    """Ask for a file without blocking the window, then write to it the list as it is by then."""
    ask_where(
        widget.window(),
        screen.remembered,
        name_with_date(snapshot().title, screen.board.now(), "csv"),
        lambda path: write(screen, Path(path), snapshot(), failed),
        title=translate("ListExport", "Export the list"),
        kinds=("csv", "json"),
    )


def write(screen: UiContext, file: Path, snapshot: ListSnapshot[Any], failed: Failed) -> None:
    """Write the list off the GUI thread; the file's ending selects the format."""

    def work() -> Problem | None:
        if file.suffix.lower() == ".json":
            return save(str(file), snapshot.as_json(), marked=False)
        return save(str(file), snapshot.as_csv())

    def end(problem: Problem | None) -> None:
        if problem is not None:
            failed(problem)

    screen.reader.ask(work, end, partial(_say, failed))


def ask_printer(
    screen: UiContext, widget: QWidget, snapshot: ListSnapshot[Any], failed: Failed
) -> None:
    """Read the first rows off the GUI thread, then offer to print them."""

    def offer(table: PrintedTable) -> None:
        print_pages(screen.remembered, screen.board.now(), widget, table, failed)

    screen.reader.ask(snapshot.as_printed_table, offer, partial(_say, failed))


def print_pages(
    remembered: Remembered, now: Instant, widget: QWidget, pages: Printed, failed: Failed
) -> None:
    """Offer to print these pages, or to save them where there is no printer."""
    from desktop.gui.printing import offer_to_print

    name = name_with_date(pages.title, now, "pdf")
    offer_to_print(widget.window(), remembered, name, pages, failed)


def _say(failed: Failed, error: Exception) -> None:
    failed(Problem("export_failed", {"reason": str(error)}))
