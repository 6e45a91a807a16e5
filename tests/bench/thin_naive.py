"""What a first version of any such program does on a thin line: `thin_naive.py URL AUTHORITY`.

Fetches the whole list as JSON, reads it, finds the 20 most critical incidents, and prints
the seconds that took as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import msgspec
import requests

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from desktop.county_server.db.row_standing import standing  # noqa: E402 - needs the paths above
from desktop.wire.level1 import Incident  # noqa: E402

CRITICAL = 20


def main(url: str, authority: str) -> None:
    """Ask once and wait for all of it."""
    begun_s = time.monotonic()
    body = requests.get(url, verify=authority, timeout=3_600).content
    rows = msgspec.json.decode(body, type=list[Incident])
    worst = sorted((not p.open, p.rank, p.worth) for p in map(standing, rows))[:CRITICAL]
    assert len(worst) == CRITICAL
    print(json.dumps({"naive": time.monotonic() - begun_s, "bytes": len(body)}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
