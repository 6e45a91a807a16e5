"""Commands of a source that is no longer in the profile: kept, and held with the reason."""

from __future__ import annotations

from collections.abc import Collection as Many

from desktop.application.ports import OutboxStore
from desktop.domain.command import Hold
from desktop.domain.instant import Instant
from desktop.domain.localized_text import Text


def hold_strays(outbox: OutboxStore, sources: Many[str], now: Instant) -> int:
    """Hold what waits for a source that is not among these; returns how many wait so.

    They are released once their source is in the profile again.
    """
    waiting = outbox.list_unfinished()
    strays = [record for record in waiting if record.command.target.source not in sources]
    for source in {record.command.target.source for record in strays}:
        keys = [r.command.key for r in strays if r.command.target.source == source]
        outbox.hold(keys, Hold.SOURCE, _reason(source), now)
    for record in waiting:
        if record.hold is Hold.SOURCE and record not in strays:
            outbox.release(record.command.key, now)
    return len(strays)


def _reason(source: str) -> Text:
    return Text(
        f"来源“{source}”已不在配置文件中，这条指令无处可发：把该来源加回配置文件，它就会发出；"
        "或者撤回、放弃。",
        f'The source "{source}" is no longer in the profile, so this command has nowhere to go: put'
        " the source back and it will go out; or withdraw it or give it up.",
    )
