"""A county's own codes by number: both ends must hold the same tables."""

from __future__ import annotations

import hashlib
import tomllib

import msgspec

from desktop.wire.level2.cursor import WireError

CHECK_BITS = 24


class OtherTables(WireError):
    """The sender numbered the county's codes by other tables: what it meant is not known."""

    def __init__(self) -> None:
        super().__init__("the codes are numbered by other tables")


class Tables(msgspec.Struct, frozen=True):
    """The codes of a county, in the order of its files; a code that is not here goes as text."""

    categories: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    townships: tuple[str, ...] = ()

    @property
    def check(self) -> int:
        """A number that differs where the tables differ."""
        told = msgspec.json.encode([self.categories, self.channels, self.townships])
        return int.from_bytes(hashlib.sha256(told).digest(), "big") >> 256 - CHECK_BITS


NO_TABLES = Tables()


def read_tables(categories: bytes, channels: bytes, townships: bytes) -> Tables:
    """Return the codes of a county's files; ValueError where one is not such a file."""
    files = [tomllib.loads(each.decode()) for each in (categories, channels, townships)]
    ids = [str(each["id"]) for each in files[2].get("township", ())]
    return Tables(tuple(files[0]), tuple(files[1]), tuple(ids))
