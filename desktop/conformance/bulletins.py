"""Rules of what a county publishes for its desks: whole, signed, and told of once."""

from __future__ import annotations

import msgspec

from desktop.conformance.caller import Caller
from desktop.conformance.findings import Blocked, Plain
from desktop.conformance.rules import BULLETINS
from desktop.wire import bulletins as wire

PATH = "/v1/bulletins"


def judge_bulletins(caller: Caller) -> None:
    """Judge what is published; nothing where nothing is."""
    report = caller.report
    answer = caller.ask("GET", PATH)
    if answer.status == 404:
        report.leave(BULLETINS, "no_bulletins")
        return
    caller.require("bulletins_shape", answer, 200)
    rule = "bulletins_shape"
    value = caller.read(answer, rule=rule, name="Bulletins", magic=rule)
    try:
        told = msgspec.convert(value, wire.Bulletins)
    except msgspec.ValidationError:
        raise Blocked(rule) from None  # The schema has said where.
    for index, each in enumerate(told.bulletins):
        where = f"$.bulletins[{index}].signature"
        report.judge(
            "bulletins_signed", wire.is_signed(each, told.county),
            request=answer.request, path=where,
            expected=Plain("Ed25519 over kind, county and text"), got=each.signature,
        )  # fmt: skip
    again = caller.ask("GET", PATH, {"If-None-Match": answer.headers.get("etag", '"-"')})
    caller.expect("bulletins_tag", again, 304)
