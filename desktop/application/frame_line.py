"""What a profile says of an office's frames: its number, and the line or gateway they go by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from desktop.application.addresses import address_fault
from desktop.protocol.limits import LAST_OFFICE
from desktop.protocol.serial_line import SPEEDS


class FrameLine(msgspec.Struct, frozen=True):
    """An office's number at its county, and how its frames leave; nothing where none is set."""

    office: int = 0
    serial: str = ""
    speed: int = 9600
    gateway: str = ""

    @property
    def way(self) -> str:
        """The device or address that frames go by; empty for none."""
        return self.serial or self.gateway


def line_faults(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Find what is wrong with a `[frames]` table: the setting and the fault in words."""
    known = FrameLine.__struct_fields__
    for name in table:
        if name not in known:
            yield name, f"unknown key {name!r}; known: {', '.join(known)}"
    office = table.get("office", 1)
    if not isinstance(office, int) or isinstance(office, bool) or not 0 < office <= LAST_OFFICE:
        yield "office", f"office must be a whole number from 1 to {LAST_OFFICE}"
    if not isinstance(table.get("serial", ""), str):
        yield "serial", "serial must be text, such as /dev/ttyUSB0"
    if table.get("speed", 9600) not in SPEEDS:
        yield "speed", f"speed must be one of {', '.join(map(str, SPEEDS))}"
    if "gateway" in table and (fault := address_fault(table["gateway"])):
        yield "gateway", f"gateway {fault}"
    if "gateway" in table and "serial" in table:
        yield "gateway", "give either a serial line or a gateway"


def read_line(table: Mapping[str, Any]) -> FrameLine:
    """Return what a `[frames]` table without faults says."""
    return FrameLine(**table)
