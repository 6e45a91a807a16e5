"""The rows of the list of alarms: what stands, one row for all that have returned, the rest.

What follows from an alarm, and what has returned, is folded under its row until it is unfolded.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from desktop.application.i18n import Words
from desktop.application.reads.read_models import AlarmGroup
from desktop.domain.alarm import Alarm, AlarmState
from desktop.domain.command import Collection, CommandKind, Key
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.widgets.snapshot_list import SnapshotListModel

translate = QCoreApplication.translate

FOLD = Key("", Collection.ALARMS, "")
"""Identity of the row that stands for all returned alarms; no alarm has it."""

Groups = tuple[AlarmGroup, ...]


def key_of(alarm: Alarm) -> Key:
    """Return an alarm's identity across all sources."""
    return Key(alarm.source, Collection.ALARMS, alarm.id)


def may_take(screen: UiContext, alarm: Alarm, kind: CommandKind) -> bool:
    """Whether the alarm's source takes this command now, and it would change something."""
    return alarm.state.allows(kind) and screen.board.commands.accepts(key_of(alarm), kind)


@dataclass(frozen=True)
class AlarmRow:
    """One row: a group, or with several of them the fold of those that have returned."""

    groups: Groups
    is_fold: bool = False
    depth: int = 0
    """How many folds it is under."""

    @property
    def within(self) -> bool:
        """Whether it is one of those shown under an open fold."""
        return self.depth > 0

    @property
    def beneath(self) -> Groups:
        """What can be unfolded under it."""
        return self.groups if self.is_fold else self.group.followers

    @property
    def key(self) -> Key:
        """The identity of the alarm that heads it, or of the fold."""
        return FOLD if self.is_fold else key_of(self.groups[0].alarm)

    @property
    def group(self) -> AlarmGroup:
        """The group, or the first one under the fold."""
        return self.groups[0]


def arrange_rows(groups: Groups, unfolded: Container[Key] = ()) -> tuple[AlarmRow, ...]:
    """Return the rows in the board's order, with what is under those `unfolded`; returned alarms
    are folded into one row."""
    returned = tuple(g for g in groups if g.calls and not g.stands)
    rows = [AlarmRow((g,)) for g in groups if g.stands]
    if len(returned) == 1:
        rows.append(AlarmRow(returned))
    elif returned:
        rows.append(AlarmRow(returned, is_fold=True))
    rows += [AlarmRow((g,)) for g in groups if not g.calls]
    return tuple(_unfold(rows, unfolded))


def _unfold(rows: Iterable[AlarmRow], unfolded: Container[Key]) -> Iterator[AlarmRow]:
    """Yield the rows, each followed by those under it if it is unfolded."""
    for row in rows:
        yield row
        if row.key in unfolded:
            under = [AlarmRow((group,), depth=row.depth + 1) for group in row.beneath]
            yield from _unfold(under, unfolded)


class AlarmModel(SnapshotListModel[AlarmRow]):
    """Alarms and the fold of those that have returned, each with its words."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen, lambda row: row.key)
        self.unfolded: set[Key] = set()
        """The rows under which their alarms are shown."""

    def is_open(self, row: AlarmRow) -> bool:
        """Whether what can be unfolded under a row is shown."""
        return bool(row.beneath) and row.key in self.unfolded

    def find_over(self, row: AlarmRow) -> AlarmRow:
        """Return the row under which this one is shown; itself if it is under none."""
        at = self.row(row.key) or 0
        return next((r for r in reversed(self.rows[:at]) if r.depth < row.depth), row)

    def name(self, row: AlarmRow) -> str:
        if row.is_fold:
            return say_returned(len(row.groups), besides=self.rows[0] is not row)
        return name_group(row.group, self._screen.words)

    def sentence(self, row: AlarmRow) -> str:
        return " · ".join(part for part in (self.name(row), self.about(row), self.age(row)) if part)

    def tip(self, row: AlarmRow) -> str:
        detail = "" if row.is_fold else self._screen.words.text(row.group.alarm.detail)
        return "\n".join(part for part in (*self.sentence(row).split(" · "), detail) if part)

    def about(self, row: AlarmRow) -> str:
        """Describe priority, state, since when, until when, and what follows from it."""
        if row.is_fold:
            return ""
        words, now = self._screen.words, self._screen.board.now()
        group, alarm = row.group, row.group.alarm
        parts = [
            words.term("alarm_priority", alarm.priority),
            words.term("alarm_state", alarm.state),
            formatting.moment(group.latest_at, now),
        ]
        if alarm.state is AlarmState.SHELVED and alarm.shelved_until is not None:
            until = translate("AlarmSheet", "shelved until {time} by {who}").format(
                time=formatting.moment(alarm.shelved_until, now), who=alarm.shelved_by or "—"
            )
            parts.append(until)
        if group.followers:
            parts.append(say_followers(len(group.followers)))
        if group.pending is not None:
            parts.append(formatting.command_state(group.pending, words))
        return " · ".join(parts)

    def age(self, row: AlarmRow) -> str:
        """Return how long ago it was raised last; for the fold, the latest of all."""
        latest = max(group.latest_at for group in row.groups)
        return self._screen.words.format_lasted(self._screen.board.now() - latest)


def name_group(group: AlarmGroup, words: Words) -> str:
    """Return an alarm's title, and how often it was raised if more than once."""
    title, repeats = formatting.in_one_line(words.text(group.alarm.title)), len(group.repeats)
    return f"{title} ×{repeats + 1}" if repeats else title


def say_returned(count: int, *, besides: bool) -> str:
    """Describe how many alarms have returned to normal, besides those that stand or alone."""
    if besides:
        return translate("AlarmSheet", "%n more have returned", "", count)
    return translate("AlarmSheet", "%n alarm(s) have returned", "", count)


def say_followers(count: int) -> str:
    """Describe how many alarms follow from one and are grouped with it."""
    return translate("AlarmStrip", "%n that follow from it are grouped here", "", count)
