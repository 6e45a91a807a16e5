"""One sentence under the strip while sources fail: who, since when, of what time the data is; or
while the keyring has to be unlocked before they can be asked."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from desktop.domain.command import Collection, CommandKind
from desktop.domain.instant import MINUTE, Instant
from desktop.domain.outage import Outage, find_outage
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.symbols import hatch
from desktop.gui.theme import restyle
from desktop.gui.widgets.accessible import announce, set_tip

translate = QCoreApplication.translate

LINE_PX, RING_PX = 28, 2
EDGE_PX = 12
NAMED = 2
"""So many failing sources are named; of more the number is said."""


class OutageLine(Retranslated, QWidget):
    """A line that is there only while a source fails, or waits for the keyring; a press opens the
    sheet of sources."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen, self._said = screen, ""
        self._step: object = None
        """What the sentence was said of: it tells times by the minute."""
        self.setAutoFillBackground(True)
        self.words = QPushButton()
        for name in ("quiet", "link"):
            self.words.setProperty(name, True)
        self.words.setMinimumWidth(1)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        restyle(self.words, "tone", "orange")
        layout = self._row = QHBoxLayout(self)
        self.setFixedHeight(LINE_PX)
        layout.setContentsMargins(2 * EDGE_PX, 0, 12, 0)
        layout.addWidget(self.words, 1)
        screen.feed.ticked.connect(self._say)
        screen.feed.changed.connect(lambda _changed: self.retranslate())
        self.retranslate()

    def retranslate(self) -> None:
        self._step = None
        self._say(self._screen.board.now())

    def _say(self, now: Instant) -> None:
        statuses = self._screen.board.statuses()
        asks_keyring = self._screen.board.asks_keyring()
        step = statuses, asks_keyring, now // MINUTE
        if step == self._step:
            return
        self._step = step
        outage = find_outage(statuses)
        self.setVisible(asks_keyring or outage is not None)
        if self._said and not (asks_keyring or outage is not None):
            self._said = ""
            announce(self, translate("OutageLine", "The sources answer again"))
        if asks_keyring:
            self._show_sentence(_ask_to_unlock())
        elif outage is not None:
            self._show_sentence(sentence(outage, now, self._screen))

    def _show_sentence(self, said: str) -> None:
        if said != self._said:
            self._said = said
            self._fit()
            set_tip(self.words, said)
            announce(self, said)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Show the sentence in as many lines as it needs."""
        edges = self._row.contentsMargins()
        room = self.width() - edges.left() - edges.right() - 2 * RING_PX
        lines = break_evenly(self._said, self.words.font(), room)
        self.words.setText("\n".join(lines).replace("&", "&&"))
        more = (len(lines) - 1) * self.words.fontMetrics().lineSpacing()
        self.setFixedHeight(LINE_PX + more)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, EDGE_PX, self.height(), hatch(self._screen.theme.tokens))
        painter.setPen(self._screen.theme.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)


def break_evenly(text: str, font: QFont, width: int) -> list[str]:
    """Return a text in as few lines of this width in pixels as it needs, none much shorter."""
    lines = break_lines(text, font, width)
    for share in range(50, 100, 5) if len(lines) > 1 else ():
        even = break_lines(text, font, width * share // 100)
        if len(even) == len(lines):
            return even
    return lines


def break_lines(text: str, font: QFont, width: int) -> list[str]:
    """Return a text in lines of this width in pixels."""
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout = QTextLayout(text, font)
    layout.setTextOption(option)
    units = text.encode("utf-16-le")  # Qt counts in these.
    lines: list[str] = []
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, LINE_PX))
        begin, end = line.textStart(), line.textStart() + line.textLength()
        lines.append(units[2 * begin : 2 * end].decode("utf-16-le").rstrip())
    layout.endLayout()
    return lines


def _ask_to_unlock() -> str:
    """Say what the keyring's own window over the desk asks for, and why."""
    return translate(
        "OutageLine",
        "The keyring asks for its password: it keeps the logins of the sources, which are asked"
        " once it is unlocked.",
    )


def sentence(outage: Outage, now: Instant, screen: UiContext) -> str:
    """Say who does not answer since when, of what time the data is, what becomes of commands."""
    parts = [_who(outage, now, screen), _data(outage, now)]
    board = screen.board
    takers = board.commands.sources_accepting(CommandKind.NOTE, Collection.INCIDENTS)
    failing = {status.id for status in outage.sources}
    if failing & {status.id for status in takers}:
        parts.append(
            translate("OutageLine", "What you write is stored here and goes out once it answers")
        )
    return translate("OutageLine", "{first}. {rest}.").format(
        first=parts[0], rest=translate("OutageLine", ". ").join(parts[1:])
    )


def _who(outage: Outage, now: Instant, screen: UiContext) -> str:
    names = [formatting.in_one_line(screen.words.text(s.title), 24) for s in outage.sources]
    if outage.is_total and len(names) > 1:
        who = translate("OutageLine", "any source")
    elif len(names) <= NAMED:
        who = translate("OutageLine", " or ").join(names)
    else:
        who = translate("OutageLine", "%n source(s)", "", len(names))
    time = formatting.moment(now if outage.since is None else outage.since, now)
    if outage.is_silent:
        return translate("OutageLine", "No answer from {who} since {time}").format(
            who=who, time=time
        )
    return translate("OutageLine", "No data from {who} since {time}").format(who=who, time=time)


def _data(outage: Outage, now: Instant) -> str:
    if outage.data_at is None:
        return translate("OutageLine", "Not all of its data was ever received")
    return translate("OutageLine", "You see data of {time}").format(
        time=formatting.moment(outage.data_at, now)
    )
