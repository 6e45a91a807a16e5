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

ROW_TYPES |= {
    "Form": (
        (
            "报表的一版：`id` 是 `{form}/{edition}`。改了栏目就是新的一版，旧的仍给出，"
            "以便收下按它填的。"
        ),
        (
            "One edition of a form: its `id` is `{form}/{edition}`. Other fields are another"
            " edition; the older ones are still given, so that what was filled in by them is taken."
        ),
    ),
    "FormField": ("报表的一栏。", "One field of a form."),
    "FormChoice": ("一栏可选的一项。", "One choice of a field."),
    "FieldValue": (
        "一栏的值，一律写作文字：整数 `12`，小数 `3.5`，是否 `yes` / `no`，选项写代码。",
        (
            "The value of one field, always as text: a count `12`, a decimal `3.5`, `yes` or `no`,"
            " the code of a choice."
        ),
    ),
    "ReportTable": (
        "一个乡镇的一份报表：`id` 是 `{form}/{township}/{period}`，再报即更正。",
        (
            "A township's report table: its `id` is `{form}/{township}/{period}`, and what is"
            " reported again corrects it."
        ),
    ),
}

ROW_TYPES |= {
    "Contact": (
        "通讯录中的一个岗位：哪个单位、谁、怎么联系。",
        "A post in the county's directory: at which unit, who holds it, how to reach it.",
    ),
    "Phone": ("一个电话。", "One telephone."),
    "Plan": ("一份应急预案，写成简短的步骤。", "An emergency plan, in short steps."),
    "PlanSection": ("预案中同一小标题下的步骤。", "Steps of a plan under one heading."),
    "PlanStep": ("预案的一步。", "One step of a plan."),
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
    ("Form", "form"): ("报表，各版相同。", "The form, the same in all its editions."),
    ("Form", "edition"): ("第几版，从 1 起。", "Number of the edition, from 1."),
    ("Form", "title"): ("名称。", "Its name."),
    ("Form", "kind"): ("报表种类。", "What it is for."),
    ("Form", "period"): ("报告期种类。", "What one report of it is about."),
    ("Form", "fields"): ("各栏，按填写的次序。", "Its fields, in the order of the form."),
    ("FormField", "id"): ("在本表中唯一。", "Unique within the form."),
    ("FormField", "title"): ("名称。", "Its name."),
    ("FormField", "type"): ("填什么。", "What it takes."),
    ("FormField", "section"): ("所在的小标题，同一小标题的相连。", "The heading it stands under."),
    ("FormField", "unit"): ("单位。", "Its unit."),
    ("FormField", "note"): ("填写说明。", "What it counts."),
    ("FormField", "required"): ("是否必填。", "Whether a report must have it."),
    ("FormField", "minimum"): ("最小值；null 为不限。", "The least number; null: any."),
    ("FormField", "maximum"): ("最大值；null 为不限。", "The largest number; null: any."),
    ("FormField", "choices"): ("可选的各项。", "What may be chosen."),
    ("FormField", "prefill"): (
        (
            "填写前的值取自何处，取第一个有值的：`last` 上一份报表，`incidents:类别,…` 在办事件数，"
            "`recorded:…` 当日新增，`assets:种类,…` 故障设施数，`warnings` 生效预警数，"
            "`report:报表.栏` 当日另一报表，`category:类别.选项,…` 按事件类别，"
            "`is:值` 通常的值，`zero` 零报告；不认识的略过。"
        ),
        (
            "Where its value comes from before anybody types, the first that has one: `last`"
            " report, open `incidents:CATEGORY,…`, those `recorded:…` that day, failed"
            " `assets:KIND,…`, `warnings` in force, `report:FORM.FIELD` of that day,"
            " `category:CATEGORY.CHOICE,…` of the event, `is:VALUE` as usual, `zero`;"
            " a desk passes over others."
        ),
    ),
    ("", "position"): (
        "县里排定的次序，小的在前。",
        "Its place in the county's own sequence, smaller ones first.",
    ),
    ("Contact", "unit"): ("单位。", "The unit."),
    ("Contact", "post"): ("岗位或职务。", "The post, or duty."),
    ("Contact", "person"): (
        "谁；岗位无固定人选则空。",
        "Who holds it; empty where nobody does for long.",
    ),
    ("Contact", "phones"): ("电话，先打的在前。", "Its telephones, the first to be tried first."),
    ("Contact", "note"): ("说明。", "A remark."),
    ("Phone", "number"): ("号码，照原样显示。", "The number, shown as it is."),
    ("Phone", "kind"): ("电话种类。", "Where it rings."),
    ("Plan", "title"): ("名称。", "Its name."),
    ("Plan", "categories"): (
        "适用的事件类别代码；空为不限。",
        "Codes of the categories of incidents it is for; none for any.",
    ),
    ("Plan", "levels"): (
        "适用的事件等级（EventLevel 的词）；空为不限。",
        "Levels of incidents it is for, words of EventLevel; none for any.",
    ),
    ("Plan", "edition"): ("版本。", "Its edition."),
    ("Plan", "issued_on"): ("发布日期，如 `2026-03-15`。", "When it was issued, as `2026-03-15`."),
    ("Plan", "sections"): ("各节，按次序。", "Its sections, one after the other."),
    ("PlanSection", "title"): ("小标题。", "The heading."),
    ("PlanSection", "steps"): ("各步，按次序。", "The steps, one after the other."),
    ("PlanStep", "text"): ("做什么。", "What is done."),
    ("PlanStep", "unit"): ("由谁做。", "Who does it."),
    ("PlanStep", "contact"): (
        "该联系的通讯录条目的 id；空为没有。",
        "Id of the contact to call; empty: none.",
    ),
    ("FormChoice", "code"): ("代码，即所填的值。", "Its code, which is the value."),
    ("FormChoice", "title"): ("名称。", "Its name."),
    ("FieldValue", "field"): ("哪一栏。", "Which field."),
    ("FieldValue", "value"): ("填的值。", "Its value."),
    ("ReportTable", "form"): ("哪种报表。", "Which form."),
    ("ReportTable", "edition"): ("按第几版填写。", "The edition it was filled in by."),
    ("ReportTable", "township"): ("哪个乡镇上报的。", "Id of the township that reports."),
    ("ReportTable", "period"): (
        "报的是哪一天或哪一次灾害。",
        "The day, or the event, that it is about.",
    ),
    ("ReportTable", "reported_at"): (
        "何时上报或最后更正。",
        "When it was given or last corrected.",
    ),
    ("ReportTable", "recorded_at"): ("县平台何时收到。", "When the county received that."),
    ("ReportTable", "values"): ("各栏的值。", "Its values."),
    ("ReportTable", "timeline"): (
        "上报与历次更正，写明改了什么，最早的在前。",
        "The report and each correction with what it changed, oldest first.",
    ),
}
