"""Files that officers attach or ask for: kept here, sent and fetched by the sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from desktop.application.commands.belonging import ALL
from desktop.application.ports import FileStore, OutboxStore, StoreError
from desktop.domain.changes import Changes
from desktop.domain.command import Command, CommandState
from desktop.domain.incident import FileRef
from desktop.domain.link import Upload
from desktop.domain.overlay import file_of, files_named
from desktop.domain.source import Problem

THUMBNAIL_TYPE = "image/jpeg"
ASIDE = ""
"""The source under which files of a report not yet submitted are kept: no source has this id, so
nothing sends them."""


class FileGone(StoreError):
    """A file that is to go out again is no longer here: it can only be attached anew."""

    def __init__(self, name: str) -> None:
        super().__init__(Problem("file_gone", {"name": name}))


class OwnFiles:
    """The files of this desk's officers; every call may come from any thread."""

    def __init__(
        self,
        outbox: OutboxStore,
        files: FileStore | None,
        file_limit: Callable[[str], int | None],
        announce: Callable[[Changes], None],
    ) -> None:
        self._outbox, self._files, self._limit = outbox, files, file_limit
        self._announce = announce
        self.on_nudge: Callable[[], None] = lambda: None
        """Called to exchange with every source now, as the officer wants."""
        self.on_only_words: Callable[[bool], None] = lambda on: None
        """Called to let files wait until the county's day ends, or no longer."""

    def limit(self, source: str) -> int | None:
        """Return the size in bytes of the largest file that may be attached; None when unknown."""
        return self._limit(source)

    def read(self, digest: str) -> bytes | None:
        """Return a file that is wholly here, or None."""
        return None if self._files is None else self._files.read(digest)

    def has(self, digest: str) -> bool:
        """Whether a file is wholly here; cheap, however large it is."""
        return self._files is not None and self._files.read(digest, 0, 1) is not None

    def want(self, source: str, ref: FileRef) -> None:
        """Fetch a file even on a weak line; it comes after everything more urgent."""
        self._open_file_store().want(source, ref.digest, ref.size)
        self.on_nudge()

    def set_only_words(self, on: bool) -> None:
        """Let only words go until the county's day ends, or files as well from now on."""
        self.on_only_words(on)
        self._announce(Changes(files=True))
        if not on:
            self.on_nudge()

    def uploads(self, source: str) -> list[Upload]:
        """Return the files not yet wholly sent: thumbnails first, then oldest."""
        return [] if self._files is None else self._files.uploads(source)

    def list_wanted(self, source: str) -> list[tuple[str, int, int]]:
        """Return the files asked for and not yet wholly here, as (digest, bytes here, size)."""
        return [] if self._files is None else self._files.list_wanted(source)

    def progress(self, digest: str) -> tuple[int, int] | None:
        """Return (bytes done, all bytes) of a file being fetched or sent; None when neither."""
        return None if self._files is None else self._files.progress(digest)

    def refusal(self, source: str, digest: str) -> Problem | None:
        """Return why a source refused a file of ours, which this run does not send again."""
        return None if self._files is None else self._files.refusal(source, digest)

    def keep_to_send(self, source: str, ref: FileRef, body: bytes, thumbnail: bytes | None) -> None:
        """Keep a file and its thumbnail until they are sent; durable on return."""
        files = self._open_file_store()
        if thumbnail:
            small = FileRef(ref.thumbnail, ref.name, THUMBNAIL_TYPE, len(thumbnail))
            files.keep(source, small, thumbnail, is_thumbnail=True)
        files.keep(source, ref, body)

    def set_aside(self, ref: FileRef, body: bytes, thumbnail: bytes) -> None:
        """Keep a file of which no command tells yet; durable on return, and sent to nobody."""
        self.keep_to_send(ASIDE, ref, body, thumbnail)

    def list_aside(self) -> set[str]:
        """Return the digests of all files, and of their thumbnails, that are set aside."""
        return {upload.ref.digest for upload in self._open_file_store().uploads(ASIDE)}

    def end_aside(self, digests: Iterable[str]) -> None:
        """Set these aside no longer; one that no source has is deleted."""
        files, ends = self._open_file_store(), list(digests)
        for digest in ends:
            files.take_back(ASIDE, digest)
        if ends:
            files.purge(ASIDE)

    def send_again(self, command: Command) -> Mapping[str, Any]:
        """Queue the files of a repeated command again; return the body it may be repeated with.

        That names no thumbnail which is no longer here. Raises FileGone for an attach command
        whose file is not here: nobody could ever open what the county would then list.
        """
        if (named := file_of(command)) is None:
            return command.body
        if (body := self.read(named.digest)) is None:
            raise FileGone(named.name)
        ref, thumbnail = FileRef(**command.body["file"]), self.read(named.thumbnail)
        told = dict(command.body["file"])
        if thumbnail is None:
            told.pop("thumbnail", None)
        self.keep_to_send(command.target.source, ref, body, thumbnail)
        return {**command.body, "file": told}

    def take_back(self, source: str, withdrawn: Sequence[Command]) -> None:
        """Drop the uploads of files that only these withdrawn commands name."""
        digests = {digest for command in withdrawn for digest in files_named(command)}
        if not digests or self._files is None:
            return
        for record in self._outbox.recent(ALL):
            if (
                record.state is not CommandState.CANCELLED
                and record.command.target.source == source
            ):
                digests.difference_update(files_named(record.command))
        for digest in digests:
            self._files.take_back(source, digest)

    def _open_file_store(self) -> FileStore:
        if self._files is None:
            raise StoreError(Problem("store_closed", {"file": "files.db"}))
        return self._files
