"""What the county publishes on screen: marked settings, a page for a newer program, no noise."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.application.ports import StoreError
from desktop.application.settings.central import CountySettings, Layer, layer_of
from desktop.application.settings.kept_bulletins import Kept
from desktop.domain.bulletin import CentralSettings, Package, ProgramUpdate, SettingsGroup
from desktop.domain.instant import DAY, Instant
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from desktop.gui.bulletin_watch import BulletinWatch
from desktop.gui.desk.window import DeskWindow
from desktop.gui.settings.entry_row import EntryRow
from desktop.gui.settings.panel import SettingsPanel
from desktop.gui.settings.update_page import UpdatePage
from desktop.gui.task_runner import TaskRunner
from desktop.gui.widgets.label import PlainLabel
from support import settings_panel
from support.builders import NOW, FakeClock
from support.open_desk import open_desk
from support.prompt import wait_until
from support.sample_board import sample_county
from support.settings_desk import PROFILE, AnsweringDesk

FEED = {"id": "weather", "kind": "cap", "feeds": ["https://alerts.example/feed.xml"]}
GROUP = SettingsGroup(
    {
        "desk": {"day_begins": "08:00", "timezone": "Asia/Urumqi", "theme": "dark"},
        "link": {"daily_bytes": 20_000_000},
    },
    fixed=("desk.day_begins",),
    sources=(FEED,),
)
SETTINGS = CentralSettings(3, NOW, "信息中心", (GROUP,))
COUNTY = CountySettings(SETTINGS, layer_of(SETTINGS, "desk", ""))
DEB = Package("deb", "county-desk_9.deb", 1000, "ab" * 32)
NEWER = ProgramUpdate(1, "9.0.0", words=Text("修正了打印", "Printing is mended"), packages=(DEB,))
CAME = Problem("county_settings_came", {"number": "3"})
UPDATE = Problem("update_offered", {"program": "9.0.0"})


class Bulletins:
    """Bulletins as a test wants them."""

    def __init__(self, update: ProgramUpdate | None = None) -> None:
        self.update, self.told = update, tuple[Problem, ...]()
        self.fetched: list[Package] = []
        self.proven = self.cancelled = 0
        self.error: Exception | None = None
        self.signer, self.waits = "ab", True
        self.at: Instant | None = NOW
        self.kept = Kept("ab", '"t"', update=update)

    def recall(self) -> Kept:
        return self.kept

    def fingerprint(self) -> str:
        return self.signer

    def recall_answer_time(self) -> Instant | None:
        return self.at

    def look(self) -> tuple[Problem, ...] | None:
        return self.told

    def prove(self) -> None:
        self.proven += 1

    def is_waiting(self) -> bool:
        return self.waits

    def find_update(self) -> ProgramUpdate | None:
        return self.update

    def fetch(self, package: Package, folder: Path, note: Callable[[int], None]) -> Path:
        self.fetched.append(package)
        note(500)
        if self.error is not None:
            raise self.error
        return folder / package.name

    def cancel(self) -> None:
        self.cancelled += 1


@contextmanager
def opened(
    qtbot: QtBot,
    folder: Path,
    bulletins: Bulletins | None = None,
    county: CountySettings = COUNTY,
    text: str = PROFILE,
    **changes: Any,
) -> Iterator[tuple[DeskWindow, SettingsPanel, AnsweringDesk]]:
    """A desk of the county with its settings laid over it."""
    desk = AnsweringDesk(folder, text, county)
    desk.bulletins = bulletins
    with settings_panel.opened(qtbot, folder, desk, **changes) as found:
        yield found


def row_of(panel: SettingsPanel, place: str) -> EntryRow:
    """The row of an entry, once it says what the county does."""
    row = settings_panel.row_of(panel, place)
    wait_until(lambda: bool(row.county.text()))
    return row


def texts_of(panel: SettingsPanel) -> str:
    return "\n".join(label.text() for label in panel.findChildren(PlainLabel) if label.isVisible())


def test_what_the_county_fixed_is_shown_with_its_number_and_cannot_be_changed(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with opened(qtbot, tmp_path) as (_window, panel, _desk):
        panel.open("desk")
        row = row_of(panel, "[desk] day_begins")
        assert row.field.text() == "08:00"
        assert not row.field.isEnabled()
        assert "县里固定 · 第 3 号" in row.county.text()
        assert "信息中心" in row.county.text()
        zone = row_of(panel, "[desk] timezone")
        assert zone.field.text() == "Asia/Urumqi"
        assert zone.field.isEnabled()


def test_reset_leads_back_to_the_countys_default(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (window, panel, desk):
        panel.open("look")
        row = row_of(panel, "[desk] theme")
        assert row.field.text() == "light"
        assert "县里的默认值：深色" in row.county.text()
        qtbot.mouseClick(row.reset_button, Qt.MouseButton.LeftButton)
        wait_until(lambda: row.field.text() == "dark")
        assert window.screen_context.theme.name == "dark"
        assert 'theme = "dark"   # as the county wants it' in desk.text


def test_a_search_finds_what_came_from_the_county_and_its_sources_are_listed(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with opened(qtbot, tmp_path) as (_window, panel, _desk):
        wait_until(lambda: "只能在县里改" in texts_of(panel))
        panel.search.insert("县里")
        row_of(panel, "[link] daily_bytes")
        shown = {row.entry.name for row in panel.findChildren(EntryRow) if row.isVisible()}
        assert {"day_begins", "timezone", "theme", "daily_bytes"} <= shown
        assert "officer" not in shown


FIXED = 'day_begins = "07:00"'


@pytest.mark.parametrize("is_next", [True, False])
def test_what_counts_from_the_next_start_is_not_told_as_if_it_counted_now(
    qtbot: QtBot, tmp_path: Path, is_next: bool
) -> None:
    text = PROFILE.replace('theme = "light"   # as the county wants it', FIXED)
    county = CountySettings(SETTINGS, COUNTY.layer, is_next)
    with opened(qtbot, tmp_path, None, county, text) as (_window, panel, _desk):
        wait_until(lambda: "只能在县里改" in texts_of(panel))
        assert ("只能在县里改 · 下次启动时用上" in texts_of(panel)) is is_next
        panel.open("look")
        theme = row_of(panel, "[desk] theme")
        assert theme.field.text() == "dark"
        assert "现在用的是浅色" in theme.note.text()
        assert ("在界面上切换过" in theme.note.text()) is not is_next
        panel.open("desk")
        day = row_of(panel, "[desk] day_begins")
        assert day.note.text() == ("到那时，" if is_next else "") + "配置文件里写的不算"


def test_a_source_that_the_county_added_before_does_not_wait_for_the_next_start() -> None:
    before = Layer(sources=(FEED,))
    assert not CountySettings(SETTINGS, COUNTY.layer, is_next=True, before=before).brings(FEED)


def test_a_package_is_fetched_when_asked_for_and_its_place_is_told(
    qtbot: QtBot, tmp_path: Path
) -> None:
    bulletins = Bulletins(NEWER)
    with opened(qtbot, tmp_path, bulletins) as (window, panel, _desk):
        panel.open("update")
        [page] = panel.findChildren(UpdatePage)
        wait_until(lambda: DEB.name in page.buttons)
        assert "9.0.0" in texts_of(panel)
        assert "修正了打印" in texts_of(panel)
        assert bulletins.fetched == []
        page.buttons[DEB.name].setFocus()
        press(qtbot, page.buttons[DEB.name])
        assert page.buttons["cancel"].hasFocus()
        wait_until(lambda: "核对无误" in page.said.text())
        assert page.buttons[DEB.name].hasFocus()
        assert DEB.name in page.said.text()
        window.run_action("language")
        wait_until(lambda: "whole and checked" in page.said.text())
        assert "The county offers: 9.0.0" in texts_of(panel)
        window.run_action("language")
        bulletins.error = StoreError(Problem("package_wrong", {"name": DEB.name}))
        press(qtbot, page.buttons[DEB.name])
        wait_until(lambda: "不一样" in page.said.text())
        assert bulletins.fetched == [DEB, DEB]


def press(qtbot: QtBot, button: QPushButton) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def unasked(bulletins: Bulletins) -> None:
    bulletins.at = None


def untrusting(bulletins: Bulletins) -> None:
    bulletins.signer = ""


def unanswered(bulletins: Bulletins) -> None:
    bulletins.kept = Kept("ab")


def of_another_county(bulletins: Bulletins) -> None:
    bulletins.signer = "cd"


def troubled(bulletins: Bulletins) -> None:
    bulletins.kept = Kept("ab", '"t"', trouble="of another county")


def early(bulletins: Bulletins) -> None:
    later = msgspec.structs.replace(NEWER, begins_at=NOW + DAY)
    bulletins.kept = Kept("ab", '"t"', update=later)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda _bulletins: None, "县里没有更新的版本。\n上一次答复：20"),
        (unasked, "县里没有更新的版本。\n这次启动后还没有答复。"),
        (untrusting, "没有本县的指纹"),
        (unanswered, "县里还没有答复过"),
        (of_another_county, "县里还没有答复过"),
        (troubled, "上一次的答复不算数：是别的县的"),
        (early, "起提供 9.0.0"),
    ],
)
def test_without_a_newer_program_the_page_says_why(
    qtbot: QtBot, tmp_path: Path, change: Callable[[Bulletins], None], said: str
) -> None:
    bulletins = Bulletins()
    change(bulletins)
    with opened(qtbot, tmp_path, bulletins) as (_window, panel, _desk):
        panel.open("update")
        wait_until(lambda: said in texts_of(panel))


def test_where_nobody_is_asked_the_page_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    with opened(qtbot, tmp_path) as (_window, panel, _desk):
        panel.open("update")
        wait_until(lambda: "只接一个县平台" in texts_of(panel))


def test_the_watch_tells_what_it_heard_and_notes_a_run_that_ended_well(qtbot: QtBot) -> None:
    bulletins, told, parent = Bulletins(), list[Problem](), QObject()
    bulletins.told, writer = (UPDATE,), TaskRunner("writer", parent)
    watch = BulletinWatch(lambda: bulletins, told.append, writer, parent)
    with qtbot.waitSignal(watch.looked):
        watch.look()
    assert told == [UPDATE]
    watch.close()
    writer.close(finish=True)
    assert bulletins.proven == 1
    watch.end()


def test_the_watch_takes_back_what_it_told_of_settings_that_wait_no_more(qtbot: QtBot) -> None:
    bulletins, told, parent = Bulletins(), list[str](), QObject()
    writer = TaskRunner("writer", parent)
    watch = BulletinWatch(lambda: bulletins, lambda each: told.append(each.code), writer, parent)
    watch.withdrawn.connect(lambda: told.append("withdrawn"))
    for said, waits in (((), False), ((CAME,), True), ((), True), ((), False), ((), False)):
        bulletins.told, bulletins.waits = said, waits
        with qtbot.waitSignal(watch.looked):
            watch.look()
    assert told == [CAME.code, "withdrawn"]
    watch.close()
    writer.close(finish=True)
    watch.end()


def test_a_question_under_way_holds_up_neither_the_note_of_a_good_run_nor_the_end(
    qtbot: QtBot,
) -> None:
    bulletins, parent = Bulletins(), QObject()
    asked, answered = threading.Event(), threading.Event()

    def look() -> None:
        asked.set()
        answered.wait(10)

    writer = TaskRunner("writer", parent)
    with patch.object(bulletins, "look", look):
        watch = BulletinWatch(lambda: bulletins, lambda _problem: None, writer, parent)
        watch.look()
        assert asked.wait(10)
        watch.close()
        writer.close(finish=True)
        assert bulletins.proven == 1
        answered.set()  # As the end of the exchange has it.
        watch.end()


def test_a_notice_that_was_noted_does_not_come_back_for_this_version(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as window:
        window.notices.say(UPDATE)
        assert "9.0.0" in window.notices.words.text()
        window.notices.dismiss()
        window.notices.say(UPDATE)
        assert not window.notices.isVisible()
        window.notices.say(Problem("update_offered", {"program": "9.1.0"}))
        assert "9.1.0" in window.notices.words.text()
