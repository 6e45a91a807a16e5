"""What a restored backup takes over from the county that it replaces."""

from __future__ import annotations

import sqlite3

from desktop.county_server.db import durable_mark, lineage
from desktop.county_server.db.county_file import begin_epoch
from desktop.county_server.db.durable_mark import Promise
from desktop.county_server.db.losses import Loss


def join(
    ready: sqlite3.Connection,
    present: sqlite3.Connection,
    promise: Promise,
    loss: Loss | None,
    now_s: float,
) -> str:
    """Prepare a copy of a backup to replace the present data; return the name of its new epoch."""
    for name in ("head", "fence"):
        (known,) = present.execute("SELECT value FROM meta WHERE name=?", (name,)).fetchone()
        ready.execute("UPDATE meta SET value=max(value, ?) WHERE name=?", (known, name))
    lineage.add_epochs(ready, present)
    told = durable_mark.set_back_to(present, now_s)
    if told is not None:
        durable_mark.set_back(ready, told, now_s)
    if loss is None:
        # What desks were told is durable stays durable.
        ready.execute(
            "UPDATE meta SET value=max(value, ?) WHERE name='durable' AND ? ="
            " (SELECT value FROM meta WHERE name='server')",
            (promise.number, promise.server),
        )
    elif not loss.is_all:
        durable_mark.give_up(ready, promise)
        durable_mark.set_back(ready, loss.since, now_s)
    return begin_epoch(ready)
