"""Files of our commands: kept as long as the county may lose them, and reported when lost."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from desktop.application.commands.belonging import ALL
from desktop.application.commands.own_files import THUMBNAIL_TYPE
from desktop.application.ports import FileStore, StoreError
from desktop.application.sync.exchange_context import ExchangeContext
from desktop.application.sync.file_state import FileState
from desktop.domain.command import CommandKind, CommandRecord, CommandState
from desktop.domain.incident import FileRef
from desktop.domain.instant import DAY, Instant
from desktop.domain.overlay import file_of

KEPT_AFTER_MS = 7 * DAY
"""How long after its command was accepted: on a thin line the bytes arrive long after the command,
and that the server keeps a command beyond any restore says nothing of its file."""
LOOKED_AFTER_S = 3600.0
UNNAMED_KEPT_MS = 20 * DAY
"""How long, at least, a county keeps a file that no command of its own names: one whose command was
accepted after that may have been deleted meanwhile."""

log = logging.getLogger(__name__)


def look_after_files(
    files: FileStore, context: ExchangeContext, held: Callable[[], set[str]] = set
) -> None:
    """Protect the files that the county may still lose, and ask for those that are missing here.

    Once an hour, and after the server went back. `held` returns the files of commands that wait for
    another login: they are fetched under no other.
    """
    known, source, now_s = context.memory.files, context.source, context.clock.monotonic_s()
    looked_s = known.looked_s
    if looked_s is not None and 0.0 <= now_s - looked_s < LOOKED_AFTER_S:
        return
    found = _list_attach_commands(context)
    try:
        files.protect(source, {each for _, ref in found for each in (ref.digest, ref.thumbnail)})
        for record, ref in found:
            if _was_accepted_late(record) and known.note_late(ref.digest):
                _send_again(files, source, ref)
        if looked_s is None:
            _want_back(files, known, source, found, held())
    except StoreError as error:
        # What it cannot keep it does not forget either; it is tried again next time.
        log.info("files were not looked after", extra={"code": error.problem.code})
        return
    known.note_looked(now_s)


def send_files_again(files: FileStore, context: ExchangeContext) -> int:
    """Queue every file again that a server which went back may have lost; returns how many.

    Files that are not here are looked for at the county with the next look after all.
    """
    count, known, source = 0, context.memory.files, context.source
    for _, ref in _list_attach_commands(context):
        count += _send_again(files, source, ref)
        for digest in (ref.thumbnail, ref.digest):
            known.forget(digest)
    known.look_again()
    return count


def _send_again(files: FileStore, source: str, ref: FileRef) -> int:
    """Queue a file and its thumbnail again, as far as they are here; returns how many."""
    small = FileRef(ref.thumbnail, ref.name, THUMBNAIL_TYPE, 0)
    return sum(
        bool(each.digest) and files.send_again(source, each, is_thumbnail=is_thumbnail)
        for each, is_thumbnail in ((small, True), (_bare(ref), False))
    )


def _was_accepted_late(record: CommandRecord) -> bool:
    waited_ms = record.changed_at - record.command.at
    return record.state is CommandState.ACCEPTED and waited_ms > UNNAMED_KEPT_MS


def _list_attach_commands(context: ExchangeContext) -> list[tuple[CommandRecord, FileRef]]:
    """Return the attach commands whose files may still be needed here, with the file of each."""
    now, source = context.clock.now(), context.source
    return [
        (record, ref)
        for record in context.outbox.recent(ALL)
        if record.command.kind is CommandKind.ATTACH
        and record.command.target.source == source
        and _may_need_its_file(record, now)
        and (ref := file_of(record.command)) is not None
    ]


def _may_need_its_file(record: CommandRecord, now: Instant) -> bool:
    match record.state:
        case CommandState.CANCELLED | CommandState.GIVEN_UP:
            return False
        case CommandState.CONFLICT:
            return not record.seen
        case CommandState.REJECTED:
            # Until the officer dismisses it he may submit it anew, and no county keeps for
            # ever a file that no command of its own names.
            return not (record.retired and record.seen)
        case CommandState.ACCEPTED if record.retired:
            return record.changed_at > now - KEPT_AFTER_MS
        case _:
            return not record.retired


def _want_back(
    files: FileStore,
    known: FileState,
    source: str,
    found: Iterable[tuple[CommandRecord, FileRef]],
    held: set[str],
) -> None:
    names: dict[str, str] = {}
    thumbnails: set[str] = set()
    for record, ref in found:
        state = record.state
        counts = not record.retired and state not in (CommandState.REJECTED, CommandState.CONFLICT)
        if not counts or ref.digest in held:
            continue
        if files.read(ref.digest, 0, 1) is None:
            names[ref.digest] = ref.name
            files.want(source, ref.digest, ref.size)
        if ref.thumbnail and files.read(ref.thumbnail, 0, 1) is None:
            thumbnails.add(ref.thumbnail)
    known.note_missing(names, thumbnails)
    if known.lost:
        log.info("files of commands are missing here", extra={"source": source})


def _bare(ref: FileRef) -> FileRef:
    """Return the file's reference as it was kept for sending, without time and uploader."""
    return FileRef(ref.digest, ref.name, ref.media_type, ref.size, ref.thumbnail)
