"""A server's rows and command log, read as anybody with a database browser reads them."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.server import Server

COMMANDS = "SELECT key, number, at, account, result, asked, given FROM commands"


class LedgerReader:
    """Tells the history of each command once in each life of the log, and what there is."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._known: dict[str, int] = {}
        """The number of each command that was told and is still there."""
        self._newest: tuple[int, str] = (0, "")
        """The number and the key of the newest of them."""
        self._is_copied = server.drill
        """Whether what is found next was done elsewhere: a drill begins with a copy of a log."""

    def look(self) -> None:
        """Tell of what was done since the last look."""
        with self._server.reading() as reading:
            (done,) = reading.execute("SELECT value FROM meta WHERE name='done'").fetchone()
            newest = self._newest[0]
            if done < newest or (newest and not self._has(reading, *self._newest)):
                # Another life of the log: what is gone from it can be done again.
                there = dict(reading.execute("SELECT key, number FROM commands").fetchall())
                self._known = {k: n for k, n in self._known.items() if there.get(k) == n}
                self._newest = max(((n, k) for k, n in self._known.items()), default=(0, ""))
                newest = 0
            asked = f"{COMMANDS} WHERE number > ? ORDER BY number"
            for row in reading.execute(asked, (newest,)).fetchall():
                if self._known.get(row[0]) != row[1]:
                    self._known[row[0]] = row[1]
                    self._newest = max(self._newest, (row[1], row[0]))
                    self._server.say("did", copied=self._is_copied, **_command(*row))
            self._is_copied = False

    def has(self, key: str) -> bool:
        """Whether a command was done in this life of the log, as far as was looked."""
        return key in self._known

    def _has(self, reading: Any, number: int, key: str) -> bool:
        found = reading.execute("SELECT number FROM commands WHERE key=?", (key,)).fetchone()
        return found is not None and found[0] == number

    def read_identity(self) -> str:
        """The name that its database gave itself."""
        with self._server.reading() as reading:
            (name,) = reading.execute("SELECT value FROM meta WHERE name='server'").fetchone()
        return str(name)

    def view(self) -> dict[str, Any]:
        """Everything there is, in plain data."""
        with self._server.reading() as reading:
            meta = dict(reading.execute("SELECT name, value FROM meta").fetchall())
            rows: dict[str, dict[str, Any]] = {}
            versions: dict[str, dict[str, int]] = {}
            for collection, row_id, version, body in reading.execute(
                "SELECT collection, id, version, body FROM rows WHERE body IS NOT NULL"
                " ORDER BY collection, id"
            ):
                rows.setdefault(collection, {})[row_id] = json.loads(body)
                versions.setdefault(collection, {})[row_id] = version
            commands = [
                {**_command(*row), "durable": row[1] <= meta["durable"]}
                for row in reading.execute(f"{COMMANDS} ORDER BY number")
            ]
            files, bad = self._files(reading)
        return {
            "epoch": str(meta.get("epoch", "")), "identity": str(meta.get("server", "")),
            "head": meta["head"], "durable": meta["durable"], "drill": self._server.drill,
            "rows": rows, "versions": versions, "commands": commands, "files": files,
            "bad_files": bad,
        }  # fmt: skip

    def _files(self, reading: Any) -> tuple[dict[str, int], list[str]]:
        files, bad = {}, []
        folder = self._server.path.with_name(self._server.path.name + ".files")
        for digest, size in reading.execute("SELECT digest, size FROM files ORDER BY digest"):
            place = folder / digest[:2] / digest
            if not place.exists():
                # Named by a database put back, and swept since: not here, and asked for anew.
                continue
            if hashlib.sha256(place.read_bytes()).hexdigest() == digest:
                files[digest] = size
            else:
                bad.append(digest)
        return files, bad


def _command(
    key: str,
    number: int,
    at: int,
    account: str,
    result: bytes,
    asked: bytes,
    counted: int | None,
) -> dict[str, Any]:
    said, told = json.loads(result), json.loads(asked)
    reason = said.get("reason", "")
    return {
        "key": key, "number": number, "at": at, "account": account, "status": said["status"],
        "reason": {"zh": reason, "en": ""} if isinstance(reason, str) else reason,
        "version": said.get("version"), "kind": told.get("kind"), "target": told.get("target"),
        "collection": told.get("collection"), "base": told.get("base"), "by": told.get("by"),
        "row": said.get("row"), "body": told.get("body", {}), "seq": told.get("seq"),
        "given": told.get("at"), "counted": counted,
    }  # fmt: skip
