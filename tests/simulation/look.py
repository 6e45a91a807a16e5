"""How a desk and a server are looked at: as an officer sees the one, as any client the other.

A desk view's parts, all of them plain:

    sources     [{id, title, problem: code or "", words: {zh, en} of the problem, fresh: word,
                last_good_at, failing_since, never_seen, partial, held_deletes, bad_items, account,
                untold: [key], notices: [{code, zh, en}], token, epoch}]
    rows        {source: {collection: {id: row}}}: what is stored, nothing laid over
    list        [the list's lines, in its order, each with its `key`]
    details     {"source/id": the incident as its sheet shows it, commands laid over, with
                its receipts}
    alarms      [groups, commands laid over]
    overview    the figures of the strip
    commands    [every command, oldest first, with receipt, hold, reason, seen, offered, retired,
                replaces, priority, changed_at, words: {zh, en} of the receipt and of the hold]
    attention   [keys in the list of what wants the officer's eyes]
    conflicts   {key: {mine, theirs, differing}} of every command in conflict or refused
    files       {here: [digest whole and right here], uploads: {source: {digest: sent}},
                refused: {digest: code}, bad: [digest whose bytes are another's]}
    bytes       {day, budget, over, spent: {class: [sent, received]}}
    bindings    {source: what its commands belong to}
"""

from __future__ import annotations
