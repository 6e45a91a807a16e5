"""A desk's side of the command contract: clicks with keys and numbers of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zlib import crc32

import msgspec

from desktop.wire.level1 import Command, CommandResult, Commands
from support.contract_counties import ContractCounty
from support.county_rows import MOMENT

FILE = {
    "digest": "a" * 64,
    "name": "现场.jpg",
    "media_type": "image/jpeg",
    "size": 1000,
    "thumbnail": "",
}


class Desk:
    """One installation; opens its session when it is made."""

    def __init__(
        self, county: ContractCounty, client: str = "desk-1", by: str = "值班员 07"
    ) -> None:
        self.county = county
        self.client = client
        self.by = by
        self.seq = 0
        self.open()

    def open(self) -> None:
        """Begin another session."""
        self.epoch, self.fence = self.county.open_session(self.client)

    def click(
        self, kind: str, target: str = "i1", body: Mapping[str, Any] | None = None, **fields: Any
    ) -> Command:
        """A new command; its key is drawn from the desk's name and the click's number."""
        self.seq += 1
        values: dict[str, Any] = {
            "key": f"{crc32(self.client.encode()):016x}{self.seq:016x}",
            "seq": self.seq,
            "kind": kind,
            "target": target,
            "collection": "incidents",
            "at": MOMENT,
            "by": self.by,
            "body": dict(body or {}),
        }
        return Command(**(values | fields))

    def create(self, **body: Any) -> Command:
        """A new incident's command, whose target is named after its key."""
        command = self.click("create", body={"title": "路面塌陷"} | body)
        return msgspec.structs.replace(command, target=f"new-{command.key}")

    def send(self, *commands: Command, offset_ms: int = 0) -> tuple[CommandResult, ...]:
        """Post clicks together; the answers in their order, unanswered ones left out."""
        return self.county.post(Commands(self.epoch, self.fence, self.client, commands, offset_ms))

    def give(
        self, kind: str, target: str = "i1", body: Mapping[str, Any] | None = None, **fields: Any
    ) -> CommandResult:
        """Click and post at once; the answer."""
        (result,) = self.send(self.click(kind, target, body, **fields))
        return result
