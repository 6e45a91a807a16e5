"""Words a county uses that nobody here knows: kept through the store, shown and listed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from desktop.county_server.db.database import Database
from desktop.county_server.server import CountyServer
from desktop.wire import level1
from support.program import county_desk, write_profile

AT = datetime(2026, 5, 1, 1, 30, tzinfo=UTC)
WHERE = {
    ("incidents", "i1", "$.stage"): "triaged",
    ("incidents", "i1", "$.level"): "colossal",
    ("incidents", "i1", "$.deadlines[0].kind"): "second_phone",
    ("incidents", "i1", "$.category"): "meteorite",
    ("incidents", "i1", "$.channel"): "pigeon",
    ("assets", "a1", "$.state"): "wobbly",
    ("assets", "a1", "$.kind"): "cable_car",
    ("queues", "q1", "$.kind"): "drive_in",
    ("warnings", "w1", "$.level"): "purple",
    ("warnings", "w1", "$.status"): "rumour",
    ("alarms", "l1", "$.priority"): "drop_everything",
    ("alarms", "l1", "$.state"): "snoozed",
}


def _word(collection: str, path: str) -> str:
    return next(word for (c, _, p), word in WHERE.items() if (c, p) == (collection, path))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ...]]:
    folder = tmp_path_factory.mktemp("office")
    deadline = level1.Deadline(_word("incidents", "$.deadlines[0].kind"), AT)
    rows: dict[str, Any] = {
        "incidents": level1.Incident(
            "i1", "路灯不亮", AT,
            level=_word("incidents", "$.level"), stage=_word("incidents", "$.stage"),
            category=_word("incidents", "$.category"), channel=_word("incidents", "$.channel"),
            deadlines=(deadline,),
        ),
        "assets": level1.Asset(
            "a1", "索道", _word("assets", "$.kind"), state=_word("assets", "$.state")
        ),
        "queues": level1.Queue("q1", "窗口", kind=_word("queues", "$.kind")),
        "warnings": level1.Warning(
            "w1", "预警", AT,
            level=_word("warnings", "$.level"), status=_word("warnings", "$.status"),
        ),
        "alarms": level1.Alarm(
            "l1", "告警", AT,
            priority=_word("alarms", "$.priority"), state=_word("alarms", "$.state"),
        ),
    }  # fmt: skip
    database = Database()
    for collection, row in rows.items():
        database.put(collection, [row])
    with CountyServer(database) as server:
        profile = write_profile(folder / "desk.toml", server.base_url)
        where = ("--profile", str(profile), "--profile-dir", str(folder / "desk"))
        yield (*where, "--key", "file", "--lang", "en")
    database.close()


@pytest.fixture(scope="module")
def synced(office: tuple[str, ...]) -> Any:
    done = county_desk("sync", "--json", *office)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_sync_lists_every_unknown_word_with_its_place(synced: Any) -> None:
    (source,) = synced["sources"]
    assert (source["ok"], source["unread"]) == (True, {})
    told = source["unknown_words"]
    assert {(each["collection"], each["id"], each["path"]): each["word"] for each in told} == WHERE


@pytest.mark.parametrize("collection", ["incidents", "assets", "queues", "warnings", "alarms"])
def test_a_list_shows_the_word_in_its_row_and_names_it_apart(
    synced: Any, office: tuple[str, ...], collection: str
) -> None:
    done = county_desk("list", collection, "--offline", "--json", *office)
    told = json.loads(done.stdout)
    expected = {path: word for (c, _, path), word in WHERE.items() if c == collection}
    assert {each["path"]: each["word"] for each in told["unknown_words"]} == expected
    (row,) = told["rows"]
    cells = {path.removeprefix("$."): word for path, word in expected.items() if "[" not in path}
    assert {name: row[name] for name in cells} == cells


def test_a_probe_tells_in_json_what_answers_and_each_word_nobody_knows(
    office: tuple[str, ...],
) -> None:
    done = county_desk("probe", "--json", *office)
    (source,) = json.loads(done.stdout)["sources"]
    assert (done.returncode, source["ok"], source["problem"]) == (0, True, None)
    assert (source["counts"]["incidents"], source["unread"]) == (1, {})
    told = source["unknown_words"]
    assert {(each["collection"], each["id"], each["path"]): each["word"] for each in told} == WHERE
