"""A desk with something to lose, its backup, and a desk to restore it over."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

from desktop.domain.backup import BackupContents
from desktop.domain.command import Collection, Key
from desktop.domain.incident import FileRef
from desktop.storage.backup import writing
from desktop.storage.files.store import open_files
from desktop.storage.keys import login_file
from desktop.storage.outbox.store import SqliteOutbox, open_outbox
from support.builders import NOW, FakeClock, a_command

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
PASSPHRASE = "a long passphrase"
I1 = Key("county", Collection.INCIDENTS, "i1")
PHOTO = b"a photograph" * 20_000


def a_desk(folder: Path) -> SqliteOutbox:
    """A desk with a command, a draft and a photo to send, still open."""
    folder.mkdir()
    login_file.keep(folder, KEY, "county", "a secret token")
    outbox = open_outbox(folder, KEY, FakeClock())
    outbox.append(a_command(key="k" * 32, body={"text": "泵房积水"}), NOW)
    outbox.keep_draft(I1, "写到一半", NOW)
    with closing(open_files(folder, KEY)) as files:
        ref = FileRef(hashlib.sha256(PHOTO).hexdigest(), "p.jpg", "image/jpeg", len(PHOTO))
        files.keep("county", ref, PHOTO)
    (folder / "layout.ini").write_text("[chosen]\nlanguage=en\n")
    (folder.parent / "desk.toml").write_text("# 我的配置\n")
    return outbox


def back_up(folder: Path, to: Path, profile: Path | None = None) -> BackupContents:
    desk = writing.Desk(folder, KEY, profile or folder.parent / "desk.toml", "desk", "1.0")
    return writing.write_backup(desk, to, PASSPHRASE, NOW)


def an_idle_desk(folder: Path) -> str:
    """A desk with nothing to send and a draft, newer than the backup's; its name."""
    folder.mkdir()
    open_files(folder, OTHER_KEY).close()
    (folder / "layout.ini").write_text("old")
    with closing(open_outbox(folder, OTHER_KEY, FakeClock())) as outbox:
        outbox.keep_draft(I1, "在这里写的", NOW + 1)
        return outbox.client_id()
