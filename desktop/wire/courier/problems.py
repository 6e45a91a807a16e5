"""Why a courier bundle is refused, in both languages."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """Why a bundle or a pairing file is refused; the value never changes its meaning."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    NOT_A_BUNDLE = "not-a-bundle"
    NEWER_VERSION = "newer-version"
    CUT = "cut"
    DAMAGED = "damaged"
    OTHER_WAY = "other-way"
    OTHER_COUNTY = "other-county"
    OTHER_OFFICE = "other-office"
    UNKNOWN_OFFICE = "unknown-office"
    UNKNOWN_KEY = "unknown-key"
    REVOKED = "revoked"
    OTHER_RECEIVER = "other-receiver"
    UNREADABLE = "unreadable"
    OTHER_ACCOUNT = "other-account"
    NO_PAIRING = "no-pairing"
    UNUSABLE_KEY = "unusable-key"
    OTHER_KEYS = "other-keys"

    @property
    def words(self) -> tuple[str, str]:
        """What happened and what to do, in Chinese and English."""
        return WORDS[self]


WORDS = {
    Fault.EMPTY: (
        "文件是空的（0 字节）：请重新导出。",
        "The file is empty (0 bytes): export it again.",
    ),
    Fault.TOO_LARGE: (
        "文件过大，不是摆渡包。",
        "The file is larger than any courier bundle.",
    ),
    Fault.NOT_A_BUNDLE: (
        "这不是摆渡包，或开头已损坏。",
        "This is no courier bundle, or its beginning is damaged.",
    ),
    Fault.NEWER_VERSION: (
        "摆渡包由更新的版本写成：请先升级本机程序。",
        "A newer version wrote this bundle: bring this program up to date first.",
    ),
    Fault.CUT: (
        "摆渡包不完整，复制时可能中断：请重新复制或导出。",
        "The bundle is cut short, perhaps in copying: copy or export it again.",
    ),
    Fault.DAMAGED: (
        "摆渡包已损坏或被改动，签名不符：请重新复制或导出。",
        "The bundle is damaged or was changed (its signature does not fit): copy it again.",
    ),
    Fault.OTHER_WAY: (
        "摆渡包的方向不对：上行包交县平台，回执包交值守端。",
        "The bundle goes the other way: commands go to the county, receipts to the office.",
    ),
    Fault.OTHER_COUNTY: (
        "摆渡包属于另一个县平台（或演练平台）。",
        "The bundle belongs to another county, or to a drill.",
    ),
    Fault.OTHER_OFFICE: (
        "摆渡包属于另一个值守点。",
        "The bundle belongs to another office.",
    ),
    Fault.UNKNOWN_OFFICE: (
        "县平台没有与该值守点配对。",
        "The county is not paired with this office.",
    ),
    Fault.UNKNOWN_KEY: (
        "签名的密钥没有配对，或已被新密钥取代。",
        "The key that signed it was never paired, or a newer one has replaced it.",
    ),
    Fault.REVOKED: (
        "该值守点的配对已撤销，其摆渡包一律不收。",
        "This office was revoked: none of its bundles are taken.",
    ),
    Fault.OTHER_RECEIVER: (
        "摆渡包是用对方的旧密钥或另一把密钥加密的，这里打不开。",
        "The bundle was encrypted to another key than the one here.",
    ),
    Fault.UNREADABLE: (
        "签名相符，但内容不合格式：请升级写出它的程序。",
        "The signature fits, but not the form: bring the program that wrote it up to date.",
    ),
    Fault.OTHER_ACCOUNT: (
        "摆渡包的账号与配对时的账号不同，或该账号已不存在。",
        "The bundle's account is not the one it was paired for, or is gone.",
    ),
    Fault.NO_PAIRING: (
        "这不是配对文件，或已损坏。",
        "This is no pairing file, or it is damaged.",
    ),
    Fault.UNUSABLE_KEY: (
        "配对的协商公钥不可用（无法加密）：请对方重新生成密钥，再配对一次。",
        "Nothing can be encrypted to the pairing's agreement key: make new keys and pair again.",
    ),
    Fault.OTHER_KEYS: (
        "这份县平台配对文件不是答本机现在的密钥的：请把本机最新的配对文件交县里，再用县里新写的。",
        "The county's file is not for this office's newest keys: give it those and use its answer.",
    ),
}


class BundleError(ValueError):
    """A bundle or pairing file is refused, and nothing of it was taken."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault.value} {detail}".rstrip())
        self.fault = fault
