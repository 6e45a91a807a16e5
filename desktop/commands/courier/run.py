"""One run of `county-desk courier` on an opened desk: pair, write bundles, read receipts."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from desktop import bootstrap
from desktop.application.courier.county_data import DataTaken, Unfit
from desktop.application.export import rows_table
from desktop.application.export.outgoing import plain
from desktop.application.i18n import Words
from desktop.application.ports import SourceError
from desktop.commands.courier.desk import CourierDesk
from desktop.commands.courier.files import HERE, work_through
from desktop.commands.options import Lines, find_county
from desktop.domain.courier import BundleRefused
from desktop.domain.localized_text import Text
from desktop.protocol.fingerprint import read_fingerprint
from desktop.storage.files.bundle_file import write_verified

UNCONFIRMED = 3
WENT_BACK = Text(
    "县平台恢复过数据：它可能丢失的指令重新待发，请再写一个摆渡包。",
    "The county's data was restored: what it may have lost waits again, so write another bundle.",
)
WHY_UNFIT = {
    Unfit.ACCOUNT: Text("属于另一个账号。", "it is another account's."),
    Unfit.EPOCH: Text(
        "属于县平台恢复数据之前。", "it is from before the county's data was restored."
    ),
    Unfit.OLDER: Text("本机现有的一样新或更新。", "what is here is as new, or newer."),
    Unfit.GAP: Text(
        "接不上本机现有的；再写一个摆渡包，它的回执就接得上。",
        "it does not follow what is here; the receipt of another bundle will.",
    ),
}


class CourierRun:
    """One run on one opened desk, its lines told to whoever asked for it."""

    def __init__(
        self,
        desk: bootstrap.Desk,
        options: argparse.Namespace,
        words: Words,
        lines: Lines,
        base: Path = HERE,
    ) -> None:
        """`base` is where names of files in the options begin."""
        self._desk, self._options, self._words = desk, options, words
        self._lines, self._base = lines, base

    def run(self) -> int:
        """Do it; 0 done, 1 refused or failed, 2 wrong use, 3 a fingerprint to compare."""
        desk = self._desk
        source = find_county(desk.profile, self._options.source, self._words, self._lines)
        if source is None:
            return 2
        self._source, self._courier = source, CourierDesk(desk, source)
        actions: dict[str, Callable[[], int]] = {
            "pair": self._pair,
            "export": self._export,
            "import": self._import_all,
        }
        try:
            return actions[self._options.action]()
        except BundleRefused as refused:
            self._complain(refused.why)
        except OSError as error:
            self._lines.complain(str(error))
        return 1

    def _pair(self) -> int:
        if self._options.county is not None:
            return self._end_pairing()
        line, fingerprint = self._courier.begin_pairing(self._options.office)
        if self._options.to is not None:
            write_verified(self._base / self._options.to, line.encode() + b"\n")
        self._lines.say(line)
        self._say(f"本值守点的指纹：{fingerprint}", f"Fingerprint of this office: {fingerprint}")
        return 0

    def _end_pairing(self) -> int:
        file = self._base / self._options.county
        fingerprint = self._courier.read_pairing(file)
        if read_fingerprint(self._options.fingerprint or "") != fingerprint:
            self._complain(
                Text(
                    f"县平台的指纹：{fingerprint}。请与县里核对，相符再用 --fingerprint 写出。",
                    f"Fingerprint of the county: {fingerprint}. Compare it with the county; if it"
                    " is the same say it with --fingerprint.",
                )
            )
            return UNCONFIRMED
        self._courier.end_pairing(file)
        self._say("已配对。", "Paired.")
        return 0

    def _export(self) -> int:
        if self._options.codes is not None:
            return self._export_codes(self._options.codes)
        file: Path = self._options.file
        done = self._courier.export(self._base / file, data=not self._options.no_data)
        self._say(
            f"已写入并核对 {file}：摆渡包 {done.number}，文件 {done.bundles} 个，"
            f"指令 {done.commands} 条，附件 {done.files} 个；另有 {done.left} 条留在本机。"
            "收到回执之前都不算送达。",
            f"Written and read back {file}: bundle {done.number} in {done.bundles} files, with"
            f" {done.commands} commands and {done.files} attached files; {done.left} commands stay"
            " here. Nothing has arrived until a receipt says so.",
        )
        return 0

    def _export_codes(self, folder: Path) -> int:
        done = self._courier.export_codes(self._base / folder)
        self._say(
            f"已写入并核对 {folder}：摆渡包 {done.number} 的二维码，一页可打印，另每码一张图片；"
            f"指令 {done.commands} 条，不带附件；另有 {done.left} 条留在本机。"
            "收到回执之前都不算送达。",
            f"Written and read back {folder}: codes of bundle {done.number} as a page to print and"
            f" a picture each, with {done.commands} commands and no files; {done.left} commands"
            " stay here. Nothing has arrived until a receipt says so.",
        )
        return 0

    def _import_all(self) -> int:
        files, base = self._options.files, self._base
        return work_through(files, self._import, self._words, self._lines, base)

    def _import(self, file: str, content: bytes) -> None:
        done = self._courier.take(content)
        self._say(
            f"{file}: 摆渡包 {done.number} 的回执：指令有答复 {done.answers} 条，"
            f"附件收齐 {done.files} 个。",
            f"{file}: receipt of bundle {done.number}: {done.answers} commands answered,"
            f" {done.files} files whole at the county.",
        )
        if done.went_back:
            self._say(*(f"{file}: {each}" for each in (WENT_BACK.zh, WENT_BACK.en)))
        if done.data is not None:
            self._tell_data(file, done.data)

    def _tell_data(self, file: str, data: DataTaken) -> None:
        at = rows_table.time_text(data.made_at, self._desk.zone)
        if data.problem is not None:
            raise SourceError(data.problem)
        if data.unfit is not None:
            why = WHY_UNFIT[data.unfit]
            self._say(
                f"{file}: 其中的县级数据（{at}）没有采用：{why.zh}",
                f"{file}: its county data of {at} was not used: {why.en}",
            )
            return
        self._say(
            f"{file}: 县级数据更新到 {at}，变动 {data.rows} 行。",
            f"{file}: county data as of {at}, {data.rows} rows changed.",
        )

    def _say(self, zh: str, en: str) -> None:
        self._lines.say(plain(zh if self._words.chinese else en))

    def _complain(self, why: Text) -> None:
        self._lines.complain(why.in_language(self._words.language))
