"""What the officer chose is there at the next start: language, theme, folder, noted notices."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop.__main__ import main
from desktop.application.profile import Profile
from desktop.commands.own_township import find_township
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from desktop.gui import formatting, passphrase
from desktop.gui.desk.window import DeskWindow
from desktop.gui.export import name_with_date
from desktop.gui.opening import Opening
from desktop.gui.remembered import Remembered, read
from support.builders import NOW, FakeClock
from support.open_desk import calm, open_desk
from support.program import write_profile
from support.sample_board import SampleCounty, sample_county

IN_FILE = Problem("key_in_file", {"file": "/data/desk/key.private"})


def a_county() -> SampleCounty:
    return sample_county(FakeClock(), 3)


def test_whoever_switches_the_language_has_not_chosen_a_theme(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, a_county(), tmp_path) as desk:
        desk.run_action("language")
        calm(qtbot, desk)
        assert read(tmp_path / "layout.ini") == {"language": "en"}


def test_a_language_and_a_theme_chosen_are_kept_beside_the_layout(
    qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "layout.ini"
    with open_desk(qtbot, a_county(), tmp_path) as desk:
        assert read(file) == {}
        desk.run_action("language")
        desk.run_action("theme")
        calm(qtbot, desk)
        assert (read(file)["language"], read(file)["theme"]) == ("en", "dark")
    with open_desk(qtbot, a_county(), tmp_path) as desk:
        assert desk.arrangement.restore(), "the layout is still there"


def test_the_next_start_opens_as_chosen_unless_the_command_line_says_otherwise(
    tmp_path: Path, opened: list[Opening]
) -> None:
    kept = Remembered(tmp_path / "layout.ini")
    kept.choose("language", "en")
    kept.choose("theme", "dark")
    profile = write_profile(tmp_path / "desk.toml", "http://127.0.0.1:1")
    words = ["desk", "--profile", str(profile), "--profile-dir", str(tmp_path), "--key", "file"]
    assert main(words) == main([*words, "--lang", "zh_CN", "--theme", "light"]) == 0
    assert [(o.language, o.theme) for o in opened] == [("en", "dark"), ("zh_CN", "light")]


@pytest.mark.parametrize("township", ["liulin", "361022", "柳林", "a b", "x,y", "t-1.2"])
def test_the_township_picked_in_the_window_is_found_without_one(
    tmp_path: Path, township: str
) -> None:
    kept = Remembered(tmp_path / "layout.ini")
    for name, value in (("filter", "[a]"), ("township", township), ("zoom", "[b]")):
        kept.choose(name, value)
    assert find_township(Profile("desk", Text(), ()), tmp_path) == township
    assert find_township(Profile("desk", Text(), (), township="shimen"), tmp_path) == "shimen"


def test_a_profile_that_says_something_else_since_counts_more_than_a_choice_before(
    tmp_path: Path, opened: list[Opening]
) -> None:
    profile = write_profile(tmp_path / "desk.toml", "http://127.0.0.1:1")
    words = ["desk", "--profile", str(profile), "--profile-dir", str(tmp_path), "--key", "file"]
    then = Remembered(tmp_path / "layout.ini", of_profile={"language": "zh_CN", "theme": "dark"})
    then.choose("language", "en")
    then.choose("theme", "dark")
    assert main(words) == 0
    assert [(o.language, o.theme) for o in opened] == [("en", "light")]
    now = Remembered(tmp_path / "layout.ini", of_profile={"language": "zh_CN", "theme": "light"})
    assert (now.value("language"), now.value("theme")) == ("en", "")


def test_the_made_up_county_asks_for_no_passphrase_in_a_folder_of_its_own(
    tmp_path: Path, opened: list[Opening], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passphrase, "ask_passphrase", lambda *_: pytest.fail("asked"))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    for _ in range(2):
        assert main(["desk", "--demo", "--profile-dir", str(tmp_path / "kept")]) == 0
    assert [o.notices for o in opened] == [(), ()]


def test_the_window_and_its_docks_are_named_in_the_language_in_force(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, a_county(), tmp_path) as desk:
        chinese = [desk.windowTitle(), *(d.windowTitle() for d in desk.arrangement.docks.values())]
        desk.run_action("language")
        qtbot.waitUntil(lambda: desk.windowTitle() == "Yunxi County desk")
        english = [desk.windowTitle(), *(d.windowTitle() for d in desk.arrangement.docks.values())]
        assert all(a != b for a, b in zip(chinese, english, strict=True))
        assert all(name.isascii() for name in english)


def test_a_desk_of_a_county_without_a_name_has_one_in_words(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, a_county(), tmp_path, title=Text()) as desk:
        assert desk.windowTitle() == desk.status.county.text() == "县域指挥台"
        desk.run_action("language")
        qtbot.waitUntil(lambda: desk.windowTitle() == "County desk")


def choose_file(qtbot: QtBot, desk: DeskWindow, file: Path | None = None) -> QFileDialog:
    """Open the dialog of an export; with a file, choose that and close it."""
    desk.run_action("export")
    dialog: QFileDialog = desk.findChildren(QFileDialog)[-1]
    if file is not None:
        dialog.fileSelected.emit(str(file))
        dialog.close()
        calm(qtbot, desk)
        qtbot.waitUntil(lambda: not desk.findChildren(QFileDialog))
    return dialog


def test_the_next_export_opens_in_the_folder_of_the_last_also_after_a_start(
    qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "交班"
    folder.mkdir()
    with open_desk(qtbot, a_county(), tmp_path) as desk:
        choose_file(qtbot, desk, folder / "a.csv")
        assert Path(choose_file(qtbot, desk).directory().path()) == folder
    with open_desk(qtbot, a_county(), tmp_path) as desk:
        assert Path(choose_file(qtbot, desk).directory().path()) == folder


def test_a_file_is_named_after_the_list_and_the_counties_own_time() -> None:
    assert name_with_date("事件", NOW, "csv") == f"事件-{formatting.local(NOW):%Y%m%d-%H%M}.csv"
    assert name_with_date("A/B: c", NOW, "pdf").startswith("A-B--c-")


def test_a_notice_of_a_lasting_state_once_noted_does_not_come_back(
    qtbot: QtBot, tmp_path: Path
) -> None:
    full = Problem("opened_full", {"folder": "/data/desk"})
    with open_desk(qtbot, a_county(), tmp_path, notices=(IN_FILE, full)) as desk:
        desk.notices.dismiss()
        desk.notices.dismiss()
        assert not desk.notices.isVisible()
        calm(qtbot, desk)
    with open_desk(qtbot, a_county(), tmp_path, notices=(IN_FILE, full)) as desk:
        said = str(desk.screen_context.words.problem(full))
        assert desk.notices.words.text() == said, "what may have changed is told again"
        desk.notices.dismiss()
        assert not desk.notices.isVisible()
    elsewhere = Problem("key_in_file", {"file": "/other/key.private"})
    with open_desk(qtbot, a_county(), tmp_path, notices=(elsewhere,)) as desk:
        assert desk.notices.isVisible()
