"""How many frames of at most 140 bytes each kind of report takes, with road and network down."""

from __future__ import annotations

from collections.abc import Iterator

from figure import Figure, told

from desktop.connectors.county.frames import Carried, Office, pack
from desktop.domain.command import CommandKind, CommandRecord
from desktop.paths import resources
from desktop.wire.frames.fragments import CLIENT_DIGITS
from desktop.wire.frames.keys import derive_frame_key
from desktop.wire.frames.tables import read_tables

KINDS = tuple(
    CommandKind(each) for each in ("acknowledge", "take_up", "feedback", "note", "create", "report")
)
TABLES = tuple(f"{each}.toml" for each in ("categories", "channels", "townships"))


def count_frames(records: list[CommandRecord]) -> list[Figure]:
    """Frames of the first command of each kind and length of text."""
    folder = resources() / "county"
    tables = read_tables(*((folder / name).read_bytes() for name in TABLES))
    key = derive_frame_key(bytes(range(32)), "5d41402abc4b2a76", "liulin")
    packed = pack(records, Office(7, ("c0ffee" * 6)[:CLIENT_DIGITS], key, tables), 0)
    return list(_figures(packed))


def _figures(packed: list[Carried]) -> Iterator[Figure]:
    told_names = set()
    for each in sorted(packed, key=lambda one: KINDS.index(one.record.command.kind)):
        command = each.record.command
        text = str(command.body.get("text", ""))
        name = f"township-frames-{command.kind}"
        if command.kind is CommandKind.FEEDBACK:
            name += f"-{len(text)}"
        if name in told_names:
            continue
        told_names.add(name)
        length = f" with {len(text)} characters" if text else ""
        size = sum(map(len, each.frames))
        yield told(name, len(each.frames) or None, f"frames of ≤ 140 bytes{length}, {size} bytes")
