"""What a first version of any such program does all day: lists in JSON, forms in multipart.

After each change of the county it asks for the township's open list and for the case; what the
clerk gives goes as `multipart/form-data`, and the row comes back. Every answer is gzip, and one
connection is kept for all of it. A careful one asks for a list's columns alone and does not ask
again after a form of its own; a careless one has whole rows in its lists and does.
"""

from __future__ import annotations

import gzip
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import msgspec
import requests
from office import TOKEN, TOWNSHIP

from desktop.wire.level1 import Incident
from support.breaking_proxy import BreakingProxy

COLUMNS = (
    *("id", "number", "title", "level", "stage", "category", "channel", "township"),
    *("occurred_at", "recorded_at", "address", "place", "lead_unit", "deadlines", "version"),
)


class Peer:
    """Such a client on a line of its own, and a server that has the rows it is told."""

    def __init__(self, *, careless: bool = False) -> None:
        self._careless = careless
        self._stack = ExitStack()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        host, port = self._server.server_address[:2]
        self._line = self._stack.enter_context(BreakingProxy(str(host), int(port)))
        self._session = self._stack.enter_context(requests.Session())
        self._session.headers["Authorization"] = f"Bearer {TOKEN}"

    @property
    def carried(self) -> int:
        """Bytes both ways so far, heads and all."""
        return self._line.carried

    def read_change(self, listed: list[Incident], case: Incident) -> None:
        """Ask for the township's open list after a change, and for the case that changed."""
        self._list(listed)
        self._get(f"/api/incidents/{case.id}", msgspec.json.encode(case))

    def give(
        self, path: str, body: Mapping[str, object], row: msgspec.Struct, listed: list[Incident]
    ) -> None:
        """Give a form in the fields of a command; the row comes back."""
        fields = {name: (None, str(value)) for name, value in body.items()}
        self._answer_with(msgspec.json.encode(row))
        # A form without a field is sent as one all the same.
        self._session.post(self._line.url + path, files=fields or {"ok": (None, "1")})
        if self._careless:
            self._list(listed)

    def send_photo(self, case: Incident, name: str, photo: bytes) -> None:
        """Send a photo of a case; the row comes back."""
        self._answer_with(msgspec.json.encode(case))
        form = {"photo": (name, photo, "image/jpeg")}
        self._session.post(f"{self._line.url}/api/incidents/{case.id}/photos", files=form)

    def _list(self, listed: list[Incident]) -> None:
        cut = [{name: getattr(row, name) for name in COLUMNS} for row in listed]
        answer = msgspec.json.encode(listed if self._careless else cut)
        self._get(f"/api/incidents?township={TOWNSHIP}&open=true", answer)

    def _get(self, path: str, answer: bytes) -> None:
        self._answer_with(answer)
        got = self._session.get(self._line.url + path)
        assert got.content == answer

    def _answer_with(self, body: bytes) -> None:
        self._server.answer = gzip.compress(body, 6)  # type: ignore[attr-defined]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body: bytes = self.server.answer  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        return
