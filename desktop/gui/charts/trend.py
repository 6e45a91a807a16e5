"""The trend of one asset over 24 hours.

pyqtgraph is imported when the first one is drawn: half a second and thirty megabytes that a desk
without an open chart does not spend. Meanwhile everything else of the chart can be read.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QAccessible, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.application.export.columns import Columns
from desktop.application.i18n import Words
from desktop.domain.asset import Asset, Trend
from desktop.domain.instant import HOUR, SECOND, Instant
from desktop.gui import formatting
from desktop.gui.charts.sparkline import usual_gap_ms
from desktop.gui.charts.trend_table import Reading, readings_of, trend_columns
from desktop.gui.context import UiContext
from desktop.gui.slices import Slices, package
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

WITHOUT_QT = (
    "numpy",
    "numpy.typing",
    "cProfile",
    "decimal",
    "importlib.resources",
    "multiprocessing.connection",
    "pydoc",
    "subprocess",
    "xml.etree.ElementTree",
)
"""Modules that pyqtgraph imports besides itself and Qt: safe on another thread."""


def with_gaps(trend: Trend) -> tuple[list[float], list[float]]:
    """Return seconds and values for plotting, with a NaN wherever the line must break."""
    longest = usual_gap_ms(trend.at)
    seconds: list[float] = []
    values: list[float] = []
    last: Instant | None = None
    for at, value in zip(trend.at, trend.values, strict=False):
        if last is not None and longest is not None and at - last > longest:
            seconds.append((last + 1) / SECOND)
            values.append(float("nan"))
        seconds.append(at / SECOND)
        values.append(float("nan") if value is None else value)
        last = at
    return seconds, values


def reading_at(trend: Trend, at: Instant) -> tuple[Instant, float | None] | None:
    """Return the reading nearest to a moment; its value is None inside a gap."""
    if not trend.at:
        return None
    place = bisect_left(trend.at, at)
    near = [k for k in (place - 1, place) if 0 <= k < len(trend.at)]
    best = min(near, key=lambda k: abs(trend.at[k] - at))
    return trend.at[best], trend.values[best]


class TrendChart(QWidget):
    """An asset's name, its present value, and its curve with the limits."""

    accessible_role = QAccessible.Role.Chart

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self._asset: Asset | None = None
        self._trend: Trend | None = None
        self._plot: Any = None
        self._vertical: Any = None
        self._asked = False
        """Whether the plot is on its way, or there."""
        self._slices = Slices(self)
        self.title = PlainLabel(screen, "strong")
        self.value = PlainLabel(screen, "strong", elide=False)
        self.limits = PlainLabel(screen, "second", "second")
        self.pointed = PlainLabel(screen, "second", "second", elide=False)
        self.note = PlainLabel(screen, "second", "second", elide=False)
        self.note.setWordWrap(True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 8, 12, 4)
        self._column.setSpacing(4)
        for left, right in ((self.title, self.value), (self.limits, self.pointed)):
            row = QHBoxLayout()
            row.addWidget(left, 1)
            row.addWidget(right)
            self._column.addLayout(row)
        self._column.addWidget(self.note, 1)
        screen.theme.changed.connect(self._draw)

    def show_trend(self, asset: Asset, trend: Trend | None) -> None:
        """Draw this asset's readings, or show that there are none."""
        self._asset, self._trend = asset, trend
        self.retranslate()
        self._draw()

    def retranslate(self) -> None:
        """Set all texts again in the current language."""
        asset = self._asset
        if asset is None:
            return
        words = self._screen.words
        self.title.set_text(words.text(asset.name))
        unit = formatting.in_one_line(asset.unit, 16)
        self.value.set_text("—" if asset.value is None else f"{asset.value:g} {unit}".strip())
        self.limits.set_text(" · ".join(_limits(asset, words)))
        self.pointed.set_text("")
        self._say_note()
        self.setAccessibleName(f"{self.title.text()} {self.value.text()} {self.limits.text()}")

    def readings(self) -> tuple[Columns[Reading], list[Reading], int, str] | None:
        """Return the readings drawn, as columns, rows, their number and the asset's name; None if
        no asset is shown."""
        if self._asset is None:
            return None
        words = self._screen.words
        rows = readings_of("", self._trend)
        return trend_columns(self._asset, words), rows, len(rows), words.text(self._asset.name)

    def point_at(self, at: Instant) -> None:
        """Show the value nearest to a moment."""
        found = reading_at(self._trend, at) if self._trend else None
        if found is None or self._asset is None:
            return
        moment, value = found
        said = translate("TrendChart", "no reading") if value is None else f"{value:g}"
        self.pointed.set_text(f"{formatting.clock_time(moment, seconds=False)}  {said}")
        if self._vertical is not None:
            self._vertical.setPos(moment / SECOND)
            self._vertical.show()

    @property
    def _has_readings(self) -> bool:
        return self._trend is not None and any(v is not None for v in self._trend.values)

    def _say_note(self) -> None:
        self.note.set_text(
            translate("TrendChart", "Drawing the readings …")
            if self._has_readings
            else translate("TrendChart", "No readings of the last 24 hours.")
        )

    def _draw(self) -> None:
        trend, asset = self._trend, self._asset
        drawn = self._plot is not None and self._has_readings
        self.note.setVisible(not drawn)
        if self._plot is not None:
            self._plot.setVisible(drawn)
        if trend is None or asset is None or not self._has_readings:
            return
        if self._plot is not None:
            self._fill(self._plot, trend, asset)
        elif not self._asked:
            self._asked = True
            self._screen.reader.ask(
                _import_without_qt, lambda _imported: self._slices.begin(self._make())
            )

    def _make(self) -> Iterator[None]:
        """Import and make the plot in steps, then draw what is to be drawn by then."""
        yield from package("pyqtgraph")
        self._plot = self._make_plot()
        self._column.addWidget(self._plot, 1)
        yield
        self._draw()

    def _make_plot(self) -> Any:
        import pyqtgraph as pg

        plot = pg.PlotWidget(axisItems={"bottom": _time_axis(pg)}, background=None)
        plot.setMenuEnabled(False)
        plot.setMouseEnabled(False, False)
        plot.hideButtons()
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setFrameShape(plot.Shape.NoFrame)
        plot.scene().sigMouseMoved.connect(self._move)
        return plot

    def _fill(self, plot: Any, trend: Trend, asset: Asset) -> None:
        import pyqtgraph as pg

        theme = self._screen.theme
        plot.clear()
        line, second = theme.color("line"), theme.color("second")
        for name in ("left", "bottom"):
            axis = plot.getAxis(name)
            axis.setPen(QPen(line, 1))
            axis.setTextPen(second)
            axis.setTickFont(theme.font("second"))
            axis.setTickDensity(0.6)
            axis.setStyle(tickLength=-4, tickTextOffset=4)
        seconds, values = with_gaps(trend)
        plot.plot(
            seconds,
            values,
            connect="finite",
            antialias=True,
            pen=pg.mkPen(theme.color("text"), width=1.4),
        )
        for limit in (asset.low, asset.high):
            if limit is not None:
                dashes = pg.mkPen(theme.color("orange"), width=1, style=Qt.PenStyle.DashLine)
                plot.addItem(pg.InfiniteLine(limit, angle=0, pen=dashes))
        self._vertical = pg.InfiniteLine(angle=90, pen=pg.mkPen(second, width=1))
        self._vertical.hide()
        plot.addItem(self._vertical, ignoreBounds=True)
        end = trend.at[-1] / SECOND
        plot.setXRange(end - 24 * HOUR / SECOND, end, padding=0.01)
        low, high = value_range(trend.values, asset.low, asset.high)
        plot.setYRange(low, high, padding=0.08)

    def _move(self, at: QPointF) -> None:
        if self._plot is not None and self._plot.sceneBoundingRect().contains(at):
            seconds = self._plot.getViewBox().mapSceneToView(at).x()
            self.point_at(round(seconds * SECOND))


def value_range(
    values: Sequence[float | None], low: float | None, high: float | None
) -> tuple[float, float]:
    """Return the range from the least to the greatest reading, with limits if they are near."""
    present = [v for v in values if v is not None]
    least, greatest = min(present), max(present)
    reach = 2 * ((greatest - least) or abs(greatest) or 1.0)
    if low is not None and least - low <= reach:
        least = min(least, low)
    if high is not None and high - greatest <= reach:
        greatest = max(greatest, high)
    return (least, greatest) if greatest > least else (least - 1, greatest + 1)


def _limits(asset: Asset, words: Words) -> list[str]:
    parts = [words.text(asset.metric)] if asset.metric else []
    if asset.low is not None:
        parts.append(translate("TrendChart", "low limit {value}").format(value=f"{asset.low:g}"))
    if asset.high is not None:
        parts.append(translate("TrendChart", "high limit {value}").format(value=f"{asset.high:g}"))
    return parts


def _time_axis(pg: Any) -> Any:
    """Build an axis of local times of day, at full hours."""

    class TimeAxis(pg.AxisItem):  # type: ignore[misc]
        def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, Any]]:
            hours = next(
                h for h in (1, 2, 3, 6, 12, 24) if (high - low) / 3600 / h * 44 <= size or h == 24
            )
            step = hours * 3600
            shift = formatting.local(round(low * 1000)).utcoffset()
            east = shift.total_seconds() if shift else 0.0
            first = -(-(low + east) // step) * step - east
            count = int((high - first) // step) + 1
            return [(step, [first + k * step for k in range(max(0, count))])]

        def tickStrings(self, values: Sequence[float], _scale: float, _step: float) -> list[str]:
            return [formatting.clock_time(round(v * 1000), seconds=False) for v in values]

    return TimeAxis(orientation="bottom")


def _import_without_qt() -> None:
    for name in WITHOUT_QT:
        import_module(name)
