"""The judge of what crosses beside the network: each planted fault is said in its own words."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from simulation import seams
from simulation.carried.acts import (
    EVERY_ACT,
    POST_ACTS,
    QUIET,
    send_frames,
    without_network,
    write_stick,
)
from simulation.history import Entry, History
from simulation.judge import carried, judge, receipts
from simulation.judge.facts import Facts
from simulation.play import Play

CALM = (write_stick, send_frames, without_network)
FIRST_SEED = 40
"""It fitted when it was last looked at; where it does no more, the next one that does is taken."""


@pytest.fixture(scope="module")
def played() -> Iterator[History]:
    """The first history with all in it that faults are planted in."""
    with seams.laid():
        seeds = range(FIRST_SEED, FIRST_SEED + 400)
        yield next(found for seed in seeds if fits(found := _carried(seed)))


def _carried(seed: int) -> History:
    """A schedule of clicks alone, and of what is carried."""
    without = tuple(act.__name__ for act in EVERY_ACT if act not in CALM)
    play = Play(seed, without=without)
    play.post.is_open = True
    return play.run()


def fits(history: History) -> bool:
    """Whether a bundle with commands was taken and its receipt believed, and nothing excuses."""
    return bool(
        _taken(history)
        and _believed(history)
        and not history.of("put back", "hesitates", "disk put back", "url moved")
        and not judge(history)
    )


@pytest.fixture
def history(played: History) -> History:
    """The same, to be spoilt."""
    return copy.deepcopy(played)


def _taken(history: History) -> list[Entry]:
    return [e for e in history.of("bundle taken") if e["answers"] and not e["refused"]]


def _believed(history: History) -> list[Entry]:
    return [e for e in history.of("receipt read") if e["shown"] and not e["refused"]]


def _of_nobody(history: History) -> None:
    _taken(history)[0]["genuine"] = False


def _for_another_county(history: History) -> None:
    _taken(history)[0]["written_for"] = "s9"


def _of_a_revoked_office(history: History) -> None:
    event = _taken(history)[-1]
    told = {"what": "office revoked", "server": event["server"], "office": event["office"]}
    at = history.events.index(event)
    history.events.insert(at, {"n": event["n"] - 0.5, "t": event["t"], **told})


def _under_another_account(history: History) -> None:
    _taken(history)[0]["account"] = "somebody"


def _refused_for_nothing(history: History) -> None:
    _taken(history)[0]["refused"] = "damaged"


def _nothing_said(history: History) -> None:
    event = _taken(history)[0]
    event["answers"] = {}


def _held_for_nothing(history: History) -> None:
    event = _taken(history)[0]
    event["answers"] = dict.fromkeys(event["answers"], "held")


def _forged(history: History) -> None:
    _believed(history)[0]["genuine"] = False


def _of_another_office(history: History) -> None:
    _believed(history)[0]["written_for"] = "another"


def _of_another_epoch(history: History) -> None:
    event, started = _believed(history)[0], history.of("server started")[0]
    history.events.insert(0, {**started, "epoch": "over"})
    event["epoch"] = "over"


def _not_believed(history: History) -> None:
    _believed(history)[0]["refused"] = "why ever"


def _not_shown(history: History) -> None:
    event = _believed(history)[0]
    key = next(iter(event["shown"]))
    event["answers"][key], event["shown"][key] = "accepted", "stored"


def _older_row(history: History) -> None:
    told = {"desk": "d1", "source": "county", "gone": [], "made_ms": 0}
    _add(history, "data applied", **told, older={"incidents/i1": [3, 2]})


def _joined_of_two(history: History) -> None:
    _add(history, "codes joined", at="s1", genuine=False)


def _frames_of_another(history: History) -> None:
    told = {"server": "s9", "office": "d1-county", "written_for": "s1"}
    _add(history, "frames answered", **told, outcomes=[])


def _add(history: History, what: str, **told: Any) -> None:
    last = history.events[-1]
    history.events.append({"n": last["n"] + 1, "t": last["t"], "what": what, **told})


def _received_by_nobody(history: History) -> None:
    history.of("told")[0]["receipt"] = "received"


def _sent_from_a_stick(history: History) -> None:
    taken, told = _taken(history)[0], history.of("told")
    first = next(each for each in told if each["key"] in taken["answers"])
    first["receipt"] = "sent"
    for event in history.of("exchange", "frames sent"):
        event["requests"], event["keys"] = [], []
    history.events = [each for each in history.events if each["what"] != "sent into nothing"]


WORDS: tuple[tuple[str, Callable[[History], None]], ...] = (
    ("no office wrote it", _of_nobody), ("for another county", _for_another_county),
    ("office is revoked", _of_a_revoked_office), ("under somebody", _under_another_account),
    ("refused as damaged", _refused_for_nothing), ("nothing is said of", _nothing_said),
    ("held and was given", _held_for_nothing),
    ("no county wrote it", _forged), ("another office's", _of_another_office),
    ("an epoch that is over", _of_another_epoch), ("it is refused, and nothing", _not_believed),
    ("shown as stored", _not_shown), ("from a stick", _older_row),
    ("what nobody wrote", _joined_of_two), ("of another county", _frames_of_another),
    ("shown as received", _received_by_nobody), ("never left", _sent_from_a_stick),
)  # fmt: skip


@pytest.mark.parametrize(("words", "plant"), WORDS, ids=[plant.__name__[1:] for _, plant in WORDS])
def test_each_planted_fault_is_said_in_its_own_words(
    history: History, words: str, plant: Callable[[History], None]
) -> None:
    plant(history)
    facts = Facts(history)
    rules = (*carried.JUDGES, *receipts.JUDGES)
    assert any(words in fault for rule in rules for fault in rule(facts))


@pytest.mark.parametrize(("status", "faults"), [("held", 0), ("accepted", 1), ("rejected", 1)])
def test_only_behind_a_held_command_nothing_need_be_said(
    history: History, status: str, faults: int
) -> None:
    event = _taken(history)[0]
    key = next(iter(event["answers"]))
    event["asked"], event["answers"] = [[key, ""], ["later", key]], {key: status}
    event["t"] += 200 * carried.DAY_MS
    assert len(list(carried.judge_bundles(Facts(history)))) == faults


def test_of_a_held_command_whose_desk_died_at_the_click_nothing_is_said(history: History) -> None:
    event = _taken(history)[0]
    event["asked"], event["answers"] = [["unseen", ""]], {"unseen": "held"}
    assert not list(carried.judge_bundles(Facts(history)))


def test_quiet_acts_are_of_the_catalogue() -> None:
    assert set(QUIET) < set(POST_ACTS)
