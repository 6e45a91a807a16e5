"""Keys made of passphrases without the cost of guessing them, where that is not what is tested."""

from __future__ import annotations

import hashlib

import pytest

from desktop.storage.keys.passphrases import Recipe


def make_keys_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each passphrase and salt give a key at once, until the test's end."""

    def key(recipe: Recipe, passphrase: str) -> bytes:
        return hashlib.blake2b(passphrase.encode(), key=recipe.salt, digest_size=32).digest()

    monkeypatch.setattr(Recipe, "key", key)
