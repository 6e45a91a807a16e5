"""The picked row of a list read out in full, in a bubble beside it."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QAbstractItemView, QToolTip, QWidget

READ_MS = 20_000
"""How long a row that is read out stays, unless another key is pressed."""
WIDTH_PX = 480
"""How wide a bubble of several lines is; Qt by itself makes it as high as it is wide."""


def read_out(view: QAbstractItemView) -> None:
    """Show the picked row as pointing at it does, below the figures that the head of its pane
    cannot show whole; a second time, nothing."""
    said = [*_figures(view), *_tips(view)]
    if not said or QToolTip.isVisible():
        QToolTip.hideText()
        return
    current = view.currentIndex()
    view.scrollTo(current)
    band = QRect(view.visualRect(current))
    band.setLeft(0)
    band.setRight(view.viewport().width())
    place = view.viewport().mapToGlobal(band.bottomLeft())
    QToolTip.showText(place, _widen(said), view.viewport(), band, READ_MS)


def _tips(view: QAbstractItemView) -> list[str]:
    """Return the tips of the cells of the current row, each once."""
    current = view.currentIndex()
    row = [current]
    beside = current.siblingAtColumn(0)
    while beside.isValid():
        row.append(beside)
        beside = beside.siblingAtColumn(beside.column() + 1)
    tips = (cell.data(Qt.ItemDataRole.ToolTipRole) for cell in row)
    return list(dict.fromkeys(tip for tip in tips if tip))


def _figures(view: QWidget) -> list[str]:
    """Return the figures in the head of the list's pane, if they are cut short there."""
    at: QWidget | None = view
    while at is not None and not hasattr(at, "head"):
        at = at.parentWidget()
    tip = at.head.summary.toolTip() if at is not None else ""
    return [tip] if tip else []


def _widen(said: list[str]) -> str:
    """Return rich texts one below the other, in lines of a readable length."""
    return f'<table width="{WIDTH_PX}"><tr><td>{"<br>".join(said)}</td></tr></table>'
