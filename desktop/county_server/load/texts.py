"""A county's text files as characters: UTF-8, and what Chinese spreadsheets write instead."""

from __future__ import annotations

import codecs
import unicodedata

from desktop.county_server.load.told import show

CHINESE = "gb18030"
"""The coding Chinese Windows saves text in; GBK and GB2312 are parts of it."""
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode_utf8(raw: bytes) -> str:
    """Decode a UTF-8 file, without its byte mark; raises UnicodeDecodeError."""
    return raw.removeprefix(codecs.BOM_UTF8).decode()


def spreadsheet_text(raw: bytes) -> tuple[str, str]:
    """Decode a CSV file; return its text and coding, or raise the UnicodeDecodeError of UTF-8."""
    for mark, coding in MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(coding), coding
    try:
        return raw.decode(), "utf-8"
    except UnicodeDecodeError:
        if seems_chinese(raw):
            return raw.decode(CHINESE), CHINESE
        raise


def seems_chinese(raw: bytes) -> bool:
    """Whether bytes that are not UTF-8 read as Chinese in GB18030."""
    try:
        text = raw.decode(CHINESE)
    except UnicodeDecodeError:
        return False
    # Any pair of bytes is some character: real text consists mostly of common ones.
    foreign = [c for c in text if ord(c) > 0x7F]
    common = [c for c in foreign if "一" <= c <= "鿿" or unicodedata.category(c)[0] in "PS"]
    return bool(foreign) and len(common) >= 0.9 * len(foreign)


def not_utf8(raw: bytes, error: UnicodeDecodeError) -> tuple[str, str]:
    """Describe, in both languages, the fault of a JSON file in another coding and its remedy."""
    zh, en = (
        f"不是 UTF-8：字节 0x{raw[error.start]:02x}",
        f"not UTF-8: byte 0x{raw[error.start]:02x}",
    )
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return f"{zh}；像是 UTF-16，请另存为 UTF-8", f"{en}; it looks like UTF-16: save it as UTF-8"
    if seems_chinese(raw):
        begins = show(raw.decode(CHINESE)[:20])
        return (
            f"{zh}；像是 GB18030（GBK）编码（开头是“{begins}”），请另存为 UTF-8",
            f"{en}; it looks like GB18030 (GBK), beginning with “{begins}”: save it as UTF-8",
        )
    return zh, en
