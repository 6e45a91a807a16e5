"""Every setting of a profile outside its sources: where it stands, what it means, its default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from desktop.application.profile import ALL, GRAVE, POSTURES, TEXT_SIZES, THEMES
from desktop.domain.localized_text import Text
from desktop.protocol.serial_line import SPEEDS

OF_COUNTY = "县里 统一 固定 county fixed"
"""Words by which a search finds what came from the county."""
NOW, AT_START, NEW_FOLDER = "now", "start", "folder"
"""When a change counts: at once; at the next start; then, and with an empty folder of its own."""

PAGES: tuple[tuple[str, Text], ...] = (
    ("sources", Text("来源", "Sources")),
    ("desk", Text("本台", "This desk")),
    ("look", Text("语言与外观", "Language and look")),
    ("sound", Text("声音", "Sound")),
    ("keys", Text("按键", "Keys")),
    ("link", Text("线路与流量", "Line and traffic")),
    ("wall", Text("大屏", "Wall")),
    ("frames", Text("短帧", "Short frames")),
    ("kept", Text("本机记住的", "Kept on this computer")),
    ("update", Text("程序更新", "Program update")),
    ("file", Text("配置文件", "Profile file")),
)
"""The pages of the window, by name."""

PLAIN_PAGES = ("look", "sound", "desk", "sources", "link", "frames", "kept", "update")
"""The pages of a clerk's window, in their order."""

Choices = tuple[tuple[str, Text], ...]
LANGUAGE_NAMES: Choices = (("zh_CN", Text("中文", "中文")), ("en", Text("English", "English")))
THEME_NAMES: Choices = tuple(
    zip(THEMES, (Text("浅色", "Light"), Text("深色", "Dark")), strict=True)
)
POSTURE_NAMES: Choices = tuple(
    zip(
        POSTURES,
        (Text("值守", "Desk"), Text("大屏", "Wall"), Text("乡镇", "Township office")),
        strict=True,
    )
)
TEXT_SIZE_NAMES: Choices = tuple((size, Text(f"{size} %", f"{size} %")) for size in TEXT_SIZES)
SPEED_NAMES: Choices = tuple((str(speed), Text(str(speed), str(speed))) for speed in SPEEDS)
SIGNAL_NAMES: Choices = (
    (ALL, Text("有新的就响", "Whatever is new")),
    (GRAVE, Text("只响要事", "Grave matters only")),
)
ON_OFF: Choices = (("on", Text("开", "On")), ("off", Text("关", "Off")))


class Entry(msgspec.Struct, frozen=True):
    """One setting: `name` in the table `table` of a profile."""

    page: str
    table: str
    name: str
    form: str
    title: Text
    hint: Text = Text()
    default: Any = None
    """What counts where the profile is silent; None for nothing."""
    choices: Choices = ()
    effect: str = AT_START
    is_told: bool = False
    """Whether its choices came from the county."""

    @property
    def place(self) -> str:
        """Where it stands in the file: `[desk] theme`."""
        return f"[{self.table}] {self.name}" if self.table else self.name

    @property
    def search_text(self) -> str:
        """All that a search finds it by, in both languages, in lower case."""
        choices = [part for _, text in self.choices for part in (text.zh, text.en)]
        parts = (self.title.zh, self.title.en, self.hint.zh, self.hint.en, self.place, *choices)
        return " ".join(parts).lower()


_DESK = (
    Entry(
        *("desk", "desk", "title", "both", Text("县名", "Name of the county")),
        Text("显示在窗口最上面，中英文各一。", "At the head of the window, in both languages."),
        default="",
    ),
    Entry(
        *("desk", "desk", "officer", "text", Text("签名", "Signature")),
        Text(
            "确认、处置时记的名字；不填用登录名。",
            "The name commands are signed with; the login name if left out.",
        ),
        default="",
    ),
    Entry(
        *("desk", "desk", "posture", "choice", Text("打开哪个界面", "What opens")),
        Text("命令行没有指定时打开的界面。", "What opens where the command line says nothing."),
        *("desk", POSTURE_NAMES),
    ),
    Entry(
        *("desk", "desk", "township", "text", Text("哪个乡镇", "Township")),
        Text(
            "乡镇界面是哪个乡镇的；不填，第一次打开时选。",
            "Whose office this is, by its id; asked once if left out.",
        ),
        default="",
    ),
    Entry(
        *("desk", "desk", "day_begins", "time", Text("值班日的起点", "Duty day begins")),
        Text("“今日”的数字从这个钟点算起。", "The time from which figures of today count."),
        default="00:00",
    ),
    Entry(
        *("desk", "desk", "timezone", "zone", Text("时区", "Time zone")),
        Text("如 Asia/Shanghai。", "Such as Asia/Shanghai."),
        default="Asia/Shanghai",
    ),
    Entry(
        *("desk", "desk", "name", "text", Text("本台的代号", "Name of the desk's folder")),
        Text(
            "小写字母、数字、- 和 _。换了代号就是另一个空的数据文件夹，原来的留着。",
            "Lower-case letters, digits, - and _. Another name is another, empty folder of "
            "data; the former one stays.",
        ),
        effect=NEW_FOLDER,
    ),
    Entry(
        *("desk", "desk", "account", "text", Text("账户", "Account")),
        Text(
            "几个人合用一台电脑时各用各的数据文件夹。",
            "Where several people share a computer, each has a folder of data of their own.",
        ),
        default="",
        effect=NEW_FOLDER,
    ),
)


_LOOK = (
    Entry(
        *("look", "desk", "language", "choice", Text("语言", "Language")),
        Text("随时按 Ctrl+L 切换。", "Ctrl+L changes it at any time."),
        *("zh_CN", LANGUAGE_NAMES, NOW),
    ),
    Entry(
        *("look", "desk", "theme", "choice", Text("浅色或深色", "Light or dark")),
        Text(
            "随时按 Ctrl+T 切换；大屏总是深色。",
            "Ctrl+T changes it at any time; a wall is always dark.",
        ),
        *("light", THEME_NAMES, NOW),
    ),
    Entry(
        *("look", "desk", "text_size", "choice", Text("文字大小", "Text size")),
        Text(
            "文字和按钮一起放大，在系统的缩放之上。大小在窗口打开前就定下，不能当场换；点“现在重新打开”会回到"
            "原处。大屏按座位远近自己定。",
            "Text grows and all with it, on top of the system's scale. It is settled before a "
            'window opens and cannot change under it; "Restart now" comes back at the same place. '
            "A wall goes by its seats.",
        ),
        *("100", TEXT_SIZE_NAMES),
    ),
    Entry(
        *("keys", "desk", "single_keys", "choice", Text("单字母按键", "Single-letter keys")),
        Text(
            "关掉后，只有带 Ctrl、Alt 的按键起作用；每个操作都能用 Ctrl+K 找到。",
            "Off: only keys with Ctrl or Alt act; Ctrl+K finds every action all the same.",
        ),
        *("on", ON_OFF, NOW),
    ),
)


_SOUND = (
    Entry(
        *("sound", "sound", "signals", "choice", Text("什么时候响", "What is heard")),
        Text(
            "值守端只响要事，乡镇端有新派来的事也响。要事（未确认的特别重大、重大事件，高优先级告警）"
            "总是响。音量用系统的。",
            "A desk sounds for grave matters alone, an office for new assignments, too. What is "
            "grave (an incident of the two highest levels or an alarm of high priority, not "
            "acknowledged) is always heard. The volume is the system's.",
        ),
        *(ALL, SIGNAL_NAMES),
    ),
    Entry(
        *("sound", "sound", "quiet_hours", "hours", Text("安静的时段", "Quiet hours")),
        Text(
            "如 22:00 - 06:00，这段时间只响要事；不填没有。",
            "Such as 22:00 - 06:00: only grave matters are heard then; none if left out.",
        ),
    ),
)


_LINK = (
    Entry(
        *("link", "link", "daily_bytes", "megabytes", Text("每天的流量（MB）", "MB a day")),
        Text(
            "所有来源、上下行合计，至少 1；不填不限。指令和变化总是照发。",
            "Both ways, all sources, at least 1; no limit if left out. Commands and changes "
            "always go on.",
        ),
    ),
    Entry(
        *("link", "link", "originals_hours", "hours"),
        Text("自动收发原图的时段", "Hours for original files"),
        Text(
            "如 22:00 - 06:00；不填任何时候都可以。",
            "Such as 22:00 - 06:00; at any time if left out.",
        ),
    ),
    Entry(
        *("link", "link", "max_file_bytes", "megabytes"),
        Text("附件最大（MB）", "Largest file to attach (MB)"),
        Text(
            "县里另有上限的，以小的为准。",
            "Where the county has a limit of its own, the smaller one counts.",
        ),
    ),
    Entry(
        *("link", "link", "proxy", "text", Text("代理服务器", "Proxy")),
        Text(
            "没有另写代理的来源都用它：system（系统设置），或 http:// 地址。不填直连。",
            "Of all sources that name none: system, or an http:// address. Left out: none.",
        ),
        default="",
    ),
    Entry(
        *("link", "link", "proxy_user", "text", Text("代理的用户名", "User name at the proxy")),
        Text("密码在来源的页面里存。", "Its password is kept on a source's page."),
        default="",
    ),
)


_WALL_AND_FRAMES = (
    Entry(
        *("wall", "wall", "distance_m", "number"),
        Text("最远的座位（米）", "Farthest seat (m)"),
        Text(
            "到屏幕的距离，与屏幕高度一起填。",
            "From the wall; goes together with the height of the picture.",
        ),
    ),
    Entry(
        *("wall", "wall", "height_m", "number"),
        Text("画面的高度（米）", "Height of the picture (m)"),
        Text("55 寸屏横放 0.68，竖放 1.21。", "A 55-inch screen: 0.68, upright 1.21."),
    ),
    Entry(
        *("wall", "wall", "shifts", "shifts", Text("班次", "Shifts")),
        Text(
            "一行一个：开始的钟点、中文名 / 英文名，如 08:30 白班 / Day shift。",
            "One a line: its beginning, Chinese / English name, as in 08:30 白班 / Day shift.",
        ),
        default=[],
    ),
    Entry(
        *("frames", "frames", "office", "whole", Text("本所编号", "Number of this office")),
        Text("县里值班室给的。", "As the county's duty room says."),
    ),
    Entry(
        *("frames", "frames", "serial", "text", Text("串口", "Serial line")),
        Text(
            "电台或卫星终端，如 /dev/ttyUSB0；与网关二选一。",
            "Of a radio or satellite terminal, such as /dev/ttyUSB0; this or a gateway.",
        ),
        default="",
    ),
    Entry(
        *("frames", "frames", "speed", "whole", Text("串口速率", "Speed")),
        *(Text(), 9600, SPEED_NAMES),
    ),
    Entry(
        *("frames", "frames", "gateway", "url", Text("短信网关", "Gateway")),
        Text("http:// 地址。", "An http:// address."),
    ),
)


ENTRIES: tuple[Entry, ...] = (*_DESK, *_LOOK, *_SOUND, *_LINK, *_WALL_AND_FRAMES)
"""All entries, in the order of their pages."""


def offer_townships(entry: Entry, known: Mapping[str, Text]) -> Entry:
    """Return an entry whose choices are the townships that the county told, where it is theirs."""
    if entry.name != "township" or not known:
        return entry
    none = ("", Text("打开时选", "Asked when opened"))
    return msgspec.structs.replace(entry, choices=(none, *known.items()), is_told=True)


def entries_of(page: str) -> tuple[Entry, ...]:
    """Return the entries of one page."""
    return tuple(entry for entry in ENTRIES if entry.page == page)


def find_entries(
    typed: str, is_of_county: Callable[[Entry], bool] = lambda _entry: False
) -> tuple[Entry, ...]:
    """Return the entries that every word typed is found in, or that stand with the county."""
    wanted = typed.lower().split()

    def text_of(entry: Entry) -> str:
        return f"{entry.search_text} {OF_COUNTY}" if is_of_county(entry) else entry.search_text

    return tuple(e for e in ENTRIES if all(word in text_of(e) for word in wanted))
