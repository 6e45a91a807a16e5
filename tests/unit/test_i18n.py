"""Terms, problems and ages in both languages."""

from __future__ import annotations

import ast
import tomllib
from enum import StrEnum
from pathlib import Path

import pytest

from desktop import paths
from desktop.application.i18n import Words
from desktop.domain.alarm import AlarmPriority, AlarmState
from desktop.domain.asset import AssetState
from desktop.domain.certainty import Certainty
from desktop.domain.command import Collection, CommandKind, CommandState
from desktop.domain.freshness import Freshness
from desktop.domain.incident import DeadlineKind, Stage, Urgency
from desktop.domain.instant import DAY, HOUR, MINUTE, SECOND
from desktop.domain.levels import EventLevel, WarningLevel
from desktop.domain.queue import QueueKind

TABLES: dict[str, type[StrEnum]] = {
    "event_level": EventLevel,
    "warning_level": WarningLevel,
    "stage": Stage,
    "deadline": DeadlineKind,
    "urgency": Urgency,
    "asset_state": AssetState,
    "queue_kind": QueueKind,
    "alarm_priority": AlarmPriority,
    "alarm_state": AlarmState,
    "command_state": CommandState,
    "freshness": Freshness,
    "command": CommandKind,
    "collection": Collection,
    "certainty": Certainty,
}


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_member_of_an_enumeration_has_a_word_in_both_languages(table: str):
    terms = tomllib.loads((paths.resources() / "i18n" / "terms.toml").read_text("utf-8"))[table]
    assert set(terms) == {member.value for member in TABLES[table]}
    assert all(entry["zh"] and entry["en"] for entry in terms.values())


def test_no_two_members_of_an_enumeration_share_a_word():
    terms = tomllib.loads((paths.resources() / "i18n" / "terms.toml").read_text("utf-8"))
    for table in TABLES:
        for language in ("zh", "en"):
            words = [entry[language] for entry in terms[table].values()]
            assert len(set(words)) == len(words), (table, language)


def test_every_field_of_every_command_has_a_name_and_every_entry_of_a_timeline_a_word():
    terms = tomllib.loads((paths.resources() / "i18n" / "terms.toml").read_text("utf-8"))
    fields = {(kind.value, field.name) for kind in CommandKind for field in kind.row.fields}
    assert set(terms["field"]) == {name for _, name in fields} - {"text"}
    assert set(terms["command_text"]) == {kind for kind, name in fields if name == "text"}
    told = {kind.value for kind in CommandKind if kind.row.in_timeline}
    assert told <= set(terms["timeline"])
    for table in ("field", "command_text"):
        assert all(entry["zh"] and entry["en"] for entry in terms[table].values())


def test_every_problem_says_what_happened_what_it_means_and_what_to_do():
    problems = tomllib.loads((paths.resources() / "i18n" / "problems.toml").read_text("utf-8"))
    for code, entry in problems.items():
        for language in ("zh", "en"):
            said = entry[language]
            assert set(said) == {"happened", "meaning", "todo"}, (code, language)
            assert all(said.values()), (code, language)


def test_every_problem_code_in_the_program_has_words():
    import re

    problems = tomllib.loads((paths.resources() / "i18n" / "problems.toml").read_text("utf-8"))
    program = Path(paths.__file__).parent
    used = {
        code
        for file in program.rglob("*.py")
        for code in re.findall(r'\bProblem\(\s*"([a-z0-9_]+)"', file.read_text("utf-8"))
    }
    assert used
    assert used <= set(problems), sorted(used - set(problems))


@pytest.mark.parametrize(
    ("length_ms", "zh", "en"),
    [
        (0, "0 秒", "0 s"),
        (-5, "0 秒", "0 s"),
        (-8 * SECOND, "-8 秒", "-8 s"),
        (8 * SECOND, "8 秒", "8 s"),
        (12 * MINUTE + 59 * SECOND, "12 分", "12 min"),
        (HOUR, "1 小时", "1 h"),
        (3 * DAY + HOUR, "3 天", "3 d"),
    ],
)
def test_a_span_is_said_in_its_largest_unit_rounded_down(length_ms: int, zh: str, en: str):
    assert Words(paths.resources(), "zh_CN").span(length_ms) == zh
    assert Words(paths.resources(), "en").span(length_ms) == en


@pytest.mark.parametrize(
    ("age_ms", "zh", "en"),
    [
        (0, "0 秒前", "0 s ago"),
        (12 * MINUTE, "12 分前", "12 min ago"),
        (-3 * MINUTE, "晚于现在 3 分（时钟有误）", "3 min ahead: clock wrong"),
    ],
)
def test_an_age_below_nothing_is_said_for_what_it_is(age_ms: int, zh: str, en: str):
    assert Words(paths.resources(), "zh_CN").age(age_ms) == zh
    assert Words(paths.resources(), "en").age(age_ms) == en


def test_where_the_time_is_a_bound_an_age_is_at_least_so_much():
    words = Words(paths.resources(), "en")
    words.is_later = lambda: True
    assert (words.age(0), words.format_lasted(HOUR)) == ("an unknown time ago", "at least 1 h")
    words.language = "zh_CN"
    assert (words.age(8 * MINUTE), words.format_lasted(8 * SECOND)) == ("至少 8 分前", "不知多久")


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("Expected `int`, got `str` - at `$.n`", "位置 $.n：应为 int，实为 str"),
        (
            "expires: a date without a time zone names no instant",
            "expires：日期没有时区，说不清是哪一刻",
        ),
        ("required field missing: sender, sent", "缺少必填字段 sender, sent"),
        ("something new {1}", "something new {1}"),
    ],
)
def test_why_an_item_could_not_be_read_is_said_in_the_language_in_force(reason: str, said: str):
    assert Words(paths.resources(), "zh_CN").reason(reason) == said
    assert Words(paths.resources(), "en").reason(reason) == reason


def test_every_reason_a_reader_of_ours_writes_is_said_in_chinese():
    """Whatever is raised or set aside for what came, with every blank filled by a 1."""
    words = Words(paths.resources(), "zh_CN")
    folder = Path(paths.__file__).parent / "connectors"
    texts = [t for file in folder.rglob("*.py") for t in _reasons_in(file.read_text("utf-8"))]
    assert len(texts) > 20
    unsaid = [text for text in texts if not any(c >= "\u4e00" for c in words.reason(text))]
    assert unsaid == []


def _reasons_in(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Unreadable", "_Unfit"):
            found += node.args[:1]
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "_note":
            found += node.args[1:2]
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "reason":
            found.append(node.value)
    return [text for each in found if " " in (text := _filled(each))]


def _filled(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_filled(part) for part in node.values)
    return "1" if isinstance(node, ast.FormattedValue) else ""
