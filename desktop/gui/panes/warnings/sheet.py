"""The whole text of one warning, over the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktop.domain.changes import Changes
from desktop.domain.command import Collection
from desktop.domain.warning import Warning
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.panes.warnings import warning_text
from desktop.gui.panes.warnings.model import Warnings, read_warnings, warning_key
from desktop.gui.symbols import WARNING_SIGNS
from desktop.gui.widgets.sheet import Sheet
from desktop.gui.widgets.text_column import TextColumn

translate = QCoreApplication.translate

WIDTH_PX = 640


class WarningSheet(Sheet):
    """A warning's headline, area, times, issuer, description and instructions."""

    def __init__(self, screen: UiContext, window: QWidget) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self._area = self.scrolling()
        self._warning: Warning | None = None
        self._among = Warnings()
        screen.feed.changed.connect(self._hear)

    def open(self, warning: Warning, among: Warnings) -> None:
        """Show this warning, one of those in the list."""
        self._warning, self._among = warning, among
        self.lay()

    def _hear(self, changed: Changes) -> None:
        """Show the warning again if it was lifted or changed while it is read."""
        if self.isVisible() and Collection.WARNINGS in changed:
            board = self._screen.board
            self._screen.reader.ask(lambda: read_warnings(board), self._update, slot="warning")

    def _update(self, found: Warnings) -> None:
        if self._warning is not None and self.isVisible():
            key, self._among = warning_key(self._warning), found
            rows = (*found.in_force, *found.past)
            self._warning = next((w for w in rows if warning_key(w) == key), self._warning)
            self.fill()

    def fill(self) -> None:
        warning, words = self._warning, self._screen.words
        if warning is None:
            return
        now = self._screen.board.now()
        self.title.set_text(warning_text.headline(warning, words))
        lines = TextColumn(self._screen)
        level = f"{WARNING_SIGNS[warning.level]} {warning_text.level(warning, words)}"
        rule = warning_text.rule(warning, words)
        lines.add(f"{level} · {rule}" if rule else level, "strong")
        if not warning.is_plain:
            lines.add(words.term("warning_status", warning.status), "body", "orange_text")
        if not warning.in_force(now):
            lines.add(warning_text.over(warning, now, words), "body", "orange_text")
        end = warning_text.ends(warning, now, self._among.unread_ends)
        lines.add(f"{warning_text.begins(warning, now)} {end}")
        lines.add_long(words.text(warning.area))
        named = warning_text.names(warning, self._among.townships, words)
        lines.add(named if named != words.text(warning.area) else "", "second", "second")
        lines.add(warning_text.outline(warning), "second", "second")
        lines.add_gap()
        lines.add_long(words.text(warning.description))
        lines.add_long(words.text(warning.instruction))
        lines.add_gap()
        for line in self._sources(warning):
            lines.add(line, "second", "second")
        lines.end()
        self._area.setWidget(lines)
        width = min(WIDTH_PX, self.window().width() - 32)
        self.fit(lines.heightForWidth(width - 24))

    def _sources(self, warning: Warning) -> list[str]:
        words, now = self._screen.words, self._screen.board.now()
        issued = translate("Warnings", "issued {time} by {issuer}").format(
            time=formatting.moment(warning.issued_at, now), issuer=words.text(warning.issuer)
        )
        cap = [w for w in (warning.severity, warning.urgency, warning.certainty) if w]
        said = translate("Warnings", "as the issuer grades it: {words}")
        return [
            issued,
            warning_text.signature(warning),
            said.format(words=formatting.in_one_line(", ".join(cap), 200)) if cap else "",
            warning.id,
        ]
