"""The real program in misfortune: a slice of `dev.py faults real`, and its machinery."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request

import pytest

from devkit import faults
from faults.real import run
from faults.real.evidence import Finding
from faults.real.line import Fault, Line
from faults.real.plan import THEMES, draw
from faults.real.play import Tally
from support.servers import Said, ScriptedServer

SEED = 320
"""Kills, then a roll-back."""


@pytest.mark.timeout(240)
def test_real_rounds_hold(capsys):
    totals = run.play_rounds(run.Totals(SEED), 1)
    assert totals.letters == {}, capsys.readouterr().out
    assert totals.tally.commands > 4
    assert totals.tally.syncs > 10


def test_the_same_seed_gives_the_same_plan_and_seeds_reach_every_theme():
    assert draw(5) == draw(5)
    assert draw(5) != draw(6)
    assert {draw(seed).theme for seed in range(100)} == set(THEMES)
    assert draw(5, "clone").theme == "clone"


def test_a_run_goes_on_where_it_was_and_sums_up_in_one_line(tmp_path):
    file = tmp_path / "real.json"
    totals = run.Totals(7)
    tally = Tally(commands=4, kills=2, restores=1, clones=3, syncs=9)
    totals.add(run.Played(draw(7), tally, [Finding("L", "gone"), Finding("M", "back")]))
    run.save(file, totals)
    again = run.load(file, 7)
    again.add(run.Played(draw(8), tally, []))
    assert (again.done, again.letters) == ([7, 8], {"L": 1, "M": 1})
    assert "real rounds 2  commands 8" in again.line()
    assert "lost 1  doubled 0  out of order 0  told wrongly 0  other violations 1" in again.line()
    with pytest.raises(SystemExit, match="seed 7"):
        run.load(file, 8)
    assert run.play_rounds(again, 2) is again


def asked(line: Line, path: str = "/v1/changes", data: bytes | None = None) -> int | None:
    """The status that came through, or None when the line broke."""
    try:
        with urllib.request.urlopen(line.url + path, data, timeout=10) as answer:
            answer.read()
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except (OSError, http.client.HTTPException):
        return None


@pytest.mark.parametrize(
    ("fault", "first", "second", "arrived"),
    [
        (Fault(), 200, 200, 2),
        (Fault("lose"), None, 200, 2),
        (Fault("cut"), None, 200, 1),
        (Fault("ghost"), None, 200, 1),
        (Fault("double"), 200, 200, 3),
        (Fault("slow", size=1), 200, 200, 2),
        (Fault("portal", portal="busy"), 503, 200, 1),
        (Fault("portal", portal="busy", lasting=True), 503, 503, 0),
        (Fault("portal", at=1, portal="many"), 200, 429, 1),
        (Fault("portal", portal="nothing", commands=True), 200, 200, 2),
        (Fault("reset"), None, None, 0),
        (Fault("refuse"), None, None, 0),
    ],
)
def test_the_line_does_the_misfortune_it_is_told_to(fault, first, second, arrived):
    with ScriptedServer({"*": Said(b"{}")}) as server, Line() as line:
        host, port = server.url.removeprefix("http://").split(":")
        line.there = (host, int(port))
        line.set(fault)
        assert (asked(line), asked(line)) == (first, second)
        assert len(server.asked) == arrived
        brought = line.release_ghosts()
        assert len(server.asked) == arrived + brought
        assert brought == (fault.kind == "ghost")


def test_an_answer_may_come_through_in_part():
    with ScriptedServer({"*": Said(b"x" * 1000)}) as server, Line() as line:
        host, port = server.url.removeprefix("http://").split(":")
        line.there = (host, int(port))
        line.set(Fault("truncate", size=300, commands=True))
        assert asked(line) == 200
        assert asked(line, "/v1/commands", b"{}") is None
        assert [(each.status, each.fault) for each in line.log] == [(200, ""), (200, "truncate")]
        assert line.log[1].down == 300


def test_the_words_after_faults_go_to_the_programs_they_are_for():
    assert faults.programs(["real", "--rounds", "3"]) == [[faults.REAL, "--rounds", "3"]]
    assert faults.programs(["--kills", "9", "--seed", "2", "--resume", "f"]) == [
        [faults.KILLS, "--kills", "9", "--seed", "2", "--resume", "f"]
    ]
    assert faults.programs(["--seed", "2"]) == [[faults.WHOLE, "--seed", "2"]]
    assert faults.programs(["--model", "--seed", "2"]) == [[faults.MODEL, "--seed", "2"]]
    assert faults.programs(["--years", "4", "--resume", "f", "--jobs", "2"]) == [
        [faults.WHOLE, "--years", "4", "--jobs", "2", "--resume", "f"]
    ]
    with pytest.raises(SystemExit):
        faults.programs(["--years", "4", "--kills", "9", "--resume", "f"])
    everything = [faults.MODEL, faults.WHOLE, faults.MUTANTS, faults.KILLS]
    assert [each[0] for each in faults.programs([])] == everything
