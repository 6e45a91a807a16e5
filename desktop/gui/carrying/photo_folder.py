"""Photos of codes, and bundles, that lie in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate

MOST_PICTURES = 200
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".cdb")
UNREADABLE = (".heic", ".heif")
"""Photos of some telephones, for which there is no reader here."""


class FolderFound(NamedTuple):
    """What is to be read of a folder, and how many of its files are not."""

    files: list[Path]
    older: int = 0
    unreadable: int = 0


def find_pictures(folder: Path) -> FolderFound:
    """Find the newest pictures and bundles in a folder, so many at most, by name. Blocks."""
    files = sorted(each for each in folder.iterdir() if each.is_file())
    found = [each for each in files if each.suffix.lower() in PICTURES]
    unreadable = sum(each.suffix.lower() in UNREADABLE for each in files)
    newest = sorted(found, key=lambda each: each.stat().st_mtime, reverse=True)[:MOST_PICTURES]
    return FolderFound(sorted(newest), len(found) - len(newest), unreadable)


def say_left(found: FolderFound) -> list[str]:
    """Return a line for each reason why files of the folder were not read."""
    lines = []
    if found.older:
        said = translate(
            "Codes",
            "%n older file(s) were not read: of a folder only the newest {most} are.",
            "",
            found.older,
        )
        lines.append(said.format(most=MOST_PICTURES))
    if found.unreadable:
        said = translate(
            "Codes",
            "%n photo(s) are HEIC, which cannot be read here: save them as JPEG.",
            "",
            found.unreadable,
        )
        lines.append(said)
    return lines
