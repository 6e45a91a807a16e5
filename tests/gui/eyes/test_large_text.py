"""Larger text: windows are as large as the profile says, and nothing in them is cut by that."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pytest

from desktop.commands import refusal, screen
from desktop.commands.opening import CannotOpen
from desktop.commands.text_size import SCALE
from desktop.domain.source import Problem

PROFILE = """[desk]
text_size = "200"
[[source]]
id = "county"
kind = "county"
url = "http://127.0.0.1:9"
"""


@pytest.mark.parametrize(("command", "scale"), [("desk", "2"), ("township", "2"), ("wall", None)])
def test_every_window_but_a_walls_is_as_large_as_its_profile_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, scale: str | None
) -> None:
    file = tmp_path / "desk.toml"
    file.write_text(PROFILE, encoding="utf-8")
    found: list[str | None] = []

    def no_desk(*_given: object, **_more: object) -> None:
        found.append(os.environ.get(SCALE))
        raise CannotOpen(Problem("keyring_silent"))

    monkeypatch.setattr(screen, "open_desk", no_desk)
    monkeypatch.setattr(refusal, "refuse", lambda *_given, **_more: 2)
    monkeypatch.setattr("os.environ", dict(os.environ))
    options = argparse.Namespace(
        command=command, demo=False, profile=file, lang="en", key="auto", profile_dir=tmp_path
    )
    assert screen.main(options) == 2
    assert found == [scale]
