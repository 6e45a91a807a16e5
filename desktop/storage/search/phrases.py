"""The phrases of pypinyin, each read when it is asked for.

pypinyin parses all of its 47,000 phrases in one call: the interpreter, and with it the GUI thread,
is held for a tenth of a second, beside other work for a quarter, and 240,000 lists stay.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Self

import msgspec

MODULE = "pypinyin.phrases_dict"

_unread = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_reading = msgspec.json.Decoder(list[list[str]]).decode


class Phrases(dict[str, msgspec.Raw]):
    """The reading of each phrase as it stands in the file, parsed by who asks for it."""

    def __getitem__(self, phrase: str) -> list[list[str]]:  # type: ignore[override]
        return _reading(super().__getitem__(phrase))

    def copy(self) -> Self:
        """Return the same phrases: nobody adds any."""
        return self


def bring_phrases() -> None:
    """Have pypinyin find these phrases when it is imported next, if its file is where it was."""
    if "pypinyin" in sys.modules:
        return
    spec = find_spec("pypinyin")
    file = Path(spec.origin or "").with_name("phrases_dict.json") if spec is not None else None
    if file is not None and file.is_file():
        module = ModuleType(MODULE)
        vars(module)["phrases_dict"] = Phrases(_unread(file.read_bytes()))
        sys.modules[MODULE] = module
