"""The frame of every pane: a head with summary and age, then content or why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar, cast

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.application.reads.doubts import doubt_text
from desktop.domain.certainty import Certainty, judge_certainty, unread_of
from desktop.domain.changes import Changes
from desktop.domain.command import Collection
from desktop.domain.freshness import Freshness
from desktop.domain.instant import MINUTE, Instant
from desktop.domain.outage import find_outage
from desktop.domain.source import SourceStatus
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.panes.bare import BarePane
from desktop.gui.panes.pane_head import PaneHead
from desktop.gui.widgets.empty_state import EmptyState

if TYPE_CHECKING:
    from desktop.application.export.columns import Columns
    from desktop.gui.list_export import ListSnapshot

translate = QCoreApplication.translate

R = TypeVar("R")


class Pane(BarePane):
    """Base of every pane on the desk; keeps its content while showing how old it is."""

    fills: frozenset[Collection] = frozenset()
    """Collections this pane shows: it takes its age from the sources that fill them."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self.screen_context = screen
        self.head = PaneHead(screen)
        self.head.unread.clicked.connect(lambda _checked: self.unread_asked.emit())
        self.empty = EmptyState(screen)
        self._summary, self._blind = "", False
        self._aged: object = None
        """All that the age shown was said of."""
        self._certainties: tuple[Certainty, ...] | None = None
        """How sure the figures in the head were when they were said."""
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self._stack, 1)
        self.setAutoFillBackground(True)
        screen.theme.changed.connect(self.update)

    def take_head(self) -> None:
        """Put the head above the body again, after it was a dock's title bar."""
        cast(QVBoxLayout, self.layout()).insertWidget(0, self.head)
        self.head.show()

    def set_title(self, title: str) -> None:
        """Set the head's title, which is also the pane's name for screen readers."""
        self.head.title.set_text(title)
        self.setAccessibleName(title)

    def set_summary(self, summary: str) -> None:
        """Set the figures beside the title; none are shown for data never received."""
        self._summary = summary
        self.head.summary.set_text("" if self._blind else summary)

    def add_above_body(self, tools: QLayout) -> None:
        """Put filters between the head and the body; they stay when the body is empty."""
        layout = cast(QVBoxLayout, self.layout())
        layout.insertLayout(layout.indexOf(self._stack), tools)

    def set_content(self, content: QWidget) -> None:
        """Put the pane's own widget behind the empty state; shown by `show_content`."""
        self._stack.addWidget(content)

    def show_content(self) -> None:
        """Show the pane's own widget, and its figures."""
        self._blind = False
        self.set_summary(self._summary)
        self._stack.setCurrentIndex(self._stack.count() - 1)

    def show_empty(self, title: str, sentence: str = "") -> None:
        """Show why there is nothing instead of the content."""
        self.empty.say(title, sentence)
        self._stack.setCurrentWidget(self.empty)

    @property
    def is_empty(self) -> bool:
        """Whether the reason for emptiness is shown."""
        return self._stack.currentWidget() is self.empty

    def must_say_anew(self, changed: Changes) -> bool:
        """Whether that reason may have changed: with a source's status, or with a row."""
        return self.is_empty and (changed.sources or bool(self.fills & changed))

    def filling(self, statuses: Iterable[SourceStatus]) -> tuple[SourceStatus, ...]:
        """Return the sources that fill this pane."""
        return tuple(s for s in statuses if self.fills & s.fills)

    def set_age(self, statuses: Iterable[SourceStatus], now: Instant) -> None:
        """Show how old the content is, by the least fresh source; orange when ageing."""
        filling = tuple(statuses)
        words, is_said = self.screen_context.words, self._is_said(filling, now)
        step = formatting.step_of_ages(filling, now, words, by_minute=is_said)
        aged = self.screen_context.board.statuses(), filling, step, is_said
        if aged == self._aged:
            return
        self._aged = aged
        self._follow_certainty(filling, now)
        fields = sum(s.spoiled.get(c, 0) for s in filling for c in self.fills)
        self.head.say_unread(unread_of(filling, self.fills), fields)
        full, short, color = self._describe_age(filling, now, is_said=is_said)
        self.head.set_age(full, short, color, is_said=is_said)
        if self.is_empty:
            self.say_reason()

    def tell_age(self, filling: tuple[SourceStatus, ...], now: Instant) -> str:
        """Return what the head says of the data's age, also for an empty pane's reason."""
        return self._describe_age(filling, now)[0]

    def _describe_age(
        self, filling: tuple[SourceStatus, ...], now: Instant, *, is_said: bool = False
    ) -> tuple[str, str, str]:
        """Describe how old the least fresh source's data are, in full and in short; and the colour
        of that. What `is_said` elsewhere needs no seconds."""
        words, worst = self.screen_context.words, formatting.oldest(filling, now)
        fresh = worst is not None and worst.freshness(now) is Freshness.FRESH
        due = worst is not None and worst.awaited and worst.never_seen
        failing = [said for s in filling if (said := formatting.trouble(s, now, words))]
        # A fresh source's seconds would only tick: the minute is enough until it ages.
        at = now if worst is None else worst.last_good_at or now
        seconds_alone = is_said and now - at < MINUTE
        brief = seconds_alone or (fresh and not failing and not words.is_later())
        age = formatting.data_age(filling, now, words, is_brief=brief)
        return (
            " · ".join([*failing[:1], age]),
            formatting.short_age(worst, now, words, is_brief=brief),
            "second" if (fresh or due) and not failing else "orange_text",
        )

    def say_reason(self) -> None:
        """Say again why nothing is shown: the passing second may have changed an age in it."""

    def _is_said(self, filling: tuple[SourceStatus, ...], now: Instant) -> bool:
        """Whether the window's one sentence says all of it: that no source works, and of what time
        the data is."""
        outage, own = find_outage(self.screen_context.board.statuses()), find_outage(filling)
        if outage is None or own is None or not outage.is_total:
            return False
        if outage.data_at is None or own.data_at is None:
            return outage.data_at is own.data_at
        return formatting.moment(own.data_at, now) == formatting.moment(outage.data_at, now)

    def figure(self, what: Collection, number: int) -> str:
        """Format a count of rows for the head: never a calm zero if rows may be missing."""
        board = self.screen_context.board
        return judge_certainty(board.statuses(), frozenset({what}), board.now()).figure(number)

    def say_figures(self) -> None:
        """Set the figures that depend on how sure they are; called again once that changes."""

    def _follow_certainty(self, filling: tuple[SourceStatus, ...], now: Instant) -> None:
        """Say the figures anew where a source's status changed and its rows did not."""
        found = (judge_certainty(filling, frozenset({what}), now) for what in sorted(self.fills))
        certainties = tuple(known.certainty for known in found)
        if certainties != self._certainties:
            self._certainties = certainties
            self.say_figures()

    def say_blind(self, statuses: Iterable[SourceStatus]) -> bool:
        """Show the reason when none of the pane's sources has ever given rows; return whether
        so."""
        filling = tuple(statuses)
        known_now = judge_certainty(filling, self.fills, self.screen_context.board.now())
        self._blind = known_now.is_blind
        self.set_summary(self._summary)
        if not self._blind:
            return False
        words = self.screen_context.words
        if not filling:
            self.show_empty(
                translate("Pane", "No source for this"),
                translate("Pane", "None of the sources in the profile fills this pane."),
            )
            return True
        failing = next((s for s in filling if s.problem is not None and not s.awaited), None)
        if failing is None or failing.problem is None:
            self._say_loading(filling)
            return True
        said = words.problem(failing.problem)
        self.show_empty(
            translate("Pane", "Never received from {source}").format(
                source=words.text(failing.title)
            ),
            " ".join(part for part in (said.happened, said.todo) if part),
        )
        return True

    def _say_loading(self, filling: tuple[SourceStatus, ...]) -> None:
        """Show how much has come and how long the rest will take, else what is waited for."""
        words = self.screen_context.words
        under_way = next((s for s in filling if s.progress is not None), filling[0])
        title = words.text(under_way.title)
        if under_way.progress is not None:
            said = translate("Pane", "Loading from {source}").format(source=title)
            self.show_empty(said, formatting.describe_progress(under_way.progress))
            return
        waiting = translate("Pane", "Waiting for the first answer of {source}.")
        state = (
            translate("Pane", "Loading")
            if under_way.awaited
            else translate("Pane", "Not yet loaded")
        )
        self.show_empty(state, waiting.format(source=title))

    def say_none(
        self,
        what: Collection,
        statuses: Iterable[SourceStatus],
        title: str,
        sentence: str,
        *,
        of_all: bool = False,
    ) -> None:
        """Show these words for an empty list, or why the list may not really be empty.

        Data never received, not recent, or unreadable must not look calm. With `of_all` every
        collection the pane shows counts, not this kind alone.
        """
        filling = tuple(statuses)
        if self.say_blind(filling):
            return
        screen = self.screen_context
        found = judge_certainty(
            filling, self.fills if of_all else frozenset({what}), screen.board.now()
        )
        kind = None if of_all else what
        said = doubt_text(found, kind, screen.words, any_shown=False)
        if said is None:
            self.show_empty(title, sentence)
        else:
            self.show_empty(said.happened, f"{said.meaning} {said.todo}")

    def data_time(self) -> str:
        """Return the data's time and the number of unreadable items as text, for copies and
        exports."""
        return self._data_time(translate("Pane", "Exported {now} · {age}"))

    def _data_time(self, sentence: str) -> str:
        screen = self.screen_context
        now, statuses = screen.board.now(), self.filling(screen.board.statuses())
        said = sentence.format(
            now=formatting.date_time(now), age=formatting.data_age(statuses, now, screen.words)
        )
        count = unread_of(statuses, self.fills)
        return f"{said} · {translate('Pane', '%n could not be read', '', count)}" if count else said

    def as_snapshot(
        self, columns: Columns[R], rows: Iterable[R], count: int, title: str = ""
    ) -> ListSnapshot[R]:
        """Return these rows as a table with the time of its data: under a title of its own it is
        whole, under the pane's it is the list, with what that is limited to."""
        from desktop.gui.list_export import ListSnapshot, say_limits

        name = title or self.head.title.text()
        limits = () if title else self.limits()
        said = say_limits(self.data_time(), limits)
        on_screen = say_limits(self._data_time(translate("Pane", "As of {now} · {age}")), limits)
        return ListSnapshot(name, said, columns, rows, count, self.why_empty(), on_screen)

    def limits(self) -> list[str]:
        """Return what its tables are limited to, each limit in the words of its control."""
        return []

    def why_empty(self) -> str:
        """Return the text shown in place of rows; empty if there are rows."""
        said = (self.empty.title.text(), self.empty.sentence.text())
        return "\n".join(filter(None, said)) if self.is_empty else ""

    def ground(self) -> QColor:
        """Return the pane's background colour."""
        return self.screen_context.theme.color("panel")
