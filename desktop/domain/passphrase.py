"""What a passphrase that keeps a county's data closed has to be."""

from __future__ import annotations

LEAST_CHARS = 8


def is_long_enough(passphrase: str) -> bool:
    """Whether a new one may be used; blanks around it are no characters."""
    return len(passphrase.strip()) >= LEAST_CHARS
