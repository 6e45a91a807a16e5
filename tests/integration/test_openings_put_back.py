"""Where the county's file is put back, also twice, one disk is never a copy and hears of a loss."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.connectors.county.client import CountyConnector
from desktop.connectors.county.openings import MOST_EARLIER, MOST_TRIED, Openings
from desktop.connectors.county.session import UNNAMED
from desktop.county_server.db.database import Database
from desktop.county_server.db.openings import Copied, Opened
from desktop.county_server.scope import ANYBODY, Account
from desktop.domain.source import Binding
from desktop.wire.level1 import TAG_CHARS, SessionRequest
from integration.test_county_server_openings import DAY_SHIFT, NIGHT_SHIFT, Disk, open_whole, told
from support.scripted_county import session
from support.servers import Asked, Said, ScriptedServer
from support.sources import services, source_settings


class County:
    """A county whose file is kept and put back by hand, and the sessions in its present data."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.database = Database(folder / "county.db")
        self.sessions: set[str] = set()
        self._kept: dict[str, set[str]] = {}
        self._others = 0

    def open(self, asked: SessionRequest, account: Account) -> Opened:
        """Take an opening; Copied leaves all as it was."""
        opened = self.database.open_for(asked, account)
        self.sessions.add(asked.nonce[:TAG_CHARS])
        return opened

    def keep(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)
        self.database.backup(self._folder / name)
        self._kept[name] = set(self.sessions)

    def put_back(self, name: str) -> None:
        """Replace the file by one that was kept; without any all stays."""
        if name not in self._kept:
            return
        self.database.close()
        kept = sqlite3.connect(self._folder / name)
        live = sqlite3.connect(self._folder / "county.db")
        kept.backup(live)
        for each in (kept, live):
            each.close()
        self.database = Database(self._folder / "county.db")
        self.sessions = set(self._kept[name])

    def serve_others(self) -> None:
        for _ in range(3):
            self._others += 1
            open_whole(self.database, Disk(f"other-{self._others}"))


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = County(tmp_path)
    yield made
    made.database.close()


def lose_answer(county: County, disk: Disk, account: Account) -> None:
    county.open(Openings("county", disk).begin(()), account)


def put_wrong_file(county: County, disk: Disk, last: Account) -> None:
    """An old file is put back, and the desk goes on with it; `last` lost its answer before."""
    open_whole(county.database, disk, DAY_SHIFT)
    county.keep("old")
    open_whole(county.database, disk, DAY_SHIFT)
    county.serve_others()
    lose_answer(county, disk, last)
    county.keep("newest")
    county.put_back("old")
    assert open_whole(county.database, disk, DAY_SHIFT)


@pytest.mark.parametrize("last", [DAY_SHIFT, NIGHT_SHIFT])
def test_a_wrong_file_put_back_and_then_the_right_one_make_no_copy(county: County, last: Account):
    disk = Disk()
    put_wrong_file(county, disk, last)
    county.put_back("newest")
    assert open_whole(county.database, disk, DAY_SHIFT), "what was done meanwhile is lost"
    assert not open_whole(county.database, disk, DAY_SHIFT)


@pytest.mark.parametrize("last", [DAY_SHIFT, NIGHT_SHIFT])
def test_an_opening_that_arrives_after_a_put_back_makes_no_copy(county: County, last: Account):
    disk = Disk()
    open_whole(county.database, disk, DAY_SHIFT)
    county.keep("old")
    open_whole(county.database, disk, DAY_SHIFT)
    late = Openings("county", disk).begin(())
    open_whole(county.database, disk, DAY_SHIFT)
    county.put_back("old")
    county.serve_others()
    county.open(late, last)
    assert open_whole(county.database, disk, DAY_SHIFT)
    assert not open_whole(county.database, disk, DAY_SHIFT)


@pytest.mark.parametrize("account", [DAY_SHIFT, NIGHT_SHIFT])
@pytest.mark.parametrize("last", [DAY_SHIFT, NIGHT_SHIFT])
def test_twins_that_both_know_the_earlier_openings_are_told_apart(
    county: County, last: Account, account: Account
):
    disk = Disk()
    put_wrong_file(county, disk, last)
    twin = disk.copy()
    county.put_back("newest")
    assert open_whole(county.database, twin, account)
    with pytest.raises(Copied):
        open_whole(county.database, disk, DAY_SHIFT)


@pytest.mark.parametrize("account", [DAY_SHIFT, NIGHT_SHIFT])
def test_a_twin_that_opened_only_with_the_wrong_file_is_told_apart_too(
    county: County, account: Account
):
    disk = Disk()
    put_wrong_file(county, disk, DAY_SHIFT)
    twin = disk.copy()
    open_whole(county.database, twin, account)
    county.put_back("newest")
    assert open_whole(county.database, disk, DAY_SHIFT)
    with pytest.raises(Copied):
        open_whole(county.database, twin, account)


def test_on_a_whole_line_no_earlier_openings_are_told_and_never_many(county: County):
    disk = Disk()
    for _ in range(3):
        open_whole(county.database, disk)
    assert Openings("county", disk).begin(()).earlier == ()
    for _ in range(MOST_TRIED):
        lose_answer(county, disk, ANYBODY)
    open_whole(county.database, disk)
    earlier = disk.bound.earlier
    assert len(earlier) == MOST_EARLIER
    assert not set(earlier) & set(disk.bound.tried)


def test_a_server_that_knows_no_earlier_openings_is_told_all_the_rest() -> None:
    disk = Disk("desk", Binding(server=UNNAMED, fence=3, tried=("aaaaaa",), earlier=("bbbbbb",)))
    told_to_it: list[SessionRequest] = []

    def answer(asked: Asked) -> Said:
        if b'"earlier"' in asked.body:
            return Said(status=422)
        told_to_it.append(msgspec.json.decode(asked.body, type=SessionRequest))
        return session(asked)

    with ScriptedServer({"/v1/session": answer}) as server:
        settings = source_settings("county", url=server.url)
        with closing(CountyConnector(settings, services(installation=disk))) as connector:
            assert connector.epoch() == "e1"
    assert [(each.fence, each.tried) for each in told_to_it] == [(3, ("aaaaaa",))]


ACCIDENTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["well", "answer lost", "late", "arrives", "doubled", "kept", "put back", "others"]
        ),
        st.sampled_from(["day", "night"]),
        st.sampled_from(["one", "two"]),
    ),
    max_size=24,
)


@given(ACCIDENTS)
def test_one_disk_is_never_a_copy_and_always_hears_that_its_last_session_was_lost(
    accidents: list[tuple[str, str, str]],
) -> None:
    with TemporaryDirectory() as folder:
        county, disk = County(Path(folder)), Disk()
        late: list[tuple[SessionRequest, Account]] = []
        try:
            for accident, name, file in accidents:
                _play(county, disk, late, accident, Account(name), file)
        finally:
            county.database.close()


def _play(
    county: County,
    disk: Disk,
    late: list[tuple[SessionRequest, Account]],
    accident: str,
    account: Account,
    file: str,
) -> None:
    openings = Openings("county", disk)
    match accident:
        case "well" | "doubled":
            last = disk.bound.tried[:1] if disk.bound.fence else ()
            is_lost = not county.sessions.issuperset(last)
            asked = openings.begin(())
            opened = county.open(asked, account)
            if accident == "doubled":
                opened = county.open(asked, account)
            answer = told(asked, opened.fence, behind=opened.behind)
            openings.end(asked, answer, county.database.server, "")
            assert opened.behind or not is_lost
        case "answer lost":
            lose_answer(county, disk, account)
        case "late":
            late.append((openings.begin(()), account))
        case "arrives" if late:
            with suppress(Copied):  # Nobody waits for its answer any more.
                county.open(*late.pop())
        case "kept":
            county.keep(file)
        case "put back":
            county.put_back(file)
        case "others":
            county.serve_others()
