"""A list on paper or as PDF: one rendering for all lists, with every text as plain text."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QBuffer, QCoreApplication, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QFont,
    QGuiApplication,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextDocument,
)
from PySide6.QtWidgets import QDialog, QWidget

from desktop.application.export.outgoing import plain
from desktop.domain.source import Problem
from desktop.gui.export import ask_where, save_bytes
from desktop.gui.remembered import Remembered
from desktop.gui.slices import Slices

translate = QCoreApplication.translate

MOST_ROWS = 500
"""Most rows of one list on paper: laying them out takes a tenth of a second of the GUI thread."""
FONT_PT = 9
FOOT_PX = 24
MARGIN_MM = 12.0
STYLE = "h2 { font-size: 14pt; } td, th { padding: 2px; } th { text-align: left; }"


class Printed(Protocol):
    """What is drawn on pages."""

    @property
    def title(self) -> str:
        """Its name, also of the file."""

    def draw(self, device: QPagedPaintDevice) -> Iterator[None]:
        """Draw it on that device, a page at a step at most, each with its number."""


@dataclass(frozen=True)
class PrintedTable:
    """The printed content of a list, in the current language."""

    title: str
    said: str
    """The time and age of its data, and how much of it could not be read."""
    head: Sequence[str]
    rows: Sequence[Sequence[object]]
    more: int = 0
    """The number of rows left out."""
    none: str = ""
    """The text for an empty list: no rows alone would read as none."""

    def draw(self, device: QPagedPaintDevice) -> Iterator[None]:
        """Draw the list on that device, a page at each step, each with its number."""
        yield from draw_document(device, document(self))


def as_html(table: PrintedTable) -> str:
    """Build the HTML of a printed page, in this place only: every text in it is escaped."""
    lines = [f"<h2>{_cell(table.title)}</h2>", f"<p>{_cell(table.said)}</p>"]
    if table.rows:
        head = "".join(f"<th>{_cell(each)}</th>" for each in table.head)
        rows = "".join(
            f"<tr>{''.join(f'<td>{_cell(each)}</td>' for each in row)}</tr>" for row in table.rows
        )
        form = 'border="1" cellspacing="0" cellpadding="3" width="100%"'
        lines.append(f"<table {form}><thead><tr>{head}</tr></thead>{rows}</table>")
    else:
        lines.append(f"<p>{_cell(table.none)}</p>")
    if table.more:
        said = translate("Print", "%n more rows are not printed", "", table.more)
        lines.append(f"<p>{_cell(said)}</p>")
    return "\n".join(lines)


def _cell(what: object) -> str:
    text = "" if what is None else str(what)
    return "<br>".join(html.escape(plain(line)) for line in text.splitlines())


def document(table: PrintedTable) -> QTextDocument:
    """Lay out a list's pages."""
    return lay_out(table.title, as_html(table))


def lay_out(title: str, escaped: str) -> QTextDocument:
    """Lay out pages of HTML whose every text is escaped, black on white in any theme."""
    pages = QTextDocument()
    font = QFont()
    font.setPointSize(FONT_PT)
    pages.setDefaultFont(font)
    pages.setDefaultStyleSheet(STYLE)
    pages.setMetaInformation(QTextDocument.MetaInformation.DocumentTitle, title)
    pages.setHtml(f'<body style="color: #000000">{escaped}</body>')
    return pages


def lay_out_blocks(device: QPagedPaintDevice, pages: QTextDocument) -> Iterator[None]:
    """Lay a document out for that device from its beginning on, a table at a step at most."""
    pages.setPageSize(_measure(device)[1])
    block = pages.begin()
    while block.isValid():
        pages.documentLayout().blockBoundingRect(block)
        yield
        block = block.next()


def _measure(device: QPagedPaintDevice) -> tuple[float, QSizeF]:
    """Return the device's dots for one of the screen, and the room of a page without its foot."""
    scale = device.logicalDpiX() / QGuiApplication.primaryScreen().logicalDotsPerInchX()
    return scale, QSizeF(device.width() / scale, device.height() / scale - FOOT_PX)


def draw_document(device: QPagedPaintDevice, pages: QTextDocument) -> Iterator[None]:
    """Draw a document on that device, a page at each step, each with its number."""
    painter = QPainter(device)
    try:
        scale, size = _measure(device)
        width, room = size.width(), size.height()
        if pages.pageSize() != size:  # Else it would be laid out once more.
            pages.setPageSize(size)
        count = pages.pageCount()
        painter.scale(scale, scale)
        painter.setFont(pages.defaultFont())
        for page in range(count):
            if page:
                device.newPage()
            painter.save()
            painter.translate(0, -page * room)
            pages.drawContents(painter, QRectF(0, page * room, width, room))
            painter.restore()
            foot = QRectF(0, room, width, FOOT_PX)
            end = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
            painter.drawText(foot, end, f"{page + 1} / {count}")
            yield
    finally:
        painter.end()


def pdf_steps(path: str, printed: Printed, failed: Callable[[Problem], None]) -> Iterator[None]:
    """Write the pages as PDF, all or nothing; `failed` is called when that fails."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(printed.title)
    writer.setPageLayout(_layout())
    yield from printed.draw(writer)
    buffer.close()
    reason = save_bytes(path, bytes(buffer.data().data()))
    if reason:
        failed(Problem("export_failed", {"reason": reason}))


def offer_to_print(
    parent: QWidget,
    remembered: Remembered,
    name: str,
    printed: Printed,
    failed: Callable[[Problem], None],
) -> QDialog:
    """Ask for a printer beside the window and print; without one, ask for a place for a PDF of
    this name."""
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo

    if not QPrinterInfo.availablePrinterNames():
        return ask_where(
            parent,
            remembered,
            name,
            lambda path: begin(parent, pdf_steps(path, printed, failed)),
            title=translate("Print", "No printer: save as PDF"),
            kinds=("pdf",),
        )
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(printed.title)
    printer.setPageLayout(_layout())
    dialog = QPrintDialog(printer, parent)
    dialog.setWindowTitle(translate("Print", "Print the list"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def steps() -> Iterator[None]:
        yield from printed.draw(printer)
        if printer.printerState() is QPrinter.PrinterState.Error:
            failed(Problem("export_failed", {"reason": printer.printerName()}))

    dialog.accepted.connect(lambda: begin(parent, steps()))
    QDialog.open(dialog)  # Its own wants a slot, which is connected already.
    return dialog


def begin(parent: QWidget, steps: Iterator[None]) -> None:
    """Run the steps with events in between: a hundred pages would stop the desk for seconds."""
    slices = Slices(parent)

    def all_steps() -> Iterator[None]:
        yield from steps
        slices.deleteLater()

    slices.begin(all_steps())


def _layout() -> QPageLayout:
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    size = QPageSize(QPageSize.PageSizeId.A4)
    return QPageLayout(
        size, QPageLayout.Orientation.Landscape, margins, QPageLayout.Unit.Millimeter
    )
