"""Changes of a profile's TOML that leave its comments, order and unknown keys as they are."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import AoT, Item, Table

Edit = Callable[[TOMLDocument], None]
"""Changes a parsed profile in place."""


def edit_text(text: str, edit: Edit) -> str:
    """Return a profile's text after a change; raises ValueError where it is not TOML."""
    document = tomlkit.parse(text)
    edit(document)
    changed = tomlkit.dumps(document).strip("\n") + "\n"
    if tomllib.loads(changed) != document.unwrap():
        raise ValueError("the changed profile does not read as it was written")
    return changed


def join_edits(edits: Iterable[Edit]) -> Edit:
    """Return one change that makes all of these, one after the other."""
    each_in_turn = tuple(edits)

    def edit(document: TOMLDocument) -> None:
        for each in each_in_turn:
            each(document)

    return edit


def set_value(table: str, name: str, value: Any) -> Edit:
    """Return the change that gives a setting a value."""

    def edit(document: TOMLDocument) -> None:
        if table not in document:
            document.append(table, _set_off(tomlkit.table()))
        _put(document[table], name, value)

    return edit


def clear_value(table: str, name: str, default: Any) -> Edit:
    """Return the change back to a setting's default.

    The key goes; where a comment stands beside it, that stays, with the default written out.
    """

    def edit(document: TOMLDocument) -> None:
        found = document.get(table)
        if found is None or name not in found:
            return
        item = found.item(name)
        if default is not None and item.trivia.comment:
            _put(found, name, default)
        else:
            found.remove(name)

    return edit


def put_source(identity: str, values: Mapping[str, Any], cleared: Iterable[str] = ()) -> Edit:
    """Return the change that gives a source these values, added where there is none.

    What is `cleared` goes; keys that are neither stay.
    """

    def edit(document: TOMLDocument) -> None:
        sources = _sources(document)
        table = next((each for each in sources if each.get("id") == identity), None)
        if table is None:
            table = _set_off(tomlkit.table())
            sources.append(table)
            table = sources[-1]
        for name in cleared:
            if name in table:
                table.remove(name)
        for name, value in values.items():
            if name not in table or table[name] != value:
                _put(table, name, value)

    return edit


def add_source(identity: str, values: Mapping[str, Any]) -> Edit:
    """Return the change that adds a source; it raises ValueError where there is one of this id."""
    put = put_source(identity, values)

    def edit(document: TOMLDocument) -> None:
        if any(each.get("id") == identity for each in _sources(document)):
            raise ValueError(f"id {identity!r} is already used above")
        put(document)

    return edit


def remove_source(identity: str) -> Edit:
    """Return the change that takes a source out."""

    def edit(document: TOMLDocument) -> None:
        sources = _sources(document)
        at = next(n for n, each in enumerate(sources) if each.get("id") == identity)
        del sources[at]

    return edit


def _sources(document: TOMLDocument) -> AoT:
    if "source" not in document:
        document.append("source", tomlkit.aot())
    found = document["source"]
    if not isinstance(found, AoT):
        raise ValueError("sources stand as [[source]] tables")
    return found


def _put(table: Table, name: str, value: Any) -> None:
    table[name] = _item(value)


def _item(value: Any) -> Item:
    """Return a value as this project writes it: tables in one line, lists of them in several."""
    if isinstance(value, list | tuple):
        array = tomlkit.array()
        for each in value:
            array.append(_item(each))
        return array.multiline(any(isinstance(each, Mapping) for each in value))
    return tomlkit.value(_toml_of(value))


def _toml_of(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_toml_of(v)}" for name, v in value.items()) + " }"
    return str(tomlkit.item(value).as_string())


def _set_off(table: Table) -> Table:
    """Have an empty line stand before a table."""
    table.trivia.indent = "\n"
    return table
