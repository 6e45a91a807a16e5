"""The sheet of the doctor: what is wrong, what to do, and the support bundle before it leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop.diagnostics.doctor.finding import Finding, Verdict
from desktop.diagnostics.doctor.words import MARKS
from desktop.diagnostics.support.bundle import Part, write_bundle
from desktop.diagnostics.support.doctor import Doctor
from desktop.domain.source import Problem
from desktop.gui.context import UiContext
from desktop.gui.doctor.preview import BundlePreview
from desktop.gui.export import ask_where, name_with_date
from desktop.gui.task_runner import TaskRunner
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.sheet import Sheet
from desktop.gui.widgets.text_column import TextColumn

translate = QCoreApplication.translate

WIDTH_PX, CONTENT_PX = 760, 640
URGENCY = (Verdict.BROKEN, Verdict.LOOK, Verdict.UNKNOWN, Verdict.FINE)
"""What is to be done stands first."""
INKS = {Verdict.BROKEN: "orange_text", Verdict.LOOK: "text"}


class DoctorSheet(Sheet):
    """Runs every check off the GUI thread each time it is opened."""

    def __init__(self, screen: UiContext, window: QWidget) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self.runner = TaskRunner("doctor", self)
        self._doctor: Doctor | None = None
        self._findings: list[Finding] | None = None
        self._is_running = self._wants_bundle = False
        self._sentence: Callable[[], str] = str
        """Says what was done last in the language in force."""
        self._area = self.scrolling()
        self.preview = BundlePreview(screen)
        self.preview.hosts.toggled.connect(self._gather)
        self.said = PlainLabel(screen, "second", "second", elide=False)
        self.said.setWordWrap(True)
        self.said.setContentsMargins(16, 4, 16, 4)
        self.again, self.copy = _make_button(self._run), _make_button(self._copy)
        self.bundle = _make_button(self.show_bundle)
        self.back, self.save = _make_button(self._show_findings), _make_button(self._ask_where)
        self.save.setProperty("main", True)
        self._arrange()

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(16, 4, 16, 4)
        row.setSpacing(8)
        for button in (self.again, self.copy, self.bundle, self.back, self.save):
            row.addWidget(button)
        row.addStretch(1)
        self.body.addWidget(self.preview, 1)
        self.body.addWidget(self.said)
        self.body.addLayout(row)
        self._show_parts(bundle=False)

    def close_runner(self) -> None:
        """Wait for what is under way; the window is about to close."""
        self.runner.close()

    def lay(self) -> None:
        self._run()
        super().lay()

    def ask_bundle(self) -> None:
        """Open the sheet, and show the support bundle as soon as all is checked."""
        self._wants_bundle = True
        self.lay()

    def fill(self) -> None:
        self.title.set_text(translate("DoctorSheet", "Check this computer"))
        self.again.setText(translate("DoctorSheet", "Check again"))
        self.copy.setText(translate("DoctorSheet", "Copy"))
        self.bundle.setText(translate("DoctorSheet", "Support bundle"))
        self.back.setText(translate("DoctorSheet", "Back"))
        self.save.setText(translate("DoctorSheet", "Save as a file"))
        self.preview.retranslate()
        self._list()
        self._say()
        self.fit(CONTENT_PX)

    def _run(self) -> None:
        make = self._screen.doctor
        if self._is_running:
            return
        self._findings = None
        self._show_parts(bundle=False)
        if make is None:
            self._tell(lambda: translate("DoctorSheet", "Not possible in this window."))
            return
        self._tell(lambda: translate("DoctorSheet", "Checking: it takes a few seconds."))

        def run() -> tuple[Doctor, list[Finding]]:
            doctor = self._doctor or make()
            return doctor, doctor.run()

        self._is_running = True
        self.runner.ask(run, lambda found: self._have(*found), self._fail, slot="run")

    def _have(self, doctor: Doctor, findings: list[Finding]) -> None:
        self._doctor, self._findings, self._is_running = doctor, findings, False
        self._tell(lambda: doctor.words.sum_up(findings))
        self._show_parts(bundle=False)
        self._list()
        if self._wants_bundle:
            self.show_bundle()

    def _fail(self, error: Exception) -> None:
        self._is_running = False
        kind = type(error).__name__
        said = Problem("screen_error", {"kind": kind})
        self._tell(lambda: str(self._screen.words.problem(said)))

    def _list(self) -> None:
        """List the findings, those that want something done before the others."""
        lines = TextColumn(self._screen)
        doctor = self._doctor
        for verdict in URGENCY if doctor is not None else ():
            for finding in self._findings or ():
                if finding.verdict is verdict and doctor is not None:
                    told = doctor.words.tell(finding)
                    head = f"{MARKS[verdict]} {told.verdict} · {told.title}"
                    if verdict is Verdict.FINE:
                        lines.add(f"{head} · {told.says}", "second", "second")
                        continue
                    lines.add(head, "strong", INKS.get(verdict, "second"))
                    lines.add(told.says)
                    lines.add(told.todo, "body", "second")
                    lines.add_gap()
        lines.end()
        self._area.setWidget(lines)

    def _copy(self) -> None:
        if self._doctor is not None and self._findings is not None:
            lines = self._doctor.words.lines(self._findings)
            QGuiApplication.clipboard().setText("\n".join(lines))
            self._tell(lambda: translate("DoctorSheet", "Copied."))

    def show_bundle(self) -> None:
        """Show all that the support bundle would hold."""
        self._wants_bundle = False
        if self._doctor is not None and self._findings is not None:
            self._gather()

    def _gather(self) -> None:
        doctor, findings = self._doctor, self._findings
        if doctor is None or findings is None:
            return
        hosts = self.preview.hosts.isChecked()
        self.runner.ask(
            lambda: doctor.gather(findings, hosts=hosts), self._preview, self._fail, slot="gather"
        )

    def _preview(self, parts: tuple[Part, ...]) -> None:
        self.preview.show_parts(parts)
        doctor = self._doctor
        if doctor is not None:
            self._tell(lambda: doctor.words.say("bundle", "within"))
        if not self.preview.isVisible():
            self._show_parts(bundle=True)
            self.save.setFocus()

    def _show_findings(self) -> None:
        self._show_parts(bundle=False)
        self.bundle.setFocus()
        doctor, findings = self._doctor, self._findings
        if doctor is not None and findings is not None:
            self._tell(lambda: doctor.words.sum_up(findings))

    def _show_parts(self, *, bundle: bool) -> None:
        self._area.setVisible(not bundle)
        self.preview.setVisible(bundle)
        for button in (self.again, self.copy, self.bundle):
            button.setVisible(not bundle)
        for button in (self.copy, self.bundle):
            button.setEnabled(self._findings is not None)
        self.again.setEnabled(self._screen.doctor is not None)  # It keeps the keyboard.
        for button in (self.back, self.save):
            button.setVisible(bundle)

    def _ask_where(self) -> None:
        title = translate("DoctorSheet", "Support bundle")
        name = name_with_date(title, self._screen.board.now(), "zip")
        ask_where(
            self.window(), self._screen.remembered, name, self.write, title=title, kinds=("zip",)
        )

    def write(self, path: str) -> None:
        """Write the parts that are shown to a file."""
        parts = self.preview.parts
        self.runner.ask(
            lambda: write_bundle(parts, Path(path)),
            lambda _done: self._tell_written(path),
            self._tell_unwritten,
        )

    def _tell_written(self, path: str) -> None:
        doctor = self._doctor
        if doctor is not None:
            self._tell(lambda: doctor.words.say("bundle", "written", file=path))

    def _tell_unwritten(self, error: Exception) -> None:
        reason = getattr(error, "strerror", None) or type(error).__name__
        said = Problem("export_failed", {"reason": reason})
        self._tell(lambda: str(self._screen.words.problem(said)))

    def _tell(self, sentence: Callable[[], str]) -> None:
        self._sentence = sentence
        self._say()

    def _say(self) -> None:
        self.said.set_text(self._sentence())


def _make_button(act: Callable[[], object]) -> QPushButton:
    button = QPushButton()
    button.clicked.connect(lambda _checked: act())
    return button
