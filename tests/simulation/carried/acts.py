"""What officers and counties do with sticks, paper and radio, and what befalls them by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.domain.command import Collection, CommandKind, Key
from simulation.acts import ACTS
from simulation.carried.bringing import bring_to_county
from simulation.carried.forging import forge_receipt
from simulation.carried.offices import Office
from simulation.carried.parcels import Parcel
from simulation.desk_acts import refresh

if TYPE_CHECKING:
    from simulation.desk import Desk
    from simulation.play import Play
    from simulation.server import Server

POST = "POST /v1/commands"
LOGINS = ("login1", "login2", "login3")
LONG = 70
"""Letters that make a note too long for one frame."""
LETTERS = "东南西北中发白一二三四五六七八九十"


def write_stick(play: Play, desk: Desk) -> None:
    """The outbox goes onto a stick, which somebody carries to the county."""
    post = play.post
    office = post.office(desk)
    if office is None or desk.opened is None:
        return
    pulled = post.dice.random() < 0.08
    data = post.dice.random() < 0.7
    for parcel in post.write(desk, office, data=data, pulled=pulled):
        post.send(parcel)


def write_codes(play: Play, desk: Desk) -> None:
    """The outbox goes onto a page of codes, which somebody photographs."""
    post = play.post
    office = post.office(desk)
    if office is not None and desk.opened is not None:
        for parcel in post.write(desk, office, codes=True):
            post.send(parcel)


def mix_codes(play: Play, desk: Desk) -> None:
    """Of two sequences of codes half of each is photographed."""
    post = play.post
    office = post.office(desk)
    if office is None or desk.opened is None:
        return
    network, desk.network = desk.network or 1, 0
    pieces: list[bytes] = []
    for half in (0, 1):
        _note(play, desk, office, "".join(post.dice.choices(LETTERS, k=8 * LONG)))
        _note(play, desk, office, "".join(post.dice.choices(LETTERS, k=8 * LONG)))
        if desk.opened is not None and not desk.disk.is_dead:
            pieces += [
                piece
                for parcel in post.write(desk, office, codes=True)
                for place, piece in enumerate(parcel.pieces)
                if place % 2 == half
            ]
    post.bring(Parcel("bundle", office, office.server.name, tuple(pieces), are_codes=True))
    desk.network = network


def bring_to_others(play: Play, desk: Desk) -> None:
    """A stick is carried to every county there is, and to drills."""
    post = play.post
    office = post.office(desk)
    if office is None or desk.opened is None:
        return
    for parcel in post.write(desk, office):
        for name in list(play.world.servers):
            post.bring(parcel._replace(to=name))


def bring_again(play: Play, desk: Desk) -> None:
    """A stick out of a drawer is brought once more."""
    play.post.again()


def send_frames(play: Play, desk: Desk) -> None:
    """What waits is sent over the radio."""
    post = play.post
    office = post.office(desk)
    if office is not None and desk.opened is not None:
        rounds = 1 + int(post.dice.random() * 3)
        post.radio.send(desk, office, rounds=rounds, spell=post.dice.random() < 0.15)
        post.radio.look()


def play_again(play: Play, desk: Desk) -> None:
    """Somebody plays frames again that he has heard, to the county and to the desk."""
    office = play.post.office(desk)
    play.post.radio.play_again()
    if office is not None:
        play.post.radio.tell_again(office)


def read_aloud(play: Play, desk: Desk) -> None:
    """A command is read to the county over the telephone."""
    office = play.post.office(desk)
    if office is not None and desk.opened is not None:
        play.post.radio.read_aloud(desk, office)


def send_long(play: Play, desk: Desk) -> None:
    """A note of several frames, given where no network is."""
    post = play.post
    office = post.office(desk)
    if office is None or desk.opened is None:
        return
    network, desk.network = desk.network or 1, 0
    _note(play, desk, office, post.dice.choice(LETTERS) * LONG)
    if desk.opened is not None:
        post.radio.send(desk, office)
    desk.network = network


def mix_fragments(play: Play, desk: Desk) -> None:
    """Long notes under one number: the disk is put back between them, and all frames arrive."""
    post = play.post
    office = post.office(desk)
    if office is None or desk.opened is None or desk.is_busy:
        return
    network, desk.network = desk.network or 1, 0
    image, number = desk.disk.image(), len(play.copies)
    play.copies.append((desk.name, number, image))
    play.world.say("disk copied", desk=desk.name, copy=number)
    for part in (0, 1, None):
        if part != 0 and desk.close():
            desk.disk.put(image)
            play.world.say("disk put back", desk=desk.name, copy=number)
            desk.open()
        with post.radio.being(0.0 if part is not None else 0.5, part):
            if desk.opened is not None:
                desk.network = 0
                send_long(play, desk)
    desk.network = network


def revoke(play: Play, desk: Desk) -> None:
    """The county revokes an office, with bundles of its under way; later they pair anew."""
    post = play.post
    office = post.office(desk)
    if office is None or desk.opened is None or office.server.database is None:
        return
    parcels = post.write(desk, office)
    post.book.revoke(office)
    for parcel in parcels:
        post.bring(parcel)
    late_s = post.dice.random() * 300 * post.slow
    play.world.time.after(late_s, lambda: pair_anew(play, desk))


def pair_anew(play: Play, desk: Desk) -> None:
    """A desk takes new keys, and its county with it; the old ones are good until these are used."""
    if not desk.is_asleep:
        play.post.pair(desk, play.post.dice.choice(list(desk.sources)))


def change_account(play: Play, desk: Desk) -> None:
    """Another login is used at a desk that is paired for the first one's account."""
    post = play.post
    office = post.office(desk)
    if office is None or not desk.logins:
        return
    desk.logins[office.source] = post.dice.choice(LOGINS)
    play.world.say(
        "login changed", desk=desk.name, source=office.source, officer=desk.officer,
        login=desk.logins[office.source],
    )  # fmt: skip
    if post.dice.random() < 0.7:
        refresh(play, desk)
        play.world.time.wait(10)
    if desk.opened is not None and not desk.disk.is_dead:
        _note(play, desk, office)
        for act in (send_frames, write_stick):
            act(play, desk)


def forge(play: Play, desk: Desk) -> None:
    """Somebody without the county's keys writes a receipt that all is done."""
    post = play.post
    office = post.office(desk)
    if office is None or desk.opened is None:
        return
    if not office.last:
        _note(play, desk, office)
        post.write(desk, office)
    if office.last and desk.opened is not None:
        post.bring(Parcel("receipt", office, desk.name, (forge_receipt(office, desk),)))


def receipt_across_restore(play: Play, desk: Desk) -> None:
    """A receipt comes once the desk has met the county's next epoch, which lost what it tells."""
    post, office = play.post, play.post.office(desk)
    if office is None or desk.opened is None or desk.is_busy:
        return
    server = office.server
    if server.database is None:
        return
    number, network = server.back_up(), desk.network or 1
    desk.network = 0
    _note(play, desk, office)
    receipts = _brought(play, desk, office)
    server.put_back(number, accept_loss=True)
    desk.network = network
    play.world.weather.planned.extend([(POST, "request lost")] * 3)
    refresh(play, desk)
    play.world.time.wait(12)
    for receipt in receipts:
        post.bring(Parcel("receipt", office, desk.name, (receipt,)))
    if post.dice.random() < 0.5:
        post.again()


def frames_across_restore(play: Play, desk: Desk) -> None:
    """What the radio told of an epoch is heard once more in the next, which lost it."""
    post, office = play.post, play.post.office(desk)
    if office is None or desk.opened is None or desk.is_busy or office.server.database is None:
        return
    number, network = office.server.back_up(), desk.network or 1
    desk.network = 0
    _note(play, desk, office)
    with post.radio.being(0.0):
        if desk.opened is not None:
            post.radio.send(desk, office)
    office.server.put_back(number, accept_loss=True)
    desk.network = network
    play.world.weather.planned.extend([(POST, "request lost")] * 3)
    refresh(play, desk)
    play.world.time.wait(12)
    post.radio.tell_again(office)
    with post.radio.being(1.0):
        if desk.opened is not None:
            post.radio.send(desk, office)


def data_comes_late(play: Play, desk: Desk) -> None:
    """County data on a stick, and the network tells newer rows before they are read."""
    post, office = play.post, play.post.office(desk)
    if office is None or desk.opened is None or desk.is_busy:
        return
    server = office.server
    if server.database is None:
        return
    life, network = play.lives[server.name], desk.network or 1
    desk.network = 0
    receipts = _brought(play, desk, office, data=True)
    if post.dice.random() < 0.75 and server.database is not None:
        life.change("i1")
        desk.network = network
        refresh(play, desk)
        play.world.time.wait(10)
    for receipt in receipts:
        post.bring(Parcel("receipt", office, desk.name, (receipt,)))
    desk.network = network


def withdraw_exported(play: Play, desk: Desk) -> None:
    """He takes back what lies on a stick already; then the stick arrives."""
    post, office = play.post, play.post.office(desk)
    if office is None or desk.opened is None:
        return
    network, desk.network = desk.network or 1, 0
    _note(play, desk, office)
    parcels = post.write(desk, office) if desk.opened is not None else []
    if desk.opened is not None:
        play.officers[desk.name].withdraw(CommandKind.NOTE)
    for parcel in parcels:
        post.bring(parcel)
    desk.network = network


def without_network(play: Play, desk: Desk) -> None:
    """For some minutes an office has nothing but sticks, to and fro, and they work."""
    post, office = play.post, play.post.office(desk)
    if office is None or desk.opened is None or office.server.database is None:
        return
    network = desk.network or 1
    play.move(desk, 0)
    for _ in range(2):
        if desk.opened is None or desk.disk.is_dead:
            break
        _note(play, desk, office)
        for receipt in _brought(play, desk, office):
            post.bring(Parcel("receipt", office, desk.name, (receipt,)))
        if play.world.time.askers:
            play.world.time.wait(post.dice.random() * 30)
    play.move(desk, network)


def _note(play: Play, desk: Desk, office: Office, more: str = "") -> None:
    target = Key(office.source, Collection.INCIDENTS, "i1")
    if desk.opened is not None and not desk.disk.is_dead:
        play.officers[desk.name].note(target, f"{play.post.dice.getrandbits(128):032x}", more)


def _brought(play: Play, desk: Desk, office: Office, *, data: bool = False) -> list[bytes]:
    """The receipts of what waits at a desk, carried to its county at once and by sure hands."""
    post, server = play.post, _serving(office)
    if server is None or desk.opened is None or desk.disk.is_dead:
        return []
    wholes = [parcel.pieces[0] for parcel in post.write(desk, office, data=data)]
    receipts = [bring_to_county(post, server, office, each) for each in wholes]
    return [each for each in receipts if each]


def _serving(office: Office) -> Server | None:
    return office.server if office.server.api is not None else None


POST_ACTS = (
    write_stick, write_stick, write_stick, write_codes, bring_again, send_frames, send_frames,
    play_again, read_aloud, send_long, revoke, pair_anew, change_account, forge,
    receipt_across_restore, data_comes_late, withdraw_exported, without_network, mix_fragments,
    frames_across_restore, mix_codes, bring_to_others,
)  # fmt: skip
"""Everything that may happen beside the network, in worlds where something is carried."""
QUIET = (write_stick, write_codes, bring_again, play_again)
"""Those of them in which nothing is given: while days are passed over no desk asks anything."""
BESIDE = (
    write_stick, write_stick, write_codes, send_frames, read_aloud, send_long, without_network,
    data_comes_late, bring_again,
)  # fmt: skip
"""What an office without a network does in a usual year."""
EVERY_ACT = (*ACTS, *POST_ACTS)
"""The whole catalogue; schedules draw from both parts with dice of their own."""
