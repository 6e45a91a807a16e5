"""Rules of files: uploaded in pieces, resumed after a cut, checked and downloaded."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from desktop.conformance.caller import Caller
from desktop.conformance.command_client import CommandClient
from desktop.conformance.findings import Blocked, Plain
from desktop.conformance.line import Response

PATH = "/v1/attachments"
SIZE, CUT = 3_000, 1_000
MEDIA_TYPE = "application/octet-stream"


class FileRules:
    """Tries the rules with a small file of random bytes on the checker's own incident."""

    def __init__(self, client: CommandClient, target: str) -> None:
        self._client = client
        self._caller: Caller = client.caller
        self._report = client.report
        self._target = target
        self._content = secrets.token_bytes(SIZE)
        self._digest = hashlib.sha256(self._content).hexdigest()

    def judge(self) -> None:
        """Try all rules of files; each builds on the one before."""
        self._state("files_offer", self._offer(self._digest), 0)
        self._state("files_pieces", self._bring(0, CUT), CUT)
        self._state("files_resume", self._offer(self._digest), CUT)
        self._state("files_pieces", self._bring(CUT, SIZE), SIZE)
        self._attach()
        self._read()
        self._wrong()

    def _offer(self, digest: str) -> Response:
        offer = {"digest": digest, "size": SIZE, "media_type": MEDIA_TYPE}
        return self._caller.ask("POST", PATH, None, json.dumps(offer).encode())

    def _bring(self, first: int, end: int, digest: str = "") -> Response:
        headers = {
            "Content-Type": MEDIA_TYPE,
            "Content-Range": f"bytes {first}-{end - 1}/{SIZE}",
        }
        path = f"{PATH}/{digest or self._digest}"
        return self._caller.ask("PUT", path, headers, self._content[first:end])

    def _state(self, rule: str, answer: Response, offset: int) -> None:
        """Judge that the answer gives the file with this offset; Blocked when it does not."""
        self._caller.require(rule, answer, 200)
        told = self._caller.read(answer, rule=rule, name="FileState", magic=rule)
        said = (told.get("digest"), told.get("size"), told.get("offset"))
        self._report.need(
            rule, said == (self._digest, SIZE, offset), request=answer.request, path="$.offset",
            expected=[self._digest, SIZE, offset], got=said,
        )  # fmt: skip

    def _attach(self) -> None:
        file = {"digest": self._digest, "name": "conformance.bin", "size": SIZE,
                "media_type": MEDIA_TYPE}  # fmt: skip
        command = self._client.command("attach", self._target, {"file": file})
        result = self._client.submit(command).get(command["key"])
        if not self._client.expect_accepted("files_attach", result, path=" attach"):
            raise Blocked("files_attach")
        files: Any = (self._client.row(self._target) or {}).get("files")
        found = [each for each in files or () if each.get("digest") == self._digest]
        self._report.judge(
            "files_attach", len(found) == 1 and found[0].get("here", True),
            request="GET /v1/changes", path=f"incidents/{self._target}.files",
            expected={"digest": self._digest, "here": True}, got=files,
        )  # fmt: skip

    def _read(self) -> None:
        answer = self._caller.ask("GET", f"{PATH}/{self._digest}")
        self._caller.expect("files_read", answer, 200)
        same = answer.status != 200 or answer.body == self._content
        self._report.judge(
            "files_read", same, request=answer.request, path="-",
            expected=Plain(f"{SIZE} B"), got=Plain(f"{len(answer.body)} B"),
        )  # fmt: skip
        unknown = self._caller.ask("GET", f"{PATH}/{'0' * 64}")
        self._caller.expect("files_read", unknown, 404)

    def _wrong(self) -> None:
        """Judge that bytes are refused when they do not have the digest offered."""
        other = secrets.token_hex(32)
        self._caller.require("files_wrong", self._offer(other), 200)
        self._caller.expect("files_wrong", self._bring(0, SIZE, other), 422)
