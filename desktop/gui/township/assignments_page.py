"""我的事: what the county asked of this township, soonest due first."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.application.office.assignments import Assignment, Assignments, read_assignments
from desktop.application.profile import USUAL_SOUND
from desktop.application.reads.doubts import doubt_text
from desktop.domain.certainty import Known, judge_certainty
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, CommandKind, Key
from desktop.domain.instant import Instant
from desktop.gui import first_paint, formatting
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.township.assignment_card import AssignmentCard
from desktop.gui.township.page import Page
from desktop.gui.widgets.empty_state import EmptyState
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

FIRST_CARDS = 5
"""So many cards fill the first paint; the others come right after it."""
FOLLOWS = frozenset({Collection.INCIDENTS, Collection.TOWNSHIPS})


class AssignmentsPage(Page):
    """The assignments as cards; a card's buttons open a form, or do it at once."""

    def __init__(self, screen: UiContext, submitter: CommandSubmitter) -> None:
        super().__init__(screen)
        self._submitter = submitter
        self.assignments: Assignments | None = None
        self.cards: list[AssignmentCard] = []
        self.empty = EmptyState(screen)
        self.others_title = PlainLabel(screen, "strong", "second")
        self.more = PlainLabel(screen, "second", "second", elide=False)
        inner = QWidget()
        self._cards = QVBoxLayout(inner)
        self._cards.setContentsMargins(0, 8, 16, 16)
        self._cards.setSpacing(12)
        for part in (self.empty, self.others_title, self.more):
            self._cards.addWidget(part)
        self._cards.addStretch(1)
        self.add_scrolling(inner)
        first_paint.watch(inner, lambda: self.cards)
        screen.feed.ticked.connect(self._tick)
        self.retranslate()

    def reload(self) -> None:
        township, board = self.township, self.screen_context.board
        if township is None:
            return
        if self.assignments is None and not self.window().isVisible():
            # The first paint waits for nothing but the rows it has room for.
            self._show(read_assignments(board, township), FIRST_CARDS)
        else:
            self.screen_context.reader.ask(
                lambda: read_assignments(board, township), self._show, slot="assignments"
            )

    def hear(self, changed: Changes) -> None:
        if changed.commands or changed.sources or FOLLOWS & changed:
            self.reload()

    def open(self) -> None:
        first = next(iter(self.cards), None)
        (first.whole if first is not None else self).setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, assignments: Assignments, most: int | None = None) -> None:
        before, self.assignments = self.assignments, assignments
        if before is not None:
            known = {each.detail.key for each in (*before.ours, *before.others)}
            new = [each for each in assignments.ours if each.detail.key not in known]
            self.arrived.emit(tuple(new))
        wanted = (*assignments.ours, *assignments.others)[:most]
        kept = {
            card.assignment.detail.key: card for card in self.cards if card.assignment is not None
        }
        keys = [assignment.detail.key for assignment in wanted]
        cards = [kept.pop(key) if key in kept else self._new_card() for key in keys]
        for card in kept.values():
            self._cards.removeWidget(card)
            card.deleteLater()
        for card, assignment in zip(cards, wanted, strict=True):
            card.show_assignment(assignment)
        if cards != self.cards:
            self._put(cards, len(assignments.ours))
        self.cards = cards
        self._say()

    def _new_card(self) -> AssignmentCard:
        card = AssignmentCard(self.screen_context)
        card.asked.connect(self._act)
        card.opened.connect(lambda assignment: self.case_asked.emit(assignment.detail.key))
        return card

    def _put(self, cards: list[AssignmentCard], ours: int) -> None:
        """Lay the cards out so: ours, then those of others under their title."""
        for part in (*self.cards, self.others_title, self.more):
            self._cards.removeWidget(part)
        parts = [*cards[:ours], self.others_title, *cards[ours:], self.more]
        for place, part in enumerate(parts, 1):
            self._cards.insertWidget(place, part)
            part.show()

    def begin(self, key: Key, kind: CommandKind) -> None:
        """Open the form of this command for one of our assignments that still allows it."""
        for each in () if self.assignments is None else self.assignments.ours:
            if each.detail.key == key and kind in each.steps:
                self._act(each, kind)

    def _act(self, assignment: Assignment, kind: CommandKind) -> None:
        incident, key = assignment.incident, assignment.detail.key
        commands = self.screen_context.board.commands
        if kind is CommandKind.TAKE_UP:
            work = partial(commands.submit, kind, key, {}, base=incident.version)
            self._submitter.submit(key, work, lambda _record: None)
        elif kind is CommandKind.ATTACH:
            self.files_asked.emit(key)
        else:
            from desktop.gui.forms.command_request import CommandRequest  # Not for the first paint.

            called = formatting.in_one_line(self.screen_context.words.text(incident.title), 40)
            self.form_asked.emit(CommandRequest(kind, key, called, incident.version, incident))

    def _tick(self, now: Instant) -> None:
        if self.isVisible():
            for card in self.cards:
                card.tell_time(now)

    def retranslate(self) -> None:
        self.title.set_text(translate("Township", "My assignments"))
        self._say()

    def _say(self) -> None:
        self.others_title.set_text(
            translate("Township", "Others are at work in our township on these")
        )
        assignments = self.assignments
        if assignments is None:
            self.sentence.set_text(translate("Township", "Reading …"))
            self.empty.hide()
            self.others_title.hide()
            self.more.hide()
            return
        count, new = len(assignments.ours), assignments.new
        said = translate("Township", "%n assignment(s), soonest due first", "", count)
        if new:
            said += " · " + translate("Township", "%n not yet taken up", "", new)
        self.sentence.set_text(said if count else "")
        self.sentence.setVisible(bool(count))
        waits = translate("Township", "%n new", "", new) if new else self._figure(count)
        self.line_changed.emit(waits, bool(new))
        self.others_title.setVisible(bool(assignments.others))
        self.more.set_text(
            translate(
                "Township", "%n more open case(s) are in the county's list", "", assignments.more
            )
        )
        self.more.setVisible(bool(assignments.more))
        self.empty.setVisible(not count)
        if not count:
            self._say_none()

    def _figure(self, count: int) -> str:
        """Say how many assignments there are, unless that is not known."""
        known = self._certainty()
        figure = known.figure(count)
        return translate("Township", "{n} in hand").format(n=figure) if count else figure

    def _certainty(self) -> Known:
        board = self.screen_context.board
        return judge_certainty(board.statuses(), frozenset({Collection.INCIDENTS}), board.now())

    def _say_none(self) -> None:
        """Say that there are none, or why that may not be so."""
        found = self._certainty()
        if found.is_blind:
            self.empty.say(
                translate("Township", "Nothing has come from the county yet"),
                translate(
                    "Township",
                    "Whether there is anything to do is not known before the first connection.",
                ),
            )
            return
        doubt = doubt_text(found, Collection.INCIDENTS, self.screen_context.words, any_shown=False)
        if doubt is None:
            heard = translate(
                "Township", "New assignments appear here by themselves, with a sound."
            )
            if self.screen_context.sound != USUAL_SOUND:
                heard = translate("Township", "New assignments appear here by themselves.")
            self.empty.say(translate("Township", "The county asks nothing of us now"), heard)
        else:
            self.empty.say(doubt.happened, f"{doubt.meaning} {doubt.todo}")
