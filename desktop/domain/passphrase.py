"""Rules for a passphrase that encrypts a county's data."""

from __future__ import annotations

LEAST_CHARS = 8


def is_long_enough(passphrase: str) -> bool:
    """Whether a new passphrase is long enough; blanks around it do not count."""
    return len(passphrase.strip()) >= LEAST_CHARS
