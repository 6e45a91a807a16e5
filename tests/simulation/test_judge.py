"""The simulation's judge: a history that is well holds, and each planted fault is found."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from simulation import seams
from simulation.history import History
from simulation.judge import judge
from simulation.judge.commands import CHECKED
from simulation.judge.facts import Facts
from simulation.play import play

CALM = ("disk cloned", "disk put back", "put back", "url moved", "clock set", "server clock",
        "disk lost", "disk fault")  # fmt: skip
"""What excuses much: a history to plant faults in has none of it."""


@pytest.fixture(scope="module")
def played() -> Iterator[History]:
    """The first history with all in it that faults are planted in."""
    with seams.laid():
        yield next(found for seed in range(1, 400) if fits(found := play(seed)))


def fits(history: History) -> bool:
    """Whether it has commands on one row, a step with its base, a file, and no excuse."""
    done = [each for each in history.of("did") if each["status"] == "accepted"]
    rows = [(each["collection"], each["target"]) for each in done]
    return (
        not (history.of(*CALM) or Facts(history).was_set_back() or judge(history))
        and len(rows) > len(set(rows))
        and any(each["kind"] in CHECKED and each["base"] for each in done)
        and any(each["kind"] == "attach" and each["account"] for each in done)
        and len({view["desk"] for view in Facts(history).of_desks()}) == 1
    )


@pytest.fixture
def history(played: History) -> History:
    """The same, to be spoilt."""
    return copy.deepcopy(played)


def last(history: History, what: str) -> dict[str, Any]:
    """The last view of that kind."""
    return [view for view in history.views if view["what"] == what][-1]


def letters(history: History) -> set[str]:
    return {fault[0] for fault in judge(history)}


def test_a_history_in_which_all_is_well_holds(played: History):
    assert judge(played) == []
    assert len(played.of("click done")) > 5
    assert json.loads(json.dumps(played.views)) == played.views, "plain data alone"


def an_incident(view: dict[str, Any]) -> dict[str, Any]:
    rows = view["rows"]["county"]["incidents"]
    return rows[min(rows)]


def a_command(view: dict[str, Any], receipt: str = "accepted") -> dict[str, Any]:
    return next(c for c in view["commands"] if c["receipt"] == receipt)


def _other_stage(history: History) -> None:
    an_incident(last(history, "desk view"))["stage"] = "void"


def _row_gone(history: History) -> None:
    view = last(history, "desk view")
    del view["rows"]["county"]["incidents"][an_incident(view)["id"]]


def _row_too_many(history: History) -> None:
    rows = last(history, "desk view")["rows"]["county"]["incidents"]
    rows["ghost"] = {**rows[min(rows)], "id": "ghost"}


def _overlay_missing(history: History) -> None:
    view = last(history, "desk view")
    row_id = an_incident(view)["id"]
    waiting = {**a_command(view), "receipt": "sent", "kind": "acknowledge", "seq": 99}
    waiting["target"] = {"source": "county", "collection": "incidents", "id": row_id}
    view["rows"]["county"]["incidents"][row_id]["acknowledged_at"] = None
    view["commands"].append(waiting)


def _command_lost_here(history: History) -> None:
    view = last(history, "desk view")
    view["commands"].remove(a_command(view))


def _command_lost_there(history: History) -> None:
    key = a_command(last(history, "desk view"))["key"]
    view = last(history, "server view")
    view["commands"] = [each for each in view["commands"] if each["key"] != key]


def _body_cut(history: History) -> None:
    did = next(each for each in history.of("did") if "text" in each["body"])
    did["body"]["text"] = "字"


def _other_account(history: History) -> None:
    history.of("did")[0]["account"] = "somebody"


def _base_lost(history: History) -> None:
    click = next(each for each in history.of("click done") if each["base"])
    click["version"] += 1


def _done_twice(history: History) -> None:
    commands = last(history, "server view")["commands"]
    first = next(each for each in commands if "text" in each["body"])
    commands.append({**first, "key": "0" * 32})


def _out_of_order(history: History) -> None:
    view = last(history, "desk view")
    on_row: dict[str, list[Any]] = {}
    for each in last(history, "server view")["commands"]:
        on_row.setdefault(each["target"], []).append(each)
    first, second = next(each for each in on_row.values() if len(each) > 1)[:2]
    mine = {each["key"]: each for each in view["commands"]}
    one, other = mine[first["key"]], mine[second["key"]]
    one["seq"], other["seq"] = other["seq"], one["seq"]


def _told_to_nobody(history: History) -> None:
    view = last(history, "desk view")
    command = a_command(view)
    command["receipt"], command["hold"] = "held", "account"
    view["attention"] = [key for key in view["attention"] if key != command["key"]]


def _conflict_unfound(history: History) -> None:
    did = next(e for e in history.of("did") if e["kind"] in CHECKED and e["base"])
    row = {did["collection"]: {did["target"]: did["base"] + 1}}
    change = {"n": did["n"] - 1, "t": did["t"], "what": "rows changed", "server": did["server"],
              "changes": {}, "versions": row}  # fmt: skip
    history.events.insert(history.events.index(did), change)


def _fresh_in_vain(history: History) -> None:
    view = last(history, "desk view")
    history.events = [
        event for event in history.events if event["what"] not in ("exchange", "listening")
    ]
    assert view["sources"][0]["last_good_at"] is not None


def _problem_unsaid(history: History) -> None:
    history.of("exchange")[-1]["outcome"] = "timed_out"


def _never_silent(history: History) -> None:
    for event in history.of("exchange"):
        event["rows"] = 1


def _bytes_uncounted(history: History) -> None:
    last(history, "desk view")["bytes"]["spent"]["changes"] = [10**9, 10**9]


def _file_lost(history: History) -> None:
    last(history, "server view")["files"].clear()


def _taken_back_sent(history: History) -> None:
    sent = next(
        (event, str(request["path"]).rpartition("/")[2])
        for event in history.of("exchange")
        for request in event["requests"]
        if request["method"] == "PUT"
    )
    for click in history.of("click done"):
        if sent[1] in click["files"]:
            taken = {"what": "withdrawn", "desk": click["desk"], "key": click["key"], "done": True}
            history.events.insert(0, {"n": sent[0]["n"] - 1, "t": click["t"], **taken})


def _held_for_good(history: History) -> None:
    view = last(history, "desk view")
    command = a_command(view)
    command["receipt"], command["hold"] = "held", "login"
    view["attention"].append(command["key"])


def _well_without_answer(history: History) -> None:
    asked = [
        request
        for event in history.of("exchange")
        if event["outcome"] == "well"
        for request in event["requests"][-1:]
        if request["path"].startswith("/v1/changes")
    ]
    asked[0]["status"] = 0


def _calm_unheard(history: History) -> None:
    last(history, "desk view")["sources"][0]["never_seen"] = True


def _row_held_for_good(history: History) -> None:
    _row_too_many(history)
    last(history, "desk view")["sources"][0]["held_deletes"] = 1


PLANTED: tuple[tuple[str, Callable[[History], None]], ...] = (
    ("C", _other_stage), ("C", _row_gone), ("C", _row_too_many), ("C", _overlay_missing),
    ("L", _command_lost_here), ("L", _command_lost_there), ("B", _body_cut),
    ("B", _other_account), ("B", _base_lost), ("D", _done_twice), ("O", _out_of_order),
    ("V", _told_to_nobody), ("K", _conflict_unfound), ("F", _fresh_in_vain),
    ("V", _problem_unsaid), ("Q", _never_silent), ("Q", _bytes_uncounted), ("A", _file_lost),
    ("A", _taken_back_sent), ("V", _held_for_good), ("V", _well_without_answer),
    ("F", _calm_unheard), ("C", _row_held_for_good),
)  # fmt: skip


@pytest.mark.parametrize(
    ("letter", "plant"), PLANTED, ids=[plant.__name__[1:] for _, plant in PLANTED]
)
def test_each_planted_fault_is_found(
    history: History, letter: str, plant: Callable[[History], None]
):
    plant(history)
    assert letter in letters(history)


def test_the_judge_shares_no_line_with_the_product():
    """Its modules import nothing but Python's own library and the history they judge."""
    for file in (Path(__file__).parent / "judge").glob("*.py"):
        imports = [
            line for line in file.read_text().splitlines() if line.startswith(("import ", "from "))
        ]
        assert not [line for line in imports if "desktop" in line], file.name
