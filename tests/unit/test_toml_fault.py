"""Slips of who writes a profile by hand, told by line and key, with what may stand there."""

from __future__ import annotations

import pytest

from desktop import paths
from desktop.application.i18n import Words
from desktop.application.profile import ProfileError
from desktop.application.profile_reader import parse_profile
from desktop.application.settings.faults import read_fault
from desktop.connectors.kinds import Manifests


@pytest.mark.parametrize(
    ("text", "line", "english", "chinese"),
    [
        ("theme = dark", 2, " at theme: a value is a text in quotes,", "theme 不合"),
        ("theme “dark”", 2, ': “ is full-width: write "', "“ 是全角符号"),
        ("theme = “dark”", 2, " at theme: “ is full-width", '半角的 "'),
        ("theme ＝ 'dark'", 2, " at theme: ＝ is full-width: write =", "半角的 ="),
        ("theme 'dark'", 2, ": a key is followed by =", "名称后面要有 = 和值"),
        ("= 'dark'", 2, ": a line is key = value", "一行须是"),
        ("theme = 'dark' language", 2, " at theme: nothing but a # remark", "注释"),
        ('title = "县', 2, " at title: the closing quotation mark", "缺少后一个引号"),
        ("title = '县\n", 2, " at title: the closing quotation mark", "缺少后一个引号"),
        ("title = '''县\n\n", 2, " at title: the closing quotation mark", "缺少后一个引号"),
        ('title = """县\n[keys]\nfoo = "a"', 2, " at title: the closing quotation", "缺少后一个"),
        ('a = """\'""""\nb = \'\'\'县\n[keys]\nc = ""', 3, " at b: the closing", "缺少后一个"),
        (
            'title = """县\u2028乡\x85村',
            2,
            " at title: the closing quotation mark",
            "缺少后一个引号",
        ),
        ("hours = ['1'\nfoo = 1", 3, ": the entries of [ ]", "[ ] 里各项"),
        ('title = "\x01"', 2, " at title: a control character", "控制字符"),
        ("[keys\n", 2, ": the closing ] is missing", "后面缺少 ]"),
        ("[[source]\n", 2, ": the closing ]] is missing", "后面缺少 ]]"),
        ("\n[desk]", 3, ": this table stands twice", "写了两次"),
        ("theme = 'a'\ntheme = 'b'", 3, " at theme: this key stands twice", "写了两次"),
        ("title = { zh = 'a', zh = 'b' }", 2, " at title: this key stands twice", "写了两次"),
        ("title = { zh = 'a'\n}", 2, " at title: the entries of { }", "花括号里各项"),
        ("hours = ['1' '2']", 2, " at hours: the entries of [ ]", "[ ] 里各项"),
        ("a b = 1", 2, ": a key is followed by =", "名称后面要有"),
        ("a. = 1", 2, " at a.: a key is of letters", "名称用字母"),
        ('ca_file = "C:\\certs"', 2, " at ca_file: a \\ in a text", "引号里的 \\"),
        ('ca_file = "C:\\users"', 2, " at ca_file: a \\ in a text", "引号里的 \\"),
        ("day = 2026-02-30", 2, " at day: there is no such date", "没有这样的日期"),
        (f"n = {'9' * 5000}", 1, ": the number is too long", "数字太长"),
        (f"n = {'[' * 5000}", 1, ": lists stand in lists too deep", "列表套得太深"),
    ],
)
def test_a_slip_is_told_in_both_languages(text: str, line: int, english: str, chinese: str):
    with pytest.raises(ProfileError) as raised:
        parse_profile(f"[desk]\n{text}", "desk.toml", Manifests())
    fault = read_fault(raised.value.faults[0], "desk.toml")
    assert fault.line == line
    assert fault.reason.startswith(f"is not TOML{english}")
    said = Words(paths.resources(), "zh_CN").reason(fault.reason)
    assert chinese in said
    assert "不合 TOML 的写法" in said
