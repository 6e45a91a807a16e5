"""An integrator's own JSON files, served by `demo-county --load` and read by a real desk."""

from __future__ import annotations

import json
from pathlib import Path

from support.program import County, county_desk, free_port, write_profile

INCIDENTS = [
    {
        "id": "X-1",
        "title": {"zh": "桥面裂缝", "en": "Crack in a bridge"},
        "recorded_at": "2026-11-23T09:30:00+08:00",
        "level": "larger",
        "township": "T1",
    },
    {"id": "X-2", "title": "路灯不亮", "recorded_at": "2026-11-23T10:00:00+08:00"},
]
QUEUES = [{"id": "Q-1", "name": "社保窗口", "waiting": 12}]


def written(folder: Path, **collections: object) -> Path:
    """A folder with one JSON file a collection."""
    folder.mkdir()
    for name, rows in collections.items():
        text = json.dumps(rows, ensure_ascii=False, indent=2)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    return folder


def test_own_files_are_served_and_listed(tmp_path):
    files = written(tmp_path / "files", incidents=INCIDENTS, queues=QUEUES)
    with County(tmp_path, "--load", files) as county:
        profile = write_profile(tmp_path / "desk.toml", county.url)
        words = ("--profile", profile, "--profile-dir", tmp_path / "desk", "--key", "file")
        incidents = county_desk("list", "incidents", *words, "--json")
        queues = county_desk("list", "queues", *words, "--json")
    assert (incidents.returncode, queues.returncode) == (0, 0)
    rows = {row["id"]: row for row in json.loads(incidents.stdout)["rows"]}
    assert rows["X-1"]["title"] == "桥面裂缝"
    assert rows["X-1"]["level"] == "larger"
    assert rows["X-2"]["title"] == "路灯不亮"
    assert [row["waiting"] for row in json.loads(queues.stdout)["rows"]] == [12]


def test_wrong_files_are_refused_with_file_line_and_path(tmp_path):
    naive = {**INCIDENTS[1], "recorded_at": "2026-11-23T10:00:00"}
    lost = {**INCIDENTS[0], "place": {"lon": 999, "lat": 30}}
    files = written(tmp_path / "files", incidents=[INCIDENTS[0], naive, lost])
    lines = (files / "incidents.json").read_text(encoding="utf-8").splitlines()
    naive_line = 1 + next(i for i, line in enumerate(lines) if line.endswith('T10:00:00"'))
    lost_line = 1 + next(i for i, line in enumerate(lines) if '"lon": 999' in line)
    done = county_desk("demo-county", "--port", str(free_port()), "--load", files)
    assert done.returncode == 2
    assert done.stdout == ""
    assert f"incidents.json:{naive_line}:" in done.stderr
    assert f"incidents.json:{lost_line}:" in done.stderr


def test_a_file_that_is_not_json_is_refused_with_its_line(tmp_path):
    files = written(tmp_path / "files", incidents=INCIDENTS)
    (files / "assets.json").write_text('[\n  {"id": "A1",\n]\n', encoding="utf-8")
    done = county_desk("demo-county", "--port", str(free_port()), "--load", files)
    assert done.returncode == 2
    assert "assets.json:3:" in done.stderr
