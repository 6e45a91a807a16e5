"""The ways frames come in: a serial line, and a gateway that posts each one over HTTP."""

from __future__ import annotations

import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from desktop.county_server.frames.receiver import Receiver
from desktop.protocol.serial_line import SerialLine
from desktop.wire.frames.fragments import FRAME_SIZE
from desktop.wire.frames.line import LineReader, put_on_line

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.2
TIMEOUT_S = 10.0
MEDIA = "application/octet-stream"


def _take(receiver: Receiver, frame: bytes) -> list[bytes]:
    """Take a frame. One that a fault of ours spoils is logged, and its way goes on: the office
    sends it again."""
    try:
        return receiver.take(frame)
    except Exception:
        log.exception("一帧没有办成 / a frame was not taken")
        return []


def _look(receiver: Receiver) -> None:
    try:
        receiver.look()
    except Exception:
        log.exception("等待的报文没有办成 / what waits was not done")


class SerialWay:
    """Reads frames off a serial line on a thread of its own, and writes the outcomes back."""

    def __init__(self, receiver: Receiver, device: str, speed: int) -> None:
        """Open the device; OSError where that is impossible."""
        self.place = device
        self._receiver, self._line = receiver, SerialLine(device, speed)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="frames-serial", daemon=True)
        self._thread.start()

    @property
    def is_open(self) -> bool:
        """Whether frames are still read; not after the device has gone."""
        return self._thread.is_alive()

    def _run(self) -> None:
        reader = LineReader()
        try:
            while not self._end.is_set():
                _look(self._receiver)
                for frame in reader.feed(self._line.read(LOOK_EVERY_S)):
                    for answer in _take(self._receiver, frame):
                        self._write(answer)
        except OSError as error:
            log.warning("串口已断 / the serial line is gone: %s", error)

    def _write(self, answer: bytes) -> None:
        try:
            self._line.write(put_on_line(answer), TIMEOUT_S)
        except TimeoutError as error:
            log.warning("串口不收回执 / the serial line takes no outcomes: %s", error)

    def close(self) -> None:
        """Stop reading and close the device. Idempotent."""
        self._end.set()
        self._thread.join(TIMEOUT_S)
        self._line.close()


class GatewayWay:
    """Takes a frame as the body of each POST; the answer's body holds the outcomes, as a line."""

    def __init__(self, receiver: Receiver, host: str, port: int) -> None:
        """Listen there; OSError when the port is taken."""
        self._server = _FrameServer((host, port), receiver)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(LOOK_EVERY_S,), name="frames-gateway"
        )
        self._thread.daemon = True
        self._thread.start()

    @property
    def is_open(self) -> bool:
        """Whether requests are still answered."""
        return self._thread.is_alive()

    @property
    def place(self) -> str:
        """The address to post to."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/"

    def close(self) -> None:
        """Stop listening. Idempotent."""
        self._server.shutdown()
        self._thread.join(TIMEOUT_S)
        self._server.server_close()


class _FrameServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], receiver: Receiver) -> None:
        self.receiver = receiver
        super().__init__(address, _FrameHandler)

    def service_actions(self) -> None:
        _look(self.receiver)


class _FrameHandler(BaseHTTPRequestHandler):
    """Answers 200 whatever became of the frame: a gateway must not repeat it for ever."""

    server: _FrameServer
    timeout = TIMEOUT_S
    server_version, sys_version = "frames", ""

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or not 0 < int(length) <= FRAME_SIZE:
            self._answer(413 if length.isdecimal() and length != "0" else 411, b"")
            return
        frame = self.rfile.read(int(length))
        self._answer(200, b"".join(map(put_on_line, _take(self.server.receiver, frame))))

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", MEDIA)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing: addresses and frames are nobody's business."""
