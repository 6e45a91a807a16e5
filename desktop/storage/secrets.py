"""Login tokens of sources, kept by the system's keyring and nowhere else."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from desktop.storage.keys import SERVICE, ask, system_keyring
from desktop.storage.secret_service import Unsure, known_secret


def read(profile: str, source: str, name: str = "token", keyring: Any = None) -> str | None:
    """A secret of a source, or None when none is kept; raises StoreError without a keyring."""
    entry = _entry(profile, source, name)
    if keyring is None:
        with suppress(Unsure):
            return known_secret(SERVICE, entry)
    found = ask((keyring or system_keyring()).get_password, SERVICE, entry)
    return None if found is None else str(found)


def keep(profile: str, source: str, name: str, secret: str, keyring: Any = None) -> None:
    """Put a secret of a source into the keyring, in place of the one there was."""
    backend = keyring or system_keyring()
    ask(backend.set_password, SERVICE, _entry(profile, source, name), secret)


def forget(profile: str, source: str, name: str = "token", keyring: Any = None) -> None:
    """Take a secret out of the keyring; nothing happens when there is none."""
    backend = keyring or system_keyring()
    if read(profile, source, name, backend) is not None:
        ask(backend.delete_password, SERVICE, _entry(profile, source, name))


def _entry(profile: str, source: str, name: str) -> str:
    # Separated by a sign no identifier may hold, so that no two entries can meet.
    return f"login\x1f{profile}\x1f{source}\x1f{name}"
