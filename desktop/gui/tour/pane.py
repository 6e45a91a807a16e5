"""The pane of the tour: the steps, what to do next, and a way out at any time."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QPushButton,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.panes.bare import BarePane
from desktop.gui.tour.steps import STEPS, Step
from desktop.gui.tour.watch import TourWatch
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

WIDTH_PX = 248
EM_SPACE = "\u2003"
"""As wide as a mark, before a step that has none."""
DONE = "tour"
"""Name under which the steps done are remembered."""
LEFT = "tour_left"
"""Name under which it is remembered that the tour was left: then it comes only when asked for."""


class TourPane(Retranslated, QWidget):
    """Beside the work, never in front of it."""

    def __init__(self, screen: UiContext, submitter: CommandSubmitter, bar: QToolBar) -> None:
        super().__init__(bar)
        self._screen, self._bar = screen, bar
        self._done = set(screen.remembered.value(DONE).split())
        self._skipped: set[str] = set()
        self.setFixedWidth(WIDTH_PX)
        self.setAutoFillBackground(True)
        self.title = PlainLabel(screen, "strong", elide=False)
        self.now = PlainLabel(screen, "strong", elide=False)
        self.told = PlainLabel(screen, "body", elide=False)
        for label in (self.title, self.now, self.told):
            label.setWordWrap(True)
        self.rows = {step.name: PlainLabel(screen, "body", "second") for step in STEPS}
        self.skip, self.leave = QPushButton(), QPushButton()
        self.skip.clicked.connect(self._skip)
        self.leave.clicked.connect(self._leave)
        self._arrange()
        self.watch = TourWatch(submitter, self)
        self.watch.done.connect(self.mark)
        screen.keymap.changed.connect(self.retranslate)
        self.retranslate()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        column.addWidget(self.title)
        for row in self.rows.values():
            column.addWidget(row)
        column.addSpacing(8)
        column.addWidget(self.now)
        column.addWidget(self.told)
        column.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.skip)
        buttons.addWidget(self.leave)
        buttons.addStretch(1)
        column.addLayout(buttons)

    @property
    def step(self) -> Step | None:
        """The step to take next; None once all are done."""
        left = (each for each in STEPS if each.name not in self._done | self._skipped)
        return next(left, None)

    def mark(self, name: str) -> None:
        """Mark a step as done, and remember it for the next time."""
        if name in self._done or not self._bar.isVisible():
            return
        self._done.add(name)
        self._screen.remembered.choose(DONE, " ".join(sorted(self._done)))
        self.retranslate()

    def begin(self) -> None:
        """Show the tour where it was left; from the beginning once it was done."""
        self._skipped.clear()
        if self.step is None:
            self._done.clear()
        self.retranslate()
        self._bar.show()

    def _leave(self) -> None:
        self._screen.remembered.choose(LEFT, "yes")
        self._bar.hide()

    def _skip(self) -> None:
        step = self.step
        if step is not None:
            self._skipped.add(step.name)
            self.retranslate()

    def retranslate(self) -> None:
        step, count = self.step, len(STEPS)
        self.title.set_text(translate("Tour", "Ten minutes to begin"))
        for n, each in enumerate(STEPS, 1):
            mark = "✓" if each.name in self._done else "→" if each is step else EM_SPACE
            ink = "text" if each is step else "second"
            self.rows[each.name].set_text(f"{mark}  {n}  {each.say()}", ink)
        self.skip.setText(translate("Tour", "Skip this step"))
        self.skip.setVisible(step is not None)
        self.leave.setText(
            translate("Tour", "Leave") if step is not None else translate("Tour", "Close")
        )
        if step is None:
            self.now.set_text(translate("Tour", "That is all of it"))
            self.told.set_text(_tell_end())
            return
        said = translate("Tour", "Step {n} of {count}: {title}")
        self.now.set_text(said.format(n=STEPS.index(step) + 1, count=count, title=step.say()))
        caps = [self._screen.keymap.cap_of(key) or "Ctrl+K" for key in step.keys]
        self.told.set_text(step.tell().format(*caps))


def _tell_end() -> str:
    return translate(
        "Tour",
        "The rest is read up when it is needed: {key} opens the help anywhere. This tour is found "
        'under "All actions" again.',
    ).format(key="F1")


def dock_tour(
    screen: UiContext, window: QMainWindow, submitter: CommandSubmitter, incidents: BarePane
) -> TourPane:
    """Put the tour at the window's right, beside all panes, whatever their arrangement."""
    bar = QToolBar()
    bar.setObjectName("tour")
    bar.setMovable(False)
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    pane = TourPane(screen, submitter, bar)
    bar.addWidget(pane)
    incidents.picked.connect(pane.watch.take_pick)
    bar.hide()
    window.addToolBar(Qt.ToolBarArea.RightToolBarArea, bar)
    return pane
