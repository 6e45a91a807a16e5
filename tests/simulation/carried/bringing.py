"""A bundle handed in at a county: over the county's own interface, or to its command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from simulation.carried.importing import import_bundle
from simulation.carried.offices import Meta, Office, digest_of, identity_of
from simulation.exchanges import Request, Response
from simulation.server import Server, ServerKilled, token_of

if TYPE_CHECKING:
    from simulation.carried.post import Post

COURIER = "courier-"
Taken = tuple[bytes | None, str]
"""A receipt, if one was written, and for which fault a bundle was refused."""
BY_COMMAND = 0.06
"""How often a bundle is taken by the county's command."""
KILLED = 0.05
"""How often the county's program dies while it takes a bundle."""


def bring_to_county(post: Post, server: Server, office: Office, data: bytes) -> bytes | None:
    """Hand a bundle in; its receipt, empty when it was refused, None when nobody took it."""
    world = post.world
    if post.is_open and post.dice.random() < KILLED:
        server.dies_in = int(post.dice.random() ** 2 * 60)
    bundle = post.book.bundles.get(digest_of(data))
    try:
        if server.api is None or (post.is_open and post.dice.random() < BY_COMMAND):
            receipt, fault = _imported(server, data)
        else:
            receipt, fault = _posted(server, data)
    except ServerKilled:
        world.time.after(post.dice.random() * 20, server.start)
        return None
    if receipt is None and not fault:
        return None
    told: dict[str, Any] = {
        "identity": identity_of(server), "genuine": bundle is not None, "refused": fault,
        "answers": {}, "office": office.name, "account": "", "asked": [], "written_for": "",
        "key": "", "digest": digest_of(data)[:12],
    }  # fmt: skip
    if bundle is not None:
        told |= {name: bundle[name] for name in ("office", "account", "asked", "key")}
        told["written_for"] = bundle["server"]
    meta = None if receipt is None else _noted(post, bundle, receipt)
    server.say("bundle taken", **{**told, "answers": {} if meta is None else meta["answers"]})
    return receipt or b""


def _imported(server: Server, data: bytes) -> Taken:
    """Take a bundle by the county's own command; its program is stopped for as long."""
    was_up = server.database is not None
    if was_up:
        server.stop()
    elif not server.path.exists():
        return None, ""
    server.world.history.reach(f"courier import: {'stopped for it' if was_up else 'was stopped'}")
    taken = import_bundle(server, data)
    if was_up:
        server.start()
    return taken


def _posted(server: Server, data: bytes) -> Taken:
    answer = _asked(server, data)
    if answer is None or answer.status not in (200, 422):
        return None, ""
    if answer.status == 422:
        return None, str(json.loads(answer.body)["type"]).rpartition(COURIER)[2]
    return answer.body, ""


def _noted(post: Post, bundle: Meta | None, receipt: bytes) -> Meta | None:
    if bundle is None:
        return None
    return post.book.note_receipt(post.book.by_name[bundle["office"]], bundle, receipt)


def _asked(server: Server, data: bytes) -> Response | None:
    login = next((name for name, seen in server.logins.items() if seen is not None), None)
    headers = [("content-type", "application/octet-stream")]
    if login is not None:
        headers.append(("authorization", f"Bearer {token_of(login)}"))
    return server.answer(Request("POST", "/v1/courier", headers, data, len(data)))
