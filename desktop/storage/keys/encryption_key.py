"""Sources of the 32-byte key of a desk's encrypted files."""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from desktop.application.ports import StoreError
from desktop.domain.source import Problem
from desktop.storage.keys.passphrases import KEY_BYTES, has_passphrase
from desktop.storage.keys.secret_service import CHOSEN_KEYRING, Unsure, find_secret
from desktop.storage.sqlite.database import CHECK_FILE, write_whole
from desktop.storage.sqlite.private_files import secret_in

SERVICE = "county-desk"


class NoKeyring(StoreError):
    """The system keeps no secrets for us; a passphrase has to be asked for."""

    def __init__(self) -> None:
        super().__init__(Problem("keyring_missing"))


class KeySource(Protocol):
    """A source of the key of a folder's files."""

    def key(self, folder: Path) -> bytes:
        """The folder's key, made when the folder is new; raises StoreError."""


class KeyringKey:
    """A random key kept by the system's keyring under a name of this profile."""

    def __init__(self, profile: str, keyring: Any = None) -> None:
        self._name = f"profile:{profile}"
        self._keyring = keyring

    def find(self, wait_s: float) -> bytes | None:
        """Return the key if it is kept, asking no person to unlock anything; makes none.

        Raises Unsure where the Linux keyring is locked, or silent for that long.
        """
        if sys.platform.startswith("linux") and CHOSEN_KEYRING not in os.environ:
            known = find_secret(SERVICE, self._name, wait_s)
        else:
            known = self._look_up()
        return None if known is None else _from_hex(known)

    def key(self, folder: Path) -> bytes:
        """Return the folder's key; raises NoKeyring too, and StoreError when it is lost.

        A key is made only for a folder that never had one: making another after the system was set
        up anew would leave the old files unreadable without a word.
        """
        known = self._look_up()
        if known is not None:
            return _from_hex(known)
        if (folder / CHECK_FILE).exists():
            raise StoreError(Problem("key_missing", {"folder": folder.name}))
        keyring = self._keyring or system_keyring()
        made = secrets.token_bytes(KEY_BYTES)
        ask(keyring.set_password, SERVICE, self._name, made.hex())
        if ask(keyring.get_password, SERVICE, self._name) != made.hex():
            # Some keyrings take a secret and forget it: better no files than lost ones.
            raise NoKeyring
        return made

    def _look_up(self) -> str | None:
        if self._keyring is None:
            with suppress(Unsure):
                return find_secret(SERVICE, self._name)
        keyring = self._keyring or system_keyring()
        found = ask(keyring.get_password, SERVICE, self._name)
        return None if found is None else str(found)


class KeyFile:
    """A random key in a file only the user can read, beside the files it opens.

    For machines that start unattended and have no keyring: it keeps a copied
    database closed, not one copied together with its folder.
    """

    NAME = "key.private"

    @classmethod
    def exists_in(cls, folder: Path) -> bool:
        """Whether the folder was made with such a key."""
        return (folder / cls.NAME).exists()

    def key(self, folder: Path) -> bytes:
        """Return the folder's key; raises StoreError when it is lost, or others may use it."""
        file = folder / self.NAME
        try:
            return _from_hex(secret_in(file).decode("ascii").strip())
        except FileNotFoundError:
            if (folder / CHECK_FILE).exists():
                raise StoreError(Problem("key_missing", {"folder": folder.name})) from None
        except (OSError, UnicodeDecodeError):
            raise StoreError(Problem("key_unreadable")) from None
        made = secrets.token_bytes(KEY_BYTES)
        write_whole(file, made.hex().encode())
        return made


class ThrowAwayKey:
    """A key that is gone when the program ends; for demonstrations and tests.

    Whatever an earlier run left in the folder cannot be read with it, so the folder
    must be a new one each time.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(KEY_BYTES)

    def key(self, folder: Path) -> bytes:  # noqa: ARG002 - the same for every folder
        return self._key


def system_keyring() -> Any:
    """The keyring of this desktop; raises NoKeyring.

    Naming the usual backend spares the search through every installed package.
    """
    try:
        if sys.platform.startswith("linux") and CHOSEN_KEYRING not in os.environ:
            from keyring.backends import SecretService

            if SecretService.Keyring.viable:
                return SecretService.Keyring()  # type: ignore[no-untyped-call]
        import keyring
        from keyring.backends import fail

        found = keyring.get_keyring()
    except Exception:  # noqa: BLE001 - each backend fails in its own way
        raise NoKeyring from None
    if isinstance(found, fail.Keyring) or found.priority <= 0:
        raise NoKeyring
    return found


def ask(call: Any, *words: str) -> Any:
    """Call the keyring; its own failures become a StoreError without the secret in it."""
    try:
        return call(*words)
    except Exception as error:  # noqa: BLE001 - each backend fails in its own way
        if type(error).__name__ in ("KeyringLocked", "InitError", "PromptDismissedException"):
            raise StoreError(Problem("keyring_locked")) from None
        raise NoKeyring from None


def _from_hex(known: str) -> bytes:
    try:
        key = bytes.fromhex(known)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise StoreError(Problem("key_unreadable"))
    return key


def has_own_key(folder: Path) -> bool:
    """Whether the key of a folder comes from the folder: as a file, or by a passphrase."""
    return KeyFile.exists_in(folder) or has_passphrase(folder)
