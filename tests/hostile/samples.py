"""Sound messages of every kind, from which the hostile ones are made."""

from __future__ import annotations

import gzip
import json
from functools import cache
from typing import Any

from PySide6.QtGui import QImage

from desktop.gui.widgets.thumbnail import encode
from support.checkout import ROOT
from support.pictures import a_png

API = ROOT / "resources" / "county-api"
CAP = ROOT / "tests" / "unit" / "cap_messages"


@cache
def _schemas() -> dict[str, Any]:
    document = json.loads((API / "openapi.json").read_bytes())
    found: dict[str, Any] = document["components"]["schemas"]
    return found


def examples(name: str) -> list[bytes]:
    """What the API's document gives as examples of one message."""
    return [_json(each) for each in _schemas()[name]["examples"]]


def pages() -> list[str]:
    """The names of the snapshot's pages."""
    return [name for name in _schemas() if name.endswith("Page") and name != "SnapshotPage"]


def snapshot() -> bytes:
    """A whole snapshot of level 1, a page of each collection."""
    page_lines = [examples(name)[0] for name in pages()]
    count = sum(len(json.loads(line)["rows"]) for line in page_lines)
    head, trailer = examples("SnapshotHead")[0], _json({"end": True, "rows": count})
    return b"".join(line + b"\n" for line in (head, *page_lines, trailer))


def snapshots() -> list[bytes]:
    """Whole snapshots: plain, packed, and in the compact form."""
    return [snapshot(), gzip.compress(snapshot(), mtime=0), *vectors("snapshot")]


def vectors(beginning: str) -> list[bytes]:
    """The published bytes of level 2 whose names begin so."""
    found = sorted((API / "vectors").glob(f"{beginning}*.bin"))
    assert found, beginning
    return [each.read_bytes() for each in found]


def hint_streams() -> tuple[bytes, ...]:
    """Packed streams of hints, with and without a dictionary."""
    told = json.loads((API / "vectors" / "hints.json").read_bytes())
    return tuple(bytes.fromhex(each["stream"]) for each in told)


def cap_messages() -> list[bytes]:
    """CAP messages, sound and unsound."""
    return [each.read_bytes() for each in sorted(CAP.glob("*.xml"))]


def feeds() -> list[bytes]:
    """Feeds of the kinds read: Atom, RSS, a message itself, messages inside an envelope."""
    alert = (CAP / "rain.xml").read_bytes()
    inside = alert[alert.index(b"<alert") :]
    return [
        (
            b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>https://feed.example/1</id>'
            b'<link rel="alternate" type="application/cap+xml" href="/1.cap"/></entry></feed>'
        ),
        (
            b'<rss version="2.0"><channel><item><link>https://feed.example/1.cap</link>'
            b"<title>\xe6\x9a\xb4\xe9\x9b\xa8</title></item></channel></rss>"
        ),
        alert,
        b"<EDXLDistribution><contentObject><xmlContent>" + inside + b"</xmlContent>"
        b"</contentObject></EDXLDistribution>",
    ]


def pictures() -> list[bytes]:
    """Pictures of the kinds drawn, and a drawing that is none of them."""
    image = QImage(9, 5, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    drawn = [encode(image, kind) for kind in ("JPG", "PNG", "WEBP")]
    found = [each for each in drawn if each is not None]
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'
    return [*found, a_png(40, 30, colour=2), svg]


def profile() -> bytes:
    """The profile that shows every setting."""
    return (ROOT / "resources" / "profiles" / "example.toml").read_bytes()


LABELS = {"instance": "gw-1:9100", "job": "node", "township": "石门", "severity": "warning"}
TARGETS = {
    "status": "success",
    "data": {
        "activeTargets": [
            {
                "labels": LABELS,
                "scrapePool": "node",
                "health": "down",
                "lastError": "connection refused",
                "lastScrape": "2026-05-01T01:30:00.123456789Z",
                "lastScrapeDuration": 0.01,
            }
        ]
    },
}
SERIES = {
    "status": "success",
    "data": {
        "resultType": "vector",
        "result": [{"metric": LABELS, "value": [1777599000.1, "0.25"]}],
    },
}
LONG_SERIES = {
    "status": "success",
    "data": {
        "resultType": "matrix",
        "result": [{"metric": LABELS, "values": [[1777599000, "1"], [1777599300, "NaN"]]}],
    },
}
ALERTS = [
    {
        "fingerprint": "8d4f1b2a9c3e5f70",
        "labels": {"alertname": "BridgeMoves", **LABELS},
        "annotations": {"summary": "石门大桥位移超限"},
        "startsAt": "2026-05-01T01:30:00.000Z",
        "endsAt": "2026-05-01T01:45:00.000Z",
        "updatedAt": "2026-05-01T01:41:00.000Z",
        "generatorURL": "http://prometheus.example/graph",
        "receivers": [{"name": "desk"}],
        "status": {"state": "suppressed", "silencedBy": ["a1"], "inhibitedBy": []},
    }
]
SILENCES = [
    {
        "id": "a1",
        "status": {"state": "active"},
        "matchers": [{"name": "alertname", "value": "BridgeMoves", "isRegex": False}],
        "startsAt": "2026-05-01T01:32:00.000Z",
        "endsAt": "2026-05-01T09:32:00.000Z",
        "updatedAt": "2026-05-01T01:32:00.000Z",
        "createdBy": "王芳",
        "comment": "已知悉",
    }
]


def of_json(value: Any) -> list[bytes]:
    """One sample out of plain values."""
    return [_json(value)]


def answers() -> list[bytes]:
    """Whole answers of HTTP/1.1: plain, in chunks, packed, redirected, refused."""
    body = examples("Session")[0]
    packed = gzip.compress(body, mtime=0)
    date = b"Date: Fri, 01 May 2026 01:30:00 GMT\r\n"
    return [
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + date + _sized(body),
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n" + _sized(packed),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body),
        b"HTTP/1.1 302 Found\r\nLocation: /portal?a=1\r\n" + _sized(b""),
        b"HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Type: text/html\r\n" + _sized(b"<html>"),
        b"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=x\r\n" + _sized(b"{}"),
        b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 None\r\nETag: "x"\r\n\r\n',
    ]  # fmt: skip


def _sized(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
