"""One page of the office: a title, a sentence, and what it is for below them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.domain.changes import Changes
from desktop.domain.geo import Place, Township
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.widgets.following_scroll import FollowingScroll
from desktop.gui.widgets.label import PlainLabel

EDGE_PX = 24


class Page(Retranslated, QWidget):
    """A page reads its data when it is first opened, and again when they change."""

    line_changed = Signal(str, bool)
    """What stands below the name of its task, and whether that calls the clerk."""
    form_asked = Signal(object)
    """The `CommandRequest` to be filled in over the window."""
    files_asked = Signal(object)
    """The `Key` of the case that gets photos."""
    decide_asked = Signal(str)
    """The key of a command about which the clerk has to decide."""
    outbox_asked = Signal()
    """The clerk wants the sheet of all commands, which goes to files and on paper."""
    case_asked = Signal(object)
    """The `Key` of the case to be read whole."""
    arrived = Signal(object)
    """A tuple of what has just come from the county, which the clerk has not seen."""
    feedback_asked = Signal()
    """The clerk wants to feed back on an assignment."""
    carry_asked = Signal()
    """The clerk wants to carry what waits on a stick."""
    no_network_asked = Signal()
    """The clerk wants to read what waits over a telephone, or to take it along as codes."""
    spot_asked = Signal()
    """A form of the page wants a place on the map: `come_back` gets it."""
    failed = Signal(object)
    """The `Problem` that prevented an action started here."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self.screen_context = screen
        self.township: Township | None = None
        self.title = PlainLabel(screen, "title")
        self.sentence = PlainLabel(screen, "body", "second", elide=False)
        self.sentence.setWordWrap(True)
        self.setAutoFillBackground(True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(EDGE_PX, 16, EDGE_PX, 0)
        self.column.setSpacing(8)
        self.column.addWidget(self.title)
        self.column.addWidget(self.sentence)

    def serve(self, township: Township) -> None:
        """Serve this township from now on."""
        self.township = township
        self.reload()

    def reload(self) -> None:
        """Read the data again; what is shown stays until the answer is there."""

    def hear(self, _changed: Changes) -> None:
        """Read again what changed."""

    def open(self) -> None:
        """Take the keyboard: the page has just been opened."""
        self.setFocus()

    def step_back(self) -> bool:
        """Close what is open in the page; False when nothing is."""
        return False

    def come_back(self, _place: Place | None) -> None:
        """Take the place that was pointed at on the map."""

    def keep(self) -> None:
        """Store what was typed."""

    def add_scrolling(self, content: QWidget) -> FollowingScroll:
        """Put this below the sentence, where it scrolls."""
        area = FollowingScroll(self.screen_context.theme, self.title.text)
        area.setWidget(content)
        self.column.addWidget(area, 1)
        return area
