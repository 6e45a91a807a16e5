"""Settings from the county: signed, taken or refused whole, under the profile, and left again."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from desktop import bootstrap
from desktop.__main__ import main as county_desk
from desktop.application.ports import StoreError
from desktop.application.settings.kept_bulletins import Kept
from desktop.application.wall_place import Viewing
from desktop.commands.bulletin_desk import BulletinDesk
from desktop.commands.central import read_county
from desktop.commands.doctor.county import check_settings
from desktop.commands.doctor.stores import Stores
from desktop.commands.opening import LAYOUT, CannotOpen
from desktop.county_server.courier import bulletins
from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.server import CountyServer
from desktop.domain.source import Problem
from desktop.storage.keys import login_file
from desktop.wire.bulletins import Bulletin, write_bulletin
from support.publishing import DeskOfCounty, PublishingCounty, a_publishing_county

DARK = """\
by = "信息中心"
fixed = ["desk.day_begins"]
[desk]
day_begins = "08:00"
theme = "dark"
timezone = "Asia/Urumqi"
[[group]]
postures = ["wall"]
[group.wall]
distance_m = 6.0
height_m = 1.6
"""


@pytest.fixture
def county(tmp_path: Path) -> Iterator[PublishingCounty]:
    with a_publishing_county(tmp_path / "county") as found:
        yield found


@pytest.fixture
def desk(tmp_path: Path, county: PublishingCounty) -> DeskOfCounty:
    return DeskOfCounty(tmp_path / "desk", county.profile())


def test_a_desk_starts_with_what_the_county_says_under_its_own_profile(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    assert county.publish(DARK) == 0
    with desk.start() as opened:
        said, _kept = desk.look(opened)
        assert "next start" in said[0]
        assert opened.profile.day_begins == "00:00"
        assert desk.look(opened)[0] == []
    with desk.start() as opened:
        profile = opened.profile
        assert (profile.day_begins, profile.theme, profile.timezone) == (
            *("08:00", "light"), "Asia/Urumqi",
        )  # fmt: skip
        told = read_county(opened, "")
        assert told is not None
        assert told.settings.by == "信息中心"
        assert {name for (_, name), each in told.layer.given.items() if each.fixed} == {
            "day_begins"
        }
    with desk.start("wall") as opened:
        assert opened.profile.wall.viewing == Viewing(6.0, 1.6)


def test_what_is_for_a_township_counts_where_its_clerk_picked_it_in_the_window(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    county.publish('[[group]]\ntownships = ["liulin"]\n[group.desk]\nday_begins = "08:00"\n')
    desk.take()
    for chosen, begins in (("liulin", "08:00"), ("shimen", "00:00")):
        text = f"[Other]\ntownship=liulin\n\n[chosen]\ntheme=[dark]\ntownship={chosen}\n"
        (desk.folder / "data" / LAYOUT).write_text(text, encoding="utf-8")
        with desk.start("township") as opened:
            assert opened.profile.day_begins == begins
            told = read_county(opened, "township")
            assert told is not None
            assert bool(told.layer.given) is (begins == "08:00")


@pytest.mark.expects_log("settings are left")
def test_settings_with_which_no_window_runs_are_left_by_themselves(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    county.publish('[desk]\ntimezone = "Asia/Urumqi"\n')
    desk.take()
    with desk.start() as opened:
        BulletinDesk(opened, "county").prove()
    county.publish('[desk]\ntimezone = "Europe/Berlin"\n')
    assert desk.take().newest == 2
    for _ in range(2):
        with desk.start() as opened:
            assert opened.profile.timezone == "Europe/Berlin"
            assert opened.notices[1:] == []
    with desk.start() as opened:
        assert opened.profile.timezone == "Asia/Urumqi"
        assert [each.code for each in opened.notices] == ["county_settings_left", "key_in_file"]
        assert desk.look(opened)[0] == []
    with desk.start() as opened:
        assert opened.profile.timezone == "Asia/Urumqi"
        assert len(opened.notices) == 1


def test_starts_that_fail_for_other_reasons_are_not_blamed_on_the_county(
    county: PublishingCounty, desk: DeskOfCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    county.publish('[desk]\ntimezone = "Asia/Urumqi"\n')
    desk.take()

    def fail(*_what: object) -> None:
        raise StoreError(Problem("store_locked", {"file": "cache.db"}))

    for _ in range(3):
        with monkeypatch.context() as failure:
            failure.setattr(bootstrap, "open_cache", fail)
            with pytest.raises(CannotOpen):
                desk.start().__enter__()
    with desk.start() as opened:
        assert opened.profile.timezone == "Asia/Urumqi"
        assert [each.code for each in opened.notices] == ["key_in_file"]


def test_each_taking_back_goes_one_further_back_until_nothing_is_left(
    county: PublishingCounty, desk: DeskOfCounty, capsys: pytest.CaptureFixture[str]
) -> None:
    def zone() -> str:
        desk.take()
        with desk.start() as opened:
            return opened.profile.timezone

    def take_back() -> int:
        return county.run("settings", "take-back")

    def publish(zone: str) -> int:
        return county.publish(f'[desk]\ntimezone = "{zone}"\n')

    assert take_back() == 1, "nothing was ever published"
    assert publish("Asia/Urumqi") == publish("Europe/Berlin") == 0
    assert take_back() == 0
    assert zone() == "Asia/Urumqi"
    capsys.readouterr()
    assert publish("Asia/Tokyo") == take_back() == 0
    assert zone() == "Asia/Urumqi", "what was in force, not what was published before"
    assert "What number 1 said counts again." in capsys.readouterr().out
    assert take_back() == 0
    assert zone() == "Asia/Shanghai"
    assert "各值守端按自己的配置" in capsys.readouterr().out
    assert take_back() == 1
    assert "全部收回" in capsys.readouterr().err
    assert desk.take().newest == 6
    county.run("settings", "show")
    shown = capsys.readouterr().out.splitlines()
    assert [each.rpartition("  ")[2] for each in shown if each.startswith(("3", "5", "6"))] == [
        *("= 1", "= 1", "= 收回 / taken back"),
    ]


def test_what_the_county_takes_back_is_gone_from_the_next_start_on(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    county.publish(DARK)
    desk.take()
    assert county.run("settings", "take-back") == 0
    assert desk.take().newest == 2
    with desk.start() as opened:
        assert opened.profile.day_begins == "00:00"


@pytest.mark.expects_log("older than ones seen")
def test_an_older_number_that_is_played_again_changes_nothing_and_is_told_once(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    county.publish(DARK, "--number", "7")
    desk.take()
    county.forget_published()  # As after an older copy of both folders was put back.
    county.publish('[desk]\ntimezone = "Europe/Berlin"\n')
    with desk.start() as opened:
        said, kept = desk.look(opened)
        assert desk.look(opened)[0] == []
    assert len(said) == 1
    assert "lower than one seen here before" in said[0]
    assert (kept.newest, kept.trouble) == (7, "older than what was seen before")
    assert kept.current is not None
    assert kept.current.version == 7


def test_numbers_go_on_where_what_was_published_is_lost(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    for theme in ("dark", "light"):
        county.publish(f'[desk]\ntheme = "{theme}"\n')
    county.run("update", "publish", "--program", "9.0.0")
    desk.take()
    shutil.rmtree(county.path.with_name("county.db.published"))
    county.publish(DARK)
    county.run("update", "publish", "--program", "9.1.0")
    kept = desk.take()
    assert (kept.newest, kept.trouble) == (3, "")
    assert kept.update is not None
    assert kept.update.program == "9.1.0"


def test_a_lost_count_is_made_good_by_hand_for_settings_and_updates_alike(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    county.publish(DARK, "--number", "7")
    county.run("update", "publish", "--program", "9.0.0", "--number", "5")
    desk.take()
    county.forget_published()
    assert county.run("settings", "take-back", "--number", "8") == 0
    assert county.run("update", "take-back", "--number", "6") == 0
    kept = desk.take()
    assert (kept.newest, kept.trouble) == (8, "")
    assert kept.update is not None
    assert (kept.update.version, kept.update.program) == (6, "")


def test_of_two_that_publish_at_once_each_has_a_number_of_its_own(
    county: PublishingCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet = threading.Barrier(2)

    def write(*of: Any) -> Bulletin:
        with suppress(threading.BrokenBarrierError):
            meet.wait(0.3)  # Both are here at once, unless one waits for the other.
        return write_bulletin(*of)

    monkeypatch.setattr(bulletins, "write_bulletin", write)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _each: county.publish(DARK), range(2)))
    assert bulletins.Board(county.path).numbers("settings") == [1, 2]


def test_a_drill_tells_no_desk_what_was_signed_for_the_real_county(tmp_path: Path) -> None:
    with a_publishing_county(tmp_path / "county") as county:
        county.publish(DARK)
        profile = county.profile()
    drill = Settings(county="云溪县", drill=True)
    with closing(Database(county.path)) as rows, closing(CountyServer(rows, drill)) as server:
        desk = DeskOfCounty(tmp_path / "desk", profile.replace(county.url, server.start()))
        with desk.start() as opened:
            assert desk.look(opened)[0] == []
            assert BulletinDesk(opened, "county").recall().trouble == ""


@pytest.mark.expects_log("settings 2 are refused")
def test_settings_that_a_desk_cannot_read_are_told_of_once_and_those_before_stay(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    county.publish(DARK)
    desk.take()
    county.publish('[desk]\nday_begins = "25:00"\n')
    with desk.start() as opened:
        said, kept = desk.look(opened)
        assert "No. 2" in said[0]
        assert "08:30" in said[0]
        assert desk.look(opened)[0] == []
        assert opened.profile.day_begins == "08:00"
    assert kept.current is not None
    assert kept.current.version == 1


@pytest.mark.expects_log("bulletins are refused")
def test_a_desk_that_trusts_another_county_takes_nothing_and_forgets_what_it_had(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    county.publish(DARK)
    desk.take()
    desk.file.write_text(county.profile(key="0000 " * 5), encoding="utf-8")
    with desk.start() as opened:
        said, kept = desk.look(opened)
        assert "another key" in said[0]
        assert desk.look(opened)[0] == []
    assert kept.current is None
    desk.file.write_text(county.profile(key=""), encoding="utf-8")
    with desk.start() as opened:
        assert desk.look(opened) == ([], Kept())


@pytest.mark.parametrize("trusted", ["", "0000 " * 5])
def test_settings_count_only_where_their_county_is_trusted_now(
    county: PublishingCounty, desk: DeskOfCounty, trusted: str
) -> None:
    county.acknowledge()
    county.publish(DARK)
    county.run("update", "publish", "--program", "9.0.0")
    desk.take()
    desk.file.write_text(county.profile(key=trusted), encoding="utf-8")
    with desk.start() as opened:
        assert opened.profile.day_begins == "00:00"
        assert read_county(opened, "") is None
        assert BulletinDesk(opened, "county").find_update() is None
    desk.file.write_text(county.profile(), encoding="utf-8")
    with desk.start() as opened:
        assert opened.profile.day_begins == "08:00"


def test_the_doctor_tells_a_county_that_was_not_asked_yet_from_one_that_is_not_trusted(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    for key, codes in ((None, ["not_asked", "none"]), ("", ["not_trusted", "not_trusted"])):
        desk.file.write_text(county.profile(key=key), encoding="utf-8")
        with desk.start() as opened:
            key_of = partial(getattr, opened, "key")
            stores = Stores(opened.profile, opened.folder, opened.words, key_of)
            found = [check_settings(stores).code]
            desk.look(opened)
            assert [*found, check_settings(stores).code] == codes


def test_a_county_that_publishes_nothing_has_nothing_said_of_it(
    desk: DeskOfCounty,
) -> None:
    with desk.start() as opened:
        said, kept = desk.look(opened)
    assert said == []
    assert kept.newest == 0


def test_a_desk_that_trusts_no_county_keeps_nothing(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    county.publish(DARK)
    desk.file.write_text(county.profile(key=""), encoding="utf-8")
    with desk.start() as opened:
        assert desk.look(opened) == ([], Kept())
    assert not login_file.are_kept(desk.folder / "data")


@pytest.mark.parametrize(
    "text",
    [
        'by = "信息中心"\n[desk]\ntheme = "dark"\n'.encode("gbk"),
        f'by = "{"x" * 101}"\n[desk]\ntheme = "dark"\n'.encode(),
        b"[wall]\ndistance_m = nan\nheight_m = 1.5\n",
        f'[desk]\ntitle = "{"县" * 21_000}"\n'.encode(),
    ],
)
def test_settings_that_no_desk_could_read_are_refused_wherever_they_are_checked(
    county: PublishingCounty, desk: DeskOfCounty, text: bytes
) -> None:
    file = county.folder / "settings.toml"
    file.write_bytes(text)
    assert county.run("settings", "check", str(file)) == 1
    assert county.run("settings", "publish", str(file)) == 1
    assert county_desk(["probe", "--profile", str(desk.file), "--settings", str(file)]) == 1
    assert not county.path.with_name("county.db.published").exists()


def test_a_number_that_no_desk_takes_is_refused_and_the_highest_is_listed(
    county: PublishingCounty, capsys: pytest.CaptureFixture[str]
) -> None:
    assert county.publish(DARK, "--number", str(2**53 + 1)) == 1
    assert county.publish(DARK, "--number", str(2**53)) == 0
    capsys.readouterr()
    county.run("settings", "show")
    assert str(2**53) in capsys.readouterr().out


def test_the_longest_settings_and_notice_are_read_by_a_desk_at_once(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    long = "县" * 19_000
    assert county.publish(f'[desk]\ntitle = "{long}"\n') == 0
    assert county.run("update", "publish", "--program", "9.0.0", "--zh", long) == 0
    with desk.start() as opened:
        _said, kept = desk.look(opened)
    assert kept.update is not None
    assert kept.newest == 1


def test_a_file_of_settings_is_checked_by_a_desk_before_it_is_published(
    county: PublishingCounty, desk: DeskOfCounty, capsys: pytest.CaptureFixture[str]
) -> None:
    file = county.folder / "settings.toml"
    asked = ["probe", "--profile", str(desk.file), "--settings", str(file), "--lang", "zh_CN"]
    for text, status, said in (
        (DARK, 0, "可以发布"),
        ('[desk]\nday_begins = "25:00"\n', 1, "08:30"),
        ('[link]\nproxy = "http://10.0.0.9:1"\n', 1, "link.proxy 不由县里设置"),
    ):
        file.write_text(text, encoding="utf-8")
        assert county_desk(asked) == status
        assert said in capsys.readouterr().out


@pytest.mark.expects_log("settings cannot be read|is not noted")
def test_a_desk_opens_whatever_the_disk_does_to_the_settings_of_its_county(
    county: PublishingCounty, desk: DeskOfCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    county.publish(DARK)
    desk.take()

    def full(*_what: object) -> None:
        raise StoreError(Problem("disk_full", {"file": login_file.FILE}))

    def unreadable(*_what: object) -> None:
        raise PermissionError(13, "Permission denied", login_file.FILE)

    for failing, function, day_begins, told in (
        ("keep", full, "08:00", ["key_in_file"]),
        ("read", full, "00:00", ["county_settings_unread", "key_in_file"]),
        ("read", unreadable, "00:00", ["county_settings_unread", "key_in_file"]),
    ):
        with monkeypatch.context() as failure:
            failure.setattr(login_file, failing, function)
            with desk.start() as opened:
                assert opened.profile.day_begins == day_begins
                assert [each.code for each in opened.notices] == told
                assert read_county(opened, "") is None or failing == "keep"


@pytest.mark.expects_log("cannot be read")
def test_a_desk_opens_where_the_file_of_its_countys_settings_is_damaged(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    county.publish(DARK)
    desk.take()
    (desk.folder / "data" / login_file.FILE).write_bytes(bytes(4096))
    with desk.start() as opened:
        assert opened.profile.day_begins == "00:00"
        assert opened.notices[0].code == "county_settings_unread"
