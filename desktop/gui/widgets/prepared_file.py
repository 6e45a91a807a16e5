"""Files on their way to a case: read off the GUI thread, photos shrunk, or refused with a reason.

The functions named after a task are for the lane of pictures: they block.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QMimeData, QMimeDatabase
from PySide6.QtGui import QImage

from desktop.application.photos.exif import Facts
from desktop.application.photos.shrinking import Bounds, Cancelled, Shrunk, shrink
from desktop.domain.command import mint_key
from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.widgets.thumbnail import decode, draw, encode, small_picture, thumbnail
from desktop.protocol.limits import PHOTO_BYTES
from desktop.protocol.pictures import MEDIA_TYPES, is_picture

translate = QCoreApplication.translate

HEAD_BYTES = 4_096
NEW_ENDING = {"image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif")}
"""Endings that say what a shrunk photo is; the first is given to one with another."""


class Chosen(NamedTuple):
    """A file, or a picture of the clipboard, under the key of the command it is for."""

    key: str
    name: str
    source: Path | QImage | bytes


class Prepared(NamedTuple):
    """A file read for preview, or the reason why it cannot be attached."""

    name: str
    size: int
    """Bytes before it was shrunk."""
    key: str
    """The command's key, made before the first press."""
    media_type: str = ""
    body: bytes = b""
    thumbnail: bytes | None = None
    picture: QImage | None = None
    """The thumbnail at the size shown."""
    problem: Problem | None = None
    shrunk: Shrunk | None = None
    """How it was shrunk; None for one in its original size."""

    @property
    def facts(self) -> Facts:
        """Return what is known of a shrunk photo, and goes along."""
        return Facts() if self.shrunk is None else self.shrunk.facts

    @property
    def is_as_it_was(self) -> bool:
        """Whether it is a picture that could not be shrunk."""
        kept = self.shrunk is not None and self.shrunk.is_as_it_was
        return kept and self.media_type.startswith("image/")

    def choose_place(self, with_place: bool) -> Prepared:
        """Return it with or without the place where it was taken."""
        if self.shrunk is None:
            return self
        return self._replace(body=self.shrunk.body(with_place=with_place))


def choose_files(files: Sequence[Path]) -> list[Chosen]:
    """Mint a key for each of these files."""
    return [Chosen(mint_key(), file.name, file) for file in files]


def prepare(
    chosen: Chosen,
    limit: int | None,
    bounds: Bounds | None,
    shown_px: int,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Prepared | None:
    """Read one file and shrink it if it is a photo; with no bounds it keeps its original size.

    None for a pasted picture that is none, and once nobody waits for it.
    """
    name, key, source = chosen.name, chosen.key, chosen.source
    if is_cancelled():
        return None
    if isinstance(source, Path):
        found = _read(Prepared(name, 0, key), source, limit, shrinks=bounds is not None)
    else:
        image = decode(source) if isinstance(source, bytes) else source
        if image is None:
            return None
        found = _encode(Prepared(name, 0, key), image)
    if found.problem is None and bounds is not None:
        try:
            found = _shrink(found, bounds, is_cancelled)
        except Cancelled:
            return None
    if found.problem is None and limit is not None and len(found.body) > limit:
        return Prepared(found.name, len(found.body), key, problem=_too_large(found, limit))
    return found if found.problem is not None else _add_picture(found, shown_px)


def find_picture(held: QMimeData) -> bytes | QImage | None:
    """Return another program's picture still encoded, or one of this computer's own.

    Asked for an image, Qt would decode whatever kind the other program names, on this thread.
    """
    kinds = held.formats()
    for kind in MEDIA_TYPES:
        if kind in kinds:
            return bytes(held.data(kind).data())
    if held.hasImage() and not any(kind.startswith("image/") for kind in kinds):
        image = held.imageData()
        return image if isinstance(image, QImage) and not image.isNull() else None
    return None


def find_files(held: QMimeData) -> list[Path]:
    """Find the files of this computer that are being dragged or pasted."""
    return [Path(url.toLocalFile()) for url in held.urls() if url.isLocalFile()]


def _read(file: Prepared, path: Path, limit: int | None, *, shrinks: bool) -> Prepared:
    """Read a file up to the size limit; a photo that will be shrunk may be larger."""
    try:
        size = path.stat().st_size
        if not path.is_file() or not size:
            return _refuse(file, translate("AttachPanel", "not a file with content"))
        most = size if limit is None else limit
        with path.open("rb") as opened:
            head = opened.read(HEAD_BYTES)
            if shrinks and is_picture(head):
                most = max(most, PHOTO_BYTES)
            if size > most:
                file = file._replace(size=size)
                return file._replace(problem=_too_large(file, most if limit is None else limit))
            # Put together from two reads, 9 MB would be copied while no other thread may run.
            opened.seek(0)
            body = opened.read(most + 1)
    except OSError as error:
        return _refuse(file, error.strerror or str(error))
    if len(body) > most:
        file = file._replace(size=len(body))
        return file._replace(problem=_too_large(file, most if limit is None else limit))
    kind = QMimeDatabase().mimeTypeForFileNameAndData(file.name, head).name()
    return file._replace(size=len(body), media_type=kind, body=body)


def _encode(file: Prepared, image: QImage) -> Prepared:
    form, kind = ("PNG", "image/png") if image.hasAlphaChannel() else ("JPG", "image/jpeg")
    body = encode(image, form)
    file = file._replace(name=f"{file.name}.{form.lower()}")
    if body is None:
        return _refuse(file, form)
    return file._replace(size=len(body), media_type=kind, body=body)


def _shrink(file: Prepared, bounds: Bounds, is_cancelled: Callable[[], bool]) -> Prepared:
    shrunk = shrink(file.body, bounds, draw, is_cancelled)
    kind = shrunk.media_type or file.media_type
    name, endings = Path(file.name), NEW_ENDING.get(shrunk.media_type)
    if endings is not None and name.suffix.lower() not in endings:
        name = name.with_suffix(endings[0])
    return file._replace(name=str(name), media_type=kind, body=shrunk.body(), shrunk=shrunk)


def _add_picture(file: Prepared, shown_px: int) -> Prepared:
    small = thumbnail(file.body)
    shown = None if small is None else small_picture(small, shown_px)
    return file._replace(thumbnail=small, picture=shown)


def _refuse(file: Prepared, reason: str) -> Prepared:
    problem = Problem("file_unreadable", {"name": file.name, "reason": reason})
    return file._replace(size=0, problem=problem)


def _too_large(file: Prepared, limit: int) -> Problem:
    size = formatting.size(max(file.size, len(file.body)))
    return Problem(
        "file_too_large", {"name": file.name, "size": size, "limit": formatting.size(limit)}
    )
