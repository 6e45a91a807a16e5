"""The fictional county beside the desk: a real HTTP server in a process of its own."""

from __future__ import annotations

import re
import selectors
import subprocess
import time
from pathlib import Path

from desktop.commands.opening import CannotOpen
from desktop.commands.own_program import own_program
from desktop.domain.source import Problem

READY_WITHIN_S = 60.0

PROFILE = """\
[desk]
name = "demo"
title = {{ zh = "云麓县", en = "Yunlu County" }}
timezone = "Asia/Shanghai"
township = "liulin"

[wall]
shifts = [
    {{ begins = "08:30", title = {{ zh = "白班", en = "Day shift" }} }},
    {{ begins = "20:30", title = {{ zh = "夜班", en = "Night shift" }} }},
]

[[source]]
id = "county"
kind = "county"
title = {{ zh = "县平台", en = "County" }}
url = "{url}"
login = "none"
expected_period_s = 15
"""


class DemoRun:
    """A running demo county and a profile file that points at it; one owner, one `close()`.

    It ends with this program, also when that is killed.
    """

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [
                *(*own_program(), "demo-county", "--port", "0", "--with-input"),
                *("--database", str(folder / "county.db"), *arguments),
            ],
            stdout=subprocess.PIPE,
            stdin=subprocess.PIPE,
        )
        self.url = self._ready_url()
        self.profile_file = folder / "demo.toml"
        self.profile_file.write_text(PROFILE.format(url=self.url), encoding="utf-8")

    def close(self) -> None:
        """Stop the server and wait for it; idempotent."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(3)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()

    def _ready_url(self) -> str:
        """The address the server prints when it answers; raises CannotOpen when it does not."""
        stream = self._process.stdout
        assert stream is not None
        deadline_s = time.monotonic() + READY_WITHIN_S
        said = b""
        with selectors.DefaultSelector() as waiting:
            waiting.register(stream, selectors.EVENT_READ)
            while time.monotonic() < deadline_s and waiting.select(deadline_s - time.monotonic()):
                chunk = stream.read1(4096)  # type: ignore[attr-defined]
                said += chunk
                found = re.search(rb"(http://\S+)\s", said)
                if found:
                    return found[1].decode()
                if not chunk:
                    break
        self.close()
        raise CannotOpen(Problem("demo_failed"))
