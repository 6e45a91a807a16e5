"""A county's own tables, TOML files that people write by hand."""

from __future__ import annotations

import tomllib
from typing import Any


def read_toml(said: str) -> dict[str, Any]:
    """Parse a TOML text to a table; the text of a ValueError says what is wrong in it, nesting
    too."""
    try:
        return tomllib.loads(said)
    except RecursionError:
        raise ValueError("nested too deep") from None
