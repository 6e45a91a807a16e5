"""Answers that make no sense or prove nothing: when to ask again."""

from __future__ import annotations

FIRST_PUZZLE_S, LONGEST_PUZZLE_S = 600.0, 24 * 3600.0


class Puzzles:
    """When to ask again about commands and files, by name; used by the worker's thread alone."""

    def __init__(self) -> None:
        self._waits: dict[str, tuple[float, float]] = {}
        """When to ask again, and the wait before."""

    def note(self, name: str, now_s: float) -> float:
        """Note such an answer; returns the seconds until it is asked again, ever more seldom."""
        _, waited_s = self._waits.get(name, (0.0, FIRST_PUZZLE_S / 2))
        wait_s = min(LONGEST_PUZZLE_S, waited_s * 2)
        self.ask_after(name, now_s, wait_s)
        return wait_s

    def ask_after(self, name: str, at_s: float, wait_s: float) -> None:
        """Ask about that name no sooner than `wait_s` after `at_s`."""
        self._waits[name] = at_s + wait_s, wait_s

    def is_early(self, name: str, now_s: float) -> bool:
        """Whether it is too early to ask about that again."""
        return now_s < self._waits.get(name, (0.0, 0.0))[0]

    def early(self, prefix: str, now_s: float) -> set[str]:
        """Return the names with that prefix, cut off, about which it is too early to ask."""
        names = (name for name in self._waits if name.startswith(prefix))
        return {name.removeprefix(prefix) for name in names if self.is_early(name, now_s)}

    def forget(self, name: str) -> None:
        """Allow that name to be asked about at once."""
        self._waits.pop(name, None)
