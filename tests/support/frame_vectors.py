"""The published test vectors of frames: frame_vectors.py writes them anew.

Nothing else writes them: a change of theirs is a change of the format.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parents[2]
for folder in (ROOT, ROOT / "tests"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from desktop.wire.frames.bits import BitWriter  # noqa: E402 - needs the path above
from desktop.wire.frames.command_bits import encode_message  # noqa: E402
from desktop.wire.frames.fragments import cut  # noqa: E402
from desktop.wire.frames.keys import derive_frame_key  # noqa: E402
from desktop.wire.frames.outcomes import Outcome, encode_outcomes  # noqa: E402
from desktop.wire.frames.spoken import speak  # noqa: E402
from desktop.wire.frames.text import FREQUENT, SYMBOLS, WORDS, put_text  # noqa: E402
from desktop.wire.level1 import DRILL  # noqa: E402
from support.frame_messages import (  # noqa: E402
    ACCOUNT,
    CLIENT,
    COUNTY,
    KEY,
    REPORTS,
    SECRET,
    TABLES,
    head_of,
)

PATH = ROOT / "resources" / "county-api" / "vectors" / "office-frames.json"
OFFICE, EPOCH = 7, "3f9a1c20"
RECEIPTS = [
    Outcome(41, "5f0c9a3e", "accepted"),
    Outcome(42, "77aa0011", "rejected", "县平台没有该对象，可能已被删除"),
    Outcome(43, "00000000", "unreadable"),
]


def write() -> dict[str, Any]:
    """Return all vectors as one value."""
    found: dict[str, Any] = {
        "office": OFFICE,
        "secret": SECRET.hex(),
        "county": COUNTY,
        "account": ACCOUNT,
        "key": KEY.hex(),
        "key_of_the_drill": derive_frame_key(SECRET, COUNTY + DRILL, ACCOUNT).hex(),
        "tables": msgspec.to_builtins(TABLES),
        "tables_check": TABLES.check,
        "messages": [],
    }
    for name, told in REPORTS.items():
        bits = encode_message(told, TABLES)
        spoken = speak(head_of(told, OFFICE), bits, KEY)
        frames = cut(head_of(told, OFFICE), bits, KEY)
        found["messages"].append(
            {
                "name": name,
                "command": msgspec.to_builtins(told.command),
                "client": told.client,
                "offset_ms": told.offset_ms,
                "bits": bits.hex(),
                "frames": [each.hex() for each in frames],
                "spoken": msgspec.to_builtins(spoken),
            }
        )
    found["receipts"] = {
        "epoch": EPOCH,
        "client": CLIENT[:4],
        "receipts": msgspec.to_builtins(RECEIPTS),
        "frames": [
            each.hex() for each in encode_outcomes(RECEIPTS, EPOCH, OFFICE, CLIENT[:4], KEY)
        ],
    }
    found |= {"frequent": FREQUENT, "symbols": SYMBOLS, "words": WORDS, "texts": texts()}
    return found


def texts() -> list[dict[str, str]]:
    """Return texts with their bits: frequent and common characters, words, and others."""
    found = []
    for text in ("", "K17 处", "请求支援", "鑫淼", "龘😀", "abc\n"):
        out = BitWriter()
        put_text(out, text)
        found.append({"text": text, "bits": out.to_bytes().hex()})
    return found


if __name__ == "__main__":
    PATH.write_text(json.dumps(write(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
