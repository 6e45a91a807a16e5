"""Sparklines and trend charts: gaps stay gaps, figures stay honest."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QGraphicsView

from desktop.domain.asset import Trend
from desktop.domain.instant import HOUR, MINUTE
from desktop.gui.charts.sparkline import paint_sparkline, runs, sparkline_range, usual_gap_ms
from desktop.gui.charts.trend import TrendChart, reading_at, value_range, with_gaps
from support.builders import NOW, FakeClock, a_trend, an_asset
from support.sample_board import empty_county
from support.stage import a_stage, shown

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def every_minute(*values: float | None) -> Trend:
    at = tuple(NOW - (len(values) - n) * MINUTE for n in range(len(values)))
    return a_trend(at=at, values=values)


def painted_columns(trend: Trend) -> list[bool]:
    """For each pixel column of a sparkline, whether anything was drawn in it."""
    image = QImage(120, 24, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        span = (trend.at[0], trend.at[-1])
        paint_sparkline(
            painter, QRectF(2, 2, 116, 20), trend.at, trend.values, QColor("black"), span
        )
    return [any(image.pixelColor(x, y).alpha() for y in range(24)) for x in range(120)]


def test_a_missing_reading_breaks_the_line() -> None:
    trend = every_minute(1, 2, None, 3, 4)
    assert [len(run) for run in runs(trend.at, trend.values)] == [2, 2]


def test_a_long_silence_breaks_the_line_too() -> None:
    at = (NOW, NOW + MINUTE, NOW + 2 * MINUTE, NOW + HOUR, NOW + HOUR + MINUTE)
    assert [len(run) for run in runs(at, (1, 2, 3, 4, 5), usual_gap_ms(at))] == [3, 2]


def test_a_gap_in_the_readings_is_a_gap_on_the_screen() -> None:
    whole = painted_columns(every_minute(*([5.0, 6.0] * 6)))
    broken = painted_columns(every_minute(5, 6, 5, 6, None, None, None, None, 5, 6, 5, 6))
    assert all(whole[4:116])
    assert not any(broken[48:70])


def test_no_readings_paint_nothing() -> None:
    assert not any(painted_columns(every_minute(None, None)))


def test_a_flicker_by_one_does_not_look_like_a_mountain() -> None:
    low, high = sparkline_range([40, 41])
    assert high - low > 10


def test_the_chart_breaks_its_line_with_a_nan() -> None:
    seconds, values = with_gaps(every_minute(1, None, 3))
    assert len(seconds) == 3
    assert math.isnan(values[1])


def test_the_readout_gives_the_nearest_reading_and_says_so_inside_a_gap() -> None:
    trend = every_minute(1, None, 3)
    assert reading_at(trend, trend.at[2] + 5) == (trend.at[2], 3)
    assert reading_at(trend, trend.at[1]) == (trend.at[1], None)
    assert reading_at(every_minute(), NOW) is None


def test_a_limit_far_away_does_not_flatten_the_curve() -> None:
    assert value_range([1, 2], None, 2.5) == (1, 2.5)
    assert value_range([1, 2], None, 500) == (1, 2)


def test_the_chart_shows_value_limits_and_readout(qtbot: QtBot) -> None:
    with a_stage(empty_county(FakeClock())) as screen, shown(TrendChart(screen), screen) as chart:
        trend = every_minute(0.3, 0.4, None, 0.42)
        chart.show_trend(an_asset(), trend)
        assert chart.value.text() == "0.42 MPa"
        assert "low limit 0.2" in chart.limits.text()
        assert "high limit 0.6" in chart.limits.text()
        chart.point_at(trend.at[1])
        assert chart.pointed.text().endswith("0.4")
        chart.point_at(trend.at[2])
        assert chart.pointed.text().endswith("no reading")


def test_moving_over_the_chart_reads_it_out(qtbot: QtBot) -> None:
    with a_stage(empty_county(FakeClock())) as screen, shown(TrendChart(screen), screen) as chart:
        chart.show_trend(an_asset(), every_minute(*range(1, 30)))
        qtbot.waitUntil(chart.note.isHidden)
        (plot,) = chart.findChildren(QGraphicsView)
        qtbot.waitUntil(plot.isVisible)
        qtbot.mouseMove(plot.viewport(), QPoint(plot.width() - 4, plot.height() // 2))
        assert chart.pointed.text().endswith("29")


def test_an_asset_without_readings_says_so(qtbot: QtBot) -> None:
    with a_stage(empty_county(FakeClock())) as screen, shown(TrendChart(screen), screen) as chart:
        chart.show_trend(an_asset(value=None), None)
        assert chart.note.isVisible()
        assert chart.value.text() == "—"
        chart.show_trend(an_asset(), every_minute(1, 2))
        qtbot.waitUntil(chart.note.isHidden)
