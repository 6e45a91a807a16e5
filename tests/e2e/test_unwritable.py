"""L: on a full disk or in a read-only folder the desk opens for reading, and says so."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.program import PROGRAM, ROOT, County, county_desk, write_profile
from support.small_disk import SmallDisk, small_disk

SAID = {
    "zh_CN": {"full": "磁盘已满", "read-only": "只能读，不能写"},
    "en": {"full": "The disk is full", "read-only": "can only be read, not written"},
}
TODO = {"zh_CN": "不用重开", "en": "goes on by itself"}
NOT_STORED = {"full": "The disk is full", "read-only": "can only be read"}


class Office:
    """A desk on a disk of its own that has been in step with its county."""

    def __init__(self, scratch: Path, disk: SmallDisk, url: str) -> None:
        self.disk = disk
        self.folder = disk.folder / "desk"
        self.profile = write_profile(scratch / "desk.toml", url)

    def words(self, *words: str, language: str = "en") -> list[str]:
        return [
            *words,
            *("--profile", str(self.profile), "--profile-dir", str(self.folder)),
            *("--key", "file", "--lang", language),
        ]

    def run(self, *words: str, language: str = "en") -> subprocess.CompletedProcess[str]:
        return county_desk(*self.words(*words, language=language))

    def get_in_step(self) -> str:
        """Let it have an exchange; the first incident it then has."""
        assert self.run("sync").returncode == 0
        return str(self.rows("list", "incidents", "--offline")[0]["id"])

    def note(self, target: str) -> None:
        """Give it a command, which waits."""
        assert self.run("command", "note", target, "text=先到先得").returncode == 0

    def rows(self, *words: str) -> list[dict[str, object]]:
        ran = self.run(*words, "--json")
        assert "Traceback" not in ran.stderr
        rows: list[dict[str, object]] = json.loads(ran.stdout)["rows"]
        return rows

    def spoil(self, how: str) -> None:
        if how == "full":
            self.disk.fill()
        else:
            self.disk.forbid_writing()


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    folder = tmp_path_factory.mktemp("county")
    with County(folder, "--speed", "0", "--incidents", "40") as running:
        yield running


@pytest.fixture(scope="module")
def in_step(county: County, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a desk that had its exchange, and an incident it has."""
    scratch = tmp_path_factory.mktemp("in_step")
    made = Office(scratch, SmallDisk(scratch), county.url)
    target = made.get_in_step()
    return made.folder, target


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "small", 24) as made:
        yield made


@pytest.fixture
def office(county: County, in_step: tuple[Path, str], disk: SmallDisk, tmp_path: Path) -> Office:
    folder, target = in_step
    made = Office(tmp_path, disk, county.url)
    shutil.copytree(folder, made.folder)
    made.note(target)
    return made


@pytest.mark.parametrize("how", ["full", "read-only"])
def test_the_list_and_the_outbox_open_and_say_it_in_both_languages(office: Office, how: str):
    before = office.rows("list", "incidents", "--offline"), office.rows("outbox")
    office.spoil(how)
    for language, said in SAID.items():
        for words in (("list", "incidents", "--offline"), ("outbox",)):
            ran = office.run(*words, language=language)
            # One command waits, which the outbox's exit status says.
            assert ran.returncode == int(words == ("outbox",)), ran.stderr
            assert said[how] in ran.stderr.splitlines()[0], "before anything less urgent"
            assert TODO[language] in ran.stderr
            assert "Traceback" not in ran.stderr
    assert (office.rows("list", "incidents", "--offline"), office.rows("outbox")) == before


@pytest.mark.parametrize("how", ["full", "read-only"])
def test_a_command_that_cannot_be_stored_is_refused_in_words_and_an_exchange_asks_nothing(
    office: Office, how: str
):
    office.spoil(how)
    target = str(office.rows("list", "incidents", "--offline")[0]["id"])
    ran = office.run("command", "note", target, "text=" + "写不下" * 9_000)
    assert ran.returncode == 2
    assert NOT_STORED[how] in ran.stderr
    assert "Traceback" not in ran.stderr
    ran = office.run("sync")
    assert ran.returncode == 1
    assert NOT_STORED[how] in ran.stdout
    assert "Traceback" not in ran.stderr
    assert [row["state"] for row in office.rows("outbox")] == ["stored"]


@pytest.mark.parametrize("how", ["full", "read-only"])
def test_everything_goes_on_once_it_can_be_written(
    county: County, disk: SmallDisk, tmp_path: Path, how: str
):
    # No copy of another's folder: the county knows the one from the other.
    office = Office(tmp_path, disk, county.url)
    office.note(office.get_in_step())
    office.spoil(how)
    assert office.run("sync").returncode == 1
    office.disk.make_room() if how == "full" else office.disk.allow_writing()
    ran = office.run("sync")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert [row["state"] for row in office.rows("outbox")] == ["accepted"]


@pytest.mark.parametrize("posture", ["desk", "wall"])
def test_the_windows_open_on_a_read_only_folder(office: Office, tmp_path: Path, posture: str):
    office.spoil("read-only")
    picture = tmp_path / "picture.png"
    words = ("shot", "--posture", posture, "--size", "1366x768", "--wait", "5")
    ran = county_desk(
        *office.words(*words), "--out", picture, environment={"QT_QPA_PLATFORM": "offscreen"}
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert picture.stat().st_size > 10_000
    assert "Traceback" not in ran.stderr


def test_modes_that_allow_no_writing_open_for_reading(office: Office):
    """As any user but the administrator meets them: here one who has given up that power."""
    program = shutil.which("setpriv")
    if program is None:
        pytest.skip("nothing here can give up the power to write everywhere")
    held_to_modes = (program, "--bounding-set", "-dac_override,-dac_read_search")
    for path in (office.disk.folder, *office.disk.folder.rglob("*")):
        path.chmod(0o500 if path.is_dir() else 0o400)
    for words in (("list", "incidents", "--offline"), ("outbox",)):
        ran = subprocess.run(
            [*held_to_modes, *PROGRAM, *office.words(*words)],
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
        assert ran.returncode == int(words == ("outbox",)), ran.stderr
        assert SAID["en"]["read-only"] in ran.stderr
        assert "Traceback" not in ran.stderr
