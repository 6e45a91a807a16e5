"""The real desk that says where on the screen things are: `felt_desk.py PROFILE FOLDER`.

Its input asks `where NAME …` (answered with a rectangle for each name, or null where it is not on
screen), `window` (its X window), `settled`, or `pick ROW` (a row of the list to begin from).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from own_desk import obey_input, opened  # noqa: E402 - needs the paths above
from PySide6.QtCore import QRect  # noqa: E402
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget  # noqa: E402

from desktop.gui.desk.window import DeskWindow  # noqa: E402
from desktop.gui.panes.incidents.model import Column  # noqa: E402
from desktop.gui.qt_application import application  # noqa: E402

MARK_PX = 6
"""The left edge of a row, which only picking changes."""


class Places:
    """Where on the screen the desk's parts are."""

    def __init__(self, window: DeskWindow) -> None:
        self._window = window
        panes = window.panes
        self._found: dict[str, Callable[[], QRect | None]] = {
            "list": lambda: _on_screen(panes["incidents"].view.viewport()),
            "next row": lambda: self._row(1),
            "previous row": lambda: self._row(-1),
            "detail": lambda: _on_screen(panes["detail"].area.viewport()),
            "detail title": lambda: _head(panes["detail"].area.viewport()),
            "form": lambda: _on_screen(window.form_sheet),
            "palette": lambda: _on_screen(window.palette_sheet),
            "search": lambda: _on_screen(panes["incidents"].search),
            "map": lambda: _on_screen(panes["map"].viewport),
            "alarm title": lambda: _on_screen(panes["alarms"].title),
            "chips": lambda: _union(panes["incidents"], QPushButton),
            "field": lambda: _first(window.form_sheet, QLineEdit),
            "matrix": lambda: _on_screen(panes["infrastructure"]),
            "queues": lambda: _on_screen(panes["queues"]),
            "editor": lambda: _editor(window),
        }

    def where(self, name: str) -> list[int] | None:
        """Return a part's rectangle on the screen; None where it is not shown."""
        if name.startswith("chip "):
            rect = self._chip(int(name.removeprefix("chip ")))
        else:
            rect = self._found[name]()
        return None if rect is None else [rect.x(), rect.y(), rect.width(), rect.height()]

    def _row(self, by: int) -> QRect:
        view = self._window.panes["incidents"].view
        row = view.currentIndex().row() + by
        rect = view.visualRect(view.model().index(row, Column.TITLE))
        top = view.viewport().mapToGlobal(rect.topLeft()).y()
        left = view.viewport().mapToGlobal(view.viewport().rect().topLeft()).x()
        return QRect(left, top, MARK_PX, rect.height())

    def _chip(self, number: int) -> QRect | None:
        chips = [
            each
            for each in self._window.panes["incidents"].findChildren(QPushButton)
            if each.isCheckable() and each.isVisible()
        ]
        return _on_screen(chips[number]) if number < len(chips) else None


def _on_screen(widget: QWidget | None) -> QRect | None:
    if widget is None or not widget.isVisible():
        return None
    return QRect(widget.mapToGlobal(widget.rect().topLeft()), widget.size())


def _head(widget: QWidget) -> QRect | None:
    """The upper part, where the title stands."""
    rect = _on_screen(widget)
    return None if rect is None else QRect(rect.x(), rect.y(), rect.width(), 120)


def _editor(window: QWidget) -> QRect | None:
    """The field that takes letters now."""
    focused = window.focusWidget()
    return _on_screen(focused) if isinstance(focused, QLineEdit) else None


def _union(parent: QWidget, kind: type[QWidget]) -> QRect | None:
    shown = [rect for each in parent.findChildren(kind) if (rect := _on_screen(each)) is not None]
    whole = QRect()
    for rect in shown:
        whole = whole.united(rect)
    return whole if shown else None


def _first(parent: QWidget, kind: type[QWidget]) -> QRect | None:
    return next(
        (rect for each in parent.findChildren(kind) if (rect := _on_screen(each)) is not None), None
    )


def main(profile_file: Path, folder: Path) -> None:
    """Open the desk and answer until the input ends."""
    app = application([])
    app.setCursorFlashTime(0)  # A blinking caret is no answer to a key.
    desk, session = opened(profile_file, folder)
    window = session.window
    assert isinstance(window, DeskWindow)
    places = Places(window)

    def obey(word: str, rest: str) -> bool:
        if word == "where":
            print(json.dumps({name: places.where(name) for name in rest.split(",")}), flush=True)
        elif word == "window":
            print(int(window.winId()), flush=True)
        elif word == "settled":
            said = window.whole and session.quiet and desk.engine.is_settled()
            print(json.dumps(said), flush=True)
        elif word == "pick":
            window.panes["incidents"].view.pick_row(int(rest))
            print("picked", flush=True)
        else:
            return False
        return True

    obey_input(app, session, obey)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
