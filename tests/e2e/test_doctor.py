"""The doctor ends in words, and in time, while everything it looks at is broken."""

from __future__ import annotations

import json
import time
from pathlib import Path

from support.builders import NOW, FakeClock
from support.program import county_desk, free_port, write_profile
from support.stores import KEY, Stores

WITHIN_S = 20
"""Far beyond the three seconds that a bench measures: others may be at work on this computer."""


def test_it_ends_in_words_while_all_is_broken(tmp_path: Path) -> None:
    profile = write_profile(tmp_path / "desk.toml", f"http://127.0.0.1:{free_port()}")
    folder = tmp_path / "desk"
    folder.mkdir(mode=0o700)
    Stores(folder, FakeClock(NOW)).close()
    (folder / "key.private").write_text(KEY.hex())
    (folder / "key.private").chmod(0o600)
    with (folder / "outbox.db").open("r+b") as file:
        file.write(b"\xa5" * 8192)
    surroundings = {
        "QT_QPA_PLATFORM": "none-such",
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent/bus",
        "FONTCONFIG_FILE": "/nonexistent",
        "HOME": "/nonexistent",
        "XDG_RUNTIME_DIR": "/nonexistent",
        "LC_ALL": "C",
    }
    began_s = time.monotonic()
    done = county_desk(
        *("doctor", "--json", "--profile", profile, "--profile-dir", folder),
        environment=surroundings,
    )
    assert time.monotonic() - began_s < WITHIN_S
    assert (done.returncode, done.stderr) == (1, "")
    checks = json.loads(done.stdout)["checks"]
    broken = {(each["check"], each["code"]) for each in checks if each["result"] == "broken"}
    assert broken == {("qt", "fails"), ("database", "store_damaged"), ("source", "refused")}
    assert all(each["says"] for each in checks)
    assert all(each["todo"] for each in checks if each["result"] == "broken")
    assert not (folder / "outbox.db.damaged").exists()
