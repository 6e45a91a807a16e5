"""Alarms as an officer counts them: one row for a cause and for a condition that repeats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import msgspec

from desktop.application.reads.read_models import AlarmGroup
from desktop.domain.alarm import Alarm
from desktop.domain.instant import Instant

Groups = tuple[AlarmGroup, ...]


def group_alarms(alarms: Iterable[Alarm], show: Callable[[Alarm], AlarmGroup]) -> Groups:
    """Return the alarms by cause and by condition, in the order of `Alarm.urgency`.

    `show` makes the group of one alarm alone, with this desk's commands applied.
    """
    found = list(alarms)
    present = {(a.source, a.id): a for a in found}
    followers: defaultdict[tuple[str, str], list[AlarmGroup]] = defaultdict(list)
    heads: list[Alarm] = []
    for alarm in found:
        root = _root_cause(alarm, present)
        if root is alarm:
            heads.append(alarm)
        else:
            followers[root.source, root.id].append(show(alarm))
    groups = [
        msgspec.structs.replace(show(head), followers=tuple(followers[head.source, head.id]))
        for head in heads
    ]
    return tuple(sorted(_merge_repeats(groups), key=_urgency))


def _urgency(group: AlarmGroup) -> tuple[int, int, Instant]:
    return group.alarm.urgency


def _merge_repeats(groups: Iterable[AlarmGroup]) -> Iterable[AlarmGroup]:
    """Yield one group for each condition that needs attention: the standing one, else the last."""
    same: defaultdict[tuple[object, ...], list[AlarmGroup]] = defaultdict(list)
    for group in groups:
        alarm = group.alarm
        one = (alarm.source, alarm.asset, alarm.title, alarm.priority)
        # Without an asset two may be of two places, however alike they are.
        same[one if group.calls and alarm.asset else (alarm.source, alarm.id)].append(group)
    for times in same.values():
        *earlier, last = sorted(times, key=lambda g: (g.stands, g.alarm.raised_at, g.alarm.id))
        yield msgspec.structs.replace(
            last,
            repeats=tuple(group.alarm for group in earlier),
            followers=tuple(sorted((f for group in times for f in group.followers), key=_urgency)),
        )


def _root_cause(alarm: Alarm, present: Mapping[tuple[str, str], Alarm]) -> Alarm:
    """Return the alarm at the end of its chain of causes; in a circle, the smallest id of it.

    A cause that has returned explains nothing that still stands.
    """
    chain = [alarm]
    while True:
        cause = present.get((alarm.source, chain[-1].cause)) if chain[-1].cause else None
        if cause is None or (cause.state.is_returned and not chain[-1].state.is_returned):
            return chain[-1]
        if cause in chain:
            return min(chain[chain.index(cause) :], key=lambda a: a.id)
        chain.append(cause)
