"""The reference backend against its own OpenAPI document."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.quotas import Quotas
from desktop.county_server.server import CountyServer
from desktop.wire.level1 import Incident, Phrase

EXAMPLES = 6
SEED = 20260101
SETTINGS = """\
[phases.stateful.generation]
max-examples = 100

[[operations]]
include-path = "/v1/courier"
checks.positive_data_acceptance.expected-statuses = ["2xx", "422"]

[[operations]]
include-path = "/v1/spoken"
checks.positive_data_acceptance.expected-statuses = ["2xx", "404", "422"]
"""
"""Ways through the links: each is a few requests and soon played. No schema says what is signed."""


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    database = Database()
    now = datetime.now(UTC)
    database.put(
        "incidents",
        [Incident(f"i{n}", Phrase("路灯不亮", "Street light out"), now) for n in range(30)],
    )
    (tmp_path / "schemathesis.toml").write_text(SETTINGS, encoding="utf-8")
    # The document cannot know a county's own limits of files: here there are none.
    room = Quotas(files=2**62, loose_files=2**62, loose_count=2**31)
    with CountyServer(database, Settings(file_limit=2**40, quotas=room)) as server:
        found = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run"),
                f"{server.base_url}/v1/openapi.json",
                *("--checks", "all", "--max-examples", str(EXAMPLES), "--seed", str(SEED)),
                # The hint stream has no end, which a request-and-answer check cannot follow.
                *("--exclude-path", "/v1/stream", "--request-timeout", "10"),
                "--no-color",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )
    database.close()
    assert found.returncode == 0, found.stdout[-6000:] + found.stderr[-2000:]
    assert "15 selected" in found.stdout
