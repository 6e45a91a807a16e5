"""The county at the far end of a thin line: `thin_county.py CERTIFICATE KEY [ACCOUNTS]`.

Serves 10,000 incidents over TLS, and on the next port the naive peer: one JSON list of the
same incidents, gzip. Its input says `change MARK ID …`: those incidents then carry the
mark in their titles; `township ID` is answered with how much a township's office should see, and
`files` with the digests of the files that are whole here and named by an incident.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import ssl
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from office import TOKEN  # noqa: E402 - needs the paths above

from desktop.county_server.db.county_file import files_folder  # noqa: E402
from desktop.county_server.db.database import Database  # noqa: E402
from desktop.county_server.http.account_file import read_accounts  # noqa: E402
from desktop.county_server.http.api import Settings  # noqa: E402
from desktop.county_server.http.listening import server_tls  # noqa: E402
from desktop.county_server.server import CountyServer  # noqa: E402
from desktop.demo.county import DemoCounty  # noqa: E402
from desktop.paths import frame_dictionaries  # noqa: E402
from desktop.protocol.commands import AT_WORK  # noqa: E402
from desktop.wire.level1 import COLLECTIONS, Incident, Phrase, Session, SessionRequest  # noqa: E402
from desktop.wire.level2 import MEDIA  # noqa: E402
from support.thin_link import COUNTY_ADDRESS  # noqa: E402

PORT, NAIVE_PORT = 8443, 8444
INCIDENTS = 10_000
LOGIN = {"Authorization": f"Bearer {TOKEN}"}
"""Of the office, where there are accounts."""


def main(certificate: Path, key: Path, *accounts: Path) -> None:
    """Serve until the input ends; with accounts, to these alone."""
    county = DemoCounty(incidents=INCIDENTS, speed=0)
    database = county.database
    known = read_accounts(accounts[0]) if accounts else {}
    settings = Settings("云麓县", 30.0, accounts=known, dictionaries=frame_dictionaries())
    tls = server_tls(certificate, key)
    server = CountyServer(
        database, settings, host="0.0.0.0", port=PORT, tls=tls, open_to_all=not known
    )
    naive = _naive(msgspec.json.encode(database.rows("incidents")), certificate, key)
    threading.Thread(target=naive.serve_forever, daemon=True).start()
    with server:
        _press(certificate.with_name("authority.pem"))
        print(len(database.rows("incidents", open_only=True)), flush=True)
        for line in sys.stdin:
            print(_obey(database, *line.split()), flush=True)
    naive.shutdown()
    county.close()


def _obey(database: Database, word: str, *rest: str) -> str:
    """Do what one line of the input says; the answer."""
    if word == "township":
        rows = [row for row in _incidents(database) if row.township == rest[0]]
        at_work = sum(row.stage in AT_WORK for row in rows)
        return json.dumps({"assignments": at_work, "incidents": len(rows)})
    if word == "files":
        return json.dumps(sorted(_whole_files(database)))
    mark, *ids = rest
    database.put("incidents", [_marked(row, mark) for row in database.rows("incidents", ids)])
    return "changed"


def _incidents(database: Database) -> list[Incident]:
    return [row for row in database.rows("incidents") if isinstance(row, Incident)]


def _whole_files(database: Database) -> set[str]:
    """Digests of the files whose content is here as it was sent, and which an incident names."""
    named = {file.digest for row in _incidents(database) for file in row.files if file.here}
    kept = [each for each in files_folder(database.path).rglob("*") if each.is_file()]
    return named & {hashlib.sha256(each.read_bytes()).hexdigest() for each in kept}


def _press(authority: Path) -> None:
    """Ask as a desk would, at this end: a county that has been up for a while has its snapshot."""
    context = ssl.create_default_context(cafile=authority)
    asked = SessionRequest("warm-up-nonce", "warm-up", tables=len(COLLECTIONS))
    for accept in (MEDIA, "application/json"):
        request = urllib.request.Request(
            f"https://{COUNTY_ADDRESS}:{PORT}/v1/session",
            msgspec.json.encode(asked),
            {"Content-Type": "application/json", "Accept": accept} | LOGIN,
        )
        with urllib.request.urlopen(request, context=context) as answer:
            body = answer.read()
    path = msgspec.json.decode(body, type=Session).snapshot
    request = urllib.request.Request(
        f"https://{COUNTY_ADDRESS}:{PORT}{path}", headers={"Accept": MEDIA} | LOGIN
    )
    with urllib.request.urlopen(request, context=context) as answer:
        answer.read()


def _marked(row: msgspec.Struct, mark: str) -> msgspec.Struct:
    assert isinstance(row, Incident)
    return msgspec.structs.replace(row, title=Phrase(mark, mark))


def _naive(rows: bytes, certificate: Path, key: Path) -> ThreadingHTTPServer:
    """What a first version of any such program does: everything, in one list."""
    body = gzip.compress(rows, 6)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("0.0.0.0", NAIVE_PORT), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return server


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
