"""The county's rows in one SQLite file, every change on one commit-ordered sequence."""

from __future__ import annotations

import glob
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from desktop.county_server.db import (
    command_log,
    durable_mark,
    lineage,
    openings,
    report_retention,
    restores,
    witnesses,
)
from desktop.county_server.db.atomic import atomic
from desktop.county_server.db.county_file import (
    begin_epoch,
    connect,
    copy_into,
    copy_to,
    make_ready,
)
from desktop.county_server.db.durable_mark import PromiseFile
from desktop.county_server.db.file_lock import FileLock
from desktop.county_server.db.losses import LossRefused, all_of, loss_of
from desktop.county_server.db.openings import Opened, open_session
from desktop.county_server.db.recent_commits import Touched
from desktop.county_server.db.transaction import Transaction
from desktop.county_server.rules.alarm_rules import expire, overdue_shelves
from desktop.county_server.scope import Account
from desktop.wire.level1 import COLLECTIONS, DRILL, SessionRequest

RETENTION_S = 30 * 86_400
MARK_EVERY_S = 60
TIDY_EVERY_S = 5.0
RESTORING = ".restore-"
"""Suffix of the file's name: the folder in which a backup is prepared."""


class Database:
    """All rows of one county. Thread-safe: one writer at a time, readers beside it.

    Without a path it lives in a temporary folder that goes away with `close()`.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        time_s: Callable[[], float] = time.time,
        accept_loss: bool = False,
        heed_promise: bool = True,
    ) -> None:
        """Open or create the file. InUse when another server has it; LossRefused when it lacks
        commands that desks were told are durable, unless the loss is accepted, or
        `heed_promise` is false because a backup is about to replace the file.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="county-") if path is None else None
        self.path = Path(self._folder.name) / "county.db" if self._folder else Path(path or "")
        self._time_s = time_s
        self._writing = threading.Lock()
        # An answered command must outlive a power cut; a throw-away county need not.
        self._synchronous = "OFF" if path is None else "FULL"
        self._promises = PromiseFile(path)
        self._lock = None if path is None else FileLock(self.path)
        try:
            self._sweep()
            if heed_promise and not accept_loss:
                self._look_for_file()
            self._writer = connect(self.path, self._synchronous)
            self._make_ready(accept_loss=accept_loss if heed_promise else None)
        except BaseException:
            self._let_go()
            raise
        self._pool: list[sqlite3.Connection] = []
        self._pool_lock = threading.Lock()
        self._closed = False
        self._listeners: list[Callable[[int], None]] = []
        self._touched = Touched()
        self._tidied_at_s = 0.0
        self._marked_at_s = -1
        """Time slot of the present lineage mark; -1 before the first change after the opening."""

    def _sweep(self) -> None:
        for left_by_a_crash in self.path.parent.glob(glob.escape(self.path.name + RESTORING) + "*"):
            shutil.rmtree(left_by_a_crash, ignore_errors=True)

    def _look_for_file(self) -> None:
        told = self._promises.read()
        if told is not None and not (told.is_empty or self.path.exists()):
            raise LossRefused(all_of(told))

    def _make_ready(self, *, accept_loss: bool | None) -> None:
        try:
            make_ready(self._writer)
            if accept_loss is not None:
                self._keep_promise(self._writer, accept_loss=accept_loss)
        except BaseException:
            self._writer.close()
            raise

    def _keep_promise(self, writer: sqlite3.Connection, *, accept_loss: bool) -> None:
        promise = self._promises.promise(writer)
        loss = loss_of(writer, promise)
        if loss is not None and not accept_loss:
            raise LossRefused(loss)
        if loss is not None and not loss.is_all:
            with atomic(writer):
                durable_mark.give_up(writer, promise)
                durable_mark.set_back(writer, loss.since, self.time_s())
                begin_epoch(writer)
        if loss is not None or durable_mark.was_given_up(writer, promise):
            self._promises.shorten(writer, promise)

    def time_s(self) -> float:
        """The server's time, in seconds since 1970."""
        return self._time_s()

    @property
    def epoch(self) -> str:
        """Name of the data's epoch; a restored server has another."""
        with self.reading() as connection:
            return str(meta(connection, "epoch"))

    @property
    def earlier_epochs(self) -> tuple[str, ...]:
        """Names of the epochs that are over, the oldest first."""
        with self.reading() as connection:
            return lineage.earlier_epochs(connection)

    @property
    def server(self) -> str:
        """Name of this county's server: made once, kept through every backup and restore."""
        with self.reading() as connection:
            return str(meta(connection, "server"))

    @property
    def head(self) -> int:
        """Sequence number of the newest change."""
        with self.reading() as connection:
            return int(meta(connection, "head"))

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection inside one read transaction: all reads see the same state."""
        with self._pool_lock:
            if self._closed:
                raise sqlite3.ProgrammingError("the database is closed")
            connection = self._pool.pop() if self._pool else connect(self.path, self._synchronous)
        try:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")
        finally:
            self._give_back(connection)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._pool_lock:
            if not self._closed:
                self._pool.append(connection)
                return
        connection.close()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Run the block's changes as one transaction; listeners are called after the commit."""
        with self._writing:
            with atomic(self._writer):
                before = int(meta(self._writer, "head"))
                transaction = Transaction(self._writer, before)
                yield transaction
                transaction.finish()
                marked_at_s = self._marked_at_s
                if transaction.head != before:
                    self._writer.execute(
                        "UPDATE meta SET value=? WHERE name='head'", (transaction.head,)
                    )
                    marked_at_s = self._mark(before, transaction.head)
            self._marked_at_s = marked_at_s
            if transaction.head != before:
                done = before, transaction.head, transaction.touched
                self._touched.add(*done, transaction.by)
        if transaction.head != before:
            for listener in tuple(self._listeners):
                listener(transaction.head)

    def put(self, collection: str, rows: Iterable[msgspec.Struct], *, quiet: bool = False) -> int:
        """Add or replace rows in one transaction; return how many really changed."""
        with self.transaction() as transaction:
            return transaction.put(collection, rows, quiet=quiet)

    def delete(self, collection: str, ids: Iterable[str]) -> int:
        """Delete rows in one transaction; return how many there were."""
        with self.transaction() as transaction:
            return transaction.delete(collection, ids)

    def rows(
        self, collection: str, ids: Sequence[str] | None = None, *, open_only: bool = False
    ) -> list[msgspec.Struct]:
        """Return the rows of a collection, most critical first, or those with the given ids.

        `open_only` leaves out closed incidents, lifted warnings and quiet alarms.
        """
        decoder = msgspec.json.Decoder(COLLECTIONS[collection])
        with self.reading() as connection:
            if ids is None:
                found = connection.execute(
                    "SELECT body FROM rows WHERE collection=? AND open >= ? AND body IS NOT NULL"
                    " ORDER BY open DESC, rank, worth, key",
                    (collection, open_only),
                ).fetchall()
            else:
                found = [
                    row
                    for each in ids
                    for row in connection.execute(
                        "SELECT body FROM rows WHERE collection=? AND id=? AND body IS NOT NULL",
                        (collection, each),
                    )
                ]
        return [decoder.decode(body) for (body,) in found]

    def count(self, collection: str) -> int:
        """Count the rows of a collection."""
        with self.reading() as connection:
            found = connection.execute(
                "SELECT count(*) FROM rows WHERE collection=? AND body IS NOT NULL", (collection,)
            ).fetchone()
        return int(found[0])

    def recall(self, name: str) -> str | None:
        """Return the value the county's feeder stored under a name (`Transaction.remember`)."""
        with self.reading() as connection:
            found = connection.execute(
                "SELECT value FROM meta WHERE name=?", ("fed:" + name,)
            ).fetchone()
        return str(found[0]) if found else None

    def open_for(self, asked: SessionRequest, account: Account, *, drill: bool = False) -> Opened:
        """Open a session: give a client of an account a new fence; its older ones stop working.

        Raises Copied when another computer uses the client's name.
        """
        with self.transaction() as transaction:
            witnesses.note_day(transaction.connection, self.time_s())
            name = str(meta(transaction.connection, "server")) + (DRILL if drill else "")
            return open_session(transaction.connection, asked, account, name, self.time_s())

    def serve_as(self, *, drill: bool) -> None:
        """Record whether a drill is served; a change of that begins a new epoch.

        A drill is often a copy of the real data, with all its sessions: no desk may continue
        a session of one in the other.
        """
        with self.reading() as connection:
            if bool(meta(connection, "drill")) is drill:
                return
        with self.transaction() as transaction:
            transaction.tell_everybody()
            transaction.connection.execute("UPDATE meta SET value=? WHERE name='drill'", (drill,))
            lineage.begin_epoch(transaction.connection, transaction.head)

    @property
    def set_back_to(self) -> datetime | None:
        """Time up to which the command log is complete, if desks may still have what was lost."""
        with self.reading() as connection:
            found = durable_mark.set_back_to(connection, self.time_s())
        return None if found is None else datetime.fromtimestamp(found, UTC)

    def begin_epoch(self) -> str:
        """Begin a new epoch, as after a restore from a backup; return its name."""
        with self.transaction() as transaction:
            transaction.tell_everybody()
            return lineage.begin_epoch(transaction.connection, transaction.head)

    def backup(self, path: Path) -> None:
        """Copy the database, as of one moment, to a new file; commands in it become durable."""
        with self.reading() as connection:
            covered = copy_to(connection, path)
        self._cover(covered)

    def mark_durable(self) -> None:
        """Mark all commands done by now as durable, as when a replica has them."""
        with self.reading() as connection:
            covered, told = int(meta(connection, "done")), int(meta(connection, "durable"))
        if covered > told:
            self._cover(covered)

    def _cover(self, number: int) -> None:
        with self.transaction() as transaction:
            self._promises.cover(transaction.connection, number)

    def tidy(self) -> None:
        """Unshelve alarms whose shelving time is over; cheap when there are none."""
        now = datetime.fromtimestamp(self.time_s(), UTC)
        if abs(now.timestamp() - self._tidied_at_s) < TIDY_EVERY_S:
            return
        self._tidied_at_s = now.timestamp()
        with self.reading() as connection:
            if not overdue_shelves(connection, now):
                return
        with self.transaction() as transaction:
            for alarm in overdue_shelves(transaction.connection, now):
                transaction.put("alarms", (expire(alarm),))

    def restore(self, path: Path, *, accept_loss: bool = False) -> str:
        """Replace the county's data by a backup and begin a new epoch; return its name.

        All that came after the backup is lost, command keys included: desks send their commands
        again when they see the epoch. LossRefused when desks were told that some of these are
        durable, unless the loss is accepted: then desks are informed of it. The sequence goes
        on from the higher head. Rows and epoch come in one transaction; an unreadable backup
        changes nothing.
        """
        # Beside the county, so that a half prepared backup is never the county.
        with (
            tempfile.TemporaryDirectory(
                dir=self.path.parent, prefix=self.path.name + RESTORING
            ) as folder,
            closing(connect(Path(folder) / "county.db", "OFF")) as ready,
        ):
            copy_into(path, ready)
            with self._writing:
                make_ready(ready, str(meta(self._writer, "server")))
                promise = self._promises.promise(self._writer)
                loss = loss_of(ready, promise, self._writer)
                if loss is not None and not accept_loss:
                    raise LossRefused(loss)
                epoch = restores.join(ready, self._writer, promise, loss, self.time_s())
                ready.backup(self._writer)
                if loss is not None:
                    self._promises.shorten(self._writer, promise)
        with self.transaction() as transaction:
            transaction.tell_everybody()
        return epoch

    def clear(self) -> None:
        """Delete every row and begin a new epoch; logged command keys are kept."""
        with self.transaction() as transaction:
            transaction.connection.execute("DELETE FROM rows")
            transaction.connection.execute("DELETE FROM sums")
            transaction.connection.execute("DELETE FROM marks")
            transaction.connection.execute("DELETE FROM makers")
            transaction.connection.execute("DELETE FROM named")
            transaction.connection.execute("DELETE FROM mentions")
            transaction.connection.execute("DELETE FROM meta WHERE name LIKE 'fed:%'")
            transaction.tell_everybody()
            lineage.begin_epoch(transaction.connection, transaction.head)

    def forget(self, retention_s: float = RETENTION_S) -> None:
        """Drop old reports, commands and clients, unless only a wrong clock makes them old.

        Drop records of deletions older than the retention too; tokens from before get 410.
        """
        now_s = self.time_s()
        before = int(now_s - retention_s)
        with self.transaction() as transaction:
            report_retention.forget(transaction, now_s)
            old = witnesses.find_old(transaction.connection, now_s, command_log.KEYS_KEPT_S)
            command_log.forget(transaction.connection, old)
            openings.forget(transaction.connection, old)
            found = transaction.connection.execute(
                "SELECT max(seq) FROM marks WHERE at <= ?", (before,)
            ).fetchone()[0]
            if found is None:
                return
            # The newest key stays, so that none is ever given twice.
            transaction.connection.execute(
                "DELETE FROM rows WHERE body IS NULL AND seq <= ?"
                " AND key < (SELECT max(key) FROM rows)",
                (found,),
            )
            transaction.connection.execute("DELETE FROM marks WHERE at <= ?", (before,))
            transaction.connection.execute("UPDATE meta SET value=? WHERE name='floor'", (found,))
            lineage.forget(transaction.connection, found)

    def _mark(self, before: int, head: int) -> int:
        """Record the head's time slot and begin a lineage mark in each new one; return the slot."""
        slot = int(self.time_s()) // MARK_EVERY_S * MARK_EVERY_S
        self._writer.execute("INSERT OR REPLACE INTO marks VALUES(?, ?)", (slot, head))
        if slot != self._marked_at_s:
            witnesses.note_day(self._writer, self.time_s())
            lineage.begin_mark(self._writer, before + 1, lineage.new_mark())
        return slot

    def has_changed_for(self, since: int, account: Account) -> bool:
        """Whether a row that the account sees, or saw, may have changed after `since`."""
        return self._touched.after(since, account)

    def is_all_of(self, since: int, account: Account) -> bool:
        """Whether all that changed for the account after `since` was done by its own commands."""
        return self._touched.are_of(since, account)

    def subscribe(self, listener: Callable[[int], None]) -> Callable[[], None]:
        """Call `listener` with the head after each commit, on the committing thread."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def close(self) -> None:
        """Close every connection; reads under way finish first. Idempotent."""
        with self._pool_lock:
            if self._closed:
                return
            self._closed = True
            idle, self._pool = self._pool, []
        for connection in idle:
            connection.close()
        with self._writing:
            self._writer.close()
        self._let_go()

    def _let_go(self) -> None:
        if self._lock:
            self._lock.close()
        if self._folder:
            self._folder.cleanup()


def meta(connection: sqlite3.Connection, name: str) -> str | int:
    """Return one named value of the database's `meta` table."""
    value: str | int = connection.execute(
        "SELECT value FROM meta WHERE name=?", (name,)
    ).fetchone()[0]
    return value
