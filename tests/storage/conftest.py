"""The tests of the core run as where Qt is missing; a backup to restore."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from support.backups import a_desk, back_up
from support.quick_keys import make_keys_quick
from support.without_qt import surroundings

__all__ = ["surroundings"]


@pytest.fixture
def backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup of a desk that was open meanwhile; what makes keys costly is tested elsewhere."""
    make_keys_quick(monkeypatch)
    with closing(a_desk(tmp_path / "d")):
        contents = back_up(tmp_path / "d", tmp_path / "b.cdk")
    assert (contents.waiting, contents.drafts, contents.uploads) == (1, 1, 1)
    return tmp_path / "b.cdk"
