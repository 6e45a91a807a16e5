"""A county that takes frames, with its offices and what it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from desktop.county_server.commands.create_incident import Rules
from desktop.county_server.commands.executor import do_commands
from desktop.county_server.db.database import Database
from desktop.county_server.frames.inbox import Inbox
from desktop.county_server.frames.offices import Office
from desktop.county_server.frames.receiver import Offices, Receiver
from desktop.county_server.scope import Account
from desktop.wire.frames.command_bits import Message
from desktop.wire.frames.fragments import read_fragment
from desktop.wire.frames.outcomes import Outcome, decode_outcomes
from desktop.wire.level1 import Commands, Incident, Phrase
from support.county_rows import incident
from support.frame_messages import (
    AT,
    COUNTY,
    KEY,
    OTHER_KEY,
    SECRET,
    TABLES,
    message,
)

OFFICE, OTHER = 7, 8
OFFICES = {OFFICE: Office(OFFICE, "west", (KEY,)), OTHER: Office(OTHER, "east", (OTHER_KEY,))}
ACCOUNTS = {"west": Account("west"), "east": Account("east")}
LONG = "渗水约 2 平方米，清水，" * 12


def open_database(file: Path, time_s: Callable[[], float]) -> Database:
    """A county's database with an incident."""
    found = Database(file, time_s=time_s)
    found.put("incidents", [incident("i1", recorded_at=AT - timedelta(days=900))])
    return found


class FixedOffices:
    """Offices that do not change."""

    def __init__(self, offices: Mapping[int, Office]) -> None:
        self._offices = offices

    def offices(self) -> Mapping[int, Office]:
        return self._offices

    def note_use(self, office: Office, key: bytes) -> None:
        assert key in office.keys


class County:
    """A county with its receiver, which can be started again."""

    def __init__(self, folder: Path) -> None:
        self.now = AT + timedelta(minutes=2)
        self.database = open_database(folder / "county.db", self.time_s)
        self.accounts: Mapping[str, Account] = ACCOUNTS
        self.roster: Offices = FixedOffices(OFFICES)
        self._folder = folder
        self._open()

    def time_s(self) -> float:
        return self.now.timestamp()

    def _open(self) -> None:
        self.inbox = Inbox(self._folder / "frames.db", COUNTY)
        self.receiver = Receiver(
            self.database, self.roster, self.inbox, lambda: self.accounts, Rules(), TABLES
        )

    def restart(self) -> None:
        self.inbox.close()
        self._open()

    def put_back(self, file: Path) -> None:
        """Serve a database from before any command, beside the same inbox."""
        self.database.close()
        self.database = open_database(file, self.time_s)
        self.restart()

    def take(self, *frames: bytes) -> list[Outcome]:
        return [
            outcome
            for frame in frames
            for answer in self.receiver.take(frame)
            for outcome in outcomes_in(answer)
        ]

    def notes(self) -> list[str]:
        (row,) = self.database.rows("incidents", ["i1"])
        assert isinstance(row, Incident)
        return [
            entry.text.zh if isinstance(entry.text, Phrase) else entry.text
            for entry in row.timeline
        ]

    def close(self) -> None:
        self.inbox.close()
        self.database.close()


def outcomes_in(answer: bytes, key: bytes = KEY, office: int = OFFICE) -> tuple[Outcome, ...]:
    return decode_outcomes(read_fragment(answer, {office: [key]}).content).outcomes


def by_network(county: County, told: Message) -> str:
    """Have a command done that came by another way than frames."""
    asked = Commands("-", 0, "", (told.command,))
    (result,) = do_commands(county.database, asked, ACCOUNTS["west"], carried=True).results
    return result.status


def note(number: int, text: str = "已电话核实", **fields: Any) -> Message:
    return message(
        "note", {"text": text}, **{"seq": number, "key": f"{number:032x}", "target": "i1"} | fields
    )


def write_offices(folder: Path, text: str, key: str = SECRET.hex(), mode: int = 0o600) -> Path:
    (folder / "a.key").write_text(key + "\n")
    (folder / "a.key").chmod(mode)
    file = folder / "offices.toml"
    file.write_text(text)
    return file


ONE = '[[office]]\nnumber = 7\naccount = "west"\nkey_file = "a.key"\n'
