"""日报、灾情报表: a report table, prefilled; the clerk checks it, corrects it and hands it over."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.application.reads.report_drafts import ReportDraft, ReportLine
from desktop.domain.command import CommandRecord
from desktop.domain.geo import Township
from desktop.domain.report import Form
from desktop.gui import formatting
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.forms.choices import Choice
from desktop.gui.forms.lookup import LookupEntry
from desktop.gui.language import Retranslated
from desktop.gui.township.page import Scrolling
from desktop.gui.township.table_fields import TableFields
from desktop.gui.widgets.composing import finish_composing
from desktop.gui.widgets.focus import RING_PX
from desktop.gui.widgets.label import PlainLabel
from desktop.protocol.report_forms import Period

translate = QCoreApplication.translate

PAUSE_MS = 400
BUTTON_PX = 44


class TablePage(Retranslated, QWidget):
    """One form of the county, for this township and one period."""

    submitted = Signal(object)
    """The `CommandRecord` that was submitted and is now durable."""

    def __init__(
        self, screen: UiContext, submitter: CommandSubmitter, form: Form, township: Township
    ) -> None:
        super().__init__()
        self._screen, self._submitter = screen, submitter
        self.form, self._township = form, township
        self.draft: ReportDraft | None = None
        self.fields: TableFields | None = None
        self._given: tuple[ReportLine, ...] = ()
        self._problems: dict[str, str] = {}
        self._is_small = False
        self._events: dict[str, str] = {}
        """Ids of the township's open cases by their names in the list."""
        self.head = PlainLabel(screen, "strong", elide=False)
        self.about: LookupEntry | None = None
        self.hint = PlainLabel(screen, "body", "second", elide=False)
        self.given = PlainLabel(screen, "second", "second", elide=False)
        for label in (self.hint, self.given):
            label.setWordWrap(True)
        self.submit_button = QPushButton()
        self.submit_button.setProperty("main", True)
        self.submit_button.setMinimumHeight(BUTTON_PX)
        self.submit_button.clicked.connect(self.submit)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.keep)
        self._arrange()
        self.retranslate()
        self.begin()

    def _arrange(self) -> None:
        head = self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        head.setSpacing(16)
        head.addWidget(self.head)
        head.addWidget(self.hint, 1)
        head.addWidget(self.submit_button)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        if self.form.period is Period.EVENT:
            self.about = LookupEntry(self._screen, free=True)
            self.about.changed.connect(self._begin_event)
            column.addWidget(self.about)
        inner = QWidget()
        self._inner = QVBoxLayout(inner)
        self._inner.setContentsMargins(2 * RING_PX, 0, 16, 16)
        self._inner.setSpacing(12)
        self._inner.addWidget(self.given)
        self._inner.addStretch(1)
        self._scrolling = Scrolling(self._screen.theme, self._say_title, inner)
        column.addWidget(self._scrolling, 1)

    def fold(self, is_small: bool) -> None:
        """Suit a small window: its words below one another, and its button at the end."""
        self._scrolling.fold(is_small)
        ways = QBoxLayout.Direction
        self._head.setDirection(ways.TopToBottom if is_small else ways.LeftToRight)
        self._head.setSpacing(4 if is_small else 16)
        if is_small:
            self._column.addWidget(self.submit_button, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            self._head.addWidget(self.submit_button)
        self._column.setContentsMargins(0, 8, 0, 12 if is_small else 0)
        self._is_small = is_small
        self._say()

    def _say_title(self) -> str:
        return self._screen.words.text(self.form.title)

    def begin(self) -> None:
        """Read the draft anew: of today, or of the event that is chosen."""
        reports = self._screen.board.reports
        if self.about is None:
            self._read(reports.today())
            return
        township, entry = self._township.id, self.about

        def offer(found: tuple[Choice, ...]) -> None:
            self._events = {choice.name: choice.code for choice in found}
            entry.offer(found)

        text = self._screen.words.text
        self._screen.reader.ask(
            lambda: tuple(
                Choice(row.key.id, f"{text(row.title)} · {row.number}".strip(" ·"), "")
                for row in reports.events(township)
            ),
            offer,
        )
        self._show_given_only()

    def _begin_event(self) -> None:
        said = self.about.value() if self.about is not None else None
        if said:
            self._read(self._events.get(said, said))

    def _read(self, period: str) -> None:
        reports, form, township = self._screen.board.reports, self.form, self._township.id

        def read() -> tuple[ReportDraft, tuple[ReportLine, ...]]:
            draft = reports.start(form, township, period)
            return draft, reports.list_given(form.form, township)[:5]

        self._screen.writer.ask(read, self._show, self._say_unread)

    def _show_given_only(self) -> None:
        reports, form, township = self._screen.board.reports, self.form, self._township.id
        self._screen.reader.ask(
            lambda: reports.list_given(form.form, township)[:5], self._show_given
        )

    def _show(self, found: tuple[ReportDraft, tuple[ReportLine, ...]]) -> None:
        draft, given = found
        if self.fields is not None:
            self._inner.removeWidget(self.fields)
            self.fields.hide()
            self.fields.deleteLater()
        self.draft, self._problems = draft, {}
        self.fields = TableFields(self._screen, draft)
        self.fields.typed.connect(self._type)
        self._inner.insertWidget(0, self.fields)
        self._show_given(given)
        self.submit_button.setEnabled(True)
        self._say()

    def _show_given(self, given: tuple[ReportLine, ...]) -> None:
        self._given = given
        self._say()

    def _say_unread(self, _error: Exception) -> None:
        self.hint.set_text(
            translate("Township", "No report can be given about this: pick one of the list."),
            "orange_text",
        )

    def _type(self, field: str, text: str) -> None:
        if self.draft is None or self.fields is None:
            return
        self.draft = self.draft.with_value(field, text)
        self.fields.show_draft(self.draft)
        if self._problems:
            self._problems = self.draft.problems()
            self.fields.mark(self._problems)
        self._pause.start()
        self._say()

    def keep(self) -> None:
        """Store what was typed now, off the GUI thread."""
        self._pause.stop()
        draft, reports = self.draft, self._screen.board.reports
        if draft is not None and draft.collect_typed():
            self._screen.writer.ask(
                lambda: reports.keep(draft), lambda _none: None, lambda _error: self._say_unkept()
            )

    def _say_unkept(self) -> None:
        self.hint.set_text(
            translate("Township", "What you entered cannot be saved: hand it over now."),
            "orange_text",
        )

    def submit(self) -> None:
        """Hand the report over, once; what is wrong is marked first."""
        finish_composing(self)
        draft, reports = self.draft, self._screen.board.reports
        if draft is None or self.fields is None or not self.submit_button.isEnabled():
            return
        self._problems = draft.problems()
        self.fields.mark(self._problems)
        if self._problems:
            self._say()
            return
        self.keep()
        self.submit_button.setEnabled(False)
        self._submitter.submit(
            draft.target,
            lambda: reports.submit(draft),
            self._end,
            lambda: self.submit_button.setEnabled(True),
        )

    def _end(self, record: CommandRecord) -> None:
        self._pause.stop()
        self.submitted.emit(record)
        if self.about is None:
            self.begin()
        else:
            self._begin_event()

    def hideEvent(self, event: QHideEvent) -> None:
        self.keep()
        super().hideEvent(event)

    def retranslate(self) -> None:
        if self.about is not None:
            self.about.name(translate("Township", "The event it is about"))
            self.about.line.setPlaceholderText(
                translate("Township", "Which event? Pick one, or give it a name")
            )
        self._say()

    def _say(self) -> None:
        words, draft = self._screen.words, self.draft
        title = formatting.in_one_line(words.text(self.form.title), 40)
        self.submit_button.setText(translate("Township", "Hand it over to the county"))
        self.submit_button.setVisible(draft is not None)
        self._say_given()
        if draft is None:
            self.head.set_text(title)
            self.hint.set_text("")
            self.hint.setHidden(self._is_small)
            return
        self.hint.show()
        self.head.set_text(f"{title} · {self._period(draft.period)}")
        if self._problems:
            said = translate("Township", "%n field(s) to mend", "", len(self._problems))
            first = next(iter(self._problems.values()))
            self.hint.set_text(f"{said}: {words.term('bad_field', first)}", "orange_text")
            return
        if any(line.report.period == draft.period for line in self._given):
            self.submit_button.setText(translate("Township", "Correct what was handed over"))
        share = translate("Township", "{share} is filled in already: check it and hand it over.")
        self.hint.set_text(share.format(share=f"{draft.share:.0%}"), "second")

    def _period(self, period: str) -> str:
        if self.about is None:
            return period
        return formatting.in_one_line(self.about.line.text() or period, 60)

    def _say_given(self) -> None:
        """List the last reports with how far each is."""
        words, now = self._screen.words, self._screen.board.now()
        lines = []
        for line in self._given:
            state = (
                translate("Township", "with the county")
                if line.pending is None
                else formatting.command_state(line.pending, words)
            )
            at = formatting.moment(line.report.reported_at, now)
            lines.append(f"{line.report.period} · {at} · {line.report.by} · {state}")
        head = translate("Township", "Handed over before:")
        self.given.set_text("\n".join([head, *lines]) if lines else "")
        self.given.setVisible(bool(lines))
