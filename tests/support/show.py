"""Draws a screen on the sample county: `show.py desk|wall --lang zh_CN --out /tmp/x.png`."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]


def main() -> int:
    """Write one PNG of the posture asked for; 0 when the screen had settled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posture", choices=("desk", "wall"))
    parser.add_argument("--lang", default="zh_CN", choices=("zh_CN", "en"))
    parser.add_argument("--theme", default="light", choices=("light", "dark"))
    parser.add_argument("--size", default="1920x1080", help="pixels of the picture")
    parser.add_argument("--scale", default="1")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--state", default="storm", choices=("storm", "flight", "empty", "offline"))
    parser.add_argument("--pick", action="store_true", help="pick the first incident")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = given.scale
    width, _, height = given.size.partition("x")

    from PySide6.QtWidgets import QWidget

    from desktop.application.i18n import Words
    from desktop.domain.command import Collection, Key
    from desktop.domain.localized_text import Text
    from desktop.domain.source import Problem
    from desktop.gui.opening import Opening
    from desktop.gui.shoot import shoot
    from support.flight import a_flight
    from support.sample_board import a_status, empty_county, sample_county

    county = empty_county() if given.state == "empty" else sample_county()
    now = county.clock.now()
    if given.state == "flight":
        county.tell(*a_flight(now))
    elif given.state != "storm":
        county.set_sources(
            a_status(
                last_good_at=None if given.state == "empty" else now - 25 * 60_000,
                failing_since=now - 25 * 60_000,
                problem=Problem("unreachable", {"address": "county.example", "reason": "no route"}),
            )
        )
    opening = Opening(
        board=county.board,
        words=Words(ROOT / "resources", given.lang),
        resources=ROOT / "resources",
        title=Text("云溪县", "Yunxi County"),
        layout_file=Path(tempfile.mkdtemp()) / "layout.ini",
        posture=given.posture,
        language=given.lang,
        theme=given.theme,
        demo=True,
        start=lambda: None,
        close=lambda: None,
    )
    key = Key("county", Collection.INCIDENTS, "I000001")

    def arrange(window: QWidget) -> None:
        if given.pick:
            county.board.commands.note(key, "已电话通知青石镇值班室，先行封控桥南路段。")
            window.show_key(key)  # type: ignore[attr-defined]

    try:
        return shoot(opening, given.out, int(width), int(height), lambda: True, 20, arrange)
    finally:
        county.close()


if __name__ == "__main__":
    sys.exit(main())
