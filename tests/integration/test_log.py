"""The log: fixed words and fields allowed by name, nothing else, in files of the owner's."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from desktop.diagnostics.log import log_to
from support.small_disk import small_disk

SECRET = "张三 13800000000 Bearer abc"


def logged(folder: Path, *calls: Any) -> list[dict[str, Any]]:
    handler = log_to(folder)
    try:
        for call in calls:
            call()
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
    return [json.loads(line) for line in (folder / "desk.log").read_text("utf-8").splitlines()]


def test_nothing_that_may_name_a_person_or_a_token_reaches_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("CRITICAL")
    ours, theirs = logging.getLogger("desktop.sync"), logging.getLogger("stranger")
    for log in (ours, theirs):
        log.setLevel("INFO")

    def fail() -> None:
        try:
            raise ValueError(SECRET)
        except ValueError:
            ours.info("broke", exc_info=True)

    lines = logged(
        tmp_path,
        lambda: ours.info("said %s", SECRET, extra={"title": SECRET, "code": "refused"}),
        lambda: theirs.info(f"GET /?token={SECRET}"),
        fail,
    )
    assert [line["says"] for line in lines] == ["said %s", "-", "broke"]
    assert (lines[0]["code"], lines[2]["error"]) == ("refused", "ValueError")
    assert "张三" not in (tmp_path / "desk.log").read_text("utf-8")
    assert (tmp_path / "desk.log").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("how", ["full", "read-only"])
def test_a_disk_that_takes_no_line_breaks_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], how: str
):
    with small_disk(tmp_path / "small", 1) as disk:
        if how == "full":
            (disk.folder / "log").mkdir()
            disk.fill()
        else:
            disk.forbid_writing()
        handler = log_to(disk.folder / "log")
        try:
            for _ in range(300):
                logging.getLogger("desktop.test").info("a line that finds no room")
        finally:
            logging.getLogger().removeHandler(handler)
            handler.close()
        if how == "full":
            disk.make_room()
            handler = log_to(disk.folder / "log")
            logging.getLogger("desktop.test").info("a line after there is room")
            logging.getLogger().removeHandler(handler)
            handler.close()
            assert "after there is room" in (disk.folder / "log" / "desk.log").read_text("utf-8")
    assert capfd.readouterr().err == ""
