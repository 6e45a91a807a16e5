"""The sheet of sources: the state of each one, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from desktop.domain.source import ProbeResult, SourceStatus, UnreadableItem
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.sources.status_sheet import StatusSheet
from desktop.gui.widgets.text_column import TextColumn

translate = QCoreApplication.translate

SHOWN_BAD_ITEMS = 40
OTHER_SERVER = ("other_server", "other_server_drill")
"""Problems that leave a decision to the officer."""


class SourcesSheet(StatusSheet):
    """Every source: its last contact, its problem, what that means and what to do."""

    doctor_asked = Signal()
    """The officer wants to know whether it is this computer."""

    def __init__(self, screen: UiContext, window: QWidget) -> None:
        super().__init__(screen, window)
        self._armed = ""
        """The source for which the officer has pressed "accept the other server" once."""

    def fill(self) -> None:
        super().fill()
        self.title.set_text(translate("SourcesSheet", "Sources"))
        board = self._screen.board
        self._screen.reader.ask(board.bad_items, self._show, slot="bad items")

    def _show(self, bad_items: list[tuple[str, UnreadableItem]]) -> None:
        lines = TextColumn(self._screen)
        self._add_clock(lines)
        for status in self._screen.board.statuses():
            self._add_source(lines, status)
            self._add_unread(lines, status, [i for s, i in bad_items if s == status.id])
            lines.add_gap()
        check = translate("SourcesSheet", "Check this computer")
        lines.add_buttons((check, self.doctor_asked.emit))
        lines.end()
        self.show_page(lines, lines.heightForWidth)

    def _add_clock(self, lines: TextColumn) -> None:
        """Add what is wrong with this computer's clock before all sources: it affects all ages."""
        problem = self._screen.board.clock_problem()
        if problem is not None:
            said = self._screen.words.problem(problem)
            lines.add(said.happened, "strong", "orange_text")
            for part in (said.meaning, said.todo):
                lines.add(part)
            lines.add_gap()

    def _add_source(self, lines: TextColumn, status: SourceStatus) -> None:
        words, now = self._screen.words, self._screen.board.now()
        mark = formatting.source_mark(status, now)
        fresh = words.term("freshness", status.freshness(now))
        lines.add(f"{mark} {words.text(status.title)} · {status.kind} · {fresh}", "strong")
        filled = translate("SourcesSheet", ", ").join(
            words.term("collection", c) for c in sorted(status.fills)
        )
        period = words.span(status.expected_period_ms)
        heard = formatting.data_age((status,), now, words)
        lines.add(
            translate("SourcesSheet", "{heard} · expected every {period} · {filled}").format(
                heard=heard, period=period, filled=filled
            ),
            "second",
            "second",
        )
        if status.found is not None:
            self._add_found(lines, status.found)
        if status.problem is not None:
            said = words.problem(status.problem)
            lines.add(formatting.trouble(status, now, words), "body", "orange_text")
            for part in (said.happened, said.meaning, said.todo):
                lines.add(part)
            if status.problem.code in OTHER_SERVER:
                self._add_choice(lines, status)
        if status.caution is not None:
            said = words.problem(status.caution)
            lines.add(said.happened, "body", "orange_text")
            for part in (said.meaning, said.todo):
                lines.add(part)
        if status.quarantined_deletes:
            text = translate(
                "SourcesSheet",
                "{n} deletions at once are not believed yet; the rows stay until the sums agree",
            )
            lines.add(text.format(n=status.quarantined_deletes), "body", "orange_text")

    def _add_unread(
        self, lines: TextColumn, status: SourceStatus, items: list[UnreadableItem]
    ) -> None:
        """Add how many items of each collection could not be read; for the first ones, which and
        why."""
        words = self._screen.words
        for line in formatting.unread_lines(status, words):
            lines.add(line, "body", "orange_text")
        told = [item for item in items if item.reason]
        for item in told[:SHOWN_BAD_ITEMS]:
            kind = words.term("collection", item.collection)
            place = " ".join(part for part in (kind, item.where, item.field) if part)
            lines.add(f"{place}: {words.reason(item.reason)}", "second", "orange_text")
            lines.add(formatting.in_one_line(item.excerpt), "second", "second")
        more = len(told[SHOWN_BAD_ITEMS:])
        if more:
            said = translate(
                "SourcesSheet", "and %n more; county-desk list --json tells all", "", more
            )
            lines.add(said, "second", "second")

    def _add_choice(self, lines: TextColumn, status: SourceStatus) -> None:
        """Add the buttons for another server: going on with it drops rows for good, so it takes two
        presses."""
        go_on = translate("SourcesSheet", "Go on with this server")
        if self._armed == status.id:
            sure = translate("SourcesSheet", "Press again: this county's rows are fetched anew")
            lines.add_buttons((f"{go_on} · {sure}", lambda: self._accept(status.id)))
        else:
            lines.add_buttons((go_on, lambda: self._arm(status.id)))

    def _arm(self, source: str) -> None:
        self._armed = source
        self.fill()

    def _accept(self, source: str) -> None:
        self._armed = ""
        board = self._screen.board
        self._screen.writer.ask(
            lambda: board.commands.accept_server(source), lambda _done: self.fill()
        )

    def put_away(self) -> None:
        self._armed = ""
        super().put_away()

    def _add_found(self, lines: TextColumn, found: ProbeResult) -> None:
        words = self._screen.words
        said = translate("SourcesSheet", "At first contact: {found}")
        told = formatting.describe_found(found, words)
        lines.add(said.format(found=told), "second", "second")
        for remark in found.remarks:
            lines.add(str(words.problem(remark)), "second", "orange_text")
