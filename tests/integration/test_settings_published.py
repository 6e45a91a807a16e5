"""What a county's operator publishes: numbered, taken back, refused where no desk could read it."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from desktop.__main__ import main as county_desk
from desktop.commands.settings.bulletins import BulletinDesk
from desktop.county_server.courier import bulletins
from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.server import CountyServer
from desktop.wire.bulletins import Bulletin, CentralSettings, write_bulletin
from support.publishing import DARK, DeskOfCounty, PublishingCounty, a_publishing_county


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


def test_what_a_taking_back_brings_back_is_whole_though_its_origin_is_lost(
    county: PublishingCounty, capsys: pytest.CaptureFixture[str]
) -> None:
    board, folder = bulletins.Board(county.path), county.path.with_name("county.db.published")
    county.publish(DARK)
    county.publish('[desk]\ntheme = "light"\n')
    county.run("settings", "take-back")
    county.publish('[desk]\ntheme = "light"\n')
    (folder / "settings-1.json").unlink()
    capsys.readouterr()
    assert county.run("settings", "take-back") == 0
    assert "What number 1 said counts again." in capsys.readouterr().out
    back = board.read("settings", 5)
    assert isinstance(back, CentralSettings)
    assert back.groups[0].settings["desk"]["theme"] == "dark"
    county.publish(DARK)
    (folder / "settings-5.json").write_bytes(b"")
    assert county.run("settings", "take-back") == 1
    assert board.numbers("settings")[-1] == 6
    assert "Nothing is published" in capsys.readouterr().err


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
