"""Terms, problems and ages in both languages."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import pytest

from desktop import paths
from desktop.application.i18n import Words, choose_unit
from desktop.application.settings.faults import read_fault
from desktop.connectors.shared.fields import reason_of
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
    problems = tomllib.loads((paths.resources() / "i18n" / "problems.toml").read_text("utf-8"))
    program = Path(paths.__file__).parent
    used = {
        code
        for file in program.rglob("*.py")
        for code in re.findall(r'\bProblem\(\s*"([a-z0-9_]+)"', file.read_text("utf-8"))
    }
    assert used
    assert used <= set(problems), sorted(used - set(problems))


def test_english_texts_have_straight_quotes():
    """The fonts of a Chinese screen draw curly ones as wide as a Chinese character."""
    i18n = paths.resources() / "i18n"
    texts = re.findall("<source>(.*?)</source>", (i18n / "zh_CN.ts").read_text("utf-8"), re.DOTALL)
    for table in i18n.glob("*.toml"):
        texts += re.findall(r'\ben = (".*?[^\\]"|\[.*?"\]|\{.*?" \})', table.read_text("utf-8"))
    texts += [each.read_text("utf-8") for each in (paths.resources() / "help/src/en").glob("*.md")]
    assert len(texts) > 1500
    assert [text for text in texts if re.search("[“”]", text)] == []


@pytest.mark.parametrize(
    ("length_ms", "unit"),
    [
        (-DAY, SECOND),
        (0, SECOND),
        (MINUTE - 1, SECOND),
        (MINUTE, MINUTE),
        (HOUR - 1, MINUTE),
        (HOUR, HOUR),
        (DAY - 1, HOUR),
        (DAY, DAY),
    ],
)
def test_a_length_of_time_is_told_in_the_largest_unit_that_it_has_one_of(length_ms: int, unit: int):
    assert choose_unit(length_ms) == unit


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


NO_REASONS = frozenset(
    {
        "application/cap+xml, application/atom+xml, application/rss+xml, application/xml, text/xml",
        "PromQL info",
        "array of length 1",
    }
)
"""Words in a connector's code that are part of another text, or no text for people."""


def test_every_reason_a_reader_of_ours_writes_is_said_in_chinese():
    """Every sentence in the code of connectors, and every one raised below, each blank a 1."""
    program = Path(paths.__file__).parent
    texts: set[str] = set()
    for find, folder in ((_sentences, "connectors"), (_raised, "wire/level2"), (_raised, "domain")):
        for file in (program / folder).rglob("*.py"):
            texts |= find(ast.parse(file.read_text("utf-8")))
    assert len(texts) > 100
    chinese = Words(paths.resources(), "zh_CN").reason
    unsaid = {t for t in texts if not any(c >= "\u4e00" for c in chinese(t))}
    assert sorted(unsaid - NO_REASONS) == []
    assert sorted(NO_REASONS - unsaid) == [], "these need no exemption"


def test_every_fault_of_a_profile_or_of_a_countys_settings_is_said_in_chinese():
    program = Path(paths.__file__).parent
    names = ("addresses", "frame_line", "logins", "proxies", "wall_place")
    files = [program / "application" / f"{name}.py" for name in names]
    files += (program / "application").glob("profile*.py")
    files += (program / "application" / "settings").rglob("*.py")
    files += [program / "protocol" / f"{name}.py" for name in ("central_settings", "toml_fault")]
    texts = {text for file in files for text in _sentences(ast.parse(file.read_text("utf-8")))}
    told = {read_fault(text, "1").reason for text in texts}
    told |= {"by is a name, and groups stand as [[group]] tables", "[[group]] 1: no such word"}
    assert len(told) > 50
    chinese = Words(paths.resources(), "zh_CN").reason
    assert sorted(t for t in told if not any(c >= "\u4e00" for c in chinese(t))) == []


@pytest.mark.parametrize(
    "code",
    [
        'item = UnreadableItem(Collection.ASSETS, where, "less than no rain", "", id=id)',
        'self.refuse(f"less than no {what}" if what else "less than no rain")',
        'raise _NoGauge("less than no rain")',
        'reason = "less than " + "no rain" if bad else ""',
        'LESS = {"rain": "less than no rain"}',
        'def spoil(self, reason="less than no rain"): ...',
        'details = {"reason": f"less than {least} of rain"}',
    ],
)
def test_a_reason_is_found_however_the_code_hands_it_on(code: str):
    assert any(text.startswith("less than") for text in _sentences(ast.parse(code)))


@pytest.mark.parametrize(
    "read",
    [
        lambda: float("much"),
        lambda: int("1.5"),
        lambda: int("1" * 5000),
        lambda: int(float("nan")),
        lambda: int(float("inf")),
        b"\xff".decode,
        lambda: b"\xff".decode("ascii"),
        lambda: datetime.fromisoformat("yesterday"),
        lambda: datetime.fromisoformat("2026-13-01T00:00:00+08:00"),
        lambda: datetime.fromisoformat("2026-02-30T00:00:00+08:00"),
        lambda: datetime.fromisoformat("2026-02-03T25:00:00+08:00"),
        lambda: datetime.fromisoformat("2026-02-03T00:61:00+08:00"),
        lambda: datetime.fromisoformat("2026-02-03T00:00:61+08:00"),
        lambda: datetime.fromisoformat("2026-02-03T00:00:00+25:00"),
        lambda: datetime.strptime("yesterday", "%Y"),  # noqa: DTZ007 - it is none
    ],
)
def test_what_python_itself_says_of_a_value_is_said_in_chinese(read: Callable[[], object]):
    with pytest.raises((ValueError, OverflowError)) as raised:
        read()
    said = Words(paths.resources(), "zh_CN").reason(reason_of(raised.value))
    assert any(c >= "\u4e00" for c in said), said


SENTENCE = re.compile(r"[A-Za-z`]{2,}[,:;]? [a-z`]")
"""Two words in a row: what a person reads; a path, a query or a header is none."""
ELSEWHERE = ("Text", "Reading", "compile", "startswith", "removeprefix")
"""Calls whose own words are said in both languages where they stand, or are read by no person."""


def _sentences(tree: ast.AST) -> set[str]:
    passed: set[ast.AST] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant()):
                passed.add(node.value)
            case ast.Compare(left=ast.Constant()):
                passed.add(node.left)
            case ast.JoinedStr():
                passed.update(node.values)
            case ast.Call() if _name(node.func) in ELSEWHERE or _name(node.func, 0) == "log":
                passed.update(ast.walk(node))
    found = (_filled(node) for node in ast.walk(tree) if node not in passed)
    return {text for text in found if SENTENCE.search(text)} | _raised(tree)


def _raised(tree: ast.AST) -> set[str]:
    """The texts that exceptions of wrong values are made with, one word or several."""
    made = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and n.args]
    made = [n for n in made if _name(n.func) in ("ValueError", "WireError", "Unreadable", "_Unfit")]
    return {text for n in made if re.search("[a-z]{2}", text := _filled(n.args[0]))}


def _name(function: ast.expr, part: int = -1) -> str:
    return ast.unparse(function).split(".")[part]


def _filled(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_filled(part) for part in node.values)
    quote = "'" if isinstance(node, ast.FormattedValue) and node.conversion == ord("r") else ""
    return f"{quote}1{quote}" if isinstance(node, ast.FormattedValue) else ""
