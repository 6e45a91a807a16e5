"""A county of two incidents, as a scripted server tells of it at level 1."""

from __future__ import annotations

import json
from typing import Any

from desktop.domain.source import SyncState
from support.servers import Asked, Said, said_json

AT = "2026-11-22T08:00:00+08:00"
MAGIC = "county-desk/1"
ROW = {"id": "i1", "title": "井盖缺失", "recorded_at": AT}
HEAD = {"magic": MAGIC, "epoch": "e1", "token": "t1", "totals": {"incidents": 2}}
PAGES = [
    {"collection": "incidents", "rows": [ROW]},
    {"collection": "incidents", "rows": [ROW | {"id": "i2"}]},
]
END = {"end": True, "rows": 2}
KNOWN = SyncState("county", "t1", "e1")


def session(asked: Asked, **changed: Any) -> Said:
    """The answer to a session, nonce echoed."""
    return said_json(
        {
            "magic": MAGIC,
            "nonce": json.loads(asked.body)["nonce"],
            "epoch": "e1",
            "fence": 3,
            "county": "蓝桥县",
            "collections": ["incidents", "assets"],
            "townships": [],
            "snapshot": "/v1/snapshot/all/1",
            "expected_period_s": 30,
            "retention_s": 1000,
            "server_time": AT,
            **changed,
        }
    )


def page(*changes: Any, token: str = "t2", more: bool = False) -> Said:
    return said_json(
        {"magic": MAGIC, "token": token, "more": more, "changes": changes, "server_time": AT}
    )


def results(*told: Any, magic: str = MAGIC) -> Said:
    return said_json({"magic": magic, "epoch": "e1", "results": told})
