"""Accidents on the line, one by one: the invariants each must leave standing."""

from __future__ import annotations

import pytest

from desktop.domain.command import CommandKind, CommandState
from model.bench import Bench

COMMANDS, CHANGES, SESSION = "v1/commands", "v1/changes", "v1/session"
ACCEPTED, SENT, HELD = CommandState.ACCEPTED, CommandState.SENT, CommandState.HELD


@pytest.fixture(params=[False, True], ids=["level 1", "level 2"])
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(compact=request.param)


def test_L_a_request_that_is_lost_is_offered_again(bench: Bench):
    bench.note()
    bench.plan((COMMANDS, "request lost"))
    bench.exchange()
    assert (bench.done(), bench.states()) == ([], [SENT])
    bench.exchange()
    assert (bench.done(), bench.states()) == (["m1"], [ACCEPTED])
    bench.settle()


def test_D_a_response_lost_after_the_commit_does_nothing_twice(bench: Bench):
    bench.note()
    bench.plan((COMMANDS, "response lost"))
    bench.exchange()
    assert (bench.done(), bench.states()) == (["m1"], [SENT])
    bench.exchange()
    assert (bench.done(), bench.states()) == (["m1"], [ACCEPTED])
    bench.settle()


def test_D_O_a_late_ghost_of_a_request_changes_nothing(bench: Bench):
    bench.note()
    bench.plan((COMMANDS, "request late"))
    bench.exchange()
    bench.note()
    bench.exchange()
    assert bench.done() == ["m1", "m2"]
    bench.weather.deliver_ghost()
    assert bench.done() == ["m1", "m2"]
    bench.settle()


def test_D_a_post_doubled_by_a_middlebox_is_done_once(bench: Bench):
    bench.note()
    bench.plan((COMMANDS, "doubled"))
    bench.exchange()
    assert (bench.done(), bench.states()) == (["m1"], [ACCEPTED])
    bench.settle()


def test_L_an_answer_that_belongs_to_an_earlier_request_answers_only_its_own_keys(bench: Bench):
    bench.note("i1")
    bench.plan((COMMANDS, "response lost"))
    bench.exchange()
    bench.note("i2")
    bench.plan((COMMANDS, "answer of before"))
    bench.exchange()
    assert bench.states()[0] is ACCEPTED
    assert bench.states()[1] is not ACCEPTED
    bench.settle()


def test_L_an_answer_of_a_life_before_the_restore_answers_nothing(bench: Bench):
    backup = bench.county.back_up()
    bench.note()
    bench.plan((COMMANDS, "response lost"))
    bench.exchange()
    bench.county.restore(backup)
    bench.plan((COMMANDS, "other epoch"), (COMMANDS, "answer of before alone"))
    bench.exchange()
    assert ACCEPTED not in bench.states() or bench.done() == ["m1"]
    bench.settle()
    assert bench.done() == ["m1"]


def test_L_results_cut_at_a_valid_prefix_leave_the_rest_unanswered(bench: Bench):
    keys = [bench.note(f"i{number}") for number in (1, 2, 3)]
    for _ in range(6):
        bench.plan((COMMANDS, "results left out"))
        bench.exchange()
    told = bench.county.answers_ever
    assert all(key in told for key in keys)
    bench.settle()


@pytest.mark.parametrize("accident", ["cut", "cut unnoticed", "cut at a line"])
def test_A_a_body_cut_anywhere_moves_no_token_past_its_rows(bench: Bench, accident: str):
    for number in range(20):
        bench.county_lives(bench.desk)
        bench.plan((CHANGES, accident))
        bench.exchange()
        if number % 5 == 0:
            bench.desk.disk.lose_cache()
            bench.plan(("v1/snapshot", accident))
    bench.settle()


@pytest.mark.parametrize("accident", ["portal page", "portal json", "portal redirect"])
def test_L_a_captive_portal_answers_no_command_and_moves_no_row(bench: Bench, accident: str):
    bench.note()
    before = bench.ids()
    for path in (COMMANDS, CHANGES):
        bench.plan((path, accident))
    bench.exchange()
    assert (bench.states(), bench.done(), bench.ids()) == ([SENT], [], before)
    assert bench.desk.problem != ""
    bench.settle()


def test_L_a_login_that_expires_in_mid_queue_holds_and_goes_on_after_the_next(bench: Bench):
    bench.note("i1")
    bench.weather.login_expired = True
    bench.exchange()
    bench.note("i1")
    bench.exchange()
    assert HELD in bench.states()
    assert bench.done() == []
    assert bench.desk.board.attention()
    bench.settle()
    assert bench.done() == ["m1", "m2"]


def test_T_a_command_a_firewall_stops_blocks_no_other_and_is_said(bench: Bench):
    poison = bench.note("i1")
    bench.note("i2")
    bench.weather.firewalled.add(poison.encode())
    for _ in range(4):
        bench.exchange()
    assert bench.done("i2") == ["m2"]
    assert bench.states()[0] is not ACCEPTED
    assert bench.desk.problem == "forbidden"
    bench.settle()
    assert bench.done("i1") == ["m1"]


def test_V_a_command_the_county_cannot_read_is_refused_alone_and_the_officer_told(bench: Bench):
    poison = bench.note("i1")
    bench.note("i2")
    bench.weather.unreadable.add(poison.encode())
    bench.exchange()
    bench.exchange()
    assert bench.states() == [CommandState.REJECTED, ACCEPTED]
    assert [record.command.key for record in bench.desk.board.attention()][-1] == poison
    bench.settle()


def test_T_a_busy_server_is_waited_for_as_it_asked(bench: Bench):
    bench.note()
    bench.plan((COMMANDS, "busy"))
    bench.exchange()
    assert bench.desk.retry_after_s == 7.0
    assert bench.states() == [SENT]
    bench.settle()


def test_C_M_410_in_mid_paging_leads_to_a_snapshot_and_sets_no_token_back(bench: Bench):
    for _ in range(9):
        bench.county_lives(bench.desk)
    bench.plan((CHANGES, ""), (CHANGES, "too old"))
    bench.exchange()
    bench.settle()


def test_T_409_twice_in_a_row_ends_with_the_commands_done(bench: Bench):
    bench.note()
    bench.plan((COMMANDS, "other epoch"), (COMMANDS, "other epoch"))
    bench.exchange()
    bench.exchange()
    assert (bench.done(), bench.states()) == (["m1"], [ACCEPTED])
    bench.settle()


def test_T_a_link_that_flaps_every_three_seconds_gets_everything_through(bench: Bench):
    for turn in range(12):
        bench.note(f"i{1 + turn % 3}")
        bench.now_s += 3
        bench.plan((COMMANDS if turn % 2 else CHANGES, "response lost" if turn % 3 else "cut"))
        bench.exchange()
    bench.weather.planned.clear()
    bench.settle()
    assert sorted(bench.done("i1")) == sorted(["m1", "m4", "m7", "m10"])


def test_L_O_thirty_days_offline_with_five_hundred_commands_queued(bench: Bench):
    for number in range(500):
        bench.note(f"i{1 + number % 3}")
        bench.plan((SESSION, "request lost"))
    bench.weather.planned.clear()
    bench.county.forget()
    bench.now_s += 30 * 86_400
    bench.exchange()
    bench.exchange()
    assert bench.states() == [ACCEPTED] * 500
    assert bench.done("i1") == [f"m{number}" for number in range(1, 501, 3)]
    bench.settle()


def test_L_D_sleep_in_mid_request_ends_with_the_command_done_once(bench: Bench):
    bench.note()
    bench.plan((COMMANDS, "response lost"), (CHANGES, "request lost"))
    bench.exchange()
    bench.desk.connector.reset()
    bench.now_s += 9 * 3600
    bench.exchange()
    assert (bench.done(), bench.states()) == (["m1"], [ACCEPTED])
    bench.settle()


def test_L_a_server_killed_between_two_commands_does_all_or_nothing(bench: Bench):
    for _ in range(3):
        bench.note()
    bench.plan((COMMANDS, "server killed"))
    bench.exchange()
    assert bench.done() in ([], ["m1", "m2", "m3"])
    bench.settle()
    assert bench.done() == ["m1", "m2", "m3"]


def test_V_a_decision_on_a_row_that_others_changed_comes_back_with_both_versions(bench: Bench):
    key = bench.click(CommandKind.DISPATCH, unit="市政科")
    row = bench.county.state.rows["incidents", "i1"].row
    bench.county.put("incidents", type(row)(**{**_fields(row), "summary": "别人改过"}))
    bench.exchange()
    assert bench.states() == [CommandState.CONFLICT]
    conflict = bench.desk.board.answering.conflict(key)
    assert conflict is not None
    assert conflict.mine is not None
    assert conflict.theirs is not None
    bench.settle()


def _fields(row: object) -> dict[str, object]:
    names = type(row).__struct_fields__  # type: ignore[attr-defined]
    return {name: getattr(row, name) for name in names}
