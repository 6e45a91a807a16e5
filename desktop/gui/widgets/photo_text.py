"""The words about a photo: how much smaller it is, and when and where it was taken."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from desktop.domain.geo import Place
from desktop.domain.instant import Instant
from desktop.gui import formatting

translate = QCoreApplication.translate


def say_size(size: int, before: int, *, is_as_it_was: bool) -> str:
    """Say how large a file is, and how large it was."""
    if is_as_it_was:
        said = translate("Photos", "{size} · cannot be made smaller: it goes as it is")
        return said.format(size=formatting.size(size))
    if size < before:
        said = translate("Photos", "Photo made smaller: {before} → {after}")
        return said.format(before=formatting.size(before), after=formatting.size(size))
    return formatting.size(size)


def say_facts(taken: datetime | None, place: Place | None, now: Instant) -> str:
    """Say when and where a photo was taken, with the year if it is another than now.

    Empty if neither is known.
    """
    where = "" if place is None else f"{place.lat:.4f}, {place.lon:.4f}"
    if taken is None:
        return translate("Photos", "Taken at {place}").format(place=where) if where else ""
    form = "%m-%d %H:%M" if taken.year == formatting.local(now).year else "%Y-%m-%d %H:%M"
    when = translate("Photos", "Taken {time}").format(time=taken.strftime(form))
    return f"{when} · {where}" if where else when
