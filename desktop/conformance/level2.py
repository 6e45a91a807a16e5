"""Rules of level 2: its bytes read strictly, and the same values as at level 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from desktop.conformance.caller import Caller, excerpt
from desktop.conformance.changes import MOST_PAGES, ROUNDS, ChangesReader, changes_path
from desktop.conformance.findings import Blocked, Plain
from desktop.conformance.held import as_values, comparable
from desktop.conformance.line import Response
from desktop.conformance.session import Opened, ask_session
from desktop.protocol.checksum import MODULUS, UNCOUNTED, bucket, weight
from desktop.wire.level1 import COLLECTIONS, MAGIC, Session, SnapshotHead, SnapshotTrailer
from desktop.wire.level2 import (
    MEDIA,
    FieldPatch,
    Frames,
    Page,
    SnapshotDecoder,
    WireError,
    apply_patch,
    decode_patch,
    decode_session,
    name_asked,
)

ACCEPT = {"Accept": MEDIA}
MOST_BYTES = 512 * 1024 * 1024
TRIES = 5
DOUBTFUL = ("rows_shape", "rows_words", "rows_ids", "changes_rows", "snapshot_sum")
"""Rules whose failure makes level 1's rows unfit to compare those of level 2 with."""
SAME = ("epoch", "county", "collections", "townships", "account", "drill", "sums", "server")
T = TypeVar("T")


class Compact:
    """Tries level 2 of one server and compares it with level 1."""

    def __init__(self, caller: Caller, session: Opened, dictionaries: Mapping[str, bytes]) -> None:
        self._caller = caller
        self._report = caller.report
        self._plain = session
        self._dictionaries = dictionaries
        self.frames = Frames(dictionaries)
        self.rows: dict[int, tuple[str, Any]] = {}
        """By row number, the collection and the row."""
        self._token = ""
        self._snapshot = ""

    def open(self) -> bool:
        """Open a session at level 2 and judge it; return whether the server has level 2."""
        names = list(self._dictionaries)
        nonce, answer = ask_session(self._caller, self._plain.client, ACCEPT, dictionaries=names)
        if answer.status != 200 or answer.media_type != MEDIA:
            return False
        session, first = self._decode(
            "level2_session", answer, lambda: decode_session(answer.body, self.frames)
        )
        judge, told = self._report.judge, {"request": f"{answer.request} ({MEDIA})"}
        judge(
            "level2_nonce", (session.magic, session.nonce) == (MAGIC, nonce), path="$.nonce",
            expected=[MAGIC, nonce], got=[session.magic, session.nonce], **told,
        )  # fmt: skip
        self._agree(session, told)
        judge(
            "level2_session", session.dictionary in ("", *names), path="$.dictionary",
            expected=Plain(" | ".join(names) or "-"), got=session.dictionary, **told,
        )  # fmt: skip
        self.frames = self.frames.using(session.dictionary)
        self._snapshot = session.snapshot
        if first is not None:
            judge(
                "level2_session", first.collection == "incidents" and len(first.rows) <= 20,
                path="first page", expected=Plain("≤ 20 incidents"),
                got=Plain(f"{len(first.rows)} {first.collection}"), **told,
            )  # fmt: skip
        return True

    def _agree(self, session: Session, told: dict[str, str]) -> None:
        """Judge that the sessions of both levels describe the server alike."""
        ours: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(session))
        if self._report.has_failed("session_same") or self._report.has_failed("session_shape"):
            self._report.leave(["level2_agrees"], "because", "session_same")
            return
        told_wrong = self._report.has_failed("session_collections")
        for name in SAME:
            if name == "collections" and told_wrong:
                continue
            default = {"drill": False, "sums": False, "account": "", "server": ""}.get(name)
            one, other = self._plain.told.get(name, default), ours.get(name, default)
            self._report.judge(
                "level2_agrees", one == other, path=f"$.{name}", expected=one, got=other, **told
            )

    def _decode(self, rule: str, answer: Response, decode: Callable[[], T]) -> T:
        """Decode an answer; if it is not level 2, report the decoder's reason and raise Blocked."""
        self._report.judge(
            "level2_media", "content-encoding" not in answer.headers, request=answer.request,
            path="Content-Encoding", expected=Plain("-"),
            got=answer.headers.get("content-encoding", ""),
        )  # fmt: skip
        if answer.media_type != MEDIA and self._report.has_failed("line_media"):
            raise Blocked("line_media")
        self._report.need(
            "level2_media", answer.media_type == MEDIA, request=answer.request,
            path="Content-Type", expected=Plain(MEDIA),
            got=Plain(f"{answer.status} {answer.media_type or '-'}: {excerpt(answer.body)}"),
        )  # fmt: skip
        try:
            found = decode()
        except WireError as error:
            self._report.need(
                rule, False, request=answer.request, path=Plain(f"{len(answer.body)} B"),
                expected=Plain("level2.md"), got=Plain(str(error)),
            )  # fmt: skip
            raise
        self._report.judge(rule, True)
        return found

    def read_snapshot(self) -> None:
        """Read and judge the level 2 snapshot; its rows are kept by row number."""
        answer = self._caller.ask("GET", self._snapshot, ACCEPT)
        self._caller.require("level2_snapshot", answer, 200)
        decoder = SnapshotDecoder(MOST_BYTES)
        sections = self._decode("level2_snapshot", answer, lambda: decoder.feed(answer.body))
        told = {"request": answer.request}
        self._report.need(
            "level2_snapshot", decoder.ended, path="-", expected=Plain("head, pages, trailer"),
            got=Plain(f"{len(sections)} sections, no trailer"), **told,
        )  # fmt: skip
        head, trailer = sections[0], sections[-1]
        assert isinstance(head, SnapshotHead)
        assert isinstance(trailer, SnapshotTrailer)
        known = not (
            self._report.has_failed("session_same") or self._report.has_failed("session_shape")
        )
        epoch = self._plain.get("epoch") if known else head.epoch
        self._report.judge(
            "level2_snapshot", (head.magic, head.epoch) == (MAGIC, epoch),
            path="head", expected=[MAGIC, epoch], got=[head.magic, head.epoch],
            **told,
        )  # fmt: skip
        self._token = head.token
        self._pages([each for each in sections if isinstance(each, Page)], told)
        self._report.judge(
            "level2_count", trailer.rows == len(self.rows), path="trailer.rows",
            expected=len(self.rows), got=trailer.rows, **told,
        )  # fmt: skip
        if trailer.sum is None and not self._plain.get("sums"):
            self._report.leave(["level2_sum", "level2_patch_sum"], "no_sums")
            return
        self._report.judge(
            "level2_sum", trailer.sum == self.sum, path="trailer.sum", expected=self.sum,
            got=trailer.sum, **told,
        )  # fmt: skip

    def _pages(self, pages: list[Page], told: dict[str, str]) -> None:
        ids: set[tuple[str, str, str]] = set()
        for page in pages:
            for keyed in page.rows:
                kind = keyed.row.kind if page.collection == "trends" else ""
                again = keyed.key in self.rows and page.part != "rest"
                name = (page.collection, kind, keyed.row.id)
                self._report.judge(
                    "level2_keys", not again and (name not in ids or page.part == "rest"),
                    path=f"{page.collection}/{keyed.row.id}",
                    expected=Plain("a number and an id of its own"), got=keyed.key, **told,
                )  # fmt: skip
                ids.add(name)
                self.rows[keyed.key] = (page.collection, keyed.row)

    @property
    def sum(self) -> str:
        """The sum of the rows held."""
        total = sum(
            weight(name, row.id, row.version)
            for name, row in self.rows.values()
            if name not in UNCOUNTED
        )
        return f"{total % MODULUS:016x}"

    def compare(self, reader: ChangesReader) -> None:
        """Judge that rows of the same version have the same values at both levels."""
        if any(map(self._report.has_failed, DOUBTFUL)):
            self._report.leave(["level2_rows"], "rows_missing")
            return
        for name, row in self.rows.values():
            if name in UNCOUNTED:
                continue
            plain = reader.held.get(name, row.id)
            if plain is None or plain.get("version", 0) != row.version:
                continue
            one, other = as_values(name, plain), comparable(row)
            if one is None:
                continue
            differing = [
                field
                for field, mine, theirs in zip(
                    COLLECTIONS[name].__struct_fields__, one[1:], other[1:], strict=True
                )
                if mine != theirs
            ]
            self._report.judge(
                "level2_rows", not differing, request=f"{self._snapshot} ({MEDIA})",
                path=f"{name}/{row.id}: {', '.join(differing)}",
                expected=[plain.get(field) for field in differing],
                got=[str(getattr(row, field)) for field in differing],
            )  # fmt: skip

    def follow(self) -> None:
        """Apply and judge patches until nothing is new, comparing their checksums."""
        rounds = pages = 0
        while rounds < ROUNDS and pages < MOST_PAGES:
            path = changes_path(self._token)
            if self.frames.use:
                path += f"&d={self.frames.use}"
            answer = self._caller.ask("GET", path, ACCEPT)
            if answer.status == 204:
                self._report.judge("level2_quiet", True)
                return
            if answer.status >= 400 and self._report.has_failed("token_again"):
                raise Blocked("token_again")
            self._caller.require("level2_patch", answer, 200, 204)
            more = self._patch(answer)
            rounds, pages = rounds + (not more), pages + 1
        self._report.leave(["level2_quiet"], "always_new")

    def _patch(self, answer: Response) -> bool:
        patch = self._decode("level2_patch", answer, lambda: decode_patch(answer.body, self.frames))
        asked = name_asked(self._token)
        self._report.judge(
            "level2_patch", patch.asked == asked, request=answer.request, path="asked",
            expected=f"{asked:08x}", got=None if patch.asked is None else f"{patch.asked:08x}",
        )  # fmt: skip
        for name, rows in patch.puts.items():
            for keyed in rows:
                before = self.rows.get(keyed.key)
                self._report.judge(
                    "level2_patch_keys",
                    before is None or (before[0], before[1].id) == (name, keyed.row.id),
                    request=answer.request, path=f"puts {name}/{keyed.row.id}",
                    expected=Plain("a number of its own"), got=keyed.key,
                )  # fmt: skip
                self.rows[keyed.key] = (name, keyed.row)
        for each in patch.patches:
            self._grow(answer, each)
        for key in patch.drops:
            self.rows.pop(key, None)
        if patch.token == self._token:
            raise Blocked("changes_progress")
        self._token = patch.token
        if not patch.more and patch.sum is not None:
            self._report.judge(
                "level2_patch_sum", f"{patch.sum:016x}" == self.sum, request=answer.request,
                path="sum", expected=self.sum, got=f"{patch.sum:016x}",
            )  # fmt: skip
        return patch.more

    def _grow(self, answer: Response, patch: FieldPatch) -> None:
        """Apply a field patch to a row that is held."""
        name, row = self.rows.get(patch.key, ("", None))
        if not self._report.judge(
            "level2_patch_keys", name == patch.collection, request=answer.request,
            path=f"patches {patch.collection}", expected=Plain("a number that was told before"),
            got=patch.key,
        ):  # fmt: skip
            return
        try:
            self.rows[patch.key] = (name, apply_patch(row, patch))
        except WireError as error:
            self._report.judge(
                "level2_patch", False, request=answer.request, path=f"{name}/{row.id}",
                expected=Plain("level2.md, 6"), got=Plain(str(error)),
            )  # fmt: skip

    def judge_buckets(self) -> None:
        """Judge, while nothing changes, that a bucket is a patch of puts with all its rows."""
        for _ in range(TRIES):
            self.follow()
            counted = [(n, r) for n, r in self.rows.values() if n not in UNCOUNTED]
            number = bucket(counted[0][0], counted[0][1].id) if counted else 0
            more = self._plain.counted
            asked = f"/v1/buckets?n={number}" + (f"&{more}" if more else "")
            answer = self._caller.ask("GET", asked, ACCEPT)
            self._caller.require("level2_buckets", answer, 200)
            if self._caller.ask("GET", changes_path(self._token), ACCEPT).status == 204:
                wanted = {(name, row.id) for name, row in counted if bucket(name, row.id) == number}
                self._judge_bucket(answer, wanted)
                return
        self._report.leave(["level2_buckets"], "always_new")

    def _judge_bucket(self, answer: Response, wanted: set[tuple[str, str]]) -> None:
        patch = self._decode(
            "level2_buckets", answer, lambda: decode_patch(answer.body, self.frames)
        )
        found = {
            (name, keyed.row.id)
            for name, rows in patch.puts.items()
            for keyed in rows
            if name not in UNCOUNTED
        }
        bare = not patch.patches and not patch.drops and patch.sum is not None
        self._report.judge(
            "level2_buckets", found == wanted and bare, request=answer.request, path="puts",
            expected=sorted(wanted), got=sorted(found),
        )  # fmt: skip
