"""The proof that one version follows another, and none goes back, over an officer's full outbox."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devkit import debian
from devkit.packages import deb, flavours
from devkit.packages.proofs import later, same_bytes
from devkit.packages.proofs.debian_root import OFFICER, DebianRoot, debian_root
from devkit.packages.proofs.upgrading_desk import Desk, demo_county
from devkit.place import must, say

PREVIOUS = "c6beaff8"
"""The last commit whose package ran from where dpkg unpacks it: the version offices upgrade from,
until one is released."""
COMMANDS = 300
UNPACKING_S = (1.0, 6.0)
SETTING_UP_S = (0.02, 0.2)
WORKS, NEWER, HALF = 1, 4, 75
"""What a look into the full outbox ends with: well, of a program too old for what is there, and of
one that is half installed."""
GOING_BACK = {"COUNTY_DESK_DOWNGRADE": "yes"}
INSTALL = ("apt-get", "install", "-y", "-q", "--no-install-recommends")
BUILDS = deb.HOME.lstrip("/") + "/run"


@dataclass(frozen=True)
class Packages:
    """The versions, from the oldest; the last one keeps its outbox in a newer form."""

    previous: Path
    ours: Path
    later: Path


def prove() -> None:
    """Upgrade twice and kill dpkg at it, go back, fill the disk, take it away; nothing is lost."""
    debian.provide(("mmdebstrap", "xvfb"))
    with tempfile.TemporaryDirectory() as out:
        built = deb.build(flavours.BOOKWORM, Path(out))
        packages = Packages(
            build_previous(Path(out)),
            later.repack(built, "0.9.0", Path(out)),
            later.repack(built, "9.0.0", Path(out), migrates=True),
        )
        with debian_root(flavours.BOOKWORM.suite) as root:
            root.must([*INSTALL, _lay(root, packages.previous)])
            prove_in(root, packages)


def build_previous(out: Path) -> Path:
    """The package of the earlier commit."""
    say(f"building the package of {PREVIOUS}")
    return same_bytes.build_commit(out / "previous", of=PREVIOUS)


def prove_in(root: DebianRoot, packages: Packages) -> None:
    """All of it in a root where the previous version is installed."""
    with demo_county() as county:
        desk = Desk(root, county.url)
        desk.fill(COMMANDS, county)
        before = desk.tell()
        say(f"{len(before.commands)} commands, a photo, a draft, settings and a layout are there")
        _upgrade_killed(root, desk, packages.ours, WORKS, HALF)
        _insist(desk.tell() == before, "the first upgrade changed what the officer had")
        say("upgraded from the previous version: all of it is there")
        _upgrade_beside_a_running_program(root, packages.later)
        root.must(["dpkg", "-i", _lay(root, packages.ours)], env=GOING_BACK)
        _upgrade_killed(root, desk, packages.later, WORKS)
        _insist(desk.tell() == before, "the second upgrade changed what the officer had")
        _refuse_to_go_back(root, desk, packages)
        _fill_the_disk(root, desk, packages)
        _remove(root, packages.later)
        _insist(desk.tell() == before, "the program's end changed what the officer had")
        county.start()
        desk.send_all()
        county.insist_on_once(COMMANDS)
        say(f"{COMMANDS} commands and the photo reached the county, each once")


def _upgrade_killed(root: DebianRoot, desk: Desk, package: Path, *good: int) -> None:
    """Kill dpkg at several moments; each time a look into the outbox ends with a good status."""
    name = _lay(root, package)
    steps = (("-i", UNPACKING_S), ("--configure", SETTING_UP_S))
    for step, moments in steps:
        for seconds in moments:
            if step == "--configure":
                root.must(["dpkg", "--unpack", name])
                _look(desk, "unpacked alone", *good)
            words = [step, "county-desk" if step == "--configure" else name]
            ended = _kill_after(root, ["dpkg", *words], seconds)
            when = "ended before" if ended else "killed after"
            _look(desk, f"dpkg {step} {when} {seconds} s", *good)
            root.attempt(["dpkg", "--configure", "-a"])
    _insist("install ok installed" in root.must(["dpkg-query", "-s", "county-desk"]), "half there")
    desk.insist_on_working()


def _look(desk: Desk, when: str, *good: int) -> None:
    status, said = desk.try_outbox()
    _insist(status in good and (status != HALF or "dpkg --configure -a" in said), said)
    say(f"{when}: {'it says that it is half installed' if status == HALF else 'it works'}")


def _kill_after(root: DebianRoot, words: list[str], seconds: float) -> bool:
    """Whether it ended before that; otherwise all of it was killed at that moment."""
    running = subprocess.Popen(
        root.words(words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        running.wait(seconds)
        return True
    except subprocess.TimeoutExpired:
        running.send_signal(signal.SIGKILL)  # Whatever it began ends with it.
        running.wait()
        return False


LAZY = """
import importlib, pathlib, pkgutil, sys, time
import desktop, desktop.__main__
print(desktop.VERSION, flush=True)
while not pathlib.Path("/srv/upgraded").exists():
    time.sleep(0.1)
names = [each.name for each in pkgutil.walk_packages(desktop.__path__, "desktop.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
from importlib.metadata import version
from desktop.paths import resources
texts = [each.read_bytes() for each in resources().rglob("*") if each.is_file()]
assert version("county-desk") == desktop.VERSION, "a part of another version was loaded"
print(len(names), "modules", len(texts), "resources", flush=True)
"""
BESIDE = f"""
runuser -u {OFFICER} -- "$2" -I -c "$3" >/srv/running 2>&1 &
until grep -q . /srv/running; do sleep 0.1; done
dpkg -i "$1"
touch /srv/upgraded
wait $!
"""
"""Both see the same processes, as on any computer."""


def _upgrade_beside_a_running_program(root: DebianRoot, package: Path) -> None:
    """What is open loads the rest of itself after the upgrade, and none of it is the new one's."""
    running = [each.name for each in (root.folder / BUILDS).iterdir()]
    _insist(len(running) == 1, f"builds: {running}")
    python = f"/{BUILDS}/{running[0]}/bin/python"
    done = root.attempt(["sh", "-ec", BESIDE, "sh", _lay(root, package), python, LAZY])
    said = (root.folder / "srv" / "running").read_text(encoding="utf-8")
    _insist(done.returncode == 0, f"what ran during the upgrade broke:\n{done.stdout}\n{said}")
    left = sorted(each.name for each in (root.folder / BUILDS).iterdir())
    _insist(len(left) == 2, f"builds after the upgrade: {left}")
    say(f"what ran during the upgrade loaded the rest of itself: {' '.join(said.split())}")


def _refuse_to_go_back(root: DebianRoot, desk: Desk, packages: Packages) -> None:
    """An older package is refused by itself; forced, its program refuses what is there."""
    desk.open_once()
    name = _lay(root, packages.ours)
    done = root.attempt(["dpkg", "-i", name])
    _insist(done.returncode != 0 and "没有装回旧版本" in done.stdout, done.stdout)
    desk.insist_on_working()
    root.must(["dpkg", "-i", name], env=GOING_BACK)
    kept = desk.read_files()
    status, said = desk.try_outbox()
    _insist(status == NEWER and "9.0.0" in said, f"status {status}: {said}")
    _insist(desk.read_files() == kept, "an older program changed what a newer one had written")
    root.must(["dpkg", "-i", _lay(root, packages.later)])
    desk.insist_on_working()
    say("the older package was refused in words; forced, its program refused and touched nothing")


def _fill_the_disk(root: DebianRoot, desk: Desk, packages: Packages) -> None:
    """Without room for a second version the installed one goes on working."""
    home = root.folder / deb.HOME.lstrip("/")
    with _small_disk(home):
        done = root.attempt(["dpkg", "-i", _lay(root, packages.later)])
        _insist(done.returncode != 0, "the disk was not too small")
        desk.insist_on_working()
    root.must(["dpkg", "-i", _lay(root, packages.later)])
    desk.insist_on_working()
    say("no room to install: what was there works, and installs once there is room")


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    """Put what is in a folder on a disk with room for little more."""
    aside = folder.with_name(f"{folder.name}.aside")
    must(["cp", "-a", folder, aside])
    taken = int(subprocess.check_output(["du", "-sk", folder], text=True).split()[0])
    must(["mount", "-t", "tmpfs", "-o", f"size={taken + 60_000}k", "tmpfs", folder])
    try:
        must(["cp", "-a", f"{aside}/.", folder])
        yield
    finally:
        must(["umount", folder])
        shutil.rmtree(aside)


def _remove(root: DebianRoot, package: Path) -> None:
    root.must(["apt-get", "purge", "-y", "-q", "county-desk"])
    left = [str(each) for each in (root.folder / deb.HOME.lstrip("/")).rglob("*")]
    _insist(not left, f"left of the program: {left[:5]}")
    root.must(["dpkg", "-i", _lay(root, package)])
    say("purged: nothing of the program is left, and all of the officer's")


def _lay(root: DebianRoot, package: Path) -> str:
    """The place in the root where a package was put."""
    place = root.folder / "srv" / package.name
    if not place.exists():
        shutil.copyfile(package, place)
    return f"/srv/{package.name}"


def _insist(holds: bool, words: str) -> None:
    if not holds:
        say(words)
        raise SystemExit(1)
