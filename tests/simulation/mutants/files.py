"""Files that commands name: kept, sent, checked and brought back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from desktop.application.commands.own_files import FileGone, OwnFiles
from desktop.application.sync import file_keeping
from desktop.application.sync.file_transfer import FileTransfer
from desktop.connectors.county import files as county_files
from desktop.storage.files import store
from desktop.storage.files.store import SqliteFiles
from simulation.mutants.registry import mutant, nothing, swapped, swapped_everywhere

WHOLE = 1 << 62


@mutant("file bytes dropped early", "attach")
def _dropped() -> Iterator[None]:
    """A file counts as sent as soon as its sending has begun."""

    def sent(before: Any, self: Any, source: str, digest: str, _: int) -> None:
        before(self, source, digest, WHOLE)

    with swapped(SqliteFiles, "mark_sent", sent):
        yield


@mutant("what was sent of a file counts as arrived", "attach_large", "restore", "back_up")
def _believed() -> Iterator[None]:
    """How much the county says it has is not looked at."""

    def upload(before: Any, platform: Any, ref: Any, offset: int, piece: bytes) -> int:
        return max(before(platform, ref, offset, piece), offset + len(piece))

    with swapped(county_files, "upload", upload):
        yield


@mutant("an upload goes on from where this desk stood", "attach_large", "restore", "back_up")
def _not_asked() -> Iterator[None]:
    """The county is not asked how much it has; where there is a gap it is believed to be full.

    A piece refused tells the right place: both belts are off.
    """

    def send(before: Any, self: FileTransfer, upload: Any, most: int) -> None:
        if upload.offset:
            self._known.meet(upload.ref.digest)
        before(self, upload, most)

    def upload(before: Any, platform: Any, ref: Any, offset: int, piece: bytes) -> int:
        has = before(platform, ref, offset, piece)
        return max(has, offset + len(piece)) if offset else has

    with swapped(FileTransfer, "_send", send), swapped(county_files, "upload", upload):
        yield


@mutant("an upload is not repeated after a restore", "set_back_file")
def _sent_once() -> Iterator[None]:
    """A county that went back is given its commands again and not their files."""
    with swapped_everywhere(file_keeping, "send_files_again", lambda *_: 0):
        yield


@mutant("a file's content is not compared with its name", "spoil_files", "attach")
def _any_content() -> Iterator[None]:
    """What somebody on the way gave in a file's place is kept as the file."""

    def digest(before: Any, db: Any, number: int) -> str:
        return str(db.execute("SELECT digest FROM file WHERE number = ?", (number,)).get)

    with swapped(store, "_digest", digest):
        yield


@mutant("a file that is gone is given again", "answer_late")
def _given_by_name() -> Iterator[None]:
    """A refused file is submitted again by its name, whether its bytes are here or not."""

    def send(before: Any, self: OwnFiles, command: Any) -> Any:
        try:
            return before(self, command)
        except FileGone:
            return command.body

    with swapped(OwnFiles, "send_again", send):
        yield


@mutant("thumbnails are never sent")
def _no_thumbnails() -> Iterator[None]:
    """Only originals go out."""

    def uploads(before: Any, self: FileTransfer) -> Any:
        return [upload for upload in before(self) if not upload.is_thumbnail]

    with swapped(FileTransfer, "_uploads", uploads):
        yield


@mutant("the file of a withdrawn command goes out", "attach_by_mistake")
def _not_taken_back() -> Iterator[None]:
    """A withdrawn command leaves its file in the queue."""
    with swapped(OwnFiles, "take_back", nothing):
        yield


@mutant("another login's files go out", "leave_files")
def _any_files() -> Iterator[None]:
    """Files that only another's commands name are sent under whichever login is in use."""

    def uploads(before: Any, self: FileTransfer) -> Any:
        held, self._held = self._held, set
        try:
            return before(self)
        finally:
            self._held = held

    with swapped(FileTransfer, "_uploads", uploads):
        yield


@mutant("files lost here are not fetched back", "attach", "lose_files")
def _not_fetched_back() -> Iterator[None]:
    """A file of a command that is gone from this computer stays gone."""
    with swapped(file_keeping, "_want_back", nothing):
        yield


@mutant("files are forgotten when they are looked after")
def _thrown_away() -> Iterator[None]:
    """What the hourly look protects is thrown away, sent or not."""

    def protect(before: Any, self: SqliteFiles, source: str, digests: Any) -> None:
        with self._file.transaction() as db:
            db.execute("DELETE FROM upload WHERE source = ?", (source,))
        before(self, source, ())

    with swapped(SqliteFiles, "protect", protect):
        yield
