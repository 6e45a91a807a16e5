"""The rules of a finished screen, each finding what breaks it in what is really painted.

Sources: WCAG 2.2 (1.4.3, 1.4.11, 2.4.7, 2.5.8), NUREG-0700, IMO MSC.191(79), ISA-101.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import combinations
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QWidget

from desktop.gui.symbols import BLUE
from desktop.gui.theme import THEMES, Tokens
from support.painted import (
    Fill,
    Painted,
    Writing,
    colors_of,
    contrast,
    differing,
    is_saturated,
    picture_of,
    rgb,
)

LARGE_PX, LARGE_STRONG_PX = 24, 19
TEXT_LEAST, LARGE_LEAST, MARK_LEAST = 4.5, 3.0, 3.0
MARK_PX = (6, 100)
"""Between these sides a filled shape of about equal sides is a mark; on what is larger than 1080
pixels each way marks may be so much larger."""
MOST_HUES, HUE_STEP = 6, 12
FEW_PIXELS = 12
FIGURE = re.compile(r"[-−≥≤]?\s?\d[\d:.,]*\s?%?")
SIGN = re.compile(r"[^\W\d_]|[-−◆▲■●○◐✕!?≥≤]")
NEAR_PX = 1.01
LINE_APART_PX = 6


def faint_text(painted: Painted) -> list[str]:
    """Text below 4.5:1 against its ground, large text below 3:1; not what cannot be used now."""
    found = []
    for writing in painted.seen:
        ground = painted.ground(writing.rect, 1)
        if ground is None or _is_disabled(painted, writing.rect):
            continue
        is_large = writing.px >= LARGE_PX or (writing.strong and writing.px >= LARGE_STRONG_PX)
        ratio = contrast(writing.ink(ground), ground)
        if ratio < (LARGE_LEAST if is_large else TEXT_LEAST):
            found.append(f"{writing.text!r} {ratio:.2f}:1 on {ground.name()}")
    return found


def faint_marks(painted: Painted) -> list[str]:
    """Marks below 3:1 against what is around them, on picked rows too."""
    found = []
    for fill in marks_of(painted):
        if _is_disabled(painted, fill.rect):
            continue
        around = painted.ground(fill.rect, 4)
        if around is None or not _is_there(painted, fill):
            continue
        ratio = contrast(fill.color, around)
        if ratio < MARK_LEAST and fill.color != around:
            found.append(
                f"{fill.color.name()} {ratio:.2f}:1 on {around.name()} {_place(fill.rect)}"
            )
    return found


def colour_alone(painted: Painted) -> list[str]:
    """Saturated text that is neither a word, nor signed, nor heavier, and has no word of its colour
    by it: in grey, nothing tells it."""
    colored = [writing for writing in painted.seen if is_saturated(writing.color)]
    return [
        f"{writing.text!r} in {writing.color.name()}"
        for writing in colored
        if not writing.strong
        and not _is_chosen(writing)
        and not SIGN.search(writing.text)
        and not any(_explains(other, writing) for other in painted.writings)
    ]


def _is_chosen(writing: Writing) -> bool:
    """Whether it is on a button that is down, which has a frame and a ground for that."""
    return isinstance(writing.owner, QAbstractButton) and writing.owner.isChecked()


def _explains(other: Writing, writing: Writing) -> bool:
    """Whether it is said by the other, be that cut off below where its list ends."""
    near = other.rect.adjusted(-8, -8, 8, 8).intersects(writing.rect)
    alike = other.owner is writing.owner and other.color == writing.color
    return near and alike and SIGN.search(other.text) is not None


def red(pixels: Any, tokens: Tokens) -> list[str]:
    """Whatever is red."""
    wanted = np.array(rgb(QColor(tokens.red)))
    rows, columns = np.nonzero(~differing(pixels, wanted))
    if len(rows) < FEW_PIXELS:
        return []
    return [f"{len(rows)} pixels of red, the first at {columns[0]}, {rows[0]}"]


def too_many_hues(painted: Painted) -> list[str]:
    """The saturated hues, where there are more than six."""
    hues: Counter[int] = Counter()
    for color, count in colors_of(painted.pixels, FEW_PIXELS):
        if is_saturated(color):
            hues[round(color.hsvHue() / HUE_STEP)] += count
    # Neighbours are one: a blend of two shades falls between two steps.
    apart = [hue for hue in hues if hue - 1 not in hues]
    return [f"{len(apart)} saturated hues: {sorted(apart)}"] if len(apart) > MOST_HUES else []


def too_many_sizes(painted: Painted, most: int) -> list[str]:
    """The sizes of text, where there are more than allowed."""
    sizes: defaultdict[int, str] = defaultdict(str)
    for writing in painted.seen:
        sizes[writing.px] = sizes[writing.px] or writing.text
    return [f"{len(sizes)} sizes: {dict(sorted(sizes.items()))}"] if len(sizes) > most else []


def crooked_columns(painted: Painted) -> list[str]:
    """Writing in the rows of a list that shares neither edge with another row's."""
    found = []
    for view, rows in rows_of(painted):
        if len(rows) < 3:
            continue
        left = Counter(edge for row in rows for edge in {round(w.rect.left()) for w in row})
        right = Counter(edge for row in rows for edge in {round(w.rect.right()) for w in row})
        for row in rows:
            for writing in row:
                edges = (left, writing.rect.left()), (right, writing.rect.right())
                if _follows(writing, row) or any(_shared(count, at) > 1 for count, at in edges):
                    continue
                found.append(f"{type(view).__name__}: {writing.text!r} {_place(writing.rect)}")
    return found


def crooked_figures(painted: Painted) -> list[str]:
    """Figures in a list's column that do not end at one edge, and digits of unequal width."""
    found = []
    for view, rows in rows_of(painted):
        figures = [
            w for row in rows for w in row if FIGURE.fullmatch(w.text) and not _follows(w, row)
        ]
        for figure in figures:
            column = [f for f in figures if _overlap(f.rect, figure.rect)]
            ends = Counter(round(f.rect.right()) for f in column)
            if len(column) > 2 and _shared(ends, figure.rect.right()) < 2:
                found.append(f"{type(view).__name__}: {figure.text!r} {_place(figure.rect)}")
    return found


def crooked_baselines(painted: Painted) -> list[str]:
    """Writing of one line of a row that stands a little higher or lower than its neighbour."""
    found = []
    for view, rows in rows_of(painted):
        for row in rows:
            for one, other in combinations(row, 2):
                if 1 < abs(one.baseline - other.baseline) < LINE_APART_PX:
                    texts = f"{one.text!r} and {other.text!r}"
                    found.append(f"{type(view).__name__}: {texts} {_place(one.rect)}")
    return found


def faint_labels(painted: Painted, rects: Iterable[QRectF]) -> list[str]:
    """Labels drawn as outlines, by the best contrast in their rectangle: below 4.5:1."""
    found = []
    for rect in rects:
        ground = painted.ground(rect)
        inks = [color for color, _ in colors_of(painted.around(rect))]
        if ground is None:
            continue
        best = max(contrast(ink, ground) for ink in inks)
        if best < TEXT_LEAST:
            found.append(f"{best:.2f}:1 on {ground.name()} {_place(rect)}")
    return found


def flashing(before: Painted, widget: QWidget, side_px: int = 24) -> list[str]:
    """Where a widget differs from its picture a moment ago, other than in writing and small
    marks."""
    now = picture_of(widget)
    if before.pixels.shape != now.shape:
        return ["the size changed"]
    if not _changes(before.pixels, now, before.writings, side_px):
        return []  # What is written now need not be asked.
    return _changes(before.pixels, now, [*before.writings, *Painted(widget).writings], side_px)


def _changes(before: Any, now: Any, writings: list[Writing], side_px: int) -> list[str]:
    changed = differing(before, now)
    for writing in writings:
        box = writing.rect.toAlignedRect().adjusted(-4, -4, 4, 4)
        changed[max(0, box.top()) : box.bottom() + 1, max(0, box.left()) : box.right() + 1] = False
    rows, columns = np.nonzero(changed)
    if not len(rows):
        return []
    high, wide = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
    if max(high, wide) <= side_px:
        return []
    return [f"{wide}x{high} at {columns.min()}, {rows.min()}"]


def marks_of(painted: Painted) -> Iterable[Fill]:
    """Find the small filled shapes that mean something: of no colour of a ground."""
    least, most = MARK_PX[0], float(MARK_PX[1])
    most *= max(1.0, min(painted.widget.width(), painted.widget.height()) / 1080)
    grounds = {
        QColor(color).rgb()
        for tokens in THEMES.values()
        for color in (tokens.ground, tokens.panel, tokens.raised, tokens.line, tokens.edge)
    }
    # What is picked or chosen is told by its edge, or by its bar.
    grounds |= {QColor(tokens.pick_ground).rgb() for tokens in THEMES.values()}
    legal = {QColor(blue).rgb() for blue in BLUE.values()}
    for fill in painted.fills:
        width, height = fill.rect.width(), fill.rect.height()
        if not (least <= width <= most and least <= height <= most):
            continue
        is_square = 0.6 <= width / height <= 1.6
        if is_square and (fill.color.rgb() in legal or fill.color.rgb() not in grounds):
            yield fill


def _is_there(painted: Painted, fill: Fill) -> bool:
    """Whether its colour is to be seen where it was painted: a neighbour may lie on top."""
    cut = painted.around(fill.rect).reshape(-1, 3)
    return bool(len(cut)) and bool((cut == np.array(rgb(fill.color))).all(axis=1).any())


def _is_disabled(painted: Painted, rect: QRectF) -> bool:
    under = painted.widget.childAt(rect.center().toPoint())
    return under is not None and not under.isEnabled()


def rows_of(painted: Painted) -> Iterable[tuple[QAbstractItemView, list[list[Writing]]]]:
    """Return each visible list with its writing by row."""
    for view in painted.widget.findChildren(QAbstractItemView):
        model = view.model()
        if not view.isVisible() or model is None:
            continue
        origin = view.viewport().mapTo(painted.widget, QPoint(0, 0))
        port = QRectF(origin.x(), origin.y(), view.viewport().width(), view.viewport().height())
        inside = [w for w in painted.seen if port.contains(w.rect.center())]
        rows = []
        for number in range(model.rowCount()):
            box = QRectF(view.visualRect(model.index(number, 0))).translated(origin)
            box.setLeft(port.left())
            box.setRight(port.right())
            if box.isEmpty() or not port.contains(box):
                continue
            rows.append([w for w in inside if box.contains(w.rect.center())])
        yield view, [row for row in rows if row]


def _follows(writing: Writing, row: Iterable[Writing]) -> bool:
    """Whether it goes on from other writing in its line."""
    return any(
        other is not writing
        and abs(other.rect.bottom() - writing.rect.bottom()) < 3
        and -1 <= writing.rect.left() - other.rect.right() <= 16
        for other in row
    )


def _shared(edges: Counter[int], at: float) -> int:
    return sum(count for edge, count in edges.items() if abs(edge - at) <= NEAR_PX)


def _overlap(a: QRectF, b: QRectF) -> bool:
    return a.left() < b.right() and b.left() < a.right()


def _place(rect: QRectF) -> str:
    return f"at {round(rect.left())}, {round(rect.top())}"
