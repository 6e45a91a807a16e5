"""What becomes of `county-desk courier` beside an open window where something is in its way."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from desktop.application.ports import Cancelled, StoreError
from desktop.application.profile import Profile
from desktop.application.sync.worker_jobs import WorkerBusy
from desktop.bootstrap import Desk
from desktop.commands.courier import beside as courier_beside
from desktop.commands.courier.beside import BROKE, HUNG_UP, hand_over, take_over
from desktop.commands.courier.desk import BUSY, CourierDesk
from desktop.domain.courier import BundleRefused
from desktop.domain.source import Problem
from desktop.gui import single_instance

PROFILE = cast(Profile, SimpleNamespace(counties=["county"], language="en"))
OPTIONS = argparse.Namespace(
    action="export", file=Path("up.cdb"), codes=None, no_data=False, lang="en", source=None
)
Ask = Callable[[list[str], bytes], bytes | None]


def handed(monkeypatch: pytest.MonkeyPatch, ask: Ask) -> int | None:
    """What the command ends with where the window answers so."""
    monkeypatch.setattr(single_instance, "ask", ask)
    monkeypatch.setattr(courier_beside, "desk_folder", lambda *_given, **_more: Path("/nowhere"))
    return hand_over(PROFILE, OPTIONS)


def raising(error: Exception) -> Desk:
    """An open desk whose keys cannot be read."""

    def read_secret(_name: str) -> str:
        raise error

    return cast(Desk, SimpleNamespace(profile=PROFILE, read_secret=read_secret))


def done_by(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> int | None:
    return handed(monkeypatch, lambda _places, request: take_over(desk, request))


def test_without_a_window_nothing_is_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    assert handed(monkeypatch, lambda _places, _request: None) is None


def test_a_window_that_hangs_up_first_is_told_as_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert handed(monkeypatch, lambda _places, _request: b"") == 1
    assert capsys.readouterr().err == HUNG_UP.en + "\n"


def test_files_are_those_of_the_folder_the_command_was_given_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    requests: list[Any] = []

    def ask(_places: list[str], request: bytes) -> bytes | None:
        requests.append(msgspec.json.decode(request))
        return None

    handed(monkeypatch, ask)
    assert requests[0]["folder"] == str(Path.cwd())
    assert requests[0]["options"]["file"] == "up.cdb"


def test_a_store_that_fails_ends_as_without_a_window(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = raising(StoreError(Problem("disk_full", {"file": "outbox"})))
    assert done_by(desk, monkeypatch) == 2
    assert "full" in capsys.readouterr().err


@pytest.mark.expects_log("what a later start handed over broke")
def test_what_breaks_in_the_window_is_told_and_logged(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert done_by(raising(ValueError("odd")), monkeypatch) == 1
    assert capsys.readouterr().err == BROKE.en + "\n"


@pytest.mark.parametrize("error", [WorkerBusy(), Cancelled()])
def test_a_receipt_that_finds_no_time_between_exchanges_is_refused_in_words(
    error: Exception,
) -> None:
    def run_between_exchanges(_source: str, _work: object) -> object:
        raise error

    engine = SimpleNamespace(run_between_exchanges=run_between_exchanges)
    desk = CourierDesk(cast(Desk, SimpleNamespace(engine=engine)), "county")
    with pytest.raises(BundleRefused) as refused:
        desk.take(b"a receipt")
    assert refused.value.why == BUSY
