"""Every problem type of the county API: its statuses and what a client should do about it."""

from __future__ import annotations

from desktop.wire.courier.problems import Fault

PREFIX = "urn:county-desk:problem:"
COURIER = "courier-"
"""Begins the types that say why a courier bundle is refused."""
NOT_OF_A_BUNDLE = frozenset(
    # A larger body is 413; the others are of receipts and pairing files.
    {Fault.TOO_LARGE, Fault.OTHER_OFFICE, Fault.NO_PAIRING, Fault.OTHER_KEYS}
)

PROBLEM_TYPES: dict[str, tuple[str, str]] = {
    "body": ("400 正文不是应有的样子。", "400 The body is not what it should be."),
    "parameter": (
        "400 某个参数不是应有的样子，detail 指明哪个。",
        "400 A parameter is not what it should be; `detail` names it.",
    ),
    "token": (
        "400 token 不是本接口给出的：重新取快照。",
        "400 The token is none this API gave: take a new snapshot.",
    ),
    "range": (
        "400 缺 Content-Range 或写法不对；416 起点在结尾之后。",
        "400 `Content-Range` is missing or misspelt; 416 the range begins after the end.",
    ),
    "login": (
        "401 用已知的令牌登录：`Authorization: Bearer`。",
        "401 Log in: `Authorization: Bearer` with a known token.",
    ),
    "not-found": (
        "404 没有这个路径，或这台服务器没有这项功能。",
        "404 There is no such path, or this server does without what it is for.",
    ),
    "snapshot-gone": (
        "404 这份快照已不保存：重新开启会话，取其中的快照。",
        "404 This snapshot is kept no longer: open a session and take the one it names.",
    ),
    "no-file": ("404 文件不在或还不完整。", "404 The file is not here, or not whole yet."),
    "no-offer": ("404 先申报文件。", "404 Offer the file first."),
    "method": ("405 不是这个方法；Allow 列出可用的。", "405 Not this method; `Allow` names them."),
    "level": (
        "406 这是第二级的快照：接受 `application/vnd.cd2`。",
        "406 A level 2 snapshot: accept `application/vnd.cd2`.",
    ),
    "epoch": (
        "409 数据已换了一世，或是同一世的另一段历史：重新开启会话，取快照；指令用原来的键再交。",
        (
            "409 Another epoch, or another history of this one: open a session, take its snapshot,"
            " offer commands again under their keys."
        ),
    ),
    "fence": (
        "409 这个客户端开过更新的会话，或 fence 属于另一账号：什么也没办，重新开启会话。",
        (
            "409 This client has opened a newer session, or the fence is another account's: nothing"
            " was done; open a session."
        ),
    ),
    "copy": (
        "409 另一台电脑正用这个客户端名：换一个名字。",
        "409 Another computer goes on under this client's name: take another name.",
    ),
    "untold": (
        "409 这个客户端从前说过它的 fence：请再说。",
        "409 This client has told its fence before: tell it again.",
    ),
    "file-range": ("409 与申报的大小不符。", "409 Not of the size offered."),
    "file-gap": ("409 中间缺了一段：从 offset 续。", "409 A gap: go on from `offset`."),
    "file-cut": ("409 这一片断了：从 offset 续。", "409 The piece broke off: go on from `offset`."),
    "file-newer": (
        "409 更新的一个请求正在送这个文件。",
        "409 A newer request brings this file.",
    ),
    "file-size": (
        "409 比申报的多：从 offset 续。",
        "409 More than was offered: go on from `offset`.",
    ),
    "file-differs": (
        "409 与已有的字节不同：从 offset 续。",
        "409 Not the bytes that are here already: go on from `offset`.",
    ),
    "token-too-old": ("410 token 太旧：取快照。", "410 The token is too old: take a new snapshot."),
    "scope": (
        "410 这个账号看得到的范围变了：取快照。",
        "410 What this account may see has changed: take a new snapshot.",
    ),
    "too-large": (
        "413 正文太大，detail 写明上限。",
        "413 The body is too large; `detail` names the limit.",
    ),
    "file-too-large": ("413 文件太大。", "413 The file is too large."),
    "media-type": (
        "415 请发 `application/json`（或不用那个字典）；指令没有被办，也没有被拒。",
        "415 Send `application/json` (or without that dictionary); no word on any command.",
    ),
    "host": (
        "421 县平台不以该 Host 提供服务：核对地址。什么也没办。",
        "421 The county is not served under this `Host`: see to the address. Nothing was done.",
    ),
    "key-reused": (
        "422 这个键从前用于别的指令：整个请求什么也没办。",
        "422 The key was used before for something else: nothing of the request was done.",
    ),
    "spoken": (
        "422 听写的数字或核对词不对，或单位不在名单里：什么也没办，请对方从头再读。",
        (
            "422 What was heard does not fit, or its office is not listed: nothing was done; have"
            " all of it read again."
        ),
    ),
    "file-digest": (
        "422 内容与申报的 SHA-256 不符，已丢弃：从头再送。",
        "422 The content is not what was offered, and was thrown away: bring it anew.",
    ),
    "locked": (
        "429 该地址试错令牌过多：Retry-After 说何时再来，至多几分钟。令牌还没有核对。",
        (
            "429 Too many wrong tokens from this address: `Retry-After` says when, within minutes."
            " This token has not been looked at."
        ),
    ),
    "quota": (
        "429 本账号一分钟内的指令或会话、或登记的电脑超过限额，detail 说明是哪个；什么也没办。",
        (
            "429 This account's commands or sessions a minute, or its computers, are more than it"
            " may have; `detail` says which. Nothing was done."
        ),
    ),
    "failure": ("500 服务器出错；什么也没改。", "500 The server failed; nothing was changed."),
    "paused": ("503 现在不行；Retry-After 说何时再来。", "503 Not now; `Retry-After` says when."),
    "streams": (
        "503 提示流太多：改用轮询。",
        "503 Too many streams: poll instead.",
    ),
    "storage-full": (
        "507 眼下没有地方放文件；Retry-After 说何时再来。",
        "507 No room for the file at present; `Retry-After` says when.",
    ),
    "files-quota": (
        "507 本账号存放的文件已达限额；没有指令指名的文件三十天后清除。",
        (
            "507 This account has as many files here as it may; those no command names go after"
            " thirty days."
        ),
    ),
    **{
        COURIER + fault.value: (f"422 {fault.words[0]}", f"422 {fault.words[1]}")
        for fault in Fault
        if fault not in NOT_OF_A_BUNDLE
    },
    "http": ("其他。", "Anything else."),
}
"""By the last part of the problem's `type`."""
