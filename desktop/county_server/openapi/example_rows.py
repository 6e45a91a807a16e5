"""One example of each kind of row of the county API, all of one small county."""

from __future__ import annotations

from typing import Any

KEY = "0b6f0d6d8a4f4c1e9d2a7b3c5e8f9a10"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
ENTRY = {
    "kind": "intake",
    "text": {"zh": "接报：石门乡值班室电话", "en": "Intake: phone call from Shimen Township"},
    "happened_at": "2026-05-01T09:28:00+08:00",
    "recorded_at": "2026-05-01T09:30:00+08:00",
    "by": "值班员 03",
}
DEADLINE = {"kind": "first_phone", "due_at": "2026-05-01T09:50:00+08:00", "prealarm_s": 600}
FILE = {
    "digest": DIGEST,
    "name": "现场.jpg",
    "media_type": "image/jpeg",
    "size": 183402,
    "at": "2026-05-01T09:41:00+08:00",
    "by": "值班员 03",
    "here": False,
}
TOWNSHIP = {
    "id": "shimen",
    "name": {"zh": "石门乡", "en": "Shimen Township"},
    "outline": [[118.10, 31.80], [118.30, 31.80], [118.30, 32.00], [118.10, 31.80]],
    "seat": {"lon": 118.2154, "lat": 31.9021},
    "version": 1,
}
LINE = {
    "id": "s310",
    "kind": "road",
    "name": {"zh": "310 县道", "en": "County Road 310"},
    "line": [[118.10, 31.90], [118.22, 31.91], [118.30, 31.95]],
    "version": 1,
}
INCIDENT = {
    "id": "SJ-2026-004127",
    "number": "SJ-2026-004127",
    "title": {"zh": "310 县道塌方", "en": "Landslide on County Road 310"},
    "level": "larger",
    "stage": "filed",
    "category": "landslide",
    "channel": "phone",
    "township": "shimen",
    "occurred_at": "2026-05-01T09:10:00+08:00",
    "recorded_at": "2026-05-01T09:30:00+08:00",
    "version": 3,
    "address": "310 县道 K12",
    "place": {"lon": 118.2204, "lat": 31.9107},
    "summary": "双向中断，无人受伤",
    "lead_unit": {"zh": "县交通局", "en": "Transport Bureau"},
    "deadlines": [DEADLINE],
    "timeline": [ENTRY],
    "assets": ["bridge-7"],
    "files": [FILE],
}
ASSET = {
    "id": "bridge-7",
    "name": {"zh": "石门大桥", "en": "Shimen Bridge"},
    "kind": "bridge",
    "state": "degraded",
    "township": "shimen",
    "version": 12,
    "place": {"lon": 118.2188, "lat": 31.9094},
    "since_at": "2026-05-01T09:20:00+08:00",
    "observed_at": "2026-05-01T09:29:30+08:00",
    "metric": {"zh": "位移", "en": "Displacement"},
    "value": 4.5,
    "unit": "mm",
    "high": 3.0,
}
QUEUE = {
    "id": "hall-2",
    "name": {"zh": "社保窗口", "en": "Social security"},
    "kind": "counter",
    "site": {"zh": "县政务大厅", "en": "County hall"},
    "waiting": 14,
    "longest_wait_s": 1260,
    "counters_open": 3,
    "counters_total": 5,
    "wait_limit_s": 1800,
    "observed_at": "2026-05-01T09:29:50+08:00",
    "version": 88,
}
WARNING = {
    "id": "w-20260501-3",
    "headline": {"zh": "暴雨红色预警", "en": "Red rainstorm warning"},
    "category": "rainstorm",
    "level": "red",
    "issuer": {"zh": "县气象台", "en": "County weather office"},
    "issued_at": "2026-05-01T08:55:00+08:00",
    "starts_at": "2026-05-01T09:00:00+08:00",
    "ends_at": "2026-05-01T15:00:00+08:00",
    "area": "石门乡、西河乡",
    "townships": ["shimen", "xihe"],
    "instruction": "停止户外作业",
    "status": "actual",
    "version": 1,
}
ALARM = {
    "id": "a-981",
    "title": {"zh": "石门大桥位移超限", "en": "Shimen Bridge: displacement too large"},
    "priority": "high",
    "state": "unacknowledged",
    "raised_at": "2026-05-01T09:20:00+08:00",
    "township": "shimen",
    "asset": "bridge-7",
    "version": 1,
}
TREND = {
    "id": "bridge-7",
    "kind": "asset",
    "start_at": "2026-05-01T09:00:00+08:00",
    "step_s": 600,
    "values": [1.2, None, 4.5],
    "unit": "mm",
}
FIELD = {
    "id": "moved",
    "title": {"zh": "转移安置", "en": "People moved"},
    "section": {"zh": "人员", "en": "People"},
    "unit": {"zh": "人", "en": "people"},
    "required": True,
    "prefill": ["last", "zero"],
}
VALUE = {"field": "moved", "value": "36"}
FORM = {
    "id": "daily/1",
    "form": "daily",
    "edition": 1,
    "title": {"zh": "乡镇日报", "en": "Daily report"},
    "kind": "daily",
    "period": "day",
    "fields": [FIELD],
    "version": 1,
}
REPORT = {
    "id": "daily/shimen/2026-05-01",
    "form": "daily",
    "edition": 1,
    "township": "shimen",
    "period": "2026-05-01",
    "reported_at": "2026-05-01T09:41:00+08:00",
    "recorded_at": "2026-05-01T09:41:02+08:00",
    "by": "石门乡值班室",
    "values": [VALUE],
    "timeline": [
        {
            "kind": "report",
            "text": {"zh": "上报", "en": "Reported"},
            "happened_at": "2026-05-01T09:41:00+08:00",
            "recorded_at": "2026-05-01T09:41:02+08:00",
            "by": "石门乡值班室",
        }
    ],
    "version": 1,
}
PHONE = {"number": "0000-0010110", "kind": "duty"}
CONTACT = {
    "id": "flood-duty",
    "unit": {"zh": "县防汛抗旱指挥部", "en": "Flood Control Headquarters"},
    "post": {"zh": "值班室", "en": "Duty desk"},
    "person": {"zh": "周示例", "en": "Example Zhou"},
    "position": 4,
    "phones": [PHONE],
    "version": 1,
}
STEP = {
    "text": {"zh": "转移低洼地带人员", "en": "Move people from low ground"},
    "unit": {"zh": "乡镇", "en": "The township"},
    "contact": "flood-duty",
}
SECTION = {"title": {"zh": "先期处置", "en": "First steps"}, "steps": [STEP]}
PLAN = {
    "id": "flood",
    "title": {"zh": "防汛抢险应急预案", "en": "Flood plan"},
    "categories": ["river_level", "waterlogging"],
    "levels": ["larger", "ordinary"],
    "edition": {"zh": "2026 年修订", "en": "Revised 2026"},
    "issued_on": "2026-03-15",
    "sections": [SECTION],
    "version": 1,
}
ROWS: dict[str, dict[str, Any]] = {
    "Township": TOWNSHIP,
    "Line": LINE,
    "Incident": INCIDENT,
    "Asset": ASSET,
    "Queue": QUEUE,
    "Warning": WARNING,
    "Alarm": ALARM,
    "Trend": TREND,
    "Form": FORM,
    "ReportTable": REPORT,
    "Contact": CONTACT,
    "Plan": PLAN,
}
PARTS: dict[str, Any] = {
    "FormField": FIELD,
    "Phone": PHONE,
    "PlanSection": SECTION,
    "PlanStep": STEP,
    "FormChoice": {"code": "flood", "title": {"zh": "洪涝", "en": "Flood"}},
    "FieldValue": VALUE,
    "Deadline": DEADLINE,
    "TimelineEntry": ENTRY,
    "File": FILE,
    "Point": {"lon": 118.2154, "lat": 31.9021},
    "Phrase": {"zh": "石门乡", "en": "Shimen Township"},
    "AnyPhrase": "石门乡",
    "Moment": "2026-05-01T09:30:00+08:00",
}
