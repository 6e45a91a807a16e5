"""How much one account may ask, open and leave at a county, so that no neighbour goes without."""

from __future__ import annotations

import socket
import threading

import pytest

from desktop.county_server.http.api import Settings
from desktop.county_server.quotas import Quotas
from support.street import LOGINS, LONG_S, Street, clock, database, gone, street

__all__ = ["clock", "database", "gone", "street"]
BODY = b"\xff\xd8\xff" + bytes(range(256)) * 8


def test_one_accounts_flood_of_commands_leaves_the_others_theirs(
    street: Street, clock: list[float]
):
    quotas = Quotas(commands_per_minute=30)
    server = street.serve(Settings(accounts=LOGINS, quotas=quotas))
    flood, other = street.desk(server, "north"), street.desk(server, "south")
    notes = [flood.click("note", body={"text": f"{n}"}) for n in range(40)]
    assert [flood.send(*notes[:20])[0], flood.send(*notes[20:30])[0]] == [200, 200]
    status, told = flood.send(*notes[30:])
    assert (status, told["type"]) == (429, "urn:county-desk:problem:quota")
    assert "指令" in told["detail"]
    assert other.give("note", "i2", body={"text": "一"})["status"] == "accepted"
    wait_s = int(flood.told["Retry-After"]) if "Retry-After" in flood.told else 0
    clock[0] += wait_s
    status, told = flood.send(*notes[30:])
    assert (status, len(told["results"])) == (200, 10), "nothing of them was lost"
    assert not {each["status"] for each in told["results"]} - {"accepted"}


def test_one_accounts_long_requests_fill_no_ledger(street: Street, clock: list[float]):
    server = street.serve(Settings(accounts=LOGINS, quotas=Quotas(command_bytes_per_day=20_000)))
    flood, other = street.desk(server, "north"), street.desk(server, "south")
    notes = [flood.click("explode", body={"text": "长" * 1_000}) for _ in range(4)]
    statuses = [flood.send(each)[0] for each in notes]
    assert statuses == [200, 200, 200, 429]
    assert "字节" in flood.send(notes[3])[1]["detail"]
    assert other.give("note", "i2", body={"text": "一"})["status"] == "accepted"
    clock[0] += int(flood.told["Retry-After"])
    assert flood.send(notes[3])[0] == 200


def test_one_accounts_streams_leave_the_others_theirs(street: Street, gone: threading.Event):
    server = street.serve(Settings(accounts=LOGINS, quotas=Quotas(streams=2)))

    def listen(token: str) -> tuple[socket.socket, bytes]:
        line = street.line(server)
        line.sendall(
            b"GET /v1/stream HTTP/1.1\r\nHost: localhost\r\n"
            b"Authorization: Bearer " + token.encode() + b"\r\n\r\n"
        )
        got = b""
        while b"\r\n\r\n" not in got:
            got += line.recv(1024)
        if b" 200 " in got.partition(b"\r\n")[0]:
            while b"data:" not in got:
                got += line.recv(1024)
        return line, got[9:12]

    first, status = listen("north")
    assert [status, *(listen(each)[1] for each in ("north", "north", "south"))] == [
        *(b"200", b"200", b"503", b"200")
    ]
    first.close()
    assert gone.wait(LONG_S)
    assert listen("north")[1] == b"200"


def test_an_account_opens_so_many_sessions_and_computers(street: Street, clock: list[float]):
    quotas = Quotas(sessions_per_minute=6, clients=3)
    server = street.serve(Settings(accounts=LOGINS, quotas=quotas))
    desks = [street.desk(server, "north") for _ in range(4)]
    assert [each.open()[0] for each in desks] == [200, 200, 200, 429]
    assert "电脑" in desks[3].open()[1]["detail"]
    assert desks[0].open()[0] == 200, "those known go on"
    assert desks[0].open()[0] == 429
    assert "会话" in desks[0].open()[1]["detail"]
    clock[0] += int(desks[0].told["Retry-After"])
    assert desks[0].open()[0] == 200
    assert street.desk(server, "south").open()[0] == 200


@pytest.mark.parametrize(
    "quotas",
    [Quotas(loose_files=5_000), Quotas(files=5_000), Quotas(loose_count=2)],
    ids=["loose bytes", "all bytes", "loose files"],
)
def test_one_accounts_files_fill_no_disk(street: Street, quotas: Quotas):
    server = street.serve(Settings(accounts=LOGINS, quotas=quotas))
    north, south = street.desk(server, "north"), street.desk(server, "south")
    first, second = BODY + b"1", BODY + b"2"
    assert north.bring(first)[0] == 200
    offer = {"digest": "a" * 64, "size": len(second)}
    assert north.ask("POST", "/v1/attachments", offer)[0] == 200, "offered, and counted in full"
    status, told = north.ask("POST", "/v1/attachments", offer | {"digest": "b" * 64})
    assert (status, told["type"]) == (507, "urn:county-desk:problem:files-quota")
    assert "附件" in told["detail"]
    assert int(north.told["Retry-After"]) > 0
    assert north.ask("POST", "/v1/attachments", offer)[0] == 200, "what was begun goes on"
    assert north.bring(first)[0] == 200, "what is here is here"
    assert south.bring(second)[0] == 200


def test_a_file_that_a_command_names_leaves_room_for_the_next(street: Street):
    server = street.serve(Settings(accounts=LOGINS, quotas=Quotas(loose_files=3_000)))
    north = street.desk(server, "north")
    for n in range(3):
        body = BODY + bytes([n])
        status, digest = north.bring(body)
        assert status == 200
        file = {"digest": digest, "name": "a.jpg", "size": len(body), "media_type": "image/jpeg"}
        assert north.give("attach", body={"file": file})["status"] == "accepted"
