"""The end of a round: everything well again, officers decide, and all is looked at."""

from __future__ import annotations

import hashlib
import json
import re
import urllib.request
from typing import TYPE_CHECKING, Any

from faults.real.county import TOKENS, County
from faults.real.evidence import CountyEnd, DeskEnd, Row, Token
from faults.real.judge import SILENT_AT
from faults.real.office import Office
from faults.real.plan import Step

if TYPE_CHECKING:
    from faults.real.play import Round

TOKEN = re.compile(r"since=([0-9a-z]+)\.(\d+)")
MOST_DECISIONS = 3
DECIDED = frozenset({"copy", "expired", "report", "account", "server"})
"""Holds that end by an officer's word; he is asked when the right login and server are back."""


def heal(round_: Round) -> None:
    """Everything up and well; exchanges until silence, with the officers' decisions between."""
    for desk in round_.desks:
        desk.line.release_ghosts()
    round_.at = "home"
    for county in round_.counties.values():
        if county.address is None:
            county.start()
    round_.point_lines()
    round_.step += 1
    for desk in round_.desks:
        desk.line.step = round_.step
    if round_.plan.accounts:
        for name in ("zhang", "li", "zhang"):
            for desk in round_.desks:
                desk.log_in(name, TOKENS[name])
                round_.sync(desk, Step("sync"))
    for _ in range(MOST_DECISIONS):
        if not _exchanges(round_):
            return


def _exchanges(round_: Round) -> bool:
    """Up to four exchanges each; whether an officer decided something and more are due."""
    for number in range(1, SILENT_AT + 1):
        moved = False
        for desk in round_.desks:
            seen = round_.sync(desk, Step("sync"), number)
            moved = moved or bool(seen.rows or seen.exit)
            if _decide(round_, desk, seen.unfinished):
                return True
        if not moved and number > 1:
            return False
    return False


def _decide(round_: Round, desk: Office, unfinished: list[dict[str, Any]]) -> bool:
    """Send what is held, or drop it, as the plan says; whether there was such a thing."""
    from faults.real.play import release

    held = [r for r in unfinished if r["state"] == "held" and r.get("hold") in DECIDED]
    for record in held:
        if round_.plan.decision == "send":
            desk.run("outbox", "--send", record["key"])
            release(round_.seen.given, record)
        else:
            desk.run("outbox", "--give-up" if record["offered"] else "--cancel", record["key"])
    return bool(held)


def look(round_: Round) -> None:
    """Fill the evidence with what the desks and the counties hold in the end."""
    seen = round_.seen
    for desk in round_.desks:
        secrets = [mark for mark in seen.given if seen.given[mark].desk == desk.name]
        healed = [s.carried for s in seen.syncs if s.desk == desk.name and s.is_healing]
        seen.desks.append(
            DeskEnd(
                name=desk.name,
                clicks=desk.clicks,
                outbox=desk.outbox(),
                rows=desk.rows(),
                plain=desk.readable([*secrets, *TOKENS.values()]),
                excused=desk.excused,
                was_killed=desk.was_killed,
                has_twin=desk.has_twin,
                life=desk.line.life,
                healing_bytes=sum(healed),
                client=next((p.client for p in reversed(desk.line.log) if p.client), ""),
            )
        )
        seen.tokens += _tokens(desk)
    seen.home = _county(round_.home)
    if "other" in round_.counties:
        seen.other = _county(round_.counties["other"])


def _tokens(desk: Office) -> list[Token]:
    found = []
    for each in desk.line.log:
        if each.status == 200 and (match := TOKEN.search(each.path)):
            found.append(Token(desk.name, each.life, match[1], int(match[2])))
    return found


def _county(county: County) -> CountyEnd:
    commands = {
        str(key): (str(account), str(json.loads(bytes(result))["status"]))  # type: ignore[arg-type]
        for key, account, result in county.ask("SELECT key, account, result FROM commands")
    }
    rows: dict[str, dict[str, Row]] = {}
    for collection, id, version, body in county.ask(
        "SELECT collection, id, version, body FROM rows WHERE body IS NOT NULL"
    ):
        row = Row(int(str(version)), json.loads(bytes(body)))  # type: ignore[arg-type]
        rows.setdefault(str(collection), {})[str(id)] = row
    digests = {
        str(file["digest"])
        for row in rows.get("incidents", {}).values()
        for file in row.body.get("files", ())
    }
    return CountyEnd(commands, rows, {digest: _is_whole(county, digest) for digest in digests})


def _is_whole(county: County, digest: str) -> bool:
    """Whether the county gives out the bytes of that digest."""
    assert county.address is not None
    host, port = county.address
    asked = urllib.request.Request(
        f"http://{host}:{port}/v1/attachments/{digest}",
        headers={"Authorization": f"Bearer {TOKENS['zhang']}"},
    )
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return hashlib.sha256(answer.read()).hexdigest() == digest
    except OSError:
        return False
