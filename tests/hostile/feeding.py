"""Feeds one parser in this process, and tells a file what was seen of it so far.

Nothing of the program is imported before its time: what leads the inputs counts the branches
of each module as it is imported.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from hostile.watch import Watch

LONGEST = 4_096
"""Of a guided input, unless a sample is longer: long ones are read slowly."""
NATIVE_HANG_S = 120
"""After that long in one input the library ends the run. Ours, a watch of the processor's time,
is sooner wherever Python runs, so this is for what never comes back to it. Not 0, which is not
"never": it is compared with whole seconds of the clock on the wall once a second, and an input
that is being read as that second changes ends the run."""
TELL_EACH_S = 2.0
TELL_EACH = 64


class Enough(BaseException):
    """So many inputs were wanted, and have been read."""


class Told:
    """Feeds a watch until it is enough, and keeps in a file how far it is."""

    def __init__(self, watch: Watch, wanted: int, file: Path) -> None:
        self.watch, self._wanted, self._file = watch, wanted, file
        self._told_s = time.monotonic()

    def feed(self, body: bytes) -> None:
        """Read one input; Enough when it was the last."""
        self.watch.feed(body)
        count = self.watch.seen.inputs
        if count >= self._wanted:
            self.watch.look()
            self.tell()
            raise Enough
        if count % TELL_EACH == 0 and time.monotonic() - self._told_s > TELL_EACH_S:
            self.tell()

    def tell(self) -> None:
        """Write what was seen so that whoever looks never finds half of it."""
        beside = self._file.with_name(self._file.name + ".new")
        beside.write_bytes(msgspec.msgpack.encode(self.watch.seen))
        beside.replace(self._file)
        self._told_s = time.monotonic()


def feed(way: str, name: str, wanted: int, seed: int, file: Path) -> None:
    """Feed the parser of that name so many inputs, made or led that way."""
    how: dict[str, Callable[[str, int, int, Path], None]] = {
        "hypothesis": _generated,
        "atheris": _guided,
    }
    how[way](name, wanted, seed, file)


def flags(seed: int, samples: Sequence[bytes], finds: Path) -> list[str]:
    """What the library is told; it leaves the input that ends it among the finds."""
    longest = max(LONGEST, 2 * max(map(len, samples)))
    return [
        f"-seed={seed}", f"-max_len={longest}", f"-timeout={NATIVE_HANG_S}",
        "-rss_limit_mb=0",  # The watch has a measure of its own, for each input.
        f"-artifact_prefix={finds}{os.sep}",
    ]  # fmt: skip


def _generated(name: str, wanted: int, seed: int, file: Path) -> None:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    from hostile.inputs import hostile
    from hostile.parsers import PARSERS
    from hostile.watch import Watch

    told = Told(Watch(PARSERS[name]), wanted, file)

    @seeded(seed)
    @settings(
        max_examples=wanted, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(hostile(told.watch.parser.samples))
    def give(bodies: list[bytes]) -> None:
        for body in bodies:
            told.feed(body)

    with suppress(Enough):
        give()
        told.watch.look()
        told.tell()


def _guided(name: str, wanted: int, seed: int, file: Path) -> None:
    import atheris

    with atheris.instrument_imports(include=["desktop"]):
        from hostile.parsers import PARSERS
    from hostile.inputs import changed
    from hostile.watch import Watch

    told = Told(Watch(PARSERS[name]), wanted, file)

    def give(body: bytes) -> None:
        try:
            told.feed(body)
        except Enough:
            os._exit(0)  # The library never comes back by itself.

    samples = told.watch.parser.samples

    def change(body: bytes, longest: int, seed: int) -> bytes:
        # Half of them as the other way does, for bytes alone seldom leave sound JSON or XML.
        chance = random.Random(seed)
        if chance.random() < 0.5:
            return atheris.Mutate(body, longest)
        return changed((body, *samples), 0, [chance.getrandbits(56)])[-1][:longest]

    with tempfile.TemporaryDirectory() as folder:
        for number, sample in enumerate(samples):
            (Path(folder) / str(number)).write_bytes(sample)
        atheris.Setup(
            [sys.argv[0], *flags(seed, samples, file.parent), folder], give, custom_mutator=change
        )
        atheris.Fuzz()
