"""A county's own tables, which people write by hand."""

from __future__ import annotations

import tomllib
from typing import Any


def read_toml(said: str) -> dict[str, Any]:
    """The table of a TOML text; ValueError tells what is wrong in it, nesting too."""
    try:
        return tomllib.loads(said)
    except RecursionError:
        raise ValueError("nested too deep") from None
