"""The rules about room: nothing is cut off, and nothing lies over what is to be read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QAbstractListModel, QPoint, QRectF, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

from desktop.gui.widgets.sheet import Sheet
from support.painted import Painted, Writing, clip_of

EDGE_PX = 2
"""How far a letter may reach over the edge of what it stands in: an overhang, a shadow."""
TOUCH_PX = 3
"""How far the boxes of two writings may reach into each other: letters do not fill them."""


def cut_text(painted: Painted) -> list[str]:
    """Writing that its widget does not show whole; what scrolls may be cut below, if it says so."""
    found = []
    for writing in painted.seen:
        owner, room = writing.owner, painted.room_of(writing.owner)
        box = writing.rect.adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)
        sideways = box.left() < room.left() or box.right() > room.right()
        upright = box.top() < room.top() or box.bottom() > room.bottom()
        if isinstance(owner, QLineEdit | QPlainTextEdit):
            continue  # The cursor brings the rest of it.
        if sideways or (upright and not _shows_more(painted, owner, box)):
            found.append(f"{writing.text!r} in {_called(owner)} {_place(writing.rect)}")
    return found


def cut_controls(painted: Painted) -> list[str]:
    """Buttons narrower than what is written on them."""
    return [
        f"{button.text()!r} {button.width()} of {button.sizeHint().width()}"
        for button in painted.widget.findChildren(QAbstractButton)
        if button.text()
        and button.isVisibleTo(painted.widget)
        and not clip_of(button, painted.widget).isEmpty()
        and button.width() < button.sizeHint().width() - 1
    ]


def lost_words(painted: Painted) -> list[str]:
    """Writing cut short with dots of which no tip has the rest: a row's tip is read out too."""
    found = []
    for writing in painted.seen:
        if "…" not in writing.text:
            continue
        owner = writing.owner
        if isinstance(owner, QAbstractButton | QLabel) and writing.text in owner.text():
            continue
        parts = [part.strip() for part in writing.text.split("…")[0].split("·")]
        if not any(_has_more(tip, parts) for tip in _tips(painted, owner, writing)):
            found.append(f"{writing.text!r} in {_called(owner)}")
    return found


def overlapping(painted: Painted) -> list[str]:
    """Writing that lies over other writing, and bars that lie over writing of others."""
    found = []
    by_owner: dict[QWidget, list[Writing]] = {}
    for writing in painted.seen:
        by_owner.setdefault(writing.owner, []).append(writing)
    for owner, writings in by_owner.items():
        for one, other in combinations(writings, 2):
            both = one.rect.intersected(other.rect)
            if both.width() > TOUCH_PX and both.height() > TOUCH_PX:
                texts = f"{one.text!r} and {other.text!r}"
                found.append(f"{texts} in {_called(owner)} {_place(both)}")
    for over in _floating(painted.widget):
        place = QRectF(over.rect()).translated(over.mapTo(painted.widget, QPoint(0, 0)))
        own = [w.text for w in Painted(over).writings]
        found += [
            f"{_called(over)} over {w.text!r}"
            for w in painted.writings
            if w.text and w.text not in own and w.rect.intersects(place)
        ]
    return found


def _tips(painted: Painted, owner: QWidget, writing: Writing) -> list[str | None]:
    """Return the tips at a writing: its widget's, or those of its row."""
    if isinstance(owner, QTabBar):
        place = owner.mapFrom(painted.widget, writing.rect.center().toPoint())
        return [owner.tabToolTip(owner.tabAt(place))]
    view = owner.parentWidget()
    if not isinstance(view, QAbstractItemView) or view.viewport() is not owner:
        return [owner.toolTip()]
    row = view.indexAt(owner.mapFrom(painted.widget, writing.rect.center().toPoint())).row()
    model = view.model()
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    cells = [model.index(row, column) for column in range(columns)]
    return [cell.data(Qt.ItemDataRole.ToolTipRole) for cell in cells]


def _has_more(tip: str | None, parts: list[str]) -> bool:
    if not tip:
        return False
    return all(part in tip for part in parts) and len(tip) > len("".join(parts))


def _shows_more(painted: Painted, owner: QWidget, box: QRectF) -> bool:
    """Whether it stands in what scrolls, and what cuts it off shows that there is more."""
    at: QWidget | None = owner
    while at is not None:
        if isinstance(at, QAbstractScrollArea) and not isinstance(at, QHeaderView):
            bar, port = at.verticalScrollBar(), at.viewport()
            if bar.isVisible() and bar.maximum() > bar.minimum():
                return True
            seen = QRectF(port.rect()).translated(port.mapTo(painted.widget, QPoint(0, 0)))
            if box.top() < seen.top() or box.bottom() > seen.bottom():
                return False
        at = at.parentWidget()
    return False


def _floating(window: QWidget) -> Iterator[QWidget]:
    """Find the widgets laid over their neighbours, other than sheets."""
    for parent in (window, *window.findChildren(QWidget)):
        inside = [
            child
            for child in parent.children()
            if isinstance(child, QWidget)
            and child.isVisibleTo(window)
            and not (child.isWindow() or clip_of(child, window).isEmpty())
        ]
        for place, upper in enumerate(inside):
            is_frame = upper.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            if is_frame or isinstance(upper, Sheet) or upper.objectName().startswith("qt_"):
                continue
            if any(upper.geometry().intersects(lower.geometry()) for lower in inside[:place]):
                yield upper


def _called(widget: QWidget) -> str:
    holder = widget.parentWidget()
    inner = widget.objectName().startswith("qt_") and holder is not None
    return f"{type(holder if inner else widget).__name__} {widget.objectName()!r}"


def _place(rect: QRectF) -> str:
    return f"at {round(rect.left())}, {round(rect.top())}"
