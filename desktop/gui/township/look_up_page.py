"""查一查: what is known here of the township, found without the network."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.application.office.look_up import Hits, look_up
from desktop.application.reads.doubts import doubt_text
from desktop.domain.certainty import judge_certainty
from desktop.domain.changes import Changes
from desktop.domain.command import Collection
from desktop.domain.directory import Plan
from desktop.domain.localized_text import Text
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.directory.lines import plan_for_paper
from desktop.gui.list_export import ask_printer
from desktop.gui.panes.incidents.search_field import SearchField
from desktop.gui.township.hit_card import HitCard
from desktop.gui.township.hits import ALL, KINDS, Hit, HitModel, HitPainter, hits_of
from desktop.gui.township.page import UNBOUND_PX, Page
from desktop.gui.widgets.empty_state import EmptyState
from desktop.gui.widgets.segmented import SegmentedControl
from desktop.gui.widgets.snapshot_list import RowList

translate = QCoreApplication.translate

DIRECTORY = frozenset({Collection.CONTACTS, Collection.PLANS})
FOLLOWS = frozenset({Collection.INCIDENTS, Collection.ASSETS, Collection.WARNINGS}) | DIRECTORY
PAUSE_MS = 150
"""How long to wait for the next letter before looking."""
FIELD_PX, CARD_PX = 44, 400


class LookUpPage(Page):
    """One field, below it what was found, and beside that all about the row picked."""

    def __init__(self, screen: UiContext, _submitter: CommandSubmitter) -> None:
        super().__init__(screen)
        self.found: Hits | None = None
        self._asked = ("", "")
        """The words and the kind that are listed."""
        self.search = SearchField()
        self.search.setFixedHeight(FIELD_PX)
        self.search.setFont(screen.theme.font("body"))
        self.search.add_button()
        self.model = HitModel(screen)
        self.list: RowList[Hit] = RowList(self.model, HitPainter(screen, self.model))
        self.empty = EmptyState(screen)
        self.card = HitCard(screen)
        self.kinds = SegmentedControl((ALL, *KINDS), screen.theme.font("body"))
        self.printing = QPushButton()
        self.printing.setMinimumHeight(FIELD_PX)
        self.whole = QPushButton()
        self.whole.setMinimumHeight(FIELD_PX)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._arrange()
        self._pause.timeout.connect(self.reload)
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.search.left.connect(self._go_to_list)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._show_card())
        self.list.activated.connect(lambda _index: self._open_case())
        self.whole.clicked.connect(self._open_case)
        self.printing.clicked.connect(self._print)
        self.kinds.chosen.connect(lambda _kind: self._fill())
        screen.feed.ticked.connect(self.list.tick)
        self.setFocusProxy(self.search)
        self.retranslate()

    def _arrange(self) -> None:
        self._results = QStackedWidget()
        self._results.addWidget(self.list)
        self._results.addWidget(self.empty)
        self._beside = QWidget()
        column = self._card_column = QVBoxLayout(self._beside)
        column.addWidget(self.card, 1)
        column.addWidget(self.whole)
        column.addWidget(self.printing)
        row = self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setSpacing(0)
        row.addWidget(self._results, 1)
        row.addWidget(self._beside)
        self._beside.setFixedWidth(CARD_PX)
        column.setContentsMargins(16, 0, 0, 16)
        self.column.addWidget(self.search)
        chips = QHBoxLayout()
        chips.addWidget(self.kinds)
        chips.addStretch(1)
        self.column.addLayout(chips)
        self.column.addLayout(row, 1)

    def fold(self, is_small: bool) -> None:
        """Suit a small window: what is picked is told below the list."""
        super().fold(is_small)
        ways = QBoxLayout.Direction
        self._row.setDirection(ways.TopToBottom if is_small else ways.LeftToRight)
        self._row.setSpacing(8 if is_small else 0)
        self._beside.setMinimumWidth(0 if is_small else CARD_PX)
        self._beside.setMaximumWidth(UNBOUND_PX if is_small else CARD_PX)
        self._card_column.setContentsMargins(0 if is_small else 16, 0, 0, 16)

    def open(self) -> None:
        if self.found is None:
            self.reload()
        self.search.setFocus()
        self.search.selectAll()

    def reload(self) -> None:
        """Look for what the field says; nothing before the page was first opened."""
        township, board, words = self.township, self.screen_context.board, self.screen_context.words
        if township is None or not (self.isVisible() or self.found is not None):
            return
        text = self.search.text().strip()

        def kind_name(code: str) -> Text:
            return words.asset_kinds.get(code) or Text(code, code)

        def category_name(code: str) -> Text:
            return words.categories.get(code) or Text(code, code)

        self.screen_context.reader.ask(
            lambda: look_up(board, township, text, kind_name, category_name),
            self._show,
            slot="look up",
            urgent=True,
        )

    def hear(self, changed: Changes) -> None:
        if self.isVisible() and (changed.sources or changed.commands or FOLLOWS & changed):
            self.reload()

    def _show(self, found: Hits) -> None:
        self.found = found
        self._fill()

    def _fill(self) -> None:
        """List what was found of the kind that is chosen."""
        if self.found is None:
            return
        asked = (self.search.text().strip(), self.kinds.choice)
        self.list.show_rows(hits_of(self.found, asked[1], by_words=bool(asked[0])))
        if self.list.current is None or asked != self._asked:
            self.list.step(-len(self.model.rows))  # What fits best, not where another list stood.
        self._asked = asked
        self._results.setCurrentWidget(self.list if self.model.rows else self.empty)
        self._say()
        self._show_card()

    def _show_card(self) -> None:
        hit, found = self.list.current, self.found
        self.card.show_hit(hit, {} if found is None else found.directory)
        is_entry = hit is not None and hit.key.collection in DIRECTORY
        self.whole.setVisible(hit is not None and not is_entry)
        self.printing.setVisible(hit is not None and isinstance(hit.what, Plan))

    def _go_to_list(self) -> None:
        if self.model.rows:
            self.list.setFocus()

    def _open_case(self) -> None:
        hit = self.list.current
        if hit is not None and hit.key.collection not in DIRECTORY:
            self.case_asked.emit(hit.key)

    def _print(self) -> None:
        hit, found = self.list.current, self.found
        if hit is not None and isinstance(hit.what, Plan) and found is not None:
            screen = self.screen_context
            paper = plan_for_paper(hit.what, found.directory, screen.words)
            ask_printer(screen, self, paper, self.failed.emit)

    def step_back(self) -> bool:
        """Empty the field; False when it is empty."""
        had = bool(self.search.text())
        self.search.clear()
        return had

    def retranslate(self) -> None:
        self.title.set_text(translate("Township", "Look up"))
        self.search.setPlaceholderText(
            translate("Township", "A name, a place, a number, or first letters of the pinyin")
        )
        self.search.setAccessibleName(self.title.text())
        self.list.setAccessibleName(translate("Township", "What was found"))
        self.search.name_button(translate("Township", "Empty the field"))
        self.whole.setText(translate("Township", "Show it with the map and the county's lists"))
        self.line_changed.emit(translate("Township", "what is known here"), False)
        self.printing.setText(translate("Township", "Print the plan"))
        self.kinds.say(
            {
                ALL: translate("Township", "All"),
                "contacts": translate("Township", "Phones"),
                "plans": translate("Township", "Plans"),
                "assets": translate("Township", "Objects"),
                "cases": translate("Township", "Cases"),
                "warnings": translate("Township", "Warnings"),
            }
        )
        self.model.say_again()
        self._say()
        self._show_card()

    def _say(self) -> None:
        """Say how many there are, or why there may be none."""
        found = self.found
        if found is None:
            self.sentence.set_text("")
            return
        parts = (
            translate("Township", "%n phone entry(ies)", "", len(found.contacts)),
            translate("Township", "%n plan(s)", "", len(found.plans)),
            translate("Township", "%n object(s)", "", len(found.assets)),
            translate("Township", "%n case(s)", "", len(found.cases) + found.more),
            translate("Township", "%n warning(s)", "", len(found.warnings)),
        )
        said = " · ".join(parts)
        if found.more:
            said += " · " + translate(
                "Township", "the first %n case(s) are listed: a word more finds the rest", "",
                len(found.cases),
            )  # fmt: skip
        self.sentence.set_text(said)
        if not self.model.rows:
            self._say_none(found)

    def _say_none(self, found: Hits) -> None:
        board, words = self.screen_context.board, self.screen_context.words
        kind = self.kinds.choice
        known = judge_certainty(board.statuses(), FOLLOWS, board.now())
        doubt = doubt_text(known, None, words, any_shown=False)
        if doubt is not None:
            self.empty.say(doubt.happened, f"{doubt.meaning} {doubt.todo}")
        elif kind == "contacts" and not found.directory:
            self.empty.say(
                translate("Township", "The county has not given any phones"),
                translate("Township", "Ask the county's duty office to give its directory."),
            )
        elif kind == "plans" and not found.every_plan:
            self.empty.say(
                translate("Township", "The county has not given any plans"),
                translate("Township", "Ask the county's duty office to give its plans."),
            )
        elif self.search.text().strip():
            self.empty.say(
                translate("Township", "Nothing of the township fits"),
                translate("Township", "Try fewer letters, or another word."),
            )
        else:
            self.empty.say(translate("Township", "Nothing is known of the township"))
