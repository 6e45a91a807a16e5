"""The one map (一张图) as a pane of the desk."""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QPointF
from PySide6.QtGui import QFont, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.application.ports import IncidentRow
from desktop.domain.asset import AssetState
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, Key
from desktop.domain.freshness import Freshness
from desktop.domain.geo import Place
from desktop.domain.instant import Instant
from desktop.domain.levels import EventLevel
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.panes.map import SPEC
from desktop.gui.panes.map.columns import MapRows, map_columns
from desktop.gui.panes.map.drawing import Layers, Look
from desktop.gui.panes.map.furniture import Furniture
from desktop.gui.panes.map.geometry import County, Danger, Mark
from desktop.gui.panes.map.label_layer import Lettering
from desktop.gui.panes.map.label_placement import Label
from desktop.gui.panes.map.label_text import say_danger, say_left_out
from desktop.gui.panes.map.layer_switch import LayerSwitch
from desktop.gui.panes.map.layout import lay_out
from desktop.gui.panes.map.viewport import Viewport
from desktop.gui.panes.pane import Pane
from desktop.gui.widgets.accessible import set_tip
from desktop.gui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from desktop.gui.list_export import ListSnapshot

translate = QCoreApplication.translate

CLOCKED = frozenset({Collection.INCIDENTS, Collection.WARNINGS})
"""What the clock alone changes: deadlines pass, warnings end."""
AGE_PX = 110
"""Room in the head for how old the data are."""


class MapPane(Pane):
    """A map of incidents, assets and warnings."""

    fills = SPEC.follows

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen)
        self._screen = screen
        self._doubtful: frozenset[str] = frozenset()
        self._wanted: Key | None = None
        self._open: Key | None = None
        """The incident that the other panes show."""
        self._ratio = 1.0
        self._due: frozenset[Collection] = SPEC.follows
        """What has changed since the data shown were read."""
        self.viewport = Viewport(self._tip, self._tip_counts, screen.reader)
        self.setFocusProxy(self.viewport)
        self._layers: dict[str, LayerSwitch] = {}
        for name in ("incidents", "assets", "warnings", "labels"):
            self._layers[name] = self._add_layer_switch(name)
        self.furniture = Furniture(screen, self.viewport, self._zoom)
        self.asking = PlainLabel(screen, "body", "text", elide=False)
        self.asking.setParent(self.viewport)
        self.asking.setObjectName("sheet")
        self.asking.setContentsMargins(12, 6, 12, 6)
        self.asking.hide()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.viewport)
        self.set_content(content)
        self.viewport.picked.connect(self._pick)
        self.viewport.moved.connect(self._place_furniture)
        self.viewport.spot_picked.connect(self._end_spot)
        self.viewport.picture.reserved = self.furniture.list_areas
        screen.theme.changed.connect(self._dress)
        screen.feed.changed.connect(self._reload_changed)
        screen.feed.ticked.connect(self._tick)
        self.retranslate()
        self.reload()

    def show_key(self, key: Key | None) -> bool:
        """Bring an incident, asset or warning into view; False when it has no position here."""
        self._wanted = key
        return self.viewport.pick(key)

    def tables(self) -> list[ListSnapshot[Any]]:
        """What the layers that are on draw, read anew where the table is filled."""
        shown = frozenset(name for name, button in self._layers.items() if button.isChecked())
        board, words = self._screen.board, self._screen.words
        rows = MapRows(board.map_layer, shown, words)
        return [self.as_snapshot(map_columns(), rows, 0)]

    def limits(self) -> list[str]:
        off = [button.text() for button in self._layers.values() if not button.isChecked()]
        said = translate("MapPane", "without {layers}").format(layers=", ".join(off))
        return [said if off else ""]

    def open_item(self, key: Key, _row: IncidentRow | None = None) -> None:
        if key.collection is Collection.INCIDENTS:
            self._open = key

    def locate_item(self, key: Key) -> None:
        self.show_key(key)

    def take_keyboard(self) -> None:
        """Bring the open incident into view, and give the map the keyboard."""
        if self._open is not None:
            self.show_key(self._open)
        super().take_keyboard()

    def ask_spot(self) -> None:
        """Let the next click on the map return a place."""
        self.asking.set_text(
            translate("MapPane", "Click the place. Enter takes the middle, Esc goes back.")
        )
        self.asking.adjustSize()
        self.asking.show()
        self._place_furniture()
        self.viewport.ask_spot()

    def zoom_county(self) -> None:
        """Show the whole county."""
        self.viewport.zoom_county()

    def reload(self) -> None:
        """Read all of the map's data again; what is shown stays until the answer is there."""
        self._read(SPEC.follows)

    def _read(self, changed: Set[Collection]) -> None:
        """Read what changed, and lay out again what looks different by it."""
        board, before = self._screen.board, self.viewport.picture.county
        due = self._due = self._due | changed

        def read() -> County:
            layer = board.map_layer(since=before.layer, changed=due)
            return lay_out(layer, board.statuses(), board.now(), before)

        self._screen.reader.ask(read, self._show, slot="map")

    def retranslate(self) -> None:
        self.set_title(translate("MapPane", "One map"))
        words = {
            "incidents": translate("MapPane", "Incidents"),
            "assets": translate("MapPane", "Assets"),
            "warnings": translate("MapPane", "Warnings"),
            "labels": translate("MapPane", "Labels"),
        }
        for name, button in self._layers.items():
            button.setText(words[name])
            button.setAccessibleName(words[name])
            set_tip(button, translate("MapPane", "Show or hide: {layer}").format(layer=words[name]))
        self.furniture.retranslate()
        self.viewport.setAccessibleName(translate("MapPane", "One map"))
        self.viewport.keys_said = translate(
            "MapPane",
            "Arrows move, + and − zoom, 0 shows the county, Tab goes through the worst marks,"
            " Page Down through the counts, Enter opens.",
        )
        self.viewport.setAccessibleDescription(self.viewport.keys_said)
        self._say_summary()
        self._dress()
        self._tick(self._screen.board.now())
        self._place_furniture()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.viewport.devicePixelRatioF() != self._ratio:
            self._dress()
        self._place_furniture()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_furniture()

    def _add_layer_switch(self, name: str) -> LayerSwitch:
        switch = LayerSwitch(self._screen, name)
        switch.toggled.connect(self._switch_layers)
        self.head.right.addWidget(switch)
        return switch

    def _zoom(self, factor: float | None) -> None:
        if factor is None:
            self.zoom_county()
        else:
            self.viewport.zoom(factor)

    def _switch_layers(self) -> None:
        self.viewport.show_layers(
            Layers(**{name: button.isChecked() for name, button in self._layers.items()})
        )

    def _dress(self) -> None:
        theme = self._screen.theme
        self._ratio = self.viewport.devicePixelRatioF()
        look = Look(theme.tokens, self._ratio)
        self.viewport.dress(look, Lettering(look, self._font, self._screen.words.text, self._say))

    def _font(self, px: int) -> QFont:
        return self._screen.theme.font("second", px)

    def _say(self, danger: Danger) -> tuple[str, str]:
        """Describe a warning on the map: remarks in brackets, headline and start; or shorter."""
        words = self._screen.words
        text = translate("MapPane", "{warning} from {time}").format(
            warning=words.text(danger.headline),
            time=formatting.moment(danger.starts_at, self._screen.board.now()),
        )
        return say_danger(danger, text, words)

    def _tip(self, mark: Mark) -> str:
        words = self._screen.words
        title = formatting.in_one_line(words.text(mark.title))
        if mark.is_asset:
            return f"{words.term('asset_state', AssetState(mark.shape))} · {title}"
        parts = [words.term("event_level", EventLevel(mark.shape)), title]
        if mark.overdue:
            parts.append(words.term("urgency", "overdue"))
        return " · ".join(parts)

    def _tip_counts(self, label: Label) -> str:
        """Say what is counted in a township, and that a click or Enter brings it closer."""
        words, county = self._screen.words, self.viewport.picture.county
        area = county.area(label.area)
        name = formatting.in_one_line(words.text(area.name)) if area is not None else ""
        said = [f"{words.term('event_level', c.level)} {c.number}" for c in label.counts]
        hint = translate("MapPane", "click or Enter: closer")
        return " · ".join([name, *said, hint])

    def _pick(self, key: Key) -> None:
        self.show_key(key)
        self.open_item(key)
        self.picked.emit(key)

    def _reload_changed(self, changed: Changes) -> None:
        if self.must_say_anew(changed) or changed & SPEC.follows:
            self._read(changed & SPEC.follows)

    def _show(self, county: County) -> None:
        self._due = frozenset()
        self.viewport.show_county(county)
        if self._wanted is not None and self.viewport.picture.picked != self._wanted:
            self.viewport.pick(self._wanted)
        self._say_summary()
        self._age(self._screen.board.now())
        if not county.is_empty:
            self.show_content()
        else:
            self.say_none(
                Collection.TOWNSHIPS,
                self.filling(self._screen.board.statuses()),
                translate("MapPane", "Nothing to draw"),
                translate("MapPane", "No source has sent outlines or anything with coordinates."),
                of_all=True,
            )

    def _end_spot(self, spot: QPointF | None) -> None:
        self.asking.hide()
        place = None
        if spot is not None:
            lon, lat = self.viewport.picture.county.projection.degrees(spot.x(), spot.y())
            place = Place(lon, lat)
        self.spot_picked.emit(place)

    def _say_summary(self) -> None:
        county = self.viewport.picture.county
        left_out = say_left_out(county)
        parts = [left_out] if left_out else []
        if county.unmapped:
            said = translate("MapPane", "no outline: %n warning(s)", "", county.unmapped)
            parts.append(said)
        if county.unplaced and left_out:
            said = translate("MapPane", "{n} of these without coordinates")
            parts.append(said.format(n=county.unplaced))
        elif county.unplaced:
            said = translate("MapPane", "%n incident(s) without coordinates", "", county.unplaced)
            parts.append(said)
        self.set_summary(" · ".join(parts))

    def _tick(self, now: Instant) -> None:
        """Follow the clock: ages, deadlines that pass, warnings that end."""
        self._age(now)
        changes_at = self.viewport.picture.county.changes_at
        if changes_at is not None and changes_at <= now and not self._due & CLOCKED:
            self._read(CLOCKED)

    def _age(self, now: Instant) -> None:
        statuses = self.filling(self._screen.board.statuses())
        self.set_age(statuses, now)
        doubtful = frozenset(
            s.id for s in statuses if s.freshness(now) in (Freshness.STALE, Freshness.UNKNOWN)
        )
        if doubtful != self._doubtful:
            self._doubtful = doubtful
            self._read(frozenset())

    def _place_furniture(self) -> None:
        """Lay out the controls; in a narrow head the switches say only their first letters."""
        switches = self._layers.values()
        taken = self.head.title.sizeHint().width() + AGE_PX
        wide = taken + sum(switch.width_px(short=False) + 4 for switch in switches)
        for switch in switches:
            switch.shorten(wide > self.width())
        self.furniture.place(self.viewport.picture.view.px_per_km)
        self.asking.move((self.viewport.width() - self.asking.width()) // 2, 12)
