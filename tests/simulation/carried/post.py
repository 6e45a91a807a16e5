"""The channel beside the network: sticks and paper that are lost, doubled, late and spoilt."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from desktop.application.ports import StoreError
from desktop.commands.courier import command as courier_command
from desktop.commands.courier.desk import CourierDesk
from desktop.domain.courier import BundleRefused
from desktop.wire import courier
from desktop.wire.courier.codes import cut_bundle, read_code
from simulation.carried.bringing import BY_COMMAND, bring_to_county
from simulation.carried.offices import Meta, Office, OfficeBook, digest_of
from simulation.carried.parcels import MOST_TRIES, Parcel, befall
from simulation.carried.radio import Radio
from simulation.disk import Crash

if TYPE_CHECKING:
    from simulation.desk import Desk
    from simulation.play import Play

Acts = Sequence[Callable[["Play", "Desk"], None]]
SHARE = 0.3
"""In so many of all worlds something is carried beside the network."""
KEPT = 10
"""So many sticks lie in drawers, and may be brought once more."""
PILE = 80
"""Photos of codes that a county, or a desk, keeps together."""
OTHER_PLACE = 0.08
"""How often a stick is carried to somebody else's county or desk."""
MEAN_S = 30.0
PASSED_OVER_S = 3 * 86_400.0
JOINED = "二维码"
"""What the name of a bundle begins with that was joined of codes."""


class Post:
    """Whoever carries something between a desk and its county, and what lies in drawers."""

    def __init__(self, play: Play) -> None:
        self.play, self.world = play, play.world
        self.dice = Random(play.world.seed ^ 0x905)
        """Chance for what is carried: a stream of its own, so that all else stays as it was."""
        self.is_open = self.dice.random() < SHARE
        self.slow = 1.0
        """By how much longer everything takes than in a play of some minutes."""
        self.book = OfficeBook(play.world)
        self.radio = Radio(self)
        self.acting: Desk | None = None
        """The desk whose program somebody uses with a stick, a page or a radio now."""
        self.reading: Meta | None = None
        """The receipt that was read last, where it is one."""
        self.printed: list[str] = []
        self.under_way: list[Parcel] = []
        self.old: list[Parcel] = []
        self._piles: dict[str, list[bytes]] = {}
        self._numbers = count(1)

    def begin(self, acts: Acts, quiet: Acts, mean_s: float = MEAN_S) -> None:
        """From now on, so often on average, have one of these acts happen at some desk; where
        days are passed over, now and then one of the quiet ones."""

        def again() -> None:
            if self.is_open:
                possible = acts if self.world.time.askers else quiet
                self.play.perform(self.dice.choice(possible), self.dice.choice(self.world.desks))
                wait()

        def wait() -> None:
            each_s = mean_s if self.world.time.askers else max(mean_s, PASSED_OVER_S)
            self.world.time.after(self.dice.expovariate(1 / each_s), again)

        if self.is_open:
            wait()

    # At a desk.

    def work(self, desk: Desk, call: Callable[[], Any], source: str = "") -> Any:
        """Have somebody use a desk's program; None when it died, or refused.

        What is read is taken by the lane of its source, between two exchanges.
        """
        outer, self.acting = self.acting, desk
        running = self.world.running
        self.world.running = next((e for e in desk.lanes if e.source == source), running)
        try:
            done = call()
        except Crash:
            desk.bury()
            return None
        except (BundleRefused, OSError, StoreError) as error:
            # Where the world lies is chance beyond its seed.
            said = str(error).replace(str(self.place), "")[:80]
            why = error.problem.code if isinstance(error, StoreError) else said
            self.world.say("carrying failed", desk=desk.name, problem=why)
            return None
        finally:
            self.acting, self.world.running = outer, running
        if desk.disk.is_dead:
            desk.bury()
            return None
        desk.tell()
        return done

    def office(self, desk: Desk, source: str = "") -> Office | None:
        """The office that a desk is, paired first where it is not; None where that fails."""
        if desk.opened is None or desk.disk.is_dead or desk.is_asleep:
            return None
        source = source or self.dice.choice(list(desk.sources))
        known: Office | None = self.work(desk, lambda: self.book.of(desk, source))
        return self.pair(desk, source) if known is None else known

    def pair(self, desk: Desk, source: str) -> Office | None:
        """Pair a desk with its county, or anew; None where that fails."""
        if desk.opened is None or desk.disk.is_dead:
            return None
        office: Office | None = self.work(desk, lambda: self.book.pair(desk, source, self.place))
        if office is not None:
            self.radio.forget(office.server)
        return office

    def write(
        self, desk: Desk, office: Office, *, codes: bool = False, data: bool = True,
        pulled: bool = False,
    ) -> list[Parcel]:  # fmt: skip
        """Have a desk write what waits there; what is on the stick or on paper then."""
        folder = self.place / f"stick-{next(self._numbers)}"
        if not pulled:
            folder.mkdir()
        assert desk.opened is not None
        carrier = CourierDesk(desk.opened, office.source)
        if codes:
            self.work(desk, lambda: carrier.export_codes(folder))
        elif data:
            self.work(desk, lambda: carrier.write(folder))
        else:
            self.work(desk, lambda: carrier.export(folder / "bundle.cdb", data=False))
        return self._found_in(folder, desk, office, codes)

    def _found_in(self, folder: Path, desk: Desk, office: Office, codes: bool) -> list[Parcel]:
        files = sorted(folder.glob("*.code" if codes else "*.cdb"))
        wholes = [file.read_bytes() for file in files]
        if not wholes:
            return []
        to = office.server.name
        if codes:
            parts = sorted(map(read_code, map(bytes.decode, wholes)), key=lambda each: each.place)
            whole = b"".join(each.data for each in parts)
            self.book.note_bundle(office, whole, desk=desk.name, way="codes")
            return [Parcel("bundle", office, to, tuple(wholes), are_codes=True)]
        for each in wholes:
            self.book.note_bundle(office, each, desk=desk.name, way="stick")
        return [Parcel("bundle", office, to, (each,)) for each in wholes]

    # On the way.

    def send(self, parcel: Parcel) -> None:
        """Let a parcel go, whatever becomes of it, perhaps to somebody whom it is not for."""
        if self.dice.random() < OTHER_PLACE:
            others = self.world.servers if parcel.kind == "bundle" else self._desks()
            parcel = parcel._replace(to=self.dice.choice(list(others)))
        for late_s, copy in befall(parcel, self.dice, self.slow):
            self._put(copy, late_s)

    def _desks(self) -> dict[str, Desk]:
        return {desk.name: desk for desk in self.world.desks}

    def _put(self, parcel: Parcel, late_s: float) -> None:
        self.under_way.append(parcel)

        def arrive() -> None:
            if parcel in self.under_way:
                self.under_way.remove(parcel)
                self.bring(parcel)

        self.world.time.after(late_s, arrive)

    def again(self) -> None:
        """Somebody finds a stick in a drawer and brings it once more."""
        if self.old:
            self.bring(self.dice.choice(self.old))

    def settle(self) -> None:
        """Bring all that is under way, in whatever order, and some of it twice; then no more."""
        if not self.is_open:
            return
        self.is_open = False
        while self.under_way:
            self.bring(self.under_way.pop(int(self.dice.random() * len(self.under_way))))
        for parcel in [each for each in self.old if self.dice.random() < 0.5]:
            self.bring(parcel)
        self.under_way.clear()
        self.radio.settle()

    def bring(self, parcel: Parcel) -> None:
        """Hand a parcel over; where nobody is there to take it, somebody comes again later."""
        self.world.history.reach(f"brought: {parcel.kind}" + " in codes" * parcel.are_codes)
        taken = self._to_county(parcel) if parcel.kind == "bundle" else self._to_desk(parcel)
        if taken:
            self.old = [*self.old[-KEPT:], parcel]
        elif parcel.tries < MOST_TRIES:
            late_s = (20 + self.dice.random() * 200) * self.slow
            self._put(parcel._replace(tries=parcel.tries + 1), late_s)

    def _to_county(self, parcel: Parcel) -> bool:
        server = self.world.servers[parcel.to]
        is_served = server.api is not None and server.paused is None
        if not is_served and self.dice.random() > BY_COMMAND:
            return False
        for whole in self._wholes(parcel):
            receipt = bring_to_county(self, server, parcel.office, whole)
            if receipt is None:
                return False
            if receipt:
                self.send_back(parcel.office, receipt, are_codes=self.dice.random() < 0.2)
        return True

    def send_back(self, office: Office, receipt: bytes, *, are_codes: bool = False) -> None:
        """Let a receipt go to the desk of its office, on a stick or as codes."""
        pieces = (receipt,)
        if are_codes:
            try:
                pieces = tuple(text.encode() for text in cut_bundle(receipt))
            except ValueError:
                are_codes = False  # It is too much for codes.
        self.send(Parcel("receipt", office, office.desk.name, pieces, are_codes))

    def _wholes(self, parcel: Parcel) -> list[bytes]:
        """The bundles that come out of a parcel, and out of the photos that lie there already."""
        files = parcel.pieces
        if parcel.are_codes:
            pile = [*self._piles.get(parcel.to, []), *files][-PILE:]
            self._piles[parcel.to], files = pile, tuple(pile)
        named = ((str(n), lambda most, d=each: d[:most]) for n, each in enumerate(files))
        found, _ = courier.find_bundles(named)
        if parcel.are_codes:
            for each in [one.read(1 << 26) for one in found if one.name.startswith(JOINED)]:
                is_known = digest_of(each) in self.book.bundles
                self.world.say("codes joined", at=parcel.to, genuine=is_known)
        return [each.read(1 << 26) for each in found]

    def _to_desk(self, parcel: Parcel) -> bool:
        desk = self._desks()[parcel.to]
        if desk.opened is None or desk.disk.is_dead or desk.is_asleep or desk.is_busy:
            return False
        source = parcel.office.source
        if self.work(desk, lambda: self.book.of(desk, source)) is None or desk.opened is None:
            return True  # It has no keys to read anything with.
        folder = self.place / f"back-{next(self._numbers)}"
        folder.mkdir()
        for number, piece in enumerate(parcel.pieces):
            (folder / f"{number:02}.cdb").write_bytes(piece)
        if parcel.are_codes or self.dice.random() < 0.3:
            files = sorted(folder.iterdir())
            options = argparse.Namespace(action="import", files=files, source=source)
            self.work(desk, lambda: courier_command.main(options), source)
            return True
        carrier = CourierDesk(desk.opened, source)
        self.work(desk, lambda: carrier.read(folder), source)
        return True

    @property
    def place(self) -> Path:
        """Where sticks lie."""
        return self.world.place
