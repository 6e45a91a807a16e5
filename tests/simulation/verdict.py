"""What a history says against the program: its own mistakes in its own words, and the judge's."""

from __future__ import annotations

from simulation.history import History
from simulation.judge import judge


def violations(history: History) -> list[str]:
    """One line for each fault found; none when all is well."""
    found = [
        f"program error: {event['says']} {event['error']} {event['at']}"
        for event in history.of("program error")
    ]
    found += [
        f"internal error at {event['desk']}"
        for event in history.of("exchange")
        if event["outcome"] == "internal_error"
    ]
    return found + judge(history)
