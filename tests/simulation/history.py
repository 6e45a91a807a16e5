"""What was seen of one schedule: plain data alone, for a judge without a line of the product.

A history is two lists of dictionaries of strings, numbers, booleans, lists and dictionaries:
`events`, in the order in which they happened, and `views`, what was there when somebody looked.
Each has `n` (its place among all events and views together), `t` (true time, milliseconds since
1970) and `what`. Digests and keys are hexadecimal digits; bodies are as they were entered.

## Events
Everything done at a desk names it (`desk`, such as `"d1"`); of a source, `source`; of a server,
`server`: the name it goes by in the history (`"s1"`), whatever it calls itself.

    desk started    officer, login (name of the account, or ""), twin_of ("" or a desk), level (1 or
                    2), sources: {source: server its URL leads to}, clock_off_ms, notices: [code],
                    encrypted: whether its addresses are https
    desk stopped    how: "closed" | "killed" | "power lost"
    desk failed     problem: it could not be opened
    disk copied     copy: a number
    disk put back   copy: from then on the desk is as at that copy
    disk lost       file: "cache.db" | "files.db"
    disk fault      fault: "full" | "no sync" | "read only" | "mended"
    clock set       clock_off_ms: how far this desk's clock is from true time now
    login changed   source, login, officer
    slept, woke     the computer
    network changed
    click began     kind, source, collection, target, body, base, key ("" where the product makes
                    it), officer, replaces
    click done      the same with key as given, seq, files: [digest], login (account in use, true),
                    version (of the row on screen, null for none), reached (the server that
                    would have answered now): durable from here on
    click failed    problem: refused before anything was kept
    withdrawn       key, done: true when the board said that nothing had left
    released, given up, dismissed, hurried, delayed, refreshed      key (not of `refreshed`), done
    resent          key, by: key of the command in its place, command, officer, login
    draft kept      source, target, text
    server accepted source, done: the officer goes on with another server
    told            key, receipt, hold, reason: {zh, en}, attention: what the officer is told of a
                    command now; once for every change that an observer of the board sees
    exchange        source, began_ms, ended_ms, outcome ("well" or a problem's code), held, cause:
                    [why the turn was due], again, rows, answered, wait_s, patient, sent, received,
                    requests: [see below]
    office paired   desk, source, server, office, account, key: the keys of both ends are known to
                    both, and commands of the office are done under that account
    office revoked  server, office
    bundle written  desk, source, office, server, number, digest, account, key, epoch, way:
                    "stick" | "codes", asked: [[key, after]]: on a stick or on paper from now on
    bundle taken    server, office, written_for: the server it is for, genuine: whether an office
                    wrote it just so, account, key, asked, refused: "" or why, answers: {key:
                    status}
    codes joined    at, genuine: whether somebody wrote as codes what they were joined to
    receipt read    desk, source, office: which the desk is, written_for: the office it is for,
                    genuine, epoch, bound: the epoch that the desk knows, key, keys: those of the
                    desk, refused: "" or why, answers: {key: status}, shown: {key: receipt} after it
    data applied    desk, source, made_ms: when the county made it, older: {row: [version before,
                    and after]}, gone: [row], rows
    frames sent     desk, source, keys: of which at least one frame has left
    frames answered server, office, written_for, outcomes: [[beginning of a key, status]]
    read aloud      desk, source, keys: to the county, over the telephone
    carrying failed desk, problem: nothing came of it, or not all
    program error   logger, says, error, at: what the program itself calls a mistake of its own
    read failed     problem: a screen could not be drawn
    listening       a request for the stream of hints: source, server, fate, status, reached, sent
    crashed in      what was under way when the desk died

    server started  epoch, identity, drill, level
    server stopped  how: "closed" | "killed"
    server refused to start     problem
    did             a command done by a server, once per key and life of its ledger: key, kind,
                    target, collection, status, reason, number, version, row (with a conflict),
                    at, by, account, body; copied: done elsewhere, before a drill was begun with it
    session opened  desk, client, fence, asked_n: place of the last entry when it was asked for,
                    judged: whether the desk told of its past with this server
    commands taken  desk, fence, keys, asked_n: a request that the server answered, at once or late
    epoch begun     epoch
    backed up       backup: a number, files: true when they are in it
    put back        backup, announced: false when the file was copied back and nobody said so,
                    loss: the problem said, or "" , accepted: whether the loss was accepted,
                    with_promise: (unannounced only) false where the file of promises was lost too
    accounts set    accounts: {login: [township] or null when revoked}
    rows changed    changes: {collection: {id: row or null}}: the county's own doing; versions:
                    {collection: {id: number}}
    change unheard  collection, row: the last change of it is in no list of changes
    files removed   digests
    keys forgotten
    paused          retry_after_s or null
    hesitates       word: what it answers to some commands and does not do them; "" when it is over
    server clock    off_ms
    url moved       source, server: which server the address leads to from now on
    weather         kinds, share: how bad the line is from now on
    poisoned        desk, key: no request with this command passes from now on, in calm weather
    poison over     desk, key, others: keys given with it, which did not have to wait for it
    time passed     seconds: so long no desk asked anything, from then on
    sent into nothing   desk, source: over a connection of a network that is gone; ended: over one
                        that the desk itself had just ended, by a deadline or because it moved
    faults over     from here on nothing goes wrong any more: the judge of silence starts counting

### Requests
Each is a dictionary: t, method, path (with its query), kind ("commands", "changes" …), server (or
""), reached: how often the server got it, fate ("well" or what befell it), said: the status the
server gave, whoever got it, status (as the desk saw it; 0 for none of either), sent, received
(bytes on the wire), body: "" or a digest, keys: the commands in it.

## Views
    server view     server, point, epoch, identity, head, drill, rows: {collection: {id: row}},
                    versions: {collection: {id: number}}, commands: [as `did`, durable: bool],
                    durable: number, files: {digest: length} (digest checked against the bytes),
                    bad_files: [digest]
    desk view       desk, point, leads_to: {source: server}, logins, officer, now_ms (corrected),
                    sources, rows, list, details, alarms, overview, commands, attention, conflicts,
                    files, bytes: see `look.py`

`point` is "check" while things go wrong, "silence" once the faults are over and the exchanges
have had their time, and "end" after all waits are over.
"""

from __future__ import annotations

import hashlib
import json
from heapq import merge
from operator import itemgetter
from typing import Any

Entry = dict[str, Any]


class History:
    """The record of one schedule; `events` and `views` hold plain data alone."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.events: list[Entry] = []
        self.views: list[Entry] = []
        self.reached: dict[str, int] = {}
        """How often each state or act of the catalogue was met, by its name."""
        self._count = 0
        self._sorted: dict[str, list[Entry]] = {}
        self._sorted_of: tuple[int, int] = (0, 0)
        """Which list of events is sorted by kind, and how many of it."""

    def add(self, at_ms: int, what: str, **told: Any) -> Entry:
        """Note an event; the entry, which may be completed while it lasts."""
        return self._note(self.events, at_ms, what, told)

    def look(self, at_ms: int, what: str, **seen: Any) -> Entry:
        """Note what was there when somebody looked."""
        return self._note(self.views, at_ms, what, seen)

    def reach(self, state: str) -> None:
        """Count that a state was reached."""
        self.reached[state] = self.reached.get(state, 0) + 1

    @property
    def newest(self) -> int:
        """The place of the last entry."""
        return self._count

    def of(self, *whats: str) -> list[Entry]:
        """The events of these kinds, in order."""
        if self._sorted_of != (id(self.events), len(self.events)):
            self._sorted_of = id(self.events), len(self.events)
            self._sorted = {}
            for event in self.events:
                self._sorted.setdefault(event["what"], []).append(event)
        found = [self._sorted.get(what, []) for what in dict.fromkeys(whats)]
        return list(merge(*found, key=itemgetter("n"))) if len(found) > 1 else list(*found)

    def digest(self) -> str:
        """One number over everything in it: the same seed gives the same, in any process."""
        whole = json.dumps([self.events, self.views], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(whole.encode()).hexdigest()

    def _note(self, entries: list[Entry], at_ms: int, what: str, more: Entry) -> Entry:
        self._count += 1
        entry = {"n": self._count, "t": at_ms, "what": what, **more}
        entries.append(entry)
        return entry
