"""What the map draws as rows of a table, layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from desktop.application.export.columns import Column, Columns
from desktop.application.i18n import Words
from desktop.application.reads.read_models import MapLayer
from desktop.domain.instant import Instant
from desktop.gui.formatting import date_time

translate = QCoreApplication.translate


class Drawn(NamedTuple):
    """One thing on the map."""

    layer: str
    name: str
    state: str
    township: str
    lon: float | None = None
    lat: float | None = None
    at: Instant | None = None
    """When it is due, or ends."""


class MapRows:
    """The rows, read when they are gone through."""

    def __init__(self, read: Callable[[], MapLayer], shown: frozenset[str], words: Words) -> None:
        self._read, self._shown, self._words = read, shown, words

    def __iter__(self) -> Iterator[Drawn]:
        return rows_of(self._read(), self._shown, self._words)


def rows_of(layer: MapLayer, shown: frozenset[str], words: Words) -> Iterator[Drawn]:
    """Yield what the layers that are switched on draw, the worst incident first."""
    names = {township.id: words.text(township.name) for township in layer.townships}
    if "incidents" in shown:
        said = translate("MapPane", "Incidents")
        for mark in reversed(layer.incidents):
            state = words.term("event_level", mark.level)
            if mark.overdue:
                state = f"{state} · {words.term('urgency', 'overdue')}"
            name, place = words.text(mark.title), names.get(mark.township, "")
            yield Drawn(said, name, state, place, mark.lon, mark.lat, mark.due_at)
    if "assets" in shown:
        said = translate("MapPane", "Assets")
        for asset in (asset for asset in layer.assets if asset.place is not None):
            assert asset.place is not None
            state, place = words.term("asset_state", asset.state), names.get(asset.township, "")
            at = asset.place
            yield Drawn(said, words.text(asset.name), state, place, at.lon, at.lat)
    if "warnings" in shown:
        said = translate("MapPane", "Warnings")
        for warning in layer.warnings:
            state = words.term("warning_level", warning.level)
            places = ", ".join(names.get(each, each) for each in warning.townships)
            yield Drawn(said, words.text(warning.headline), state, places, at=warning.ends_at)


def map_columns() -> Columns[Drawn]:
    """Return the columns, in the language in force."""
    return (
        Column("layer", lambda d: d.layer, lambda: translate("MapTable", "Layer")),
        Column("name", lambda d: d.name, lambda: translate("MapTable", "Name")),
        Column("state", lambda d: d.state, lambda: translate("MapTable", "Level or state")),
        Column("township", lambda d: d.township or None,
               lambda: translate("AssetList", "Township")),
        Column("due_at", lambda d: date_time(d.at) if d.at else None,
               lambda: translate("MapTable", "Due or until")),
        Column("lon", lambda d: _degrees(d.lon), lambda: translate("MapTable", "Longitude (°)")),
        Column("lat", lambda d: _degrees(d.lat), lambda: translate("MapTable", "Latitude (°)")),
    )  # fmt: skip


def _degrees(angle: float | None) -> str | None:
    return None if angle is None else f"{angle:.5f}"
