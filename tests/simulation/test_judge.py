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
from simulation.judge import (
    commands,
    conflicts,
    disks,
    files,
    freshness,
    judge,
    receipts,
    sessions,
    silence,
)
from simulation.judge.commands import CHECKED
from simulation.judge.facts import Facts
from simulation.judge.rows import judge_rows
from simulation.play import play

CALM = ("disk cloned", "disk put back", "put back", "url moved", "clock set", "server clock",
        "disk lost", "disk fault", "office paired")  # fmt: skip
"""What excuses much: a history to plant faults in has none of it."""


FIRST_SEED = 449
"""It fitted when it was last looked at; where it does no more, the next one that does is taken."""


@pytest.fixture(scope="module")
def played() -> Iterator[History]:
    """The first history with all in it that faults are planted in."""
    seeds = range(FIRST_SEED, FIRST_SEED + 600)
    with seams.laid():
        yield next(found for seed in seeds if fits(found := play(seed)))


def fits(history: History) -> bool:
    """Whether it has commands on one row, a step with its base, a file, and no excuse: nor a
    day's bytes to keep to, nor an outcome that its officer has dismissed."""
    done = [each for each in history.of("did") if each["status"] == "accepted"]
    rows = [(each["collection"], each["target"]) for each in done]
    return (
        not (history.of(*CALM) or Facts(history).was_set_back() or judge(history))
        and len(rows) > len(set(rows))
        and any(each["kind"] in CHECKED and each["base"] for each in done)
        and any(each["kind"] == "attach" and each["account"] for each in done)
        and len({view["desk"] for view in Facts(history).of_desks()}) == 1
        and last(history, "desk view")["bytes"]["budget"] is None
        and bool(last(history, "server view")["files"])
        and not Facts(history).seen
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
    done = [each for each in history.of("did") if each["status"] == "accepted"]
    did = next(each for each in done if each["kind"] in CHECKED and each["base"])
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
    last(history, "desk view")["sources"][0]["quarantined_deletes"] = 1


def _full_for_no_reason(history: History) -> None:
    """A click that was refused for want of room, on a disk that has some."""
    click = history.of("click done")[0]
    refused = {"what": "click failed", "desk": click["desk"], "problem": "disk_full"}
    history.events.append({"n": click["n"], "t": click["t"], **refused})


PLANTED: tuple[tuple[str, Callable[[History], None]], ...] = (
    ("C", _other_stage), ("C", _row_gone), ("C", _row_too_many), ("C", _overlay_missing),
    ("L", _command_lost_here), ("L", _command_lost_there), ("B", _body_cut),
    ("B", _other_account), ("B", _base_lost), ("D", _done_twice), ("O", _out_of_order),
    ("V", _told_to_nobody), ("K", _conflict_unfound), ("F", _fresh_in_vain),
    ("V", _problem_unsaid), ("Q", _never_silent), ("Q", _bytes_uncounted), ("A", _file_lost),
)  # fmt: skip


@pytest.mark.parametrize(
    ("letter", "plant"), PLANTED, ids=[plant.__name__[1:] for _, plant in PLANTED]
)
def test_each_planted_fault_is_found(
    history: History, letter: str, plant: Callable[[History], None]
):
    plant(history)
    assert letter in letters(history)


def _refused_by_nobody(history: History) -> None:
    history.of("told")[-1]["receipt"] = "rejected"


def _done_by_nobody(history: History) -> None:
    key = next(each for each in history.of("told") if each["receipt"] == "accepted")["key"]
    history.events = [e for e in history.events if e["what"] != "did" or e["key"] != key]


def _never_left(history: History) -> None:
    history.of("told")[-1]["receipt"] = "sent"
    for event in history.of("exchange"):
        for request in event["requests"]:
            request["keys"] = []


def _done_again(history: History) -> None:
    done = next(each for each in history.of("did") if each["status"] == "accepted")
    history.events.append({**done, "number": 99})


def _told_twice(history: History) -> None:
    rows = last(history, "server view")["rows"]["incidents"].values()
    told = next(row["timeline"] for row in rows if "字" in str(row.get("timeline")))
    told += [each for each in told if "字" in str(each["text"])]


def _another_done(history: History) -> None:
    view = last(history, "desk view")
    command = next(c for c in view["commands"] if c["body"].get("text"))
    command["receipt"], command["body"] = "accepted", {"text": "另"}


def _waits_for_login(history: History) -> None:
    command = a_command(last(history, "desk view"))
    command["receipt"], command["hold"] = "held", "login"


def _taken_for_another(history: History) -> None:
    opened = history.of("session opened")[-1]
    history.events.append({**opened, "desk": "d9", "fence": opened["fence"] + 1})


def _session_of_before(history: History) -> None:
    opened = history.of("session opened")[-1]
    history.events.append({**opened, "fence": opened["fence"] + 1})
    taken = {"what": "commands taken", "fence": opened["fence"], "keys": [], "n": 10**6}
    history.events.append({**opened, **taken})


def _copied_and_sent(history: History) -> None:
    click = history.of("click done")[0]
    found = {"n": click["n"] + 0.5, "t": click["t"], "what": "exchange", "desk": click["desk"],
             "source": click["source"], "began_ms": click["t"], "cause": [], "requests": [],
             "ended_ms": click["t"] - 1, "outcome": "disk_copied"}  # fmt: skip
    history.events.insert(history.events.index(click) + 1, found)


def _heard_before(history: History) -> None:
    requests = history.of("exchange")[0]["requests"]
    assert requests[0]["path"].startswith("/v1/session")
    requests[0]["fate"] = "answer of before"


def _file_for_ever(history: History) -> None:
    over = history.of("faults over")[-1]
    asked = {"method": "GET", "path": "/v1/attachments/ab", "status": 206, "body": "",
             "received": 5_000, "sent": 100, "fate": "well", "said": 206, "reached": 1, "keys": [],
             "t": over["t"], "server": "s1"}  # fmt: skip
    for event in history.of("exchange"):
        if event["n"] > over["n"]:
            event["requests"] = [asked]


def _day_overspent(history: History) -> None:
    told = last(history, "desk view")["bytes"]
    told["budget"], told["spent"] = 1_000_000, {"files": [1_000_000, 80_000]}


def _left_for_another(history: History) -> None:
    view = last(history, "desk view")
    view["files"]["fetched"] = ["ab"]
    lane = {"desk": view["desk"], "source": "county", "t": view["t"]}
    asked = {"method": "GET", "said": 200, "fate": "well", "t": view["t"], "keys": [], "sent": 0,
             "received": 0, "status": 200, "server": "s1", "reached": 1}  # fmt: skip
    exchange = {**lane, "what": "exchange", "outcome": "well", "ended_ms": view["t"]}
    first = {**lane, "t": history.events[0]["t"], "what": "login changed", "login": "one"}
    n = view["n"] - 1
    history.events += [
        {**first, "n": n + 0.1},
        {**exchange, "t": first["t"], "n": n + 0.2,
         "requests": [{**asked, "t": first["t"], "path": "/v1/attachments/ab"}]},
        {**lane, "what": "login changed", "login": "other", "n": n + 0.3},
        {**exchange, "n": n + 0.4, "requests": [{**asked, "path": "/v1/snapshot/all/1"}]},
    ]  # fmt: skip


def _attach_what_was_left(history: History, login: str) -> None:
    """The same content is attached at that desk, under that login, after the first rows."""
    view, click = last(history, "desk view"), history.of("click done")[-1]
    history.events.append(
        {**click, "desk": view["desk"], "source": "county", "files": ["ab"], "login": login,
         "key": "c1", "n": view["n"] - 0.5}
    )  # fmt: skip


def _left_and_attached_before(history: History) -> None:
    _left_for_another(history)
    _attach_what_was_left(history, "one")
    history.events[-1]["n"] -= 0.25


def _locked_in_silence(history: History) -> None:
    started = history.of("desk started")[0]
    fault = {"what": "disk fault", "desk": started["desk"], "fault": "read only"}
    history.events.insert(0, {"n": 0, "t": started["t"], **fault})


WORDS: tuple[tuple[str, Callable[[History], None]], ...] = (
    ("no county refused it", _refused_by_nobody), ("no county had said so", _done_by_nobody),
    ("never left", _never_left),
    ("2 times", _done_again), ("twice on", _told_twice), ("did another", _another_done),
    ("held login long after", _waits_for_login), ("by a copy of a disk", _taken_for_another),
    ("under a session of before", _session_of_before), ("was found copied", _copied_and_sent),
    ("took a session heard before", _heard_before), ("5100 bytes", _file_for_ever),
    ("a day's bytes", _day_overspent),
    ("which came under one", _left_for_another), ("was taken back", _taken_back_sent),
    ("which came under one", _left_and_attached_before),
    ("calls it well", _well_without_answer), ("that all is calm", _calm_unheard),
    ("keeps 1 rows", _row_held_for_good), ("of a disk that is well", _full_for_no_reason),
    ("in a locked folder", _locked_in_silence),
)  # fmt: skip


@pytest.mark.parametrize(("words", "plant"), WORDS, ids=[plant.__name__[1:] for _, plant in WORDS])
def test_each_planted_fault_is_said_in_its_own_words(
    history: History, words: str, plant: Callable[[History], None]
):
    plant(history)
    rules = (
        judge_rows, *commands.JUDGES, *disks.JUDGES, *files.JUDGES, *freshness.JUDGES,
        *receipts.JUDGES, *sessions.JUDGES, *silence.JUDGES,
    )  # fmt: skip
    facts = Facts(history)
    assert any(words in fault for rule in rules for fault in rule(facts))


def test_a_file_that_the_next_login_attaches_itself_is_not_left_by_the_one_before(
    history: History,
):
    _left_for_another(history)
    _attach_what_was_left(history, "other")
    assert not list(files.judge_left_files(Facts(history)))


def test_a_row_that_the_county_changed_under_the_version_of_the_desks_own_step_had_changed(
    history: History,
):
    """The desk's own step excuses itself, and nothing else that its version stands for."""
    done = [each for each in history.of("did") if each["status"] == "accepted"]
    did = next(each for each in done if each["kind"] in CHECKED and each["base"])
    at, version = history.events.index(did), did["base"] + 1
    own = {**did, "n": did["n"] - 2, "kind": "note", "seq": 0, "version": version}
    history.events.insert(at, own)
    assert not list(conflicts.judge_conflicts(Facts(history)))
    change = {"n": did["n"] - 1, "t": did["t"], "what": "rows changed", "server": did["server"],
              "changes": {}, "versions": {did["collection"]: {did["target"]: version}}}  # fmt: skip
    history.events.insert(at + 1, change)
    (fault,) = conflicts.judge_conflicts(Facts(history))
    assert fault.endswith("and the row had changed")


def test_the_judge_shares_no_line_with_the_product():
    """Its modules import nothing but Python's own library and the history they judge."""
    for file in (Path(__file__).parent / "judge").glob("*.py"):
        imports = [
            line for line in file.read_text().splitlines() if line.startswith(("import ", "from "))
        ]
        assert not [line for line in imports if "desktop" in line], file.name
