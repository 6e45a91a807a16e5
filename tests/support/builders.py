"""Domain values for tests: each builder gives a plausible one, with the changes asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from desktop.domain.alarm import Alarm, AlarmPriority, AlarmState
from desktop.domain.asset import Asset, AssetState, Trend, TrendKind
from desktop.domain.command import Collection, Command, CommandKind, Key, mint_key
from desktop.domain.directory import (
    Contact,
    Phone,
    PhoneKind,
    Plan,
    PlanSection,
    PlanStep,
)
from desktop.domain.geo import MapLine, Place, Township
from desktop.domain.incident import Deadline, DeadlineKind, Incident, Stage, TimelineEntry
from desktop.domain.instant import HOUR, MINUTE, Instant
from desktop.domain.levels import EventLevel, WarningLevel
from desktop.domain.localized_text import Text
from desktop.domain.queue import QueueKind, ServiceQueue
from desktop.domain.report import FieldValue, Form, FormField, Report
from desktop.domain.source import Batch, Row, UnreadableItem
from desktop.domain.warning import Warning as WeatherWarning
from desktop.protocol.report_forms import FieldType, FormKind, Period, report_id

SOURCE = "county"
NOW: Instant = 1_795_392_000_000
"""2026-11-23T00:00:00Z, the moment around which built values lie."""


class FakeClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, at: Instant = NOW) -> None:
        self.at = at
        self.elapsed_s = 0.0

    def now(self) -> Instant:
        return self.at

    def monotonic_s(self) -> float:
        return self.elapsed_s

    def advance(self, ms: int) -> None:
        """Let that much time pass on both hands."""
        self.at += ms
        self.elapsed_s += ms / 1000


def a_township(**changes: Any) -> Township:
    """石门乡, a square of about ten kilometres."""
    outline = ((110.0, 29.5), (110.1, 29.5), (110.1, 29.6), (110.0, 29.6), (110.0, 29.5))
    township = Township(
        source=SOURCE,
        id="T01",
        name=Text("石门乡", "Shimen"),
        outline=outline,
        seat=Place(110.05, 29.55),
        version=1,
    )
    return msgspec.structs.replace(township, **changes)


def a_line(**changes: Any) -> MapLine:
    """A short river."""
    line = MapLine(
        source=SOURCE,
        id="L01",
        kind="river",
        name=Text("清水河", "Qingshui River"),
        line=((110.0, 29.5), (110.1, 29.6)),
        version=1,
    )
    return msgspec.structs.replace(line, **changes)


def a_deadline(**changes: Any) -> Deadline:
    """A handling deadline two hours ahead of `NOW`."""
    deadline = Deadline(DeadlineKind.HANDLE, due_at=NOW + 2 * HOUR)
    return msgspec.structs.replace(deadline, **changes)


def a_timeline_entry(**changes: Any) -> TimelineEntry:
    """The intake of an incident."""
    entry = TimelineEntry(
        kind="intake",
        text=Text("群众来电反映", "Reported by phone"),
        happened_at=NOW - HOUR,
        recorded_at=NOW - HOUR + MINUTE,
        by="王芳",
    )
    return msgspec.structs.replace(entry, **changes)


def an_incident(**changes: Any) -> Incident:
    """An open, ordinary incident of 石门乡, recorded an hour before `NOW`."""
    incident = Incident(
        source=SOURCE,
        id="I0001",
        number="SJ-2026-000001",
        title=Text("供水管道破裂", "Burst water main"),
        level=EventLevel.ORDINARY,
        stage=Stage.HANDLING,
        category="water_supply",
        channel="12345",
        township="T01",
        occurred_at=NOW - HOUR - 10 * MINUTE,
        recorded_at=NOW - HOUR,
        version=1,
        address=Text("石门乡人民路 12 号", "12 Renmin Road, Shimen"),
        place=Place(110.05, 29.55),
        summary=Text("路面积水约二十厘米", "About 20 cm of water on the road"),
        lead_unit=Text("县水务局", "County Water Bureau"),
        deadlines=(a_deadline(),),
        timeline=(a_timeline_entry(),),
    )
    return msgspec.structs.replace(incident, **changes)


def an_asset(**changes: Any) -> Asset:
    """A pumping station in good order with one reading."""
    asset = Asset(
        source=SOURCE,
        id="A0001",
        name=Text("石门泵站", "Shimen pumping station"),
        kind="pump_station",
        state=AssetState.NORMAL,
        township="T01",
        version=1,
        place=Place(110.06, 29.56),
        since_at=NOW - 24 * HOUR,
        observed_at=NOW - MINUTE,
        metric=Text("出口压力", "Outlet pressure"),
        value=0.42,
        unit="MPa",
        low=0.2,
        high=0.6,
    )
    return msgspec.structs.replace(asset, **changes)


def a_queue(**changes: Any) -> ServiceQueue:
    """A counter with twelve people waiting, within its threshold."""
    queue = ServiceQueue(
        source=SOURCE,
        id="Q0001",
        name=Text("社保窗口", "Social insurance counter"),
        kind=QueueKind.COUNTER,
        site=Text("县政务服务中心", "County service hall"),
        township="T01",
        waiting=12,
        longest_wait_s=900,
        average_wait_s=420,
        served_today=87,
        counters_open=4,
        counters_total=6,
        waiting_limit=30,
        wait_limit_s=1800,
        observed_at=NOW - MINUTE,
        version=1,
    )
    return msgspec.structs.replace(queue, **changes)


def a_warning(**changes: Any) -> WeatherWarning:
    """An orange rainstorm warning in force at `NOW`."""
    warning = WeatherWarning(
        source=SOURCE,
        id="W0001",
        headline=Text("暴雨橙色预警", "Orange rainstorm warning"),
        category="rainstorm",
        level=WarningLevel.ORANGE,
        level_is_ours=False,
        issuer=Text("县气象台", "County weather station"),
        issued_at=NOW - HOUR,
        starts_at=NOW - HOUR,
        ends_at=NOW + 6 * HOUR,
        severity="Severe",
        urgency="Expected",
        certainty="Likely",
        area=Text("石门乡", "Shimen"),
        townships=("T01",),
        description=Text("未来三小时雨量五十毫米以上", "Over 50 mm in three hours"),
        instruction=Text("转移低洼地带人员", "Move people from low ground"),
        version=1,
    )
    return msgspec.structs.replace(warning, **changes)


def an_alarm(**changes: Any) -> Alarm:
    """An unacknowledged high-priority alarm of the pumping station."""
    alarm = Alarm(
        source=SOURCE,
        id="M0001",
        title=Text("出口压力过低", "Outlet pressure low"),
        priority=AlarmPriority.HIGH,
        state=AlarmState.UNACKNOWLEDGED,
        raised_at=NOW - 5 * MINUTE,
        township="T01",
        asset="A0001",
        version=1,
    )
    return msgspec.structs.replace(alarm, **changes)


def a_trend(**changes: Any) -> Trend:
    """Three readings of the pumping station, a minute apart, with a gap in the middle."""
    trend = Trend(
        source=SOURCE,
        kind=TrendKind.ASSET,
        id="A0001",
        at=(NOW - 3 * MINUTE, NOW - 2 * MINUTE, NOW - MINUTE),
        values=(0.40, None, 0.42),
        unit="MPa",
    )
    return msgspec.structs.replace(trend, **changes)


def a_form(**changes: Any) -> Form:
    """The first edition of a daily report of two fields."""
    form = Form(
        source=SOURCE,
        id="daily/1",
        form="daily",
        edition=1,
        title=Text("乡镇日报", "Daily report"),
        kind=FormKind.DAILY,
        period=Period.DAY,
        fields=(
            FormField("people", Text("在家人口"), FieldType.COUNT, prefill=("last",)),
            FormField("leader", Text("带班领导"), FieldType.TEXT, required=True),
        ),
        version=1,
    )
    return msgspec.structs.replace(form, **changes)


def a_report(values: Mapping[str, str] = {"people": "900"}, **changes: Any) -> Report:
    """石门乡's report of the day before, with these values."""
    report = Report(
        source=SOURCE,
        id="daily/T01/2026-11-22",
        form="daily",
        edition=1,
        township="T01",
        period="2026-11-22",
        reported_at=NOW - 15 * HOUR,
        recorded_at=NOW - 15 * HOUR,
        by="石门乡值班室",
        values=tuple(FieldValue(*each) for each in values.items()),
        version=1,
    )
    report = msgspec.structs.replace(report, **changes)
    row = report_id(report.form, report.township, report.period)
    return msgspec.structs.replace(report, id=row)


def a_contact(**changes: Any) -> Contact:
    """The duty desk of the whole county's flood control headquarters."""
    contact = Contact(
        source=SOURCE,
        id="flood-duty",
        unit=Text("县防汛抗旱指挥部", "Flood Control Headquarters"),
        post=Text("值班室", "Duty desk"),
        person=Text("周示例", "Example Zhou"),
        phones=(
            Phone("0000-0010110", PhoneKind.DUTY),
            Phone("1000000-0110", PhoneKind.SATELLITE),
        ),
        note=Text("汛期 24 小时", "Day and night in the flood season"),
        version=1,
    )
    return msgspec.structs.replace(contact, **changes)


def a_plan(**changes: Any) -> Plan:
    """The whole county's flood plan, of two steps."""
    steps = (
        PlanStep(Text("转移低洼地带的人", "Move people from low ground"), Text("乡镇", "Township")),
        PlanStep(Text("电话报告", "Call"), Text("乡镇", "Township"), "flood-duty"),
    )
    plan = Plan(
        source=SOURCE,
        id="flood",
        title=Text("防汛抢险应急预案", "Flood plan"),
        categories=("river_level", "waterlogging"),
        edition=Text("2026 年修订", "Revised 2026"),
        issued_on="2026-03-15",
        sections=(PlanSection(Text("先期处置", "First steps"), steps),),
        version=1,
    )
    return msgspec.structs.replace(plan, **changes)


def a_bad_item(**changes: Any) -> UnreadableItem:
    """An incident whose place could not be read."""
    item = UnreadableItem(
        collection=Collection.INCIDENTS,
        where="$.rows[3]",
        reason="coordinates outside the world: 999, 0",
        excerpt='{"lon": 999, "lat": 0}',
    )
    return msgspec.structs.replace(item, **changes)


def a_batch(*puts: Row, **changes: Any) -> Batch:
    """An answer of the county source, received at `NOW`, that puts the rows given."""
    batch = Batch(source=SOURCE, puts=puts)
    return msgspec.structs.replace(batch, **changes)


def a_command(**changes: Any) -> Command:
    """An acknowledgement of the built incident under a key of its own."""
    command = Command(
        key=mint_key(),
        kind=CommandKind.ACKNOWLEDGE,
        target=Key(SOURCE, Collection.INCIDENTS, "I0001"),
        at=NOW,
        by="李明",
        base=1,
    )
    return msgspec.structs.replace(command, **changes)
