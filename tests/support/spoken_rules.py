"""What a reader of the screen must be told of every screen: the rules, held to a tree as read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from support.screen_reader import At, Node, Reader

ROWS = 12
"""So many rows of a list or table are read; the others are not made for it."""
LISTS = frozenset({"table", "list", "tree", "tree table"})
CONTROLS = frozenset(
    {
        *("push button", "check box", "radio button", "toggle button", "combo box", "slider"),
        *("spin button", "text", "password text", "page tab", "link", "menu item"),
        *("dialog", "frame", "chart", "graphic", *LISTS),
    }
)
WINDOWS = frozenset({"frame", "dialog", "window", "alert"})
MEANINGLESS = frozenset({"filler", "unknown", "invalid", "layered pane", "viewport"})
"""Roles of what nobody can act on."""
ALIKE = frozenset({"push button", "check box", "radio button", "toggle button", "link"})
OF_ANY_LANGUAGE = frozenset({"English", "中文", "12345"})
HAN, LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]{3}")


class Tree(list[tuple[Node, tuple[Node, ...]]]):
    """Everything visible of a window, each thing with those around it, the outermost first."""


def read(reader: Reader, windows: Sequence[At]) -> Tree:
    """Return what a reader walks through in these windows; of long lists the beginning."""
    tree = Tree()
    level: list[tuple[At, tuple[Node, ...]]] = [(window, ()) for window in windows]
    while level:
        nodes = reader.nodes([at for at, _ in level])
        below: list[tuple[At, tuple[Node, ...]]] = []
        opened: list[tuple[Node, tuple[Node, ...]]] = []
        for node, (_, around) in zip(nodes, level, strict=True):
            if node is None or (around and "visible" not in node.states):
                continue
            tree.append((node, around))
            if node.role in LISTS:
                places = reader.children_at(node.at, range(min(ROWS, node.children)))
                below += [(at, (*around, node)) for at in places]
            elif node.children:
                opened.append((node, around))
        inside = reader.children_of([node.at for node, _ in opened])
        for (node, around), places in zip(opened, inside, strict=True):
            below += [(at, (*around, node)) for at in places]
        level = below
    return tree


def broken(tree: Tree, language: str) -> Iterator[str]:
    """Return what keeps a reader from telling what is there, one line each."""
    siblings: dict[tuple[At, str, str], Node] = {}
    for node, around in tree:
        within = " < ".join(each.name or each.role for each in reversed(around[-3:]))
        called = f"{node.role} {node.name!r} in {within}"
        if "<" in node.description and ">" in node.description:
            yield f"markup: {called}: {node.description!r}"
        if not around and node.role not in WINDOWS:
            yield f"no window: {called}"
        if node.role in ("label", "cell") or not around:
            continue
        focusable = "focusable" in node.states
        if focusable and node.role in MEANINGLESS:
            yield f"no role: {called}"
        if node.role in CONTROLS or focusable:
            if not any(letter.isalnum() for letter in node.name):
                yield f"no name: {called}"
            elif node.role in ALIKE and not _is_in(language, node.name):
                yield f"another language: {called}"
        if node.role in ALIKE:
            place = (around[-1].at, node.role, node.name)
            if place in siblings:
                yield f"the same name twice: {called}"
            siblings[place] = node


def _is_in(language: str, name: str) -> bool:
    for word in OF_ANY_LANGUAGE:
        name = name.replace(word, "")
    if HAN.search(name) is None and LATIN.search(name) is None:
        return True
    return (HAN.search(name) is not None) == (language == "zh_CN")
