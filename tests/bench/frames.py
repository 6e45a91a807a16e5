"""Times frames in a window of 1920×1080: `frames.py list|map FOLDER` prints milliseconds as JSON.

A process of its own, because a Qt program has one display and one application.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from county_rows import incidents, surroundings  # noqa: E402 - needs the paths above
from desk_folder import category_names  # noqa: E402
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QHeaderView, QTableView, QWidget  # noqa: E402

from desktop import paths  # noqa: E402
from desktop.application.board import Board  # noqa: E402
from desktop.application.i18n import Words  # noqa: E402
from desktop.application.ports import IncidentFilter  # noqa: E402
from desktop.application.reads.read_models import MapLayer, MapMark  # noqa: E402
from desktop.domain.clock import SystemClock  # noqa: E402
from desktop.domain.command import Collection, Key  # noqa: E402
from desktop.domain.geo import Township  # noqa: E402
from desktop.storage.cache.store import open_cache  # noqa: E402
from desktop.storage.keys.encryption_key import KeyFile  # noqa: E402
from desktop.storage.outbox.store import open_outbox  # noqa: E402

WIDTH, HEIGHT = 1920, 1080
ROUNDS = 5
FRAMES = 60
LIST_STEP_PX = 132
"""Three lines a frame, as a wheel gives."""
PAN_STEP_PX = 16
MARKERS = 10_000
LOADED_WITHIN_S = 60.0

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class PlainModel(QAbstractTableModel):
    """As many lines as asked for, made up when they are painted."""

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__()
        self._rows, self._columns = rows, columns

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else self._columns

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return f"第 {index.row()} 行 {index.column()} 列"
        return None


def list_frames(folder: Path) -> dict[str, float]:
    """Scrolling the incident list with everything in it, and a plain table of the same size."""
    clock = SystemClock()
    key = KeyFile().key(folder)
    cache = open_cache(folder, key, clock, category_names())
    outbox = open_outbox(folder, key, clock)
    board = Board(cache, outbox, clock, "bench", tuple, lambda now: now, lambda *_: False)
    screen = _screen(board)
    from desktop.gui.panes.incidents.pane import IncidentPane

    pane = IncidentPane(screen)
    pane.show_first()
    _show(pane)
    pane.model.set_wanted(IncidentFilter(open_only=False))
    rows = cache.counts(0, 0).incidents
    _wait(lambda: pane.model.rowCount() == rows)
    plain = _plain_table(pane.view, rows)
    table = plain.verticalScrollBar()
    ours = pane.view.verticalScrollBar()
    blank: list[bool] = []

    def step_ours() -> None:
        ours.setValue(ours.value() + LIST_STEP_PX)
        pane.view.viewport().repaint()
        QApplication.processEvents()
        blank.append(pane.model.line(ours.value() // 44 + 2) is None)

    def step_plain() -> None:
        table.setValue(table.value() + LIST_STEP_PX)
        plain.viewport().repaint()
        QApplication.processEvents()

    measured = _in_turns(step_ours, step_plain)
    pane.hide()
    screen.feed.close()
    screen.reader.close()
    screen.writer.close()
    cache.close()
    outbox.close()
    return measured | {"rows": rows, "blank_share": sum(blank) / len(blank)}


def map_frames(_folder: Path) -> dict[str, float]:
    """Panning the map with 10,000 markers, and pyqtgraph's own scatter of the same points."""
    import pyqtgraph as pg

    from desktop.gui.panes.map.drawing import Look
    from desktop.gui.panes.map.label_layer import Lettering
    from desktop.gui.panes.map.layout import lay_out
    from desktop.gui.panes.map.viewport import Viewport
    from desktop.gui.task_runner import TaskRunner
    from desktop.gui.theme import Theme

    theme = Theme("light")
    words = Words(paths.resources(), "zh_CN")
    county = lay_out(_layer(), (), SystemClock().now())
    lane = TaskRunner("map")
    viewport = Viewport(lambda mark: "", lambda label: "", lane)
    _show(viewport)
    look = Look(theme.tokens, viewport.devicePixelRatioF())
    font = lambda px: theme.font("second", px)  # noqa: E731 - one expression is clearer here
    viewport.dress(look, Lettering(look, font, words.text, lambda danger: ("", "")))
    viewport.show_county(county)
    viewport.zoom(1.5)
    scatter = pg.PlotWidget()
    scatter.plot(
        [m.x for m in county.marks],
        [m.y for m in county.marks],
        pen=None,
        symbol="o",
        symbolSize=9,
    )
    _show(scatter)
    box = scatter.getViewBox()

    def pan_scatter(by_px: int) -> None:
        box.translateBy((by_px * box.viewRect().width() / scatter.width(), 0))
        scatter.viewport().repaint()

    def pan_map(by_px: int) -> None:
        viewport.pan(by_px, 0)
        viewport.repaint()

    measured = _in_turns(_panning(pan_map), _panning(pan_scatter))
    lane.close()
    return measured | {"marks": len(county.marks), "paintings": viewport.picture.paintings}


def _panning(pan: Callable[[int], None]) -> Callable[[], None]:
    """One frame to the east; every sixtieth turns round."""
    state = {"frame": 0}

    def step() -> None:
        state["frame"] += 1
        there = 1 if (state["frame"] // 60) % 2 == 0 else -1
        pan(there * PAN_STEP_PX)
        QApplication.processEvents()

    return step


def _layer() -> MapLayer:
    now = SystemClock().now()
    marks = [
        MapMark(
            Key(i.source, Collection.INCIDENTS, i.id),
            i.title,
            i.level,
            i.place.lon,
            i.place.lat,
            False,
        )
        for i in incidents(MARKERS, now)
        if i.place is not None
    ]
    townships = tuple(row for row in surroundings(now) if isinstance(row, Township))
    return MapLayer(townships, (), tuple(marks), 0, (), ())


def _screen(board: Board) -> Any:
    from desktop.gui.change_feed import ChangeFeed
    from desktop.gui.context import UiContext
    from desktop.gui.task_runner import TaskRunner
    from desktop.gui.theme import Theme

    theme = Theme("light")
    theme.apply()
    words = Words(paths.resources(), "zh_CN")
    lanes = [TaskRunner(name) for name in ("reader", "writer", "pictures")]
    return UiContext(board, words, theme, ChangeFeed(board), *lanes)


def _plain_table(like: QTableView, rows: int) -> QTableView:
    """A table with nothing of ours in it, with lines as high and columns as many."""
    model = like.model()
    plain = QTableView()
    plain.setModel(PlainModel(rows, model.columnCount()))
    plain.model().setParent(plain)
    plain.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    plain.verticalHeader().setDefaultSectionSize(like.verticalHeader().defaultSectionSize())
    plain.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    plain.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
    _show(plain)
    return plain


def _in_turns(ours: Callable[[], None], floor: Callable[[], None]) -> dict[str, float]:
    """Mean milliseconds a frame of each round, so that an odd slow frame counts."""
    taken: dict[str, list[float]] = {"ours": [], "floor": []}
    for step in (ours, floor):
        for _ in range(FRAMES // 4):
            step()
    for _ in range(ROUNDS):
        for name, step in (("ours", ours), ("floor", floor)):
            begun_s = time.perf_counter()
            for _ in range(FRAMES):
                step()
            taken[name].append((time.perf_counter() - begun_s) * 1000 / FRAMES)
    return {name: sorted(values)[len(values) // 2] for name, values in taken.items()}


def _show(widget: QWidget) -> None:
    widget.resize(WIDTH, HEIGHT)
    widget.show()
    _wait(widget.isVisible)


def _wait(condition: Callable[[], bool]) -> None:
    until_s = time.monotonic() + LOADED_WITHIN_S
    while not condition():
        if time.monotonic() > until_s:
            raise SystemExit("the window was not ready in time")
        QTest.qWait(10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("list", "map"))
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    application = QApplication([])
    application.setStyle("Fusion")
    work = {"list": list_frames, "map": map_frames}[options.what]
    print(json.dumps(work(options.folder)), flush=True)


if __name__ == "__main__":
    main()
