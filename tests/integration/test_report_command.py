"""`county-desk report`: a month as CSV, with the outages that the desk's own log tells of."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.__main__ import main

LINE = '{"at":"%s+0800","level":"INFO","says":"%s","source":"county","code":"%s"}\n'


def test_a_month_is_written_from_stores_and_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    profile = tmp_path / "desk.toml"
    profile.write_text('[[source]]\nid = "county"\nkind = "county"\nurl = "http://127.0.0.1:9"\n')
    desk = ["--profile", str(profile), "--profile-dir", str(tmp_path / "d"), "--key", "file"]
    log = tmp_path / "d" / "log" / "desk.log"
    log.parent.mkdir(parents=True, mode=0o700)
    (tmp_path / "d").chmod(0o700)
    log.write_text(
        LINE % ("2025-12-31T00:00:00", "begun", "")
        + LINE % ("2026-01-10T00:00:00", "source fails", "timeout")
        + LINE % ("2026-01-11T12:30:00", "source is back", "")
    )
    assert main(["report", *desk, "--month", "2026-01"]) == 0
    said = capsys.readouterr().out
    assert "覆盖这段时间的 100.0 %" in said
    assert "1,县级平台接口,95.0 %,1,1 天 12:30,1 天 12:30" in said
    assert said.startswith("\ufeffdesk · 运行月报 · 2026-01")
    assert main(["report", *desk, "--month", "2999-01", "--lang", "en"]) == 2
    assert "one that has begun" in capsys.readouterr().err
