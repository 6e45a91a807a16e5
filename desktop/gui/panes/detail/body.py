"""The body of the detail pane: one incident from its title to its timeline."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from desktop.application.reads.read_models import IncidentDetail
from desktop.domain.command import Collection, CommandKind, Key
from desktop.domain.instant import Instant
from desktop.domain.localized_text import Text
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.panes.detail.file_list import FileList
from desktop.gui.panes.detail.parts import ClockTable, Facts, LevelLine, LifeCycle, Timeline
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

TITLE_CHARS = 160


class CaseBody(QWidget):
    """The scrolled content, never wider than its viewport: a wider body would scroll sideways."""

    asset_picked = Signal(object)
    failed = Signal(object)
    """The `Problem` that prevented a file from being saved."""

    def __init__(self, screen: UiContext, unfolded: set[str]) -> None:
        super().__init__()
        self._screen, self._unfolded = screen, unfolded
        self.clocks: ClockTable | None = None
        self.files: FileList | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 16, 16, 16)
        self._column.setSpacing(16)

    def tell(self, detail: IncidentDetail) -> None:
        """Show the whole incident, or that the rest is still being fetched."""
        screen, incident = self._screen, detail.incident
        top = QVBoxLayout()
        top.setSpacing(4)
        top.addWidget(LevelLine(screen, detail))
        top.addWidget(self._title(incident.title))
        self._column.addLayout(top)
        if incident.deadlines:
            self.clocks = ClockTable(screen, incident.deadlines)
            self._column.addWidget(self.clocks)
        self._column.addWidget(LifeCycle(screen, incident.stage))
        if not incident.whole:
            self._column.addWidget(self._still_coming())
        self._column.addWidget(self._facts(detail))
        self.files = FileList(screen, detail)
        self.files.failed.connect(self.failed)
        self.files.setVisible(self.files.count > 0)
        self._column.addWidget(self.files)
        self._column.addWidget(Timeline(screen, detail, self._unfolded))
        self._column.addStretch(1)

    def tell_title(self, title: Text) -> None:
        """Show the title of the incident being written on while the rest of it loads."""
        self._column.addWidget(self._title(title))
        self._column.addStretch(1)

    def tick(self, now: Instant) -> None:
        """Update the time left of deadlines, and the progress of files."""
        if self.clocks is not None:
            self.clocks.tick(now)
        if self.files is not None and self.files.moving:
            self.files.refresh()

    def refresh_files(self) -> None:
        """Update how far the files have been transferred."""
        if self.files is not None:
            self.files.refresh()

    def _title(self, text: Text) -> PlainLabel:
        title = PlainLabel(self._screen, "title", elide=False)
        title.setWordWrap(True)
        said = self._screen.words.text(text)
        title.set_text(formatting.in_one_line(said, TITLE_CHARS))
        title.setToolTip(formatting.plain_tip(said))
        title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return title

    def _still_coming(self) -> PlainLabel:
        label = PlainLabel(self._screen, "body", "second", elide=False)
        label.setWordWrap(True)
        label.set_text(
            translate("DetailPane", "Details are being downloaded; matter and history follow.")
        )
        return label

    def _facts(self, detail: IncidentDetail) -> Facts:
        words, incident = self._screen.words, detail.incident
        now = self._screen.board.now()
        facts = Facts(self._screen, self._unfolded)
        facts.add(translate("DetailPane", "Place"), words.text(incident.address))
        facts.add(translate("DetailPane", "Lead"), words.text(incident.lead_unit))
        co_units = translate("DetailPane", ", ").join(words.text(u) for u in incident.co_units)
        facts.add(translate("DetailPane", "With"), co_units)
        facts.add(translate("DetailPane", "Matter"), words.text(incident.summary))
        happened = formatting.moment(incident.occurred_at, now)
        recorded = formatting.moment(incident.recorded_at, now)
        facts.add(
            translate("DetailPane", "Time"),
            translate("DetailPane", "{happened}, recorded {recorded}").format(
                happened=happened, recorded=recorded
            ),
        )
        for n, asset in enumerate(detail.assets):
            name = translate("DetailPane", "Related") if n == 0 else ""
            state = words.term("asset_state", asset.state)
            key = Key(asset.source, Collection.ASSETS, asset.id)
            facts.add_link(
                name,
                f"{words.text(asset.name)} · {state}",
                lambda key=key: self.asset_picked.emit(key),  # type: ignore[misc]
            )
        facts.add(translate("DetailPane", "Seen"), self._seen(detail, now))
        return facts

    def _seen(self, detail: IncidentDetail, now: Instant) -> str:
        incident = detail.incident
        if incident.acknowledged_at is not None:
            said = f"{formatting.moment(incident.acknowledged_at, now)} {incident.acknowledged_by}"
            return said.strip()
        own = [r for r in detail.commands if r.command.kind is CommandKind.ACKNOWLEDGE]
        if detail.acknowledged and own:
            return translate("DetailPane", "here, {state}").format(
                state=formatting.record_state(own[-1], self._screen.words)
            )
        return translate("DetailPane", "not yet acknowledged")
