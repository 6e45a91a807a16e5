"""Thousands of damaged frames among the whole ones: none accepted, nothing doubled."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from desktop.county_server.commands.create_incident import Rules
from desktop.county_server.db.database import Database
from desktop.county_server.frames.inbox import Inbox
from desktop.county_server.frames.offices import Office
from desktop.county_server.frames.receiver import Receiver
from desktop.county_server.scope import Account
from desktop.wire.level1 import Incident
from support.county_rows import incident
from support.damaged_frames import deliver
from support.frame_messages import AT, COUNTY, KEY, OTHER_KEY, TABLES, frames_of, message
from support.frames_county import FixedOffices

OFFICES = {7: Office(7, "west", (KEY,)), 8: Office(8, "east", (OTHER_KEY,))}
ACCOUNTS = {"west": Account("west"), "east": Account("east")}
MESSAGES = 40


@pytest.mark.timeout(600)
@pytest.mark.expects_log("fails its check")
@pytest.mark.parametrize(
    ("damaged", "seed"),
    [(1_000, 1), pytest.param(100_000, 2, marks=pytest.mark.long)],
)
def test_no_damaged_frame_is_accepted_and_none_done_twice(
    tmp_path: Path, damaged: int, seed: int
) -> None:
    chance = random.Random(seed)
    database = Database(tmp_path / "county.db", time_s=lambda: AT.timestamp() + 60)
    database.put("incidents", [incident("i1", recorded_at=AT)])
    inbox = Inbox(tmp_path / "frames.db", COUNTY)
    receiver = Receiver(database, FixedOffices(OFFICES), inbox, lambda: ACCOUNTS, Rules(), TABLES)
    told, frames = [], []
    for number in range(1, MESSAGES + 1):
        office = OFFICES[chance.choice([7, 8])]
        text = f"{number} " + "渗水约 2 平方米，" * chance.randrange(30)
        each = message(
            "note", {"text": text}, seq=number, target="i1", key=chance.randbytes(16).hex()
        )
        told.append(text.strip())
        frames += frames_of(each, office.number, *office.keys)
    genuine, accepted = set(frames), 0
    for frame in deliver(frames, damaged, chance):
        accepted += bool(receiver.take(frame)) and frame not in genuine
    (row,) = database.rows("incidents", ["i1"])
    assert isinstance(row, Incident)
    done = Counter(getattr(entry.text, "zh", entry.text).strip() for entry in row.timeline)
    inbox.close()
    database.close()
    assert accepted == 0
    assert done == Counter(told)
