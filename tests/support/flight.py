"""A flight of warnings: twenty of every level, and none of them with an outline."""

from __future__ import annotations

from desktop.domain.instant import HOUR, MINUTE, Instant
from desktop.domain.levels import WarningLevel
from desktop.domain.localized_text import Text
from desktop.domain.warning import Warning as WeatherWarning
from support.builders import a_warning

LEVELS = (
    *[(WarningLevel.RED, "红色")] * 2,
    *[(WarningLevel.ORANGE, "橙色")] * 5,
    *[(WarningLevel.YELLOW, "黄色")] * 7,
    *[(WarningLevel.BLUE, "蓝色")] * 5,
    (WarningLevel.UNKNOWN, ""),
)
HAZARDS = (
    ("暴雨", "rainstorm"),
    ("雷电", "lightning"),
    ("大风", "gale"),
    ("地质灾害气象风险", "landslide"),
    ("山洪灾害", "flash flood"),
    ("大雾", "dense fog"),
    ("高温", "heat"),
)
NEAR = Text(
    "青石镇、东岭镇、柳湾镇及云溪河沿线低洼地带", "Qingshi, Liuwan and low ground by the river"
)


def a_flight(now: Instant) -> tuple[WeatherWarning, ...]:
    """Some by county rule, signed, still to come or only an exercise."""
    return tuple(
        a_warning(
            id=f"F{n:02}",
            level=level,
            headline=Text(
                f"县气象台发布{HAZARDS[n % 7][0]}{colour}预警信号",
                f"{level.title()} {HAZARDS[n % 7][1]} warning for the county",
            ),
            issued_at=now - n * 7 * MINUTE,
            starts_at=now - n * 7 * MINUTE + (2 * HOUR if n % 5 == 3 else 0),
            ends_at=None if n % 4 == 1 else now + (n + 1) * HOUR,
            area=NEAR if n % 3 else Text("全县", "Whole county"),
            townships=(),
            level_is_ours=n % 4 == 2,
            signed=n % 2 == 0,
            status="exercise" if n == 7 else "actual",
        )
        for n, (level, colour) in enumerate(LEVELS)
    )
