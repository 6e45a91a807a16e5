"""What must hold whatever happens; the letters are those of the quality document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.domain.command import Collection, CommandState
from model.disk import CacheState

if TYPE_CHECKING:
    from model.machine import Machine
    from model.world import World


class Violation(Exception):
    """An invariant was broken."""

    def __init__(self, letter: str, what: str) -> None:
        super().__init__(f"{letter}: {what}")
        self.letter = letter


def watch_cache(world: World, machine: Machine) -> None:
    """Check A and M at every commit of the machine's cache."""
    disk = machine.disk
    commit = disk.write_cache

    def watched(state: CacheState) -> None:
        before = disk.cache
        if state.token is not None and state.token != before.token:
            _check_token(world, before, state)
        if state.last_good_at is not None and state.last_good_at != before.last_good_at:
            world.watch.marked_good(machine, state.last_good_at)
        commit(state)

    disk.write_cache = watched  # type: ignore[method-assign]


def _sequence(token: str) -> tuple[str, int]:
    epoch, _, rest = token.partition(".")
    return epoch, int(rest.partition(".")[0])


def _check_token(world: World, before: CacheState, after: CacheState) -> None:
    assert after.token is not None
    epoch, reached = _sequence(after.token)
    if before.token is not None:
        known_epoch, known = _sequence(before.token)
        if known_epoch == epoch and reached < known:
            raise Violation("M", f"the token went from {before.token} back to {after.token}")
    county = world.county.state
    if epoch != county.epoch or world.strayed:
        return
    for (name, row_id), stored in county.rows.items():
        if stored.seq > reached:
            continue
        key = Collection(name), row_id
        kept = after.rows.get(key)
        if stored.row is None:
            if kept is not None and key not in after.held:
                raise Violation("A", f"{row_id} is deleted by {after.token}, and still here")
        elif kept is None or getattr(kept.row, "version", 0) < stored.version:
            raise Violation("A", f"{row_id} is older than {after.token}")


def check_exchange(world: World, machine: Machine) -> None:
    """Nothing is shown as answered that the county did not answer."""
    said = world.county.answers_ever
    refused = world.weather.refused
    for entry in machine.disk.outbox.entries.values():
        state = entry.record.state
        if state is CommandState.ACCEPTED or state is CommandState.CONFLICT:
            told = said.get(entry.record.command.key, ())
            if state.value not in told:
                raise Violation("L", f"{entry.record.command.key} is shown as {state.value}")
        elif state is CommandState.REJECTED:
            key = entry.record.command.key
            if "rejected" not in said.get(key, ()) and key not in refused:
                raise Violation("L", f"{key} is shown as rejected")


def check_end(world: World) -> None:
    """Everything that must be true once the accidents are over."""
    county = world.county.state
    marks = [mark for _, mark, _ in county.effects]
    done = set(marks)
    if len(done) != len(marks):
        raise Violation("D", f"done twice: {sorted(m for m in done if marks.count(m) > 1)}")
    for machine in world.machines:
        _check_commands(world, machine, done)
        _check_order(machine, marks)
        _check_rows(world, machine)


def _check_commands(world: World, machine: Machine, done: set[str]) -> None:
    entries = machine.disk.outbox.entries
    attention = {record.command.key for record in machine.outbox.attention()}
    for key, given in machine.owed.items():
        if key not in entries:
            raise Violation("L", f"{given.mark} was kept and is gone from the disk")
    by_key = {given.key: given for given in machine.clicks}
    for key, entry in entries.items():
        record = entry.record
        given_here = by_key.get(key)
        mark = "" if given_here is None else given_here.mark
        # Given anew, as with its report, the mark is done under the other key.
        # Killed between the commit and its confirmation, the officer did answer it.
        answered = any(other.record.replaces == key for other in entries.values())
        if record.state is CommandState.ACCEPTED and mark and mark not in done:
            raise Violation("L", f"{mark} is shown as accepted and the county lost it")
        if (
            record.state is CommandState.CANCELLED
            and mark in done
            and not (machine.tampered or answered)
        ):
            raise Violation("V", f"{mark} was withdrawn and done nevertheless")
        if record.state in (CommandState.REJECTED, CommandState.CONFLICT, CommandState.HELD):
            # A twin of this machine may have offered the same command in a later epoch.
            if mark in done and not (machine.tampered or answered):
                raise Violation("V", f"{mark} is shown as {record.state.value} and was done")
            dismissed = answered or machine.dismissed.get(key) == record.state.value
            if key not in attention and not dismissed:
                raise Violation("V", f"{mark} was {record.state.value} and nobody is told")


def _check_order(machine: Machine, marks: list[str]) -> None:
    place = {mark: index for index, mark in enumerate(marks)}
    last: dict[str, int] = {}
    for given in machine.clicks:
        at = place.get(given.mark)
        if at is None or given.key in machine.unordered:
            continue
        if at < last.get(given.target, -1):
            raise Violation(
                "O",
                f"{machine.name}: {given.mark} was done before an earlier one on {given.target}",
            )
        last[given.target] = at


def _check_rows(world: World, machine: Machine) -> None:
    cache = machine.disk.cache
    there = {
        (name, row_id): stored.version
        for (name, row_id), stored in world.county.state.rows.items()
        if stored.row is not None
    }
    here = {
        (str(name.value), row_id): getattr(kept.row, "version", 0)
        for (name, row_id), kept in cache.rows.items()
    }
    if here != there:
        odd = sorted(set(here.items()) ^ set(there.items()))
        raise Violation("C", f"{machine.name} differs from the county in {odd}")
