"""A program without its imports is the program: what it says, how it ends, how it is ended."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from support.forked import Forked, ForkServer
from support.program import county_desk, imports_shared

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked here")


@pytest.mark.parametrize("words", [("outbox", "list", "--nonsense"), ("list", "--help")])
def test_it_says_and_ends_as_one_started_from_nothing(words: tuple[str, ...]) -> None:
    with imports_shared():
        fresh, forked = county_desk(*words), county_desk(*words)
    assert (forked.returncode, forked.stdout, forked.stderr) == (
        fresh.returncode,
        fresh.stdout,
        fresh.stderr,
    )
    assert fresh.stdout or fresh.stderr


def test_the_first_of_each_command_and_another_environment_start_from_nothing(
    tmp_path: Path,
) -> None:
    server = ForkServer()
    with (tmp_path / "said").open("w+b") as said:

        def start(*words: str, **environment: str) -> Forked | None:
            files = (said.fileno(), said.fileno(), said.fileno())
            return server.start(words, dict(os.environ) | environment, *files)

        try:
            assert start("demo-county", "--port", "0") is None
            assert start("list", "incidents") is None
            running = start("demo-county", "--port", "0")
            assert running is not None
            assert start("demo-county", "--port", "0", LANG="xx") is None
            running.kill()
            assert running.wait(10) == -signal.SIGKILL
        finally:
            server.close()
