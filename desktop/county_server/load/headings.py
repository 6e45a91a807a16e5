"""The usual headings of county tables, so that many need no column map."""

from __future__ import annotations

from collections.abc import Container, Mapping

from desktop.county_server.load.vocabulary import alike, near

NAMES: Mapping[str, tuple[str, ...]] = {
    "townships": ("乡镇", "镇街"),
    "lines": ("道路河流",),
    "incidents": ("事件", "事件台账", "案件"),
    "assets": ("设施", "设施台账", "设备"),
    "queues": ("服务队列", "队列", "窗口"),
    "warnings": ("预警", "预警信息"),
    "alarms": ("告警",),
    "trends": ("趋势",),
    "forms": ("报表样式",),
    "reports": ("报表",),
    "contacts": ("通讯录",),
    "plans": ("预案",),
}
"""Other names a collection's file may have."""

COMMON: Mapping[str, str] = {
    "id": "编号 序号编码 标识 唯一编号 ID",
    "township": "乡镇 镇街 所属乡镇 所在乡镇 乡镇编号 街道",
    "version": "版本",
    "place.lon": "经度 东经 lon lng longitude 坐标经度",
    "place.lat": "纬度 北纬 lat latitude 坐标纬度",
}
OWN: Mapping[str, Mapping[str, str]] = {
    "townships": {
        "id": "乡镇编号 编码 代码",
        "name": "名称 乡镇名称 镇街名称 乡镇",
        "seat.lon": "经度 lon lng",
        "seat.lat": "纬度 lat",
    },
    "incidents": {
        "id": "事件编号 案件编号 事件号 工单号",
        "number": "事件编号 案件编号 文号 工单号 编号",
        "title": "标题 事件标题 事件名称 案件名称 名称",
        "level": "级别 等级 事件级别 事件等级",
        "stage": "阶段 状态 办理状态 处理状态 事件状态 当前状态",
        "category": "类别 类型 事件类别 事件类型 案件类别",
        "channel": "来源 渠道 事件来源 上报渠道",
        "recorded_at": "登记时间 上报时间 受理时间 接报时间 录入时间 立案时间",
        "occurred_at": "发生时间 事发时间",
        "address": "地址 地点 事发地点 详细地址 位置",
        "summary": "概况 描述 事件描述 情况 简要情况 内容",
        "lead_unit": "责任单位 牵头单位 主办单位 处置单位 承办单位",
        "co_units": "协办单位 配合单位",
        "deadlines.handle": "处置时限 办理时限 截止时间 要求完成时间 办结时限",
        "assets": "相关设施 涉及设施",
    },
    "assets": {
        "id": "设施编号 设备编号 资产编号",
        "name": "名称 设施名称 设备名称",
        "kind": "类别 类型 设施类型 设备类型 设施类别",
        "state": "状态 运行状态 运行状况 设施状态 设备状态 工况",
        "since_at": "状态时间 起始时间 故障时间",
        "observed_at": "采集时间 更新时间 观测时间 巡检时间",
        "metric": "指标 监测项",
        "value": "数值 读数 当前值 监测值",
        "unit": "单位",
        "low": "下限",
        "high": "上限",
        "depends_on": "依赖 上级设施",
        "note": "备注 说明",
    },
    "queues": {
        "id": "队列编号 窗口编号",
        "name": "名称 队列名称 窗口名称 事项",
        "kind": "类别 类型",
        "site": "地点 大厅 所在大厅",
        "waiting": "等候人数 等待人数 排队人数",
        "longest_wait_s": "最长等候秒数",
        "average_wait_s": "平均等候秒数",
        "served_today": "今日办理 今日办理量 已办人数",
        "counters_open": "开放窗口 开放窗口数",
        "counters_total": "窗口总数 窗口数",
        "observed_at": "更新时间 统计时间 采集时间",
    },
    "warnings": {
        "id": "预警编号",
        "headline": "标题 预警标题 预警名称",
        "level": "级别 等级 预警级别 颜色 预警颜色",
        "category": "类别 类型 预警类型",
        "issuer": "发布单位 发布机构",
        "issued_at": "发布时间",
        "starts_at": "开始时间 生效时间",
        "ends_at": "结束时间 失效时间 截止时间",
        "lifted_at": "解除时间",
        "area": "区域 影响区域 范围",
        "townships": "影响乡镇 乡镇 涉及乡镇",
        "description": "内容 描述 预警内容",
        "instruction": "防御指南 措施 建议",
        "status": "状态",
    },
    "alarms": {
        "id": "告警编号",
        "title": "标题 告警标题 告警名称",
        "priority": "优先级 级别 等级 告警级别",
        "state": "状态 告警状态",
        "raised_at": "告警时间 发生时间 产生时间",
        "cleared_at": "恢复时间 消除时间",
        "acknowledged_at": "确认时间",
        "acknowledged_by": "确认人",
        "asset": "设施 设施编号 设备编号",
        "cause": "原因",
        "detail": "详情 描述 内容",
    },
}


def fields_of(collection: str, heading: str) -> tuple[str, ...]:
    """Return the fields a usual heading stands for; several where it covers more than one."""
    wanted = alike(heading)
    return tuple(f for f, each in _headings_of(collection).items() if wanted in map(alike, each))


def field_near(collection: str, heading: str, taken: Container[str]) -> str | None:
    """Guess the field of an unknown heading, among those without a column; None without a guess."""
    free = {
        word: f for f, words in _headings_of(collection).items() if f not in taken for word in words
    }
    found = near(heading, free)
    return None if found is None else free[found]


def _headings_of(collection: str) -> dict[str, list[str]]:
    """Return a collection's usual headings, by field."""
    own = OWN.get(collection, {})
    known = {**COMMON, **own} if collection not in ("warnings", "townships") else {**own}
    if collection in ("queues", "alarms"):
        known = {field: words for field, words in known.items() if "place" not in field}
    known.setdefault("id", COMMON["id"])
    return {
        field: [field, *words.split(), *COMMON.get(field, "").split()]
        for field, words in known.items()
    }
