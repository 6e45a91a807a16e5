"""Mistakes a county's server may make, each as what changes in its right answers."""

from __future__ import annotations

import gzip
import itertools
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from desktop.paths import frame_dictionaries
from desktop.wire.level1 import SnapshotHead, SnapshotTrailer
from desktop.wire.level2 import (
    Frames,
    SnapshotDecoder,
    SnapshotEncoder,
    decode_session,
    encode_session,
)
from support.servers import PORTAL, Asked, Said
from support.wrong_county import (
    Mistake,
    compact,
    is_plain,
    lines,
    session,
    told,
)

FRAMES = Frames(frame_dictionaries())
SNAPSHOT, CHANGES, SESSION = "/v1/snapshot/", "/v1/changes", "/v1/session"


def counted(values: Any) -> Mistake:
    """A session with each of these fields in turn."""

    def mistake(asked: Asked, said: Said) -> Said:
        return session(**next(values))(asked, said) if asked.path == SESSION else said

    return mistake


def second(path: str, then: Said) -> Mistake:
    """Right the first time that an address is asked for, then this."""
    seen: set[str] = set()

    def mistake(asked: Asked, said: Said) -> Said:
        if not asked.path.startswith(path) or "cd2" in asked.headers.get("accept", ""):
            return said
        known = asked.target in seen
        seen.add(asked.target)
        if not known or said.status >= 400:
            return said
        return Said(then.body or said.body, then.status, dict(then.headers or said.headers))

    return mistake


def endless() -> Mistake:
    """Never "nothing new": an empty page with another token, for ever."""
    numbers, epochs, sums = itertools.count(10**9), list[str](), [""]

    def mistake(asked: Asked, said: Said) -> Said:
        is_other = "cd2" in asked.headers.get("accept", "") or ".all" not in asked.target
        if asked.path != CHANGES or is_other:
            return said
        epoch, _, scope = re.split("[.&]", asked.target.partition("since=")[2])[:3]
        if said.status == 200:
            sums.append(json.loads(said.body).get("sum"))
        if said.status == 204:
            epochs.append(epoch)
        if said.status == 204 or (said.status == 409 and epoch in epochs):
            page = {
                "magic": "county-desk/1",
                "token": f"{epoch}.{next(numbers)}.{scope}",
                "more": False,
                "changes": [],
                "server_time": now_text(),
                "sum": sums[-1],
            }
            return Said(json.dumps(page).encode(), 200, {"Content-Type": "application/json"})
        return said

    return mistake


def now_text() -> str:
    return datetime.now(UTC).isoformat()


def shifted(value: str, hours: int) -> str:
    return (datetime.fromisoformat(value) + timedelta(hours=hours)).isoformat()


def set_headers(**named: str) -> Any:
    """A change that sets these headers; underscores stand for dashes."""

    def change(said: Said) -> None:
        for named_so, value in named.items():
            name = named_so.replace("_", "-")
            for known in [each for each in said.headers if each.lower() == name.lower()]:
                del said.headers[known]
            said.headers[name] = value

    return change


def longer(said: Said) -> None:
    said.headers["Content-Length"] = str(len(said.body) + 7)


def shorter(said: Said) -> None:
    said.headers["Content-Length"] = str(len(said.body) - 7)


def packed(said: Said) -> None:
    if said.status == 200:
        said.body = gzip.compress(said.body)
        said.headers["Content-Encoding"] = "gzip"


def change_body(change: Any) -> Any:
    """A change of the bytes of good answers."""

    def work(said: Said) -> None:
        if said.status == 200:
            said.body = change(said.body)

    return work


def change_row(change: Any, id: str = "i2") -> Mistake:
    """Change the put of one row in a page of changes."""

    def work(page: Any) -> None:
        for each in page["changes"]:
            if each["id"] == id and "row" in each:
                change(each)

    return told(CHANGES, work)


def without(id: str) -> Mistake:
    """A page of changes that forgets a row."""

    def work(page: Any) -> None:
        page["changes"] = [each for each in page["changes"] if each["id"] != id]

    return told(CHANGES, work)


def pages_of(found: list[Any], collection: str) -> list[Any]:
    return [line for line in found if line.get("collection") == collection]


def drop_row(found: list[Any], *, honest: bool) -> None:
    """Leave a queue out, and perhaps count right all the same."""
    (page,) = pages_of(found, "queues")
    page["rows"] = []
    if honest:
        found[0]["totals"]["queues"] = 0
        found[-1]["rows"] -= 1


def lost_between_pages(asked: Asked, said: Said) -> Said:
    """A server without sums whose pages lose what stands at their edge."""
    for mistake in (
        session(sums=False),
        level2_session(sums=False),
        lines(lambda found: found[-1].pop("sum") and None),
        told(CHANGES, lambda page: page.pop("sum", None) and None),
    ):
        said = mistake(asked, said)
    if "max_bytes" in asked.target:
        said = told(CHANGES, lambda page: page["changes"].pop() and None)(asked, said)
    return said


def ranges(asked: Asked, said: Said) -> Said:
    """Pieces that begin a byte late."""
    if "range" in asked.headers and is_plain(said) and said.status == 200:
        first, last = map(int, asked.headers["range"].removeprefix("bytes=").split("-"))
        piece = said.body[first + 1 : last + 2]
        where = f"bytes {first}-{last}/{len(said.body)}"
        return Said(piece, 206, {**said.headers, "Content-Range": where})
    return said


def other_bytes_packed(asked: Asked, said: Said) -> Said:
    """A snapshot that has another row when it is packed."""
    if asked.path.startswith(SNAPSHOT) and "gzip" in asked.headers["accept-encoding"]:
        body = gzip.decompress(said.body) if said.body[:2] == b"\x1f\x8b" else said.body
        said.body = gzip.compress(body.replace("积水".encode(), "塌方".encode()))
        set_headers(Content_Encoding="gzip")(said)
    return said


def found_anyway(path: str, status: int, body: bytes = b"{}") -> Mistake:
    """Say 200 where the right answer refuses with that status."""

    def mistake(asked: Asked, said: Said) -> Said:
        if asked.path.startswith(path) and said.status == status and is_plain(said):
            return Said(body, 200, {"Content-Type": "application/json"})
        return said

    return mistake


def refuse_stranger(status: int) -> Mistake:
    """Another status for tokens of another epoch."""

    def mistake(asked: Asked, said: Said) -> Said:
        if asked.path == CHANGES and said.status == 409:
            said.status = status
            said.body = said.body.replace(b'"status":409', f'"status":{status}'.encode())
        return said

    return mistake


def used_up() -> Mistake:
    """A token that holds only once."""
    gone = {"type": "urn:x", "title": "Gone", "status": 410}
    return second(
        CHANGES,
        Said(json.dumps(gone).encode(), 410, {"Content-Type": "application/problem+json"}),
    )


def stream(asked: Asked, said: Said) -> Said:
    if asked.path == "/v1/stream":
        return Said(b"data: new rows\n\n", 200, {"Content-Type": "text/event-stream"})
    return said


def web_page(asked: Asked, said: Said) -> Said:
    """A captive portal in front of the changes alone."""
    return Said(PORTAL.body, 200, dict(PORTAL.headers)) if asked.path == CHANGES else said


def moved(asked: Asked, said: Said) -> Said:
    if asked.path.startswith(SNAPSHOT):
        return Said(b"", 302, {"Location": "/login"})
    return said


def html_refusals(asked: Asked, said: Said) -> Said:
    if said.status == 404:
        return Said(b"<h1>Not Found</h1>", 404, {"Content-Type": "text/html"})
    return said


def other_status_told(asked: Asked, said: Said) -> Said:
    if said.status == 404 and asked.path != "/v1/stream":
        said.body = said.body.replace(b'"status":404', b'"status":400')
    return said


def level2_session(**fields: Any) -> Mistake:
    """Other fields in the session of level 2."""

    def change(body: bytes) -> bytes:
        found, _ = decode_session(body, FRAMES)
        return encode_session(msgspec.structs.replace(found, **fields), b"", Frames())

    return compact(SESSION, change)


def level2_snapshot(change: Any) -> Mistake:
    """Other sections in the snapshot of level 2; the change sees each page and the trailer."""

    def work(body: bytes) -> bytes:
        out, encoder = b"", SnapshotEncoder()
        for each in SnapshotDecoder(10**8).feed(body):
            if isinstance(each, SnapshotHead):
                out += encoder.head(each)
            elif isinstance(each, SnapshotTrailer):
                out += encoder.trailer(change(each))
            elif each.part != "list":
                page = change(each)
                out += encoder.page(page.collection, page.rows)
        return out

    return compact(SNAPSHOT, work)


def retitled(each: Any) -> Any:
    """One incident with another title at level 2."""
    if getattr(each, "collection", "") != "incidents":
        return each
    keyed = each.rows[0]
    other = msgspec.structs.replace(keyed, row=msgspec.structs.replace(keyed.row, title="别的"))
    return msgspec.structs.replace(each, rows=(other, *each.rows[1:]))


def trailer_with(**fields: Any) -> Any:
    def change(each: Any) -> Any:
        return (
            msgspec.structs.replace(each, **fields) if isinstance(each, SnapshotTrailer) else each
        )

    return change
