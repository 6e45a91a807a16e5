"""The columns of readings over time, of one thing or of several."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from desktop.application.export.columns import Column, Columns
from desktop.application.i18n import Words
from desktop.domain.asset import Asset, Trend
from desktop.domain.instant import Instant
from desktop.gui.formatting import date_time

translate = QCoreApplication.translate


class Reading(NamedTuple):
    """One reading; None marks a gap."""

    name: str
    at: Instant
    value: float | None


def readings_of(name: str, trend: Trend | None) -> list[Reading]:
    """Return the readings of a trend, oldest first."""
    if trend is None:
        return []
    return [Reading(name, at, value) for at, value in zip(trend.at, trend.values, strict=False)]


def trend_columns(asset: Asset, words: Words) -> Columns[Reading]:
    """Return the columns of one asset's readings; the unit and the limits are in the headings."""
    limits = [f"{limit:g}" for limit in (asset.low, asset.high) if limit is not None]
    metric = words.text(asset.metric) or translate("AssetList", "Value")
    unit = f" ({asset.unit})" if asset.unit else ""
    outside = translate("TrendTable", "Outside the limits")
    if limits:
        outside = f"{outside} ({' … '.join(limits)})"
    return (
        Column("at", lambda r: date_time(r.at), lambda: translate("TrendTable", "Time")),
        Column("value", lambda r: r.value, lambda: f"{metric}{unit}"),
        Column("outside", lambda r: _say_outside(asset, r.value), lambda: outside),
    )


def queue_trend_columns() -> Columns[Reading]:
    """Return the columns of how many waited in each queue."""
    return (
        Column("name", lambda r: r.name, lambda: translate("Queues", "Queue")),
        Column("at", lambda r: date_time(r.at), lambda: translate("TrendTable", "Time")),
        Column("waiting", lambda r: r.value, lambda: translate("Queues", "Waiting")),
    )


def _say_outside(asset: Asset, value: float | None) -> str | None:
    if value is None:
        return None
    if asset.low is not None and value < asset.low:
        return translate("TrendTable", "below")
    if asset.high is not None and value > asset.high:
        return translate("TrendTable", "above")
    return None
