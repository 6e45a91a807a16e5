"""News of a newer program from the county: told calmly, its package fetched only when asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from starlette.requests import Request

from desktop.application.budget.byte_budget import Allowance
from desktop.application.ports import Cancelled, SourceError, StoreError
from desktop.bootstrap import Desk
from desktop.commands.doctor.county import check_update
from desktop.commands.doctor.stores import Stores
from desktop.commands.settings.bulletins import BulletinDesk
from desktop.commands.settings.package_download import FIRST_BYTES, PackageDownload, next_size
from desktop.county_server.courier.bulletins import Board
from desktop.county_server.http import bulletin_routes
from desktop.diagnostics.doctor.finding import Verdict
from desktop.domain.bulletin import Package
from desktop.domain.command import Collection, Key
from desktop.domain.link import TrafficClass
from support.publishing import DeskOfCounty, PublishingCounty

CONTENT = bytes(range(256)) * (FIRST_BYTES // 256 * 6) + b"end"


@pytest.fixture(autouse=True)
def package(tmp_path: Path) -> None:
    (tmp_path / "county-desk_9.deb").write_bytes(CONTENT)


def offer(county: PublishingCounty, program: str = "9.0.0", *more: str) -> None:
    """Publish a newer program with its package."""
    package = county.folder.parent / "county-desk_9.deb"
    words = ("--program", program, "--package", f"deb={package}", "--zh", "新", *more)
    assert county.run("update", "publish", *words) == 0


def package_of(opened: Desk) -> Package:
    update = BulletinDesk(opened, "county").find_update()
    assert update is not None
    return update.packages[0]


def test_a_newer_program_is_told_of_once_nothing_waits_to_be_acknowledged(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    offer(county)
    with desk.start() as opened:
        desk.exchange(opened)
        assert opened.board.overview().counts.unacknowledged == 1
        assert desk.look(opened)[0] == []
        county.acknowledge()
        desk.exchange(opened)
        said, _kept = desk.look(opened)
    assert len(said) == 1
    assert "9.0.0" in said[0]


@pytest.mark.parametrize("words", [("0.0.1",), ("9.0.0", "--from", "2999-01-01")])
def test_an_older_program_or_one_of_later_is_not_told_of(
    county: PublishingCounty, desk: DeskOfCounty, words: tuple[str, ...]
) -> None:
    county.acknowledge()
    offer(county, *words)
    with desk.start() as opened:
        said, kept = desk.look(opened)
        assert said == []
        assert kept.update is not None
        assert BulletinDesk(opened, "county").find_update() is None
        of_desk = {"folder": opened.folder, "profile": opened.profile, "key": lambda: opened.key}
        finding = check_update(cast("Stores", SimpleNamespace(**of_desk)))
        assert finding.verdict is Verdict.FINE


@pytest.mark.expects_log("older than what was seen")
def test_an_offer_is_taken_back_once_and_an_older_number_that_comes_is_told_of_and_not_used(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    county.acknowledge()
    offer(county)
    desk.take()
    assert county.run("update", "take-back") == 0
    assert county.run("update", "take-back") == 1
    with desk.start() as opened:
        assert desk.look(opened)[0] == []
        first, second = sorted(county.path.with_name("county.db.published").glob("update-*"))
        second.unlink()
        assert first.exists()
        said, kept = desk.look(opened)
        assert desk.look(opened)[0] == []
    assert len(said) == 1
    assert "lower than one seen here before" in said[0]
    assert kept.update is not None
    assert kept.update.version == 2


def test_a_package_is_fetched_from_where_it_stopped_and_checked(
    county: PublishingCounty, desk: DeskOfCounty, tmp_path: Path
) -> None:
    offer(county)
    with desk.start() as opened:
        desk.look(opened)
        package, download = package_of(opened), PackageDownload(opened, "county")
        to = tmp_path / "to"
        came: list[int] = []

        def stop(here: int) -> None:
            came.append(here)
            if here:
                download.cancel()

        with pytest.raises(Cancelled):
            download.fetch(package, to, stop)
        assert came == [0, FIRST_BYTES]
        came.clear()
        file = download.fetch(package, to, came.append)
        assert came == [FIRST_BYTES, 5 * FIRST_BYTES, package.size]
        assert file.read_bytes() == CONTENT
        came.clear()
        assert download.fetch(package, to, came.append) == file
        assert came == [package.size]


def test_a_server_without_ranges_is_asked_once_for_all_that_is_not_here(
    county: PublishingCounty, desk: DeskOfCounty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(county)
    with desk.start() as opened:
        desk.look(opened)
        download, to = PackageDownload(opened, "county"), tmp_path / "to"
        begin(download, package_of(opened), to)
        monkeypatch.setattr(bulletin_routes, "keep_only_a_plain_range", forget_range)
        came: list[int] = []
        file = download.fetch(package_of(opened), to, came.append)
        assert file.read_bytes() == CONTENT
        assert came == [FIRST_BYTES, len(CONTENT)]


def forget_range(request: Request, *_of_file: object) -> None:
    """Answer with the whole file, as a proxy does that knows no ranges."""
    headers = request.scope["headers"]
    request.scope["headers"] = [each for each in headers if each[0] != b"range"]


def begin(download: PackageDownload, package: Package, to: Path) -> None:
    """Fetch one piece, and cancel."""
    with pytest.raises(Cancelled):
        download.fetch(package, to, lambda here: download.cancel() if here else None)


def test_half_of_a_package_is_never_filled_up_with_another_of_its_name(
    county: PublishingCounty, desk: DeskOfCounty, tmp_path: Path
) -> None:
    offer(county)
    with desk.start() as opened:
        desk.look(opened)
        download, to = PackageDownload(opened, "county"), tmp_path / "to"
        begin(download, package_of(opened), to)
        (county.folder.parent / "county-desk_9.deb").write_bytes(CONTENT[::-1])
        offer(county)
        desk.look(opened)
        file = download.fetch(package_of(opened), to, lambda _here: None)
        assert file.read_bytes() == CONTENT[::-1]
        assert list(to.iterdir()) == [file]


def test_a_fetching_that_is_cancelled_before_it_begins_does_not_begin(
    county: PublishingCounty, desk: DeskOfCounty, tmp_path: Path
) -> None:
    offer(county)
    with desk.start() as opened:
        desk.look(opened)
        download, package = PackageDownload(opened, "county"), package_of(opened)
        download.cancel()
        came: list[int] = []
        with pytest.raises(Cancelled):
            download.fetch(package, tmp_path / "to", came.append)
        assert came == [0]
        assert download.fetch(package, tmp_path / "to", came.append).read_bytes() == CONTENT


def test_a_package_counts_among_the_days_bytes_and_waits_once_they_are_spent(
    county: PublishingCounty, desk: DeskOfCounty, tmp_path: Path
) -> None:
    offer(county)
    with desk.start() as opened:
        desk.look(opened)
        before = opened.meter.usage().spent[TrafficClass.CHANGES].total
        opened.meter.allowance = Allowance(daily_bytes=before + FIRST_BYTES + 50_000)
        download, package = PackageDownload(opened, "county"), package_of(opened)
        with pytest.raises(SourceError) as spent:
            download.fetch(package, tmp_path / "to", lambda _here: None)
        assert spent.value.problem.code == "budget_spent"
        assert opened.meter.usage().spent[TrafficClass.FILES].total > FIRST_BYTES
        assert opened.meter.bulk_left() in range(20_000)
        opened.meter.allowance = Allowance()
        assert download.fetch(package, tmp_path / "to", lambda _here: None).exists()


def test_a_command_given_while_a_package_comes_goes_before_its_next_piece(
    county: PublishingCounty, desk: DeskOfCounty, tmp_path: Path
) -> None:
    offer(county)
    with desk.start() as opened:
        desk.look(opened)
        desk.exchange(opened)
        unfinished: list[int] = []

        def give(here: int) -> None:
            if here:
                unfinished.append(len(opened.outbox.list_unfinished()))
            if here < len(CONTENT):
                opened.board.commands.note(Key("county", Collection.INCIDENTS, "i1"), f"{here}")

        PackageDownload(opened, "county").fetch(package_of(opened), tmp_path / "to", give)
    assert unfinished == [0, 0, 0]


@pytest.mark.parametrize(
    ("size", "took_s", "following"),
    [
        (16_384, 2.6, 12_603),  # 64 kbit/s, 600 ms: the next is here within two seconds.
        (262_144, 33.0, 15_887),
        (16_384, 0.03, 65_536),  # What came so fast may have come from a buffer.
        (1_048_576, 0.1, 1_048_576),
        (4_096, 60.0, 4_096),
    ],
)
def test_a_piece_of_a_package_is_as_large_as_the_line_carries_in_two_seconds(
    size: int, took_s: float, following: int
) -> None:
    assert next_size(size, took_s) == following


def test_a_package_that_is_another_than_the_county_signed_is_thrown_away(
    county: PublishingCounty, desk: DeskOfCounty, tmp_path: Path
) -> None:
    offer(county)
    with desk.start() as opened:
        desk.look(opened)
        package = package_of(opened)
        kept = county.path.with_name("county.db.published") / package.digest
        kept.write_bytes(b"\0" * package.size)
        with pytest.raises(StoreError) as wrong:
            PackageDownload(opened, "county").fetch(package, tmp_path / "to", lambda _here: None)
        assert wrong.value.problem.code == "package_wrong"
        assert list((tmp_path / "to").iterdir()) == []
        kept.unlink()
        with pytest.raises(SourceError):
            PackageDownload(opened, "county", 0).fetch(package, tmp_path / "to", lambda _here: None)


def test_the_operator_reads_what_becomes_of_it_in_both_languages(
    county: PublishingCounty, desk: DeskOfCounty, capsys: pytest.CaptureFixture[str]
) -> None:
    offer(county)
    said = capsys.readouterr().out
    assert "值守端一小时内取到。" in said
    assert "within the hour." in said
    county.publish('[desk]\ntheme = "dark"\n')
    said = capsys.readouterr().out
    assert "下次启动时用上" in said
    assert "next start" in said
    assert county.run("update", "publish", "--program", "9.0.0", "--from", "tomorrow") == 1
    assert "is no day such as 2026-12-01" in capsys.readouterr().err


def packages_of(county: PublishingCounty) -> list[bytes]:
    """The packages on the county's disk."""
    published = county.path.with_name("county.db.published")
    return [each.read_bytes() for each in sorted(published.glob("[0-9a-f]*"))]


def test_packages_of_an_offer_that_is_over_leave_the_countys_disk(
    county: PublishingCounty, desk: DeskOfCounty, tmp_path: Path
) -> None:
    offer(county)
    with desk.start() as opened:
        desk.look(opened)
        package = package_of(opened)
        (county.folder.parent / "county-desk_9.deb").write_bytes(b"another")
        offer(county, "9.1.0")
        # This desk has not heard of it yet.
        file = PackageDownload(opened, "county").fetch(package, tmp_path / "to", lambda _here: None)
        assert file.read_bytes() == CONTENT
    Board(county.path).sweep(datetime.now(UTC) + timedelta(days=2))
    assert packages_of(county) == [b"another"]
    assert county.run("update", "take-back") == 0
    assert packages_of(county) == []


def test_a_package_that_cannot_be_told_of_leaves_nothing_on_the_countys_disk(
    county: PublishingCounty, tmp_path: Path
) -> None:
    for name, content in (("County Desk 9.deb", b"x"), ("county-desk_9.deb", b"")):
        file = tmp_path / name
        file.write_bytes(content)
        words = ("--program", "9.0.0", "--package", f"deb={file}")
        assert county.run("update", "publish", *words) == 1
    assert packages_of(county) == []


def test_what_the_disk_does_not_let_go_of_is_no_failure_of_publishing(
    county: PublishingCounty, desk: DeskOfCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(county)

    def refuse(_file: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", refuse)  # As on Windows, where a desk is fetching it.
    assert county.run("update", "take-back") == 0
    monkeypatch.undo()
    assert packages_of(county) == [CONTENT]
