"""One desk's line to a county: relays HTTP, does the misfortune of the moment, keeps a log."""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import threading
import time
from typing import Self

import msgspec

CLIENT = re.compile(rb'"client":"([^"]+)"')
HEAD_END = b"\r\n\r\n"
MOST_BYTES = 64 << 20
PATIENCE_S = 30.0
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
PORTALS: dict[str, bytes] = {
    "html": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n",
    "moved": b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/login\r\n",
    "busy": b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 3600\r\n",
    "many": b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 86400\r\n",
    "nothing": b"HTTP/1.1 204 No Content\r\n",
    "login": b"HTTP/1.1 511 Network Authentication Required\r\n",
    "json": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n",
    "gone": b"HTTP/1.1 410 Gone\r\nContent-Type: application/problem+json\r\n",
    "unauthorised": b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n",
}
"""What stands between a desk and its county in inns, stations and township halls."""
PORTAL_BODY = b"<html><body>Welcome</body></html>"
FAULTS = ("well", "refuse", "reset", "lose", "cut", "truncate", "double", "ghost", "slow", "portal")


class Fault(msgspec.Struct, frozen=True, omit_defaults=True):
    """What happens to the `at`-th request (of commands alone, when `commands`)."""

    kind: str = "well"
    at: int = 0
    commands: bool = False
    size: int = 0
    """Bytes that still come through (`cut`, `truncate`), milliseconds of delay (`slow`)."""
    portal: str = ""
    lasting: bool = False
    """Whether every later request meets it too."""


WELL = Fault()


class Passed(msgspec.Struct):
    """One request as the line saw it."""

    at: int
    """The player's step."""
    life: int
    """Grows whenever something happened after which an older token is no wonder."""
    method: str
    path: str
    status: int = 0
    """Of the county's answer; 0 when none came."""
    up: int = 0
    down: int = 0
    fault: str = ""
    client: str = ""
    """The installation's name, in a request for a session."""


class Line:
    """Listens for one desk and relays to wherever it is told to; one owner, one `close()`."""

    def __init__(self) -> None:
        self.there: tuple[str, int] | None = None
        """Where the county is; None when nobody is there."""
        self.step = self.life = 0
        self.log: list[Passed] = []
        self._fault = WELL
        self._matched = 0
        self._ghosts: list[tuple[tuple[str, int], bytes]] = []
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._start(self._accept)

    def set(self, fault: Fault) -> None:
        """Do this from now on, counting requests anew."""
        with self._lock:
            self._fault, self._matched = fault, 0

    def release_ghosts(self) -> int:
        """Bring what was lost on the way to the county after all; how many requests."""
        with self._lock:
            ghosts, self._ghosts = self._ghosts, []
        for there, request in ghosts:
            with contextlib.suppress(OSError):
                _ask_once(there, request)
        return len(ghosts)

    def close(self) -> None:
        """Drop every connection and wait for the threads. Idempotent."""
        _shut(self._listener)
        self._listener.close()
        for each in list(self._open):
            _shut(each)
        for thread in self._threads:
            thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self, work: object, *arguments: object) -> None:
        self._threads = [each for each in self._threads if each.is_alive()]
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self.there is None or self._fault.kind in ("refuse", "reset"):
                _reset(near, gently=self._fault.kind == "refuse")
                continue
            self._open.add(near)
            self._start(self._relay, near)

    def _relay(self, near: socket.socket) -> None:
        far: socket.socket | None = None
        try:
            near.settimeout(PATIENCE_S)
            while (there := self.there) is not None:
                request = _message(near, of_answer=False)
                if request is None:
                    return
                if far is None:
                    far = socket.create_connection(there, PATIENCE_S)
                    far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._open.add(far)
                if not self._pass(near, far, there, request):
                    return
        except (OSError, ValueError):
            return
        finally:
            for each in (near, far):
                if each is not None:
                    _shut(each)
                    each.close()
                    self._open.discard(each)

    def _pass(
        self, near: socket.socket, far: socket.socket, there: tuple[str, int], request: bytes
    ) -> bool:
        """Bring one request over and its answer back; whether the connection goes on."""
        method, path = request.split(b" ", 2)[:2]
        seen = Passed(self.step, self.life, method.decode(), path.decode(), up=len(request))
        if found := CLIENT.search(request):
            seen.client = found[1].decode()
        with self._lock:
            fault = self._fault_of(seen)
            self.log.append(seen)
        seen.fault = "" if fault is WELL else fault.kind
        match fault.kind:
            case "portal":
                near.sendall(_portal(fault.portal))
                return True
            case "cut":
                far.sendall(request[: fault.size])
                return False
            case "ghost":
                self._ghosts.append((there, request))
                return False
            case "double":
                with contextlib.suppress(OSError):
                    _ask_once(there, request)
            case "slow":
                time.sleep(fault.size / 1000)
        far.sendall(request)
        answer = _message(far, of_answer=True)
        if answer is None:
            return False
        seen.status = int(answer.split(b" ", 2)[1])
        if fault.kind == "lose":
            return False
        given = answer[: fault.size] if fault.kind == "truncate" else answer
        seen.down = len(given)
        near.sendall(given)
        return len(given) == len(answer)

    def _fault_of(self, seen: Passed) -> Fault:
        fault = self._fault
        if fault.kind == "well":
            return WELL
        if fault.commands and not (seen.method == "POST" and seen.path.startswith("/v1/commands")):
            return WELL
        number = self._matched
        self._matched += 1
        return fault if number == fault.at or (fault.lasting and number > fault.at) else WELL


def _portal(name: str) -> bytes:
    body = b"" if name == "nothing" else b"{}" if name == "json" else PORTAL_BODY
    length = b"" if name == "nothing" else b"Content-Length: %d\r\n" % len(body)
    return PORTALS[name] + length + b"\r\n" + body


def _ask_once(there: tuple[str, int], request: bytes) -> None:
    """Send a request on a connection of its own and throw the answer away."""
    with socket.create_connection(there, PATIENCE_S) as far:
        far.settimeout(PATIENCE_S)
        far.sendall(request)
        _message(far, of_answer=True)


class _Reader:
    """Bytes of one message as they come."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self.got = b""

    def until(self, end: bytes, start: int) -> int:
        """Where that ending ends; ValueError when the line ends first."""
        while (found := self.got.find(end, start)) < 0:
            self._more()
        return found + len(end)

    def upto(self, size: int) -> None:
        """Have that many bytes."""
        while len(self.got) < size:
            self._more()

    def _more(self) -> None:
        chunk = self._line.recv(65_536)
        if not chunk or len(self.got) > MOST_BYTES:
            raise ValueError("the message ended early")
        self.got += chunk


def _message(line: socket.socket, *, of_answer: bool) -> bytes | None:
    """One whole HTTP/1.1 message; None when the line ends before or within it."""
    read = _Reader(line)
    try:
        head_end = read.until(HEAD_END, 0)
        head = read.got[:head_end].lower()
        if b"transfer-encoding: chunked" in head:
            at = head_end
            while True:
                line_end = read.until(b"\r\n", at)
                size = int(read.got[at : line_end - 2].split(b";")[0], 16)
                at = line_end + size + 2
                read.upto(at)
                if size == 0:
                    return read.got
        read.upto(head_end + _length(head, of_answer=of_answer))
    except (OSError, ValueError):
        return None
    return read.got


def _length(head: bytes, *, of_answer: bool) -> int:
    if of_answer and head.split(b" ", 2)[1] in (b"204", b"304"):
        return 0
    for row in head.split(b"\r\n"):
        name, _, value = row.partition(b":")
        if name.strip() == b"content-length":
            return int(value)
    return 0


def _reset(line: socket.socket, *, gently: bool) -> None:
    """End a connection before a byte was read: closed, or reset as it is being made."""
    with contextlib.suppress(OSError):
        if not gently:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        line.close()


def _shut(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
