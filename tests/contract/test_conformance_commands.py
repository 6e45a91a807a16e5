"""A server that makes one mistake with commands is told it by its name, and nothing else."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from desktop.conformance.findings import Verdict
from desktop.county_server.feed.hint_pages import Follower
from desktop.county_server.server import CountyServer
from desktop.paths import frame_dictionaries
from desktop.wire.level2 import Frames, Patch, decode_answer, encode_answer
from support.drill_county import checked, drill_county, failures
from support.servers import Asked, Said
from support.wrong_county import (
    Hearing,
    Mistake,
    head,
    heard,
    is_plain,
    mistaken,
    session,
    some_at_once,
    told,
)

COMMANDS, SESSION, FILES = "/v1/commands", "/v1/session", "/v1/attachments"
GET, PUT = "GET", "PUT"
ANOTHER = "f" * 32
Made = tuple[Mistake | None, Hearing | None]


@pytest.fixture
def county() -> Iterator[CountyServer]:
    with drill_county() as (server, _):
        yield server


def results(change: Callable[[dict[str, Any]], Any]) -> Mistake:
    """Change each result of commands given in JSON."""

    def work(value: Any) -> None:
        for each in value["results"]:
            change(each)

    return told(COMMANDS, work, "POST")


def asked_again(*, differently: bool) -> Made:
    """A server that does a key it knows once more, with another body or with the same."""
    known: dict[str, Any] = {}
    own: dict[str, str] = {}

    def change(value: Any) -> None:
        for command in value["commands"]:
            key, body = command["key"], command["body"]
            if key in known and (known[key] != body) == differently:
                command["key"] = secrets.token_hex(16)
                own[command["key"]] = key
            known.setdefault(key, body)

    def back(asked: Asked, said: Said) -> Said:
        for other, key in own.items():
            said.body = said.body.replace(other.encode(), key.encode())
        return said

    return back, heard(change)


def known_session(name: str) -> Made:
    """A server that does not look at what of its session a request tells."""
    newest: dict[str, Any] = {}

    def remember(asked: Asked, said: Said) -> Said:
        if asked.path == SESSION and said.status == 200 and is_plain(said):
            value = json.loads(said.body)
            newest[json.loads(asked.body)["client"]] = value[name]
        return said

    return remember, heard(lambda value: value.update({name: newest[value["client"]]}))


def reuse_told_otherwise(asked: Asked, said: Said) -> Said:
    said.body = said.body.replace(b"problem:key-reused", b"problem:body")
    return said


def another_status(before: int, after: int) -> Mistake:
    def mistake(asked: Asked, said: Said) -> Said:
        if asked.path == COMMANDS and said.status == before:
            said.status = after
            said.body = said.body.replace(
                f'"status":{before}'.encode(), f'"status":{after}'.encode()
            )
        return said

    return mistake


def set_result(before: str, after: str, kinds: tuple[str, ...] = ()) -> Mistake:
    """Another status for results of these kinds of commands, or of all."""

    def mistake(asked: Asked, said: Said) -> Said:
        if (asked.path, asked.method) != (COMMANDS, "POST") or not is_plain(said):
            return said
        commands = {each["key"]: each["kind"] for each in json.loads(asked.body)["commands"]}

        def change(each: dict[str, Any]) -> None:
            if each["status"] == before and (not kinds or commands[each["key"]] in kinds):
                each["status"] = after

        return results(change)(asked, said)

    return mistake


def all_or_none(value: Any) -> None:
    """One that cannot be done takes the others with it."""
    if any(each["status"] == "rejected" for each in value["results"]):
        for each in value["results"]:
            each.update(status="rejected", reason="no")


def drop_last(value: Any) -> None:
    value["results"] = value["results"][:1]


def only_twenty(value: Any) -> None:
    del value["commands"][20:]


def back_to_now(value: Any) -> None:
    now = datetime.now(UTC).isoformat()
    for each in value["commands"]:
        each["at"] = min(each["at"], now)


def without_after(value: Any) -> None:
    for each in value["commands"]:
        each.pop("after", None)


def never_known(value: Any) -> None:
    for each in value["commands"]:
        if "after" in each:
            each["after"] = ANOTHER


def noted_as_seen(value: Any) -> None:
    for each in value["commands"]:
        if (
            each["kind"] == "note"
            and each["body"].get("text")
            and each["target"].startswith("new-")
        ):
            each.update(kind="acknowledge", body={})


def lost_and_refused() -> Mistake:
    """A server that calls what was lost on the way a duplicate."""
    seen: list[str] = []

    def mistake(asked: Asked, said: Said) -> Said:
        if (asked.path, asked.method) == (COMMANDS, "POST") and b'"cut ' in asked.body:
            seen.append(asked.path)
            if len(seen) > 1:
                change = results(lambda each: each.update(status="rejected", reason="duplicate"))
                return change(asked, said)
        return said

    return mistake


def files(refused: int, method: str) -> Mistake:
    """Pieces and contents of files answered otherwise; with `refused` only such a refusal."""

    def mistake(asked: Asked, said: Said) -> Said:
        is_it = asked.path.startswith(f"{FILES}/") and asked.method == method
        if not is_it or said.status != (refused or 200):
            return said
        body = b'{"magic":"county-desk/1","digest":"","size":3000,"offset":0}'
        return Said(body, 200, {"Content-Type": "application/json"})

    return mistake


def no_level2_commands(asked: Asked, said: Said) -> Said:
    if asked.headers.get("content-type", "").startswith("application/vnd"):
        body = b'{"type":"urn:x","title":"x","status":415}'
        return Said(body, 415, {"Content-Type": "application/problem+json"})
    return said


def change_answer(change: Callable[[Patch], Patch]) -> Mistake:
    """Change the changes that an answer to commands brings."""

    def mistake(asked: Asked, said: Said) -> Said:
        if "since=" not in asked.target or asked.path != COMMANDS or said.status != 200:
            return said
        answer = decode_answer(said.body, Frames(frame_dictionaries()))
        assert answer.changes is not None
        assert answer.changes.patch is not None
        changes = msgspec.structs.replace(answer.changes, patch=change(answer.changes.patch))
        said.body = encode_answer(msgspec.structs.replace(answer, changes=changes), Frames())
        return said

    return mistake


def of_before(patch: Patch) -> Patch:
    """The changes without the command's own, and the token of before it."""
    mark, number, scope = patch.token.split(".")
    return msgspec.structs.replace(patch, token=f"{mark}.{int(number) - 1}.{scope}", patches=())


MISTAKES: dict[str, tuple[Made, str]] = {
    "a key done twice": (asked_again(differently=False), "commands_same_key"),
    "a key taken for another command": (asked_again(differently=True), "commands_key_reused"),
    "a reused key called otherwise": ((reuse_told_otherwise, None), "commands_key_reused"),
    "an after that nobody heeds": ((None, heard(without_after)), "commands_after"),
    "an after that holds for ever": ((None, heard(never_known)), "commands_each_key"),
    "a conflict called accepted": (
        (set_result("conflict", "accepted"), None), "commands_conflict",
    ),
    "a conflict without its row": (
        (results(lambda each: each.pop("row", None) and None), None), "commands_conflict",
    ),
    "an old fence let in": (known_session("fence"), "commands_old_fence"),
    "another epoch let in": (known_session("epoch"), "commands_old_epoch"),
    "a refusal by another status": ((another_status(422, 400), None), "commands_key_reused"),
    "a key without its result": ((told(COMMANDS, drop_last, "POST"), None), "commands_each_key"),
    "a refusal without a reason": (
        (results(lambda each: each.pop("reason", None) and None), None), "commands_reasons",
    ),
    "a stage that does not matter": (
        (set_result("rejected", "accepted", ("verify",)), None), "commands_stages",
    ),
    "an unknown kind accepted": (
        (set_result("rejected", "accepted", ("no-such-kind",)), None), "commands_reasons",
    ),
    "one that takes the others with it": (
        (told(COMMANDS, all_or_none, "POST"), None), "commands_poison",
    ),
    "results of keys nobody gave": (
        (told(COMMANDS, lambda value: value["results"].append(
            {"key": ANOTHER, "status": "accepted"})), None), "commands_states",
    ),
    "as many as one likes": ((None, heard(only_twenty)), "commands_many"),
    "a command of tomorrow": ((None, heard(back_to_now)), "commands_future"),
    "another magic in results": (
        (told(COMMANDS, lambda value: value.update(magic="x"), "POST"), None), "commands_magic",
    ),
    "a status nobody knows": ((set_result("accepted", "done"), None), "commands_shape"),
    "commands that fail": (
        (head(COMMANDS, lambda said: Said(
            b'{"type":"urn:x","title":"x","status":500}', 500,
            {"Content-Type": "application/problem+json"}), "POST"), None), "commands_status",
    ),
    "accepted and not done": ((None, heard(noted_as_seen)), "commands_effect"),
    "a report that is refused": (
        (set_result("accepted", "rejected", ("create",)), None), "commands_create",
    ),
    "a lost answer called a duplicate": ((lost_and_refused(), None), "commands_cut"),
    "a file that is never there": (
        (told(FILES, lambda value: value.update(offset=7), "POST"), None), "files_offer",
    ),
    "a file begun anew after each cut": (
        (told(FILES, lambda value: value.update(offset=0), "POST"), None), "files_resume",
    ),
    "pieces that nobody counts": ((files(0, PUT), None), "files_pieces"),
    "a file that no row may name": (
        (set_result("accepted", "rejected", ("attach",)), None), "files_attach",
    ),
    "other bytes than were brought": ((files(0, GET), None), "files_read"),
    "bytes of another digest taken": ((files(422, PUT), None), "files_wrong"),
    "no commands at level 2": ((no_level2_commands, None), "commands_level2"),
    "changes since another token": (
        (change_answer(lambda patch: msgspec.structs.replace(patch, asked=7)), None),
        "commands_level2_since",
    ),
    "changes without the command's own": (
        (change_answer(of_before), None), "commands_level2_since",
    ),
}  # fmt: skip


@some_at_once(MISTAKES, 8)
def test_a_mistake_with_commands_is_named_by_its_rule_and_by_no_other(
    names: tuple[str, ...], county: CountyServer
):
    wrong = {}
    for name in names:
        (mistake, hearing), rule = MISTAKES[name]
        with mistaken(county.base_url, mistake, hearing) as url:
            found = failures(checked(url, write=True))
        if list(found) != [rule]:
            wrong[name] = found
    assert wrong == {}


def test_a_stream_that_brings_no_effects_of_commands_is_named(
    county: CountyServer, monkeypatch: pytest.MonkeyPatch
):
    tried = checked(county.base_url, write=True).outcomes["commands_level2_stream"]
    assert tried.verdict is Verdict.PASS
    real = Follower.tell
    monkeypatch.setattr(Follower, "tell", lambda self, *, is_own: real(self, is_own=True))
    assert list(failures(checked(county.base_url, write=True))) == ["commands_level2_stream"]


def later(mistake: Mistake) -> tuple[Mistake, Callable[[], bool]]:
    """A mistake that begins with a restart."""
    begun: list[bool] = []

    def work(asked: Asked, said: Said) -> Said:
        return mistake(asked, said) if begun else said

    def restart() -> bool:
        begun.append(True)
        return True

    return work, restart


@pytest.mark.parametrize(
    ("mistake", "rule"),
    [
        (session(epoch="another"), "restart_identity"),
        (session(server="another"), "restart_identity"),
        (session(fence=1), "restart_fence"),
        (set_result("accepted", "conflict"), "restart_once"),
    ],
)
def test_what_a_restart_must_not_change_is_named(mistake: Mistake, rule: str, county: CountyServer):
    work, restart = later(mistake)
    with mistaken(county.base_url, work) as url:
        assert list(failures(checked(url, write=True, restart=restart))) == [rule]
