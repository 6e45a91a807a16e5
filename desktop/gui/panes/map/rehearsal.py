"""One of everything on the map, painted on the GUI thread before another thread paints.

WORKAROUND: PySide makes a type when it is first asked for, also inside a call that merely might
take one, and two threads that do so at once end the process.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter, QPolygonF

from desktop.domain.asset import AssetState
from desktop.domain.command import Collection, Key
from desktop.domain.levels import EventLevel, WarningLevel
from desktop.domain.localized_text import Text
from desktop.gui.panes.map.drawing import Layers, Look, View, draw_dangers, draw_ground
from desktop.gui.panes.map.geometry import Area, County, Danger, Line, Mark, Projection
from desktop.gui.panes.map.label_layer import Lettering, blank_picture
from desktop.gui.panes.map.label_placement import Label
from desktop.gui.panes.map.stamps import Stamps
from desktop.gui.panes.map.thinning import thin_out

SIDE_PX = 64
NAME = Text("县", "county")


def rehearse(look: Look, lettering: Lettering) -> None:
    """Paint one of each thing that a map may have, small and for nobody."""
    view, stamps, county = View(0, 0, 1, SIDE_PX, SIDE_PX), Stamps(look), _one_of_each()
    image = blank_picture(QSizeF(SIDE_PX, SIDE_PX), look.ratio)
    shown = thin_out(county, Layers(), view)
    labels = lettering.lay_out(county, shown, view, Layers(), stamps, None, (QRectF(),))
    with QPainter(image) as painter:
        draw_ground(painter, county, view, look)
        draw_dangers(painter, county.dangers, view, look)
        stamps.draw(painter, county.marks, view)
        lettering.draw(painter, labels)
        for role in ("incident", "warning#FF0000"):
            anchor = QPointF(SIDE_PX, SIDE_PX)
            lettering.draw(painter, [Label("县", role, QRectF(0, 0, 12, 12), anchor)])
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        patch = image.copy(QRectF(0, 0, 9, 9).toAlignedRect())
        painter.drawImage(QPointF(0, 0) / look.ratio, patch)


def _one_of_each() -> County:
    outline = QPolygonF([QPointF(0, 0), QPointF(SIDE_PX / 4, 0), QPointF(0, SIDE_PX / 4)])
    areas = (Area("", NAME, outline, QPointF(9, 9), in_doubt=True),)
    lines = tuple(Line(kind, NAME, outline) for kind in ("river", "rail", "road"))
    warning = Key("", Collection.WARNINGS, "")
    dangers = tuple(
        Danger(warning, level, True, NAME, starts_at=0, status="", rings=(outline,))
        for level in WarningLevel
    )
    marks = tuple(
        Mark(Key("", collection, f"{shape}{n}"), 6 * n, 6 * n, shape, n, NAME, overdue=n > 2)
        for collection, shapes in (
            (Collection.ASSETS, AssetState),
            (Collection.INCIDENTS, (*EventLevel, EventLevel.NONE, EventLevel.NONE)),
        )
        for n, shape in enumerate(shapes)
    )
    return County(Projection(0, 0), areas, lines, dangers, marks)
