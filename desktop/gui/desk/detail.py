"""The detail pane: one incident in full, its clocks, its timeline and what may be done."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.application.ports import IncidentRow
from desktop.application.views import IncidentDetail
from desktop.domain.command import Collection, CommandKind, Key
from desktop.domain.instant import Instant
from desktop.domain.text import Text
from desktop.gui import phrases
from desktop.gui.context import Screen
from desktop.gui.desk.case_parts import ClockTable, Facts, LevelLine, LifeCycle, Timeline
from desktop.gui.desk.key_button import KeyButton
from desktop.gui.desk.note_editor import NoteEditor
from desktop.gui.desk.orders import Orders
from desktop.gui.pane import Pane, PlainLabel

translate = QCoreApplication.translate

TITLE_CHARS = 160


class Known(NamedTuple):
    """What an order needs to know of its incident."""

    key: Key
    version: int
    acknowledged: bool


class DetailPane(Pane):
    """Shows the picked incident; stays on it through every refresh until another is picked."""

    shown_on_map = Signal(object)
    asset_picked = Signal(object)

    fills = frozenset({Collection.INCIDENTS})

    def __init__(self, screen: Screen, orders: Orders) -> None:
        super().__init__(screen)
        self._orders = orders
        self.key: Key | None = None
        self._line: IncidentRow | None = None
        """The line of the list it was picked by, for orders given while the detail loads."""
        self._acknowledging = False
        """Whether A was pressed on what is picked before anything was known of it."""
        self._ordered: set[Key] = set()
        """Acknowledged here, while what the board has read does not say so yet."""
        self._detail: IncidentDetail | None = None
        self._clocks: ClockTable | None = None
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.note = NoteEditor(screen, orders)
        self.note.hide()
        self.note.left.connect(self._area.setFocus)
        self.acknowledge_button = KeyButton(screen, "A", main=True)
        self.note_button = KeyButton(screen, "M")
        self.map_button = KeyButton(screen, "G M")
        self.acknowledge_button.clicked.connect(self.acknowledge)
        self.note_button.clicked.connect(self.begin_note)
        self.map_button.clicked.connect(self._show_on_map)
        self._arrange()
        self.retranslate()
        screen.feed.changed.connect(self._hear)
        screen.feed.ticked.connect(self._tick)

    def show_key(self, key: Key, line: IncidentRow | None = None) -> None:
        """Show this incident; `line` is what the list knows of it already."""
        self._line = line
        if key != self.key:
            self.key = key
            self._acknowledging = False
            self._ask()

    def acknowledge(self) -> None:
        """Say that the officer has seen the incident, if it may still be said."""
        known = self._known()
        self._acknowledging = known is None
        if known is None or known.acknowledged or known.key in self._ordered:
            return
        if self.screen_context.board.accepts(known.key, CommandKind.ACKNOWLEDGE):
            self._ordered.add(known.key)
            self.acknowledge_button.setEnabled(False)
            self._orders.acknowledge(known.key, known.version)

    def begin_note(self) -> None:
        """Open the editor, if the incident's source takes notes."""
        known = self._known()
        if known is None or not self.screen_context.board.accepts(known.key, CommandKind.NOTE):
            return
        if self._line is not None and not self._is_loaded():
            self._show_line(self._line)
            self.note.turn_to(known.key, None)
        self.note.open()

    def allow_again(self, target: Key) -> None:
        """Offer the buttons again after an order that could not be stored."""
        self._ordered.discard(target)
        if target == self.key:
            self.acknowledge_button.setEnabled(True)

    def _is_loaded(self) -> bool:
        return self._detail is not None and self._detail.key == self.key

    def _known(self) -> Known | None:
        """What orders need to know of the picked incident, from the list while it loads."""
        if self._detail is not None and self._detail.key == self.key:
            incident = self._detail.incident
            return Known(self._detail.key, incident.version, self._detail.acknowledged)
        if self._line is not None and self._line.key == self.key:
            return Known(self._line.key, self._line.version, self._line.acknowledged)
        return None

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.acknowledge_button, self.note_button, self.map_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._area, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 12)
        foot.setSpacing(0)
        foot.addWidget(self.note)
        foot.addLayout(buttons)
        layout.addLayout(foot)
        self.set_content(content)

    def _ask(self) -> None:
        key, board = self.key, self.screen_context.board
        if key is not None:
            self.screen_context.reader.ask(lambda: board.incident(key), self._show, slot="detail")

    def _hear(self, changed: frozenset[Collection]) -> None:
        if not changed or changed & {Collection.INCIDENTS, Collection.ASSETS}:
            self._ask()

    def _tick(self, now: Instant) -> None:
        if self._clocks is not None:
            self._clocks.tick(now)
        self._say_age(now)

    def _say_age(self, now: Instant) -> None:
        if self._detail is None:
            return
        statuses = self.screen_context.board.statuses()
        self.set_age([s for s in statuses if s.id == self._detail.key.source], now)

    def _show(self, detail: IncidentDetail | None) -> None:
        if detail is None:
            if self._detail is not None and self._detail.key == self.key:
                # It has left the cache while being read: it stays, and says so.
                self.set_summary(translate("DetailPane", "no longer in the county's list"))
                return
            self._detail = self._clocks = None
            self.note.turn_to(None)
            self.retranslate()
            return
        if any(r.command.kind is CommandKind.ACKNOWLEDGE for r in detail.commands):
            self._ordered.discard(detail.key)
        same = self._detail is not None and self._detail.key == detail.key
        # The draft is the editor's to keep; typing must not build the rest anew.
        draft, detail = detail.draft, msgspec.structs.replace(detail, draft="")
        if same and self._detail == detail:
            return
        self._detail = detail
        place = self._area.verticalScrollBar().value() if same else 0
        self._rebuild(detail)
        self._area.verticalScrollBar().setValue(place)
        self.note.turn_to(detail.key, draft)
        self._offer(detail)
        self.show_content()
        if self._acknowledging and detail.key == self.key:
            self.acknowledge()

    def _rebuild(self, detail: IncidentDetail) -> None:
        screen, incident = self.screen_context, detail.incident
        self.set_title(phrases.in_one_line(incident.number or incident.id, 40))
        self.set_summary("")
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        top = QVBoxLayout()
        top.setSpacing(4)
        top.addWidget(LevelLine(screen, detail))
        top.addWidget(self._title(incident.title))
        layout.addLayout(top)
        self._clocks = ClockTable(screen, incident.deadlines) if incident.deadlines else None
        if self._clocks is not None:
            layout.addWidget(self._clocks)
        layout.addWidget(LifeCycle(screen, incident.stage))
        layout.addWidget(self._facts(detail))
        layout.addWidget(Timeline(screen, detail))
        layout.addStretch(1)
        self._put(body)
        self._say_age(screen.board.now())

    def _title(self, text: Text) -> PlainLabel:
        title = PlainLabel(self.screen_context, "title", elide=False)
        title.setWordWrap(True)
        said = self.screen_context.words.text(text)
        title.set_text(phrases.in_one_line(said, TITLE_CHARS))
        title.setToolTip(phrases.plain_tip(said))
        title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return title

    def _show_line(self, line: IncidentRow) -> None:
        """Say what is being written about while the rest of it loads."""
        self._detail = self._clocks = None
        self.set_title(phrases.in_one_line(line.number or line.key.id, 40))
        self.set_summary("")
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.addWidget(self._title(line.title))
        layout.addStretch(1)
        self._put(body)
        self.show_content()

    def _put(self, body: QWidget) -> None:
        """Show this in the area, never wider than it: a body that may be is moved sideways."""
        body.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        # The area deletes the body it held before.
        self._area.setWidget(body)

    def _facts(self, detail: IncidentDetail) -> Facts:
        words, incident = self.screen_context.words, detail.incident
        now = self.screen_context.board.now()
        facts = Facts(self.screen_context)
        facts.add(translate("DetailPane", "Place"), words.text(incident.address))
        facts.add(translate("DetailPane", "Lead"), words.text(incident.lead_unit))
        co_units = translate("DetailPane", ", ").join(words.text(u) for u in incident.co_units)
        facts.add(translate("DetailPane", "With"), co_units)
        facts.add(translate("DetailPane", "Matter"), words.text(incident.summary))
        happened = phrases.moment(incident.occurred_at, now)
        recorded = phrases.moment(incident.recorded_at, now)
        facts.add(
            translate("DetailPane", "Time"),
            translate("DetailPane", "{happened}, recorded {recorded}").format(
                happened=happened, recorded=recorded
            ),
        )
        for n, asset in enumerate(detail.assets):
            name = translate("DetailPane", "Related") if n == 0 else ""
            state = words.term("asset_state", asset.state)
            key = Key(asset.source, Collection.ASSETS, asset.id)
            facts.add_link(
                name,
                f"{words.text(asset.name)} · {state}",
                lambda key=key: self.asset_picked.emit(key),  # type: ignore[misc]
            )
        facts.add(translate("DetailPane", "Seen"), self._seen(detail, now))
        return facts

    def _seen(self, detail: IncidentDetail, now: Instant) -> str:
        incident, words = detail.incident, self.screen_context.words
        if incident.acknowledged_at is not None:
            said = f"{phrases.moment(incident.acknowledged_at, now)} {incident.acknowledged_by}"
            return said.strip()
        own = [r for r in detail.commands if r.command.kind is CommandKind.ACKNOWLEDGE]
        if detail.acknowledged and own:
            return translate("DetailPane", "here, {receipt}").format(
                receipt=words.term("receipt", own[-1].receipt)
            )
        return translate("DetailPane", "not yet acknowledged")

    def _offer(self, detail: IncidentDetail) -> None:
        """Show only what the source takes and what still makes sense."""
        accepts = self.screen_context.board.accepts
        self.acknowledge_button.setVisible(
            not detail.acknowledged and accepts(detail.key, CommandKind.ACKNOWLEDGE)
        )
        self.acknowledge_button.setEnabled(detail.key not in self._ordered)
        self.note_button.setVisible(accepts(detail.key, CommandKind.NOTE))
        self.map_button.setVisible(detail.incident.place is not None)

    def _show_on_map(self) -> None:
        if self._detail is not None:
            self.shown_on_map.emit(self._detail.key)

    def retranslate(self) -> None:
        self.acknowledge_button.say(translate("DetailPane", "Acknowledge"))
        self.note_button.say(translate("DetailPane", "Note"))
        self.map_button.say(translate("DetailPane", "On the map"))
        if self._detail is not None:
            self._rebuild(self._detail)
            return
        self.set_title(translate("DetailPane", "Detail"))
        self.show_empty(
            translate("DetailPane", "Pick an incident"),
            translate("DetailPane", "J and K step through the list, or click a mark on the map."),
        )
