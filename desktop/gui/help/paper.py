"""A page of the help on paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtGui import QFont, QPagedPaintDevice, QPageLayout, QTextDocument

from desktop.gui.printing import draw_document

USUAL_PT = 10.0
LARGE_PT = {"zh_CN": 12.5, "en": 11.5}
"""Of a page that hangs on a wall: as large as one sheet takes, by language."""
ON_A_WALL = ("township",)
STYLE = """
h1 { font-size: large; } h2 { font-size: medium; margin-top: 8px; margin-bottom: 2px; }
p { margin-top: 0; margin-bottom: 4px; line-height: 85%; } li { line-height: 85%; }
a { color: #000000; text-decoration: none; }
code { font-weight: 600; } td, th { padding: 1px 6px; text-align: left; }
table { border-collapse: collapse; border: 1px solid #888888; margin-bottom: 4px; }
th, td { border: 1px solid #888888; }
"""


@dataclass(frozen=True)
class PrintedPage:
    """A page as it is drawn on paper, black on white in any theme."""

    title: str
    name: str
    language: str
    html: str

    def draw(self, device: QPagedPaintDevice) -> Iterator[None]:
        """Draw it on that device, upright, a sheet at each step."""
        device.setPageOrientation(QPageLayout.Orientation.Portrait)
        pages, font = QTextDocument(), QFont()
        font.setPointSizeF(LARGE_PT[self.language] if self.name in ON_A_WALL else USUAL_PT)
        pages.setDefaultFont(font)
        pages.setDefaultStyleSheet(STYLE)
        pages.setHtml(self.html)
        yield from draw_document(device, pages)
