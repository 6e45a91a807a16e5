"""What opens where no profile can be used: the settings first, or the last good profile."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from desktop import paths
from desktop.__main__ import main
from desktop.application.profile import parse_profile
from desktop.commands import first_run
from desktop.commands.profile_files import keep_last_good
from desktop.commands.settings_desk import ProfileDesk
from desktop.connectors.kinds import Manifests
from desktop.gui import app
from desktop.gui.app import Opening
from desktop.storage.keys import login_file, login_tokens
from desktop.storage.keys.encryption_key import KeyFile, NoKeyring
from support.program import write_profile

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    return tmp_path


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Opening]:
    """What the command opens windows with, none of them shown."""
    found: list[Opening] = []

    def record(opening: Opening, _argv: list[str]) -> int:
        found.append(opening)
        opening.close()
        return 0

    monkeypatch.setattr(app, "run", record)
    return found


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


def test_a_faulty_profile_opens_as_it_last_opened_and_says_so(
    home: Path, opened: list[Opening], capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_profile(home / "desk.toml", NOWHERE)
    keep_last_good(file)
    file.write_text('[desk]\ntheme = "green"\n', encoding="utf-8")
    words = ["desk", "--profile", str(file), "--profile-dir", str(home / "d"), "--key", "file"]
    assert main(words) == 0
    assert f"{file}:2: theme must be one of" in capsys.readouterr().err
    assert [each.notices[0].code for each in opened] == ["profile_faulty"]
    assert main(["sync", *words[1:]]) == 2, "a script is told, and does nothing else"


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
