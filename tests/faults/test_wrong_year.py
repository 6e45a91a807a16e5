"""A township's computer whose clock is a year wrong: the county judges by its own time.

The real program, its outbox and courier, and a county's server in a process of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop.connectors.county.frames import Office as FrameOffice
from desktop.connectors.county.frames import pack
from desktop.county_server.commands.create_incident import Rules
from desktop.county_server.courier.offices import identity_of
from desktop.county_server.db.database import Database
from desktop.county_server.frames.inbox import Inbox
from desktop.county_server.frames.offices import Office as PairedOffice
from desktop.county_server.frames.receiver import Receiver
from desktop.county_server.scope import ANYBODY
from desktop.domain.clock import SystemClock
from desktop.domain.command import CommandRecord
from desktop.domain.instant import DAY, HOUR
from desktop.protocol.report_forms import day_of
from desktop.wire.frames.keys import derive_frame_key
from desktop.wire.frames.tables import Tables
from support.frame_messages import SECRET
from support.frames_county import FixedOffices
from support.program import County
from support.real_office import RealOffice, a_county

pytestmark = pytest.mark.timeout(240)
YEAR_MS = 365 * DAY + HOUR
WRONG = pytest.mark.parametrize("wrong_ms", [-YEAR_MS, YEAR_MS], ids=["behind", "ahead"])
ABOUT = timedelta(minutes=3)
TABLE = (
    *("form=daily", "township=shimen", "people=9000", "households=3000", "moved=12", "leader=何"),
    *("patrolled=yes", "dead=0", "injured=0"),
)
TRUE_NOW = SystemClock.now


class Office(RealOffice):
    """A township's desk; `wrong_ms` is how far its computer's clock is off."""

    def __init__(
        self,
        folder: Path,
        county: County,
        said: pytest.CaptureFixture[str],
        patch: pytest.MonkeyPatch,
    ) -> None:
        super().__init__(folder, county, said)
        self.wrong_ms = 0
        self.target = min(filter(self._is_handled, self._incidents()))
        patch.setattr(SystemClock, "now", lambda clock: TRUE_NOW(clock) + self.wrong_ms)

    def _incidents(self) -> list[str]:
        found = self.county.ask("SELECT id FROM rows WHERE collection='incidents'")
        return [row for (row,) in found]

    def _is_handled(self, row: str) -> bool:
        """Whether feedback may be given on it, by a deadline that still runs."""
        found = self.county.row("incidents", row)
        due = [each for each in found.get("deadlines", ()) if each["kind"] == "handle"]
        runs = any(each.get("done_at") is None for each in due)
        return runs and found.get("stage") in ("handling", "dispatched")

    def newest(self) -> dict[str, CommandRecord]:
        """The newest command here of each kind."""
        return {record.command.kind.value: record for record in self.records()}

    def clock_problem(self) -> str:
        """What the window says of the clock."""
        with self.open() as desk:
            problem = desk.board.clock_problem()
            return "" if problem is None else desk.words.problem(problem).happened

    def incident(self) -> dict[str, Any]:
        return self.county.row("incidents", self.target)

    def report_today(self, status: int = 0) -> str:
        return self.run("command", "report", "-", *TABLE, status=status)

    def work_offline(self) -> None:
        """Give feedback, a note and today's table while the county cannot be reached."""
        self.run("command", "feedback", self.target, "text=已抢通")
        self.run("command", "note", self.target, "text=桥面积水")
        self.report_today()


@pytest.fixture
def office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Office]:
    with a_county(tmp_path) as county:
        yield Office(tmp_path, county, capsys, monkeypatch)


def is_now(told: str) -> bool:
    return abs(datetime.fromisoformat(told) - datetime.now(UTC)) < ABOUT


def check_at_the_county(office: Office) -> None:
    """The feedback, the note and today's table stand there under their true time and day."""
    row = office.incident()
    *_, feedback, note = row["timeline"]
    assert (feedback["kind"], note["kind"], row["stage"]) == ("feedback", "note", "fed_back")
    assert is_now(feedback["happened_at"])
    assert is_now(note["happened_at"])
    handled = [each for each in row["deadlines"] if each["kind"] == "handle"]
    assert all(is_now(each["done_at"]) for each in handled)
    today = day_of(datetime.now(UTC))
    assert is_now(office.county.row("reports", f"daily/shimen/{today}")["reported_at"])


@WRONG
def test_L_O_commands_deadlines_and_todays_table_of_a_clock_a_year_off_have_their_true_time(
    office: Office, wrong_ms: int
) -> None:
    office.wrong_ms = wrong_ms
    office.sync()
    direction = "slow" if wrong_ms < 0 else "fast"
    assert office.clock_problem() == f"This computer's clock is 365 d {direction}."
    office.county.stop()
    office.work_offline()
    office.county.start()
    office.sync()
    assert office.states() == {"accepted"}
    check_at_the_county(office)


def test_L_O_a_clock_that_fell_back_a_year_while_the_office_was_cut_off_dates_nothing_back(
    office: Office,
) -> None:
    office.sync()
    office.county.stop()
    office.wrong_ms = -YEAR_MS
    office.work_offline()
    assert office.clock_problem().endswith("by at least 365 d.")
    office.county.start()
    office.sync()
    assert office.states() == {"accepted"}
    check_at_the_county(office)
    assert office.clock_problem() == "This computer's clock is 365 d slow."


def test_L_V_a_table_for_a_day_that_has_not_come_is_refused_with_its_reason_and_all_else_done(
    office: Office,
) -> None:
    office.sync()
    office.county.stop()
    office.wrong_ms = YEAR_MS
    office.work_offline()
    office.county.start()
    office.sync()
    assert {kind: record.state.value for kind, record in office.newest().items()} == {
        "feedback": "accepted",
        "note": "accepted",
        "report": "rejected",
    }
    assert "has not come yet" in office.newest()["report"].reason.en
    assert all(is_now(each["happened_at"]) for each in office.incident()["timeline"][-2:])
    office.report_today()
    office.sync()
    today = day_of(datetime.now(UTC))
    assert is_now(office.county.row("reports", f"daily/shimen/{today}")["reported_at"])
    assert office.clock_problem() == "This computer's clock is 365 d fast."


@WRONG
def test_L_D_a_bundle_of_a_clock_a_year_off_is_done_once_by_true_time_and_its_receipt_is_taken(
    office: Office, wrong_ms: int, tmp_path: Path
) -> None:
    office.wrong_ms = wrong_ms
    office.sync()
    office.pair("石门")
    office.county.stop()
    office.work_offline()
    first, second, receipts = tmp_path / "1.cdb", tmp_path / "2.cdb", tmp_path / "receipts"
    office.courier("export", first)
    office.wrong_ms -= wrong_ms // 2  # Half-way mended between the two.
    office.courier("export", second)
    office.at_the_county("import", first, second, "--receipts", receipts)
    check_at_the_county(office)
    said = office.courier("import", *sorted(receipts.iterdir()))
    assert said.count("3 commands answered") == 2
    assert "rows changed" in said, "county data is newer by the county's word"
    assert office.states() == {"accepted"}
    done = office.county.commands()
    office.county.start()
    office.sync()
    assert office.county.commands() == done == 3


@pytest.mark.parametrize(
    ("wrong_ms", "status", "state", "why"),
    [
        (-YEAR_MS, 1, "held", "that desk's clock is wrong"),
        (YEAR_MS, 0, "rejected", "set this computer's clock"),
    ],
    ids=["behind", "ahead"],
)
def test_V_a_bundle_whose_times_nobody_can_know_does_nothing_and_the_office_reads_why(
    office: Office, tmp_path: Path, wrong_ms: int, status: int, state: str, why: str
) -> None:
    office.sync()
    office.pair("石门")
    office.county.stop()
    office.wrong_ms = wrong_ms
    before = office.incident()
    office.run("command", "note", office.target, "text=桥面积水")
    bundle, receipts = tmp_path / "1.cdb", tmp_path / "receipts"
    office.courier("export", bundle)
    office.at_the_county("import", bundle, "--receipts", receipts, status=status)
    assert office.incident() == before
    office.courier("import", *receipts.iterdir())
    told = office.newest()["note"]
    assert (told.state, why in told.reason.en) == (state, True), told


@WRONG
def test_L_D_frames_of_a_clock_a_year_off_are_done_once_by_true_time(
    office: Office, wrong_ms: int, tmp_path: Path
) -> None:
    office.wrong_ms = wrong_ms
    office.sync()
    office.county.stop()
    office.work_offline()
    key = derive_frame_key(SECRET, identity_of(office.county.database), "")
    with office.open() as desk:
        ours = FrameOffice(7, desk.outbox.client_id()[:4], key, Tables())
        records = sorted(desk.outbox.recent(9), key=lambda each: each.seq)
        packed = pack(records, ours, desk.clock.offset_ms)
    frames = [frame for each in packed for frame in each.frames]
    assert all(each.frames for each in packed)
    roster = FixedOffices({7: PairedOffice(7, "", (key,))})
    with (
        closing(Database(office.county.database)) as database,
        closing(Inbox(tmp_path / "frames.db", identity_of(office.county.database))) as inbox,
    ):
        receiver = Receiver(
            *(database, roster, inbox, lambda: {"": ANYBODY}, Rules(), Tables()),
        )
        for frame in (*frames, *frames):
            receiver.take(frame)
    check_at_the_county(office)
    office.county.start()
    office.sync()
    assert office.states() == {"accepted"}
    assert office.county.commands() == 3
