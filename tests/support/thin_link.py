"""A real thin line: two network namespaces joined by a loop that delays, drops and cuts off.

Needs root and /dev/net/tun. Each end is a TUN device in a namespace of its own, so whole
programs run on either side with the kernel's own TCP; a process between the two devices
holds every packet back by the rate and the delay, loses some, and can cut the line.
"""

from __future__ import annotations

import fcntl
import heapq
import os
import random
import selectors
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

DESK_ADDRESS, COUNTY_ADDRESS = "10.213.7.1", "10.213.7.2"
MTU = 1500
LONGEST_QUEUE_S = 6.0
"""A thin line's modem holds packets back for so long before it drops the newest."""
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000


def lacking() -> str | None:
    """Why there can be no thin line here, or None when there can."""
    if os.geteuid() != 0:
        return "needs root"
    if not Path("/dev/net/tun").exists():
        return "there is no /dev/net/tun"
    made = subprocess.run(["ip", "netns", "add", "desk-try"], capture_output=True, check=False)
    subprocess.run(["ip", "netns", "del", "desk-try"], capture_output=True, check=False)
    return "no network namespaces" if made.returncode else None


class ThinLink:
    """One line; `desk` and `county` run commands on its two ends."""

    def __init__(
        self,
        bits_per_s: int = 64_000,
        round_trip_s: float = 0.6,
        loss: float = 0.05,
        seed: int = 1,
    ) -> None:
        self._words = [str(bits_per_s), str(round_trip_s / 2), str(loss), str(seed)]
        self._name = f"{os.getpid()}-{seed}"
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        command = [sys.executable, __file__, self._name, *self._words]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != "ready\n":
            raise RuntimeError("the thin line did not come up")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process is not None
        self._process.communicate(timeout=10)

    def on_desk(self, command: Sequence[str]) -> list[str]:
        """The command as it runs on the desk's end."""
        return ["ip", "netns", "exec", f"desk-{self._name}", *command]

    def on_county(self, command: Sequence[str]) -> list[str]:
        """The command as it runs on the county's end."""
        return ["ip", "netns", "exec", f"county-{self._name}", *command]

    def cut(self) -> None:
        """Lose every packet from now on."""
        self._ask("cut")

    def mend(self) -> None:
        """Carry packets again."""
        self._ask("mend")

    def counted(self) -> tuple[int, int]:
        """Bytes carried so far from the desk and to it, IP heads included."""
        up, down = self._ask("count").split()
        return int(up), int(down)

    def _ask(self, word: str) -> str:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


class _Way:
    """One direction: a queue that empties at the line's rate."""

    def __init__(self, to: int, bits_per_s: int, one_way_s: float) -> None:
        self.to, self.carried = to, 0
        self._bits_per_s, self._one_way_s = bits_per_s, one_way_s
        self._free_at_s = 0.0

    def arrival_s(self, packet: bytes, now_s: float) -> float | None:
        """When a packet comes out at the other end; None when the queue is full."""
        begin_s = max(now_s, self._free_at_s)
        if begin_s - now_s > LONGEST_QUEUE_S:
            return None
        self._free_at_s = begin_s + len(packet) * 8 / self._bits_per_s
        self.carried += len(packet)
        return self._free_at_s + self._one_way_s


class _Pump:
    """Carries packets between two TUN devices until its input ends."""

    def __init__(self, ends: tuple[int, int], words: Sequence[str]) -> None:
        bits_per_s, one_way_s = int(words[0]), float(words[1])
        self._loss, self._random = float(words[2]), random.Random(int(words[3]))
        up, down = _Way(ends[1], bits_per_s, one_way_s), _Way(ends[0], bits_per_s, one_way_s)
        self._ways = {ends[0]: up, ends[1]: down}
        self._up, self._down = up, down
        self._on_the_way: list[tuple[float, int, int, bytes]] = []
        self._count = 0
        self._is_cut = False

    def run(self) -> None:
        selector = selectors.DefaultSelector()
        for each in (*self._ways, 0):
            selector.register(each, selectors.EVENT_READ)
        while True:
            wait_s = None
            if self._on_the_way:
                wait_s = max(0.0, self._on_the_way[0][0] - time.monotonic())
            for key, _ in selector.select(wait_s):
                if key.fd != 0:
                    self._take(self._ways[key.fd], os.read(key.fd, MTU + 100))
                elif not self._obey(os.read(0, 100).decode().split()):
                    return
            self._deliver()

    def _take(self, way: _Way, packet: bytes) -> None:
        if self._is_cut or self._random.random() < self._loss:
            return
        at_s = way.arrival_s(packet, time.monotonic())
        if at_s is not None:
            self._count += 1
            heapq.heappush(self._on_the_way, (at_s, self._count, way.to, packet))

    def _deliver(self) -> None:
        while self._on_the_way and self._on_the_way[0][0] <= time.monotonic():
            _, _, to, packet = heapq.heappop(self._on_the_way)
            if not self._is_cut:
                os.write(to, packet)

    def _obey(self, words: list[str]) -> bool:
        for word in words:
            self._is_cut = {"cut": True, "mend": False}.get(word, self._is_cut)
            print(self._up.carried, self._down.carried, flush=True)
        return bool(words)


def _device(name: str) -> int:
    """A new TUN device; it lives as long as the descriptor."""
    descriptor = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return descriptor


def _ip(*words: Any) -> None:
    subprocess.run(["ip", *map(str, words)], check=True, capture_output=True)


def _end(name: str, device: str, own: str, other: str) -> int:
    """A namespace with one end of the line in it."""
    descriptor = _device(device)
    _ip("netns", "add", name)
    _ip("link", "set", device, "netns", name)
    _ip("-n", name, "addr", "add", own, "peer", other, "dev", device)
    _ip("-n", name, "link", "set", device, "mtu", MTU, "up")
    _ip("-n", name, "link", "set", "lo", "up")
    # The host may prefer a congestion control that ignores loss; township PCs have this one.
    cubic = "printf cubic > /proc/sys/net/ipv4/tcp_congestion_control"
    subprocess.run(["ip", "netns", "exec", name, "sh", "-c", cubic], check=True)
    return descriptor


def _allow_cubic() -> None:
    """A namespace may choose only among what the host allows."""
    allowed = Path("/proc/sys/net/ipv4/tcp_allowed_congestion_control")
    known = allowed.read_text(encoding="ascii").split()
    if "cubic" not in known:
        allowed.write_text(" ".join([*known, "cubic"]), encoding="ascii")


def main() -> None:
    """The process between the two ends; told what to do on its standard input."""
    name, words = sys.argv[1], sys.argv[2:]
    number = int(name.split("-", maxsplit=1)[0]) % 100_000
    spaces = (f"desk-{name}", f"county-{name}")
    try:
        _allow_cubic()
        ends = (
            _end(spaces[0], f"d{number}-{words[3]}", DESK_ADDRESS, COUNTY_ADDRESS),
            _end(spaces[1], f"c{number}-{words[3]}", COUNTY_ADDRESS, DESK_ADDRESS),
        )
        print("ready", flush=True)
        _Pump(ends, words).run()
    finally:
        for space in spaces:
            subprocess.run(["ip", "netns", "del", space], capture_output=True, check=False)


if __name__ == "__main__":
    main()
