"""A desk that asks a county over real HTTP in so many words, honest or not."""

from __future__ import annotations

import hashlib
import http.client
import itertools
import json
import secrets
import socket
from email.message import Message
from typing import Any

from desktop.county_server.scope import Account
from desktop.county_server.server import CountyServer

SERIAL = itertools.count(1)


def accounts(*them: Account) -> dict[str, Account]:
    """Accounts whose token is their name."""
    return {hashlib.sha256(each.name.encode()).hexdigest(): each for each in them}


class HttpDesk:
    """One client's connection under one token; commands are sent as they are told."""

    def __init__(
        self, server: CountyServer, token: str = "", client: str = "", source: str = "127.0.0.1"
    ) -> None:
        self._http = http.client.HTTPConnection(
            server.base_url.removeprefix("http://"), timeout=10, source_address=(source, 0)
        )
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.client = client or f"desk-{next(SERIAL)}"
        self.epoch, self.fence, self.seq, self.tag = "", 0, 0, "0"
        self.told = Message()
        """Headers of the last answer."""

    @property
    def line(self) -> socket.socket | None:
        """The connection it has."""
        return self._http.sock

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and body of an answer, read as JSON when it is some."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            named.setdefault("Content-Type", "application/json")
        self._http.request(method, path, body, self.headers | named)
        response = self._http.getresponse()
        content = response.read()
        self.told = response.headers
        kind = self.told.get("Content-Type", "").partition(";")[0]
        is_json = kind in ("application/json", "application/problem+json")
        return response.status, json.loads(content) if is_json else content

    def open(self, **told: Any) -> tuple[int, Any]:
        """A session under this client's name."""
        asked = {"nonce": secrets.token_hex(8), "client": self.client} | told
        status, session = self.ask("POST", "/v1/session", asked)
        if status == 200:
            self.epoch, self.fence = session["epoch"], session["fence"]
        return status, session

    def go_on(self, disk: HttpDesk | None = None) -> tuple[int, Any]:
        """A session of a disk that tells its past: its own, or what another knows by now."""
        known = disk or self
        nonce = secrets.token_hex(8)
        status, session = self.open(fence=known.fence, tried=[known.tag], nonce=nonce)
        if status == 200:
            self.tag = nonce[:6]
        return status, session

    def click(self, kind: str, target: str = "i1", **fields: Any) -> dict[str, Any]:
        """A command as a click makes it."""
        self.seq += 1
        key = secrets.token_hex(16)
        return {
            "key": key, "seq": self.seq, "kind": kind, "target": target or f"new-{key}",
            "collection": "incidents", "at": "2026-05-01T06:05:00Z", "by": "07", "body": {},
        } | fields  # fmt: skip

    def send(self, *commands: dict[str, Any], **fields: Any) -> tuple[int, Any]:
        """Status and answer of a request with these commands."""
        if not self.fence:
            self.open()
        asked = {"epoch": self.epoch, "fence": self.fence, "client": self.client}
        return self.ask("POST", "/v1/commands", asked | {"commands": commands} | fields)

    def give(self, kind: str, target: str = "i1", **fields: Any) -> dict[str, Any]:
        """The one answer to a command given now."""
        command = self.click(kind, target, **fields)
        status, answer = self.send(command)
        assert status == 200, answer
        (result,) = answer["results"]
        return dict(result) | {"target": command["target"]}

    def states(self, *keys: str) -> list[dict[str, Any]]:
        """What is told of these keys now."""
        status, answer = self.ask("GET", f"/v1/commands?keys={','.join(keys)}")
        assert status == 200, answer
        return list(answer["results"])

    def rows(self, collection: str = "incidents") -> dict[str, Any]:
        """The rows of a fresh snapshot, by id."""
        status, session = self.open()
        assert status == 200, session
        status, content = self.ask("GET", session["snapshot"])
        pages = [json.loads(each) for each in content.splitlines()]
        return {
            row["id"]: row
            for page in pages
            if page.get("collection") == collection
            for row in page["rows"]
        }

    def bring(self, body: bytes, media_type: str = "image/jpeg") -> tuple[int, str]:
        """Offer a file and bring all of it; the last status and its digest."""
        digest, size = hashlib.sha256(body).hexdigest(), len(body)
        status, state = self.ask(
            "POST", "/v1/attachments", {"digest": digest, "size": size, "media_type": media_type}
        )
        if status == 200 and state["offset"] < size:
            status, _ = self.ask(
                "PUT", f"/v1/attachments/{digest}", body,
                Content_Range=f"bytes 0-{size - 1}/{size}",
            )  # fmt: skip
        return status, digest

    def read(self, digest: str) -> int:
        """The status that a file's reader is told."""
        return self.ask("GET", f"/v1/attachments/{digest}")[0]

    def close(self) -> None:
        """Hang up."""
        self._http.close()
