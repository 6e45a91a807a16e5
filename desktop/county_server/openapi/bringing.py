"""The OpenAPI paths for what desks send: commands and files."""

from __future__ import annotations

from typing import Any

from desktop.county_server.openapi.parts import (
    DICTIONARY,
    both,
    cacheable_answers,
    json_answer,
    json_body,
    list_parameter,
    query,
    responses,
)
from desktop.protocol.limits import COURIER_BYTES, MEGABYTE

BINARY = {"schema": {"type": "string", "format": "binary"}}
DIGEST = {
    "name": "digest",
    "in": "path",
    "required": True,
    "description": both("内容的 SHA-256。", "SHA-256 of the content."),
    "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
}
CONTENT_RANGE = {
    "name": "Content-Range",
    "in": "header",
    "required": True,
    "description": both(
        "正文是文件的哪些字节：`bytes 起-止/总数`，含止。",
        "Which bytes of the file the body is: `bytes FIRST-LAST/SIZE`, the last included.",
    ),
    "schema": {"type": "string", "pattern": "^bytes [0-9]{1,15}-[0-9]{1,15}/[0-9]{1,15}$"},
}


def bringing_paths() -> dict[str, Any]:
    """Return the paths of commands, bundles of them, and files."""
    return {
        "/v1/commands": {"post": _post_commands(), "get": _get_commands()},
        "/v1/courier": {"post": _take_bundle()},
        "/v1/spoken": {"post": _hear_report()},
        "/v1/attachments": {"post": _offer_file()},
        "/v1/attachments/{digest}": {"put": _bring_file(), "get": _read_file()},
    }


def _post_commands() -> dict[str, Any]:
    return {
        "operationId": "giveCommands",
        "summary": "下达指令 / Give commands",
        "description": both(
            "可选：不收指令的服务器对每条答 rejected 并说明理由。一次请求是一个事务："
            "每条指令的键、回执与效果同时提交，提交以后才答复；整个请求出错则什么也没办。"
            "次序：epoch 不是现在的，409 `epoch`；fence 不是本客户端最新的，409 `fence`；"
            "然后按 seq 逐条：键办过且内容相同（kind、target、collection、at、by、base、body），"
            "给当时的回执；键办过而内容不同，整个请求 422 `key-reused`；after 的键不知道，"
            "这条不答；否则办理并记下。回执没有 held 的键都算终局或 received。"
            "键至少保存 180 天。指令的时间以 `clock` + `offset_ms` 或 `at` 为准；"
            "比服务器快一分钟以上的被拒。细则见 serving.md。",
            "Optional: a server that takes none answers each with `rejected` and says why. One"
            " request is one transaction: key, result and effect of each command are committed"
            " together and the answer is sent after that; of a request that fails nothing is done."
            " In this order: another epoch than the present one, 409 `epoch`; another fence than"
            " the newest of this client, 409 `fence`; then each command by its `seq`: a known key"
            " with the same kind, target, collection, at, by, base and body gets the result given"
            " then; a known key with anything else, 422 `key-reused` for the whole request; an"
            " unknown key in `after`, no result for this one; else it is done and written down."
            " Every result but `held` is written down. Keys are kept 180 days at least. A command"
            " was given at `clock` + `offset_ms`, else at `at`; what would lie more than a minute"
            " ahead of the server is rejected. serving.md has the particulars.",
        ),
        "parameters": [_since(), _stream(), DICTIONARY],
        "requestBody": json_body("Commands", "至多 20 条。", "At most 20 of them."),
        "responses": responses(
            404,
            400,
            409,
            413,
            415,
            422,
            s200=json_answer(
                "CommandResults", "每个键一条回执。", "A result for each key.", compact=True
            ),
        ),
    }


def _since() -> dict[str, Any]:
    return query(
        "since",
        {"type": "string"},
        "第二级、且会话的 since 为 true：上次的 token。答复可带上此后的全部变化"
        "（level2.md 第七节），`fields` 同 `/v1/changes`。无论 token 如何，指令照办。",
        "Level 2, and when the session says `since`: the last token. The answer may then bring all"
        " changes after it (level2.md, section 7), with `fields` as in `/v1/changes`. Whatever the"
        " token, the commands are done.",
    )


def _stream() -> dict[str, Any]:
    return query(
        "stream",
        {"type": "string", "maxLength": 8},
        "第二级、在打包的提示流开着时，不写 `since` 而写它：变化随提示来（level2.md 第七节）。",
        "Level 2, with a packed stream of hints open and instead of `since`: the changes come with"
        " the hints (level2.md, section 7).",
    )


def _get_commands() -> dict[str, Any]:
    key = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
    return {
        "operationId": "readCommands",
        "summary": "这些键的回执 / What became of these keys",
        "description": both(
            "收指令的服务器必做。已给过的回执，durable 按现在的；不知道的键略去。",
            "Required of who takes commands. The results already given, `durable` as it is now; an"
            " unknown key is left out.",
        ),
        "parameters": [
            list_parameter("keys", key, 100, "键，用逗号隔开。", "Keys, with commas between."),
            DICTIONARY,
        ],
        "responses": responses(
            404,
            400,
            s200=json_answer("CommandResults", "回执。", "Results.", compact=True),
        ),
    }


def _take_bundle() -> dict[str, Any]:
    return {
        "operationId": "takeBundle",
        "summary": "代交摆渡包 / Hand on a courier bundle",
        "description": both(
            "可选：没有网络的值守点写上 U 盘的指令与附件，格式见 courier.md。任何账号都可以代交："
            "包由谁写，凭包里的签名；指令以与该值守点配对的账号办理。答复的正文是回执，"
            "带回给它。同一个包交几次都一样。被拒的包什么也没取，"
            "detail 用两种语言说明原因，中间隔着“ / ”。",
            "Optional: the commands and files that an office without a network wrote to a stick, in"
            " the form of courier.md. Any account may hand it on: who wrote it is proven by its"
            " signature, and the commands are done under the account that the office was paired"
            " for. The body of the answer is the receipt, to be carried back. The same bundle any"
            " number of times is as once. Of one that is refused nothing is taken; `detail` says"
            " why in both languages, with ` / ` between.",
        ),
        "requestBody": {
            "required": True,
            "description": both(
                f"整个包，至多 {COURIER_BYTES // MEGABYTE} MiB。",
                f"The whole bundle, of at most {COURIER_BYTES // MEGABYTE} MiB.",
            ),
            "content": {"application/octet-stream": BINARY},
        },
        "responses": responses(
            404,
            400,
            413,
            422,
            s200={
                "description": both("回执。", "The receipt."),
                "content": {"application/octet-stream": BINARY},
            },
        ),
    }


def _hear_report() -> dict[str, Any]:
    return {
        "operationId": "hearReport",
        "summary": "电话里听来的报告 / A report read over a telephone",
        "description": both(
            "可选：断路、断电、断网时，单位在电话里把一条指令读成数字，值守人员听写后交来，"
            "格式见 frames.md 第五节。任何账号都可以代交：报告是谁的，凭核对词与单位的密钥；"
            "以该单位的账号办理，与短帧完全相同，同一条交几次都一样。"
            "`execute` 为假时只核对、只读出内容，什么也不办。"
            "receipts 是要读回给对方的数字；核对不上的答 422 `spoken`。",
            "Optional: with road, power and network down an office reads a command as digits over a"
            " telephone, and a duty officer hands on what was taken down, in the form of frames.md,"
            " section 5. Any account may: whose it is is proven by the check word and the office's"
            " key. It is done under the office's account exactly as its frames are, any number of"
            " times as once. Without `execute` it is only checked and read, and nothing is done."
            " `receipts` are the digits to read back. What does not fit is answered 422 `spoken`.",
        ),
        "requestBody": json_body("SpokenReport", "听来的数字。", "The digits heard."),
        "responses": responses(
            404,
            400,
            413,
            415,
            422,
            s200=json_answer("SpokenAnswer", "内容与结果。", "What it says and became."),
        ),
    }


def _offer_file() -> dict[str, Any]:
    return {
        "operationId": "offerFile",
        "summary": "申报文件 / Say which file is to be brought",
        "description": both(
            "可选：会话的 file_limit 大于 0 才有，它也是最大字节数。答复说已有开头的多少字节。"
            "最后一个字节到后两周内为它留着位置。",
            "Optional: where the session's `file_limit`, which is the largest size taken, is above"
            " 0. The answer says how much of it is here already. A place is kept for two weeks"
            " after the last byte that came.",
        ),
        "requestBody": json_body("FileOffer", "哪个文件。", "Which file."),
        "responses": responses(
            404,
            400,
            413,
            415,
            422,
            507,
            s200=json_answer("FileState", "已有多少。", "How much is here."),
        ),
    }


def _bring_file() -> dict[str, Any]:
    return {
        "operationId": "bringFile",
        "summary": "送来一片 / Bring a piece of an offered file",
        "description": both(
            "从 offset 起。断了的一片，到了的部分保留：再申报一次就知道有多少。"
            "重送的字节必须相同。最后一个字节到齐时按 SHA-256 核对。",
            "From its `offset` on. What came of a piece that was cut is kept: offer the file again"
            " to hear how much. Bytes brought again must be the same. With its last byte the file"
            " is checked against its digest.",
        ),
        "parameters": [DIGEST, CONTENT_RANGE],
        "requestBody": {
            "required": True,
            "description": both("这一片。", "The piece."),
            "content": {"application/octet-stream": BINARY},
        },
        "responses": responses(
            400,
            404,
            409,
            422,
            507,
            s200=json_answer("FileState", "已有多少。", "How much is here."),
        ),
    }


def _read_file() -> dict[str, Any]:
    return {
        "operationId": "readFile",
        "summary": "读文件 / A whole file",
        "description": both(
            "给送来它的人，和看得到提到它的事件的人。内容永远不变，标签就是摘要。"
            "支持 `Range` 与 `If-Range`。",
            "For whoever brought it or sees an incident that names it. Immutable; its tag is its"
            " digest. `Range` and `If-Range` are served.",
        ),
        "parameters": [DIGEST],
        "responses": responses(
            404,
            416,
            **cacheable_answers(
                "内容，媒体类型是送来时说的。",
                "The content, with the media type it was brought with.",
                {"*/*": BINARY},
            ),
        ),
    }
