"""Keys derived from a passphrase, and the change of a folder to a stronger one."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

import msgspec

from desktop.application.ports import StoreError
from desktop.domain.source import Problem
from desktop.storage.sqlite.database import CHECK_FILE, check_key, key_fits, set_check, write_whole
from desktop.storage.sqlite.folder_lock import RESTORE_READY

KEY_BYTES = 32
SALT_FILE = "key.salt"
NEXT_FILE = "key.salt.next"
"""The recipe of the key that the folder changes to; while it is there, files may be under
either."""
SALT_BYTES = 16

COST = 17
"""The power of two in scrypt's N; with r = 8 and p = 1 that is 128 MB and about 0.3 s, what
OWASP asks for."""
FIRST_COST = 16
"""The cost in folders from before costs were written down."""
_MARK = b"scrypt "
_MEMORY = 192 * 1024 * 1024


class WrongPassphrase(StoreError):
    """Another passphrase than the one this folder was made with; nothing was touched."""

    def __init__(self) -> None:
        super().__init__(Problem("passphrase_wrong"))


class Recipe(msgspec.Struct, frozen=True):
    """How a key is derived: scrypt with N = 2^cost, r = 8, p = 1, and a salt."""

    salt: bytes
    cost: int

    @classmethod
    def new(cls) -> Recipe:
        """Return a new one, with a salt of its own."""
        return cls(secrets.token_bytes(SALT_BYTES), COST)

    @classmethod
    def read(cls, file: Path) -> Recipe | None:
        """Return the recipe in a file, None when there is none.

        Raises WrongPassphrase for what is no recipe: no passphrase opens that folder.
        """
        try:
            told = file.read_bytes()
        except FileNotFoundError:
            return None
        if not told.startswith(_MARK):
            return cls(told, FIRST_COST)
        try:
            cost, salt = told.removeprefix(_MARK).split()
            made = cls(bytes.fromhex(salt.decode("ascii")), int(cost))
        except ValueError:
            raise WrongPassphrase from None
        if not FIRST_COST <= made.cost <= COST:
            raise WrongPassphrase
        return made

    def write(self, file: Path) -> None:
        """Put it in place, whole or not at all."""
        write_whole(file, _MARK + f"{self.cost} {self.salt.hex()}\n".encode())

    def key(self, passphrase: str) -> bytes:
        """The key; takes 0.3 s and 128 MB."""
        return hashlib.scrypt(
            passphrase.encode(),
            salt=self.salt,
            n=1 << self.cost,
            r=8,
            p=1,
            dklen=KEY_BYTES,
            maxmem=_MEMORY,
        )


class PassphraseKey:
    """A key derived from what a person types and a salt kept beside the files."""

    def __init__(self, passphrase: str, *, may_strengthen: bool = False) -> None:
        """With `may_strengthen` the caller has locked the folder: nobody else opens its files."""
        self._passphrase, self._may_strengthen = passphrase, may_strengthen

    def key(self, folder: Path) -> bytes:
        """Return the folder's key; raises WrongPassphrase.

        Also StoreError when a new passphrase is too short. A folder from before, whose key costs
        less to guess, changes to a stronger one: its files are encrypted anew, which takes longer,
        once. Not while a restore is ready: it was made so under the present key.
        """
        may_strengthen = self._may_strengthen and not (folder / RESTORE_READY).is_dir()
        recipe = Recipe.read(folder / SALT_FILE)
        if recipe is None:
            recipe = self._first(folder)
        key = recipe.key(self._passphrase)
        ahead = Recipe.read(folder / NEXT_FILE)
        stronger = None if ahead is None else ahead.key(self._passphrase)
        if stronger is None or not key_fits(folder, stronger):
            try:
                check_key(folder, key)
            except StoreError as error:
                if error.problem.code == "key_wrong":
                    raise WrongPassphrase from None
                raise
        elif not may_strengthen:
            return stronger
        if not may_strengthen or (recipe.cost >= COST and ahead is None):
            return key
        return self._strengthen(folder, key, stronger)

    def _first(self, folder: Path) -> Recipe:
        if (folder / CHECK_FILE).exists():
            # Made under a keyring's key, or the salt was lost: no passphrase opens it.
            raise WrongPassphrase
        from desktop.domain.passphrase import LEAST_CHARS, is_long_enough  # Not at every start.

        if not is_long_enough(self._passphrase):
            raise StoreError(Problem("passphrase_short", {"least": str(LEAST_CHARS)}))
        made = Recipe.new()
        made.write(folder / SALT_FILE)
        return made

    def _strengthen(self, folder: Path, key: bytes, stronger: bytes | None) -> bytes:
        """Return the stronger key once all files are under it; else `key`, with all under that.

        The next recipe is on the disk before the first file changes, and the check says which key
        all are under: killed at any moment, both keys can be derived at the next start.
        """
        from desktop.storage.sqlite.rekey import can_be_rekeyed, rekey_all

        if stronger is None:
            if not can_be_rekeyed(folder):
                return key
            ahead = Recipe.new()
            stronger = ahead.key(self._passphrase)
            try:
                ahead.write(folder / NEXT_FILE)
            except OSError:
                return key  # A disk that takes nothing now; another start tries again.
        if not key_fits(folder, stronger):
            if not rekey_all(folder, key, stronger):
                (folder / NEXT_FILE).unlink()
                return key
            set_check(folder, stronger)
        (folder / NEXT_FILE).replace(folder / SALT_FILE)
        return stronger


def has_passphrase(folder: Path) -> bool:
    """Whether the folder was made with a passphrase."""
    return (folder / SALT_FILE).exists()
