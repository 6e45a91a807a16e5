"""What opens where no profile can be used: the settings first, or the last good profile."""

from __future__ import annotations

from argparse import Namespace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop import paths
from desktop.__main__ import main
from desktop.application.i18n import Words
from desktop.application.profile_reader import parse_profile, read_profile
from desktop.commands.opening import choose_language
from desktop.commands.restart import arguments_of_desk
from desktop.commands.settings import first_run
from desktop.commands.settings.desk import ProfileDesk
from desktop.commands.settings.profile_files import keep_last_good
from desktop.connectors.kinds import Manifests
from desktop.gui.opening import Opening
from desktop.gui.settings.fields import LineField
from desktop.gui.settings.welcome import Welcome
from desktop.gui.settings.window import SettingsWindow
from desktop.gui.widgets import accessible
from desktop.storage.keys import login_file, login_tokens
from desktop.storage.keys.encryption_key import KeyFile, NoKeyring
from support.open_desk import RESOURCES
from support.program import write_profile
from support.scoring import ActiveAccessibility
from support.settings_desk import PROFILE, AnsweringDesk
from support.spoken import words

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    return tmp_path


def test_without_a_profile_the_settings_open_and_then_the_desk_with_the_secrets_typed(
    home: Path, opened: list[Opening], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Path, bool]] = []

    def ask_first(file: Path, options: Namespace, *, greets: bool) -> tuple[str, ProfileDesk]:
        asked.append((file, greets))
        desk = ProfileDesk(file, options)
        file.parent.mkdir(parents=True)
        write_profile(file, NOWHERE)
        desk.unkept["county"] = "s3cret"
        return "desk", desk

    monkeypatch.setattr(first_run, "ask_first", ask_first)
    assert main(["--key", "file", "--profile-dir", str(home / "desk")]) == 0
    assert asked == [(paths.own_profile(), True)]
    assert [each.posture for each in opened] == ["desk"]
    key = KeyFile().key(home / "desk")
    assert login_file.read(home / "desk", key, "county") == "s3cret"
    monkeypatch.setattr(first_run, "ask_first", lambda *_, **__: ("", None))
    assert main(["settings"]) == 0
    assert len(opened) == 1


@pytest.mark.parametrize(("wanted", "lang"), [("demo", "en"), ("desk", "en"), ("", None)])
def test_what_opens_after_the_first_window_is_in_the_language_chosen_there(
    home: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, lang: str | None
) -> None:
    def ask_settings(_app: object, words: Words, *_: object, greets: bool) -> str:
        assert greets
        words.language = lang or words.language
        return wanted

    monkeypatch.setattr(first_run, "ask_settings", ask_settings)
    monkeypatch.setattr(first_run, "application", lambda _argv: None)
    options = Namespace(lang=None, key="auto", command="", profile_dir=None, bundle=None)
    file = write_profile(home / "desk.toml", NOWHERE)
    before = file.read_text(encoding="utf-8")
    assert first_run.ask_first(file, options, greets=True)[0] == wanted
    assert options.lang == lang
    if wanted == "desk":
        assert read_profile(file, Manifests()).language == "en"
    else:
        assert file.read_text(encoding="utf-8") == before


def test_a_bundle_opened_beside_the_first_window_waits_for_what_is_opened_there(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[Path | None] = []

    def call(_places: object, file: Path | None = None) -> bool:
        called.append(file)
        return True

    def ask_settings(*given: object, greets: bool) -> str:
        *_, take = given
        assert callable(take)
        take(called[0])
        return "desk"

    monkeypatch.setattr(first_run.single_instance, "call", call)
    monkeypatch.setattr(first_run.paths, "front_places", lambda _file: [])
    later = Namespace(lang=None, key="auto", command="", profile_dir=None, bundle=home / "a.cdb")
    file = write_profile(home / "desk.toml", NOWHERE)
    assert first_run.ask_first(file, later, greets=True)[0] == ""
    monkeypatch.setattr(first_run.single_instance, "call", lambda *_: False)
    monkeypatch.setattr(first_run, "ask_settings", ask_settings)
    monkeypatch.setattr(first_run, "application", lambda _argv: None)
    first = Namespace(lang=None, key="auto", command="", profile_dir=None, bundle=None)
    assert first_run.ask_first(file, first, greets=True)[0] == "desk"
    assert first.bundle == later.bundle


@pytest.mark.parametrize(
    ("lang", "system", "brought", "later"),
    [
        ("en", "C.UTF-8", "", "en"),
        (None, "en_US.UTF-8", "", "en"),
        (None, "zh_CN.UTF-8", "", "zh_CN"),
        ("en", "C.UTF-8", 'language = "zh_CN"\n', "zh_CN"),
    ],
)
def test_a_profile_set_up_in_a_language_opens_in_it_ever_after(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    lang: str | None,
    system: str,
    brought: str,
    later: str,
) -> None:
    file = home / "desk.toml"

    def ask_settings(_app: object, words: Words, *_: object, greets: bool) -> str:
        assert words.language == (lang or later)
        file.write_text(PROFILE.replace("[desk]\n", f"[desk]\n{brought}"), encoding="utf-8")
        return "desk"

    monkeypatch.setenv("LC_ALL", system)
    monkeypatch.setattr(first_run, "ask_settings", ask_settings)
    monkeypatch.setattr(first_run, "application", lambda _argv: None)
    options = Namespace(lang=lang, key="auto", command="", profile_dir=home / "desk", bundle=None)
    assert first_run.ask_first(file, options, greets=True)[0] == "desk"
    options.lang = None
    assert choose_language(options, read_profile(file, Manifests())) == later


@pytest.mark.parametrize(
    ("given", "anew"),
    [
        (["settings", "--profile", "settings"], ["--profile", "settings"]),
        (["--profile", "settings"], ["--profile", "settings"]),
        ([], []),
    ],
)
def test_the_program_begins_anew_with_its_desk(given: list[str], anew: list[str]) -> None:
    assert arguments_of_desk(["-m", "desktop", *given], given) == ["-m", "desktop", *anew]
    opened = [*given, "gone.cdb"]
    bundle = Path("gone.cdb").absolute()
    assert arguments_of_desk(["desk.py", *opened], opened, bundle) == ["desk.py", *anew]


def test_a_faulty_profile_opens_as_it_last_opened_and_says_so(
    home: Path, opened: list[Opening], capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_profile(home / "desk.toml", NOWHERE)
    keep_last_good(file)
    file.write_text('[desk]\ntheme = "green"\n', encoding="utf-8")
    words = ["desk", "--profile", str(file), "--profile-dir", str(home / "d"), "--key", "file"]
    assert main(words) == 0
    told = capsys.readouterr().err
    assert f"{file}:2: theme must be one of" in told
    assert f"{file}:2: theme 只能是" in told
    assert [each.notices[0].code for each in opened] == ["profile_faulty"]
    assert main(["sync", *words[1:]]) == 2, "a script is told, and does nothing else"
    assert f"{file}:2: theme 只能是" in capsys.readouterr().err


def test_a_source_is_asked_and_a_secret_waits_where_there_is_no_keyring(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_profile(home / "desk.toml", NOWHERE)
    profile = parse_profile(file.read_text(encoding="utf-8"), str(file), Manifests())
    desk = ProfileDesk(file, Namespace(key="auto"))
    probed = desk.probe(profile, "county", {"county": "s3cret"})
    assert probed.found is None
    assert probed.problem is not None
    assert NOWHERE in probed.problem.details["address"]

    def fail(*_: object) -> None:
        raise NoKeyring

    monkeypatch.setattr(login_tokens, "keep", fail)
    desk.keep(profile, "county", "s3cret")
    assert desk.unkept == {"county": "s3cret"}


@pytest.mark.parametrize("text", [None, '[desk]\ntheme = "green"\n'], ids=["none", "faulty"])
def test_a_wall_that_a_unit_keeps_ends_with_words_where_it_would_ask_for_a_profile(
    text: str | None,
    opened: list[Opening],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked: list[Path] = []

    def ask_first(file: Path, *_: object, **__: object) -> tuple[str, None]:
        asked.append(file)
        return "", None

    monkeypatch.setattr(first_run, "ask_first", ask_first)
    file = paths.own_profile()
    if text is not None:
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    assert main(["wall"]) == 0
    assert asked == [file], "a person at the screen is asked"
    capsys.readouterr()
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/nowhere")
    assert main(["wall"]) == 2
    assert str(file) in capsys.readouterr().err
    assert (asked, opened) == ([file], [])


def test_a_first_start_leads_to_the_form_of_a_source_and_to_the_desk(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = AnsweringDesk(tmp_path, None)
    window = SettingsWindow(words(), RESOURCES, desk, greets=True)
    qtbot.addWidget(window)
    window.show()
    window.welcome.buttons["settings"].click()
    form = window.panel.sources.form
    assert form.isVisible()
    assert not window.open_button.isEnabled()
    assert form.fields is not None
    url = form.fields.fields["url"]
    assert isinstance(url, LineField)
    url.line.insert("http://b.example")
    form.probe_button.click()
    qtbot.waitUntil(lambda: bool(desk.asked) and form.said.text() not in ("", "正在试连…"))
    form.save_button.click()
    qtbot.waitUntil(window.open_button.isEnabled)
    window.open_button.click()
    assert window.wanted == "desk"
    assert not window.isVisible()


def test_a_token_that_only_a_desk_can_keep_is_not_lost_without_a_word(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = AnsweringDesk(tmp_path)
    window = SettingsWindow(words(), RESOURCES, desk, greets=True)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(window.open_button.isEnabled)
    window.show_settings()
    form = window.panel.sources.form
    window.panel.sources.edit("county")
    assert form.fields is not None
    form.fields.secrets["login"].line.setText("s3cret")
    desk.holds_secrets = True
    for _press in range(2):
        form.save_button.click()
    qtbot.waitUntil(lambda: "没有密钥环" in form.said.text())
    assert form.isVisible()
    assert form.save_button.text() == "保存"
    window.welcome.buttons["demo"].click()
    assert window.isVisible()
    assert window.said.text()
    assert window.wanted == ""
    window.open_button.click()
    assert (window.wanted, window.isVisible()) == ("desk", False)


@pytest.mark.parametrize("greets", [True, False])
def test_nobody_is_greeted_aloud_in_the_settings(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, greets: bool
) -> None:
    said: list[str] = []
    monkeypatch.setattr(accessible, "LOOK_MS", 0)
    monkeypatch.setattr(accessible, "announce", lambda _widget, text: said.append(text))
    window = SettingsWindow(words(), RESOURCES, AnsweringDesk(tmp_path, None), greets=greets)
    qtbot.addWidget(window)
    window.show()
    if greets:
        window.welcome.buttons["settings"].click()
    turns: list[int] = []
    with ActiveAccessibility():
        for turn in range(5):
            QTimer.singleShot(0, lambda turn=turn: turns.append(turn))
            qtbot.waitUntil(lambda turn=turn: turn in turns)
    assert said == []
    window.close()


def _says(welcome: Welcome, words: str) -> bool:
    return words in welcome.faults.text()


def test_the_welcome_says_what_is_so_of_a_file_brought_along_and_of_what_is_set_up(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = AnsweringDesk(tmp_path, None)
    window = SettingsWindow(words(), RESOURCES, desk, greets=True)
    qtbot.addWidget(window)
    window.show()
    welcome = window.welcome
    brought = tmp_path / "brought.toml"
    for content in (b"\xff", b"#" * 1_000_001):
        brought.write_bytes(content)
        welcome.file_chosen.emit(brought)
        why = "（UTF-8: 0）" if len(content) == 1 else "超过允许的大小"
        qtbot.waitUntil(partial(_says, welcome, why))
        assert welcome.lead.text() == "这个文件没有采用："
        assert "接入" in welcome.buttons["settings"].text()
        assert not desk.path.exists()
    brought.write_text(PROFILE, encoding="utf-8")
    welcome.file_chosen.emit(brought)
    qtbot.waitUntil(window.open_button.isEnabled)
    assert desk.text == PROFILE
    assert not welcome.isVisible()
    window.back_button.click()
    assert welcome.faults.isHidden()
    assert welcome.lead.text() == "这台电脑已经设置好，可以打开指挥台。"
    window.close()


def test_every_button_of_the_welcome_is_reached_by_tab_and_pressed_by_enter(
    qtbot: QtBot, tmp_path: Path
) -> None:
    window = SettingsWindow(words(), RESOURCES, AnsweringDesk(tmp_path, None), greets=True)
    qtbot.addWidget(window)
    window.show()
    welcome = window.welcome
    qtbot.waitUntil(welcome.buttons["demo"].hasFocus)
    reached = set()
    for _ in range(5):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        reached.add(window.focusWidget())
    assert reached == {*welcome.buttons.values(), welcome.help_button, welcome.language_button}
    QTest.keyClick(welcome.buttons["demo"], Qt.Key.Key_Return)
    assert window.wanted == "demo"


def test_the_first_window_has_the_help_at_what_a_person_needs_to_begin(
    qtbot: QtBot, tmp_path: Path
) -> None:
    window = SettingsWindow(words(), RESOURCES, AnsweringDesk(tmp_path, None), greets=True)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(window.welcome.buttons["demo"].hasFocus)
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert window.help_window.isVisible()
    assert window.help_window.view.place == "admin.html#try"
    assert window.help_window.field.placeholderText() == "搜索：词语", "there is no pinyin"
    window.help_window.close()
    window.show_settings()
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert window.help_window.view.place == "admin.html#connect"
    window.close()
    assert not window.help_window.isVisible()
