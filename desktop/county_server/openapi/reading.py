"""The OpenAPI paths of what desks read: session, snapshot, changes, sums, hints."""

from __future__ import annotations

from typing import Any

from desktop.county_server.db.checksums import MOST_BUCKETS
from desktop.county_server.feed.changes import DEFAULT_BYTES, LEAST_BYTES, MOST_BYTES, MOST_HINT
from desktop.county_server.feed.projection import optional_fields
from desktop.county_server.openapi.parts import (
    AGE,
    COMPACT,
    DICTIONARY,
    MARK,
    TABLES,
    both,
    cacheable_answers,
    json_answer,
    json_body,
    list_parameter,
    query,
    ref,
    responses,
)
from desktop.county_server.scope import FORM
from desktop.county_server.snapshots.compact import FIRST_ROWS
from desktop.protocol.checksum import BUCKETS
from desktop.wire import level1

SNAPSHOT = both(
    "必做。NDJSON：一行 SnapshotHead，若干行 SnapshotPage（最要紧的在前，每页至多 1000 行），"
    "最后一行 SnapshotTrailer。没有结尾的快照是断了的：用 `Range: bytes=N-` 加 `If-Range: 标签`"
    " 要剩下的（206；标签变了则 200 从头给），或整份重取。服务器可以不支持 Range："
    "那就不理会它，答 200 与全文。同一路径的内容永远不变；要支持续传，至少保留最近几份。"
    "也可以 `Content-Encoding: gzip`，标签与未压缩的不同。",
    "Required. NDJSON: one SnapshotHead, SnapshotPages (most critical first, at most 1000"
    " rows each), last one SnapshotTrailer. A snapshot without its trailer was cut: the"
    " rest is asked for with `Range: bytes=N-` and `If-Range: tag` (206, or 200 with the"
    " whole under another tag), or the whole again. A server need not serve ranges: it"
    " then ignores the header and answers 200 with the whole. What one path gives never"
    " changes; who serves ranges keeps the last few. It may come as"
    " `Content-Encoding: gzip`, under another tag than plain.",
)
CHANGES = both(
    "必做。每个变了的行一次，是它现在的样子；删了的行给 Deletion。没有变化答 204，token 照旧。"
    "整页采用并与 token 一起保存。more 为 true 时立即用新 token 要下一页。"
    "太旧或范围变了答 410，另一世答 409，都须重取快照。"
    "简单的服务器可以对任何不是“此刻”的 token 答 410：每次有变化客户端就重取快照。"
    "max_bytes、fields、hint、d 不认识可以略过。",
    "Required. Each changed row once, as it is now; of a deleted one a Deletion. 204 says"
    " that nothing is new and the token stands. Apply a page whole and keep its token with"
    " it. With `more` the next page is asked for at once by the new token. Too old, or of"
    " another scope: 410; another epoch: 409; after both a new snapshot is taken. A simple"
    " server may answer 410 to any token that is not the present one: clients then take a"
    " snapshot whenever something changes. `max_bytes`, `fields`, `hint` and `d` may be"
    " passed over.",
)


def reading_paths() -> dict[str, Any]:
    """Return the paths of what desks read."""
    return {
        "/v1/session": {"post": _session()},
        "/v1/snapshot/{scope}/{id}": {"get": _snapshot()},
        "/v1/changes": {"get": _changes()},
        "/v1/sums": {"get": _sums()},
        "/v1/buckets": {"get": _buckets()},
        "/v1/scope": {"get": _scope()},
        "/v1/stream": {"get": _stream()},
    }


def _session() -> dict[str, Any]:
    return {
        "operationId": "openSession",
        "summary": "开启会话 / Open a session",
        "description": both(
            "必做，最先做。把 nonce 原样奉还，说明你是谁、能看什么、从哪份快照读起。"
            "每次开启都发一个更大的 fence；正文里不认识的字段略过。"
            "只读的服务器也要有 fence：给一个不断增长的数即可。",
            "Required, and first. Give the nonce back as it came, and say who you are, what this"
            " account may see and at which snapshot to begin. Each opening is given a larger"
            " fence; fields of the body that are not known are passed over. A server that only"
            " reads out has a fence too: any number that grows.",
        ),
        "parameters": [
            query(
                "first",
                {"type": "integer", "minimum": 0, "maximum": FIRST_ROWS, "default": FIRST_ROWS},
                "第二级：随答复带来最要紧的多少件事件。第一级略过。",
                "Level 2: how many of the most critical incidents come with the answer. Level 1"
                " passes over it.",
            )
        ],
        "requestBody": json_body("SessionRequest", "谁来开启。", "Who opens it."),
        "responses": responses(
            400,
            409,
            413,
            415,
            s200=json_answer("Session", "会话。", "The session.", compact=True, headers=AGE),
        ),
    }


def _snapshot() -> dict[str, Any]:
    lines = {"schema": {"type": "string"}, "x-line": ref("SnapshotLine")}
    content = {"application/x-ndjson": lines} | COMPACT
    path_word = {"type": "string", "pattern": "^[0-9a-z-]{1,64}$"}
    says = {
        "scope": both("会话给出的范围。", "The scope, as the session has it."),
        "id": both("快照的名字。", "The snapshot's name."),
    }
    return {
        "operationId": "readSnapshot",
        "summary": "整个范围的所有行 / All rows of a scope",
        "description": SNAPSHOT,
        "parameters": [
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": says[name],
                "schema": path_word,
            }
            for name in ("scope", "id")
        ],
        "responses": responses(
            404,
            406,
            416,
            **cacheable_answers("每行一个 JSON 对象。", "One JSON object a line.", content),
        ),
    }


def _changes() -> dict[str, Any]:
    return {
        "operationId": "readChanges",
        "summary": "某个 token 以后变了什么 / What changed after a token",
        "description": CHANGES,
        "parameters": _wishes(),
        "responses": responses(
            400,
            409,
            410,
            s200=json_answer(
                "Changes", "一页变化。", "A page of changes.", compact=True, headers=AGE
            ),
            s204={
                "description": both("没有变化；token 照旧。", "Nothing new; the token stands."),
                "headers": MARK | AGE,
            },
        ),
    }


def _wishes() -> list[dict[str, Any]]:
    size = {
        "type": "integer",
        "minimum": LEAST_BYTES,
        "maximum": MOST_BYTES,
        "default": DEFAULT_BYTES,
    }
    token = {"type": "string", "pattern": f"^{FORM}$"}
    hint = {"type": "integer", "minimum": 0, "maximum": MOST_HINT, "default": 0}
    return [
        query(
            "since",
            token,
            "上次的 token，原样。此处的式样是参考服务器的；别的服务器可用任何 1 至 200 个字符。",
            "The last token as it was given. The pattern is the reference server's; others may"
            " use any 1 to 200 characters.",
            required=True,
        ),
        query(
            "max_bytes",
            size,
            "答复大约至多多少字节。",
            "About how many bytes to answer with at most.",
        ),
        query(
            "fields",
            _fields(),
            "要哪些种类（`incidents`），不要哪些（`-trends`），或不要哪个字段"
            "（`-incidents.timeline`）。用了它就没有 sum；以后又要那些字段，须取快照。",
            "Collections wanted (`incidents`), not wanted (`-trends`), or without a field"
            " (`-incidents.timeline`). With it there is no sum; who later wants those fields"
            " takes a new snapshot.",
            explode=False,
        ),
        query(
            "hint",
            hint,
            "提示流给出的数：听到同一提示的各端可共用缓存里的一份答复。",
            "The number a hint told: lets caches answer all desks it reached.",
        ),
        DICTIONARY,
    ]


def _fields() -> dict[str, Any]:
    words = list(level1.COLLECTIONS)
    words += [f"-{each}" for each in level1.COLLECTIONS]
    words += [f"-{each}.{name}" for each in level1.COLLECTIONS for name in optional_fields(each)]
    return {"type": "array", "items": {"type": "string", "enum": words}}


def _sums() -> dict[str, Any]:
    return {
        "operationId": "readSums",
        "summary": "256 个桶的校验和 / The 256 bucket sums",
        "description": both(
            "可选：会话的 sums 为 true 才有。除 trends 外，每行按 `种类 U+001F id U+001F 版本`"
            "（UTF-8，版本用十进制）取 BLAKE2b（摘要 8 字节），按大端读成数；和为模 2^64。"
            "桶号是 `种类 U+001F id` 的同一散列的第一个字节。",
            "Optional: when the session says `sums`. Each row but trends counts with BLAKE2b of 8"
            " bytes, read big endian, over `collection U+001F id U+001F version` (UTF-8, the"
            " version in decimal digits); a sum is modulo 2^64. A row's bucket is the first byte of"
            " the same hash over `collection U+001F id`.",
        ),
        "parameters": [TABLES],
        "responses": responses(
            404,
            400,
            s200=json_answer("Sums", "校验和。", "The sums."),
        ),
    }


def _buckets() -> dict[str, Any]:
    number = {"type": "integer", "minimum": 0, "maximum": BUCKETS - 1}
    return {
        "operationId": "readBuckets",
        "summary": "若干桶的每一行 / Every row of some buckets",
        "description": both(
            "可选，随 sums。阅读方在这些桶里多出的行已不存在。token 是读取时的；"
            "阅读方不以它代替自己的 token：别的桶仍停在原处。",
            "Optional, with `sums`. What a reader holds in these buckets besides these rows is"
            " gone. `token` is that of the reading; a reader does not put it in the place of its"
            " own: its other buckets are still where they were.",
        ),
        "parameters": [
            list_parameter(
                "n", number, MOST_BUCKETS, "桶号，用逗号隔开。", "Buckets, with commas between."
            ),
            TABLES,
            DICTIONARY,
        ],
        "responses": responses(
            404,
            400,
            s200=json_answer("BucketRows", "各行。", "The rows.", compact=True),
        ),
    }


def _scope() -> dict[str, Any]:
    return {
        "operationId": "readScope",
        "summary": "这个账号的范围 / Which scope this account has",
        "description": both(
            "可选：只给按范围保存快照的缓存用。",
            "Optional: for caches that keep snapshots per scope.",
        ),
        "responses": responses(
            404,
            s204={
                "description": both("范围在 Scope 里。", "The scope is told in `Scope`."),
                "headers": {
                    "Scope": {
                        "description": both("范围的名字。", "The scope's name."),
                        "schema": {"type": "string"},
                    }
                }
                | MARK,
            },
        ),
    }


def _stream() -> dict[str, Any]:
    event = {
        "schema": {"type": "string"},
        "examples": {"hint": {"value": "data: 4711\n\n:\n\ndata: 4713\n\n"}},
    }
    return {
        "operationId": "followHints",
        "summary": "有新内容的提示 / Hints that there is something to pull",
        "description": both(
            "可选：没有它，客户端按 expected_period_s 轮询。server-sent events：每个事件是"
            "`data: 十进制序号` 与空行；一连上就给出现在的序号，以后有变化才给，序号只增不减，"
            "至多每秒一个。它只是提示去取变化，漏听什么也不会丢。每 45 秒一行注释 `:`"
            " 表示线路还在。"
            "不支持：答 404；太多：答 503 与 Retry-After。",
            "Optional: without it clients poll by `expected_period_s`. Server-sent events, each"
            " `data: ` and a sequence number in decimal digits and an empty line; the present"
            " number at once, then one whenever something changed, growing, at most once a second."
            " It is a hint to pull changes: nothing is lost by not hearing it. A comment `:` every"
            " 45 s shows that the line lives. Not supported: 404; too many: 503 with"
            " `Retry-After`.",
        ),
        "parameters": [
            query(
                "since",
                {"type": "string"},
                "第二级、且会话的 since 为 true：上次的 token。数字后面可以有一页变化"
                "（level2.md 第六节）。",
                "Level 2, and when the session says `since`: the last token. A page of changes may"
                " then follow the number (level2.md, section 6).",
            ),
            DICTIONARY,
        ],
        "responses": responses(
            404,
            s200={
                "description": both("事件，数据为序号。", "Events whose data is a number."),
                "content": {"text/event-stream": event, **COMPACT},
                "headers": MARK,
            },
        ),
    }
