"""Backup and restore for a county whose own program has no words for them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from desktop.county_server.database import Database


def main(words: Sequence[str]) -> int:
    """`backup|restore FOLDER --database FILE`."""
    word, folder, _, file = words[:4]
    place, database = Path(folder), Database(Path(file))
    files = Path(f"{file}.files")
    try:
        if word == "backup":
            place.mkdir()
            database.backup(place / "county.db")
            if files.exists():
                shutil.copytree(files, place / "files")
        else:
            database.restore(place / "county.db")
            if (place / "files").exists():
                shutil.copytree(place / "files", files, dirs_exist_ok=True)
    finally:
        database.close()
    return 0
