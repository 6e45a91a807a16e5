"""Descriptions of the county API's rows and their fields, in both languages."""

from __future__ import annotations

Meaning = tuple[str, str]

ROW_TYPES: dict[str, Meaning] = {
    "Township": ("乡镇或街道。", "A township or street office."),
    "Line": ("地图上的一条线。", "A line on the map."),
    "Incident": ("一件事件。", "One incident."),
    "Deadline": ("事件的一个时限。", "One running clock of an incident."),
    "TimelineEntry": (
        "经过：做了什么、说了什么。只会增加在末尾。",
        "Something that was done or noted. A timeline only grows at its end.",
    ),
    "File": (
        "事件的一个附件，以内容的 SHA-256 命名。",
        "A file of an incident, named by the SHA-256 of its content.",
    ),
    "Asset": ("一处设施及其读数。", "One asset with its reading."),
    "Queue": (
        "一个服务队列。没有说的数不是零。",
        "One service queue. A number not told is not zero.",
    ),
    "Warning": ("一条预警。", "One warning."),
    "Alarm": (
        "一条告警。一次触发一个 id：再次触发是另一条告警，不沿用上一次的确认。",
        (
            "One alarm. One activation has one id: when it is raised again that is another alarm,"
            " which inherits no acknowledgement."
        ),
    ),
    "Trend": (
        "等间隔读数，最早的在前；null 是缺测。没有 version，不计入校验和，删除须随它所属的行。",
        (
            "Readings at a steady step, oldest first; null is a gap. It has no version and is not"
            " counted in sums; it goes with the row it belongs to."
        ),
    ),
}

ROW_FIELDS: dict[tuple[str, str], Meaning] = {
    ("", "id"): (
        "在本种类中唯一，永不改变，也不再用于别的对象。",
        "Unique within its collection; never changes and is never used again for something else.",
    ),
    ("", "version"): (
        (
            "该行的版本：每次改动都必须变大（步长不限），同一版本永远是同一内容。"
            "阅读方不用较小的版本覆盖较大的。不给版本的服务器（0）无法让指令检查 base，"
            "也不能给校验和。"
        ),
        (
            "The row's version: it must grow with every change, by any step, and one version is"
            " always one content. A reader never puts a smaller one over a larger one. A"
            " server that"
            " tells none (0) cannot check the `base` of commands and must not give sums."
        ),
    ),
    ("", "township"): (
        "所属乡镇的 id；空为全县的，任何账号都看得到。",
        "Id of its township; empty is the whole county's, which every account sees.",
    ),
    ("", "place"): ("位置。", "Where it is."),
    ("", "observed_at"): ("读数的时间。", "When it was read."),
    ("", "unit"): ("读数的单位。", "The unit of the readings."),
    ("", "acknowledged_at"): ("首次确认的时间。", "When it was first acknowledged."),
    ("", "acknowledged_by"): ("首次确认的人。", "Who acknowledged it first."),
    ("", "by"): ("谁做的。", "Whose it is."),
    ("Township", "name"): ("名称。", "Its name."),
    ("Township", "outline"): (
        "边界：[经度, 纬度] 依次连成一圈。",
        "Its border: [longitude, latitude] one after the other, as one ring.",
    ),
    ("Township", "seat"): ("驻地。", "Where its office is."),
    ("Line", "kind"): ("线条种类。", "What it is."),
    ("Line", "name"): ("名称。", "Its name."),
    ("Line", "line"): (
        "[经度, 纬度] 依次连成一线。",
        "[longitude, latitude] one after the other.",
    ),
    ("Deadline", "kind"): ("时限种类。", "What it is for."),
    ("Deadline", "due_at"): ("何时到期。", "When it falls."),
    ("Deadline", "prealarm_s"): (
        "到期前多少秒起提醒。",
        "So many seconds before it falls it is called near.",
    ),
    ("Deadline", "done_at"): (
        "何时办到；null 为仍在计时。",
        "When it was met; null while it runs.",
    ),
    ("TimelineEntry", "kind"): ("经过的种类。", "What was done."),
    ("TimelineEntry", "text"): ("说了什么。", "What was said."),
    ("TimelineEntry", "happened_at"): ("何时发生。", "When it happened."),
    ("TimelineEntry", "recorded_at"): ("县平台何时记下。", "When the county recorded it."),
    ("File", "digest"): (
        "内容的 SHA-256，64 位小写十六进制。",
        "SHA-256 of its content, 64 lower case hexadecimal digits.",
    ),
    ("File", "name"): ("文件名。", "Its name."),
    ("File", "media_type"): ("媒体类型。", "Its media type."),
    ("File", "size"): ("字节数。", "Its size in bytes."),
    ("File", "thumbnail"): (
        "缩略图（JPEG、PNG 或 WebP）的 SHA-256，没有则空。",
        "SHA-256 of a small JPEG, PNG or WebP of it, or empty.",
    ),
    ("File", "at"): ("何时附上。", "When it was attached."),
    ("File", "here"): (
        "县平台是否已有全部内容。",
        "Whether the county has all of it; false while it is on its way.",
    ),
    ("Incident", "title"): ("标题。", "Its title."),
    ("Incident", "recorded_at"): ("何时受理。", "When the county recorded it."),
    ("Incident", "number"): ("人们称呼它的编号。", "What people call it."),
    ("Incident", "level"): ("事件等级。", "How bad it is."),
    ("Incident", "stage"): ("办理阶段。", "Where it stands."),
    ("Incident", "category"): (
        "类别代码；县里可自定，见 `resources/county/categories.toml`，未列出的照原样显示。",
        (
            "Code of its category; a county has its own, see `resources/county/categories.toml`,"
            " and one not listed is shown as it is."
        ),
    ),
    ("Incident", "channel"): (
        (
            "来源渠道代码：`12345`、`patrol`、`phone`、`sensor`、`report`、`video`、`app`"
            " 或县里自定的。"
        ),
        (
            "Code of how it arrived: `12345`, `patrol`, `phone`, `sensor`, `report`, `video`, `app`"
            " or one of the county's own."
        ),
    ),
    ("Incident", "occurred_at"): (
        "何时发生；不给则同 recorded_at。",
        "When it happened; without it, as `recorded_at`.",
    ),
    ("Incident", "address"): ("地址。", "Its address."),
    ("Incident", "summary"): ("概况。", "What is known."),
    ("Incident", "lead_unit"): ("承办单位。", "Who handles it."),
    ("Incident", "co_units"): ("协办单位。", "Who assists."),
    ("Incident", "deadlines"): ("时限。", "What is owed."),
    ("Incident", "timeline"): ("经过，最早的在前。", "What was done, oldest first."),
    ("Incident", "assets"): ("相关设施的 id。", "Ids of the assets it concerns."),
    ("Incident", "files"): ("附件。", "Its files."),
    ("Asset", "name"): ("名称。", "Its name."),
    ("Asset", "kind"): ("设施种类。", "What it is."),
    ("Asset", "state"): ("状态。", "Its condition."),
    ("Asset", "since_at"): ("目前状态何时开始。", "When its present state began."),
    ("Asset", "metric"): ("读数是什么。", "What `value` measures."),
    ("Asset", "value"): ("读数；null 为没有。", "Its reading; null when there is none."),
    ("Asset", "low"): ("正常下限。", "The least that is normal."),
    ("Asset", "high"): ("正常上限。", "The most that is normal."),
    ("Asset", "depends_on"): (
        "没有它们本设施便不能工作的设施的 id。",
        "Ids of the assets without which this one cannot work.",
    ),
    ("Asset", "note"): ("说明。", "A remark."),
    ("Queue", "name"): ("名称。", "Its name."),
    ("Queue", "kind"): ("队列种类。", "Where people wait."),
    ("Queue", "site"): ("大厅、席位或地点。", "Hall, desk or site."),
    ("Queue", "waiting"): ("等候人数。", "How many wait."),
    ("Queue", "longest_wait_s"): ("最长等候秒数。", "Seconds the longest has waited."),
    ("Queue", "average_wait_s"): ("平均等候秒数。", "Seconds people wait on average."),
    ("Queue", "served_today"): ("今日已办。", "How many were served today."),
    ("Queue", "counters_open"): ("开放窗口数。", "How many counters are open."),
    ("Queue", "counters_total"): ("窗口总数。", "How many counters there are."),
    ("Queue", "waiting_limit"): ("等候人数上限。", "From so many on it is congested."),
    ("Queue", "wait_limit_s"): ("等候秒数上限。", "From so many seconds on it is congested."),
    ("Warning", "headline"): ("标题。", "Its headline."),
    ("Warning", "issued_at"): ("何时发布。", "When it was issued."),
    ("Warning", "category"): ("灾种。", "What may come, such as `rainstorm`."),
    ("Warning", "level"): ("预警级别。", "How likely and near the danger is."),
    ("Warning", "issuer"): ("发布单位。", "Who issued it."),
    ("Warning", "starts_at"): ("何时生效。", "When it begins."),
    ("Warning", "ends_at"): (
        "何时自行结束；null 为直到解除。",
        "When it ends by itself; null: when it is lifted.",
    ),
    ("Warning", "lifted_at"): (
        "何时解除；null 为未解除。",
        "When it was lifted; null: it was not.",
    ),
    ("Warning", "area"): ("影响区域的文字。", "Its area in words."),
    ("Warning", "rings"): (
        "影响区域：每圈为依次的 [经度, 纬度]。",
        "Its area: rings of [longitude, latitude].",
    ),
    ("Warning", "townships"): (
        "影响的乡镇 id；空为全县。",
        "Ids of the townships it is for; empty: the whole county.",
    ),
    ("Warning", "description"): ("情况。", "What is expected."),
    ("Warning", "instruction"): ("防御指引。", "What to do."),
    ("Warning", "status"): ("性质。", "What it is meant as."),
    ("Alarm", "title"): ("标题。", "Its title."),
    ("Alarm", "raised_at"): ("何时触发。", "When it was raised."),
    ("Alarm", "priority"): ("优先级。", "How fast somebody must act."),
    ("Alarm", "state"): ("状态。", "Its state."),
    ("Alarm", "asset"): ("所指设施的 id。", "Id of the asset it speaks of."),
    ("Alarm", "cause"): ("由哪条告警引起（其 id）。", "Id of the alarm it follows from."),
    ("Alarm", "cleared_at"): ("何时恢复。", "When what raised it was over."),
    ("Alarm", "detail"): ("详情。", "More about it."),
    ("Alarm", "shelved_until"): ("搁置到何时。", "When its shelf ends by itself."),
    ("Alarm", "shelved_by"): ("谁搁置的。", "Who shelved it."),
    ("Trend", "id"): ("所属设施或队列的 id。", "Id of the asset or queue they belong to."),
    ("Trend", "kind"): ("属于什么。", "What they belong to."),
    ("Trend", "start_at"): ("第一个读数的时间。", "When the first was read."),
    ("Trend", "step_s"): ("间隔秒数。", "Seconds from one to the next."),
    ("Trend", "values"): ("读数。", "The readings."),
}
