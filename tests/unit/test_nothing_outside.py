"""A test of this folder that reaches for disk, network or another program is told so."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from support.nothing_outside import Refused


@pytest.mark.parametrize(
    ("reach", "said"),
    [
        (lambda: Path("a.txt").write_text("一", "utf-8"), r"a\.txt was opened for writing"),
        (lambda: os.open("a.txt", os.O_RDWR), r"a\.txt was opened for writing"),
        (lambda: os.open("a.txt", os.O_CREAT | os.O_WRONLY), r"a\.txt was opened for writing"),
        (lambda: Path("folder").mkdir(), r"folder was changed"),
        (lambda: Path(__file__).rename("b.py"), r"test_nothing_outside\.py was changed"),
        (lambda: sqlite3.connect("a.db"), r"the database a\.db was opened"),
        (lambda: apsw.Connection("a.db"), r"the database a\.db was opened"),
        (socket.socket, "a network socket was made"),
        (lambda: subprocess.run(["true"], check=False), "a program was started"),
    ],
)
def test_what_this_folder_has_not_is_refused_in_words(reach: Callable[[], object], said: str):
    with pytest.raises(Refused, match=f"{said}.*: tests/unit has no disk, no network and no other"):
        reach()


def test_reading_and_a_database_in_memory_and_a_pair_of_ones_own_are_let_be():
    assert "disk" in Path(__file__).read_text("utf-8")
    for connect in (sqlite3.connect, apsw.Connection):
        connect(":memory:").close()
    for end in socket.socketpair():
        end.close()
