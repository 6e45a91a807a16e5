"""The one map (一张图) as a pane of the desk."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

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
from desktop.gui.panes.map.drawing import Layers, Look
from desktop.gui.panes.map.geometry import County, Danger, Mark, lay_out
from desktop.gui.panes.map.label_layer import Lettering, in_brackets
from desktop.gui.panes.map.viewport import Viewport
from desktop.gui.panes.pane import Pane
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate


class ScaleBar(QWidget):
    """A scale bar: the length of a round number of kilometres on the map."""

    def __init__(self, screen: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._screen = screen
        self._px_per_km = 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.resize(148, 20)

    def show_scale(self, px_per_km: float) -> None:
        """Fit the bar to this scale."""
        self._px_per_km = px_per_km
        self.update()

    @property
    def length_km(self) -> float:
        """Return the longest round length that fits."""
        lengths = (100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05)
        return next((k for k in lengths if k * self._px_per_km <= 96), 0.05)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._px_per_km <= 0:
            return
        painter = QPainter(self)
        theme = self._screen.theme
        width, base = round(self.length_km * self._px_per_km), 13
        painter.setPen(QPen(theme.color("second"), 1))
        painter.drawPolyline(
            [QPoint(0, base - 4), QPoint(0, base), QPoint(width, base), QPoint(width, base - 4)]
        )
        painter.setFont(theme.font("second"))
        length = self.length_km
        text = f"{length:g} km" if length >= 1 else f"{length * 1000:g} m"
        painter.drawText(width + 8, base + 1, text)


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
        self.viewport = Viewport(self._tip, screen.reader)
        self._layers: dict[str, QToolButton] = {}
        for name in ("incidents", "assets", "warnings", "labels"):
            self._layers[name] = self._add_layer_switch(name)
        self._zooms = [self._add_zoom(factor) for factor in (1.5, 1 / 1.5, None)]
        self._bar = ScaleBar(screen, self.viewport)
        self._review = PlainLabel(screen, "second", "second", elide=False)
        self._review.setParent(self.viewport)
        self.asking = PlainLabel(screen, "body", "text", elide=False)
        self.asking.setParent(self.viewport)
        self.asking.setObjectName("sheet")
        self.asking.setContentsMargins(12, 6, 12, 6)
        self.asking.hide()
        self._review.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.viewport)
        self.set_content(content)
        self.viewport.picked.connect(self._pick)
        self.viewport.moved.connect(self._place_furniture)
        self.viewport.spot_picked.connect(self._end_spot)
        self.viewport.picture.reserved = self._furniture
        screen.theme.changed.connect(self._dress)
        screen.feed.changed.connect(self._reload_changed)
        screen.feed.ticked.connect(self._age)
        self._dress()
        self.retranslate()
        self.reload()

    def show_key(self, key: Key | None) -> bool:
        """Bring an incident, asset or warning into view; False when it has no position here."""
        self._wanted = key
        return self.viewport.pick(key)

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
        """Read the map's data again; what is shown stays until the answer is there."""
        board = self._screen.board
        self._screen.reader.ask(
            lambda: lay_out(board.map_layer(), board.statuses(), board.now()),
            self._show,
            slot="map",
        )

    def retranslate(self) -> None:
        self.set_title(translate("MapPane", "One map"))
        words = {
            "incidents": translate("MapPane", "Incidents"),
            "assets": translate("MapPane", "Assets"),
            "warnings": translate("MapPane", "Warnings"),
            "labels": translate("MapPane", "Labels"),
        }
        for name, button in self._layers.items():
            button.setText(f"{'●' if button.isChecked() else '○'} {words[name]}")
            button.setAccessibleName(words[name])
            button.setToolTip(
                formatting.plain_tip(
                    translate("MapPane", "Show or hide: {layer}").format(layer=words[name])
                )
            )
        for button, (text, tip) in zip(
            self._zooms,
            (
                ("+", translate("MapPane", "Closer (+)")),
                ("−", translate("MapPane", "Further away (−)")),
                (translate("MapPane", "County"), translate("MapPane", "The whole county (0)")),
            ),
            strict=True,
        ):
            button.setText(text)
            button.setToolTip(formatting.plain_tip(tip))
            button.setAccessibleName(tip)
        self._review.set_text(translate("MapPane", "Review no.: county's own sketch"))
        self.viewport.setAccessibleName(translate("MapPane", "One map"))
        self._say_summary()
        self._dress()
        self._age(self._screen.board.now())
        self._place_furniture()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._dress()
        self._place_furniture()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_furniture()

    def _add_layer_switch(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setCheckable(True)
        button.setChecked(True)
        button.setProperty("quiet", True)
        button.toggled.connect(self._switch_layers)
        self.head.right.addWidget(button)
        return button

    def _add_zoom(self, factor: float | None) -> QToolButton:
        button = QToolButton(self.viewport)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(
            self.zoom_county if factor is None else lambda: self.viewport.zoom(factor)
        )
        return button

    def _switch_layers(self) -> None:
        self.viewport.show_layers(
            Layers(**{name: button.isChecked() for name, button in self._layers.items()})
        )
        self.retranslate()

    def _dress(self) -> None:
        theme = self._screen.theme
        look = Look(theme.tokens, self.viewport.devicePixelRatioF())
        self.viewport.dress(look, Lettering(look, self._font, self._screen.words.text, self._say))

    def _font(self, px: int) -> QFont:
        return self._screen.theme.font("second", px)

    def _say(self, danger: Danger) -> str:
        """Describe a warning on the map: remarks in brackets, headline and start."""
        words = self._screen.words
        text = translate("MapPane", "{warning} from {time}").format(
            warning=words.text(danger.headline),
            time=formatting.moment(danger.starts_at, self._screen.board.now()),
        )
        return in_brackets(danger, words) + text

    def _tip(self, mark: Mark) -> str:
        words = self._screen.words
        title = formatting.in_one_line(words.text(mark.title))
        if mark.is_asset:
            return f"{words.term('asset_state', AssetState(mark.shape))} · {title}"
        parts = [words.term("event_level", EventLevel(mark.shape)), title]
        if mark.overdue:
            parts.append(words.term("urgency", "overdue"))
        return " · ".join(parts)

    def _pick(self, key: Key) -> None:
        self.show_key(key)
        self.open_item(key)
        self.picked.emit(key)

    def _reload_changed(self, changed: Changes) -> None:
        if self.must_say_anew(changed) or changed & SPEC.follows:
            self.reload()

    def _show(self, county: County) -> None:
        self.viewport.show_county(county)
        if self._wanted is not None and self.viewport.picture.picked != self._wanted:
            self.viewport.pick(self._wanted)
        self._say_summary()
        self._place_furniture()
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
        parts = []
        if county.unmapped:
            said = translate("MapPane", "no outline: %n warning(s)", "", county.unmapped)
            parts.append(said)
        if county.unplaced:
            said = translate("MapPane", "%n incident(s) without coordinates", "", county.unplaced)
            parts.append(said)
        self.set_summary(" · ".join(parts))

    def _age(self, now: Instant) -> None:
        statuses = self.filling(self._screen.board.statuses())
        self.set_age(statuses, now)
        doubtful = frozenset(
            s.id for s in statuses if s.freshness(now) in (Freshness.STALE, Freshness.UNKNOWN)
        )
        if doubtful != self._doubtful:
            self._doubtful = doubtful
            self.reload()

    def _furniture(self) -> list[QRectF]:
        """Return the controls on the map, which no label may cover."""
        fixed = [*self._zooms, self._bar, self._review]
        return [QRectF(widget.geometry()) for widget in fixed]

    def _place_furniture(self) -> None:
        """Zoom at the lower right, scale and review number at the lower left."""
        width, height = self.viewport.width(), self.viewport.height()
        y = height - 8
        for button in reversed(self._zooms):
            button.adjustSize()
            button.resize(max(28, button.sizeHint().width()), 26)
            y -= button.height() + 4
            button.move(width - button.width() - 8, y)
        self.asking.move((width - self.asking.width()) // 2, 12)
        self._review.adjustSize()
        self._review.move(12, height - self._review.height() - 8)
        self._bar.move(12, height - self._review.height() - 32)
        self._bar.show_scale(self.viewport.picture.view.px_per_km)
