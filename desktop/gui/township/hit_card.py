"""All that is known of one thing that was looked up, as lines of text."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop.application.ports import IncidentRow
from desktop.application.reads.read_models import IncidentDetail
from desktop.domain.asset import Asset
from desktop.domain.command import Key
from desktop.domain.directory import Contact, Plan
from desktop.domain.warning import Warning
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.directory.lines import Contacts, contact_lines, plan_lines, write_lines
from desktop.gui.panes.infrastructure.asset_list import reading, since_when
from desktop.gui.panes.warnings import warning_text
from desktop.gui.township.hits import Hit
from desktop.gui.widgets.accessible import ReadingArea
from desktop.gui.widgets.focus import FocusFrame
from desktop.gui.widgets.text_column import TextColumn

translate = QCoreApplication.translate

ENTRIES = 12
"""So many of the latest entries of a case's timeline are shown."""


class HitCard(ReadingArea):
    """A card of one thing; a case is read whole for it."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(self._name)
        self._screen = screen
        self._shown: Key | None = None
        self._said: list[tuple[str, str]] = []
        self.setWidgetResizable(True)
        FocusFrame(self, screen.theme)

    def _name(self) -> str:
        return self._said[0][0] if self._said else translate("Township", "What was found")

    def show_hit(self, hit: Hit | None, contacts: Contacts) -> None:
        """Show this, or nothing; a plan names some of the contacts."""
        self._shown = None if hit is None else hit.key
        if hit is None:
            self._write([])
            return
        match hit.what:
            case IncidentRow() as case:
                board, key = self._screen.board, case.key
                self._screen.reader.ask(
                    lambda: board.incident(key), self._show_case, slot="card", urgent=True
                )
            case Asset() as asset:
                self._write(self._asset_lines(asset))
            case Contact() as contact:
                self._write(contact_lines(contact, self._screen.words))
            case Plan() as plan:
                self._write(plan_lines(plan, contacts, self._screen.words))
            case warning:
                self._write(self._warning_lines(warning))

    def _show_case(self, detail: IncidentDetail | None) -> None:
        if detail is not None and detail.key == self._shown:
            self._write(self._case_lines(detail))

    def _write(self, lines: list[tuple[str, str]]) -> None:
        """Write lines as (text, role), unless they stand there."""
        if lines == self._said:
            return
        place, self._said = self.verticalScrollBar().value(), lines
        column = TextColumn(self._screen)
        write_lines(column, self._screen, lines)
        column.end()
        self.setWidget(column)
        self.verticalScrollBar().setValue(place)

    @property
    def text(self) -> str:
        """All that it says."""
        return "\n".join(text for text, _role in self._said if text)

    def _case_lines(self, detail: IncidentDetail) -> list[tuple[str, str]]:
        words, now, case = self._screen.words, self._screen.board.now(), detail.incident
        due = case.next_deadline()
        stand = (
            words.term("event_level", case.level),
            words.term("stage", case.stage),
            words.category(case.category),
        )
        lines = [
            (words.text(case.title), "strong"),
            (" · ".join(stand), "body"),
            (case.number, "second"),
            (words.text(case.address), "body"),
            (words.text(case.summary), "long"),
            (
                self._name_unit(translate("Township", "by {unit}"), words.text(case.lead_unit)),
                "body",
            ),
        ]
        if due is not None:
            kind = words.term("deadline", due.kind)
            lines.append((f"{kind} {formatting.moment(due.due_at, now)}", "body"))
        for entry in case.timeline[-ENTRIES:][::-1]:
            at = formatting.moment(entry.happened_at, now)
            kind = words.term("timeline", entry.kind)
            lines.append((f"{at} · {kind} · {entry.by}".rstrip(" ·"), "second"))
            lines.append((words.text(entry.text), "long"))
        return lines

    def _asset_lines(self, asset: Asset) -> list[tuple[str, str]]:
        words, now = self._screen.words, self._screen.board.now()
        observed = asset.observed_at
        state = (words.term("asset_state", asset.state), since_when(asset, now, words))
        lines = [
            (words.text(asset.name), "strong"),
            (words.asset_kind(asset.kind), "body"),
            (" · ".join(part for part in state if part), "body"),
            (f"{words.text(asset.metric)} {reading(asset)}" if asset.metric else "", "body"),
            (words.text(asset.note), "long"),
        ]
        if observed is not None:
            said = translate("Township", "as of {time}, {age}")
            age = words.age(now - observed)
            lines.append((said.format(time=formatting.moment(observed, now), age=age), "second"))
        if asset.place is not None:
            lines.append((f"{asset.place.lat:.5f}, {asset.place.lon:.5f}", "second"))
        lines.append((asset.id, "second"))
        return lines

    def _warning_lines(self, warning: Warning) -> list[tuple[str, str]]:
        words, now = self._screen.words, self._screen.board.now()
        return [
            (warning_text.headline(warning, words), "strong"),
            (warning_text.level(warning, words), "body"),
            (warning_text.begins(warning, now), "body"),
            (warning_text.ends(warning, now), "body"),
            (words.text(warning.description), "long"),
            (words.text(warning.instruction), "long"),
            (words.text(warning.issuer), "second"),
        ]

    def _name_unit(self, pattern: str, unit: str) -> str:
        return pattern.format(unit=unit) if unit else ""
