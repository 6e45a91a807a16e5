"""A keyring in one file, named by `COUNTY_DESK_TEST_KEYRING`: a desk's own in these tests."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

CHOSEN = "faults.real.file_keyring.FileKeyring"
PLACE = "COUNTY_DESK_TEST_KEYRING"


class FileKeyring(KeyringBackend):
    """Secrets as JSON, by service and name."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self._file = Path(os.environ[PLACE])

    def _known(self) -> dict[str, str]:
        if not self._file.exists():
            return {}
        known: dict[str, str] = json.loads(self._file.read_text(encoding="utf-8"))
        return known

    def get_password(self, service: str, username: str) -> str | None:
        """The secret, or None."""
        return self._known().get(_entry(username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret in place of the one there was."""
        known = self._known() | {_entry(username): password}
        self._file.write_text(json.dumps(known), encoding="utf-8")

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret."""
        known = self._known()
        if known.pop(_entry(username), None) is None:
            raise PasswordDeleteError(username)
        self._file.write_text(json.dumps(known), encoding="utf-8")


def _entry(username: str) -> str:
    """Without the profile's place: a cloned disk has its own at the same path, ours cannot."""
    return username.split("\x1f", 2)[-1] if username.startswith("login") else username
