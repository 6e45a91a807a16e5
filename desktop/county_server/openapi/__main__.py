"""`python -m desktop.county_server.openapi FOLDER`: write the API's documents anew.

These are `openapi.json`, and the table of stages in `serving.md`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from desktop.county_server.openapi import document
from desktop.county_server.openapi.stage_table import HEAD, stage_table


def write(folder: Path) -> None:
    """Write the present documents over those in the folder."""
    (folder / "openapi.json").write_bytes(document())
    serving = folder / "serving.md"
    before, head, rest = serving.read_text(encoding="utf-8").partition(HEAD)
    if not head:
        raise SystemExit(f"no table of stages in {serving}")
    after = rest.partition("\n\n")[2]
    serving.write_text(f"{before}{stage_table()}\n{after}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
