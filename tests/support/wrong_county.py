"""A right server behind a stand-in that makes one mistake in what it says or hears."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from support.servers import Asked, Said, ScriptedServer

Mistake = Callable[[Asked, Said], Said]
Hearing = Callable[[Asked], Asked]
PASSED_ON = {"accept", "authorization", "content-range", "content-type", "if-none-match"}
"""Neither ranges nor gzip: what the stand-in changes is then changed in every copy."""
FRAMING = {"content-length", "connection", "transfer-encoding"}


def right_answer(base_url: str, asked: Asked) -> Said:
    """What the right server says; its hints are left out, as they do not end."""
    if asked.path == "/v1/stream":
        return Said(b"", 404)
    where = urlsplit(base_url)
    line = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
    try:
        headers = {name: value for name, value in asked.headers.items() if name in PASSED_ON}
        line.request(asked.method, asked.target, asked.body or None, headers)
        answer = line.getresponse()
        body = answer.read()
    finally:
        line.close()
    named = {name: value for name, value in answer.getheaders() if name.lower() not in FRAMING}
    return Said(body, answer.status, named)


@contextmanager
def mistaken(
    base_url: str, mistake: Mistake | None = None, hearing: Hearing | None = None
) -> Iterator[str]:
    """The address of a server that differs from the right one by this mistake alone."""

    def answer(asked: Asked) -> Said:
        said = right_answer(base_url, hearing(asked) if hearing else asked)
        said = mistake(asked, said) if mistake else said
        if said.status not in (204, 304):
            said.headers.setdefault("Content-Length", str(len(said.body)))
        said.cut = len(said.body)  # Then the connection ends, as was asked for.
        return said

    with ScriptedServer({"*": answer}) as server:
        yield server.url


def some_at_once(mistakes: Mapping[str, Any], count: int) -> pytest.MarkDecorator:
    """Give a test the `names` of so many mistakes at a time: one county serves for them all."""
    names = tuple(mistakes)
    parts = [names[at : at + count] for at in range(0, len(names), count)]
    return pytest.mark.parametrize("names", parts, ids=[f"{part[0]} …" for part in parts])


def is_plain(said: Said) -> bool:
    """Whether an answer is of level 1."""
    kinds = {value for name, value in said.headers.items() if name.lower() == "content-type"}
    return not any("cd2" in kind for kind in kinds)


def told(path: str, change: Callable[[Any], Any], method: str = "GET") -> Mistake:
    """Change the JSON of a good plain answer; the change may work on it or give another."""

    def mistake(asked: Asked, said: Said) -> Said:
        if (asked.path, asked.method) == (path, method) and said.status == 200 and is_plain(said):
            value = json.loads(said.body)
            changed = change(value)
            value = changed if isinstance(changed, dict) else value
            said.body = json.dumps(value, ensure_ascii=False).encode()
        return said

    return mistake


def session(**fields: Any) -> Mistake:
    """Other fields in the session; one given as None is left out."""

    def change(value: Any) -> None:
        value.update(fields)
        for name in [name for name, each in fields.items() if each is None]:
            del value[name]

    return told("/v1/session", change, "POST")


def head(path: str, change: Callable[[Said], Any], method: str = "GET") -> Mistake:
    """Change an answer's status, headers or bytes, below a path and at level 1."""

    def mistake(asked: Asked, said: Said) -> Said:
        if asked.path.startswith(path) and asked.method == method and is_plain(said):
            return change(said) or said
        return said

    return mistake


def lines(change: Callable[[list[Any]], Any]) -> Mistake:
    """Change the lines of every whole snapshot."""

    def mistake(asked: Asked, said: Said) -> Said:
        if asked.path.startswith("/v1/snapshot/") and said.status == 200 and is_plain(said):
            found = [json.loads(line) for line in said.body.splitlines()]
            changed = change(found)
            found = changed if isinstance(changed, list) else found
            texts = [each if isinstance(each, str) else json.dumps(each) for each in found]
            said.body = "".join(text + "\n" for text in texts).encode()
        return said

    return mistake


def row(change: Callable[[Any], Any], id: str = "i1") -> Mistake:
    """Change one incident in every whole snapshot."""

    def each_line(found: list[Any]) -> None:
        for line in found:
            for each in line.get("rows", []) if isinstance(line.get("rows"), list) else []:
                if each["id"] == id:
                    change(each)

    return lines(each_line)


def compact(path: str, change: Callable[[bytes], bytes]) -> Mistake:
    """Change the bytes of good answers of level 2 below a path."""

    def mistake(asked: Asked, said: Said) -> Said:
        if asked.path.startswith(path) and said.status == 200 and not is_plain(said):
            said.body = change(said.body)
        return said

    return mistake


def heard(change: Callable[[Any], Any]) -> Hearing:
    """Change what the right server hears of commands in JSON."""

    def hearing(asked: Asked) -> Asked:
        plain = asked.headers.get("content-type") == "application/json"
        if (asked.path, asked.method) == ("/v1/commands", "POST") and plain:
            value = json.loads(asked.body)
            change(value)
            asked = Asked(asked.method, asked.target, asked.headers, json.dumps(value).encode())
        return asked

    return hearing
