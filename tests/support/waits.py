"""Waits of threads that end as no wait should."""

from __future__ import annotations

import threading

import pytest


def break_wait(
    monkeypatch: pytest.MonkeyPatch, thread: str, error: type[BaseException], number: int = 1
) -> None:
    """Let the nth timed wait for an event raise in the thread of that name; all others wait."""
    wait, begun = threading.Event.wait, []

    def waited(event: threading.Event, timeout: float | None = None) -> bool:
        if timeout is not None and threading.current_thread().name == thread:
            begun.append(event)
            if len(begun) == number:
                raise error
        return wait(event, timeout)

    monkeypatch.setattr(threading.Event, "wait", waited)
