"""The strip along the top: county, sources with their ages, outbox, demo mark, officer, clock."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from desktop.application.reads.read_models import Overview, Usage
from desktop.domain.certainty import judge_certainty
from desktop.domain.changes import Changes
from desktop.domain.command import Collection
from desktop.domain.freshness import Freshness
from desktop.domain.instant import MINUTE, Instant
from desktop.domain.localized_text import Text
from desktop.domain.source import SourceStatus
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.panes.warnings import warning_text
from desktop.gui.theme import restyle
from desktop.gui.widgets.accessible import set_tip
from desktop.gui.widgets.aged_button import AgedButton
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

STRIP_PX = 40
WIDE_PX = 1200
NARROW_PX = 800
"""Below this width not even the officer is named."""
GAP_PX = 8
LEAST_PX = 28
"""The narrowest button that is hit without aiming."""


class StatusStrip(Retranslated, QWidget):
    """A strip that shows whether the data on screen can be trusted."""

    action_asked = Signal(str)
    """The name of one of the desk's actions."""

    _said_px = 0
    """How wide the outbox's words are."""

    def __init__(self, screen: UiContext, title: Text, *, demo: bool) -> None:
        super().__init__()
        self._screen, self._title = screen, title
        self._overview: Overview | None = None
        self.setFixedHeight(STRIP_PX)
        self.setAutoFillBackground(True)
        self.county = PlainLabel(screen, "strong", elide=False)
        self._sources: dict[str, QPushButton] = {}
        self._brevity, self._shown, self._mark = 0, object(), object()
        self._linked: object = None
        """What was last said of the link was said of this."""
        self._steps: dict[str, object] = {}
        """The same, of each source."""
        self._source_row = QHBoxLayout()
        self._source_row.setSpacing(GAP_PX)
        self.warnings = self._button("go_warnings")
        """The gravest warning level in force, and how many warnings there are."""
        self.warnings.setFont(screen.theme.font("strong"))
        self.warnings.setProperty("strong", True)
        self.warnings.hide()
        self.outbox = self._button("outbox")
        self.link = self._button("link")
        self.link.hide()
        self._over = False
        self.drift = self._button("sources")
        restyle(self.drift, "tone", "orange")
        self.drift.hide()
        self.demo = PlainLabel(screen, "second", "second", elide=False)
        if not demo:
            self.demo.hide()
        self.language = self._button("language")
        self.theme = self._button("theme")
        self.officer = PlainLabel(screen, "body", "second")
        self.help, self.more = self._button("help"), self._button("palette")
        self.help.setText("?")
        self.help.setMinimumWidth(LEAST_PX)
        self.more.setText("⋯")
        self.clock = PlainLabel(screen, "strong")
        self.clock.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._arrange()
        screen.feed.ticked.connect(self._tick)
        screen.feed.changed.connect(self._hear)
        screen.theme.changed.connect(self.retranslate)
        self.retranslate()

    def _arrange(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 0)
        layout.setSpacing(16)
        layout.addWidget(self.county)
        layout.addWidget(self.warnings)
        layout.addLayout(self._source_row)
        layout.addWidget(self.outbox)
        layout.addWidget(self.link)
        layout.addWidget(self.drift)
        layout.addStretch(1)
        choices = (self.demo, self.language, self.theme, self.officer)
        for widget in (*choices, self.help, self.more, self.clock):
            layout.addWidget(widget)

    @property
    def name(self) -> str:
        """The desk's name in the language in force."""
        county = formatting.in_one_line(self._screen.words.text(self._title), 30)
        if not county:
            return translate("StatusStrip", "County desk")
        return translate("StatusStrip", "{county} desk").format(county=county)

    def _button(self, action: str, button: QPushButton | None = None) -> QPushButton:
        """Build a quiet button that asks for this action."""
        button = QPushButton() if button is None else button
        button.setProperty("quiet", True)
        button.clicked.connect(lambda _checked: self.action_asked.emit(action))
        return button

    def show_overview(self, overview: Overview) -> None:
        """Show the outbox's figures, the warnings' mark and the clock's drift."""
        self._overview = overview
        self._say_warnings(overview)
        self._say_outbox(is_brief=bool(self.outbox.toolTip()))
        self._say_clock()

    def _say_warnings(self, overview: Overview) -> None:
        """Show shape, colour, level and count of the warnings; nothing only if there surely are
        none."""
        found = judge_certainty(overview.sources, frozenset({Collection.WARNINGS}), overview.now)
        level, said, ink = warning_text.mark(overview.alertness, found, self._screen.words)
        ratio = self.devicePixelRatioF()
        theme = self._screen.theme
        mark = (level, said, ink, theme.name, ratio, self._screen.words.language)
        if mark == self._mark:
            return  # Each word set again costs a layout or an event, once a second.
        self._mark = mark
        # The first paint, which knows of no warnings yet, does without pictures.
        from desktop.gui.panes.warnings.plate import put_plate

        put_plate(self.warnings, level, theme)
        self.warnings.setText(f" {said}")
        self.warnings.setAccessibleName(said)
        tip = translate("StatusStrip", "Go to the warnings (G W)")
        set_tip(self.warnings, f"{said}\n{tip}")
        restyle(self.warnings, "tone", "orange" if ink == "orange" else "")
        self.warnings.setVisible(bool(said))

    def _say_clock(self) -> None:
        """Show what is wrong with this computer's clock; nothing when it is right."""
        problem = self._screen.board.clock_problem()
        said = None if problem is None else self._screen.words.problem(problem)
        if said is not None:
            self.drift.setText(formatting.without_stop(said.happened))
            set_tip(self.drift, str(said))
        self.drift.setVisible(said is not None)

    def show_usage(self, usage: Usage) -> None:
        """Show whether the day's bytes are spent."""
        self._over = usage.over
        self._tick(self._screen.board.now())

    def _say_link(self, statuses: tuple[SourceStatus, ...]) -> None:
        """Show the worst weak link, or a spent budget; nothing for good links."""
        weak = [s.link for s in statuses if s.link.weak]
        worst = min(weak, key=lambda link: link.bits_per_s or 0.0, default=None)
        parts = []
        if worst is not None:
            from desktop.gui.sources.link_sheet import describe_measured

            figure = describe_measured(worst).partition(" · ")[0]
            parts.append(translate("StatusStrip", "weak line {figure}").format(figure=figure))
        if self._over:
            parts.append(translate("StatusStrip", "today's bytes are spent"))
        self.link.setText(" · ".join(parts))
        self.link.setToolTip(translate("StatusStrip", "Line and bytes"))
        restyle(self.link, "tone", "orange" if parts else "")
        self.link.setVisible(bool(parts))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # All have keys and stand in the palette; what the sources say comes first.
        for button in (self.language, self.theme, self.help):
            button.setVisible(self.width() >= WIDE_PX)
        self.officer.setVisible(self.width() >= NARROW_PX)
        self.retranslate()

    def _hear(self, changed: Changes) -> None:
        if changed.sources:
            self._tick(self._screen.board.now())

    def _tick(self, now: Instant) -> None:
        self.clock.set_text(formatting.at_least(formatting.clock_time(now), self._screen.words))
        statuses = self._screen.board.statuses()
        linked = (statuses, self._over, self._screen.words.language)
        if linked != self._linked:
            self._linked = linked
            self._say_link(statuses)
        self._say_clock()
        for status in statuses:
            if status.id not in self._sources:
                button = self._button("sources", AgedButton())
                button.setObjectName(f"source {status.id}")
                # Many sources must never make the window wider than its monitor.
                button.setMinimumWidth(1)
                self._sources[status.id] = button
                self._source_row.addWidget(button)
        beside = self._width_beside()
        shown = (beside, self._say_sources(statuses, now, self._brevity))
        if shown == self._shown:
            return  # Of the same widths as before: there is as much room for as many words.
        room = self.width() - self._measure() - 40
        for brevity in range(5):
            self._brevity, widths = brevity, self._say_sources(statuses, now, brevity)
            self._shown = (beside, widths)
            if sum(b.sizeHint().width() + GAP_PX for b in self._sources.values()) <= room:
                break
        self._fit_name()

    def _fit_name(self) -> None:
        """Leave the desk's name to the window's title where figures would be cut for it, and then
        the outbox's words to its tip."""
        sources = sum(b.sizeHint().width() + GAP_PX for b in self._sources.values())
        beside = self._beside()[1:]
        taken = sources + 36 + sum(w.sizeHint().width() + 16 for w in beside if w.isVisibleTo(self))
        taken += self._said_px - self.outbox.fontMetrics().horizontalAdvance(self.outbox.text())
        name = self.county.sizeHint().width() + 16
        self.county.setVisible(taken + name <= self.width())
        self._say_outbox(is_brief=taken > self.width())

    def _say_outbox(self, *, is_brief: bool) -> None:
        """Show how much is to be sent and how much needs the officer, in words or as figures."""
        found = self._overview
        if found is None:
            return
        said = translate("StatusStrip", "to send {n}").format(n=found.unfinished)
        brief = f"↑ {found.unfinished}"
        if found.attention:
            needs = translate("StatusStrip", "needs you {n}").format(n=found.attention)
            said, brief = f"{said} · {needs}", f"{brief} · ! {found.attention}"
        self._said_px = self.outbox.fontMetrics().horizontalAdvance(said)
        shown = brief if is_brief else said
        if shown != self.outbox.text():
            self.outbox.setText(shown)
            self.outbox.setAccessibleName(said)
            set_tip(self.outbox, said if is_brief else "")
        restyle(self.outbox, "tone", "orange" if found.attention else "")

    def _say_sources(
        self, statuses: Iterable[SourceStatus], now: Instant, brevity: int
    ) -> tuple[int, ...]:
        """Show every source as briefly as this; returns how wide each text is."""
        words = self._screen.words
        how = (brevity, words.language, words.is_later(), now // MINUTE)
        for status in statuses:
            age = status.freshness(now), formatting.step_of_age(status.last_good_at, now)
            step = (status, age, how)
            if step != self._steps.get(status.id):
                self._steps[status.id] = step
                self._say_source(self._sources[status.id], status, now, brevity)
        buttons = self._sources.values()
        return tuple(b.fontMetrics().horizontalAdvance(b.text()) for b in buttons)

    def _width_beside(self) -> object:
        """Return what the room for the sources depends on, which costs less to ask than it."""
        *steady, clock = self._beside()
        texts = [(w.text(), w.isVisibleTo(self)) for w in steady]
        return self.width(), self._screen.theme.name, texts, clock.sizeHint().width()

    def _measure(self) -> int:
        return sum(w.sizeHint().width() + 16 for w in self._beside() if w.isVisibleTo(self))

    def _beside(self) -> tuple[QLabel | QPushButton, ...]:
        return (
            *(self.county, self.warnings, self.outbox, self.link, self.drift),
            *(self.demo, self.language, self.theme, self.officer, self.help, self.more, self.clock),
        )

    def _say_source(
        self, button: QPushButton, status: SourceStatus, now: Instant, brevity: int
    ) -> None:
        """Show a source in full, or shorter; a failing one keeps its words longest."""
        words, freshness = self._screen.words, status.freshness(now)
        title = formatting.in_one_line(words.text(status.title), 24 if brevity < 4 else 8)
        mark = formatting.source_mark(status, now)
        if status.last_good_at is None:
            age = formatting.unheard(status)
        else:
            age = words.format_lasted(now - status.last_good_at)
        calm = freshness is Freshness.FRESH and not status.bad_items
        due = status.awaited and status.never_seen
        parts = [mark, title, age]
        if brevity >= 1:
            parts = [mark] if calm and brevity >= 2 else [mark, title]
        said = " ".join(parts)
        if status.caution is not None and brevity < 3:
            said = f"{said} · {translate('StatusStrip', 'login unencrypted')}"
        if status.bad_items and brevity < 3:
            unread = translate("StatusStrip", "%n could not be read", "", status.bad_items)
            said = f"{said} · {unread}"
        button.setText(said.replace("&", "&&"))
        restyle(button, "tone", "" if calm or due else "orange")
        problems = [each for each in (status.problem, status.caution) if each is not None]
        problem = "\n".join(str(words.problem(each)) for each in problems)
        problem += "".join(f"\n{line}" for line in formatting.unread_lines(status, words))
        word = words.term("freshness", freshness)
        since = formatting.trouble(status, now, words)
        said = " · ".join(part for part in (title, word, age, since) if part)
        set_tip(button, f"{said}\n{problem}".strip())
        button.setAccessibleName(
            " ".join([title, word, age, *formatting.unread_lines(status, words)])
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._screen.theme.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)

    def retranslate(self) -> None:
        """Set all texts of the strip again in the current language."""
        self.county.set_text(self.name)
        self.demo.set_text(
            translate("StatusStrip", "Demo · throw-away key")
            if self.width() >= WIDE_PX
            else translate("StatusStrip", "Demo")
        )
        self.language.setText(translate("StatusStrip", "中文"))
        self.language.setToolTip(translate("StatusStrip", "Language (Ctrl+L)"))
        dark = self._screen.theme.name == "dark"
        self.theme.setText(
            translate("StatusStrip", "Light") if dark else translate("StatusStrip", "Dark")
        )
        self.theme.setToolTip(translate("StatusStrip", "Theme (Ctrl+T)"))
        for button, said in (
            (self.help, translate("StatusStrip", "Help (F1)")),
            (self.more, translate("StatusStrip", "All actions (Ctrl+K)")),
        ):
            button.setToolTip(said)
            button.setAccessibleName(said)
        self.officer.set_text(self._screen.board.commands.officer)
        self.outbox.setText(translate("StatusStrip", "to send {n}").format(n="…"))
        if self._overview is not None:
            self.show_overview(self._overview)
        self._tick(self._screen.board.now())
