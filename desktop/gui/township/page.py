"""One page of the office: a title, a sentence, and what it is for below them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.changes import Changes
from desktop.domain.geo import Place, Township
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.theme import Theme
from desktop.gui.widgets.focus import keep_keyboard
from desktop.gui.widgets.following_scroll import FollowingScroll
from desktop.gui.widgets.label import PlainLabel

EDGE_PX, NARROW_EDGE_PX = 24, 12
UNBOUND_PX = 16_777_215
"""Qt's largest size of a widget: no other is set."""
LEAST_PX = 96
"""The lowest that a page is, whatever else the window shows: it scrolls."""


class ContentArea(FollowingScroll):
    """A part of a page that scrolls and takes the room that there is, however much is in it."""

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), LEAST_PX)


class Scrolling(QWidget):
    """Content that scrolls by itself; a small window shows it whole, in a page that scrolls."""

    def __init__(self, theme: Theme, say_name: Callable[[], str], content: QWidget) -> None:
        super().__init__()
        self._area, self._content = ContentArea(theme, say_name), content
        self._area.setWidget(content)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._area)

    def fold(self, is_small: bool) -> None:
        """Show the content whole, or as much as there is room for."""
        if is_small != (self._area.widget() is None):
            with keep_keyboard(self):
                if is_small:
                    self._column.addWidget(self._area.takeWidget())
                else:
                    self._area.setWidget(self._content)
                self._area.setHidden(is_small)
                self._content.show()
            self._area.follow_soon()


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
        self._is_small = False
        self._scrolling: list[Scrolling] = []

    def fold(self, is_small: bool) -> None:
        """Suit a small window: all of the page scrolls, below the tasks that name it."""
        self._is_small = is_small
        self.title.setHidden(is_small)
        edge = NARROW_EDGE_PX if is_small else EDGE_PX
        self.column.setContentsMargins(edge, 8 if is_small else 16, edge, 0)
        for part in self._scrolling:
            part.fold(is_small)

    def heightForWidth(self, width: int) -> int:
        """Return the height below which the page scrolls: in a small window all of it."""
        if self._is_small:
            return self.column.totalHeightForWidth(width)
        return self.column.totalMinimumHeightForWidth(width)

    def minimumSizeHint(self) -> QSize:
        """Return no height where something wraps: that is asked for with the width."""
        least = super().minimumSizeHint()
        if self.column.hasHeightForWidth():
            return QSize(least.width(), 0)
        return QSize(least.width(), self.sizeHint().height()) if self._is_small else least

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

    def add_scrolling(self, content: QWidget) -> Scrolling:
        """Put this below the sentence, where it scrolls."""
        scrolling = Scrolling(self.screen_context.theme, self.title.text, content)
        self._scrolling.append(scrolling)
        self.column.addWidget(scrolling, 1)
        return scrolling


class PageArea(FollowingScroll):
    """A page, as high as there is room for; it scrolls where that is too low for it."""

    def __init__(self, page: Page) -> None:
        super().__init__(page.screen_context.theme, page.title.text)
        self.page = page
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(page)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.page.minimumSizeHint().width(), LEAST_PX)


class PageStack(QStackedWidget):
    """The pages of the office, of which one is in front."""

    def __init__(self) -> None:
        super().__init__()
        self._is_small = False
        self._areas: dict[Page, PageArea] = {}

    @property
    def front(self) -> Page | None:
        """The page that is shown."""
        area = self.currentWidget()
        return area.page if isinstance(area, PageArea) else None

    def add(self, page: Page) -> None:
        """Put a page behind the others."""
        page.fold(self._is_small)
        area = self._areas[page] = PageArea(page)
        self.addWidget(area)

    def show_page(self, page: Page) -> None:
        """Bring a page to the front, at its beginning."""
        area = self._areas[page]
        area.verticalScrollBar().setValue(0)
        self.setCurrentWidget(area)

    def fold(self, is_small: bool) -> None:
        """Suit a small window, or a larger one again."""
        self._is_small = is_small
        for page in self._areas:
            page.fold(is_small)
