"""The body of the detail pane: one incident from its title to its timeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from desktop.application.ports import IncidentRow
from desktop.application.reads.read_models import IncidentDetail
from desktop.domain.command import Collection, CommandKind, Key
from desktop.domain.incident import Deadline, DeadlineKind, Incident
from desktop.domain.instant import Instant
from desktop.domain.localized_text import Text
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.panes.detail.file_list import FileList
from desktop.gui.panes.detail.old_values import OldValues, deadline_names
from desktop.gui.panes.detail.parts import (
    ClockTable,
    DeadlineLine,
    Fact,
    Facts,
    LevelLine,
    LifeCycle,
    OldSlot,
    TitleLabel,
)
from desktop.gui.panes.detail.steps import STEP_KEYS, next_step
from desktop.gui.panes.detail.timeline import Timeline, TimelineLine, timeline_lines
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

Townships = Mapping[str, Text]
"""Names by code."""

EVENT_CHARS = 90
"""Most characters of the last event above the facts; all of it is in the timeline."""
ROWS = 8
"""Rows of facts and of the timeline made before the first incident."""


class CaseBody(QWidget):
    """The scrolled content, never wider than its viewport: a wider body would scroll sideways.

    It is made once: every incident fills the same widgets.
    """

    asset_picked = Signal(object)
    failed = Signal(object)
    """The `Problem` that prevented a file from being saved."""

    def __init__(self, screen: UiContext, unfolded: set[str]) -> None:
        super().__init__()
        self._screen = screen
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._level = LevelLine(screen)
        self._title = TitleLabel(screen)
        self.clocks = ClockTable(screen)
        """The deadline that comes next; the others are below."""
        self._other_clocks = ClockTable(screen)
        self._stage = LifeCycle(screen)
        self._next = Facts(screen, unfolded)
        self._coming = PlainLabel(screen, "body", "second", elide=False)
        self._coming.setWordWrap(True)
        self._facts = Facts(screen, unfolded)
        self.files = FileList(screen)
        self.files.failed.connect(self.failed)
        self._timeline = Timeline(screen, unfolded)
        self._parts = (
            self.clocks,
            self._next,
            self._other_clocks,
            self._facts,
            self.files,
            self._timeline,
        )
        self._arrange()

    def prepare(self) -> Iterator[None]:
        """Make the rows that most incidents need, a few at a step."""
        self.clocks.make_rows(1)
        self._other_clocks.make_rows(2)
        self._next.make_rows(2)
        for count in range(1, ROWS + 1):
            yield
            self._facts.make_rows(count)
            self._timeline.make_rows(count)

    def tell(
        self,
        detail: IncidentDetail,
        steps: Sequence[CommandKind],
        townships: Townships,
        old: OldValues,
    ) -> None:
        """Show the whole incident, or that the rest is still being fetched."""
        words, incident = self._screen.words, detail.incident
        category, channel = words.category(incident.category), words.channel(incident.channel)
        self._level.tell(incident.level, category, channel)
        self._tell_title(incident.title)
        self._tell_old(old)
        self._tell_deadlines(incident, old)
        self._stage.tell(incident.stage)
        lines = timeline_lines(self._screen, detail)
        self._next.tell(self._what_next(detail, steps, lines))
        self._say_coming(
            ""
            if incident.whole
            else translate("DetailPane", "Details are being downloaded; matter and history follow.")
        )
        self._facts.tell(self._all_facts(detail, townships, old))
        self.files.tell(detail)
        self._timeline.tell(lines)
        self._lay_out()

    def tell_row(self, row: IncidentRow, townships: Townships) -> None:
        """Show what the list's row says of an incident, while the rest of it loads."""
        self._level.tell(row.level)
        self._tell_title(row.title)
        self._tell_old(OldValues())
        due = () if row.due_at is None else (_as_deadline(row.due_at, row.prealarm_ms),)
        self.clocks.tell(due)
        self._other_clocks.tell(())
        self._stage.tell(row.stage)
        self._next.tell(())
        self._say_coming(translate("DetailPane", "Loading the rest…"))
        words = self._screen.words
        self._facts.tell(
            (
                Fact(translate("DetailPane", "Place"), self._township(row.township, townships)),
                Fact(translate("DetailPane", "Lead"), words.text(row.lead_unit)),
            )
        )
        self.files.tell(None)
        self._timeline.tell(())
        self._lay_out()

    def tick(self, now: Instant) -> None:
        """Update the time left of deadlines, and the progress of files."""
        self.clocks.tick(now)
        self._other_clocks.tick(now)
        if self.files.moving:
            self.files.refresh()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        top, stage = QVBoxLayout(), QVBoxLayout()
        for group, widgets in ((top, (self._level, self._title)), (stage, (self._stage,))):
            group.setSpacing(4)
            for widget in widgets:
                group.addWidget(widget)
        self._old_level = OldSlot(self._screen, self._level, lambda old: top.insertWidget(1, old))
        self._old_stage = OldSlot(self._screen, self._stage, stage.addWidget)
        column.addLayout(top)
        column.addWidget(self.clocks)
        column.addWidget(self._next)
        column.addLayout(stage)
        for part in (self._coming, self._other_clocks, self._facts, self.files, self._timeline):
            column.addWidget(part)
        column.addStretch(1)

    def _lay_out(self) -> None:
        """Lay everything out now, inner parts first: left to Qt, it would be done twice."""
        layouts = [layout for part in (*self._parts, self) if (layout := part.layout()) is not None]
        for layout in layouts[:-1]:
            layout.activate()
        # As tall as the scroll area will make it: in less room, lines would be squeezed first.
        tall = layouts[-1].totalHeightForWidth(self.width())
        around = self.parentWidget()
        self.resize(self.width(), max(tall, 0 if around is None else around.height()))
        layouts[-1].activate()

    def _tell_title(self, text: Text) -> None:
        self._title.tell(self._screen.words.text(text))

    def _tell_deadlines(self, incident: Incident, old: OldValues) -> None:
        """Show the next deadline above all else, and the others in their order below."""
        names = deadline_names(incident)
        lines = [
            DeadlineLine(deadline, old.of(name))
            for deadline, name in zip(incident.deadlines, names, strict=True)
        ]
        coming = incident.next_deadline()
        first = [line for line in lines if line.deadline is coming]
        self.clocks.tell(first)
        self._other_clocks.tell([line for line in lines if line.deadline is not coming])

    def _tell_old(self, old: OldValues) -> None:
        words = self._screen.words
        level, stage = old.of("level"), old.of("stage")
        self._old_level.tell(
            translate("DetailPane", "Level"), words.term("event_level", level) if level else ""
        )
        self._old_stage.tell(
            translate("DetailPane", "Stage"), words.term("stage", stage) if stage else ""
        )

    def _say_coming(self, said: str) -> None:
        self._coming.set_text(said)
        self._coming.setVisible(bool(said))

    def _what_next(
        self, detail: IncidentDetail, steps: Sequence[CommandKind], lines: Sequence[TimelineLine]
    ) -> list[Fact]:
        """Return the next step and the last event that stands, before anything else is said."""
        found = []
        said = self._say_undecided(detail) or self._say_step(detail, steps)
        if said:
            found.append(Fact(translate("DetailPane", "Next"), said))
        last = next((line for line in lines if line.stands), None)
        if last is not None:
            told = last.said.replace("\n", " · ")
            event = formatting.in_one_line(f"{last.time} {told}", EVENT_CHARS)
            aside = formatting.in_one_line(last.aside, 24)
            found.append(
                Fact(translate("DetailPane", "Last"), f"{event} · {aside}" if aside else event)
            )
        return found

    def _say_step(self, detail: IncidentDetail, steps: Sequence[CommandKind]) -> str:
        """Return the command that moves the case on, with its key."""
        kind = next_step(steps, acknowledged=detail.acknowledged)
        if kind is None:
            return ""
        key = self._screen.keymap.cap_of(STEP_KEYS[kind])
        return f"{self._screen.words.term('command', kind)}  {key}".rstrip()

    def _say_undecided(self, detail: IncidentDetail) -> str:
        """Return the command of this desk that waits for the officer, and where he decides: it
        comes before any new one."""
        records = (r for r in detail.commands if r.state.needs_officer and not r.seen)
        record = next(records, None)
        if record is None:
            return ""
        words, key = self._screen.words, self._screen.keymap.cap_of("Ctrl+O")
        command = words.term("command", record.command.kind)
        state = formatting.record_state(record, words)
        said = translate("DetailPane", "{command}: {state}, decide in the outbox")
        return f"{said.format(command=command, state=state)}  {key}".rstrip()

    def _township(self, code: str, townships: Townships) -> str:
        """Return a township's name, or its code when the county does not list it."""
        return self._screen.words.text(townships.get(code, Text(code, code)))

    def _place(self, incident: Incident, townships: Townships) -> str:
        """Return township and address; a township that the address names is not repeated."""
        township = self._township(incident.township, townships)
        address = self._screen.words.text(incident.address)
        if not township or township in address:
            return address
        return f"{township} · {address}" if address else township

    def _all_facts(
        self, detail: IncidentDetail, townships: Townships, old: OldValues
    ) -> list[Fact]:
        words, incident = self._screen.words, detail.incident
        now = self._screen.board.now()
        happened = formatting.moment(incident.occurred_at, now)
        recorded = formatting.moment(incident.recorded_at, now)
        time = translate("DetailPane", "{happened}, recorded {recorded}")
        co_units = translate("DetailPane", ", ").join(words.text(u) for u in incident.co_units)
        old_place, old_unit = old.of("township"), old.of("lead_unit")
        return [
            Fact(
                translate("DetailPane", "Place"),
                self._place(incident, townships),
                self._township(old_place, townships) if old_place else "",
            ),
            Fact(
                translate("DetailPane", "Lead"),
                words.text(incident.lead_unit),
                words.text(old_unit) if old_unit else "",
            ),
            Fact(translate("DetailPane", "With"), co_units),
            Fact(translate("DetailPane", "Matter"), words.text(incident.summary)),
            Fact(
                translate("DetailPane", "Time"), time.format(happened=happened, recorded=recorded)
            ),
            *self._list_related(detail),
            Fact(translate("DetailPane", "Acknowledged"), self._say_acknowledged(detail, now)),
        ]

    def _list_related(self, detail: IncidentDetail) -> Iterator[Fact]:
        words = self._screen.words
        for n, asset in enumerate(detail.assets):
            name = translate("DetailPane", "Related") if n == 0 else ""
            state = words.term("asset_state", asset.state)
            key = Key(asset.source, Collection.ASSETS, asset.id)
            yield Fact(
                name,
                f"{words.text(asset.name)} · {state}",
                follow=lambda key=key: self.asset_picked.emit(key),  # type: ignore[misc]
            )

    def _say_acknowledged(self, detail: IncidentDetail, now: Instant) -> str:
        """Return who acknowledged it and when; of this desk's own, how far it has come."""
        incident = detail.incident
        own = (r for r in detail.commands if r.command.kind is CommandKind.ACKNOWLEDGE)
        known = (incident.acknowledged_at, incident.acknowledged_by)
        lying_over = (r for r in own if (r.command.at, r.command.by) == known)
        record = next((r for r in lying_over if not r.state.is_final), None)
        if record is not None:
            return translate("DetailPane", "here, {state}").format(
                state=formatting.record_state(record, self._screen.words)
            )
        if incident.acknowledged_at is None:
            return translate("DetailPane", "not yet acknowledged")
        return f"{formatting.moment(incident.acknowledged_at, now)} {known[1]}".strip()


def _as_deadline(due_at: Instant, prealarm_ms: int) -> DeadlineLine:
    """Return the next deadline as far as the list knows it."""
    return DeadlineLine(Deadline(DeadlineKind.UNKNOWN, due_at, prealarm_ms))
