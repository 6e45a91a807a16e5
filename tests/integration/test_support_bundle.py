"""The support bundle holds nothing of the county and nothing of persons."""

from __future__ import annotations

import faulthandler
import json
import logging
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from desktop.application.i18n import Words
from desktop.application.manifest import SourceSettings
from desktop.application.profile import Profile
from desktop.commands.doctor.examination import Examination
from desktop.commands.doctor.stores import Stores
from desktop.diagnostics.crashes import CrashWatch
from desktop.diagnostics.doctor.checks import Check
from desktop.diagnostics.doctor.finding import Finding, Verdict, fine
from desktop.diagnostics.log import log_to
from desktop.diagnostics.support.bundle import Part, write_bundle
from desktop.domain.command import CommandKind
from desktop.domain.localized_text import Text
from desktop.paths import resources
from support.builders import NOW, FakeClock, a_batch, a_command, an_incident
from support.checkout import ROOT
from support.stores import KEY
from support.stores import Stores as Files

PERSON, PHONE, TOKEN, REPORT = "王小明", "13907441234", "t0k3nZx9", "柳林镇塌方三人被困"
HOST = "county.yunlu.example"
PLANTED = (PERSON, PHONE, TOKEN, REPORT, HOST, "wangxm")
ADDRESS = f"https://wangxm:{TOKEN}@{HOST}:8443/a?t={TOKEN}"
ALL = f"{PERSON} {PHONE} {TOKEN} {REPORT} {ADDRESS} /srv/people/wangxm"
SOURCE = "county"


def blanks() -> set[str]:
    """Name every detail that any finding or problem may have."""
    texts = (ROOT / "resources" / "i18n" / f"{name}.toml" for name in ("doctor", "problems"))
    return {each for text in texts for each in re.findall(r"\{(\w+)\}", text.read_text("utf-8"))}


def plant(folder: Path) -> None:
    """Put what must not leave into the stores, the log, and beside them."""
    files = Files(folder, FakeClock(NOW))
    incident = an_incident(title=Text(REPORT, REPORT), summary=Text(ALL, ALL))
    files.cache.apply(a_batch(incident))
    files.outbox.append(a_command(kind=CommandKind.NOTE, by=PERSON, body={"text": ALL}), NOW)
    files.outbox.keep_draft(a_command().target, ALL, NOW)
    files.close()
    plant_crash(folder)
    handler = log_to(folder / "log")
    try:
        told = logging.getLogger("desktop.planted")
        told.warning("sent %s", ALL, extra={"code": "refused", "address": ALL, "source": SOURCE})
        logging.getLogger("urllib3").warning(f"https://{HOST}/?token={TOKEN}")  # noqa: G004
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
    with (folder / "log" / "desk.log").open("a", encoding="utf-8") as log:
        log.write(f"{ALL}\n")
        every = dict.fromkeys((*blanks(), "says", "at", "level", "logger", "error", "source"), ALL)
        log.write(json.dumps({**every, "frames": [ALL, "mine.py:12 look"]}) + "\n")
        log.write(json.dumps([ALL]) + "\n")


@pytest.fixture(autouse=True)
def own_faulthandler(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the tests' own handler of faults in place; a process of its own tries the real one."""
    monkeypatch.setattr(faulthandler, "enable", lambda _file: None)
    monkeypatch.setattr(faulthandler, "disable", lambda: None)


def plant_crash(folder: Path) -> None:
    """Keep an error that speaks, and a fault as the interpreter writes it."""
    watch = CrashWatch(folder / "crashes", lambda: "1.0")
    watch.begin()
    try:
        raise ValueError(ALL)
    except ValueError as error:
        watch.note(ValueError, error, error.__traceback__)
    watch.close()


def examine(folder: Path, *findings: Finding) -> Examination:
    values = {"url": f"https://{HOST}", "user": "wangxm", "proxy_user": PERSON}
    settings = SourceSettings(SOURCE, "county", Text(ALL, ALL), 15, values)
    profile = Profile(PERSON, Text(ALL, ALL), (settings,), officer=PERSON, account="wangxm")
    words = Words(resources(), "en")
    stores = Stores(profile, folder, words, lambda: KEY)
    stores.view()  # As the checks do that look into them.
    checks = [Check(each.check, lambda each=each: each) for each in findings]  # type: ignore[misc]
    return Examination(words, fine("profile", "sound", file=ALL), stores, checks)


def whole(parts: Sequence[Part]) -> str:
    return "\n".join(f"{part.name}\n{part.text}" for part in parts)


@pytest.mark.expects_log("planted", "urllib3")
def test_no_name_text_number_login_or_host_is_handed_over(tmp_path: Path) -> None:
    plant(tmp_path)
    every = Finding("source", Verdict.BROKEN, "refused", dict.fromkeys(blanks(), ALL))
    known = Finding("data", Verdict.FINE, "fresh", {"source": SOURCE, "age_ms": "5000"})
    doctor = examine(tmp_path, every, known)
    parts = doctor.gather(doctor.run())
    doctor.close()
    said = whole(parts)
    assert [each for each in PLANTED if each in said] == []
    assert '"source": "source-1"' in said
    assert '"age_ms": "5000"' in said
    assert "sent %s" in said, "the log's own words help"
    assert "mine.py:12 look" in said
    assert '"error": "ValueError"' in parts[-1].text
    assert json.loads(parts[3].text)["rows"]["incidents"] == 1


@pytest.mark.expects_log("planted", "urllib3")
def test_hosts_go_along_only_when_asked_for_and_without_what_is_around_them(tmp_path: Path) -> None:
    plant(tmp_path)
    doctor = examine(tmp_path, Finding("source", Verdict.BROKEN, "refused", {"address": ADDRESS}))
    parts = doctor.gather(doctor.run(), hosts=True)
    doctor.close()
    assert f'"address": "{HOST}:8443"' in whole(parts)
    assert [each for each in PLANTED if each in whole(parts)] == [HOST]


def test_a_bundle_is_a_zip_for_its_user_alone_or_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "support.zip"
    write_bundle([Part("doctor.json", "[]\n")], file)
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as archive:
        assert archive.read("doctor.json") == b"[]\n"

    def fill(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", fill)
    with pytest.raises(OSError, match="No space"):
        write_bundle([Part("doctor.json", "[]\n")], tmp_path / "other.zip")
    assert [each.name for each in tmp_path.iterdir()] == ["support.zip"]
