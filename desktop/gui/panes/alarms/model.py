"""The rows of the list of alarms: what stands, one row for all that have returned, the rest."""

from __future__ import annotations

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
    within: bool = False
    """Whether it is one of those shown under the open fold."""

    @property
    def key(self) -> Key:
        """The identity of the alarm that heads it, or of the fold."""
        return FOLD if self.is_fold else key_of(self.groups[0].alarm)

    @property
    def group(self) -> AlarmGroup:
        """The group, or the first one under the fold."""
        return self.groups[0]


def arrange_rows(groups: Groups, *, unfolded: bool) -> tuple[AlarmRow, ...]:
    """Return the rows in the board's order; returned alarms are folded into one row."""
    returned = tuple(g for g in groups if g.calls and not g.stands)
    rows = [AlarmRow((g,)) for g in groups if g.stands]
    if len(returned) == 1:
        rows.append(AlarmRow(returned))
    elif returned:
        rows.append(AlarmRow(returned, is_fold=True))
        if unfolded:
            rows += [AlarmRow((g,), within=True) for g in returned]
    return (*rows, *(AlarmRow((g,)) for g in groups if not g.calls))


class AlarmModel(SnapshotListModel[AlarmRow]):
    """Alarms and the fold of those that have returned, each with its words."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen, lambda row: row.key)
        self.unfolded = False

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
