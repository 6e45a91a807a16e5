"""The database's own connections: those the product opens, and one more beside them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import apsw

from desktop.storage.sqlite.database import connect


@contextmanager
def connections() -> Iterator[list[apsw.Connection]]:
    """Yield the connections opened inside the block, oldest first, as the driver tells them."""
    opened: list[apsw.Connection] = []
    apsw.connection_hooks.append(opened.append)
    try:
        yield opened
    finally:
        apsw.connection_hooks.remove(opened.append)


def ask(path: Path, key: bytes, sql: str, *values: Any) -> list[Any]:
    """Answer a question about the file as it lies, from a second connection that only reads."""
    with closing(connect(path, key, durable=False, read_only=True)) as db:
        return db.execute(sql, values).fetchall()


def decrypted(path: Path, key: bytes) -> bytes:
    """Every page of the file as the key opens it, free ones too."""
    with closing(connect(path, key, durable=False, read_only=True)) as db:
        return bytes(db.serialize("main"))
