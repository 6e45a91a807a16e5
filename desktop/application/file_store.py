"""What the application needs from the store of attached files."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from desktop.domain.incident import FileRef
from desktop.domain.link import Upload
from desktop.domain.source import Problem


class FileStore(Protocol):
    """Files by their content, encrypted, in a database file of their own; thread-safe.

    Originals still to be sent are durable (`synchronous=FULL`); fetched ones may be
    forgotten, oldest use first, beyond a bound, unless they are protected.
    """

    def keep(self, source: str, ref: FileRef, body: bytes, *, is_thumbnail: bool = False) -> None:
        """Keep a file to send; when this returns it survives kill -9. Raises for a wrong digest.

        It is protected until it has been sent and `protect` is called without it.
        """

    def uploads(self, source: str) -> list[Upload]:
        """Files not yet wholly sent: thumbnails first, then oldest."""

    def read(self, digest: str, offset: int = 0, most: int | None = None) -> bytes | None:
        """Bytes of a file that is wholly here, or None."""

    def mark_sent(self, source: str, digest: str, offset: int) -> None:
        """Record how many bytes the server has; with all of them the upload is over."""

    def send_again(self, source: str, ref: FileRef, *, is_thumbnail: bool = False) -> bool:
        """Queue a file anew, from its start and as if never refused; false when it is not here.

        The sender first asks how much the source already has. `ref.size` may be 0.
        """

    def protect(self, source: str, digests: Collection[str]) -> None:
        """Protect exactly these files of the source, sent or not; it releases all others.

        They need not be here yet. What is still to be sent stays protected.
        """

    def take_back(self, source: str, digest: str) -> None:
        """Drop a file's upload to that source and its protection; does nothing without either."""

    def refuse(self, source: str, digest: str, problem: Problem) -> None:
        """Record, for this run, that the source does not take or have the file.

        Keeping the file anew or fetching it clears that. One to be sent stays among the uploads:
        the next start asks again.
        """

    def refusal(self, source: str, digest: str) -> Problem | None:
        """Why the source did not take a file to be sent, or could not give it back, or None."""

    def list_wanted(self, source: str) -> list[tuple[str, int, int]]:
        """Files to fetch as (digest, bytes here, size), as asked for by `want`."""

    def want(self, source: str, digest: str, size: int) -> None:
        """Ask for a file to be fetched when the line allows it; idempotent."""

    def add_chunk(self, source: str, digest: str, offset: int, piece: bytes) -> bool:
        """Keep a piece at that place; true when the file is whole and its digest is right.

        A whole file with another digest is thrown away and fetched from its start.
        """

    def purge(self, source: str) -> None:
        """Overwrite the files that only this source has; those still to be sent or protected
        go when they are neither."""

    def progress(self, digest: str) -> tuple[int, int] | None:
        """Return (bytes done, all bytes) of a file being fetched or sent; None when neither."""

    def close(self) -> None:
        """Let go of the file; idempotent."""
