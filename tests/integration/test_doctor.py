"""Each check of the doctor ends in words, whatever is wrong."""

from __future__ import annotations

import ast
import os
import re
import shutil
import threading
import tomllib
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from desktop.application.i18n import Words
from desktop.application.ports import StoreError
from desktop.application.profile import Profile
from desktop.commands.doctor import stores as doctor_stores
from desktop.commands.doctor.examination import count, find_login, hides_logins, read
from desktop.commands.doctor.stores import NoKey, Stores, find_key
from desktop.diagnostics.doctor import machine
from desktop.diagnostics.doctor.checks import Check, run_checks
from desktop.diagnostics.doctor.finding import Finding, Verdict, fine, of_problem
from desktop.diagnostics.doctor.screen import (
    QtFacts,
    check_fonts,
    check_input_method,
    check_printer,
    check_qt,
    check_rendering,
    read_facts,
)
from desktop.diagnostics.doctor.versions import check_versions
from desktop.diagnostics.doctor.words import DoctorWords
from desktop.domain.link import LinkState
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from desktop.paths import resources
from desktop.storage.keys import login_file
from desktop.storage.keys.encryption_key import KeyFile
from desktop.storage.keys.keyring_state import Keyring, KeyringState, find_keyring
from desktop.storage.keys.passphrases import SALT_FILE
from desktop.storage.keys.secret_service import CHOSEN_KEYRING
from desktop.storage.sqlite import database
from desktop.storage.sqlite.folder_lock import FolderLock
from desktop.storage.sqlite.integrity import read_through
from support.builders import NOW, FakeClock
from support.checkout import ROOT, sources, tree
from support.sample_board import a_status
from support.stores import KEY
from support.stores import Stores as Files

TABLE = tomllib.loads((ROOT / "resources/i18n/doctor.toml").read_text(encoding="utf-8"))


def in_words(finding: Finding, language: str = "en") -> str:
    told = DoctorWords(resources(), Words(resources(), language)).tell(finding)
    return f"{told.title}: {told.says} {told.todo}"


def test_a_check_that_raises_or_hangs_is_a_line_and_stops_no_other() -> None:
    end = threading.Event()
    stuck = Check(
        "printer", lambda: [] if end.wait(10) else [fine("printer", "found")], cancel=end.set
    )
    wrong = Check("disk", lambda: machine.check_disk(None))  # type: ignore[arg-type]
    found = run_checks([wrong, stuck, Check("zone", lambda: fine("zone", "known"))], within_s=0.1)
    assert [(each.check, each.code) for each in found] == [
        ("disk", "check_failed"), ("printer", "check_late"), ("zone", "known"),
    ]  # fmt: skip
    assert "AttributeError" in in_words(found[0])
    assert end.wait(5), "what was late is broken off"


def codes_used() -> set[tuple[str, str]]:
    """Find the codes of findings in the code, where both words are written there."""
    folders = ("desktop/diagnostics/doctor", "desktop/commands/doctor")
    return {
        (str(node.args[0].value), arg.value)
        for path in sources(*folders)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and len(node.args) == 2
        if isinstance(node.args[0], ast.Constant) and node.args[0].value in TABLE["title"]
        for arg in ast.walk(node.args[1])
        if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
    }


def test_every_finding_has_words_and_no_words_are_left_over() -> None:
    elsewhere = {
        ("key", each) for each in ("new", "passphrase", "not_in_keyring", "keyring_closed")
    }
    elsewhere |= {("keyring", each) for each in ("absent", "no_bus", "silent")}
    elsewhere |= {("key", each) for each in ("file", "keyring", "by_passphrase")}
    elsewhere |= {("speed", "weak"), ("speed", "good")}
    written = {
        (section, code)
        for section, entries in TABLE.items()
        if section in TABLE["title"]
        for code in entries
    }
    assert codes_used() | elsewhere == written
    assert set(TABLE) - set(TABLE["title"]) == {"title", "verdict", "every", "bundle"}


def test_both_languages_say_as_much_with_the_same_blanks() -> None:
    def blanks(parts: list[str]) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", " ".join(parts)))

    for section, entries in TABLE.items():
        for code, entry in entries.items():
            assert len(entry["zh"]) == len(entry["en"]), (section, code)
            assert blanks(entry["zh"]) == blanks(entry["en"]), (section, code)


def test_a_finding_of_another_part_is_told_in_that_parts_words() -> None:
    problem = Problem("refused", {"address": "https://county.example"})
    said = in_words(of_problem("source", Verdict.BROKEN, problem, source="county"))
    assert said.startswith("Source: county: https://county.example")


@pytest.mark.parametrize(("free", "code"), [(10**6, "full"), (10**8, "little"), (10**10, "enough")])
def test_the_disk(free: int, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)
    assert machine.check_disk(tmp_path / "not made yet").code == code


def test_a_folder_others_may_write_a_file_they_may_read_and_one_nobody_can_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "desk"
    folder.mkdir(mode=0o700)
    assert machine.check_permissions(folder).verdict is Verdict.FINE
    (folder / "cache.db").touch(mode=0o644)
    assert machine.check_permissions(folder).verdict is Verdict.FINE, "nobody gets at it"
    folder.chmod(0o755)
    assert machine.check_permissions(folder).code == "others_read"
    folder.chmod(0o777)
    assert machine.check_permissions(folder).code == "others_write"
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert machine.check_permissions(folder).code == "read_only"


def test_a_home_on_the_network_is_known_by_the_longest_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/a / ext4 rw\nserver:/x /srv/people nfs4 rw\n/dev/b /srv xfs rw\n")
    assert machine.file_system(Path("/srv/people/li"), mounts) == "nfs4"
    assert machine.file_system(Path("/var"), mounts) == "ext4"


def test_a_time_zone_without_data_is_broken() -> None:
    assert machine.check_zone("Asia/Shanghai").verdict in (Verdict.FINE, Verdict.LOOK)
    assert machine.check_zone("Asia/Yunlu").code == "missing"


@pytest.mark.parametrize(
    ("needs", "code"),
    [
        (["msgspec>=0.1"], "fit"),
        (["msgspec>=0.1,<0.2"], "unfit"),
        (["surely-not-there>=1"], "absent"),
        (["surely-not-there>=1; extra == 'server'"], "fit"),
    ],
)
def test_versions(needs: list[str], code: str) -> None:
    assert check_versions(needs).code == code


def facts(**told: dict[str, Any]) -> QtFacts:
    return QtFacts({"platform": {"name": "xcb"}, **told})


def test_a_qt_that_cannot_load_says_which_library_it_lacks() -> None:
    complaint = "From 6.5.0, xcb-cursor0 or libxcb-cursor0 is needed to load the Qt xcb plugin."
    dead = read_facts(b'{"platf', complaint.encode(), is_late=False, has_display=True)
    assert check_qt(dead).code == "library"
    assert check_fonts(dead).verdict is Verdict.UNKNOWN
    away = f"qt.qpa.xcb: could not connect to display :7\n{complaint}"
    assert check_qt(QtFacts({}, away)).code == "display"
    assert check_qt(QtFacts({}, "odd\nno such plugin\n")).details == {"reason": "no such plugin"}
    assert check_qt(QtFacts({}, is_late=True)).code == "late"


def test_what_qt_tells_is_judged() -> None:
    assert check_fonts(facts(fonts={"missing": 7, "families": []})).verdict is Verdict.BROKEN
    assert check_fonts(facts(input_method={})).code == "fatal", "it ended there"
    assert check_rendering(facts(rendering={"seen": False, "ms": 3})).code == "blank"
    assert check_printer(facts(printers={"count": 0, "default": False})).code == "none"
    assert check_printer(QtFacts({}, is_late=True)).code == "late"
    loaded = facts(input_method={"loaded": ["ibus"]})
    assert check_input_method(loaded, {"ibus-daemon"}).verdict is Verdict.FINE
    assert check_input_method(loaded, {"bash"}).code == "not_running"
    assert check_input_method(facts(input_method={"loaded": ["compose"]}), ()).code == "not_set"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A desk's folder with its stores, closed."""
    files = Files(tmp_path, FakeClock(NOW))
    files.close()
    return tmp_path


def stores(folder: Path, key: bytes | Exception = KEY) -> Stores:
    def find() -> bytes:
        if isinstance(key, Exception):
            raise key
        return key

    profile = Profile("desk", Text("县", "County"), ())
    return Stores(profile, folder, Words(resources(), "en"), find)


def test_a_damaged_outbox_and_one_of_a_newer_version_are_told_and_left_alone(kept: Path) -> None:
    assert [each.code for each in stores(kept).check_database()] == ["whole"]
    with (kept / "outbox.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 4096)
    before = (kept / "outbox.db").read_bytes()
    found = stores(kept).check_database()
    assert [(each.verdict, each.code) for each in found] == [(Verdict.BROKEN, "store_damaged")]
    assert (kept / "outbox.db").read_bytes() == before
    assert not (kept / "outbox.db.damaged").exists()


def test_a_key_that_is_not_the_folders_is_told_before_files_look_damaged(kept: Path) -> None:
    assert stores(kept, bytes(32)).check_key().code == "of_another"
    assert stores(kept, NoKey("not_in_keyring")).check_key().verdict is Verdict.BROKEN
    assert stores(kept, NoKey("passphrase")).check_database()[0].code == "no_key"


@pytest.mark.parametrize(("key", "hides"), [(KEY, False), (NoKey("passphrase"), True)])
def test_logins_kept_under_a_key_that_nobody_gave_are_hidden(
    kept: Path, key: bytes | NoKey, hides: bool
) -> None:
    assert not hides_logins(stores(kept, key))
    login_file.keep(kept, KEY, "county", "secret")
    assert hides_logins(stores(kept, key)) is hides


def test_no_key_is_made_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(NoKey, match="new"):
        find_key(stores(tmp_path).profile, tmp_path, None)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_a_newer_version_and_a_profile_of_one_are_told(kept: Path) -> None:
    with closing(database.connect(kept / "files.db", KEY, durable=False)) as db:
        db.execute("PRAGMA user_version = 900")
    assert [each.code for each in stores(kept).check_database()] == ["store_newer"]
    (kept / "desk.toml").write_text("[hologram]\n[[source]]\nid = 'a'\nkind = 'telepathy'\n")
    profile, finding = read(kept / "desk.toml")
    assert profile is None
    assert "hologram" in in_words(finding)
    (kept / "desk.toml").write_text("[desk]\ntheme = dark\n")
    _profile, finding = read(kept / "desk.toml")
    assert "第 2 行有错：theme 不合 TOML 的写法：值须是引号里的文字" in in_words(finding, "zh_CN")


def test_a_cache_too_large_for_the_time_is_said_to_be_read_in_part(kept: Path) -> None:
    assert not read_through(kept / "outbox.db", KEY, "outbox", 60).problem
    with closing(database.connect(kept / "outbox.db", KEY, durable=False)) as db:
        filler = [("", "", f"{n}", "x" * 900, 0) for n in range(3000)]
        db.executemany("INSERT INTO draft VALUES (?, ?, ?, ?, ?)", filler)
    begun = read_through(kept / "outbox.db", KEY, "outbox", -1)
    assert (begun.problem, begun.is_whole) == (None, False)


@pytest.mark.parametrize(
    ("state", "is_needed", "verdict"),
    [
        (KeyringState.OPEN, True, Verdict.FINE),
        (KeyringState.LOCKED, True, Verdict.LOOK),
        (KeyringState.NO_BUS, True, Verdict.BROKEN),
        (KeyringState.SILENT, True, Verdict.BROKEN),
        (KeyringState.ABSENT, True, Verdict.BROKEN),
        (KeyringState.ABSENT, False, Verdict.FINE),
    ],
)
def test_a_keyring_matters_where_the_key_is_in_it(
    kept: Path,
    monkeypatch: pytest.MonkeyPatch,
    state: KeyringState,
    is_needed: bool,
    verdict: Verdict,
) -> None:
    monkeypatch.setattr(doctor_stores, "find_keyring", lambda _wait_s: Keyring(state))
    if not is_needed:
        (kept / KeyFile.NAME).touch(mode=0o600)
    finding = stores(kept).check_keyring()
    assert finding.verdict is verdict
    assert "Keyring: " in in_words(finding)


def test_without_a_session_bus_the_keyring_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(CHOSEN_KEYRING, raising=False)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    assert find_keyring(5).state is KeyringState.NO_BUS
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    assert find_keyring(5).state is KeyringState.NO_BUS


def test_another_users_program_on_the_folder_is_broken_and_ones_own_is_fine(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stores(kept).check_other().code == "none"
    lock = FolderLock(kept)
    assert lock.take()
    try:
        assert stores(kept).check_other().code == "open"
        monkeypatch.setattr(os, "geteuid", lambda: 4321)
        assert stores(kept).check_other().code == "of_another_user"
    finally:
        lock.close()


def test_data_and_clock_are_told_by_what_was_kept(kept: Path) -> None:
    doctor = stores(kept)
    assert doctor.check_data() == []
    assert doctor.check_clock().code == "not_told"
    doctor.close()
    assert doctor_stores.find_age(a_status(last_good_at=NOW), NOW + 5_000).code == "fresh"
    old = doctor_stores.find_age(a_status(last_good_at=NOW), NOW + 86_400_000)
    assert "county: 1 d old already" in in_words(old)
    slow = LinkState(96_000.0, 640.0, measured_at=NOW)
    assert doctor_stores.find_speed(a_status(last_good_at=NOW, link=slow)).code == "weak"


@pytest.fixture
def closed(kept: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That folder, as one of another user into which nobody else may look."""
    look = os.stat

    def refuse(path: Any, *rest: Any, **named: Any) -> os.stat_result:
        if not isinstance(path, int) and kept in Path(path).parents:
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return look(path, *rest, **named)

    monkeypatch.setattr(os, "stat", refuse)
    monkeypatch.setattr(doctor_stores, "find_keyring", lambda _s: Keyring(KeyringState.ABSENT))
    return kept


def test_another_users_folder_is_said_to_be_shut_by_every_check(closed: Path) -> None:
    profile = stores(closed).profile
    shut = Stores(
        profile, closed, Words(resources(), "en"), partial(find_key, profile, closed, None)
    )
    key = shut.check_key()
    assert (key.verdict, key.code) == (Verdict.BROKEN, "unseen")
    assert f"{closed / 'key.check'} cannot be looked at (Permission denied)" in in_words(key)
    assert shut.check_keyring().code == "unseen"
    assert [each.code for each in shut.check_database()] == ["no_key"]
    assert shut.check_clock().code == "not_told"
    assert shut.check_data()[0].code == "not_told"
    assert count(shut) == {"unread": True}
    with pytest.raises(StoreError) as caught:
        find_login(shut, "county")
    assert caught.value.problem.details["file"] == str(closed / "logins.db")
    assert machine.check_permissions(closed / "desk" / "deeper").verdict is not Verdict.BROKEN


def test_a_profile_in_another_users_folder_is_a_finding(closed: Path) -> None:
    profile, finding = read(closed / "desk.toml")
    assert (profile, finding.verdict) == (None, Verdict.BROKEN)
    assert f"{closed / 'desk.toml'} cannot be read (Permission denied)" in in_words(finding)


def test_a_passphrase_that_is_no_text_is_told_as_the_keys_fault(kept: Path) -> None:
    (kept / SALT_FILE).touch()
    given = kept / "passphrase"
    given.write_bytes(b"\xff\xfe\x80")
    given.chmod(0o600)
    profile = stores(kept).profile
    key = partial(find_key, profile, kept, given)
    found = Stores(profile, kept, Words(resources(), "en"), key)
    assert found.check_key().code == "passphrase_file_unreadable"
    assert found.check_data()[0].code == "not_told"
    assert count(found)["unread"]


def test_what_is_still_waited_for_does_not_hold_up_the_bundle(kept: Path) -> None:
    written = threading.Event()

    def find() -> bytes:
        written.wait(10)  # As for a passphrase from a pipe into which nobody writes.
        raise NoKey("passphrase")

    profile = stores(kept).profile
    doctor = Stores(profile, kept, Words(resources(), "en"), find)
    waiting = threading.Thread(target=doctor.check_clock)
    waiting.start()
    assert count(doctor)["unread"]
    assert waiting.is_alive(), "it was not waited for"
    written.set()
    waiting.join()
