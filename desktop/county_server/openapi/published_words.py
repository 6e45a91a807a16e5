"""Descriptions of what a county publishes for its desks, in both languages."""

from __future__ import annotations

PUBLISHED_TYPES = {
    "Bulletins": (
        "县里发布的各条，每种最新的一条。",
        "What a county publishes, of each kind the newest.",
    ),
    "Bulletin": ("一条，带签名。", "One of them, signed."),
    "CentralSettings": (
        "各值守端启动时的设置：`text` 的内容。收回也是一个更大的编号。",
        "What desks start with, as it stands in `text`; taking back is a higher number, too.",
    ),
    "SettingsGroup": (
        "给一部分值守端的设置；后面的组盖过前面的。",
        "Settings for some desks; a later group comes before an earlier one.",
    ),
    "ProgramUpdate": (
        "一个新版程序：`text` 的内容。没有 program 就是收回上一条。",
        "A newer program, as it stands in `text`; without `program` the last one is taken back.",
    ),
    "Package": ("程序的一个软件包。", "One package of the program."),
}
PUBLISHED_FIELDS = {
    ("Bulletins", "county"): (
        "县平台的身份，与摆渡包里的相同。",
        "The identity of the county's server, as in courier bundles.",
    ),
    ("Bulletins", "bulletins"): ("各条。", "The bulletins."),
    ("Bulletin", "kind"): (
        "settings 或 update；认不得的略过。",
        "`settings` or `update`; others are passed over.",
    ),
    ("Bulletin", "text"): ("JSON，逐字节签了名。", "JSON, signed byte for byte."),
    ("Bulletin", "signing"): ("县里的签名公钥。", "The county's public key to sign with."),
    ("Bulletin", "agreement"): (
        "县里的协商公钥：指纹由两个公钥算出。",
        "The county's public key to agree with: the fingerprint is of both keys.",
    ),
    ("Bulletin", "signature"): ("Ed25519 签名。", "The Ed25519 signature."),
    ("CentralSettings", "version"): ("编号，只增不减。", "The number, which only grows."),
    ("ProgramUpdate", "version"): ("编号，只增不减。", "The number, which only grows."),
    ("CentralSettings", "made_at"): ("什么时候发布的。", "When it was published."),
    ("ProgramUpdate", "made_at"): ("什么时候发布的。", "When it was published."),
    ("CentralSettings", "by"): ("谁定的，给人看。", "Who made it, for people."),
    ("CentralSettings", "groups"): ("各组。", "The groups."),
    ("SettingsGroup", "settings"): (
        "按配置文件里的表名和键名。",
        "By the names of table and key that they have in a profile.",
    ),
    ("SettingsGroup", "fixed"): (
        "其中不许值守端自己改的，写成 `表.键`。",
        "Those of them, as `table.key`, that a desk's own profile cannot change.",
    ),
    ("SettingsGroup", "sources"): (
        "要增加的来源，写法同配置文件；只许不需登录的种类。",
        "Sources to add, as in a profile; of kinds that need no login only.",
    ),
    ("SettingsGroup", "postures"): ("给哪些界面；空为全部。", "For which windows; all if empty."),
    ("SettingsGroup", "townships"): (
        "给哪些乡镇的值守端；空为全部。",
        "For the offices of which townships; all desks if empty.",
    ),
    ("SettingsGroup", "form"): (
        "要懂到第几版设置的程序；更旧的略过这一组。",
        "Which form of settings a program has to know; older ones pass the group over.",
    ),
    ("ProgramUpdate", "program"): ("程序的版本。", "The program's version."),
    ("ProgramUpdate", "begins_at"): ("从何时起提示。", "From when on desks tell of it."),
    ("ProgramUpdate", "words"): (
        "有什么新的、该怎么办。",
        "What is new, and what to do.",
    ),
    ("ProgramUpdate", "packages"): ("各软件包。", "The packages."),
    ("Package", "kind"): (
        "deb、deb13、wheel、uos、folder 等。",
        "`deb`, `deb13`, `wheel`, `uos`, `folder` or another.",
    ),
    ("Package", "name"): ("文件名。", "The file's name."),
}
