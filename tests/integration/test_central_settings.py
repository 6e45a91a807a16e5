"""Settings from the county: signed, taken or refused whole, under the profile, and left again."""

from __future__ import annotations

from functools import partial

import pytest

from desktop import bootstrap
from desktop.application.ports import StoreError
from desktop.application.settings.kept_bulletins import Kept
from desktop.application.wall_place import Viewing
from desktop.commands.doctor.county import check_settings
from desktop.commands.doctor.stores import Stores
from desktop.commands.opening import LAYOUT, CannotOpen
from desktop.commands.settings.bulletins import BulletinDesk
from desktop.commands.settings.central import read_county
from desktop.commands.settings.central_check import check_central
from desktop.domain.source import Problem
from desktop.storage.keys import login_file
from support.publishing import DARK, DeskOfCounty, PublishingCounty


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


def test_settings_that_change_nothing_here_are_taken_without_a_word(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    county.publish('[[group]]\npostures = ["wall"]\n[group.desk]\nday_begins = "08:00"\n')
    with desk.start("wall") as opened:
        said, _ = desk.look(opened, "wall")
        assert "next start" in said[0]
        BulletinDesk(opened, "county").prove()
    county.publish('[[group]]\npostures = ["wall"]\n[group.desk]\nday_begins = "09:00"\n')
    with desk.start() as opened:
        assert desk.look(opened)[0] == []
    with desk.start("wall") as opened:
        assert opened.profile.day_begins == "09:00"
    county.run("settings", "take-back", "--number", "9")
    county.publish("")
    with desk.start("wall") as opened:
        said, kept = desk.look(opened, "wall")
        assert (len(said), kept.newest) == (1, 10), "nothing from the county is a change, too"


@pytest.mark.parametrize("posture", ["desk", "wall"])
@pytest.mark.expects_log("settings are left")
def test_settings_with_which_no_window_runs_are_left_by_themselves(
    county: PublishingCounty, desk: DeskOfCounty, posture: str
) -> None:
    county.publish('[desk]\ntimezone = "Asia/Urumqi"\n')
    desk.take()
    with desk.start() as opened:
        BulletinDesk(opened, "county").prove()
    county.publish('[desk]\ntimezone = "Europe/Berlin"\n')
    assert desk.take().newest == 2
    for _ in range(2):
        with desk.start(posture) as opened:
            assert opened.profile.timezone == "Europe/Berlin"
            assert opened.notices[1:] == []
    with desk.start(posture) as opened:
        assert opened.profile.timezone == "Asia/Urumqi"
        assert [each.code for each in opened.notices] == ["county_settings_left", "key_in_file"]
        assert desk.look(opened)[0] == []
    with desk.start(posture) as opened:
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


def test_what_the_county_takes_back_before_the_next_start_waits_for_none(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    county.publish(DARK)
    with desk.start() as opened:
        bulletins = BulletinDesk(opened, "county")
        waits = []
        for _ in range(2):
            desk.look(opened)
            waits.append(bulletins.is_waiting())
            county.run("settings", "take-back")
        assert waits == [True, False]


def test_a_desk_that_keeps_nothing_is_told_of_no_settings_for_its_next_start(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    county.publish(DARK)
    with desk.start(key="throw-away") as opened:
        assert desk.look(opened, "wall")[0] == []


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


@pytest.mark.expects_log("settings 1 are refused")
def test_settings_that_do_not_go_with_the_profile_are_refused_and_a_program_still_comes(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    with desk.file.open("a", encoding="utf-8") as profile:
        profile.write("\n[wall]\ndistance_m = 30\nheight_m = 5\n")
    mixed = 'fixed = ["wall.height_m"]\n[wall]\ndistance_m = 6\nheight_m = 1\n'
    assert county.publish(mixed) == 0, "each group is good alone"
    county.run("update", "publish", "--program", "9.0.0")
    file, own = county.folder / "settings.toml", bootstrap.load_profile(desk.file)
    assert check_central(file, own, bootstrap.words_in("en")) == 1
    with desk.start() as opened:
        said, kept = desk.look(opened)
        assert "No. 1" in said[0]
        assert (kept.newest, kept.current) == (1, None)
        assert kept.update is not None
        assert desk.look(opened)[0] == []


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
