"""The judge of the real rounds: silent on a round that held, and no planted violation escapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from faults.real.evidence import CountyEnd, DeskEnd, Evidence, Given, Row, Sync, Token, Withdrawn
from faults.real.judge import judge

FIRST, SECOND, FILE = "mk-1-1-", "mk-1-2-", "mk-1-3-"
DIGEST = "d" * 64


def a_record(key: str, mark: str, state: str = "accepted", **more: Any) -> dict[str, Any]:
    words = {"key": key, "state": state, "reason": "", "hold": "", "body": {"text": mark}}
    return words | more


def an_entry(mark: str) -> dict[str, Any]:
    return {"kind": "note", "text": {"zh": mark, "en": mark}}


def a_row() -> Row:
    files = [{"digest": DIGEST, "name": f"{FILE}.bin"}]
    timeline = [an_entry(mark) for mark in (FIRST, SECOND, FILE)]
    body = {"id": "I1", "title": {"zh": "落石", "en": "Rocks"}, "timeline": timeline,
            "files": files, "recorded_at": "2026-05-01T06:00:00.250+08:00"}  # fmt: skip
    return Row(7, body)


def date_it_wrongly(seen: Evidence) -> None:
    seen.given[FIRST].at_ms = 1_800_000_000_000
    timeline(seen)[0]["happened_at"] = "2027-01-13T08:00:00Z"


def listed(entry: dict[str, Any]) -> dict[str, Any]:
    text = entry["text"]["zh"]
    at = entry.get("happened_at")
    at = at and at.replace("Z", "+00:00")
    return {"kind": "note", "text": text, "happened_at": at, "recorded_at": None, "by": ""}


def a_listed_row(row: Row) -> dict[str, Any]:
    entries = [listed(entry) for entry in row.body["timeline"]]
    files = [{"size": 0, "here": True} | file for file in row.body["files"]]
    return {
        "whole": True, "summary": "", "acknowledged_by": "", "deadlines": [],
        "timeline": entries, "files": files,
        "id": "I1", "number": "", "level": "none", "stage": "filed", "title": "落石",
        "category": "", "channel": "", "township": "", "address": "", "lead_unit": "",
        "occurred_at": None, "recorded_at": "2026-04-30T22:00:00+00:00",
        "acknowledged_at": None, "lon": None, "lat": None, "version": 7,
    }  # fmt: skip


def a_round() -> Evidence:
    """Three commands of one desk, all done, with one exchange before and four after."""
    marks = {"k1": FIRST, "k2": SECOND, "k3": FILE}
    given = {
        mark: Given(mark, "note", "I1", "desk0", key, login="zhang") for key, mark in marks.items()
    }
    desk = DeskEnd(
        "desk0",
        [*given],
        [a_record(key, mark) for key, mark in marks.items()],
        {"incidents": [a_listed_row(a_row())]},
    )
    home = CountyEnd(
        dict.fromkeys(marks, ("zhang", "accepted")), {"incidents": {"I1": a_row()}},
        {DIGEST: True},
    )  # fmt: skip
    syncs = [Sync("desk0", 1, 0, "county: ok rows=3")]
    syncs += [Sync("desk0", 2, 0, "county: ok rows=0", is_healing=n, carried=800) for n in (1, 4)]
    tokens = [Token("desk0", 0, "e", number) for number in (3, 5, 5)]
    return Evidence(1, "line", given, [desk], home, CountyEnd({}, {}), syncs, tokens)


def test_a_round_that_held_is_not_found_fault_with():
    assert judge(a_round()) == []


def lose_from_outbox(seen: Evidence) -> None:
    del seen.desks[0].outbox[0]


def forget_at_county(seen: Evidence) -> None:
    del seen.home.commands["k1"]


def leave_no_trace(seen: Evidence) -> None:
    del timeline(seen)[0]


def lose_the_text(seen: Evidence) -> None:
    seen.desks[0].outbox[0]["body"] = {"text": ""}


def lose_the_file(seen: Evidence) -> None:
    seen.home.files[DIGEST] = False


def hide_the_file(seen: Evidence) -> None:
    incident(seen).body["files"][0]["here"] = False


def do_it_twice(seen: Evidence) -> None:
    timeline(seen).append(an_entry(FIRST))


def name_the_file_twice(seen: Evidence) -> None:
    files = incident(seen).body["files"]
    files.append(files[0])


def do_it_elsewhere(seen: Evidence) -> None:
    assert seen.other is not None
    seen.other.commands["k2"] = ("", "accepted")


def be_one_client(seen: Evidence) -> None:
    seen.desks[0].client = "c1"
    seen.desks.append(DeskEnd("desk1", [], [], {}, client="c1"))


def do_it_under_another_login(seen: Evidence) -> None:
    seen.home.commands["k2"] = ("li", "accepted")


def swap(seen: Evidence) -> None:
    entries = timeline(seen)
    entries[0], entries[1] = entries[1], entries[0]


def age_a_row(seen: Evidence) -> None:
    seen.desks[0].rows["incidents"][0]["version"] = 6


def change_a_field(seen: Evidence) -> None:
    seen.desks[0].rows["incidents"][0]["title"] = "别的"


def lose_an_entry(seen: Evidence) -> None:
    seen.desks[0].rows["incidents"][0]["timeline"].pop()


def keep_only_the_list(seen: Evidence) -> None:
    seen.desks[0].rows["incidents"][0]["whole"] = False


def drop_a_row(seen: Evidence) -> None:
    seen.desks[0].rows["incidents"].clear()


def keep_a_row_too_many(seen: Evidence) -> None:
    seen.desks[0].rows["incidents"].append(a_listed_row(a_row()) | {"id": "I2"})


def show_a_row_twice(seen: Evidence) -> None:
    seen.desks[0].rows["incidents"].append(a_listed_row(a_row()))


def age_a_row_by_a_kill(seen: Evidence) -> None:
    seen.desks[0].was_killed = True
    age_a_row(seen)


def go_back(seen: Evidence) -> None:
    seen.tokens.append(Token("desk0", 0, "e", 4))


def tell_another_answer(seen: Evidence) -> None:
    seen.home.commands["k1"] = ("zhang", "conflict")


def leave_unanswered(seen: Evidence) -> None:
    seen.desks[0].outbox[0]["state"] = "sent"


def refuse_without_words(seen: Evidence) -> None:
    seen.home.commands["k1"] = ("zhang", "rejected")
    seen.desks[0].outbox[0]["state"] = "rejected"


def refuse_alone(seen: Evidence) -> None:
    del seen.home.commands["k1"]
    seen.desks[0].outbox[0] |= {"state": "rejected", "reason": "不行"}


def withdraw_what_was_done(seen: Evidence) -> None:
    seen.desks[0].outbox[0]["state"] = "cancelled"


def forget_the_withdrawal(seen: Evidence) -> None:
    seen.withdrawn.append(Withdrawn("desk0", "k1", 0))


def hold_without_cause(seen: Evidence) -> None:
    del seen.home.commands["k1"]
    del timeline(seen)[0], seen.desks[0].rows["incidents"][0]["timeline"][0]
    seen.desks[0].outbox[0] |= {"state": "held", "hold": "copy", "reason": "请核对"}


def hold_without_words(seen: Evidence) -> None:
    hold_without_cause(seen)
    seen.desks[0].excused.add("copy")
    seen.desks[0].outbox[0]["reason"] = ""


def call_stored_what_was_done(seen: Evidence) -> None:
    seen.syncs[0].stored_but_done = ["k1"]


def call_well_what_waits(seen: Evidence) -> None:
    seen.syncs[0].unfinished = [a_record("k1", FIRST, "stored")]


def call_well_what_failed(seen: Evidence) -> None:
    seen.syncs[0].out = "county: failed refused"


def wait_silently_for_a_source_that_is_gone(seen: Evidence) -> None:
    sync = seen.syncs[0]
    sync.is_plugged, sync.exit, sync.out = False, 1, "outbox: 1"
    sync.unfinished = [a_record("k1", FIRST, "stored")]


def fail_without_words(seen: Evidence) -> None:
    seen.syncs[0].exit = 1


def end_oddly(seen: Evidence) -> None:
    seen.syncs[0].exit = 2


def move_rows_for_ever(seen: Evidence) -> None:
    seen.syncs[-1].rows = 1


def carry_much_for_ever(seen: Evidence) -> None:
    seen.syncs[-1].carried = 1024


def fail_for_ever(seen: Evidence) -> None:
    seen.syncs[-1] = Sync("desk0", 2, 1, "county: failed refused", is_healing=4)


def mend_dearly(seen: Evidence) -> None:
    seen.desks[0].healing_bytes = 1_000_000


def write_plainly(seen: Evidence) -> None:
    seen.desks[0].plain.append("store/cache.db")


def crash(seen: Evidence) -> None:
    seen.broken.append("Traceback")


def incident(seen: Evidence) -> Row:
    return seen.home.rows["incidents"]["I1"]


def timeline(seen: Evidence) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = incident(seen).body["timeline"]
    return entries


PLANTED: tuple[tuple[str, Callable[[Evidence], None]], ...] = (
    ("L", lose_from_outbox), ("L", forget_at_county), ("L", leave_no_trace),
    ("L", lose_the_text), ("L", lose_the_file), ("L", hide_the_file),
    ("D", do_it_twice), ("D", name_the_file_twice), ("D", do_it_elsewhere),
    ("D", do_it_under_another_login), ("D", be_one_client),
    ("O", swap),
    ("C", age_a_row), ("C", change_a_field), ("C", lose_an_entry),
    ("C", keep_only_the_list), ("C", drop_a_row), ("C", keep_a_row_too_many),
    ("C", show_a_row_twice), ("A", age_a_row_by_a_kill),
    ("M", go_back),
    ("V", tell_another_answer), ("V", leave_unanswered), ("V", refuse_without_words),
    ("V", refuse_alone), ("V", withdraw_what_was_done), ("V", forget_the_withdrawal),
    ("V", hold_without_cause),
    ("V", hold_without_words), ("V", call_stored_what_was_done), ("V", call_well_what_waits),
    ("V", call_well_what_failed), ("V", fail_without_words), ("V", end_oddly),
    ("V", date_it_wrongly),
    ("V", wait_silently_for_a_source_that_is_gone),
    ("T", move_rows_for_ever), ("T", carry_much_for_ever), ("T", fail_for_ever),
    ("B", mend_dearly), ("S", write_plainly), ("X", crash),
)  # fmt: skip


@pytest.mark.parametrize("letter, plant", PLANTED, ids=lambda value: getattr(value, "__name__", ""))
def test_a_planted_violation_is_caught_under_its_letter(letter, plant):
    seen = a_round()
    plant(seen)
    if letter not in "CA":
        seen.desks[0].rows = {"incidents": [a_listed_row(incident(seen))]}
    assert {found.letter for found in judge(seen)} == {letter}


def test_what_has_a_cause_is_no_violation():
    seen = a_round()
    hold_without_cause(seen)
    seen.desks[0].excused.add("copy")
    assert judge(seen) == []


def test_what_never_was_told_stored_may_be_missing_and_is_judged_when_it_is_there():
    seen = a_round()
    seen.given[FIRST].key = ""
    leave_unanswered(seen)
    assert [found.letter for found in judge(seen)] == ["V"]
    lose_from_outbox(seen)
    assert judge(seen) == []


def test_a_token_may_go_back_in_another_epoch_or_on_another_disk():
    seen = a_round()
    seen.tokens += [Token("desk0", 0, "f", 1), Token("desk0", 1, "e", 1), Token("desk1", 0, "e", 1)]
    assert judge(seen) == []


def test_a_minute_of_a_wrong_clock_is_no_violation():
    seen = a_round()
    date_it_wrongly(seen)
    timeline(seen)[0]["happened_at"] = "2027-01-15T08:01:00Z"
    seen.desks[0].rows = {"incidents": [a_listed_row(incident(seen))]}
    assert judge(seen) == []


def test_a_withdrawal_on_a_disk_that_is_no_more_binds_nobody():
    seen = a_round()
    seen.withdrawn.append(Withdrawn("desk0", "k1", 7))
    assert judge(seen) == []


def test_a_copy_of_the_disk_may_do_what_the_other_withdrew_and_order_is_each_disks_own():
    seen = a_round()
    twin = DeskEnd("desk1", [FIRST, FILE], [a_record("k1", FIRST), a_record("k3", FILE)], {})
    seen.desks.append(twin)
    withdraw_what_was_done(seen)
    assert judge(seen) == []


def test_what_an_officer_sent_all_the_same_may_stand_out_of_order():
    seen = a_round()
    swap(seen)
    seen.desks[0].rows = {"incidents": [a_listed_row(incident(seen))]}
    seen.given[FIRST].released = True
    assert judge(seen) == []


def test_a_round_that_came_to_no_end_is_broken():
    seen = a_round()
    seen.home = None
    assert [found.letter for found in judge(seen)] == ["X"]


def test_a_withdrawn_command_reads_done_only_where_another_copy_of_the_disk_may_have_done_it():
    seen = a_round()
    forget_the_withdrawal(seen)
    seen.desks[0].excused.add("copy")
    assert [found.letter for found in judge(seen)] == ["V"], "a county set back excuses it not"
    seen.desks[0].has_twin = True
    assert judge(seen) == []


def test_what_waited_for_its_login_comes_after_anothers_and_each_logins_own_stand_in_order():
    seen = a_round()
    swap(seen)
    seen.desks[0].rows = {"incidents": [a_listed_row(incident(seen))]}
    assert [found.letter for found in judge(seen)] == ["O"]
    seen.given[SECOND].login = "li"
    seen.home.commands["k2"] = ("li", "accepted")
    assert judge(seen) == []


@pytest.mark.parametrize("told, listed_s", [("59.999400", "59"), ("59.999600", "60")])
def test_moments_are_compared_to_the_second_of_the_milliseconds_that_a_desk_keeps(
    told: str, listed_s: str
):
    seen = a_round()
    incident(seen).body["recorded_at"] = f"2026-05-01T05:59:{told}+08:00"
    shown = {"59": "2026-04-30T21:59:59+00:00", "60": "2026-04-30T22:00:00+00:00"}
    seen.desks[0].rows["incidents"][0]["recorded_at"] = shown[listed_s]
    assert judge(seen) == []
