"""Measures the project's figures against their targets: run.py [NAME …] [--json]."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from figure import CannotMeasure, Figure  # noqa: E402 - needs the paths above

BENCHES = {
    "startup": "startup_bench",
    "memory": "memory_bench",
    "wire": "wire_bench",
    "ingest": "ingest_bench",
    "burst": "burst_bench",
    "thinlink": "thinlink_bench",
    "scroll": "scroll_bench",
    "search": "search_bench",
    "feel": "feel_bench",
    "reader": "reader_bench",
    "idle": "idle_bench",
    "township": "township_bench",
    "installed": "installed_bench",
}
LOADING = {"wire"}
"""Benches that can measure level 1 files somebody brings."""
HEADS = ("figure", "value", "target", "ok", "unit, and the floor it was measured against")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 0 when everything could be measured, whether or not it is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument(
        "--load", type=Path, metavar="DIR", help="wire: measure these level 1 files instead"
    )
    parser.add_argument("--json", action="store_true", help="one JSON list")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in BENCHES]
    if unknown:
        parser.error(f"no bench {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    figures: list[Figure] = []
    unmeasured: list[str] = []
    for name in options.names or BENCHES:
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            bench = importlib.import_module(BENCHES[name])
            figures += bench.measure(options.load) if name in LOADING else bench.measure()
        except CannotMeasure as error:
            unmeasured.append(f"{name} could not run: {error}")
    if options.json:
        print(json.dumps([figure.told() for figure in figures], ensure_ascii=False, indent=2))
    else:
        print(table(figures))
    for why in unmeasured:
        print(why, file=sys.stderr)
    return 1 if unmeasured else 0


def table(figures: Sequence[Figure]) -> str:
    """The figures as aligned text."""
    grid = [HEADS, *(_line(figure) for figure in figures)]
    widths = [max(_width(line[i]) for line in grid) for i in range(len(HEADS))]
    return "\n".join(
        "  ".join(cell + " " * (widths[i] - _width(cell)) for i, cell in enumerate(line)).rstrip()
        for line in grid
    )


def _line(figure: Figure) -> tuple[str, ...]:
    floor = "" if figure.floor is None else f" · floor {figure.floor:g}"
    return (
        figure.name,
        "–" if figure.value is None else f"{figure.value:g}",
        "" if figure.target is None else f"≤ {figure.target:g}",
        {True: "yes", False: "NO", None: "–"}[figure.ok],
        figure.unit + floor,
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


if __name__ == "__main__":
    sys.exit(main())
