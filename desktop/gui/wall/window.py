"""The wall (大屏): scenes that rotate by themselves, unattended, without any dialog."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QAccessible, QKeyEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop.application.wall_place import UNKNOWN_PLACE, WallPlace
from desktop.domain.changes import NOTHING, Changes
from desktop.domain.command import Key
from desktop.domain.instant import MINUTE, SECOND, Instant
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.wall.canvas import NARROW_UNITS, unit_px
from desktop.gui.wall.frame import (
    FOOT_UNITS,
    FOOT_UNITS_TALL,
    TOP_UNITS,
    TOP_UNITS_NARROW,
    AgeBanner,
    Foot,
    TopLine,
    Turn,
)
from desktop.gui.wall.headline import AlarmLine, HeadlineBand, of_alarm, of_incident
from desktop.gui.wall.map_scene import MapScene
from desktop.gui.wall.overview import OverviewScene
from desktop.gui.wall.queues_scene import QueuesScene
from desktop.gui.wall.scene import Scene
from desktop.gui.wall.state import WallState, read_wall
from desktop.gui.wall.warnings_scene import WarningsScene, needs_scene

translate = QCoreApplication.translate

DWELL_S = 20
HOLD_MS = 2 * MINUTE
"""How long the overview stays for what newly calls; then the line of the alarm goes along."""
TURNS = ((0,), (1,), (2,))
WIDE_TURNS = ((0, 2), (1, 2))
"""Scenes by turn; the overview has a map of its own and so never stands beside the map."""
WARNINGS_TURN, WIDE_WARNINGS_TURN = (3,), (3, 2)
"""The last turn, while there are more warnings than the map's scene holds."""
WIDE = 2.6
"""From this ratio of width to height on, two scenes stand side by side."""
REREAD_MS = 15 * SECOND
"""Figures that depend on the time (overdue) are read again this often without a change."""
SHIFTS = ((0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1))
"""Offsets of the picture, in pixels, minute by minute, so that no edge burns in."""
SHIFT_PX = 2


class WallWindow(Retranslated, QWidget):
    """Overview, map and queues in turn; from the cache when no source answers."""

    accessible_role = QAccessible.Role.Window

    whole = True
    """The window is complete as soon as it is shown."""

    def __init__(
        self,
        screen: UiContext,
        title: str,
        *,
        place: WallPlace = UNKNOWN_PLACE,
        dwell_s: Sequence[int] = (DWELL_S, DWELL_S, DWELL_S),
        windowed: bool = False,
    ) -> None:
        super().__init__()
        self._screen = screen
        self._place = place
        self._windowed = windowed
        self._dwell_ms = [max(1, s) * SECOND for s in dwell_s]
        self._at = 0
        self._since: Instant | None = None
        self._held: frozenset[Key] = frozenset()
        self._held_since: Instant = 0
        self._read_at: Instant = 0
        self._due = NOTHING
        """What has changed since the state shown was read."""
        self._laid_out: tuple[float, ...] = ()
        self.state: WallState | None = None
        self._become(title or translate("Wall", "County wall"))
        self.surface = QWidget(self)
        self.top = TopLine(screen, self.windowTitle(), self._place)
        self.alarm = AlarmLine(screen)
        self.headline = HeadlineBand(screen)
        self.banner = AgeBanner(screen)
        self.foot = Foot(screen)
        self.scenes: tuple[Scene, ...] = (
            OverviewScene(screen),
            MapScene(screen),
            QueuesScene(screen),
            WarningsScene(screen),
        )
        for part in (self.top, self.alarm, self.headline, self.banner, self.foot, *self.scenes):
            part.setParent(self.surface)
        screen.theme.changed.connect(self._dress)
        screen.feed.changed.connect(self.reload)
        screen.feed.ticked.connect(self.tick)
        self._dress()
        self.reload()
        self.tick(screen.board.now())

    def _become(self, title: str) -> None:
        """Take a name, the keyboard and no pointer."""
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAutoFillBackground(True)

    @property
    def shown(self) -> tuple[Scene, ...]:
        """Return the visible scene or, on a wide wall, the two visible scenes."""
        turns = self._turns
        return tuple(self.scenes[k] for k in turns[self._at % len(turns)])

    @property
    def _is_wide(self) -> bool:
        return self.width() >= WIDE * self.height()

    @property
    def _turns(self) -> tuple[tuple[int, ...], ...]:
        turns = WIDE_TURNS if self._is_wide else TURNS
        if not needs_scene(self.state):
            return turns
        return (*turns, WIDE_WARNINGS_TURN if self._is_wide else WARNINGS_TURN)

    def tick(self, now: Instant) -> None:
        """Update the heartbeat and the ages each second, and the scene and the offset when due."""
        statuses = self._screen.board.statuses()
        self._turn(now)
        for scene in self.scenes:
            scene.tick(now)
        for part in (self.top, self.banner, self.foot):
            part.tell(statuses, now)
        self._speak(now)
        if self._heights() != self._laid_out:
            self._lay_out()
        self.surface.move(self._shift(now))
        if now - self._read_at >= REREAD_MS:
            self.reload()

    def _speak(self, now: Instant) -> None:
        """Say the scene's headline, and above it what calls where the scene says something else."""
        if self.state is None:
            return
        said = self.shown[0].headline(self.state)
        row, words = self.state.top_incident(), self._screen.words
        calls = of_alarm(self.state, now, words)
        if calls is None and row is not None:
            calls = of_incident(row, self.state, now, words)
        self.headline.say(said)
        is_said = calls is not None and (calls.text, calls.below) == (said.text, said.below)
        self.alarm.say(None if is_said else calls)

    def retranslate(self) -> None:
        """Set all texts again in the current language."""
        self.tick(self._screen.board.now())
        for scene in self.scenes:
            scene.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def open(self) -> None:
        """Fill the screen, also without a window manager."""
        self.setGeometry(self.screen().geometry())
        self.showFullScreen()

    def complete(self, _is_loaded: Callable[[], bool] = lambda: True) -> None:
        """Do nothing: a wall is complete from the start."""

    def offer_bundle(self, _file: Path) -> None:
        """Do nothing: a wall carries nothing."""

    def leave(self) -> None:
        """Close: nothing waits on a wall."""
        self.close()

    def leave_unasked(self) -> None:
        """Do nothing: a wall asks nothing."""

    def put_away(self) -> None:
        """Listen to no more changes: the wall is about to close."""
        feed = self._screen.feed
        feed.changed.disconnect(self.reload)
        feed.ticked.disconnect(self.tick)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """End with Ctrl+Q; leave full screen only if it runs in a window of a desktop."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_Q and control:
            self.close()
        elif self._windowed and event.key() in (Qt.Key.Key_F11, Qt.Key.Key_Escape):
            if self.isFullScreen():
                self.showNormal()
            elif event.key() == Qt.Key.Key_F11:
                self.showFullScreen()

    def _dress(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, self._screen.theme.color("ground"))
        self.setPalette(palette)

    def reload(self, changed: Changes = NOTHING) -> None:
        """Read again what changed; what is shown stays until the answer is there."""
        board, before = self._screen.board, self.state
        self._read_at = board.now()
        due = self._due = self._due.join(changed)
        self._screen.reader.ask(lambda: read_wall(board, before, due), self._show, slot="wall")

    def _show(self, state: WallState) -> None:
        turns, before = len(self._turns), self.state
        self._due = NOTHING
        self.state = self.top.state = state
        if len(self._turns) != turns:
            self._lay_out()  # A turn came or went; the place may mean another scene now.
        is_alike = before is not None and state.looks_like(before)
        for scene in self.scenes:
            scene.show_state(state, is_alike=is_alike)
        self.tick(self._screen.board.now())

    def _turn(self, now: Instant) -> None:
        """Go on to the next scene when it is due; stay on the overview while a matter
        interrupts."""
        left = self._hold_left(now)
        if left and self._at != 0:
            self.go_to(0, now)
        elif self._since is None or self._since > now or left:
            self._since = now
        elif now - self._since >= self._dwell():
            self.go_to((self._at + 1) % len(self._turns), now)
        names = translate("Wall", " + ").join(scene.title() for scene in self.shown)
        due_at = now + left if left else max(now, (self._since or now) + self._dwell())
        place = f"{self._at % len(self._turns) + 1}/{len(self._turns)}"
        self.foot.turn = Turn(names, place, due_at, held=left > 0)

    def _hold_left(self, now: Instant) -> int:
        """Return how long the overview still stays for what calls; anew for each that begins to."""
        matters = self.state.matters if self.state is not None else frozenset()
        if matters - self._held:
            self._held_since = now
        self._held = matters
        self._held_since = min(self._held_since, now)
        return max(0, HOLD_MS - (now - self._held_since)) if matters else 0

    def _dwell(self) -> int:
        return self._dwell_ms[self._at % len(self._dwell_ms)]

    def go_to(self, place: int, now: Instant) -> None:
        """Show this turn; its time begins now."""
        self._at, self._since = place, now
        self._speak(now)
        self._lay_out()

    def _shift(self, now: Instant) -> QPoint:
        return QPoint(*SHIFTS[now // MINUTE % len(SHIFTS)])

    def _heights(self) -> tuple[float, ...]:
        """Return the unit, then the heights of the lines above the scene, from the top."""
        width, height = self.width() - SHIFT_PX, self.height() - SHIFT_PX
        unit = unit_px(width, height, self._screen.theme, self._place.viewing)
        units = width / unit
        top = TOP_UNITS_NARROW if units < NARROW_UNITS else TOP_UNITS
        tall = height > width
        alarm = self.alarm.height_units(tall=tall)
        headline = self.headline.height_units(tall=tall) if self.state is not None else 0
        return unit, top, alarm, headline, self.banner.height_units(units)

    def _lay_out(self) -> None:
        """Lay out every part in units of the wall."""
        width, height = self.width() - SHIFT_PX, self.height() - SHIFT_PX
        self._laid_out = self._heights()
        unit = self._laid_out[0]
        gap = max(1, round(2 * unit))
        self.surface.resize(width, height)
        lines = (self.top, self.alarm, self.headline, self.banner)
        for line in lines:
            line.unit = unit
        self.foot.unit = unit
        for scene in self.scenes:
            scene.unit = unit
        begin = 0
        for part, units in zip(lines, self._laid_out[1:], strict=True):
            high = round(units * unit)
            part.setGeometry(0, begin, width, high)
            part.setVisible(high > 0)
            begin += high + gap if high else 0
        foot = round((FOOT_UNITS_TALL if height > width else FOOT_UNITS) * unit)
        self.foot.setGeometry(0, height - foot, width, foot)
        shown = self.shown
        each = (width - gap * (len(shown) - 1)) // len(shown)
        for scene in self.scenes:
            scene.setVisible(scene in shown)
        for n, scene in enumerate(shown):
            scene.setGeometry(n * (each + gap), begin, each, max(0, height - foot - gap - begin))
