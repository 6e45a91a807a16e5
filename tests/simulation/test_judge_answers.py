"""What an officer has dismissed comes back with other news only."""

from __future__ import annotations

from simulation.history import History
from simulation.judge.answers import judge_dismissed
from simulation.judge.facts import Facts

HELD = {"receipt": "held", "hold": "report", "reason": {"zh": "等", "en": ""}}


def a_history(*, released: bool, late: bool = False) -> History:
    """A held command was dismissed, and is told again."""
    history = History(1)
    history.add(1, "told", desk="d1", key="k", **HELD)
    history.add(2, "dismissed", desk="d1", key="k", done=True)
    if released:
        history.add(3, "released", desk="d1", key="k", done=True)
    history.add(4, "told", desk="d1", key="k", **HELD)
    history.look(5, "desk view", desk="d1", attention=["k"])
    if late:
        history.add(6, "released", desk="d1", key="k", done=True)
    return history


def test_a_dismissed_hold_comes_back_only_where_its_officer_has_sent_it_all_the_same():
    for late in (False, True):
        (fault,) = judge_dismissed(Facts(a_history(released=False, late=late)))
        assert fault.endswith("asks for eyes that have seen it")
    assert not list(judge_dismissed(Facts(a_history(released=True))))
