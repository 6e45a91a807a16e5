"""What was looked up as a list of large rows, one kind after another."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from desktop.application.office.look_up import Hits
from desktop.application.ports import IncidentRow
from desktop.domain.asset import Asset, AssetState
from desktop.domain.command import Collection, Key
from desktop.domain.directory import Contact, Plan
from desktop.domain.warning import Warning
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.directory.lines import contact_facts, contact_name, plan_facts
from desktop.gui.panes.infrastructure.asset_list import asset_key, reading, since_when
from desktop.gui.panes.infrastructure.matrix_cells import paint_state
from desktop.gui.panes.warnings import warning_text
from desktop.gui.panes.warnings.model import warning_key
from desktop.gui.symbols import paint_level, paint_warning
from desktop.gui.widgets.snapshot_list import RowPainter, SnapshotListModel

translate = QCoreApplication.translate

ROW_PX, MARK_PX, TEXT_PX, EDGE_PX = 64, 20, 48, 12
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class Hit(NamedTuple):
    """One row of what was found."""

    key: Key
    what: IncidentRow | Asset | Warning | Contact | Plan


ALL = "all"
KINDS = ("contacts", "plans", "assets", "cases", "warnings")
"""What can be looked up, each by the name of its part of `Hits`."""


def hits_of(found: Hits, kind: str, *, by_words: bool) -> tuple[Hit, ...]:
    """Return all rows of a kind, or of all of them.

    Warnings come first. What was looked for by words is most often a number or a plan; without
    them what is the township's own comes before the directory.
    """
    rows: dict[str, list[Hit]] = {
        "warnings": [Hit(warning_key(warning), warning) for warning in found.warnings],
        "assets": [Hit(asset_key(asset), asset) for asset in found.assets],
        "cases": [Hit(row.key, row) for row in found.cases],
        "contacts": [
            Hit(Key(each.source, Collection.CONTACTS, each.id), each) for each in found.contacts
        ],
        "plans": [Hit(Key(each.source, Collection.PLANS, each.id), each) for each in found.plans],
    }
    directory, own = ("contacts", "plans"), ("assets", "cases")
    sequence = ("warnings", *directory, *own) if by_words else ("warnings", *own, *directory)
    return tuple(hit for name in sequence if kind in (ALL, name) for hit in rows[name])


class HitModel(SnapshotListModel[Hit]):
    """The rows found."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen, lambda hit: hit.key)

    def name(self, row: Hit) -> str:
        words = self._screen.words
        match row.what:
            case IncidentRow() as case:
                said = words.text(case.title)
            case Asset() as asset:
                said = words.text(asset.name)
            case Contact() as contact:
                said = contact_name(contact, words)
            case Plan() as plan:
                said = words.text(plan.title)
            case warning:
                return warning_text.headline(warning, words)
        return formatting.in_one_line(said, 200)

    def facts(self, row: Hit) -> str:
        """Return what is known of it in one line: kind, state, number, time."""
        words, now = self._screen.words, self._screen.board.now()
        match row.what:
            case IncidentRow() as case:
                parts = [
                    words.term("event_level", case.level),
                    words.term("stage", case.stage),
                    case.number,
                    formatting.moment(case.recorded_at, now),
                ]
            case Asset() as asset:
                parts = [
                    words.asset_kind(asset.kind),
                    words.term("asset_state", asset.state),
                    since_when(asset, now, words),
                    "" if asset.value is None else reading(asset),
                ]
            case Contact() as contact:
                parts = [translate("Township", "Phone"), contact_facts(contact, words)]
            case Plan() as plan:
                parts = [translate("Township", "Plan"), plan_facts(plan, words)]
            case warning:
                parts = [
                    translate("Township", "Warning"),
                    warning_text.level(warning, words),
                    warning_text.begins(warning, now),
                ]
        return " · ".join(formatting.in_one_line(part, 80) for part in parts if part)

    def sentence(self, row: Hit) -> str:
        return f"{self.name(row)} · {self.facts(row)}"


class HitPainter(RowPainter[Hit]):
    """A shape, the name in strong letters, and what is known of it below."""

    def __init__(self, screen: UiContext, model: HitModel) -> None:
        super().__init__(screen, ROW_PX)
        self._model = model

    def paint_row(self, painter: QPainter, rect: QRect, row: Hit) -> None:
        self._paint_mark(painter, rect, row)
        inner = rect.adjusted(TEXT_PX, 6, -EDGE_PX, -6)
        half = inner.height() // 2
        upper = QRect(inner.left(), inner.top(), inner.width(), half + 2)
        lower = QRect(inner.left(), inner.top() + half + 2, inner.width(), half - 2)
        self._write(painter, upper, self._model.name(row), "strong", "text")
        self._write(painter, lower, self._model.facts(row), "second", self._ink(row))

    def _paint_mark(self, painter: QPainter, rect: QRect, row: Hit) -> None:
        theme = self._screen.theme
        mark = QRectF(rect.left() + 16, rect.top() + 10, MARK_PX, MARK_PX)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        match row.what:
            case IncidentRow() as case:
                paint_level(painter, mark, case.level, theme.tokens)
            case Asset() as asset:
                paint_state(painter, mark.adjusted(3, 3, -3, -3), asset.state, 1, theme)
            case Contact() | Plan():
                self._paint_sign(painter, mark, is_phone=isinstance(row.what, Contact))
            case warning:
                paint_warning(painter, mark, warning.level, theme.tokens)

    def _paint_sign(self, painter: QPainter, mark: QRectF, *, is_phone: bool) -> None:
        """Draw a telephone, or a sheet of paper with its lines."""
        painter.setPen(QPen(self._screen.theme.color("second"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        sheet = mark.adjusted(4, 1, -4, -1)
        painter.drawRoundedRect(sheet, *((3, 3) if is_phone else (1, 1)))
        for share in (0.82,) if is_phone else (0.3, 0.5, 0.7):
            y = sheet.top() + share * sheet.height()
            painter.drawLine(QPointF(sheet.left() + 3, y), QPointF(sheet.right() - 3, y))

    def _ink(self, row: Hit) -> str:
        if not isinstance(row.what, Asset):
            return "second"
        inks = {AssetState.FAILED: "red", AssetState.DEGRADED: "orange_text"}
        return inks.get(row.what.state, "second")

    def _write(self, painter: QPainter, rect: QRect, text: str, role: str, ink: str) -> None:
        painter.setFont(self._screen.theme.font(role))
        painter.setPen(self._screen.theme.color(ink))
        painter.drawText(rect, LEFT, formatting.elide(text, painter.fontMetrics(), rect.width()))
