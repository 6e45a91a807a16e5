"""A contact or a plan over the window."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop.domain.directory import Contact, Plan, index_contacts
from desktop.domain.incident import Incident
from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.directory.lines import (
    Contacts,
    contact_lines,
    contact_name,
    plan_for_paper,
    plan_lines,
    write_lines,
)
from desktop.gui.list_export import ask_printer
from desktop.gui.widgets.sheet import Sheet
from desktop.gui.widgets.text_column import TextColumn

translate = QCoreApplication.translate

WIDTH_PX = 640
FOOT_PX = 8
"""Room around the button below."""
TITLE_CHARS = 40


class DirectorySheet(Sheet):
    """What one entry of the directory says; a plan can be printed."""

    def __init__(self, screen: UiContext, window: QWidget) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self._area = self.scrolling()
        self._entry: Contact | Plan | None = None
        self._others: tuple[Plan, ...] = ()
        self._contacts: Contacts = {}
        self.print_button = QPushButton()
        self.print_button.clicked.connect(self._print)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 4, 16, 4)
        foot.addStretch(1)
        foot.addWidget(self.print_button)
        self.body.addLayout(foot)
        self.column = TextColumn(screen)

    def open(self, entry: Contact | Plan, contacts: Contacts) -> None:
        """Show an entry; a plan names some of the contacts."""
        self._others = ()
        self._turn_to(entry, contacts)

    def open_for(self, incident: Incident) -> None:
        """Show the plan that fits an incident best, with the others; or that none does."""
        board = self._screen.board
        self._screen.reader.ask(
            lambda: (board.plans_for(incident), board.contacts()),
            lambda found: self._show_fitting(*found),
            slot="plans",
            urgent=True,
        )

    def _show_fitting(self, plans: tuple[Plan, ...], contacts: tuple[Contact, ...]) -> None:
        self._others = plans
        self._turn_to(plans[0] if plans else None, index_contacts(contacts))

    def _turn_to(self, entry: Contact | Plan | None, contacts: Contacts) -> None:
        self._entry, self._contacts = entry, contacts
        if self.isVisible():
            self.refresh()
        else:
            self.lay()

    def fill(self) -> None:
        words, entry = self._screen.words, self._entry
        self.column = TextColumn(self._screen)
        self.print_button.setVisible(isinstance(entry, Plan))
        self.print_button.setText(translate("Directory", "Print the plan"))
        match entry:
            case Contact():
                self.title.set_text(contact_name(entry, words))
                lines = contact_lines(entry, words)[1:]
            case Plan():
                self.title.set_text(words.text(entry.title))
                lines = plan_lines(entry, self._contacts, words)[1:]
            case None:
                self.title.set_text(translate("Directory", "No plan fits"))
                lines = [(self._say_none(), "body")]
        write_lines(self.column, self._screen, lines)
        self._offer_others()
        self.column.end()
        self._area.setWidget(self.column)
        width = min(WIDTH_PX, self.window().width() - 32)
        foot = self.print_button.sizeHint().height() + FOOT_PX if isinstance(entry, Plan) else 0
        self.fit(self.column.heightForWidth(width - 24) + foot)

    def _say_none(self) -> str:
        return translate(
            "Directory",
            "The county has given no plan for this kind and level of incident.",
        )

    def _offer_others(self) -> None:
        others = [plan for plan in self._others if plan is not self._entry]
        if others:
            self.column.add_gap()
            self.column.add(translate("Directory", "These plans fit as well"), "second", "second")
            text = self._screen.words.text
            for plan in others:
                title = formatting.in_one_line(text(plan.title), TITLE_CHARS).replace("&", "&&")
                self.column.add_buttons((title, partial(self._choose, plan)))

    def _choose(self, plan: Plan) -> None:
        self.setFocus()  # The button that was pressed goes with the column it stands in.
        self._turn_to(plan, self._contacts)

    def _print(self) -> None:
        plan, screen = self._entry, self._screen
        if isinstance(plan, Plan):
            paper = plan_for_paper(plan, self._contacts, screen.words)
            ask_printer(screen, self, paper, self._say)

    def _say(self, problem: Problem) -> None:
        told = self._screen.words.problem(problem)
        self.title.set_text(told.happened)
