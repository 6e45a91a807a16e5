"""Level 2 of the county API: the same values as level 1 in far fewer bytes.

Pure functions on bytes and level 1 Structs; `resources/county-api/level2.md` says what
every byte means. Whatever the bytes, they raise nothing but WireError and never unpack
more than they were allowed.
"""

from __future__ import annotations

from desktop.wire.level2.answer import ChangesSince, FullResults, decode_answer, encode_answer
from desktop.wire.level2.commands import (
    decode_commands,
    decode_results,
    encode_commands,
    encode_results,
)
from desktop.wire.level2.cursor import WireError
from desktop.wire.level2.frames import Frames, UnknownDictionary, dictionary_name
from desktop.wire.level2.hints import Hint, HintReader, HintWriter
from desktop.wire.level2.pages import Keyed, Page, decode_page, encode_page
from desktop.wire.level2.patch import (
    FieldPatch,
    Grown,
    Patch,
    apply_patch,
    decode_patch,
    encode_patch,
    name_asked,
    store_patch,
)
from desktop.wire.level2.schema import LIST_FIELDS
from desktop.wire.level2.session import decode_session, encode_session
from desktop.wire.level2.snapshot import SnapshotDecoder, SnapshotEncoder

MEDIA = "application/vnd.cd2"
"""Media type of everything here, in `Accept` and `Content-Type`."""

__all__ = [
    "LIST_FIELDS",
    "MEDIA",
    "ChangesSince",
    "FieldPatch",
    "Frames",
    "FullResults",
    "Grown",
    "Hint",
    "HintReader",
    "HintWriter",
    "Keyed",
    "Page",
    "Patch",
    "SnapshotDecoder",
    "SnapshotEncoder",
    "UnknownDictionary",
    "WireError",
    "apply_patch",
    "decode_answer",
    "decode_commands",
    "decode_page",
    "decode_patch",
    "decode_results",
    "decode_session",
    "dictionary_name",
    "encode_answer",
    "encode_commands",
    "encode_page",
    "encode_patch",
    "encode_results",
    "encode_session",
    "name_asked",
    "store_patch",
]
