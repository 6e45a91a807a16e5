"""The pairing files of an office and its county, brought to and fro by the real commands."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

FINGERPRINT = re.compile(r"(?:[0-9a-f]{4} ){4}[0-9a-f]{4}")


def pair_office(
    desk: Callable[..., str], county: Callable[..., object], folder: Path, *names: str
) -> None:
    """Pair an office: `names` are its own and, where it has one, `--account` and that name.

    `desk` and `county` run `courier` with these words at either end; the desk's says what it
    printed, and expects the exit status it is told.
    """
    ours, theirs = folder / "office.pairing", folder / "county.pairing"
    office, *account = names
    digits = _read_fingerprint(desk("pair", "--office", office, "--to", ours))
    county("pair", str(ours), "--fingerprint", digits, "--to", str(theirs), *account)
    digits = _read_fingerprint(desk("pair", "--county", theirs, status=3))
    desk("pair", "--county", theirs, "--fingerprint", digits)


def _read_fingerprint(said: str) -> str:
    digits = FINGERPRINT.search(said)
    assert digits is not None, said
    return digits[0]
