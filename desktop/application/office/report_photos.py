"""Photos of a report that is not submitted yet: durable before they are shown, sent only after it.

Their bytes lie encrypted among the files, set aside; the list of them lies in the outbox as a
draft. A report and its photos become commands one after the other, each under a key minted
before: whatever was interrupted is completed from the list, and twice does nothing.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from desktop.application.board import Board
from desktop.application.commands.own_files import FileGone
from desktop.application.photos.exif import Exif, Facts, write_exif
from desktop.application.ports import StoreError
from desktop.domain.command import Collection, CommandRecord, CommandState, Key
from desktop.domain.geo import Place
from desktop.domain.incident import FileRef
from desktop.protocol.fields import InvalidField
from desktop.protocol.pictures import strip

log = logging.getLogger(__name__)

MOST_PHOTOS = 9
WHERE = Key("", Collection.INCIDENTS, "\x1fphotos")
"""Under this the outbox keeps the list; no form has such a key."""


class KeptPhoto(msgspec.Struct, frozen=True):
    """One photo, or another file, of a report in hand."""

    key: str
    """Of its command, minted when it was added."""
    name: str
    media_type: str
    size: int
    digest: str
    thumbnail: str = ""
    """Digest of its thumbnail; empty for a file without one."""
    size_before: int = 0
    """Bytes before it was shrunk."""
    is_as_it_was: bool = False
    """Whether it is a picture that could not be shrunk."""
    taken: datetime | None = None
    place: Place | None = None
    """Where it was taken, whether that goes along or not."""
    with_place: bool = True
    report: str = ""
    """Key of the command that creates its case, once that is being submitted."""


_list = msgspec.json.Decoder(tuple[KeptPhoto, ...])


def digest_of(body: bytes) -> str:
    """Return the name of a file's content."""
    return hashlib.sha256(body).hexdigest()


class ReportPhotos:
    """Keeper of the photos of the report in hand; used by one thread at a time."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def in_hand(self) -> tuple[KeptPhoto, ...]:
        """Return the photos of the report that is being written, in the order they were added."""
        return tuple(photo for photo in self._read() if self._report_of(photo) is None)

    def keep(self, photo: KeptPhoto, body: bytes, thumbnail: bytes) -> None:
        """Keep a photo for the report in hand, durable on return; the same one twice is one.

        Raises InvalidField for one more than a report may have.
        """
        hand = self.in_hand()
        if any(photo.digest == other.digest for other in hand):
            return
        if len(hand) >= MOST_PHOTOS:
            raise InvalidField("file", "too_many")
        ref = FileRef(photo.digest, photo.name, photo.media_type, len(body), photo.thumbnail)
        self._board.files.set_aside(ref, body, thumbnail)
        self._write((*self._read(), photo))

    def remove(self, key: str) -> None:
        """Delete a photo of the report in hand."""
        left = [photo for photo in self._read() if photo.key != key]
        self._write(left)
        self._clear(left)

    def set_place(self, key: str, with_place: bool) -> None:
        """Let a photo tell where it was taken, or take that out of its bytes."""
        kept = {photo.key: photo for photo in self._read()}
        photo = kept.get(key)
        body = None if photo is None else self._board.files.read(photo.digest)
        if photo is None or body is None or photo.with_place is with_place:
            return
        facts = Facts(photo.taken, photo.place if with_place else None)
        body = write_exif(strip(body), Exif(facts))
        small = self._board.files.read(photo.thumbnail) or b""
        kept[key] = changed = msgspec.structs.replace(
            photo, digest=digest_of(body), size=len(body), with_place=with_place
        )
        ref = FileRef(changed.digest, changed.name, changed.media_type, len(body), photo.thumbnail)
        self._board.files.set_aside(ref, body, small)
        self._write(kept.values())
        self._clear(kept.values())

    def submit(self, report: str, create: Callable[[], CommandRecord]) -> CommandRecord:
        """Create the case and attach its photos; what cannot be attached now, `finish` attaches.

        `report` is the key of the command that `create` stores. Durable on return.
        """
        hand = {photo.key for photo in self.in_hand()}
        if hand:
            self._write(
                msgspec.structs.replace(photo, report=report) if photo.key in hand else photo
                for photo in self._read()
            )
        record = create()
        try:
            self.finish()
        except (StoreError, InvalidField):
            log.exception("photos of a stored report wait for the next attempt")
        return record

    def finish(self) -> None:
        """Attach all photos whose report is stored, and forget what nobody needs any more.

        Raises what prevented one of them, after the others are attached.
        """
        kept = self._read()
        if not kept and self._board.commands.draft(WHERE):
            return  # A list that only a newer program can read: its photos stay where they are.
        left: list[KeptPhoto] = []
        fault: StoreError | InvalidField | None = None
        for photo in kept:
            report = self._report_of(photo)
            if report is None:
                left.append(photo)
                continue
            try:
                self._attach(report.command.target, photo)
            except FileGone as error:
                fault = error
            except (StoreError, InvalidField) as error:
                fault = error
                left.append(photo)
        if len(left) < len(kept):
            self._write(left)
        self._clear(left)
        if fault is not None:
            raise fault

    def _attach(self, target: Key, photo: KeptPhoto) -> None:
        if self._board.commands.record(photo.key) is not None:
            return
        files = self._board.files
        body = files.read(photo.digest)
        if body is None:
            raise FileGone(photo.name)
        small = files.read(photo.thumbnail) if photo.thumbnail else None
        self._board.commands.attach(target, photo.name, photo.media_type, body, small, photo.key)

    def _report_of(self, photo: KeptPhoto) -> CommandRecord | None:
        """Return the stored command that creates this photo's case, unless it was withdrawn."""
        record = self._board.commands.record(photo.report) if photo.report else None
        return None if record is None or record.state is CommandState.CANCELLED else record

    def _read(self) -> tuple[KeptPhoto, ...]:
        try:
            return _list.decode(self._board.commands.draft(WHERE) or "[]")
        except msgspec.MsgspecError:
            log.exception("the list of a report's photos cannot be read")
            return ()

    def _write(self, photos: Iterable[KeptPhoto]) -> None:
        listed = tuple(photos)
        text = msgspec.json.encode(listed).decode() if listed else ""
        self._board.commands.keep_draft(WHERE, text)

    def _clear(self, photos: Iterable[KeptPhoto]) -> None:
        """Let go of all that is set aside and not in this list."""
        needed = {digest for photo in photos for digest in (photo.digest, photo.thumbnail)}
        self._board.files.end_aside(self._board.files.list_aside() - needed)
