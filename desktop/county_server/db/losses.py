"""The commands reported to desks as durable that an older database would lose."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from desktop.county_server.db.durable_mark import Promise, is_kept

MOST_LISTED = 50
ASKED = msgspec.json.Decoder(type=dict[str, msgspec.Raw])


class LostCommand(msgspec.Struct, frozen=True):
    """One command that the present database has and the older one lacks."""

    at: int
    kind: str
    collection: str
    target: str


class Loss(msgspec.Struct, frozen=True):
    """The lost commands; desks, which were told that they are durable, may have deleted theirs."""

    count: int | None
    """How many; None when that is unknown."""
    since: int
    """Time up to which the older log is complete, in seconds since 1970; 0 when unknown."""
    until: int
    """When the newest lost command was done; 0 when unknown."""
    commands: tuple[LostCommand, ...] = ()
    """The lost commands that can still be read, in the order in which they were done."""
    is_all: bool = False
    """Whether the database is another server's: all of this one's commands would be lost."""


class LossRefused(Exception):
    """A database would lose commands reported to desks as durable; nothing was changed."""

    def __init__(self, loss: Loss) -> None:
        super().__init__("\n".join(words(loss)))
        self.loss = loss


def loss_of(
    older: sqlite3.Connection, promise: Promise, newer: sqlite3.Connection | None = None
) -> Loss | None:
    """Find what an older database loses of the promise, or None; `newer` is used to list it."""
    if is_kept(older, promise):
        return None
    (server,) = older.execute("SELECT value FROM meta WHERE name='server'").fetchone()
    (done,) = older.execute("SELECT value FROM meta WHERE name='done'").fetchone()
    (newest,) = older.execute("SELECT coalesce(max(at), 0) FROM commands").fetchone()
    if server != promise.server:
        return Loss(promise.number - 1, 0, promise.at, is_all=True)
    lost = [] if newer is None else list(_only_in(newer, older, promise.number))
    if lost:
        return Loss(len(lost), min(lost[0].at, newest), lost[-1].at, tuple(lost))
    if done < promise.number:
        return Loss(promise.number - done, newest, promise.at)
    # Another history that has grown as long: where the two part is unknown.
    return Loss(None, 0, promise.at)


def all_of(promise: Promise) -> Loss:
    """Return the loss when the database does not exist any more."""
    return Loss(promise.number - 1, 0, promise.at, is_all=True)


def _only_in(
    newer: sqlite3.Connection, older: sqlite3.Connection, number: int
) -> Iterator[LostCommand]:
    for key, at, asked in newer.execute(
        "SELECT key, at, asked FROM commands WHERE number <= ? ORDER BY number", (number,)
    ):
        if older.execute("SELECT 1 FROM commands WHERE key=?", (key,)).fetchone() is None:
            yield _describe_loss(at, asked)


def _describe_loss(at: int, asked: bytes) -> LostCommand:
    told = ASKED.decode(asked) if asked else {}
    kind, collection, target = (
        msgspec.json.decode(told[name], type=str) if name in told else "?"
        for name in ("kind", "collection", "target")
    )
    return LostCommand(at, kind, collection, target)


def words(loss: Loss) -> Iterator[str]:
    """Describe the loss to the operator, in lines in both languages."""
    when_zh = "".join((
        f"自 {_time(loss.since)} 起" if loss.since else "",
        f"至 {_time(loss.until)}" if loss.until else "",
    ))  # fmt: skip
    when_en = "".join((
        f" from {_time(loss.since)}" if loss.since else "",
        f" up to {_time(loss.until)}" if loss.until else "",
    ))  # fmt: skip
    count_zh = "若干" if loss.count is None else f"{loss.count} "
    count_en = "Some" if loss.count is None else str(loss.count)
    if loss.is_all:
        yield "该数据库不是这台县平台的：此前告知各值守端已永久保存的指令都不在其中。"
        yield "The database is not this server's: nothing that desks were told is durable is in it."
    yield f"将丢失{count_zh}条已告知值守端永久保存的指令（{when_zh or '时间不明'}）。"
    yield f"{count_en} commands that desks were told are durable would be lost{when_en}."
    for each in loss.commands[:MOST_LISTED]:
        yield f"  {_time(each.at)}  {each.kind}  {each.collection}/{each.target}"
    if len(loss.commands) > MOST_LISTED:
        more = len(loss.commands) - MOST_LISTED
        yield f"  另有 {more} 条 / and {more} more"
    yield "仍要继续请加 --accept-loss：各值守端会得知，并重新提交仍留有的指令。"
    yield "To go on all the same say --accept-loss: desks are told, and offer again what they have."


def _time(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
