"""Judges what crosses beside the network: who is believed, and that nothing of it is lost."""

from __future__ import annotations

from collections.abc import Iterator

from simulation.history import Entry
from simulation.judge.facts import Facts

SPOILT = ("empty", "too-large", "not-a-bundle", "newer-version", "cut", "damaged", "unreadable")
"""Why a county refuses what no office wrote."""
OF_KEYS = ("unknown-office", "unknown-key", "other-receiver", "unusable-key")
DAY_MS = 86_400_000
FORGOTTEN_MS = 179 * DAY_MS
"""Whatever is older may have been done and forgotten."""
ANSWERED = ("accepted", "rejected", "conflict")


def judge_bundles(facts: Facts) -> Iterator[str]:
    """B, L: a county takes each bundle of an office of its own, whole and under its account, and
    no other."""
    for event in facts.history.of("bundle taken"):
        named = f"{event['server']} and the bundle {event['digest'][:6]} of {event['office']}"
        pairing = _pairing(facts, event)
        wrong = _why_not(facts, event, pairing)
        if not event["refused"] and wrong:
            yield f"B: {named}: it is taken, {wrong}"
        elif event["refused"] and not _is_due(event, pairing, wrong):
            yield f"L: {named}: it is refused as {event['refused']}, and nothing is wrong with it"
        elif not event["refused"]:
            yield from _unanswered(event, named)
            yield from _held_young(facts, event, named)


def _pairing(facts: Facts, event: Entry) -> Entry | None:
    """How an office was paired last, with the county it wrote for, before a bundle came."""
    found = [
        each
        for each in facts.before(event, "office paired")
        if (each["office"], each["server"]) == (event["office"], event["written_for"])
    ]
    return found[-1] if found else None


def _why_not(facts: Facts, event: Entry, pairing: Entry | None) -> str:
    """Why a bundle must be refused; empty where it must not."""
    if not event["genuine"]:
        return "and no office wrote it"
    if pairing is None or event["written_for"] != event["server"]:
        return "and was written for another county"
    revoked = [
        each["n"]
        for each in facts.before(event, "office revoked")
        if (each["office"], each["server"]) == (event["office"], event["server"])
    ]
    if revoked and revoked[-1] > pairing["n"]:
        return "and its office is revoked"
    if event["account"] != pairing["account"]:
        return f"under {event['account']}, and its office is paired for {pairing['account']}"
    accounts = [e for e in facts.before(event, "accounts set") if e["server"] == event["server"]]
    known = accounts[-1]["accounts"] if accounts else {}
    if known and known.get(event["account"]) is None:
        return "and its account is not there any more"
    return ""


def _is_due(event: Entry, pairing: Entry | None, wrong: str) -> bool:
    """Whether a bundle was refused for cause: of keys, also where they have been replaced."""
    if event["refused"] in OF_KEYS:
        return bool(wrong) or pairing is None or pairing["key"] != event["key"]
    return bool(wrong)


def _unanswered(event: Entry, named: str) -> Iterator[str]:
    """Whatever waits for nothing is answered: what is held keeps waiting what is after it."""
    answers = event["answers"]
    for key, after in event["asked"]:
        if key not in answers and (not after or answers.get(after, "held") != "held"):
            yield f"L: {named}: nothing is said of {key[:6]}"


def _held_young(facts: Facts, event: Entry, named: str) -> Iterator[str]:
    """Only what may have been done and forgotten is held, by clocks as wrong as they were."""
    told = facts.history.of("desk started", "clock set", "server clock")
    wrong_ms = max((abs(e.get("clock_off_ms", e.get("off_ms", 0))) for e in told), default=0)
    for key in (key for key, status in event["answers"].items() if status == "held"):
        click = facts.clicks.get(key)
        if click is None:  # Its desk died at the click: nobody saw when that was.
            continue
        age_ms = event["t"] - click["t"] + 2 * wrong_ms
        if age_ms < FORGOTTEN_MS:
            yield f"L: {named}: {key[:6]} is held and was given {age_ms // DAY_MS} days before"


def judge_receipts(facts: Facts) -> Iterator[str]:
    """V, L: a desk believes the receipts of its county alone, of the epoch it knows, and all."""
    epochs = _epochs(facts)
    for event in facts.history.of("receipt read"):
        named = f"{event['desk']} and a receipt for {event['written_for'] or 'nobody'}"
        wrong = _why_no_receipt(event, epochs)
        if event["genuine"] and event["refused"] and _is_unclear(event, epochs):
            continue
        if not event["refused"] and wrong:
            yield f"V: {named}: it is believed, {wrong}"
        elif event["refused"] and not wrong:
            yield f"L: {named}: it is refused, and nothing is wrong with it"
        for key, status in event["answers"].items() if not event["refused"] else ():
            shown = event["shown"].get(key, status)
            if status in ANSWERED and shown != status:
                yield f"L: {named}: {key[:6]} is {status}, and shown as {shown}"


def _is_unclear(event: Entry, epochs: list[str]) -> bool:
    """Whether nobody can tell which epoch is over: that of the receipt, or the one known here,
    which is none after proof of a loss."""
    both = {event["bound"], event["epoch"]}
    return len(both) > 1 and not both <= set(epochs)


def _epochs(facts: Facts) -> list[str]:
    """All epochs of all counties as they began; none where somebody put a file back and told
    nobody, as one that is over may go on then."""
    if any(not back["announced"] for back in facts.put_back):
        return []
    begun = [e["epoch"] for e in facts.history.of("server started", "put back", "epoch begun")]
    return list(dict.fromkeys(filter(None, begun)))


def _why_no_receipt(event: Entry, epochs: list[str]) -> str:
    """Why a receipt must not be believed; empty where it must."""
    if not event["genuine"]:
        return "and no county wrote it"
    if event["written_for"] != event["office"]:
        return "and is another office's"
    if event["key"] not in event["keys"]:
        return "and is for keys that are not here"
    known = [epochs.index(each) for each in (event["bound"], event["epoch"]) if each in epochs]
    if len(known) > 1 and known[0] > known[1]:
        return "and is of an epoch that is over"
    return ""


def judge_data(facts: Facts) -> Iterator[str]:
    """C: no row gives way to an older one for county data on a stick.

    Where somebody put a county's file back and told nobody, what is older by its number is newer.
    """
    if any(not back["announced"] for back in facts.put_back):
        return
    for event in facts.history.of("data applied"):
        for row, (before, after) in event["older"].items():
            yield f"C: {event['desk']} put {row} of version {after} over {before}, from a stick"


def judge_codes(facts: Facts) -> Iterator[str]:
    """B: what is joined of codes is what somebody wrote as codes, and all of it."""
    for event in facts.history.of("codes joined"):
        if not event["genuine"]:
            yield f"B: at {event['at']} codes are joined to what nobody wrote"


def judge_frames(facts: Facts) -> Iterator[str]:
    """B: a county answers frames of offices that it is paired with, and no others."""
    for event in facts.history.of("frames answered"):
        if event["written_for"] != event["server"]:
            yield f"B: {event['server']} answers frames of {event['office']}, of another county"


JUDGES = (judge_bundles, judge_receipts, judge_data, judge_codes, judge_frames)
