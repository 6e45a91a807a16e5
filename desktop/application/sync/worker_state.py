"""What a lane remembers of its source between two exchanges; gone with the process."""

from __future__ import annotations

from desktop.application.sync.exchange_planner import SEND_AT_MOST
from desktop.domain.source import Binding, Problem

FIRST_STATES_S, LONGEST_STATES_S = 60.0, 3600.0
FIRST_PUZZLE_S, LONGEST_PUZZLE_S = 600.0, 24 * 3600.0
FIRST_SNAPSHOT_S, LONGEST_SNAPSHOT_S = 600.0, 24 * 3600.0
UP, DOWN = "up ", "down "
"""How a file is called among the puzzles, by the way it goes."""
REPAIRS = 2
"""So many repairs in a row that did not help, and only a snapshot does."""


class WorkerState:
    """Used by the worker's thread alone; nothing in it is needed for anything to be right."""

    had_snapshot = False
    """Whether the last exchange brought one."""

    def __init__(self) -> None:
        self.most = SEND_AT_MOST
        """Commands offered together: fewer after a send send_failed off."""
        self.suspects: dict[str, None] = {}
        """Commands that were the last offered when a send send_failed, the latest of them last."""
        self.send_failures = 0
        self.puzzles: dict[str, tuple[float, float]] = {}
        """Commands answered with an unknown status, and files whose answer makes no sense or
        proves nothing: when to ask again, and the wait before."""
        self.other_server: Binding | None = None
        """The server that answered in another's place, if the last one did."""
        self.notices: tuple[Problem, ...] = ()
        """What happened and must be seen once; read from other threads."""
        self.forgotten: set[str] = set()
        """Accepted commands the server did not know; a second time that is its way, no proof."""
        self.repairs = 0
        self.untold: frozenset[str] = frozenset()
        """See `SourceStatus.untold`; read from other threads."""
        self.townships: frozenset[str] | None = None
        """The scope last compared with the rows that are here."""
        self.snapshot_at_s = 0.0
        """No snapshot is forced before that."""
        self.snapshot_wait_s = FIRST_SNAPSHOT_S
        self.states_at_s = 0.0
        self.states_wait_s = FIRST_STATES_S
        self.states_from = 0
        self.uploads_met: set[str] = set()
        """Files whose state at the server is known."""
        self.refused: set[str] = set()
        """Files the source takes nothing of, asked again when its rows change."""
        self.absent: set[str] = set()
        """Files the source does not have, asked again when its rows change."""
        self.spoilt: set[str] = set()
        """Files that came with another content than their name says: not asked for again."""
        self.resting: set[str] = set()
        """Files that did not move; they come after all others of whatever kind."""
        self.files_looked_s: float | None = None
        """When the files of our commands were last looked after; None when it is due."""
        self.missing: dict[str, str] = {}
        """Names of files by digest that our commands name and that are not here."""
        self.missing_thumbnails: set[str] = set()
        """Thumbnails that our commands name and that are not here."""
        self.fetchable: list[tuple[str, int]] | None = None
        """What the stored rows name that might be fetched unasked; None when not looked up."""

    def tell(self, problem: Problem) -> None:
        """Have the officer told of something that happened."""
        if problem not in self.notices:
            self.notices = (*self.notices, problem)

    def tell_no_more(self, code: str, name: str) -> None:
        """What was told of something of that name is over."""
        self.notices = tuple(
            each for each in self.notices if each.code != code or each.details.get("name") != name
        )

    def send_failed(self, keys: list[str]) -> None:
        """A send of these send_failed off without an answer to any."""
        self.send_failures += 1
        self.most = max(1, len(keys) // 2)
        if len(keys) == 1:
            self.suspects.pop(keys[0], None)
            self.suspects[keys[0]] = None

    def send_succeeded(self, answered: set[str]) -> None:
        """A send came back."""
        for key in answered & self.suspects.keys():
            del self.suspects[key]
        if answered:
            self.send_failures = 0
            self.most = min(SEND_AT_MOST, self.most * 2)

    def note_puzzle(self, key: str, now_s: float) -> float:
        """Ask again about what was answered so, but ever more seldom; the seconds till then."""
        _, waited_s = self.puzzles.get(key, (0.0, FIRST_PUZZLE_S / 2))
        wait_s = min(LONGEST_PUZZLE_S, waited_s * 2)
        self.puzzles[key] = now_s + wait_s, wait_s
        return wait_s

    def ask_after(self, key: str, at_s: float, wait_s: float) -> None:
        """Ask about that no sooner than after so long."""
        self.puzzles[key] = at_s + wait_s, wait_s

    def is_puzzle(self, key: str, now_s: float) -> bool:
        """Whether it is too early to ask about that again."""
        return now_s < self.puzzles.get(key, (0.0, 0.0))[0]

    def forget_file(self, digest: str) -> None:
        """What the source last said of a file is over: it is sent, or looked for, anew."""
        for known in (self.uploads_met, self.refused, self.absent):
            known.discard(digest)
        for way in (UP, DOWN):
            self.puzzles.pop(way + digest, None)

    def in_sync(self) -> None:
        """The rows are the server's."""
        self.repairs, self.snapshot_wait_s = 0, FIRST_SNAPSHOT_S

    def start_over(self, now_s: float) -> bool:
        """Whether a snapshot may be forced now; seldom, lest a wrong sum costs one each time."""
        if now_s < self.snapshot_at_s:
            return False
        self.repairs = 0
        self.snapshot_at_s = now_s + self.snapshot_wait_s
        self.snapshot_wait_s = min(LONGEST_SNAPSHOT_S, self.snapshot_wait_s * 2)
        return True

    def note_states_asked(self, now_s: float, *, retired: bool) -> None:
        """Commands' states were asked; what is not durable yet is asked ever more seldom."""
        self.states_wait_s = (
            FIRST_STATES_S if retired else min(LONGEST_STATES_S, self.states_wait_s * 2)
        )
        self.states_at_s = now_s + self.states_wait_s
