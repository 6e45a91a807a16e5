"""What a source's worker remembers of it between two exchanges; gone with the process."""

from __future__ import annotations

from collections.abc import Callable, Collection

import msgspec

from desktop.application.sync.exchange_planner import SEND_AT_MOST
from desktop.application.sync.file_state import FileState
from desktop.application.sync.puzzles import Puzzles
from desktop.domain.clock import offset_problem
from desktop.domain.source import Binding, Problem, SourceStatus

FIRST_STATES_S, LONGEST_STATES_S = 60.0, 3600.0
FIRST_SNAPSHOT_S, LONGEST_SNAPSHOT_S = 600.0, 24 * 3600.0
REPAIRS = 2
"""After so many repairs in a row that did not help only a snapshot does."""


class WorkerState:
    """A worker's memory of its source; used by its thread alone, but for what says otherwise.

    Nothing depends on it to be right. It changes by its methods alone.
    """

    def __init__(self) -> None:
        self._is_kept_back: Callable[[str], bool] = lambda key: False
        self.puzzles = Puzzles()
        self.files = FileState(self.puzzles)
        self._most = SEND_AT_MOST
        self._suspects: dict[str, None] = {}
        """The latest of them last."""
        self._send_failures = 0
        self._other_server: Binding | None = None
        self._notices: tuple[Problem, ...] = ()
        self._is_clock_told = False
        self._whole: tuple[object, SourceStatus | None] = (None, None)
        self._forgotten: set[str] = set()
        """Accepted commands the server did not know; the second time that is no proof any more."""
        self._repairs = 0
        self._untold: frozenset[str] = frozenset()
        self._townships: frozenset[str] | None = None
        """The scope last compared with the rows that are here."""
        self._had_snapshot = False
        """Whether the last pull brought one."""
        self._snapshot_at_s = 0.0
        """No snapshot is forced before that."""
        self._snapshot_wait_s = FIRST_SNAPSHOT_S
        self._states_at_s = 0.0
        self._states_wait_s = FIRST_STATES_S
        self._states_from = 0

    def keep_back(self, is_kept_back: Callable[[str], bool]) -> None:
        """Take what tells that a command stays here for a while; before the first turn."""
        self._is_kept_back = is_kept_back

    def is_kept_back(self, key: str) -> bool:
        """Whether a command stays here for a while, so that it can be taken back."""
        return self._is_kept_back(key)

    @property
    def most(self) -> int:
        """How many commands are offered together: fewer after a send broke off."""
        return self._most

    @property
    def suspects(self) -> tuple[str, ...]:
        """Commands that were offered alone when a send broke off, the latest of them last."""
        return tuple(self._suspects)

    @property
    def send_failures(self) -> int:
        """How many sends have failed in a row."""
        return self._send_failures

    def send_failed(self, keys: list[str]) -> None:
        """Note that a send of these broke off without an answer to any."""
        self.put_off_sending()
        self._most = max(1, len(keys) // 2)
        if len(keys) == 1:
            self._suspects.pop(keys[0], None)
            self._suspects[keys[0]] = None

    def put_off_sending(self) -> None:
        """Note that the server put off a send, which blames no command."""
        self._send_failures += 1

    def send_succeeded(self, answered: set[str]) -> None:
        """Note that a send came back."""
        for key in answered & self._suspects.keys():
            del self._suspects[key]
        if answered:
            self._send_failures = 0
            self._most = min(SEND_AT_MOST, self._most * 2)

    @property
    def other_server(self) -> Binding | None:
        """The server that answered in another's place, if the last one did; from any thread."""
        return self._other_server

    def meet_server(self, other: Binding | None = None) -> None:
        """Note which server answered: the source's own, or another in its place."""
        self._other_server = other

    def complete(self, status: SourceStatus, *, awaited: bool, is_older: bool) -> SourceStatus:
        """Return a status with all that is remembered of its source, the same object as long as
        nothing differs; from any thread."""
        parts = (status, self._untold, self._notices, awaited, is_older)
        known, whole = self._whole
        if whole is None or known != parts:
            whole = msgspec.structs.replace(
                status,
                unconfirmed=parts[1],
                notices=parts[2],
                awaited=awaited,
                is_older=is_older,
            )
            self._whole = parts, whole
        return whole

    @property
    def notices(self) -> tuple[Problem, ...]:
        """What happened and must be seen once; from any thread."""
        return self._notices

    def tell(self, problem: Problem) -> None:
        """Add a notice for the officer of something that happened."""
        if problem not in self._notices:
            self._notices = (*self._notices, problem)

    def tell_of_clock(self, offset_ms: int) -> None:
        """Add one, once, when this computer's clock is off by more than a minute."""
        problem = offset_problem(offset_ms)
        if problem is not None and not self._is_clock_told:
            self._is_clock_told = True
            self.tell(problem)

    def tell_no_more(self, code: str, name: str) -> None:
        """Remove the notice of that code about that name: it is over."""
        self._notices = tuple(
            each for each in self._notices if each.code != code or each.details.get("name") != name
        )

    @property
    def unconfirmed(self) -> frozenset[str]:
        """See `SourceStatus.unconfirmed`; from any thread."""
        return self._untold

    def expect(self, keys: Collection[str]) -> None:
        """Add commands whose outcome no pull has confirmed yet."""
        self._untold |= frozenset(keys)

    def hear_of(self, keys: frozenset[str]) -> None:
        """Remove commands whose outcome a pull has confirmed."""
        self._untold -= keys

    def compare_scope(self, townships: frozenset[str]) -> bool:
        """Whether it is another scope than the one last compared with the rows that are here."""
        changed = townships != self._townships
        self._townships = townships
        return changed

    def note_pull(self, *, snapshot: bool) -> bool:
        """Note the end of a pull; whether to ask at once for what came since its snapshot was made.

        Not when the pull before brought a snapshot, too.
        """
        again, self._had_snapshot = snapshot and not self._had_snapshot, snapshot
        return again

    def confirm_rows(self) -> None:
        """Note that the rows are the server's."""
        self._repairs, self._snapshot_wait_s = 0, FIRST_SNAPSHOT_S

    def begin_repair(self) -> None:
        """Count a repair, until `confirm_rows` says that it helped."""
        self._repairs += 1

    def put_off_repair(self) -> None:
        """Do not count the latest repair: the server asked us to wait, it did not fail."""
        self._repairs -= 1

    def give_up_repairs(self) -> None:
        """Try no more repairs before a snapshot: the server has no sums to repair by."""
        self._repairs = REPAIRS

    def start_over(self, now_s: float) -> bool:
        """Whether a snapshot may be forced now, after repairs in vain.

        Seldom, lest a wrong sum costs one each time.
        """
        if self._repairs < REPAIRS or now_s < self._snapshot_at_s:
            return False
        self._repairs = 0
        self._snapshot_at_s = now_s + self._snapshot_wait_s
        self._snapshot_wait_s = min(LONGEST_SNAPSHOT_S, self._snapshot_wait_s * 2)
        return True

    @property
    def states_from(self) -> int:
        """How many of the answered commands are passed over, as their states were asked before."""
        return self._states_from

    def may_ask_states(self, now_s: float) -> bool:
        """Whether the states of answered commands may be asked again."""
        return now_s >= self._states_at_s

    def note_states_asked(self, now_s: float, *, passed: int, retired: bool) -> None:
        """Note that states were asked; what is not durable yet is asked ever more seldom.

        `passed` more are passed over the next time, and with 0 none.
        """
        # Keys unknown to the server must not hide the later ones for ever.
        self._states_from = self._states_from + passed if passed and not retired else 0
        self._states_wait_s = (
            FIRST_STATES_S if retired else min(LONGEST_STATES_S, self._states_wait_s * 2)
        )
        self._states_at_s = now_s + self._states_wait_s

    def has_news_of(self, forgotten: set[str]) -> bool:
        """Whether any of these commands, unknown to the server, was not forgotten the last time."""
        return bool(forgotten - self._forgotten)

    def note_forgotten(self, keys: set[str]) -> None:
        """Note commands that the server had accepted and does not know."""
        self._forgotten |= keys

    def note_known(self, keys: set[str]) -> None:
        """Note commands that the server knows."""
        self._forgotten -= keys
