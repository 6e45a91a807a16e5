"""A probe reads a snapshot to its end and names a server's mistake, whatever it is."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest

from desktop import paths
from desktop.application.i18n import Words
from desktop.application.ports import SourceError
from desktop.domain.source import ProbeResult
from support.program import county_desk, write_profile
from support.scripted_county import END, HEAD, PAGES, session
from support.servers import Asked, Said, ScriptedServer, said_json, said_lines
from support.sources import connect

SESSION, SNAPSHOT = "/v1/session", "/v1/snapshot/all/1"
WHOLE = said_lines(HEAD, *PAGES, END)
PRETTY = Said(
    "".join(json.dumps(line, indent=1) + "\n" for line in (HEAD, *PAGES, END)).encode(),
    headers={"Content-Type": "application/x-ndjson"},
)


def a_session(**fields: Any) -> Any:
    return lambda asked: session(asked, **fields)


def with_nonce(nonce: str) -> Any:
    def answer(asked: Asked) -> Said:
        return said_json(json.loads(session(asked).body) | {"nonce": nonce})

    return answer


def moved(where: str) -> Said:
    return Said(b"", 302, {"Location": where})


def probed(answers: dict[str, Any]) -> ProbeResult | SourceError:
    """What the probe of a scripted server comes to."""
    with (
        ScriptedServer({SESSION: session, SNAPSHOT: WHOLE} | answers) as server,
        contextlib.closing(connect("county", server.url)) as county,
    ):
        try:
            return county.probe()
        except SourceError as error:
            return error


@pytest.mark.parametrize(
    ("path", "answer", "code", "words"),
    [
        (SESSION, a_session(magic="county-desk/2"), "wrong_magic", "county-desk/2"),
        (SESSION, with_nonce("0" * 16), "wrong_nonce", "0" * 16),
        (SESSION, a_session(snapshot="http://x.example/s"), "snapshot_elsewhere", "x.example"),
        (SESSION, a_session(snapshot="//x.example/s"), "snapshot_elsewhere", "x.example"),
        (SESSION, a_session(snapshot=None), "wrong_shape", "`snapshot`"),
        (SESSION, a_session(server_time="2026-11-22T08:00:00"), "wrong_shape", "$.server_time"),
        (SESSION, moved("/login"), "captive_portal", "/login"),
        (SESSION, moved("http://[::1"), "captive_portal", "http://[::1"),
        (SESSION, Said(b"", 302), "request_refused", "302"),
        (SESSION, Said(b"<h1>Policy 17</h1>", 403, {"Content-Type": "text/html"}), "forbidden",
         "Policy 17"),
        (SNAPSHOT, moved("http://[::1"), "captive_portal", "http://[::1"),
        (SNAPSHOT, Said(b"", 404), "not_found", SNAPSHOT),
        (SNAPSHOT, PRETTY, "not_lines", '"{"'),
        (SNAPSHOT, said_lines(HEAD, *PAGES, END | {"rows": 7}), "count_differs", "7 rows"),
        (SNAPSHOT, said_lines(HEAD, *PAGES), "cut_short", "2 rows, no trailer"),
        (SNAPSHOT, said_lines(HEAD | {"magic": "zz"}, *PAGES, END), "wrong_magic", "zz"),
        (SNAPSHOT, said_lines(HEAD | {"token": 7}, *PAGES, END), "wrong_shape", "$.token"),
        (SNAPSHOT, said_lines(HEAD | {"token": "x" * 300}, END), "wrong_shape", "$.token"),
        (SNAPSHOT, Said(WHOLE.body, headers={"Content-Length": "99999"}, cut=90), "cut_short",
         "Content-Length: 99,999 B; came: 90 B"),
        (SNAPSHOT, said_json([1, 2]), "not_understood", "no snapshot"),
    ],
)  # fmt: skip
def test_a_probe_names_the_mistake(path: str, answer: Any, code: str, words: str):
    found = probed({path: answer})
    assert isinstance(found, SourceError)
    assert found.problem.code == code
    for language in ("zh_CN", "en"):
        said = str(Words(paths.resources(), language).problem(found.problem))
        assert words in said or language == "zh_CN"
        assert language == "en" or "rows, no trailer" not in said
        assert "…" not in said


@pytest.mark.parametrize(
    ("path", "answer", "code"),
    [
        (SNAPSHOT, said_lines(HEAD, *PAGES, END | {"sum": "0" * 16}), "sum_differs"),
        (SNAPSHOT, said_lines(HEAD | {"epoch": "zz"}, *PAGES, END), "epoch_differs"),
        (SESSION, a_session(server_time="2020-01-01T00:00:00Z"), "clock_differs"),
    ],
)
def test_what_a_desk_would_only_feel_later_is_a_remark(path: str, answer: Any, code: str):
    found = probed({path: answer})
    assert isinstance(found, ProbeResult)
    assert code in [remark.code for remark in found.remarks]


def test_a_right_sum_is_remarked_upon_by_nothing():
    found = probed({SNAPSHOT: said_lines(HEAD, *PAGES, END | {"sum": "8a268c6eb7ec69dc"})})
    assert isinstance(found, ProbeResult)
    assert "sum_differs" not in [remark.code for remark in found.remarks]


def test_later_sources_are_probed_when_the_first_fails(tmp_path):
    answers: dict[str, Any] = {SESSION: session, SNAPSHOT: WHOLE}
    with ScriptedServer({SESSION: moved("http://[::1")}) as bad, ScriptedServer(answers) as good:
        profile = write_profile(tmp_path / "desk.toml", bad.url)
        second = profile.read_text(encoding="utf-8").partition("[[source]]")[2]
        second = second.replace('id = "county"', 'id = "other"').replace(bad.url, good.url)
        profile.write_text(
            profile.read_text(encoding="utf-8") + "\n[[source]]" + second, encoding="utf-8"
        )
        done = county_desk("probe", "--profile", profile, "--lang", "en")
    first, *rest = done.stdout.splitlines()
    assert first.startswith("county: failed captive_portal")
    assert any(line.startswith("other: ok") for line in rest)
    assert (done.returncode, done.stderr) == (1, "")
