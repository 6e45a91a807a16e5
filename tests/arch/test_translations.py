"""Every text of the screens is found, and a translation out of date fails the check."""

from __future__ import annotations

import pytest

from devkit import literals, translations
from devkit.literals import Literal

SCREEN = """
from PySide6.QtCore import QCoreApplication
translate = QCoreApplication.translate

class Pane(QWidget):
    def words(self, count, names):
        translate("Pane", "Open")
        translate("Pane", "%n incident(s)", "", count)
        translate("Pane", "%n queue(s)", n=len(names))
        QCoreApplication.translate("Pane", "Right", "the direction")
        self.tr("Shelve")
        painter.translate(rect.topLeft())
        "abc".translate(table)
"""


@pytest.fixture
def screens(tmp_path, monkeypatch):
    """A made-up checkout with one screen."""
    source = tmp_path / "gui" / "pane.py"
    source.parent.mkdir()
    source.write_text(SCREEN)
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "SOURCES", source.parent)
    monkeypatch.setattr(translations, "FOLDER", tmp_path / "i18n")
    return source


@pytest.fixture
def finished(screens):
    """The same with every text translated and compiled."""
    translations.update()
    for name in translations.LANGUAGES:
        ts = translations.FOLDER / f"{name}.ts"
        text = ts.read_text(encoding="utf-8").replace(' type="unfinished"', "")
        text = text.replace("<translation></translation>", "<translation>译</translation>")
        filled = text.replace("<numerusform></numerusform>", "<numerusform>%n 译</numerusform>")
        ts.write_text(filled, encoding="utf-8")
    assert translations.update() == 0
    return screens


def test_every_way_to_mark_a_text_is_read(screens):
    found, unreadable = literals.read([screens])
    assert found == [
        Literal("Pane", "Open", "", False),
        Literal("Pane", "%n incident(s)", "", True),
        Literal("Pane", "%n queue(s)", "", True),
        Literal("Pane", "Right", "the direction", False),
        Literal("Pane", "Shelve", "", False),
    ]
    assert unreadable == []


@pytest.mark.parametrize(
    "call", ['translate("Pane", f"Open {n}")', 'translate("Pane", text)', "self.tr(text)"]
)
def test_a_text_put_together_at_run_time_is_refused(screens, call):
    screens.write_text(f"class Pane:\n    def words(self):\n        {call}\n")
    _, unreadable = literals.read([screens])
    assert [call.line for call in unreadable] == [3]


def test_a_text_marked_beforehand_may_be_looked_up_by_a_variable(screens):
    screens.write_text('KEPT = QT_TRANSLATE_NOOP("Pane", "Open")\ntranslate("Pane", KEPT)\n')
    found, unreadable = literals.read([screens])
    assert found == [Literal("Pane", "Open", "", False)]
    assert unreadable == []


def test_lupdate_finds_in_the_stand_in_what_was_read(finished):
    ids = translations.ids_of(translations.FOLDER / "zh_CN.ts")
    assert ids == {
        ("Pane", "Open", "", False),
        ("Pane", "%n incident(s)", "", True),
        ("Pane", "%n queue(s)", "", True),
        ("Pane", "Right", "the direction", False),
        ("Pane", "Shelve", "", False),
    }


def test_finished_files_pass_the_check(finished):
    assert translations.check() == 0


def test_a_new_text_fails_the_check(finished, capfd):
    finished.write_text(SCREEN + '        translate("Pane", "Closed")\n')
    assert translations.check() == 1
    assert "zh_CN.ts lacks Pane: 'Closed'" in capfd.readouterr().err


def test_a_text_that_is_gone_fails_the_check(finished, capfd):
    finished.write_text(SCREEN.replace('self.tr("Shelve")', "pass"))
    assert translations.check() == 1
    assert "zh_CN.ts still has Pane: 'Shelve'" in capfd.readouterr().err


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_an_unfinished_plural_fails_the_check(finished, capfd, language):
    ts = translations.FOLDER / f"{language}.ts"
    text = ts.read_text(encoding="utf-8")
    ts.write_text(text.replace("<numerusform>%n 译</numerusform>", "<numerusform></numerusform>"))
    assert translations.check() == 1
    assert f"{language}.ts unfinished Pane: '%n queue(s)'" in capfd.readouterr().err


def test_a_compiled_file_older_than_its_texts_fails_the_check(finished, capfd):
    ts = translations.FOLDER / "zh_CN.ts"
    ts.write_text(ts.read_text(encoding="utf-8").replace("译", "另"), encoding="utf-8")
    assert translations.check() == 1
    assert "zh_CN.qm is older" in capfd.readouterr().err


def test_a_missing_file_fails_the_check(finished):
    (translations.FOLDER / "en.qm").unlink()
    assert translations.check() == 1
