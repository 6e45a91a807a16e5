"""The monthly report of how a desk ran, in words: for paper, a PDF, or a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

import msgspec

from desktop.application.export.month_facts import MonthFacts, OnTime
from desktop.application.export.outgoing import tables_csv
from desktop.application.i18n import Words
from desktop.domain.instant import DAY, Instant, to_datetime
from desktop.domain.localized_text import Text

NONE = "—"
TITLE = Text("运行月报", "Monthly operations report")
NOT_KEPT = (
    Text(
        "来源在当月某一时刻的数据新旧：只知道现在的，以及日志里的中断。",
        "How old each source's data was at any moment of the month: only how old it is now, and"
        " the outages in the log.",
    ),
    Text("程序没有打开的时间：那时来源是否正常，这里不知道；关闭时没结束的中断算到恢复为止。",
         "Times when this program was closed: how sources were then is not known here; an"
        " outage under way then counts until its end."),
    Text("来源已不再送来的事件和告警。", "Incidents and alarms that the sources no longer send."),
    Text("免去的重复录入次数：别的系统里录过什么，这里不知道。",
         "Re-entries avoided: what was entered in other systems is not known here."),
    Text("别的值守点的流量：每台电脑只记自己的，保留两个月。",
         "The traffic of other offices: each computer keeps its own, for two months."),
)  # fmt: skip


class Section(msgspec.Struct, frozen=True):
    """One table of the report."""

    title: str
    note: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class MonthReport(msgspec.Struct, frozen=True):
    """The report in one language."""

    title: str
    said: str
    sections: tuple[Section, ...]


def write_report(facts: MonthFacts, desk: str, words: Words) -> MonthReport:
    """Put a month's facts into words; `desk` is what the desk is called."""
    period = facts.period
    begin, end = (_time(at, period.zone) for at in (period.begin, period.end))
    title = f"{desk} · {words.text(TITLE)} · {period.name}"
    sections = (
        _write_sources(facts, words),
        _write_incidents(facts, words),
        _write_deadlines(facts.incidents.deadlines, words),
        _write_alarms(facts, words),
        _write_commands(facts, words),
        _write_bytes(facts, words),
        _write_not_kept(words),
    )
    return MonthReport(title, f"{begin} – {end}", sections)


def report_csv(report: MonthReport) -> str:
    """Return the report as CSV, its tables one after another; safe for spreadsheets."""
    tables: list[list[Sequence[str]]] = [[[report.title], [report.said]]]
    for section in report.sections:
        notes = [[section.note]] if section.note else []
        tables.append([[section.title], *notes, section.head, *section.rows])
    return tables_csv(tables)


def _write_sources(facts: MonthFacts, words: Words) -> Section:
    say, zone = words.text, facts.period.zone
    head = (
        Text("名次", "Rank"), Text("来源", "Source"), Text("有应答的时间", "Time with answers"),
        Text("中断次数", "Outages"), Text("中断合计", "Outages together"),
        Text("最长一次", "Longest"), Text("最近一次数据", "Latest data"),
    )  # fmt: skip
    rows = tuple(
        (
            str(rank),
            say(line.status.title),
            _share(line.reached),
            str(line.outages),
            _length(line.failed_ms, words),
            _length(line.longest_ms, words),
            _time(line.status.last_good_at, zone),
        )
        for rank, line in enumerate(facts.sources, start=1)
    )
    if facts.since is None:
        note = Text("日志里没有来源的记录，中断未知。", "The log tells nothing of sources.")
    else:
        length = facts.period.end - facts.period.begin
        told = _share(max((line.watched_ms for line in facts.sources), default=0) / length)
        since = _time(facts.since, zone)
        note = Text(
            f"中断出自程序日志；日志从 {since} 起，覆盖这段时间的 {told}。",
            f"Outages are from the program's log, which begins at {since}: {told} of this time.",
        )
    watched = facts.since is not None
    rows = rows if watched else tuple((*row[:2], NONE, NONE, NONE, NONE, row[6]) for row in rows)
    return Section(say(Text("来源排名", "League of sources")), say(note), _say(head, words), rows)


def _write_incidents(facts: MonthFacts, words: Words) -> Section:
    told = facts.incidents
    rows = (
        (Text("当月新增", "Recorded in the month"), str(told.recorded)),
        (Text("其中已办结", "Of these closed by now"), str(told.closed)),
        (Text("从登记到确认的时间（中位数）", "From record to acknowledgement (median)"),
         _length(told.to_acknowledge_ms, words)),
    )  # fmt: skip
    return _figures(Text("事件", "Incidents"), rows, words)


def _write_deadlines(kinds: Sequence[OnTime], words: Words) -> Section:
    head = (
        Text("时限", "Deadline"), Text("按时", "In time"), Text("超时完成", "Late"),
        Text("超时未办", "Past and open"), Text("按时率", "On-time rate"),
    )  # fmt: skip
    rows = tuple(
        (
            words.term("deadline", each.kind),
            *(str(n) for n in (each.met, each.late, each.open)),
            _share(each.share),
        )
        for each in kinds
    )
    note = Text("当月到期的时限。", "Deadlines that fell in the month.")
    title = Text("按时率", "On-time rates")
    return Section(words.text(title), words.text(note), _say(head, words), rows)


def _write_alarms(facts: MonthFacts, words: Words) -> Section:
    told = facts.alarms
    rows = (
        (Text("当月告警", "Raised in the month"), str(told.raised)),
        (Text("平均每天", "A day, on average"), f"{told.raised / max(1, told.days):.1f}"),
        (Text("十分钟内最多", "Most within ten minutes"), str(told.peak)),
        (Text("已确认", "Acknowledged"), str(told.acknowledged)),
        (Text("从告警到确认的时间（中位数）", "From alarm to acknowledgement (median)"),
         _length(told.to_acknowledge_ms, words)),
        (Text("挂了一天以上未恢复", "Standing for more than a day"), str(told.standing)),
    )  # fmt: skip
    return _figures(Text("告警", "Alarms"), rows, words)


def _write_commands(facts: MonthFacts, words: Words) -> Section:
    told = facts.commands
    rows = [
        (words.term("command_state", state), str(count)) for state, count in told.by_state.items()
    ]
    wait = Text("从下达到签收的时间（中位数）", "From click to acceptance (median)")
    rows.append((words.text(wait), _length(told.to_answer_ms, words)))
    title = Text("本机下达的指令", "Commands given on this desk")
    head = (Text("状态", "State"), Text("数量", "Count"))
    return Section(words.text(title), "", _say(head, words), tuple(rows))


def _write_bytes(facts: MonthFacts, words: Words) -> Section:
    days = facts.bytes_by_day
    head = (Text("日期", "Day"), Text("发出 kB", "Sent kB"), Text("收到 kB", "Received kB"))
    rows = [(day, _kilobytes(sent), _kilobytes(got)) for day, (sent, got) in days.items()]
    if rows:
        sent, got = (sum(each[n] for each in days.values()) for n in (0, 1))
        mean = words.text(Text("平均每天", "A day, on average"))
        rows.append((mean, _kilobytes(sent / len(days)), _kilobytes(got / len(days))))
    note = Text(
        f"本值守点；当月 {len(facts.period.days)} 天里有记录的 {len(days)} 天。",
        f"Of this office; days with figures: {len(days)} of {len(facts.period.days)}.",
    )
    title = Text("每天的流量", "Traffic by day")
    return Section(words.text(title), words.text(note), _say(head, words), tuple(rows))


def _write_not_kept(words: Words) -> Section:
    title = Text("这里没有的", "What is not in it")
    head = (Text("没有记录，所以不报", "Not kept, so not reported"),)
    rows = tuple((words.text(each),) for each in NOT_KEPT)
    return Section(words.text(title), "", _say(head, words), rows)


def _figures(title: Text, rows: Sequence[tuple[Text, str]], words: Words) -> Section:
    head = _say((Text("指标", "Figure"), Text("数值", "Value")), words)
    told = tuple((words.text(name), value) for name, value in rows)
    return Section(words.text(title), "", head, told)


def _say(texts: Sequence[Text], words: Words) -> tuple[str, ...]:
    return tuple(words.text(each) for each in texts)


def _share(share: float | None) -> str:
    """Return a share in percent; only all of it is 100.0 %."""
    return NONE if share is None else f"{int(share * 1000) / 10:.1f} %"


def _time(at: Instant | None, zone: tzinfo) -> str:
    return NONE if at is None else f"{to_datetime(at).astimezone(zone):%Y-%m-%d %H:%M}"


def _length(length_ms: int | None, words: Words) -> str:
    """Return a length of time as days, hours and minutes."""
    if length_ms is None:
        return NONE
    days, rest = divmod(max(0, length_ms), DAY)
    clock = f"{to_datetime(rest):%H:%M}"
    return f"{words.span(days * DAY)} {clock}" if days else clock


def _kilobytes(count: float) -> str:
    return f"{count / 1000:.1f}"
