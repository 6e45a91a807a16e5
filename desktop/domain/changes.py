"""What changed: the collections, and which of their rows where that is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

from desktop.domain.command import Collection, Key

MOST_KEYS = 1_000
"""Above so many rows of a collection any of its rows may have changed."""

Rows = Mapping[Collection, frozenset[Key] | None]


class Changes(Set[Collection]):
    """The set of the collections in which rows changed, with the keys of those rows; immutable.

    A row has changed also when this desk's commands on it did: it is shown with them applied.
    Besides rows, `sources` says that the status of a source changed in more than its times,
    `commands` that the states of commands did, and `files` that one moved on. With none of it
    there is nothing to hear of.
    """

    __slots__ = ("_rows", "commands", "files", "sources")

    def __init__(
        self,
        rows: Rows | None = None,
        *,
        sources: bool = False,
        commands: bool = False,
        files: bool = False,
    ) -> None:
        """`rows` are the keys by collection; None where any row of it may have changed."""
        self._rows = {
            collection: None if keys is None or len(keys) > MOST_KEYS else keys
            for collection, keys in (rows or {}).items()
            if keys is None or keys
        }
        self.sources, self.commands, self.files = sources, commands, files

    @classmethod
    def in_any_row(cls, collections: Iterable[Collection]) -> Changes:
        """Return changes of these collections, whichever of their rows."""
        return cls(dict.fromkeys(collections))

    @classmethod
    def in_rows(cls, keys: Iterable[Key], *, commands: bool = False) -> Changes:
        """Return changes of just these rows."""
        rows: dict[Collection, set[Key]] = {}
        for key in keys:
            rows.setdefault(key.collection, set()).add(key)
        return cls({c: frozenset(found) for c, found in rows.items()}, commands=commands)

    def keys(self, collection: Collection) -> frozenset[Key] | None:
        """Return the rows that changed; None when any may have, empty when none did."""
        return self._rows.get(collection, frozenset())

    def touches(self, key: Key) -> bool:
        """Whether this row changed, or may have."""
        keys = self.keys(key.collection)
        return keys is None or key in keys

    @property
    def is_nothing(self) -> bool:
        """Whether nothing changed at all."""
        return not (self._rows or self.sources or self.commands or self.files)

    def join(self, other: Changes) -> Changes:
        """Return these changes and the others together."""
        if self.is_nothing or other.is_nothing:
            return other if self.is_nothing else self
        rows = dict(self._rows)
        for collection, keys in other._rows.items():
            known = rows.get(collection, frozenset())
            rows[collection] = None if known is None or keys is None else known | keys
        return Changes(
            rows,
            sources=self.sources or other.sources,
            commands=self.commands or other.commands,
            files=self.files or other.files,
        )

    def __contains__(self, collection: object) -> bool:
        return collection in self._rows

    def __iter__(self) -> Iterator[Collection]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    @classmethod
    def _from_iterable(cls, it: Iterable[Collection]) -> frozenset[Collection]:  # type: ignore[override]
        return frozenset(it)  # Of what is left after `&` the keys are not known.

    def __repr__(self) -> str:
        besides = [name for name in ("sources", "commands", "files") if getattr(self, name)]
        return f"Changes({self._rows!r}, besides={besides})"


NOTHING = Changes()
STATES = Changes(sources=True, commands=True, files=True)
"""Everything besides rows."""
ANSWERED = Changes.in_any_row({Collection.INCIDENTS, Collection.ALARMS, Collection.REPORTS}).join(
    Changes(commands=True)
)
"""What answers to commands may change: their states, and any row they are laid over."""
