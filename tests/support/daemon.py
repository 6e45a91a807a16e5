"""A server of the session that says itself where it listens, for as long as a test lasts."""

from __future__ import annotations

import os
import selectors
import subprocess
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

READY_WITHIN_S = 30.0


class Daemon:
    """A running server, with its `address` as it wrote it."""

    def __init__(
        self, words: Callable[[int], Sequence[str]], environment: Mapping[str, str] | None = None
    ) -> None:
        """`words` are its command line, given the descriptor to which it writes its address."""
        reads, writes = os.pipe()
        try:
            self._process = subprocess.Popen(
                words(writes),
                env=environment,
                pass_fds=(writes,),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        finally:
            os.close(writes)
        try:
            self.address = self._read_line(reads)
        except BaseException:
            self.close()
            raise
        finally:
            os.close(reads)

    def _read_line(self, reads: int) -> str:
        """Return the line it writes once it listens."""
        said = b""
        with selectors.DefaultSelector() as waiting:
            waiting.register(reads, selectors.EVENT_READ)
            while not said.endswith(b"\n"):
                chunk = os.read(reads, 256) if waiting.select(READY_WITHIN_S) else b""
                if not chunk:
                    raise RuntimeError(f"{self._process.args!r} did not start")
                said += chunk
        return said.decode().strip()

    def close(self) -> None:
        """End it; idempotent."""
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
