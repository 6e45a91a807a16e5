"""The published bytes that every reader of level 2 must refuse: level2_refused.py writes them anew.

Each breaks one rule of the specification and nothing else; messages stand in a *stored*
frame. `reason` is what the product's own reader says of it.
"""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zstandard

ROOT = Path(__file__).resolve().parents[2]
for place in (ROOT, ROOT / "tests"):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))

from desktop.wire.level2.cursor import Cursor, WireError, put_uint  # noqa: E402
from desktop.wire.level2.frames import UnknownDictionary  # noqa: E402
from support.level2_vectors import FOLDER, MESSAGES, STORED, column_values  # noqa: E402

FILE = FOLDER / "refused.json"
Vector = dict[str, Any]
NOW = "80d0eab8d7d063"
"""A server's time, as `sint`."""
NO_SUM = f"01 00 03 652e31 {NOW}"
"""How a patch begins: its kind, no marks, the token `e.1` and the server's time."""


def vector(kind: str, zh: str, en: str, data: bytes | str, **more: Any) -> Vector:
    """One vector; bytes may be told in hexadecimal with blanks between."""
    raw = bytes.fromhex(data) if isinstance(data, str) else data
    told = {"kind": kind, "what": {"zh": zh, "en": en}, **more, "bytes": raw.hex()}
    return told | {"reason": reason_of(told)}


def reason_of(told: Vector) -> str:
    """What our reader has against it; empty when it reads it, which must not be."""
    data, kind = bytes.fromhex(told["bytes"]), told["kind"]
    try:
        if kind == "uint":
            Cursor(data).uint()
        elif kind == "frame":
            STORED.unpack(data)
        elif kind.startswith("column "):
            column_values(kind.removeprefix("column "), data, told["count"])
        else:
            MESSAGES[kind][1](data)
    except UnknownDictionary as error:
        return f"unknown dictionary: {error}"
    except WireError as error:
        return str(error).partition(":")[0]
    return ""


def numbers() -> list[Vector]:
    return [
        vector("uint", "十一组", "eleven groups", "80" * 10 + "01"),
        vector("uint", "大于 64 位", "more than 64 bits", "ff" * 9 + "7f"),
        vector("uint", "缺字节", "bytes are missing", "ac"),
    ]


def columns() -> list[Vector]:
    def column(name: str, count: int, zh: str, en: str, data: str) -> Vector:
        return vector(f"column {name}", zh, en, data, count=count)

    return [
        column("ints", 2, "头部有未定义的位", "a bit of the head that means nothing", "20 00"),
        column("ints", 2, "宽度大于 8", "a width above 8", "09 00"),
        column("ints", 3, "位面不全", "planes cut short", "01 00 0102"),
        column("ints", 2, "多出字节", "bytes left over", "00 02 00"),
        column("flags", 2, "没有的写法", "a form there is not", "03"),
        column("flags", 3, "末尾之后的位不为 0", "a bit beyond the last value", "02 0f"),
        column("decimals", 1, "小数位数大于 9", "more than 9 places", "0a 02"),
        column("decimals", 1, "尾数大于 2^53", "a number above 2^53", "00 82808080808080 20"),
        column("decimals", 1, "无穷大", "infinity", "ff 000000000000f07f"),
        column("decimals", 1, "不是数", "not a number", "ff 000000000000f87f"),
        column("texts", 1, "没有的写法", "a form there is not", "07"),
        column("texts", 2, "分隔出的文字数目不符", "another number of texts", "01 01 61"),
        column("texts", 2, "长度之和不符", "lengths that do not add up", "02 00 02 01 61"),
        column("texts", 2, "编码套编码", "coded within coded", "03 02 03 01 01 01 61 00 00"),
        column("texts", 2, "0 个不同的值", "no distinct values", "03 00"),
        column("texts", 2, "代码超出", "a code beyond the last", "03 02 01 03 610062 01 00 0002"),
        column("texts", 2, "0 位数字", "numbers of no digits", "04 00 00 00 00"),
        column("texts", 2, "16 位数字", "numbers of 16 digits", "04 00 10 00 00"),
        column("texts", 2, "数字比位数长", "a number with more digits", "04 00 01 00 28"),
        column("texts", 1, "十六进制长度为 0", "hexadecimal of no bytes", "05 00"),
        column("texts", 1, "十六进制长度 101", "hexadecimal of 101 bytes", "05 65" + "00" * 101),
        column("texts", 1, "不是 UTF-8", "not UTF-8", "01 01 ff"),
        column("texts", 1, "代理项", "a surrogate", "01 03 eda080"),
        column("moments", 1, "没有的刻度", "a scale there is not", "02 00"),
        column("moments", 1, "日历之外", "beyond the calendar", "01 8080808080808002"),
        column("phrases", 1, "没有的写法", "a form there is not", "04"),
        column("phrases", 2, "0 个不同的值", "no distinct values", "03 00 00 00"),
    ]


def frames() -> list[Vector]:
    plain = zstandard.ZstdCompressionParameters(format=zstandard.FORMAT_ZSTD1_MAGICLESS)
    whole = zstandard.ZstdCompressor(compression_params=plain).compress(b"x" * 40)
    unsized = zstandard.ZstdCompressionParameters(
        format=zstandard.FORMAT_ZSTD1_MAGICLESS, write_content_size=False
    )
    untold = zstandard.ZstdCompressor(compression_params=unsized).compress(b"x" * 40)
    return [
        vector("frame", "空", "nothing", ""),
        vector("frame", "没有的写法", "a form there is not", "03 00"),
        vector("frame", "不是 zstd", "not zstd", "01 ffffffff"),
        vector("frame", "没有内容长度", "no content size", b"\x01" + untold),
        vector("frame", "声称 4 GB", "4 GB are declared", "01 a0 ffffffff 010000"),
        vector("frame", "窗口大于 8 MB", "a window above 8 MB", "01 80 70 28000000 010000"),
        vector("frame", "断了", "cut short", b"\x01" + whole[:-2]),
        vector("frame", "多出字节", "bytes left over", b"\x01" + whole + b"\0"),
        vector("frame", "没有的字典", "a dictionary that is not here", b"\x02\0\0\0\0" + whole),
    ]


def _summed(data: str) -> bytes:
    raw = bytes.fromhex(data)
    return raw + zlib.crc32(raw).to_bytes(4, "little")


LINE = "01 01 69 01 01 72 00 00 00 00"
"""The columns of one line: id `i`, kind `r`, no name, no points, version 0."""


def pages() -> list[Vector]:
    def page(zh: str, en: str, data: str) -> Vector:
        return vector("page", zh, en, _summed(data))

    long_word = f"01 01 69 01 65 {'72' * 101} 00 00 00 00"
    many = bytearray()
    put_uint(many, 100_001)
    return [
        vector("page", "CRC 不符", "another CRC-32", f"01 00 05 01 02 {LINE} 00000000"),
        page("没有的种类", "a collection there is not", f"0c 00 05 01 02 {LINE}"),
        page("没有的部分", "a part there is not", f"01 03 05 01 02 {LINE}"),
        page("设施的列表页", "a list page of lines", f"01 01 05 01 02 {LINE}"),
        page("行太多", "too many rows", f"01 00 05 {many.hex()}"),
        page("值太多", "more values than a page may come to", "02 00 16 a08d06 00 00"),
        page("负的键", "a negative key", f"01 00 05 01 01 {LINE}"),
        page("缺必需的列", "a needed column is missing", "01 00 01 01 02 01 01 69"),
        page("列不全", "columns cut short", "01 00 05 01 02 01 01 69 01 01"),
        page("空的 id", "an empty id", "01 00 05 01 02 00 01 01 72 00 00 00 00"),
        page("101 字的词", "a word of 101 characters", f"01 00 05 01 02 01 01 69 {long_word[9:]}"),
        page("负的版本", "a negative version", "01 00 05 01 02 01 01 69 01 01 72 00 00 00 01"),
        page(
            "纬度 91",
            "latitude 91",
            "00 00 05 01 02 01 01 69 00 00 00 00 01 00 00 00 b601 00",
        ),
    ]


def patches() -> list[Vector]:
    def patch(zh: str, en: str, data: str) -> Vector:
        return vector("patch", zh, en, f"00 {data}")

    line = f"01 00 05 01 02 {LINE}".replace(" ", "")
    put = f"{len(line) // 2:02x} {line}"
    return [
        patch("不是补丁", "not a patch", f"05 {NO_SUM[3:]} 00 00 00"),
        patch("未定义的标记", "a mark that means nothing", f"01 08 03 652e31 {NOW} 00 00 00"),
        patch("空的 token", "an empty token", f"01 00 00 {NOW} 00 00 00"),
        patch("token 太长", "a token too long", f"01 00 c901 {'61' * 201} {NOW} 00 00 00"),
        patch("断在校验和里", "cut within the sum", f"01 02 03 652e31 {NOW} 0000"),
        patch("断在所问里", "cut within what was asked", f"01 04 03 652e31 {NOW} 0000"),
        patch("同一种类两次", "a collection put twice", f"{NO_SUM} 02 {put} {put} 00 00"),
        patch("没有的种类", "a group of no collection", f"{NO_SUM} 00 01 0c 01 02 02 00 00"),
        patch("负的键", "a negative key", f"{NO_SUM} 00 01 01 01 01 02 00 00"),
        patch("键没有递增", "keys out of order", f"{NO_SUM} 00 01 01 02 00 02 00 02 00"),
        patch("丢弃的键没有递增", "drops out of order", f"{NO_SUM} 00 00 02 11 04 01 00"),
        patch("同一个键两次", "a key twice", f"{NO_SUM} 01 {put} 00 01 02"),
        patch("负的版本", "a negative version", f"{NO_SUM} 00 01 01 01 02 01 00 00"),
        patch("负的丢弃键", "a negative key dropped", f"{NO_SUM} 00 00 01 01"),
        patch("多出字节", "bytes left over", f"{NO_SUM} 00 00 00 00"),
        patch(
            "字段多出字节",
            "bytes left over in a field",
            f"{NO_SUM} 00 01 01 01 02 02 01 01 01 04 01 01 72 00 00",
        ),
        patch(
            "保留的项数为负",
            "fewer than no items are kept",
            f"{NO_SUM} 00 01 02 01 02 02 01 14 01 03 01 01 00 00",
        ),
    ]


KEY, COMMAND = "5e" * 16, "01 02 00 04 69 00"
"""A command's key; an acknowledgement of the incident `i` by nobody."""


def commands() -> list[Vector]:
    def asked(zh: str, en: str, count: str, records: str) -> Vector:
        head = f"00 02 04 65 04 04 63 {count} {KEY * int(count, 16)}"
        return vector("commands", zh, en, f"{head} {records}")

    one = f"02 {NOW}"
    return [
        vector("commands", "不是指令", "not commands", f"00 03 04 65 04 04 63 01 {KEY}"),
        vector("commands", "空的 epoch", "an empty epoch", f"00 02 00 04 04 63 01 {KEY}"),
        vector("commands", "一条也没有", "no commands", "00 02 04 65 04 04 63 00"),
        vector("commands", "二十一条", "twenty-one", "00 02 04 65 04 04 63 15"),
        vector("commands", "fence 大于 2^53", "a fence above 2^53", f"00 02 04 65 {'ff' * 8} 7f"),
        asked("seq 为 0", "a seq of 0", "01", f"00 {NOW} {COMMAND}"),
        asked("没有的指令", "a kind there is not", "01", f"{one} 11 02 00 04 69 00"),
        asked("没有的种类", "a collection there is not", "01", f"{one} 01 0c 00 04 69 00"),
        asked("未定义的标记", "a mark that means nothing", "01", f"{one} 01 02 20 04 69 00"),
        asked("空的对象", "an empty target", "01", f"{one} 01 02 00 00 00"),
        asked("在没有的指令之后", "after one not here", "01", f"{one} 01 02 01 04 69 00 02"),
        asked("正文不是对象", "a body that is no object", "01", f"{one} 01 02 04 04 69 00 02 5b5d"),
        asked("偏差为 0", "an offset of 0", "01", f"{one} 01 02 10 04 69 00 00"),
        asked("多出字节", "bytes left over", "01", f"{one} {COMMAND} 00"),
    ]


def answers() -> list[Vector]:
    none = "04 03046500"  # Results of epoch `e`, none.

    def answer(zh: str, en: str, data: str, patch: str = "") -> Vector:
        inside = f"{len(bytes.fromhex(patch)):02x} {patch}" if patch else ""
        return vector("answer", zh, en, f"00 {data} {inside}")

    return [
        answer("不是答复", "not an answer", f"04 {none} 07 00"),
        answer("里面不是回执", "no results in it", "05 04 02046500 07 00"),
        answer("提示的数大于 2^53", "a hint above 2^53", f"05 {none} {'ff' * 8} 7f 00"),
        answer(
            "变化不全", "changes with more", f"05 {none} 07", f"01 05 0165 {NOW} 00000000 000000"
        ),
        answer("没有所问", "changes since no token", f"05 {none} 07", f"01 00 0165 {NOW} 000000"),
        answer("多出字节", "bytes left over", f"05 {none} 07 00 00"),
        answer("流的提示大于 2^53", "a stream's hint above 2^53", f"06 {none} {'ff' * 8} 7f"),
        answer("提示之后多出字节", "bytes after a stream's hint", f"06 {none} 07 00"),
    ]


def others() -> list[Vector]:
    session = (FOLDER / "session.bin").read_bytes()
    return [
        vector("results", "不是回执", "not results", "00 02 04 65 00"),
        vector("results", "未定义的标记", "a mark that means nothing", "00 03 04 65 01 04 6b 81"),
        vector("results", "回执不全", "results cut short", "00 03 04 65 02 04 6b 01"),
        vector("session", "不是会话", "not a session", "00 05 00 00"),
        vector("session", "会话不是 JSON", "not JSON", "00 04 01 7b 00"),
        vector("session", "首页的 CRC 不符", "another CRC-32", session[:-1] + b"\0"),
    ]


def snapshots() -> list[Vector]:
    head = b'{"magic":"county-desk/1","epoch":"e","token":"e.1","totals":{}}'
    end = b'{"end":true,"rows":0}'
    listed = (FOLDER / "page-list.bin").read_bytes()
    rest = _summed("02 02 05 01 02 00 00 00 00 00 00")

    def snapshot(zh: str, en: str, *sections: tuple[int, bytes], more: bytes = b"") -> Vector:
        raw = bytearray()
        for kind, body in sections:
            raw.append(kind)
            put_uint(raw, len(body))
            raw += body
        return vector("snapshot", zh, en, zstandard.ZstdCompressor().compress(bytes(raw)) + more)

    return [
        vector("snapshot", "不是 zstd", "not zstd", b"<html>"),
        snapshot("没有开头", "no head", (3, end)),
        snapshot("两个开头", "two heads", (1, head), (1, head)),
        snapshot("没有的段", "a section there is not", (1, head), (4, b"")),
        snapshot("结尾不是 JSON", "a trailer that is not JSON", (1, head), (3, b"{")),
        snapshot("没有列出的行的其余", "a rest never listed", (1, head), (2, rest)),
        snapshot("列出的行没有其余", "rows without rest", (1, head), (2, listed), (3, end)),
        snapshot("结尾之后还有", "a section after the trailer", (1, head), (3, end), (3, end)),
    ]


MAKERS: tuple[Callable[[], list[Vector]], ...] = (
    numbers, columns, frames, pages, patches, commands, answers, others, snapshots,
)  # fmt: skip


def vectors() -> list[Vector]:
    """Every vector that must be refused, in the order of the specification."""
    return [each for make in MAKERS for each in make()]


def write() -> None:
    """Write them where they are published."""
    text = json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n"
    FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
