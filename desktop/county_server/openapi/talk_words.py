"""Descriptions of the county API's messages and their fields, in both languages."""

from __future__ import annotations

from desktop.county_server.openapi.published_words import PUBLISHED_FIELDS, PUBLISHED_TYPES
from desktop.protocol.commands import CommandKind

Meaning = tuple[str, str]

TALK_TYPES: dict[str, Meaning] = {
    "Moment": (
        "时刻：RFC 3339，必须带时区；本接口处处如此，指令正文里也是。秒的小数取到毫秒。",
        (
            "An instant: RFC 3339 with an offset, here and everywhere else, in the bodies of"
            " commands"
            " too. Fractions are read to the millisecond."
        ),
    ),
    "Phrase": ("一段文字，中文、英文或两者。", "One text in Chinese, English or both."),
    "AnyPhrase": (
        "一段文字；单独的字符串是中文。",
        "One text; a bare string is Chinese.",
    ),
    "Point": (
        "一个位置：WGS-84 度数。单个位置处处如此，指令正文里也是；线和圈则是 [经度, 纬度] 的序列。",
        (
            "One place in WGS-84 degrees. A single place is always this, in the bodies of commands"
            " too; lines and rings are lists of [longitude, latitude]."
        ),
    ),
    "SessionRequest": ("`POST /v1/session` 的正文。", "The body of `POST /v1/session`."),
    "Session": (
        "服务器开头的自述；nonce 原样奉还。",
        "What the server says of itself at the start; `nonce` comes back as it was sent.",
    ),
    "SnapshotHead": ("快照的第一行。", "First line of a snapshot."),
    "SnapshotTrailer": (
        "快照的最后一行；没有它，快照就是断了的，不得当作完整。",
        "Last line of a snapshot: without it the snapshot was cut and is never taken for whole.",
    ),
    "Changes": (
        "一页变化。整页一起采用，连同其 token。",
        "A page of changes. It is applied as a whole and its token is kept with it.",
    ),
    "Sums": (
        "截至 token 的 256 个桶的校验和。",
        "The 256 bucket sums of the account's scope as of `token`.",
    ),
    "BucketRows": ("这些桶在 token 时的每一行。", "Every row of these buckets as of `token`."),
    "FileOffer": ("将要送来的文件。", "A file a client is about to bring."),
    "FileState": (
        "服务器已有该文件开头的多少字节。",
        "How much of a file the server has, from its start.",
    ),
    "Commands": ("`POST /v1/commands` 的正文。", "The body of `POST /v1/commands`."),
    "CommandHead": ("各种指令共有的字段。", "What every command has."),
    "CommandResult": ("一条指令的回执。", "What became of one command."),
    "CommandResults": ("每个键一条回执。", "A result for each key."),
    "SpokenReport": (
        "`POST /v1/spoken` 的正文：听写下来的数字。",
        "The body of `POST /v1/spoken`: the digits taken down.",
    ),
    "SpokenAnswer": (
        "报告说了什么，是谁的，结果如何。",
        "What the report says, whose it is, and what became of it.",
    ),
    "SpokenOutcome": ("该单位一条报文的结果。", "What became of one message of the office."),
    "SpokenReceipt": ("要读回给单位的数字。", "The digits to be read back to the office."),
    **PUBLISHED_TYPES,
    "ProblemDetails": (
        "出了什么问题（RFC 9457），`application/problem+json`。",
        "What went wrong (RFC 9457), `application/problem+json`.",
    ),
    "OfferedFile": (
        "指令所附的文件；内容另行送来。",
        "A file as its command names it; its content travels apart.",
    ),
}

TALK_FIELDS: dict[tuple[str, str], Meaning] = {
    ("", "magic"): (
        "固定为此值。没有它的 200 不是本接口的答复（多半是上网认证页）。",
        "Always this. A 200 without it is not this API's: most likely a captive portal's.",
    ),
    ("", "epoch"): (
        "数据的这一世：凡数据可能倒退（恢复备份、复制机器）就换一个随机词。",
        (
            "This life of the data: another random word whenever the data may have gone back"
            " (a restored backup, a copied machine)."
        ),
    ),
    ("", "token"): (
        "读到了哪里。对客户端是不透明的，服务器须由按提交顺序增长的序号产生，绝不能用时间。",
        (
            "How far one has read. Opaque to clients; a server makes it from a sequence that grows"
            " in commit order, never from a time."
        ),
    ),
    ("", "server_time"): ("服务器此刻的时间。", "The server's time now."),
    ("", "sum"): (
        "截至 token 整个范围的校验和，16 位十六进制；不算校验和的服务器不给。",
        (
            "The sum over the whole scope as of `token`, 16 hexadecimal digits; a server without"
            " sums leaves it out."
        ),
    ),
    ("", "fence"): (
        "会话的序号：每开一次会话，对所有客户端一起加一。",
        "The number of a session, counted up over all clients with every session opened.",
    ),
    **PUBLISHED_FIELDS,
    ("", "digest"): ("内容的 SHA-256。", "SHA-256 of the content."),
    ("", "size"): ("字节数。", "Size in bytes."),
    ("", "media_type"): ("媒体类型。", "The media type."),
    ("", "groups"): (
        "各组八位数字，依次：七位与一位校验。",
        "The groups of eight digits in their order: seven, and a check.",
    ),
    ("", "check"): ("核对词：A 至 P 四个字母。", "The check word: four letters from A to P."),
    ("SpokenReport", "execute"): (
        "是否办理；否则只核对、只读出内容。",
        "Whether it is to be done; else it is only checked and read.",
    ),
    ("SpokenAnswer", "office"): ("单位号。", "The office's number."),
    ("SpokenAnswer", "name"): (
        "与该单位配对时的名称；没有配对则空。",
        "The name under which the office is paired; empty where it is not.",
    ),
    ("SpokenAnswer", "account"): (
        "以哪个账号办理；没有账号则空。",
        "The account under which it is done, or empty.",
    ),
    ("SpokenAnswer", "command"): (
        "报告里的指令；两边代码表不同而读不懂时没有。",
        "The command in it; left out where its codes are numbered by other tables.",
    ),
    ("SpokenAnswer", "outcomes"): (
        "办理时给出：该单位各条报文的结果。",
        "With `execute`: what became of the office's messages.",
    ),
    ("SpokenAnswer", "receipts"): (
        "办理时给出：读回给该单位的数字。",
        "With `execute`: what is to be read back to the office.",
    ),
    ("SpokenOutcome", "number"): ("报文号。", "The message's number."),
    ("SpokenOutcome", "status"): (
        "结果；unreadable 是两边的代码表不同，什么也没办。",
        "What became of it; `unreadable`: the ends' tables differ and nothing was done.",
    ),
    ("SpokenOutcome", "reason"): ("原因。", "Why."),
    ("Phrase", "zh"): ("中文。", "In Chinese."),
    ("Phrase", "en"): ("英文。", "In English."),
    ("Point", "lon"): ("经度，东为正。", "Longitude, east is positive."),
    ("Point", "lat"): ("纬度，北为正。", "Latitude, north is positive."),
    ("SessionRequest", "nonce"): (
        "随机词，须原样奉还。",
        "A random word that must come back as it was sent.",
    ),
    ("SessionRequest", "client"): (
        "这一安装的随机名。",
        "The installation's random name.",
    ),
    ("SessionRequest", "dictionaries"): (
        "第二级：它有的字典。第一级服务器不必理会。",
        "Level 2: the dictionaries it has. A level 1 server passes over them.",
    ),
    ("SessionRequest", "fence"): (
        "上次得到的 fence；从未得到为 0。",
        "The last fence this installation was given; 0 before the first.",
    ),
    ("SessionRequest", "tried"): (
        "此后发出的各次开启的标签（nonce 的前 6 个字符），给了那个 fence 的一次在最前。",
        (
            "Tags (the first 6 characters of their nonces) of the openings it sent since then, the"
            " one that gave the fence first."
        ),
    ),
    ("SessionRequest", "earlier"): (
        "在那之前发出、它不知道会话的各次开启的标签：其中之一若是最新的，服务器就丢了此后的过去。",
        (
            "Tags of openings sent before that one whose sessions it does not know: where one of"
            " them is the newest, the server lost its past since."
        ),
    ),
    ("SessionRequest", "server"): (
        "给了那个 fence 的服务器的名字，演练的加 `/drill`。",
        "Name of the server that gave the fence, with `/drill` behind it for a drill's.",
    ),
    ("SessionRequest", "tables"): (
        (
            "客户端读得懂前多少个种类（按第二级字段表的编号）；头十个总是读得懂。"
            "其余种类的行与校验和都不给它。"
        ),
        (
            "How many collections the client reads, by the numbers of level 2's tables; the first"
            " ten it always does. It is given no rows and no sums of the others."
        ),
    ),
    ("Session", "nonce"): ("请求里的 nonce。", "The nonce of the request."),
    ("Session", "county"): ("县名。", "The county's name."),
    ("Session", "collections"): (
        "这台服务器有的种类。没列出的种类，屏幕说“该来源不提供”，不说“没有”。",
        (
            "The collections this server has. Of one that is not here a screen says that the source"
            " does not tell it, never that there is none."
        ),
    ),
    ("Session", "townships"): (
        "这个账号看得到的乡镇 id；`[]` 是全县，不是一个也没有。",
        "Ids of the townships this account sees; `[]` means the whole county, not none of it.",
    ),
    ("Session", "snapshot"): (
        "最新快照的路径 `/v1/snapshot/{scope}/{id}`：以 `/` 开头，在同一服务器上。",
        (
            "Path of the newest snapshot, `/v1/snapshot/{scope}/{id}`: it begins with `/` and is of"
            " this same server."
        ),
    ),
    ("Session", "expected_period_s"): (
        "数据多久应当更新一次，秒；超过它很多仍无答复，屏幕就说数据已旧。",
        (
            "Seconds after which news is expected; long after it without an answer the screen says"
            " that the data are old."
        ),
    ),
    ("Session", "retention_s"): (
        "被删的行记多少秒；更旧的 token 答 410。",
        "For so many seconds deleted rows are remembered; an older token is answered 410.",
    ),
    ("Session", "account"): ("账号名；没有账号则空。", "The account's name, or empty."),
    ("Session", "drill"): ("是否为演练。", "Whether this is a drill."),
    ("Session", "file_limit"): (
        "最大附件字节数；0 为不收附件。",
        "Bytes of the largest file taken; 0 when the server takes none.",
    ),
    ("Session", "sums"): (
        "变化与快照是否带校验和、`GET /v1/sums` 与 `GET /v1/buckets` 是否可用。",
        (
            "Whether changes and snapshots carry sums, and `GET /v1/sums` and `GET /v1/buckets`"
            " answer."
        ),
    ),
    ("Session", "dictionary"): ("第二级：将用的字典。", "Level 2: the dictionary it will use."),
    ("Session", "server"): (
        "服务器的身份：随数据随机产生一次，恢复备份也不变。客户端据此绑定行与指令。",
        (
            "The server's identity, made at random once with its data and kept through every"
            " restore. Clients bind rows and commands to it."
        ),
    ),
    ("Session", "behind"): (
        "凭客户端的 fence 可知服务器丢了一段过去。",
        "Whether the client's fence proves that the server lost some of its past.",
    ),
    ("Session", "keys_kept_s"): (
        "指令的键保存多少秒，至少 180 天；0 为未说明，按 180 天。",
        (
            "For so many seconds keys of commands are kept, at least 180 days; 0 when not told,"
            " then 180 days."
        ),
    ),
    ("Session", "set_back_to"): (
        "数据从比持久标记更旧的备份恢复时给出：此后的指令已丢，应重新提交。",
        (
            "Set when the data was restored from a backup older than what was told to be durable:"
            " commands since then are lost and should be offered again."
        ),
    ),
    ("Session", "since"): (
        "第二级：`POST /v1/commands` 认得 `since`，答复可带上此后的变化。",
        "Level 2: whether `POST /v1/commands` takes `since`, and its answer may bring the changes.",
    ),
    ("SnapshotHead", "totals"): (
        "每种有多少行；只用于显示进度，以结尾的 rows 为准。",
        (
            "How many rows of each collection follow; for showing progress: the trailer's `rows` is"
            " what counts."
        ),
    ),
    ("", "collection"): ("行的种类。", "The collection."),
    ("SnapshotTrailer", "end"): ("总是 true。", "Always true."),
    ("SnapshotTrailer", "rows"): (
        "前面所有页里的行数之和，连同阅读方不认识的种类。",
        (
            "The number of rows in all pages before, those of collections a reader does not know"
            " included."
        ),
    ),
    ("Changes", "more"): ("后面是否还有一页。", "Whether another page waits."),
    ("Changes", "changes"): (
        "每行至多出现一次，是它现在的样子。",
        "Each row at most once, as it is now.",
    ),
    ("Changes", "sum"): (
        "只随最后一页（more 为 false）且没有用 fields 时给出。",
        "Only with the last page (`more` is false) and when no `fields` were asked for.",
    ),
    ("Sums", "sums"): ("第 0 至 255 桶。", "Of buckets 0 to 255."),
    ("BucketRows", "buckets"): ("问的是哪些桶。", "The buckets asked for."),
    ("BucketRows", "changes"): (
        "这些桶里的每一行；阅读方在这些桶里多出的行已不存在。",
        "Every row of these buckets; what a reader has in them besides is gone.",
    ),
    ("FileState", "offset"): (
        "从头起已有多少字节；下一片从这里开始。",
        "So many bytes are safe; the next piece begins here.",
    ),
    ("Commands", "client"): (
        "开启会话时的名字。",
        "The name the session was opened with.",
    ),
    ("Commands", "fence"): (
        "本客户端最新会话的 fence；用旧的答 409 `fence`，什么也不办。",
        (
            "The fence of this client's newest session; with an older one the answer is 409 `fence`"
            " and nothing is done."
        ),
    ),
    ("Commands", "commands"): (
        "按 seq 的顺序办，一次请求是一个事务。",
        "Done in the order of their `seq`; one request is one transaction.",
    ),
    ("Commands", "offset_ms"): (
        "服务器时钟减本机时钟，毫秒，开启会话时测得。",
        "The server's clock minus the desk's, in milliseconds, as found when the session opened.",
    ),
    ("CommandHead", "key"): (
        "点击时产生一次，永不改变；每个键至多办一次。",
        "Made once, at the click, and never changed; a key is done at most once.",
    ),
    ("CommandHead", "seq"): (
        "本机点击的顺序。",
        "The order of the clicks on this computer.",
    ),
    ("CommandHead", "target"): ("对哪一行。", "Id of the row it is about."),
    ("CommandHead", "at"): (
        "点击的时间，已按服务器时钟校正。",
        "When it was given, corrected by what the desk knew of the server's clock.",
    ),
    ("CommandHead", "by"): ("谁下的。", "Who gave it."),
    ("CommandHead", "after"): (
        "同一对象上前一条指令的键：服务器还不知道它，这一条就不答，等它到了再交。",
        (
            "Key of the command before it on the same row: while the server does not know that one,"
            " this one gets no result and is offered again later."
        ),
    ),
    ("CommandHead", "base"): (
        "值班员当时看到的版本。",
        "The row's version that the officer was looking at.",
    ),
    ("CommandHead", "clock"): (
        "点击时本机时钟的原样读数；差一分钟以上才给。",
        "What the desk's own clock read at the click; told when it is off by more than a minute.",
    ),
    ("CommandResult", "key"): ("哪条指令。", "Which command."),
    ("CommandResult", "status"): ("回执。", "What became of it."),
    ("CommandResult", "reason"): (
        "给值班员看的理由，两种语言。",
        "Why, for the officer, in both languages.",
    ),
    ("CommandResult", "version"): (
        "该行现在的版本。",
        "The row's version now.",
    ),
    ("CommandResult", "row"): ("冲突时：该行现在的样子。", "Of a conflict: the row as it is now."),
    ("CommandResult", "durable"): (
        "是否任何恢复都不会再丢它；客户端至此才可忘掉这条指令。",
        "Whether no restore can lose it any more: only then may the client forget the command.",
    ),
    ("CommandResults", "results"): (
        "每个键至多一条；没有回执的键以后用同一个键再交。",
        "At most one for each key; a key without one is offered again as it is.",
    ),
    ("ProblemDetails", "type"): (
        "哪种问题；含义永不改变。",
        "Which problem; it never changes its meaning.",
    ),
    ("ProblemDetails", "title"): ("状态码的名字。", "The name of the status."),
    ("ProblemDetails", "status"): ("HTTP 状态码。", "The HTTP status."),
    ("ProblemDetails", "detail"): ("给人看的说明。", "More about it, for people."),
    ("ProblemDetails", "offset"): (
        "文件片段接不上时：下一片须从哪里开始。",
        "Of a piece of a file that does not fit: where the next one must begin.",
    ),
    ("OfferedFile", "name"): ("文件名。", "Its name."),
    ("OfferedFile", "thumbnail"): (
        "缩略图的 SHA-256，没有则空；只收 64 KB、1024×1024 像素以内的 JPEG、PNG、WebP，其他不记。",
        (
            "SHA-256 of a small picture of it, or empty: JPEG, PNG or WebP of at most 64 KB and"
            " 1024 by 1024 pixels; anything else is left out."
        ),
    ),
    **{
        (f"{kind.title()}Body", field.name): field.meaning
        for kind in CommandKind
        for field in kind.row.fields
    },
}
