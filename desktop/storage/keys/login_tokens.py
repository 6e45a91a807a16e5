"""Login tokens of sources, kept by the system's keyring and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from desktop.application.ports import StoreError
from desktop.domain.source import Problem
from desktop.storage.keys.encryption_key import SERVICE, NoKeyring, ask, system_keyring
from desktop.storage.keys.keyring_timeout import QUESTIONS, NoAnswer, never
from desktop.storage.keys.secret_service import START_WITHIN_S, Unsure, find_secret

UNLOCKED_WITHIN_S = 120.0
"""How long a person may take to unlock the keyring before the source is shown to wait for it."""

ASKS_AFTER_S = 2.0
"""An open keyring has answered by then: one that has not asks a person for its password."""
LOCKED = Problem("logins_locked")
"""What a source says that waits for the keyring: unlike a locked key, it leaves the data open."""
_LONG = "long "
"""How the names of questions begin that may make the keyring ask a person."""


def is_asking() -> bool:
    """Whether a reader waits because the keyring asks a person for its password."""
    return QUESTIONS.longest_s(_LONG) >= ASKS_AFTER_S


def read(
    profile: str,
    source: str,
    name: str = "token",
    keyring: Any = None,
    *,
    wait_s: float | None = None,
    is_cut: Callable[[], bool] = never,
) -> str | None:
    """Return a secret of a source, or None when none is kept; raises StoreError without a keyring.

    The keyring may have to be started, and a person asked to unlock it: after `wait_s`, or once the
    wait `is_cut`, that is what the StoreError says, and the next reader joins the question that is
    still running.
    """
    entry = _entry(profile, source, name)
    if keyring is not None:
        kept = ask(keyring.get_password, SERVICE, entry)
        return None if kept is None else str(kept)

    def question() -> Any:
        try:
            return ask(system_keyring().get_password, SERVICE, entry)
        except NoKeyring:
            raise
        except StoreError:
            raise StoreError(LOCKED) from None

    try:
        with suppress(Unsure):
            short_s = START_WITHIN_S if wait_s is None else wait_s
            return find_secret(SERVICE, entry, short_s, is_cut)
        long_s = UNLOCKED_WITHIN_S if wait_s is None else wait_s
        found = QUESTIONS.ask(f"{_LONG}{entry}", question, long_s, is_cut)
    except NoAnswer:
        raise StoreError(LOCKED) from None
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
