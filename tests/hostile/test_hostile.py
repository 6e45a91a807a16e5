"""A slice of what strangers may send: every reader takes it or refuses it in words."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from PySide6.QtCore import qInstallMessageHandler

from desktop.connectors.county import level1
from hostile import inputs
from hostile.parsers import PARSERS, Parser, read

RUN = Path(__file__).with_name("run.py")


@pytest.fixture
def libraries_silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """They say in the log what they met, as they should; ours leaves out what strangers say."""
    monkeypatch.setattr(logging.getLogger("urllib3.connection"), "disabled", True)
    before = qInstallMessageHandler(lambda *_: None)
    yield
    qInstallMessageHandler(before)


@pytest.mark.parametrize("name", PARSERS)
def test_what_a_stranger_sends_is_taken_or_refused_in_words(name, libraries_silent):
    parser = PARSERS[name]

    @settings(max_examples=20, derandomize=True, database=None, deadline=None)
    @given(inputs.hostile(parser.samples))
    def feed(bodies: list[bytes]) -> None:
        for body in bodies:
            read(parser, body)

    feed()


@pytest.mark.parametrize("name", PARSERS)
def test_each_reader_takes_a_sound_message_so_that_the_hostile_ones_go_deep(name):
    parser = PARSERS[name]
    assert any(read(parser, sample) for sample in parser.samples)


def _endless(body: bytes) -> None:
    while body.startswith(b"endless"):
        pass


def _hungry(body: bytes) -> None:
    len(b"x" * (80 << 20) if body.startswith(b"hungry") else b"")


def _brittle(body: bytes) -> None:
    if body.startswith(b"brittle"):
        raise KeyError(body)


PLANTED = {
    "endless": ("hang", _endless),
    "hungry": ("", _hungry),
    "brittle": ("KeyError at test_hostile.py", _brittle),
}


@pytest.mark.parametrize("name", PLANTED)
def test_the_watch_tells_what_hangs_what_swells_and_what_breaks(name):
    code = (
        "import sys; sys.path[:0] = sys.argv[1:3]\n"
        "from hostile import watch\n"
        "from hostile.test_hostile import planted\n"
        "seen = planted(sys.argv[3])\n"
        "print(seen.inputs, round(seen.mb), [*seen.broke])\n"
    )
    tests = RUN.parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code, str(tests.parent), str(tests), name],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    count, megabytes, broke = done.stdout.strip().split(" ", 2)
    assert count == "3"
    assert PLANTED[name][0] in broke
    assert (int(megabytes) > 60) == (name == "hungry")


def planted(name: str) -> object:
    """What is seen of a reader with one fault: one input meets it, two do not."""
    from hostile.watch import Watch

    watch = Watch(Parser(name, (b"sound",), PLANTED[name][1]))
    for body in (b"sound", name.encode(), b"sound again"):
        watch.feed(body)
    watch.look()
    return watch.seen


def test_a_fault_in_reading_a_page_is_no_refusal(monkeypatch):
    parser = PARSERS["county page"]
    monkeypatch.setattr(level1, "read_page", lambda *_: {}["a place that is not there"])
    with pytest.raises(KeyError):
        read(parser, parser.samples[0])
