"""What a scenario does to the county's rows, inside one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import cast

import msgspec

from desktop.county_server.db.transaction import Transaction
from desktop.demo.initial_state import STORY, Opening, follower, phrase
from desktop.demo.scenario import Cue
from desktop.wire.level1 import Alarm, Asset, Incident, TimelineEntry, Warning

CLEARED = {
    "unacknowledged": "returned_unacknowledged",
    "acknowledged": "normal",
    "suppressed": "normal",
}
"""State of an alarm once its cause has gone (ISA-18.2)."""
KEPT_S = 900
"""How long an alarm that is back to normal stays listed."""


class Stage:
    """Assets, alarms, warnings and story incidents of the running scenario.

    Assets have no other writer and are mirrored here; everything a desk's command
    may change is read from the transaction before it is changed.
    """

    def __init__(self, assets: Sequence[Asset], opening: Opening, random: Random) -> None:
        self.assets = {each.id: each for each in assets}
        self.order = list(self.assets)
        self._opening = opening
        self._random = random
        self._dependents: dict[str, list[str]] = {}
        for each in assets:
            for needed in each.depends_on:
                self._dependents.setdefault(needed, []).append(each.id)

    def set_assets(self, transaction: Transaction, changed: Sequence[Asset]) -> None:
        """Write assets and mirror them."""
        transaction.put("assets", changed)
        self.assets.update((each.id, each) for each in changed)

    def fail(self, transaction: Transaction, cue: Cue, now: datetime) -> None:
        """Let an asset fail: its alarm calls, and the assets that depend on it follow."""
        asset = self.assets[cue.asset]
        if asset.state == cue.state:
            return
        head = Alarm(
            id=f"A-{asset.id}-{int(now.timestamp())}",
            title=phrase(cue.title),
            raised_at=now,
            priority=cue.priority,
            township=asset.township,
            asset=asset.id,
            detail=phrase(cue.note),
        )
        changed = [
            msgspec.structs.replace(asset, state=cue.state, since_at=now, note=phrase(cue.note))
        ]
        if cue.hits:
            changed += [
                msgspec.structs.replace(self.assets[each], state=cue.hits, since_at=now)
                for each in self._dependents.get(asset.id, ())
                if self.assets[each].state == "normal" and cue.only in ("", self.assets[each].kind)
            ]
        self.set_assets(transaction, changed)
        state = "unacknowledged" if cue.call else "suppressed"
        at = now + timedelta(seconds=1)
        transaction.put(
            "alarms", (head, *(follower(head, each, at, state) for each in changed[1:]))
        )

    def restore(self, transaction: Transaction, cue: Cue, now: datetime) -> None:
        """Restore an asset and those that failed only with it; their alarms return to normal."""
        asset = self.assets[cue.asset]
        changed = [
            msgspec.structs.replace(asset, state="normal", since_at=now, note="", observed_at=now)
        ]
        if asset.state == "failed":
            changed += [
                msgspec.structs.replace(
                    self.assets[each], state="normal", since_at=now, note="", observed_at=now
                )
                for each in self._dependents.get(asset.id, ())
                if self.assets[each].state in ("unknown", "degraded")
            ]
        self.set_assets(transaction, changed)
        well = {each.id for each in changed}
        transaction.put(
            "alarms",
            [
                msgspec.structs.replace(
                    alarm, state=CLEARED.get(alarm.state, alarm.state), cleared_at=now
                )
                for alarm in self.alarms(transaction)
                if alarm.asset in well and alarm.cleared_at is None
            ],
        )

    def alarms(self, transaction: Transaction) -> list[Alarm]:
        """Read every alarm as it is now, with the effects of commands."""
        decoder = msgspec.json.Decoder(Alarm)
        found = transaction.connection.execute(
            "SELECT body FROM rows WHERE collection='alarms' AND body IS NOT NULL ORDER BY key"
        )
        return [decoder.decode(body) for (body,) in found.fetchall()]

    def tidy_alarms(self, transaction: Transaction, now: datetime) -> None:
        """Acknowledge returned alarms like a duty officer, and delete those long back to normal."""
        seen, gone = [], []
        for alarm in self.alarms(transaction):
            if alarm.cleared_at is None or (now - alarm.cleared_at).total_seconds() < KEPT_S:
                continue
            if alarm.state == "returned_unacknowledged":
                change = {"acknowledged_at": now, "acknowledged_by": "值班员 05"}
                seen.append(msgspec.structs.replace(alarm, state="normal", **change))
            elif alarm.state == "normal":
                gone.append(alarm.id)
        transaction.put("alarms", seen)
        transaction.delete("alarms", gone)

    def warn(self, transaction: Transaction, cue: Cue, now: datetime, round_number: int) -> None:
        """Issue a rainstorm warning, or change the level of the one in force."""
        warning = cast(Warning | None, transaction.get("warnings", f"W-storm-1-{round_number}"))
        if warning is None or warning.lifted_at is not None:
            warning = self._opening.warning(now, round_number)
            warning = msgspec.structs.replace(warning, issued_at=now, starts_at=now)
        if cue.headline is not None:
            warning = msgspec.structs.replace(warning, headline=phrase(cue.headline))
        transaction.put("warnings", (msgspec.structs.replace(warning, level=cue.level),))

    def lift(self, transaction: Transaction, now: datetime, round_number: int) -> None:
        """Lift the warning in force."""
        warning = cast(Warning | None, transaction.get("warnings", f"W-storm-1-{round_number}"))
        if warning is not None and warning.lifted_at is None:
            transaction.put("warnings", (msgspec.structs.replace(warning, lifted_at=now),))

    def begin_story(
        self, transaction: Transaction, cue: Cue, now: datetime, serial: int, round_number: int
    ) -> None:
        """Add one of the story's incidents, with its times as of then."""
        told = self._opening.story_incident(cue.key, self._random, now, serial, round_number)
        late = now - told.recorded_at
        fresh = msgspec.structs.replace(
            told,
            stage="filed",
            recorded_at=now,
            occurred_at=now - timedelta(minutes=6),
            number=f"SJ-{now.year}-{serial:06d}",
            deadlines=tuple(
                msgspec.structs.replace(each, due_at=each.due_at + late, done_at=None)
                for each in told.deadlines
            ),
            timeline=(msgspec.structs.replace(told.timeline[0], happened_at=now, recorded_at=now),),
        )
        transaction.put("incidents", (fresh,))

    def tell_story(
        self, transaction: Transaction, cue: Cue, now: datetime, round_number: int
    ) -> None:
        """Advance a story incident: a timeline entry, and a later stage or a report made."""
        found = cast(
            Incident | None, transaction.get("incidents", f"{STORY}-{cue.key}-{round_number}")
        )
        if found is None:
            return
        met = cue.kind if cue.do == "met" else "first_phone"
        over = cue.stage in ("fed_back", "closed")
        entry_kind = "report" if cue.do == "met" else cue.kind
        transaction.put(
            "incidents",
            (
                msgspec.structs.replace(
                    found,
                    stage=cue.stage or found.stage,
                    timeline=(
                        *found.timeline,
                        TimelineEntry(entry_kind, phrase(cue.text), now, now),
                    ),
                    deadlines=tuple(
                        msgspec.structs.replace(each, done_at=now)
                        if each.done_at is None and (over or each.kind == met)
                        else each
                        for each in found.deadlines
                    ),
                ),
            ),
        )
