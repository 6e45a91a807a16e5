"""Why a command waits that the county has not taken, in words to show on its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from desktop.domain.command import CommandRecord, CommandState, Key
from desktop.domain.localized_text import Text
from desktop.domain.source import CommandResult, Problem

BEHIND = Text(
    "排在同一对象的前一条指令后面：那一条还没有回执。",
    "Waits behind the command before it on the same case, which has no answer yet.",
)
AWAY = frozenset({"unreachable", "timed_out", "cut_short", "refused", "name_not_found"})
"""Failures of the connection: they come and go, and are shown at the source itself."""
WORDS: dict[str, tuple[str, str]] = {
    "forbidden": (
        "平台或途中的网络拒绝了这条指令（403），没有说明理由。会自动再试。",
        "Refused by the server or on the way (403), without a reason. It is tried again.",
    ),
    "request_refused": (
        "平台拒绝了这条指令（{status}），没有给出理由。会自动再试。",
        "The server refused this command ({status}) without a reason. It is tried again.",
    ),
    "server_error": (
        "平台在这条指令上出错（{status}）。会自动再试。",
        "The server failed over this command ({status}). It is tried again by itself.",
    ),
    "server_busy": (
        "平台现在不收指令（{status}），稍后自动再试。",
        "The server takes no commands now ({status}); it is tried again by itself.",
    ),
    "too_many": (
        "平台要求慢些发（{status}），稍后自动再试。",
        "The server wants fewer requests ({status}); it is tried again by itself.",
    ),
    "login_expired": (
        "平台要求重新登录；登录后自动发出。",
        "The server wants a login; it goes out by itself after that.",
    ),
    "captive_portal": (
        "网络要求先登录上网，答复的是网页；之后自动发出。",
        "The network wants a login first and answered with a web page; it goes out after that.",
    ),
    "wants_https": (
        "平台要求改用 https 的地址；配置改好后自动发出。",
        "The platform wants its https address; it goes out once the profile has that.",
    ),
}
OTHERWISE = (
    "指令没有送成（{code}），会自动再试。",
    "The command could not be handed over ({code}); it is tried again by itself.",
)


def why(problem: Problem) -> Text:
    """Return in words what kept a command back, with the text that came instead of an answer."""
    zh, en = WORDS.get(problem.code, OTHERWISE)
    filling = {"status": problem.details.get("status", "-"), "code": problem.code}
    for name, value in filling.items():
        zh, en = zh.replace("{" + name + "}", value), en.replace("{" + name + "}", value)
    said = problem.details.get("reason", "")
    return Text(f"{zh}答复：{said}", f"{en} Answer: {said}") if said else Text(zh, en)


def reasons(
    waiting: Sequence[CommandRecord], refused: Mapping[str, Problem], failure: Problem | None
) -> list[CommandResult]:
    """Return a result for each waiting command whose reason is new.

    The waiting commands come in the order of their clicks. `refused` are those that the source
    would not take, each with its own problem; `failure` is what keeps all others back. One behind a
    refused command on the same target waits with it.
    """
    blocked: set[Key] = set()
    news: list[CommandResult] = []
    for record in waiting:
        key, target = record.command.key, record.command.target
        said: Text | None = None
        if key in refused:
            said = why(refused[key])
            blocked.add(target)
        elif target in blocked:
            said = BEHIND
        elif failure is not None and failure.code not in AWAY:
            said = why(failure)
        ours = record.state in (CommandState.STORED, CommandState.SENT)
        if said is not None and ours and said != record.reason:
            news.append(CommandResult(key, record.state, said))
    return news
