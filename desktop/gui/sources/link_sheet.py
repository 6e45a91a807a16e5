"""The sheet of links: the quality of each source's, and the day's bytes by class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.application.export.columns import Column, Columns
from desktop.application.i18n import Words
from desktop.application.reads.read_models import Usage
from desktop.domain.link import ByteCount, LinkState, LinkTier, TrafficClass
from desktop.domain.source import SourceStatus
from desktop.gui import formatting
from desktop.gui.charts.bar_chart import Bar, BarChart
from desktop.gui.context import UiContext
from desktop.gui.sources.status_sheet import StatusSheet
from desktop.gui.widgets.text_column import TextColumn

if TYPE_CHECKING:
    from desktop.gui.list_export import ListSnapshot

translate = QCoreApplication.translate


class LinkSheet(StatusSheet):
    """Bandwidth and delay of each source, the tier fetched automatically, and the byte meter."""

    def __init__(self, screen: UiContext, window: QWidget) -> None:
        super().__init__(screen, window)
        self._usage: Usage | None = None

    def fill(self) -> None:
        super().fill()
        self.title.set_text(translate("LinkSheet", "Line and bytes"))
        self._screen.reader.ask(self._screen.board.usage, self._show, slot="usage", urgent=True)

    def tables(self) -> list[ListSnapshot[Any]]:
        """Return the bytes of the bars, class by class."""
        from desktop.gui.list_export import ListSnapshot

        usage, words = self._usage, self._screen.words
        if usage is None:
            return []
        counts = [(kind, usage.spent.get(kind, ByteCount())) for kind in TrafficClass]
        rows = [ClassBytes(words.term("traffic", kind), c.sent, c.received) for kind, c in counts]
        title, said = translate("LinkSheet", "Line and bytes"), _day_line(usage)
        return [ListSnapshot(title, said, _list_columns(), rows, len(rows))]

    def _show(self, usage: Usage) -> None:
        self._usage = usage
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        above, below = TextColumn(self._screen), TextColumn(self._screen)
        for status in self._screen.board.statuses():
            self._add_source(above, status, usage)
        above.add_gap()
        above.add(_day_line(usage), "strong")
        bars = BarChart(self._screen)
        bars.show_bars(_bars(usage, self._screen.words))
        self._add_rules(below, usage)
        for part in (above, bars, below):
            column.addWidget(part)
        column.addStretch(1)
        texts = (above, below)
        self.show_page(
            page, lambda width: sum(t.heightForWidth(width) for t in texts) + bars.height() + 16
        )

    def _add_source(self, lines: TextColumn, status: SourceStatus, usage: Usage) -> None:
        words, link, now = self._screen.words, status.link, self._screen.board.now()
        title = formatting.in_one_line(words.text(status.title), 40)
        mark = formatting.freshness_mark(status.freshness(now))
        weak = translate("LinkSheet", " · weak line") if link.weak else ""
        lines.add(f"{mark} {title}{weak}", "strong")
        lines.add(describe_measured(link), "body", "orange_text" if link.weak else "text")
        if link.measured_at is not None:
            said = translate("LinkSheet", "Measured {age}")
            age = words.age(now - link.measured_at)
            lines.add(said.format(age=age), "second", "second")
        tier = words.term("link_tier", link.tier)
        why = _why(link, usage)
        said = translate("LinkSheet", "Fetched unasked: {tier}. {why}")
        lines.add(said.format(tier=tier, why=why), "second", "second")

    def _add_rules(self, lines: TextColumn, usage: Usage) -> None:
        if usage.over:
            said = translate(
                "LinkSheet",
                "Today's budget is spent: snapshots and files wait for tomorrow. "
                "Commands and changes go on.",
            )
            lines.add(said, "body", "orange_text")
        if usage.only_words:
            said = translate(
                "LinkSheet",
                "Only words today: photos and files wait until midnight, both ways. "
                'It is switched off under "Send and receive".',
            )
            lines.add(said, "body", "orange_text")
        if usage.budget is None:
            said = translate("LinkSheet", "No daily budget is set in the profile.")
            lines.add(said, "second", "second")
        if usage.originals_hours is not None:
            said = translate("LinkSheet", "Originals are fetched between {begins} and {ends}.")
            begins, ends = usage.originals_hours
            lines.add(said.format(begins=begins, ends=ends), "second", "second")
        said = translate("LinkSheet", "Bytes are counted before encryption, both ways.")
        lines.add(said, "second", "second")


def describe_measured(link: LinkState) -> str:
    """Describe bandwidth and delay; a value not measured is named as such."""
    parts = []
    if link.bits_per_s is not None:
        parts.append(formatting.rate(link.bits_per_s))
    if link.delay_ms is not None:
        said = translate("LinkSheet", "delay {ms} ms")
        parts.append(said.format(ms=round(link.delay_ms)))
    return " · ".join(parts) or translate("LinkSheet", "Not yet measured")


def _why(link: LinkState, usage: Usage) -> str:
    if usage.over:
        return translate("LinkSheet", "Today's bytes are spent.")
    if link.bits_per_s is None:
        return translate("LinkSheet", "Nothing is risked while the bandwidth is unknown.")
    if link.tier is LinkTier.TEXT:
        return translate("LinkSheet", "Pictures come when asked for.")
    if link.tier is LinkTier.THUMBNAILS:
        return translate("LinkSheet", "Originals come when asked for.")
    return translate("LinkSheet", "The line is good enough.")


def _day_line(usage: Usage) -> str:
    total = formatting.size(usage.total)
    if usage.budget is None:
        return translate("LinkSheet", "Today {total}").format(total=total)
    said = translate("LinkSheet", "Today {total} of {budget}")
    return said.format(total=total, budget=formatting.size(usage.budget))


class ClassBytes(NamedTuple):
    """What a class of traffic took today."""

    name: str
    sent: int
    received: int


def _list_columns() -> Columns[ClassBytes]:
    return (
        Column("class", lambda s: s.name, lambda: translate("LinkSheet", "Class")),
        Column("sent", lambda s: s.sent, lambda: translate("LinkSheet", "Sent (bytes)")),
        Column("received", lambda s: s.received,
               lambda: translate("LinkSheet", "Received (bytes)")),
        Column("total", lambda s: s.sent + s.received,
               lambda: translate("LinkSheet", "Both (bytes)")),
    )  # fmt: skip


def _bars(usage: Usage, words: Words) -> tuple[Bar, ...]:
    """Build the bars: the day's first if there is a budget, then each class against the largest."""
    bars = []
    if usage.budget:
        share = usage.total / usage.budget
        name = translate("LinkSheet", "Budget")
        bars.append(Bar(name, share, (f"{share:.0%}",), strong=True))
    most = max((spent.total for spent in usage.spent.values()), default=0)
    for kind in TrafficClass:
        spent = usage.spent.get(kind, ByteCount())
        figures = (f"↑ {formatting.size(spent.sent)}", f"↓ {formatting.size(spent.received)}")
        share = spent.total / most * 0.999 if most else 0.0
        bars.append(Bar(words.term("traffic", kind), share, figures))
    return tuple(bars)
