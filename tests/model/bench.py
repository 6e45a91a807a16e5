"""One desk and one county, for accidents that a test brings about one by one."""

from __future__ import annotations

from typing import Any

from desktop.domain.command import Collection, CommandKind, CommandState, Key
from model.invariants import check_end
from model.machine import SOURCE, Given
from model.world import World


class Bench(World):
    """A world in which nothing happens by chance."""

    def __init__(self, *, compact: bool = False) -> None:
        super().__init__(0)
        self.county.page_rows = 3
        self.desk = self.machines[0]
        self._clicks = 0
        if compact:
            self.county.compact = True
            for name, stored in self.county.state.rows.items():
                self.county.state.history[name] = ((stored.seq, stored.row),)
        else:
            self.county.compact = False
        self.exchange()

    def click(self, kind: CommandKind, target: str = "i1", **body: Any) -> str:
        """The officer submits a command; its key."""
        self._clicks += 1
        key = f"{self._clicks:032x}"
        if kind is not CommandKind.ACKNOWLEDGE:
            body.setdefault("text", f"m{self._clicks}")
        given = Given(key, str(body.get("text", "")), target)
        self.desk.give(kind, Key(SOURCE, Collection.INCIDENTS, target), body, given)
        return key

    def note(self, target: str = "i1") -> str:
        """A note whose text names it."""
        return self.click(CommandKind.NOTE, target)

    def exchange(self) -> bool:
        """One exchange of the desk; whether it went through."""
        self.now_s += 20
        return self.desk.exchange()

    def plan(self, *accidents: tuple[str, str]) -> None:
        """What meets the next requests, each as (beginning of the path, accident)."""
        self.weather.planned.extend(accidents)

    def states(self) -> list[CommandState]:
        """Of every command, in the order of the clicks."""
        return [record.state for record in self.desk.records()]

    def done(self, target: str = "i1") -> list[str]:
        """What the county did on a row, in its order."""
        return [mark for where, mark, _ in self.county.state.effects if where == target]

    def ids(self) -> set[str]:
        """Incidents on the desk."""
        rows = self.desk.disk.cache.rows
        return {name for collection, name in rows if collection is Collection.INCIDENTS}

    def settle(self) -> None:
        """Let the accidents be over and check L, D, O, C, V and T."""
        self._heal()

    def check(self) -> None:
        """Check the same as things stand now."""
        check_end(self)
