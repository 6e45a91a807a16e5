"""A disk alone is never judged a copy, whatever the line does; of two one always is."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.connectors.county.openings import MOST_TRIED, Openings
from desktop.county_server.db.database import Database
from desktop.county_server.db.openings import Copied, Standing, Untold, judge
from desktop.county_server.scope import ANYBODY, Account
from desktop.domain.source import Binding
from desktop.wire.level1 import MAGIC, Session, SessionRequest

DAY_SHIFT, NIGHT_SHIFT = Account("day"), Account("night")


class Disk:
    """What an installation remembers; `copy` is an image of it."""

    def __init__(self, client: str = "desk", binding: Binding = Binding()) -> None:  # noqa: B008
        self.client, self.bound = client, binding

    def client_id(self) -> str:
        return self.client

    def binding(self, source: str) -> Binding:
        return self.bound

    def bind(self, source: str, binding: Binding) -> None:
        self.bound = binding

    def copy(self) -> Disk:
        return Disk(self.client, self.bound)


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    made = Database()
    yield made
    made.close()


def told(asked: SessionRequest, fence: int, *, behind: bool = False) -> Session:
    return Session(
        magic=MAGIC, nonce=asked.nonce, epoch="e", fence=fence, county="", collections=(),
        townships=(), snapshot="", expected_period_s=30, retention_s=1,
        server_time=None, behind=behind,  # type: ignore[arg-type]
    )  # fmt: skip


def open_whole(database: Database, disk: Disk, account: Account = ANYBODY) -> bool:
    """One opening whose answer comes; whether the server had gone back."""
    openings = Openings("county", disk)
    asked = openings.begin(())
    opened = database.open_for(asked, account)
    openings.end(asked, told(asked, opened.fence, behind=opened.behind), database.server, "")
    return opened.behind


LINE = st.lists(st.sampled_from(["well", "lost", "answer lost", "late", "doubled"]), max_size=50)


@given(LINE)
def test_one_disk_on_any_line_is_never_a_copy(line: list[str]) -> None:
    database, disk = Database(), Disk()
    late: list[SessionRequest] = []
    try:
        for accident in line:
            openings = Openings("county", disk)
            asked = openings.begin(())
            if accident == "late":
                late.append(asked)
            if accident in ("lost", "late"):
                continue
            opened = database.open_for(asked, ANYBODY)
            assert not opened.behind
            if accident == "doubled":
                opened = database.open_for(asked, ANYBODY)
            if accident != "answer lost":
                openings.end(asked, told(asked, opened.fence), database.server, "")
            if late:
                # A ghost may be refused: nobody waits for its answer any more.
                with _whatever_comes():
                    database.open_for(late.pop(), ANYBODY)
        assert not open_whole(database, disk)
    finally:
        database.close()


def test_a_refused_connection_takes_back_no_tag_of_openings_sent_before(database: Database) -> None:
    """Beyond the most tags kept, further openings share the last one's."""
    disk = Disk("refused")
    open_whole(database, disk)
    openings = Openings("county", disk)
    for _ in range(MOST_TRIED + 2):
        database.open_for(openings.begin(()), ANYBODY)
    before = disk.bound
    openings.withdraw(openings.begin(()))
    assert disk.bound == before
    assert not open_whole(database, disk)


def test_an_opening_that_surely_did_not_leave_takes_its_own_tag_back() -> None:
    disk = Disk("unsent")
    openings = Openings("county", disk)
    openings.begin(())
    before = disk.bound
    openings.withdraw(openings.begin(()))
    assert disk.bound == before


class _whatever_comes:  # noqa: N801 - reads as words where it is used
    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: object, trace: object) -> bool:
        return isinstance(error, Copied)


def test_an_image_is_a_copy_once_its_original_has_opened_a_session_since(database: Database):
    disk = Disk("imaged")
    open_whole(database, disk)
    image = disk.copy()
    open_whole(database, disk)
    with pytest.raises(Copied):
        open_whole(database, image)
    assert not open_whole(database, disk)


def test_an_image_from_before_the_first_session_is_a_copy_too(database: Database):
    disk = Disk("new")
    image = disk.copy()
    open_whole(database, disk)
    with pytest.raises(Copied):
        open_whole(database, image)


def test_of_twins_the_second_to_open_again_is_told(database: Database):
    disk = Disk("twin")
    open_whole(database, disk)
    twin = disk.copy()
    open_whole(database, twin)
    with pytest.raises(Copied):
        open_whole(database, disk)


def test_a_client_that_has_told_its_past_is_not_let_in_without(database: Database):
    disk = Disk("told")
    bare = SessionRequest("0" * 16, "told")
    first = database.open_for(bare, ANYBODY)
    assert database.open_for(bare, ANYBODY).fence > first.fence, "it has told nothing yet"
    open_whole(database, disk)
    with pytest.raises(Untold):
        database.open_for(bare, ANYBODY)
    assert not open_whole(database, disk), "and is in step"


def test_a_refused_copy_moves_nobodys_fence(database: Database):
    disk = Disk("kept")
    open_whole(database, disk)
    image = disk.copy()
    open_whole(database, disk)
    fence = disk.bound.fence
    with pytest.raises(Copied):
        open_whole(database, image)
    with database.reading() as connection:
        found = connection.execute("SELECT fence FROM clients WHERE client='kept'").fetchone()
    assert found == (fence,)


@pytest.mark.parametrize(
    ("known", "fence", "tried", "standing"),
    [
        (None, 0, ("0",), Standing.IN_STEP),
        (None, 7, ("a",), Standing.BEHIND),
        ((5, "a"), 7, ("b",), Standing.BEHIND),
        ((7, "a"), 7, ("b",), Standing.BEHIND),
        ((7, "a"), 7, ("a",), Standing.IN_STEP),
        ((7, "a"), 7, ("a", "b"), Standing.IN_STEP),
        ((7, "b"), 7, ("a", "b"), Standing.BEHIND),
        ((9, "c"), 7, ("a", "b", "c"), Standing.IN_STEP),
        ((9, "d"), 7, ("a", "b", "c"), Standing.COPY),
        ((9, ""), 7, ("a",), Standing.IN_STEP),
        ((9, "d"), 0, (), Standing.IN_STEP),
    ],
)
def test_what_is_remembered_on_both_sides_is_compared(
    known: tuple[int, str] | None, fence: int, tried: tuple[str, ...], standing: Standing
):
    asked = SessionRequest("n" * 16, "c", (), fence, tried)
    assert judge(known, asked) is standing


def set_back(folder: Path, database: Database) -> Database:
    """The county once its file of `backup` was put in the place of the present one."""
    database.close()
    source = sqlite3.connect(folder / "copy.db")
    target = sqlite3.connect(folder / "county.db")
    source.backup(target)
    for each in (source, target):
        each.close()
    return Database(folder / "county.db")


def copied_back_under(folder: Path, disk: Disk) -> Database:
    """A county whose file was copied back to before the last session that a desk opened."""
    database = Database(folder / "county.db")
    open_whole(database, disk)
    database.backup(folder / "copy.db")
    open_whole(database, disk)
    return set_back(folder, database)


def test_a_county_file_copied_back_is_behind_its_clients(tmp_path):
    disk = Disk()
    again = copied_back_under(tmp_path, disk)
    try:
        assert open_whole(again, disk)
        assert disk.bound.epoch == ""
        assert not open_whole(again, disk)
    finally:
        again.close()


def test_twins_are_told_apart_by_a_county_that_was_put_back(tmp_path):
    live, kept = tmp_path / "live.db", tmp_path / "kept.db"
    disk = Disk()
    database = Database(live)
    open_whole(database, disk)
    database.close()
    shutil.copy(live, kept)
    database = Database(live)
    for _ in range(12):
        open_whole(database, disk)
    database.close()
    shutil.copy(kept, live)
    database = Database(live)
    try:
        twin = disk.copy()
        assert open_whole(database, twin)
        with pytest.raises(Copied):
            open_whole(database, disk)
    finally:
        database.close()


@pytest.fixture
def rolled_back(tmp_path: Path) -> Iterator[tuple[Database, Disk]]:
    """A county put back to before most sessions of a desk."""
    disk = Disk()
    database = Database(tmp_path / "county.db")
    open_whole(database, disk, DAY_SHIFT)
    database.backup(tmp_path / "copy.db")
    for _ in range(12):
        open_whole(database, disk, DAY_SHIFT)
    again = set_back(tmp_path, database)
    yield again, disk
    again.close()


def test_twins_under_two_accounts_are_told_apart_by_a_county_that_was_put_back(
    rolled_back: tuple[Database, Disk],
) -> None:
    database, disk = rolled_back
    twin = disk.copy()
    assert open_whole(database, twin, NIGHT_SHIFT)
    with pytest.raises(Copied):
        open_whole(database, disk, DAY_SHIFT)


def test_a_twin_of_long_before_is_told_apart_at_its_second_session(tmp_path: Path) -> None:
    disk = Disk()
    database = Database(tmp_path / "county.db")
    open_whole(database, disk, DAY_SHIFT)
    database.backup(tmp_path / "copy.db")
    for _ in range(6):
        open_whole(database, disk, DAY_SHIFT)
    twin = disk.copy()
    for _ in range(6):
        open_whole(database, disk, DAY_SHIFT)
    again = set_back(tmp_path, database)
    try:
        assert open_whole(again, twin, NIGHT_SHIFT)
        assert open_whole(again, disk, DAY_SHIFT)
        with pytest.raises(Copied):
            open_whole(again, twin, NIGHT_SHIFT)
        assert not open_whole(again, disk, DAY_SHIFT)
    finally:
        again.close()


SHIFTS = st.lists(
    st.tuples(st.sampled_from(["day", "night"]), st.sampled_from(["well", "answer lost", "back"])),
    max_size=30,
)


@given(SHIFTS)
def test_one_disk_under_two_accounts_is_never_a_copy_whatever_the_county_loses(
    shifts: list[tuple[str, str]],
) -> None:
    with TemporaryDirectory() as folder:
        database, disk = Database(Path(folder) / "county.db"), Disk()
        database.backup(Path(folder) / "copy.db")
        for number, (name, accident) in enumerate(shifts):
            if accident == "back":
                database = set_back(Path(folder), database)
            elif accident == "answer lost":
                database.open_for(Openings("county", disk).begin(()), Account(name))
            else:
                open_whole(database, disk, Account(name))
            if number == len(shifts) // 2:
                (Path(folder) / "copy.db").unlink()
                database.backup(Path(folder) / "copy.db")
        database.close()


def test_a_fence_that_no_server_can_have_given_does_not_use_up_the_fences(database: Database):
    disk = Disk("liar", Binding(fence=2**52, tried=("t",), server=database.server))
    open_whole(database, disk)
    assert disk.bound.fence < 1_000_000


@pytest.mark.parametrize("others", [0, 1, 2])
@pytest.mark.parametrize("lost", [1, 2])
def test_a_client_is_told_of_a_lost_past_until_an_answer_reaches_it(
    tmp_path, others: int, lost: int
):
    """Also where fences have grown to the client's own, or past it, meanwhile."""
    disk = Disk()
    again = copied_back_under(tmp_path, disk)
    try:
        for number in range(others):
            open_whole(again, Disk(f"other-{number}"))
        for _ in range(lost):
            assert again.open_for(Openings("county", disk).begin(()), ANYBODY).behind
        assert open_whole(again, disk)
        assert not open_whole(again, disk)
    finally:
        again.close()
