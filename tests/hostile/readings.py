"""What was seen of each parser: its line, its judgement, and the file a run goes on from."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import msgspec

from hostile.watch import GREW_MB, Worst, name_of

LIMIT_MS, LIMIT_MB = 500.0, 64.0
"""What one input may cost, by the project's own figures."""
TOLD = "told"
SHOWN = 600
HEAD = f"{'parser':24}{'by':>11}{'inputs':>9}{'taken':>9}{'worst ms':>10}{'worst MB':>10}  faults"


class Reading(msgspec.Struct):
    """One parser read one way."""

    name: str
    way: str
    seen: Worst
    died: str = ""
    """The last that its process said, when that ended without having read all."""

    @property
    def bad(self) -> bool:
        """Whether anything broke, hung, killed the process or cost more than it may."""
        return bool(self.finds or self.died)

    @property
    def finds(self) -> dict[str, bytes]:
        """The inputs that are to be mended, by what they did."""
        found = {**self.seen.broke}
        if self.seen.ms > LIMIT_MS:
            found["slow"] = self.seen.slowest
        if self.seen.mb > LIMIT_MB:
            found["large"] = self.seen.largest
        return found

    @property
    def last_words(self) -> str:
        """The one line of what a process said in its end that says why."""
        said = self.died.splitlines()
        return next((line for line in said if line.startswith("SUMMARY: ")), said[-1])

    def line(self, wanted: int) -> str:
        """The one line of figures; how far it came when that is less than was wanted."""
        seen = self.seen
        grew = f"{seen.mb:.1f}" if seen.mb else f"< {GREW_MB:.0f}"  # Less is not looked into.
        faults = [*sorted(self.finds), *([f"died: {self.last_words}"] if self.died else [])]
        if seen.inputs < wanted and not self.died:
            faults.append(f"out of time at {seen.inputs} of {wanted}")
        return (
            f"{self.name:24}{self.way:>11}{seen.inputs:9}{seen.taken:9}{seen.ms:10.1f}{grew:>10}"
            f"  {', '.join(faults) or '-'}"
        )


class Kept:
    """The readings of a run, in its file if it has one."""

    def __init__(self, file: Path | None, seed: int, wanted: int) -> None:
        """SystemExit when the file is another run's."""
        self._file, self._lock = file, Lock()
        self._run = _Run(seed, wanted)
        if file is not None and file.exists():
            found = msgspec.json.decode(file.read_bytes(), type=_Run)
            if (found.seed, found.inputs) != (seed, wanted):
                raise SystemExit(f"{file} is of seed {found.seed} and {found.inputs} inputs")
            self._run = found

    def of(self, name: str, way: str) -> Reading | None:
        """What a former run saw of it; none when its process died, for that is tried again."""
        for each in self._run.readings:
            if (each.name, each.way) == (name, way) and not each.died:
                return each
        return None

    def add(self, reading: Reading) -> None:
        """Keep it, so that no interruption leaves half of the file."""
        with self._lock:
            which = (reading.name, reading.way)
            rest = [each for each in self._run.readings if (each.name, each.way) != which]
            self._run.readings = [*rest, reading]
            if self._file is not None:
                beside = self._file.with_name(self._file.name + ".new")
                beside.write_bytes(msgspec.json.format(msgspec.json.encode(self._run)))
                beside.replace(self._file)


class _Run(msgspec.Struct):
    seed: int
    inputs: int
    readings: list[Reading] = []


def read_apart(
    command: Sequence[str], name: str, way: str, longest_s: float, keep: Path | None
) -> Reading:
    """Have one parser read in a process of its own; what it had seen if that ends early."""
    with TemporaryDirectory() as folder:
        told, died = Path(folder) / TOLD, ""
        try:
            done = subprocess.run(
                [*command, "--told", str(told)], capture_output=True, check=False,
                timeout=longest_s,
            )  # fmt: skip
            if done.returncode != 0:
                died = (done.stdout + done.stderr)[-SHOWN:].decode(errors="replace").strip()
                died = died or f"ended with {done.returncode}"
        except subprocess.TimeoutExpired:
            pass  # Its line says how far it came.
        seen = Worst(name)
        with suppress(FileNotFoundError):
            seen = msgspec.msgpack.decode(told.read_bytes(), type=Worst)
        reading = Reading(name, way, seen, died)
        fatal = [each.read_bytes() for each in Path(folder).iterdir() if TOLD not in each.name]
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        for body in (*reading.finds.values(), *fatal):
            (keep / f"{name.replace(' ', '-')}-{name_of(body)}").write_bytes(body)
    return reading
