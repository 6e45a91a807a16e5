"""A frozen program has no interpreter beside it: it calls itself."""

from __future__ import annotations

import sys

from desktop.commands.own_program import own_program


def test_a_frozen_program_is_called_without_a_module(monkeypatch):
    assert own_program() == [sys.executable, "-m", "desktop"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert own_program() == [sys.executable]
