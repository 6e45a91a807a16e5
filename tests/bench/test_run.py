"""What `dev.py bench` prints, tried on benches that take no time."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).parent


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`run.py` with its paths, and two benches: one that measures and one that cannot."""
    monkeypatch.setattr(sys, "path", [str(HERE), *sys.path])
    spec = importlib.util.spec_from_file_location("run", HERE / "run.py")
    assert spec is not None
    assert spec.loader is not None
    run = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(run)
    figure = sys.modules["figure"]
    good, bad = ModuleType("good_bench"), ModuleType("bad_bench")

    def cannot() -> None:
        raise figure.CannotMeasure("no display")

    good.measure = lambda: [  # type: ignore[attr-defined]
        figure.at_most("good", 1.25, "× bare (ms)", 1.5, 100.0),
        figure.at_most("slow", 2.0, "× bare (ms)", 1.5, 100.0),
        figure.told("peer", None, "peer missing"),
    ]
    bad.measure = cannot  # type: ignore[attr-defined]
    for module in (good, bad):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(run, "BENCHES", {"good": "good_bench", "bad": "bad_bench"})
    return run


def test_json_is_a_list_of_figures_with_exactly_the_agreed_keys(bench, capsys):
    assert bench.main(["good", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told[0] == {
        "name": "good",
        "value": 1.25,
        "unit": "× bare (ms)",
        "floor": 100.0,
        "target": 1.5,
        "ok": True,
    }
    assert [figure["ok"] for figure in told] == [True, False, None]


def test_a_missed_target_is_told_in_the_table_and_is_no_error(bench, capsys):
    assert bench.main(["good"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].split()[:5] == ["slow", "2", "≤", "1.5", "NO"]
    assert "floor 100" in lines[2]


def test_a_bench_that_cannot_run_says_why_and_the_others_are_still_told(bench, capsys):
    assert bench.main([]) == 1
    said = capsys.readouterr()
    assert "bad could not run: no display" in said.err
    assert "good" in said.out


def test_an_unknown_name_is_refused_with_the_known_ones(bench, capsys):
    with pytest.raises(SystemExit) as refused:
        bench.main(["nothing"])
    assert refused.value.code == 2
    assert "there are good, bad" in capsys.readouterr().err


def test_the_code_that_decides_what_a_filled_folder_holds_is_where_the_benches_look(monkeypatch):
    monkeypatch.syspath_prepend(str(HERE))
    folder = importlib.import_module("desk_folder")
    desktop = HERE.parents[1] / "desktop"
    values = [desktop / "domain" / f"{name}.py" for name in folder.DECIDING_VALUES]
    rooms = [desktop / "storage" / room for room in folder.DECIDING_STORE]
    assert [path for path in (*values, *rooms) if not path.exists()] == []
