"""The exceptions that connectors and stores raise to the application."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.domain.source import Binding, CommandResult, Problem

ONE_COMMANDS_CODES = ("forbidden", "request_refused", "server_error")
"""Codes of failures that may concern one command only: refused by a firewall, or failing in the
server."""


class SourceError(Exception):
    """A pull, probe or send that failed; nothing already cached is touched by it."""

    def __init__(
        self,
        problem: Problem,
        *,
        retry_after_s: float | None = None,
        held: bool = False,
        answers: Sequence[CommandResult] = (),
        may_have_left: bool = True,
        proven: bool = True,
    ) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.refused: dict[str, Problem] = {}
        """After a send: the problem of each command that was refused individually, by its key."""
        self.retry_after_s = retry_after_s
        """How long the server asked us to wait, when it did."""
        self.held = held
        """Whether only a person can mend it (expired login, quota): commands are held."""
        self.answers = tuple(answers)
        """After a send that broke off: the results received before it did."""
        self.may_have_left = may_have_left
        """Whether bytes of the request may have reached anybody; false when surely none did."""
        self.proven = proven
        """False for an answer that anything on the way, such as a captive portal, may have
        given."""


class OtherServer(SourceError):
    """Another server answers than the one the cache and the commands belong to."""

    def __init__(self, address: str, binding: Binding, *, drill: bool) -> None:
        code = "other_server_drill" if drill else "other_server"
        super().__init__(
            Problem(code, {"address": address, "server": binding.server}), may_have_left=False
        )
        self.binding = binding
        """The binding to store if the officer accepts the server that answers now."""


class DiskCopied(SourceError):
    """Another computer goes on under this installation's name, from a copy of this disk."""

    def __init__(self, address: str) -> None:
        problem = Problem("disk_copied", {"address": address})
        super().__init__(problem, retry_after_s=0.0, may_have_left=False)


class Cancelled(Exception):
    """The work was called off by `close()`; not a failure of the source."""

    def __init__(self, *, may_have_left: bool = False) -> None:
        super().__init__()
        self.may_have_left = may_have_left
        """Whether bytes of the request may have reached anybody, as with `SourceError`."""


class StoreError(Exception):
    """The cache or outbox file could not do what was asked; its content is unchanged."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem
