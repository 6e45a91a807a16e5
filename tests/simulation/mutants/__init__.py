"""The shortcuts a careless maintainer might take, each as a change to the running product.

Every one must be objected to by the judge of the simulation. Each takes out one rule of the
program; where several guard the same, all of them, and its docstring says so.
"""

from __future__ import annotations

from simulation.mutants import (
    bindings,
    bundles,
    cache,
    carried,
    clocks,
    conflicts,
    files,
    freshness,
    outbox,
    overlays,
    pace,
    restores,
    sending,
    server,
    wire,
)
from simulation.mutants.registry import BROKEN, CALLS, HINTS, MUTANTS, WITHOUT, WORDS, Mutant

__all__ = [
    "BROKEN", "CALLS", "HINTS", "MUTANTS", "WITHOUT", "WORDS", "Mutant", "bindings", "bundles",
    "cache", "carried", "clocks", "conflicts", "files", "freshness", "outbox", "overlays", "pace",
    "restores", "sending", "server", "wire",
]  # fmt: skip
