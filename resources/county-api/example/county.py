"""A county's server of level 1: `python3 county.py rows.json state.db 8765 --drill`."""

import json
import secrets
import sqlite3
import sys
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

MAGIC, MOST_BYTES = "county-desk/1", 1_000_000
NEW = {"epoch": secrets.token_hex(4), "server": secrets.token_hex(8), "sequence": 0, "rows": {},
       "fence": 0, "fences": {}, "done": {}, "snapshots": {}}  # fmt: skip


def now():
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@contextmanager
def transaction(file):
    """The state, all of which is kept at the end, or nothing; your database has tables."""
    with closing(sqlite3.connect(file, isolation_level="IMMEDIATE")) as db, db:
        db.execute("CREATE TABLE IF NOT EXISTS state(one PRIMARY KEY, body)")
        db.execute("INSERT OR IGNORE INTO state VALUES(1, ?)", [json.dumps(NEW)])
        state = json.loads(db.execute("SELECT body FROM state").fetchone()[0])
        yield state
        db.execute("UPDATE state SET body = ?", [json.dumps(state)])


def put(state, collection, id, row):
    """Add, replace or (None) delete a row: call it for whatever changes in your system."""
    number = state["sequence"] = state["sequence"] + 1
    state["rows"][f"{collection}/{id}"] = [number, row and row | {"version": number}]


class County(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def session(self, state, asked):
        state["fence"] = state["fences"][asked["client"]] = state["fence"] + 1
        name, collections = self.snapshot(state)
        return {"magic": MAGIC, "nonce": asked["nonce"], "epoch": state["epoch"],
                "fence": state["fence"], "county": {"zh": "示例县", "en": "Example County"},
                "collections": collections, "townships": [], "server": state["server"],
                "snapshot": f"/v1/snapshot/all/{name}", "server_time": now(), "retention_s": 10**7,
                "expected_period_s": 30, "drill": self.server.drill}  # fmt: skip

    def snapshot(self, state):
        """The name of the snapshot of now: a line for the head, each collection and the end."""
        name, rows = str(state["sequence"]), {"incidents": []}
        for place, (_, row) in state["rows"].items():
            rows.setdefault(place.split("/")[0], []).extend([row] if row else [])
        head = {"magic": MAGIC, "epoch": state["epoch"], "token": f"{state['epoch']}.{name}.all",
                "totals": {each: len(found) for each, found in rows.items()}}  # fmt: skip
        pages = [{"collection": each, "rows": found} for each, found in rows.items()]
        lines = [head, *pages, {"end": True, "rows": sum(head["totals"].values())}]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        state["snapshots"] = dict([*state["snapshots"].items(), (name, text)][-6:])
        return name, list(rows)

    def changes(self, state, since):
        """Each row that changed after a token, as it is now; None when nothing did."""
        epoch, _, number = since.removesuffix(".all").partition(".")
        if epoch != state["epoch"] or int(number) > state["sequence"]:
            raise ValueError(409, "epoch", "Of another life of the data: take a new snapshot.")
        rows = [(*place.split("/", 1), *told) for place, told in state["rows"].items()]
        told = [{"collection": of, "id": id} | ({"row": row} if row else {})
                for of, id, n, row in rows if n > int(number)]  # fmt: skip
        return told and {"magic": MAGIC, "token": f"{epoch}.{state['sequence']}.all",
                         "more": False, "changes": told, "server_time": now()}  # fmt: skip

    def commands(self, state, asked):
        """A result a key; the key and its answer are kept together with what was done."""
        for name, mine in (("epoch", state["epoch"]), ("fence", state["fences"][asked["client"]])):
            if asked[name] != mine:
                raise ValueError(409, name, "Open another session.")
        if not 1 <= len(asked["commands"]) <= 20:
            raise ValueError(400, "body", "commands: 1 to 20")
        for each in sorted(asked["commands"], key=lambda each: each["seq"]):
            same = [each.get(name) for name in ("kind", "target", "at", "by", "base", "body")]
            known, answer = state["done"].get(each["key"], (same, None))
            if known != same:
                raise ValueError(422, "key-reused", "This key was another command's.")
            if answer or not each.get("after") or each["after"] in state["done"]:
                state["done"][each["key"]] = same, answer or self.do(state, each)
        return self.states(state, [each["key"] for each in asked["commands"]])

    def states(self, state, keys):
        told = [{"key": key, **state["done"][key][1]} for key in keys if key in state["done"]]
        return {"magic": MAGIC, "epoch": state["epoch"], "results": told}

    def do(self, state, command):
        """Do one command or say why not; yours go to the system that the rows come from."""
        kind, id, at, body = (command[name] for name in ("kind", "target", "at", "body"))
        row = state["rows"].get(f"incidents/{id}", (0, None))[1]
        late = datetime.fromisoformat(at) <= datetime.now(UTC) + timedelta(minutes=1)
        if late and kind == "create" and body.get("title"):
            row = {"id": id, "title": body["title"], "recorded_at": now()}
        elif late and kind == "note" and body.get("text") and row:
            note = {"kind": "note", "text": body["text"], "happened_at": at, "recorded_at": now()}
            row["timeline"] = [*row.get("timeline", []), note | {"by": command["by"]}]
        else:
            return {"status": "rejected", "reason": {"zh": "本平台不办", "en": "Not done here"}}
        put(state, "incidents", id, row)
        return {"status": "accepted", "version": state["sequence"]}

    def do_GET(self):
        """Any request: one transaction; a refusal is an error of status, kind and words."""
        path, _, query = self.path.partition("?")
        call, query = f"{self.command} {path}", dict(parse_qsl(query))
        try:
            body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), MOST_BYTES))
            with transaction(self.server.file) as state:
                calls = {
                    "POST /v1/session": lambda: self.session(state, json.loads(body)),
                    "GET /v1/changes": lambda: self.changes(state, query["since"]),
                    "POST /v1/commands": lambda: self.commands(state, json.loads(body)),
                    "GET /v1/commands": lambda: self.states(state, query["keys"].split(",")),
                } | {f"GET /v1/snapshot/all/{n}": t.encode for n, t in state["snapshots"].items()}
                if call not in calls:
                    raise ValueError(404, "not-found", call)
                told = calls[call]()
            status, kind = 200 if told else 204, "x-ndjson" if isinstance(told, bytes) else "json"
        except (KeyError, TypeError, ValueError) as error:
            status, name, says = error.args if len(error.args) == 3 else (400, "body", str(error))
            told = {"type": f"urn:county-desk:problem:{name}", "title": name, "status": status}
            told, kind = told | {"detail": says}, "problem+json"
        body = told if isinstance(told, bytes) else json.dumps(told).encode() if told else b""
        self.send_response(status)
        sized = {"Content-Type": f"application/{kind}", "Content-Length": len(body)}
        for name, value in ({} if status == 204 else sized | {"ETag": f'"{self.path}"'}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[3])), County)
    server.file, server.drill = sys.argv[2], "--drill" in sys.argv
    with transaction(server.file) as state, open(sys.argv[1], encoding="utf-8") as file:
        for collection, rows in json.load(file).items():
            for row in rows:
                if f"{collection}/{row['id']}" not in state["rows"]:
                    put(state, collection, row["id"], row)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
