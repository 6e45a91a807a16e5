"""The published test vector of bulletins: bulletin_vectors.py writes it anew.

Nothing else writes it: a change of it is a change of the format.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from desktop.county_server.openapi.example_bulletins import (  # noqa: E402 - needs the path above
    COUNTY,
    KEYS,
    SIGNED,
)
from desktop.wire.bulletins import Bulletins, bytes_to_sign  # noqa: E402
from desktop.wire.level1 import MAGIC  # noqa: E402

FILE = ROOT / "resources" / "county-api" / "vectors" / "bulletins.json"


def vectors() -> dict[str, Any]:
    """The vector: a county's keys, what it published, and the bytes that it signed."""
    return {
        "county_keys": {"private": KEYS.seed.hex(), "fingerprint": KEYS.public.fingerprint},
        "answer": json.loads(msgspec.json.encode(Bulletins(MAGIC, COUNTY, SIGNED))),
        "signed": [bytes_to_sign(each.kind, COUNTY, each.text).hex() for each in SIGNED],
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
