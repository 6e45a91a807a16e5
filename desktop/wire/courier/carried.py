"""What an import is given: bundles as files and on pictures of codes, the oldest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from desktop.protocol.limits import COURIER_PICTURE_BYTES
from desktop.protocol.pictures import NoPicture, is_picture
from desktop.wire.courier.bundle import HEAD_BYTES, read_number
from desktop.wire.courier.code_pictures import NoReader, read_codes
from desktop.wire.courier.codes import CodeError, CodeFault, PartialBundle, read_code

Read = Callable[[int], bytes]
"""Reads at most so many bytes of a file, and one more of a larger one; raises OSError."""


class Carried(NamedTuple):
    """One bundle to take."""

    name: str
    """Of its file, or of its codes."""
    read: Read
    number: int = 0
    """Of the bundle, for the order alone; 0 for what is none: that is told when its turn comes."""


class Remark(NamedTuple):
    """What is to be said of pictures, in Chinese and English."""

    zh: str
    en: str
    is_failure: bool = True
    """Whether something has to be done again."""


WORDS_OF_FAULTS = {
    CodeFault.FOREIGN: ("不是摆渡包的，略过", "is none of a bundle, and passed over"),
    CodeFault.NEWER: (
        "由更新的版本写成，略过：请先升级本机程序",
        "is of a newer version, and passed over: bring this program up to date first",
    ),
    CodeFault.DAMAGED: ("看不清或已损坏，略过", "is blurred or damaged, and passed over"),
}


def find_bundles(files: Iterable[tuple[str, Read]]) -> tuple[list[Carried], list[Remark]]:
    """Return the bundles in files, whole ones on pictures too, and what is to be said of these."""
    found: list[Carried] = []
    remarks: list[Remark] = []
    partial: dict[tuple[str, int], PartialBundle] = {}
    for name, read in files:
        head = _read_head(read)
        if is_picture(head):
            remarks += [_of_file(name, each) for each in _look_at(read, partial)]
        else:
            found.append(Carried(name, read, read_number(head[:HEAD_BYTES])))
    for each in partial.values():
        try:
            whole = _join(each)
        except CodeError:
            remarks.append(_say_missing(each))
        else:
            found.append(whole)
    return sorted(found, key=lambda one: one.number), remarks


def _read_head(read: Read) -> bytes:
    try:
        return read(HEAD_BYTES)
    except OSError:
        return b""


def _look_at(read: Read, partial: dict[tuple[str, int], PartialBundle]) -> list[Remark]:
    """Take the parts on one picture, and return what is to be said of it."""
    try:
        texts, unclear = read_codes(read(COURIER_PICTURE_BYTES))
    except NoPicture as error:
        return [Remark(f"图片读不出（{error}）", f"the picture cannot be read: {error}")]
    except NoReader:
        wanted = "pip install 'county-desk[codes]'"
        return [
            Remark(f"本机没有读二维码的组件：{wanted}", f"reading codes needs: {wanted}"),
        ]
    except OSError as error:
        return [Remark(str(error), str(error))]
    if not texts and not unclear:
        return [
            Remark("图上没有找到二维码：请靠近、对正再拍", "no code found: photograph it closer")
        ]
    # How many are unclear is not said: one code may be found in several ways.
    faults = {CodeFault.DAMAGED} if unclear else set()
    nothing = True
    for text in texts:
        try:
            part = read_code(text)
        except CodeError as error:
            faults.add(error.fault)
            continue
        nothing = False
        known = partial.setdefault((part.mark, part.count), PartialBundle(part.mark, part.count))
        known.take(part)
    return [_say_passed_over(fault, nothing) for fault in CodeFault if fault in faults]


def _join(codes: PartialBundle) -> Carried:
    whole = codes.join()
    number = read_number(whole[:HEAD_BYTES])
    return Carried(f"二维码 / codes {codes.mark[:8]}", lambda _most: whole, number)


def _say_passed_over(fault: CodeFault, nothing: bool) -> Remark:
    """Return what to say of codes; a failure where the picture gave nothing or may lack much."""
    zh, en = WORDS_OF_FAULTS[fault]
    return Remark(f"图上有二维码{zh}", f"a code on it {en}", nothing or fault is CodeFault.NEWER)


def _say_missing(codes: PartialBundle) -> Remark:
    mark, count = codes.mark[:8], codes.count
    if not codes.missing:
        return Remark(
            f"二维码 {mark}：各个合不成一个摆渡包，请重新导出",
            f"codes {mark}: they do not come to one bundle, export it again",
        )
    places = ", ".join(map(str, codes.missing))
    return Remark(
        f"二维码 {mark}：共 {count} 个，还缺第 {places} 个，请补拍后连同已有的一起再导入",
        f"codes {mark}: of {count} these are missing: {places}."
        " Photograph them and import all pictures again",
    )


def _of_file(name: str, remark: Remark) -> Remark:
    return Remark(f"{name}: {remark.zh}", f"{name}: {remark.en}", remark.is_failure)
