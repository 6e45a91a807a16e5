"""A township's day: what the county changes in it, and what its clerk gives back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec
from office import TOWNSHIP

from desktop.application.board import Board
from desktop.demo.county import DemoCounty
from desktop.demo.incident_writer import MatterWriter
from desktop.demo.reporting_deadlines import ReportClocks
from desktop.domain.command import Collection, CommandKind, CommandRecord, Key
from desktop.paths import resources
from desktop.wire.level1 import Incident, Phrase, TimelineEntry

SOURCE = "county"
ASSIGNED, NEW, MOVED = 10, 10, 10
"""Thirty rows of the township: assignments, other new cases, cases that moved on."""
REPORTS, PHOTOS, PHOTO_BYTES = 5, 5, 120_000
OFFICE = Phrase("柳林镇应急办", "Liulin Town Emergency Office")
ASKED = Phrase(
    "请柳林镇立即派人到现场处置，两小时内反馈", "Send a crew and report within two hours"
)
ARRIVED = Phrase("已派人到场处理", "Crew sent to the place")
SHORT = "已到场清理，一小时恢复，无伤亡。"
LONG = (
    "镇应急办六人下午三点到场，路面积水三十厘米，已设围挡并抽排，沿线"
    "十二户住户已告知，预计两小时内恢复通行，无人伤亡，续报。"
)
TITLES = ("后山土坡滑下堵了机耕道", "河堤三号桩外坡渗水", "小学门口积水半米", "桥头栏杆被撞断")
SUMMARY = "村干部电话报告，现场约二十平方米，已拉警戒线，请县里派技术人员来看。"


def write_changes(county: DemoCounty, now: datetime) -> Iterator[Incident]:
    """The county's thirty rows, assignments first; the same each time, but for the time."""
    chance = Random("a township's day")
    clocks = ReportClocks(resources() / "county" / "report_clocks.toml")
    writer = MatterWriter(county.ground, resources() / "demo", clocks)
    [town] = [each for each in county.ground.townships if each.id == TOWNSHIP]
    for number in range(ASSIGNED + NEW):
        told = writer.tell(chance, township=town)
        stage = "dispatched" if number < ASSIGNED else "filed"
        case = writer.write(
            chance,
            told,
            serial=90_001 + number,
            recorded_at=now - timedelta(minutes=20),
            until=now,
            stage=stage,
            level=writer.level(chance, told.matter),
            channel=writer.channel(chance),
        )
        yield _assign(case, now) if number < ASSIGNED else case
    rows = [row for row in county.database.rows("incidents") if isinstance(row, Incident)]
    known = [row for row in rows if row.township == TOWNSHIP and row.stage != "void"]
    for case in known[-MOVED:]:
        entry = TimelineEntry("handling", ARRIVED, now, now, "值班员 03")
        stage = "handling" if case.stage != "handling" else "fed_back"
        yield msgspec.structs.replace(case, stage=stage, timeline=(*case.timeline, entry))


def _assign(case: Incident, now: datetime) -> Incident:
    entry = TimelineEntry("dispatch", ASKED, now, now, "值班员 07")
    timeline = (*(each for each in case.timeline if each.kind != "dispatch"), entry)
    return msgspec.structs.replace(case, lead_unit=OFFICE, timeline=timeline)


def photo(number: int) -> bytes:
    """A photo as large as one shrunk for the line, which cannot be packed any further."""
    return Random(number).randbytes(PHOTO_BYTES)


def target_of(case: str) -> Key:
    """The key of a case on the office's desk."""
    return Key(SOURCE, Collection.INCIDENTS, case)


def report_event(board: Board, number: int) -> CommandRecord:
    """Report something that happened (报一件事), as the office's form does."""
    at = int((datetime.now(UTC) - timedelta(minutes=15)).timestamp()) * 1000
    body: dict[str, Any] = {
        "title": TITLES[number % len(TITLES)],
        "level": "ordinary",
        "category": "landslide",
        "channel": "report",
        "township": TOWNSHIP,
        "occurred_at": at,
        "address": "龙泉村三组",
        "place": [118.1408 + number / 1000, 31.8837],
        "summary": SUMMARY,
    }
    return board.commands.create(SOURCE, body)


def report_day(board: Board) -> CommandRecord:
    """Give the daily table (日报), prefilled, with what is different today typed over it."""
    form = next(each for each in board.reports.forms() if each.form == "daily")
    draft = board.reports.start(form, TOWNSHIP, board.reports.today())
    for field, value in (("moved", "36"), ("roads", "2"), ("leader", "周建国"), ("open", "17")):
        draft = draft.with_value(field, value)
    for field in draft.problems():
        draft = draft.with_value(field, "0")
    return board.reports.submit(draft)


def feed_back(board: Board, case: str, text: str) -> CommandRecord:
    """Feed back on an assignment."""
    return board.commands.submit(CommandKind.FEEDBACK, target_of(case), {"text": text})
