"""Photos of codes, and bundles, that lie in a folder."""

from __future__ import annotations

from pathlib import Path

MOST_PICTURES = 200
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".cdb")


def find_pictures(folder: Path) -> list[Path]:
    """Find the pictures and bundles in a folder, by name; so many at most. Blocks."""
    found = [each for each in sorted(folder.iterdir()) if each.suffix.lower() in PICTURES]
    return found[:MOST_PICTURES]
