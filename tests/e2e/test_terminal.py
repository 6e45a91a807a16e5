"""The program at a terminal and in a script's pipe: words and exit statuses, no tracebacks."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from support.program import PROGRAM, ROOT, county_desk, free_port, write_profile
from support.servers import Said, ScriptedServer

TRACE = "Traceback"


@pytest.fixture
def desk(tmp_path: Path) -> tuple[str, ...]:
    """Options of a desk whose only source is not running."""
    profile = write_profile(tmp_path / "desk.toml", f"http://127.0.0.1:{free_port()}")
    return ("--profile", str(profile), "--profile-dir", str(tmp_path / "desk"), "--key", "file")


def test_a_reader_that_leaves_early_ends_the_list_without_a_word(desk: tuple[str, ...]):
    running = subprocess.Popen(
        [*PROGRAM, "list", "incidents", "--offline", *desk],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    said = running.stderr.read().decode()
    running.stderr.close()
    assert running.wait(60) == 141
    assert TRACE not in said
    assert "BrokenPipe" not in said


def test_output_that_finds_no_room_is_told_and_fails(desk: tuple[str, ...]):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*PROGRAM, "list", "incidents", "--offline", *desk],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    said = done.stderr.decode()
    assert done.returncode == 1
    assert "磁盘已满" in said
    assert TRACE not in said


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_a_locale_without_chinese_shows_it_all_the_same(desk: tuple[str, ...], encoding: str):
    done = county_desk(
        "list", "incidents", "--offline", *desk, environment={"PYTHONIOENCODING": encoding}
    )
    assert TRACE not in done.stderr
    assert "从未收到" in done.stdout


def test_ctrl_c_ends_a_waiting_exchange_quietly(tmp_path: Path):
    unfinished = Said(b"{", headers={"Content-Length": "100"}, stall=True)
    with ScriptedServer({"*": unfinished}) as server:
        profile = write_profile(tmp_path / "desk.toml", server.url)
        running = subprocess.Popen(
            [*PROGRAM, "sync", "--profile", profile, "--profile-dir", tmp_path / "d",
             "--key", "file"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            # A shell's background job ignores Ctrl-C, and so would all it starts.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )  # fmt: skip
        assert server.waiting.wait(60)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert TRACE not in said.decode()


def test_a_folder_that_cannot_be_is_said_in_words(desk: tuple[str, ...], tmp_path: Path):
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        done = county_desk("list", "assets", *desk, "--profile-dir", str(folder), "--lang", "en")
        assert done.returncode == 2
        assert TRACE not in done.stderr
        assert os.fspath(tmp_path / "file") in done.stderr


def test_a_cache_broken_where_a_list_reads_is_put_aside_in_words_and_made_anew(
    desk: tuple[str, ...], tmp_path: Path
):
    county_desk("list", "assets", "--offline", *desk)
    file = tmp_path / "desk" / "cache.db"
    with file.open("r+b") as broken:
        broken.seek(4096)
        broken.write(b"\xa5" * (file.stat().st_size - 4096))
    first = county_desk("list", "assets", "--offline", *desk, "--lang", "en")
    assert (first.returncode, TRACE in first.stderr) == (1, False)
    assert "cache.corrupt-" in first.stderr
    again = county_desk("list", "assets", "--offline", *desk, "--lang", "en")
    assert (again.returncode, "cache.corrupt-" in again.stderr) == (1, False)
