"""Examples of what a county publishes, signed by a key that is nobody's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from desktop.wire.bulletins import (
    SETTINGS,
    UPDATE,
    Bulletins,
    CentralSettings,
    Package,
    ProgramUpdate,
    SettingsGroup,
    write_bulletin,
)
from desktop.wire.courier.keys import PrivateKeys
from desktop.wire.level1 import MAGIC
from desktop.wire.parts import Phrase

COUNTY = "5d41402abc4b2a76"
KEYS = PrivateKeys(bytes(range(64)))
AT = datetime(2026, 5, 1, 1, 42, tzinfo=UTC)
GROUP = SettingsGroup(
    {"desk": {"day_begins": "08:00"}}, fixed=("desk.day_begins",), postures=("desk", "wall")
)
CENTRAL = CentralSettings(3, AT, "信息中心", (GROUP,))
PACKAGE = Package("deb", "county-desk_0.2.0+deb12_amd64.deb", 65_000_000, "ab" * 32)
NEWER = ProgramUpdate(
    2, AT, "0.2.0", words=Phrase("修正了打印。", "Printing is mended."), packages=(PACKAGE,)
)
SIGNED = (
    write_bulletin(SETTINGS, CENTRAL, COUNTY, KEYS),
    write_bulletin(UPDATE, NEWER, COUNTY, KEYS),
)


def _plain(told: msgspec.Struct) -> Any:
    return msgspec.json.decode(msgspec.json.encode(told))


PUBLISHED: dict[str, Any] = {
    "Bulletins": _plain(Bulletins(MAGIC, COUNTY, SIGNED)),
    "Bulletin": _plain(SIGNED[0]),
    "CentralSettings": _plain(CENTRAL),
    "SettingsGroup": _plain(GROUP),
    "ProgramUpdate": _plain(NEWER),
    "Package": _plain(PACKAGE),
}
