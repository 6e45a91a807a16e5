"""The published test vectors of level 2: level2_vectors.py writes them anew.

Nothing else writes them: a change of theirs is a change of the format. Each is a pair of
files, `NAME.json` with the values and `NAME.bin` with the bytes; `columns.json` and
`sums.json` hold both.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from desktop.protocol import checksum  # noqa: E402 - needs the path above
from desktop.wire import level1, level2  # noqa: E402
from desktop.wire.level2 import (  # noqa: E402
    FieldPatch,
    Frames,
    Grown,
    HintWriter,
    Keyed,
    Page,
    Patch,
    SnapshotDecoder,
    SnapshotEncoder,
    columns,
)
from desktop.wire.level2.column_types import Moments, Phrases  # noqa: E402
from desktop.wire.level2.cursor import Cursor  # noqa: E402

FOLDER = ROOT / "resources" / "county-api" / "vectors"
DICTIONARIES = ROOT / "resources" / "county-api" / "dictionaries"
MOST = 1 << 20
Value = Any
"""What a vector's JSON file holds."""


class Stored(Frames):
    """Packs without compression, so that the bytes do not hang on a version of zstd."""

    def pack(self, raw: bytes) -> bytes:
        return b"\0" + raw


STORED = Stored()


def page_value(page: Page) -> Value:
    """A page as JSON."""
    return plain({"collection": page.collection, "part": page.part, "rows": page.rows})


def page_bytes(value: Value) -> bytes:
    """A page as bytes."""
    return level2.encode_page(value["collection"], _keyed(value), value["part"])


def patch_value(patch: Patch) -> Value:
    """A patch as JSON, its sum in hexadecimal digits."""
    told: Value = plain(patch)
    told["sum"] = None if patch.sum is None else f"{patch.sum:016x}"
    told["asked"] = None if patch.asked is None else f"{patch.asked:08x}"
    return told


def patch_bytes(value: Value) -> bytes:
    """A patch as bytes."""
    puts = {
        name: tuple(_keyed({"collection": name, "rows": rows}))
        for name, rows in value["puts"].items()
    }
    patches = tuple(
        FieldPatch(each["collection"], each["key"], each["version"], _changes(each))
        for each in value["patches"]
    )
    told = msgspec.convert(value["server_time"], level1.Moment)
    total = None if value["sum"] is None else int(value["sum"], 16)
    asked = None if value["asked"] is None else int(value["asked"], 16)
    drops = tuple(value["drops"])
    patch = Patch(value["token"], value["more"], told, total, puts, patches, drops, asked)
    return level2.encode_patch(patch, STORED)


def _changes(value: Value) -> dict[str, Any]:
    hints = get_type_hints(level1.COLLECTIONS[value["collection"]], include_extras=True)
    found: dict[str, Any] = {}
    for name, new in value["changes"].items():
        if isinstance(new, dict) and "keep" in new:
            found[name] = Grown(new["keep"], msgspec.convert(new["items"], hints[name]))
        else:
            found[name] = msgspec.convert(new, hints[name])
    return found


def _keyed(value: Value) -> list[Keyed]:
    type_ = level1.COLLECTIONS[value["collection"]]
    return [Keyed(each["key"], msgspec.convert(each["row"], type_)) for each in value["rows"]]


def commands_bytes(value: Value) -> bytes:
    """Commands as bytes; an empty client is level 2's own."""
    client = value["client"]
    asked = msgspec.convert(value | {"client": client or "-"}, level1.Commands)
    return level2.encode_commands(msgspec.structs.replace(asked, client=client), STORED)


def results_bytes(value: Value) -> bytes:
    """Results as bytes; a row shown stands in them as JSON text."""
    return level2.encode_results(
        msgspec.json.decode(json.dumps(value, ensure_ascii=False), type=level1.CommandResults),
        STORED,
    )


def answer_bytes(value: Value) -> bytes:
    """An answer as bytes: results, and the changes since a token or what hint brings them."""
    results = level2.decode_results(results_bytes(value["results"]), STORED)
    if "patch" not in value:
        return level2.encode_answer(level2.FullResults(results, streamed=value["hint"]), STORED)
    patch = value["patch"] and level2.decode_patch(patch_bytes(value["patch"]), STORED)
    answer = level2.FullResults(results, level2.ChangesSince(value["hint"], patch))
    return level2.encode_answer(answer, STORED)


def answer_value(data: bytes) -> Value:
    """An answer as JSON."""
    answer = level2.decode_answer(data, STORED)
    if answer.streamed is not None:
        return {"results": plain(answer.results), "hint": answer.streamed}
    assert answer.changes is not None
    patch = answer.changes.patch
    told = {"hint": answer.changes.hint, "patch": patch and patch_value(patch)}
    return {"results": plain(answer.results), **told}


def session_bytes(value: Value) -> bytes:
    """A session with its first page as bytes."""
    session = msgspec.convert(value["session"], level1.Session)
    first = b"" if value["page"] is None else page_bytes(value["page"])
    return level2.encode_session(session, first, STORED)


def session_value(data: bytes) -> Value:
    """A session with its first page as JSON."""
    session, page = level2.decode_session(data, STORED)
    return {"session": plain(session), "page": page and page_value(page)}


def snapshot_bytes(value: Value) -> bytes:
    """A snapshot as bytes; another zstd may write others that mean the same."""
    encoder = SnapshotEncoder()
    whole = encoder.head(msgspec.convert(value["head"], level1.SnapshotHead))
    for page in value["pages"]:
        whole += encoder.page(page["collection"], _keyed(page), page["part"])
    return whole + encoder.trailer(msgspec.convert(value["trailer"], level1.SnapshotTrailer))


def snapshot_value(data: bytes) -> Value:
    """A snapshot as JSON: the pages as a reader gets them, those of `rest` with whole rows."""
    head, *pages, trailer = SnapshotDecoder(MOST).feed(data)
    told = [page_value(page) for page in pages if isinstance(page, Page)]
    return {"head": plain(head), "pages": told, "trailer": plain(trailer)}


def plain(value: Any) -> Value:
    """Structs as JSON shows them."""
    return json.loads(msgspec.json.encode(value))


Pair = tuple[Callable[[Value], bytes], Callable[[bytes], Value]]
MESSAGES: dict[str, Pair] = {
    "page": (page_bytes, lambda data: page_value(level2.decode_page(data))),
    "patch": (patch_bytes, lambda data: patch_value(level2.decode_patch(data, STORED))),
    "commands": (commands_bytes, lambda data: plain(level2.decode_commands(data, STORED))),
    "results": (results_bytes, lambda data: plain(level2.decode_results(data, STORED))),
    "answer": (answer_bytes, answer_value),
    "session": (session_bytes, session_value),
    "snapshot": (snapshot_bytes, snapshot_value),
}
"""How the vectors of a kind are written and read; a file is called KIND or KIND-SOMETHING."""


def column_hex(column: str, values: list[Any]) -> str:
    """One column's bytes."""
    out = bytearray()
    match column:
        case "ints":
            columns.put_ints(out, values)
        case "flags":
            columns.put_flags(out, values)
        case "decimals":
            columns.put_decimals(out, values)
        case "texts":
            columns.put_texts(out, values)
        case "moments":
            Moments().put(out, msgspec.convert(values, list[level1.Moment]))
        case "phrases":
            Phrases().put(out, msgspec.convert(values, list[level1.AnyPhrase]))
    return out.hex()


def column_values(column: str, data: bytes, count: int) -> list[Any]:
    """One column's values."""
    cursor = Cursor(data)
    found: Any
    match column:
        case "ints":
            found = columns.take_ints(cursor, count)
        case "flags":
            found = columns.take_flags(cursor, count)
            found = [True] * count if found is None else found
        case "decimals":
            found = columns.take_decimals(cursor, count)
        case "texts":
            found = columns.take_texts(cursor, count, level1.MAX_TEXT)
        case "moments":
            found = Moments().take(cursor, count)
        case _:
            found = Phrases().take(cursor, count)
    cursor.end()
    return list(plain(found))


def sums_value(said: Value) -> Value:
    """The sums of some ids, and of all of them together."""
    rows = [
        {
            "collection": each["collection"],
            "id": each["id"],
            "version": each["version"],
            "weight": f"{checksum.weight(each['collection'], each['id'], each['version']):016x}",
            "bucket": checksum.bucket(each["collection"], each["id"]),
        }
        for each in said["rows"]
    ]
    total = sum(int(each["weight"], 16) for each in rows) % checksum.MODULUS
    return {"rows": rows, "sum": f"{total:016x}"}


def show(path: Path, value: Value) -> None:
    """Write JSON as people read it."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write() -> None:
    """Write every `.bin` from its `.json`, and what the others hold beside their values."""
    for path in sorted(FOLDER.glob("*.json")):
        kind = path.stem.partition("-")[0]
        if kind not in {*MESSAGES, "columns", "sums", "frames", "hints"}:
            continue  # Other programs have them; to those of `refused` no values come.
        value = json.loads(path.read_text(encoding="utf-8"))
        if path.stem == "columns":
            for each in value:
                each["bytes"] = column_hex(each["column"], each["values"])
            show(path, value)
        elif path.stem == "sums":
            show(path, sums_value(value))
        elif path.stem == "frames":
            _write_frames(path, value)
        elif path.stem == "hints":
            _write_hints(path, value)
        else:
            written, _ = MESSAGES[kind]
            path.with_suffix(".bin").write_bytes(written(value))


def known_dictionaries() -> dict[str, bytes]:
    """The published dictionaries by their names."""
    return {each.stem: each.read_bytes() for each in DICTIONARIES.glob("*.dict")}


def _write_hints(path: Path, value: Value) -> None:
    known = known_dictionaries()
    for each in value:
        writer = HintWriter(Frames(known, use=each["dictionary"]))
        records = ((told["number"], bytes.fromhex(told["page"])) for told in each["hints"])
        each["stream"] = b"".join(writer.write(*record) for record in records).hex()
    show(path, value)


def _write_frames(path: Path, value: Value) -> None:
    known = known_dictionaries()
    name = next(iter(known))
    message = bytes.fromhex(value[0]["message"])
    forms = {"stored": STORED, "zstd": Frames(), "dictionary": Frames(known, use=name)}
    show(
        path,
        [
            {"form": form, "frame": frames.pack(message).hex(), "message": message.hex()}
            for form, frames in forms.items()
        ],
    )


if __name__ == "__main__":
    write()
