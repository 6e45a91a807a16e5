"""What a window asks of the doctor."""

from __future__ import annotations

from typing import Protocol

from desktop.diagnostics.doctor.finding import Finding
from desktop.diagnostics.doctor.words import DoctorWords
from desktop.diagnostics.support.bundle import Part


class Doctor(Protocol):
    """The checks of one desk; both calls take seconds."""

    words: DoctorWords

    def run(self) -> list[Finding]:
        """Return what every check found."""

    def gather(self, findings: list[Finding], *, hosts: bool = False) -> tuple[Part, ...]:
        """Return the parts of the support bundle."""
