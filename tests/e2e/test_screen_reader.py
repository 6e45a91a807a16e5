"""The real program as a reader of the screen has it, over the bus of accessibility alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop.gui.keyring_window import WAITING
from desktop.gui.passphrase import WORDS as PASSPHRASE
from support import spoken_rules
from support.display import Display
from support.duty_officer import XDOTOOL
from support.program import PROGRAM, ROOT, County, until, write_profile
from support.screen_reader import At, Buses, Node, Reader

SAID_WITHIN_S = 30
SIZE = (1366, 768)
MOST_STEPS = 16
SCREENS = ROOT / "tests" / "support" / "walked_screens.py"
FEWEST = {"desk": 35, "township": 20, "wall": 3, "first": 6}
MATTER, PLACE, WORDS = "老桥头路面塌陷", "老桥头东侧", "路面下陷半米，已拦住车辆"


@contextmanager
def a_session(folder: Path) -> Iterator[tuple[Reader, dict[str, str]]]:
    """A reader of the screen, and the environment of a program that it can read."""
    with Display(*SIZE) as display, Buses(display.environment()) as buses, Reader(buses) as reader:
        yield reader, buses.environment()


@contextmanager
def running(environment: dict[str, str], *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program of the desk in a window that has the keyboard, as a desktop would give it."""
    process = subprocess.Popen(
        words,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=20)


def give_keyboard(environment: dict[str, str], pid: int) -> None:
    """Give the program's window the keyboard once it is there, as a window manager does."""

    def ask(*words: str) -> list[str]:
        told = subprocess.run([XDOTOOL, *words], env=environment, capture_output=True, check=False)
        return told.stdout.decode().split()

    windows = until(lambda: ask("search", "--onlyvisible", "--pid", str(pid)), 30, "a window")
    ask("windowfocus", "--sync", windows[-1])


def test_an_officer_who_sees_nothing_acknowledges_the_worst_incident_and_enters_another(
    tmp_path: Path,
) -> None:
    words = ("--speed", "0", "--incidents", "60")
    with a_session(tmp_path) as (reader, environment), County(tmp_path, *words) as county:
        profile = write_profile(tmp_path / "desk.toml", county.url)
        options = ("--profile", os.fspath(profile), "--profile-dir", os.fspath(tmp_path / "own"))
        with running(environment, *PROGRAM, "desk", *options, "--key", "file") as desk:
            until(lambda: has_rows(reader), SAID_WITHIN_S, "the list with its rows")
            give_keyboard(environment, desk.pid)
            begun_s = time.monotonic()
            reader.press("j")
            worst = reader.hear(lambda said: said.startswith("SJ-"), SAID_WITHIN_S, "a row")
            number, _, rest = worst.partition(" · ")
            assert rest.endswith("未确认")
            reader.press("a")
            listen(reader, "确认", "本机已存")
            enter_an_incident(reader)
            listen(reader, f"新建事件 · {MATTER}", "本机已存")
            for what in ("确认", f"新建事件 · {MATTER}"):
                listen(reader, what, "县级已签收")
            took_s = time.monotonic() - begun_s
            tree = spoken_rules.read(reader, reader.windows())
            assert list(spoken_rules.broken(tree, "zh_CN")) == []
        [acknowledged] = find_bodies(county, number)
        [created] = find_bodies(county, MATTER)
    assert '"acknowledged_at":' in acknowledged
    assert all(text in created for text in (PLACE, WORDS))
    print(f"{reader.steps} steps, {took_s:.1f} s, heard: {reader.heard}")
    assert reader.steps <= MOST_STEPS


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("posture", ["desk", "township", "wall", "first"])
def test_every_screen_tells_a_reader_what_each_thing_is(
    tmp_path: Path, posture: str, language: str
) -> None:
    found: dict[str, list[str]] = {}
    with a_session(tmp_path) as (reader, environment), County(tmp_path) as county:
        profile = write_profile(tmp_path / "desk.toml", county.url)
        words = (posture, language, os.fspath(profile))
        with running(environment, sys.executable, os.fspath(SCREENS), *words) as program:
            for name in next_screens(program):
                tree = spoken_rules.read(reader, reader.windows())
                found[name] = list(spoken_rules.broken(tree, language))
        assert program.returncode == 0
    assert len(found) >= FEWEST[posture]
    assert {name: broken for name, broken in found.items() if broken} == {}


def test_the_windows_before_a_desk_say_what_they_are_about(tmp_path: Path) -> None:
    profile = write_profile(tmp_path / "desk.toml", "http://127.0.0.1:9")
    words = ("first", "zh_CN", os.fspath(profile))
    told: dict[str, str] = {}
    with (
        a_session(tmp_path) as (reader, environment),
        running(environment, sys.executable, os.fspath(SCREENS), *words) as program,
    ):
        for name in next_screens(program):
            tree = spoken_rules.read(reader, reader.windows())
            assert list(spoken_rules.broken(tree, "zh_CN")) == [], name
            windows = [node for node, around in tree if not around]
            [told[name]] = [w.description for w in windows if "visible" in w.states]
            if name == "keyring":
                reader.hear(lambda said: said == WAITING, SAID_WITHIN_S, "the keyring's words")
    assert told["passphrase"] == PASSPHRASE["known"][0]
    assert told["refusal"].startswith("配置 desk.toml 是给更新的版本写的。")


@pytest.mark.parametrize(("name", "is_found"), [("Language 中文", False), ("语言 中文", True)])
def test_only_the_name_of_a_language_may_be_in_another(name: str, is_found: bool) -> None:
    window, button = (
        Node(At("", role), role, said, "", frozenset({"visible"}), frozenset(), 0)
        for role, said in (("frame", "Desk"), ("radio button", name))
    )
    tree = spoken_rules.Tree([(window, ()), (button, (window,))])
    assert bool(list(spoken_rules.broken(tree, "en"))) == is_found


def next_screens(program: subprocess.Popen[bytes]) -> Iterator[str]:
    """Go through the screens of a program, each by its name; at last it tells how many."""
    assert program.stdout is not None
    assert program.stdin is not None
    while not (name := program.stdout.readline().decode().strip()).isdecimal():
        assert name, "it has ended early"
        yield name
        program.stdin.write(b"\n")
        program.stdin.flush()
    program.wait(20)


def has_rows(reader: Reader) -> bool:
    """Whether the list of incidents can be read."""
    return any(node.role == "cell" for node, _ in spoken_rules.read(reader, reader.windows()))


def find_bodies(county: County, text: str) -> list[str]:
    """The incidents with this text, as the county's own database holds them."""
    found = county.ask("SELECT CAST(body AS TEXT) FROM rows WHERE collection = 'incidents'")
    return [body for (body,) in found if text in body]


def listen(reader: Reader, what: str, state: str) -> None:
    """Wait until it is said that a command has come so far."""

    def is_it(said: str) -> bool:
        return said.startswith(f"{what} · ") and said.endswith(state)

    reader.hear(is_it, SAID_WITHIN_S, f"{what} {state}")


def enter_an_incident(reader: Reader) -> None:
    """Fill in the form field by field, each found by its name, and hand it over."""
    reader.press("n")
    reader.hear(lambda said: said == "什么事", SAID_WITHIN_S, "the form's first field")
    tree = spoken_rules.read(reader, reader.windows())
    fields = {node.name: node.at for node, _ in tree if "EditableText" in node.interfaces}
    for name, text in (("什么事", MATTER), ("在哪里", PLACE), ("情况", WORDS)):
        reader.write(fields[name], text)
    for name, initials, choice in (("类别", "lstf", "落石塌方"), ("乡镇", "cgz", "城关镇")):
        reader.focus(fields[name])
        reader.press(*initials)
        reader.hear(choice.__eq__, SAID_WITHIN_S, choice)
    reader.press("Control_L+Return")
