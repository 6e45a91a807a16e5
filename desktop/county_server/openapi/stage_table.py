"""The table of stages as `serving.md` prints it."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.protocol.commands import CommandKind

HEAD = "| command | from | to |\n| --- | --- | --- |\n"


def stage_table() -> str:
    """Return the table, in Markdown, of the commands that lead to another stage."""
    return HEAD + "".join(f"| {kind} | {start} | {end} |\n" for kind, start, end in _ways())


def _ways() -> Iterator[tuple[str, str, str]]:
    for kind in CommandKind:
        row = kind.row
        if row.leads_to is None:
            continue
        ways = {kind.value: row.leads_to}
        if row.failing_leads_to is not None:
            ways = {
                f"{kind}, `passed` true": row.leads_to,
                f"{kind}, `passed` false": row.failing_leads_to,
            }
        for name, end in ways.items():
            yield from ((name, start.value, end.value) for start in row.allowed_from)
