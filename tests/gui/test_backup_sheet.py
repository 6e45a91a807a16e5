"""A backup is written, looked into and made ready for a restore in the window."""

from __future__ import annotations

from argparse import Namespace
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from unittest.mock import MagicMock

import pytest
from PySide6.QtWidgets import QFileDialog, QTreeView
from pytestqt.qtbot import QtBot

from desktop.application.ports import StoreError
from desktop.application.upkeep import Upkeep
from desktop.bootstrap import Desk
from desktop.commands import desk_window
from desktop.commands.upkeep_desk import UpkeepDesk
from desktop.gui.export import KIND_COLUMN
from desktop.gui.upkeep.backup_sheet import BackupSheet
from desktop.storage.backup import restoring
from desktop.storage.outbox.store import open_outbox
from desktop.storage.sqlite.folder_lock import RESTORE_READY
from support.builders import NOW, FakeClock, a_command
from support.open_desk import open_desk
from support.quick_keys import make_keys_quick
from support.sample_board import empty_county
from support.stores import KEY

PASSPHRASE = "a long passphrase"


def an_upkeep(folder: Path, *, throws_away: bool = False) -> Upkeep:
    folder.mkdir()
    open_outbox(folder, KEY, FakeClock()).close()
    profile = folder.parent / "desk.toml"
    profile.touch()
    desk = SimpleNamespace(
        folder=folder, key=KEY, clock=FakeClock(), profile=SimpleNamespace(place="yunlu"),
        log_folder=folder / "log",
    )  # fmt: skip
    return UpkeepDesk(cast(Desk, desk), profile, throws_away=throws_away)


def test_file_dialogs_hide_the_column_that_is_english_in_any_language(
    qtbot: QtBot, tmp_path: Path
) -> None:
    upkeep = an_upkeep(tmp_path / "d")
    with open_desk(qtbot, empty_county(), tmp_path, upkeep=lambda: upkeep) as desk:
        desk.run_action("backup")
        sheet = desk.findChild(BackupSheet)
        for field in (sheet.first, sheet.second):
            field.setText(PASSPHRASE)
        for button in (sheet.save, sheet.choose):
            button.click()
            dialog = desk.findChild(QFileDialog)
            assert dialog.findChild(QTreeView, "treeView").isColumnHidden(KIND_COLUMN)
            dialog.close()
            qtbot.waitUntil(lambda: desk.findChild(QFileDialog) is None)


def test_the_window_backs_up_the_profile_it_opened_and_not_the_offices_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_keys_quick(monkeypatch)
    file, to = tmp_path / "demo.toml", tmp_path / "b.cdbackup"
    file.write_text("# of the demo", encoding="utf-8")
    (tmp_path / "d").mkdir()
    open_outbox(tmp_path / "d", KEY, FakeClock()).close()
    desk = MagicMock(folder=tmp_path / "d", key=KEY, clock=FakeClock())
    desk.profile = MagicMock(place="yunlu", counties=())
    options = Namespace(
        command="shot", posture="desk", theme=None, profile=None, key="throw-away", bundle=None
    )
    opening = desk_window.make_opening(desk, options, file, None, demo=True)
    assert opening.upkeep is not None
    opening.upkeep().back_up(to, PASSPHRASE)
    assert restoring.read_profile_text(to, PASSPHRASE)[0] == "# of the demo"


def test_a_store_that_is_thrown_away_takes_no_backup(tmp_path: Path) -> None:
    upkeep = an_upkeep(tmp_path / "d", throws_away=True)
    with pytest.raises(StoreError) as caught:
        upkeep.make_ready(tmp_path / "b.cdbackup", PASSPHRASE)
    assert caught.value.problem.code == "restore_throw_away"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh_CN",
            (
                "配置仍用这里的",
                "8 个字符",
                "不一致",
                "备份完整",
                "口令不对",
                "1 条没有答复",
                "已准备好",
            ),
        ),
        (
            "en",
            (
                "profile stays the one",
                "at least 8",
                "not alike",
                "is whole",
                "is wrong",
                "answer here (1)",
                "is ready",
            ),
        ),
    ],
)
def test_a_backup_is_written_looked_into_and_made_ready(
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    words: tuple[str, ...],
) -> None:
    make_keys_quick(monkeypatch)
    kept, short, differ, whole, wrong, waiting, ready = words
    upkeep, to = an_upkeep(tmp_path / "d"), tmp_path / "b.cdbackup"
    with open_desk(
        qtbot, empty_county(), tmp_path, language=language, upkeep=lambda: upkeep
    ) as desk:
        desk.run_action("backup")
        sheet = desk.findChild(BackupSheet)

        def press(button: str) -> str:
            getattr(sheet, button).click()
            qtbot.waitUntil(lambda: not sheet.runner.pending, timeout=10_000)
            return sheet.said.text() + sheet.more.text()

        assert kept in sheet.how.text()
        assert short in press("save")
        sheet.first.setText(PASSPHRASE)
        assert differ in press("save")
        sheet.save.setFocus()
        sheet.back_up(str(to))
        assert desk.focusWidget() is sheet.save
        qtbot.waitUntil(lambda: not sheet.runner.pending, timeout=10_000)
        assert to.name in sheet.said.text()
        assert sheet.first.text() == ""
        sheet.pick(to)
        sheet.known.setText("another passphrase")
        assert wrong in press("look")
        sheet.known.setText(PASSPHRASE)
        assert whole in press("look")
        with closing(open_outbox(tmp_path / "d", KEY, FakeClock())) as outbox:
            command = a_command()
            outbox.append(command, NOW)
            assert waiting in press("restore")
            assert outbox.cancel(command.key, NOW)
        assert ready in press("restore")
        assert (tmp_path / "d" / RESTORE_READY).is_dir()
