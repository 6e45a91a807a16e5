"""The real input methods of a Chinese desktop on a display of their own: IBus and Fcitx 5."""

from __future__ import annotations

import os
import re
import selectors
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from support.display import Display
from support.program import until

READY_WITHIN_S = 20.0
MONITOR = shutil.which("dbus-monitor") or "dbus-monitor"
CARETS = "member='SetCursorLocation'"
MEMORY_CONFIG = "/usr/libexec/ibus-memconf"
"""Keeps IBus's settings in memory: its engines refuse to start without any."""
FCITX_PROFILE = """\
[Groups/0]
Name=Default
Default Layout=us
DefaultIM=pinyin

[Groups/0/Items/0]
Name=keyboard-us
Layout=

[Groups/0/Items/1]
Name=pinyin
Layout=

[GroupOrder]
0=Default
"""
BUS_CONFIG = """\
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir={folder}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
"""Starts nothing by itself that is not running: no keyring, no other input method."""
FCITX_CONFIG = """\
[Behavior]
ActiveByDefault=True
"""
FCITX_PARTS = "dbus,ibusfrontend,keyboard,pinyin,punctuation"
"""What answers programs and makes characters of pinyin: no panel, no cloud, no tray."""
PROGRAMS = {
    "ibus": ("ibus-daemon", "ibus", MEMORY_CONFIG, "/usr/libexec/ibus-engine-libpinyin"),
    "fcitx": ("fcitx5", "/usr/share/fcitx5/inputmethod/pinyin.conf"),
}


class InputMethod(NamedTuple):
    """An input method that runs, with pinyin switched on."""

    name: str
    environment: Mapping[str, str]
    """Of a program on its display, as a desktop's login sets it for this input method."""

    pid: int
    carets: Path
    """Where what the program says of its caret is written down, if it can be overheard."""

    def caret(self) -> tuple[int, int] | None:
        """The middle of the caret on the screen, as the program said last; None if unheard."""
        said = re.findall(r"int32 (-?\d+)", self.carets.read_text(encoding="utf-8"))
        if len(said) < 4:
            return None
        x, y, width, height = map(int, said[-4:])
        return x + width // 2, y + height // 2

    def take_up(self) -> None:
        """Switch pinyin on for the field that has the keyboard, and wait until it is loaded.

        Fcitx loads it by itself for the first field there is.
        """
        chosen = self._choose_engine if self.name == "ibus" else self._has_loaded
        until(chosen, READY_WITHIN_S, "pinyin switched on")

    def _has_loaded(self) -> bool:
        return "libpinyin" in Path(f"/proc/{self.pid}/maps").read_text(encoding="utf-8")

    def _choose_engine(self) -> bool:
        words = ["ibus", "engine"]
        _run([*words, "libpinyin"], self.environment)
        return _run(words, self.environment).strip() == "libpinyin"


def missing_parts(name: str) -> list[str]:
    """Which programs of this input method are not installed here."""
    wanted = ("Xvfb", "xdotool", "dbus-daemon", *PROGRAMS[name])
    return [each for each in wanted if shutil.which(each) is None and not Path(each).exists()]


@contextmanager
def real_input_method(name: str, folder: Path) -> Iterator[InputMethod]:
    """`ibus` or `fcitx` on a display and a session bus of its own; all ended afterwards."""
    with ExitStack() as running:
        display = running.enter_context(Display(1600, 1000))
        environment = display.environment() | _own_folders(folder)
        environment["DBUS_SESSION_BUS_ADDRESS"] = running.enter_context(
            _session_bus(folder, environment)
        )
        chosen = {"XMODIFIERS": f"@im={name}", "QT_IM_MODULE": name, "GTK_IM_MODULE": name}
        environment |= chosen
        if name == "ibus":
            command = ["ibus-daemon", "--panel=disable", "--emoji-extension=disable"]
            command.append(f"--config={MEMORY_CONFIG}")
        else:
            own = folder / "config" / "fcitx5"
            own.mkdir()
            (own / "profile").write_text(FCITX_PROFILE, encoding="utf-8")
            (own / "config").write_text(FCITX_CONFIG, encoding="utf-8")
            command = ["fcitx5", "--disable", "all", "--enable", FCITX_PARTS]
        process = running.enter_context(_kept_up(command, environment))
        listens = lambda: list(folder.glob("config/ibus/bus/*"))  # noqa: E731
        until(listens, READY_WITHIN_S, f"{name} listens")
        if name == "fcitx":
            # As on a computer without IBus: its daemon must not even be found.
            environment["PATH"] = str(folder)
        carets = folder / "carets"
        with carets.open("wb") as file:
            running.enter_context(_kept_up([MONITOR, CARETS], environment, output=file))
        yield InputMethod(name, environment, process.pid, carets)


def _own_folders(folder: Path) -> dict[str, str]:
    """Per-user folders in which nothing was learnt before, so that candidates are always alike."""
    found = {}
    for kind in ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME", "RUNTIME_DIR"):
        own = folder / kind.partition("_")[0].lower()
        own.mkdir(mode=0o700)
        found[f"XDG_{kind}"] = str(own)
    return found | {"HOME": str(folder), "NO_AT_BRIDGE": "1", "GSETTINGS_BACKEND": "memory"}


@contextmanager
def _session_bus(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """The address of a session bus that ends with the block."""
    config = folder / "bus.conf"
    config.write_text(BUS_CONFIG.format(folder=tempfile.gettempdir()), encoding="ascii")
    reads, writes = os.pipe()
    words = ["dbus-daemon", f"--config-file={config}", "--nofork", f"--print-address={writes}"]
    with _kept_up(words, environment, writes):
        os.close(writes)
        with os.fdopen(reads, encoding="ascii") as said, selectors.DefaultSelector() as waiting:
            waiting.register(said, selectors.EVENT_READ)
            address = said.readline().strip() if waiting.select(READY_WITHIN_S) else ""
        assert address, "the session bus did not start"
        yield address


@contextmanager
def _kept_up(
    command: list[str],
    environment: Mapping[str, str],
    *passed: int,
    output: int | IO[bytes] = subprocess.DEVNULL,
) -> Iterator[subprocess.Popen[bytes]]:
    """A program with all it starts, for as long as the block lasts."""
    process = subprocess.Popen(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.DEVNULL,
        pass_fds=passed,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _run(command: list[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    return done.stdout
