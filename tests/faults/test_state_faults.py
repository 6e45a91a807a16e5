"""Accidents of disks, servers, clocks and pages, one by one, and the invariants left standing."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from desktop.domain.command import Collection, CommandState
from desktop.wire import level1
from model.bench import Bench
from model.disk import Crash, Disk
from model.memory_cache import HELD_FROM
from model.rows import Request, Said, Stored, encode
from model.world import Copied

COMMANDS, CHANGES = "v1/commands", "v1/changes"
ACCEPTED = CommandState.ACCEPTED
INCIDENTS = Collection.INCIDENTS


@pytest.fixture(params=[False, True], ids=["level 1", "level 2"])
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(compact=request.param)


def put(bench: Bench, name: str, **changes: Any) -> None:
    """Somebody else adds or changes an incident."""
    stored = bench.county.state.rows.get(("incidents", name))
    row = stored.row if stored and stored.row else level1.Incident(name, "落石", bench.county.now)
    bench.county.put("incidents", msgspec.structs.replace(row, **changes))


def requests(bench: Bench) -> int:
    """How many requests the desk has made so far."""
    return sum(line.requests for line in bench.desk.connector.clients)  # type: ignore[attr-defined]


def test_A_L_power_lost_takes_rows_and_token_back_together_and_no_command(bench: Bench):
    bench.desk.disk.check_point()
    bench.note()
    put(bench, "i4")
    bench.exchange()
    bench.desk.disk.lose_power(3)
    bench.desk.start()
    assert "i4" not in bench.ids()
    assert bench.states() == [ACCEPTED]
    bench.exchange()
    assert "i4" in bench.ids()
    bench.settle()


@pytest.mark.parametrize("step", range(12))
def test_L_D_A_a_crash_at_any_step_of_an_exchange_heals(bench: Bench, step: int):
    bench.note()
    put(bench, "i4")
    bench.desk.disk.crash_in = step
    try:
        bench.exchange()
    except Crash:
        bench.desk.start()
    bench.settle()
    assert bench.done() == ["m1"]


def test_L_O_a_server_restored_from_a_backup_gets_back_what_it_forgot_in_order(bench: Bench):
    backup = bench.county.back_up()
    bench.note()
    bench.exchange()
    bench.county.restore(backup)
    bench.note()
    bench.exchange()
    bench.exchange()
    assert bench.done() == ["m1", "m2"]
    bench.settle()


def test_L_O_a_restored_server_is_noticed_although_the_cache_was_lost_too(bench: Bench):
    backup = bench.county.back_up()
    bench.note()
    bench.exchange()
    bench.county.restore(backup)
    bench.desk.disk.lose_cache()
    bench.desk.start()
    bench.note()
    bench.exchange()
    bench.exchange()
    assert bench.done() == ["m1", "m2"]
    bench.settle()


def test_D_a_disk_rolled_back_offers_again_under_the_same_keys(bench: Bench):
    bench.note()
    bench.copies.append((0, Copied(bench.desk.disk.image(), bench.desk.owed.copy())))
    bench.exchange()
    bench.roll_back(bench.desk)
    bench.note()
    bench.exchange()
    assert bench.done() == ["m1", "m2"]
    assert bench.states() == [ACCEPTED] * 2
    bench.settle()


def test_O_a_ghost_of_before_a_roll_back_is_fenced_off(bench: Bench):
    bench.copies.append((0, Copied(bench.desk.disk.image(), bench.desk.owed.copy())))
    bench.note()
    bench.plan((COMMANDS, "request late"))
    bench.exchange()
    bench.roll_back(bench.desk)
    bench.note()
    bench.exchange()
    bench.weather.deliver_ghost()
    assert bench.done() == ["m2"]
    bench.settle()


def test_D_T_a_cloned_machine_does_nothing_twice_and_both_come_to_rest(bench: Bench):
    bench.note()
    bench.clone(bench.desk)
    for machine in bench.machines:
        machine.exchange()
    bench.note()
    bench.settle()
    assert bench.done() == ["m1", "m2"]


@pytest.mark.parametrize("days", [-1, 1])
def test_L_O_a_clock_a_day_wrong_or_running_backwards_changes_nothing(bench: Bench, days: int):
    bench.note()
    bench.desk.hand.wrong_by_ms = days * 86_400_000
    bench.exchange()
    bench.desk.hand.wrong_by_ms -= 7_200_000
    bench.note()
    put(bench, "i4")
    bench.exchange()
    assert abs(bench.desk.clock.now() - bench.now_s * 1000) < 2_000
    bench.settle()
    assert bench.done() == ["m1", "m2"]


def test_C_equal_timestamps_at_a_page_edge_lose_no_row(bench: Bench):
    at = bench.county.now
    for number in range(10):
        bench.county.put("incidents", level1.Incident(f"e{number}", "落石", at))
    bench.exchange()
    assert {f"e{number}" for number in range(10)} <= bench.ids()
    bench.settle()


@pytest.mark.parametrize("count", [2, 3, 4, 6])
def test_C_T_as_many_changes_as_a_page_holds_end_the_pull(bench: Bench, count: int):
    for number in range(count):
        put(bench, f"e{number}")
    before = requests(bench)
    bench.exchange()
    assert requests(bench) - before <= 1 + count
    bench.settle()


def test_T_empty_pages_that_promise_more_are_left_in_time(bench: Bench, monkeypatch):
    answer = type(bench.county).answer
    told = level1.Changes("county-desk/1", "", True, (), bench.county.now)
    head = bench.county.state.head

    def endless(self: Any, request: Request) -> Said:
        if request.path != CHANGES:
            return answer(self, request)
        seen = int(request.query["since"].split(".")[1])
        return Said(200, encode(msgspec.structs.replace(told, token=f"e1.{seen + 1}.all")))

    monkeypatch.setattr(type(bench.county), "answer", endless)
    before = requests(bench)
    bench.exchange()
    assert bench.desk.problem == "no_progress"
    assert requests(bench) - before < 30
    assert head < 100


def test_A_C_a_row_changed_between_two_pages_comes_as_it_is_in_the_end(bench: Bench):
    for number in range(8):
        put(bench, f"e{number}")
    for _ in range(4):
        bench.plan((CHANGES, "row changed meanwhile"))
    bench.weather.between = lambda: put(bench, "e0", summary=f"s{bench.county.state.head}")
    bench.exchange()
    bench.settle()


def test_C_a_row_created_and_deleted_in_one_delta_is_gone(bench: Bench):
    put(bench, "e1")
    bench.county.delete("incidents", "e1")
    bench.exchange()
    assert "e1" not in bench.ids()
    bench.settle()


def test_V_a_deletion_that_races_a_command_ends_in_a_refusal_the_officer_sees(bench: Bench):
    bench.note("i1")
    bench.county.delete("incidents", "i1")
    bench.exchange()
    assert bench.states() == [CommandState.REJECTED]
    assert len(bench.desk.board.attention()) == 1
    assert "i1" not in bench.ids()
    bench.settle()


def test_C_a_mass_deletion_waits_until_the_sum_agrees(bench: Bench):
    for number in range(20):
        put(bench, f"e{number:02}")
    bench.exchange()
    bench.county.page_rows = 12
    for number in range(20):
        bench.county.delete("incidents", f"e{number:02}")
    held = 0
    commit = bench.desk.disk.write_cache

    def watched(state: Any) -> None:
        nonlocal held
        held = max(held, len(state.held))
        commit(state)

    bench.desk.disk.write_cache = watched  # type: ignore[method-assign]
    bench.exchange()
    assert held > HELD_FROM
    assert not bench.desk.disk.cache.held
    bench.settle()


def stray(bench: Bench, name: str) -> None:
    """Make a row on the desk differ from the county's without anybody's knowing."""
    bench.strayed = True
    cache = bench.desk.disk.cache
    rows = cache.rows.copy()
    kept = rows.pop((INCIDENTS, name))
    weight = level_weight(name, kept.row)
    bench.desk.disk.cache = msgspec.structs.replace(
        cache, rows=rows, sum=(cache.sum - weight) % 2**64
    )


def level_weight(name: str, row: Any) -> int:
    from desktop.protocol.checksum import weight

    return weight("incidents", name, row.version)


def test_C_rows_astray_are_found_by_the_sum_and_mended_by_their_buckets_twice(bench: Bench):
    for turn in range(2):
        stray(bench, "i2")
        put(bench, f"e{turn}")
        bench.exchange()
        assert "i2" in bench.ids()
        assert not bench.desk.disk.cache.diverged
    bench.settle()


def test_C_a_change_the_server_never_told_of_is_found_by_the_sum(bench: Bench):
    bench.strayed = True
    stored = bench.county.state.rows["incidents", "i2"]
    put(bench, "i2", summary="leise")
    now = bench.county.state.rows["incidents", "i2"]
    # The change stands, but under the sequence number of before: a gap.
    bench.county.state.rows["incidents", "i2"] = Stored(
        stored.seq, now.version, now.number, now.row, now.body
    )
    put(bench, "e1")
    bench.exchange()
    bench.settle()


def test_S_another_disk_is_another_installation(bench: Bench):
    bench.add_machine(Disk("desk-2"))
    names = {machine.outbox.client_id() for machine in bench.machines}
    assert len(names) == 2
