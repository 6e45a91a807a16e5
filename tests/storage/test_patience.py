"""A keyring that does not answer keeps nobody: each wait has an end, and one question stands."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from desktop.application.ports import StoreError
from desktop.storage.keys import login_tokens, secret_service
from desktop.storage.keys.encryption_key import NoKeyring
from desktop.storage.keys.keyring_timeout import NoAnswer, Questions
from desktop.storage.keys.secret_service import Unsure
from support.spoken import words


class Slow:
    """A question that waits until it is let go on, and counts how often it was asked."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.asked = 0

    def __call__(self) -> str:
        self.asked += 1
        assert self.go_on.wait(20)
        return "answer"


@pytest.fixture
def slow() -> Iterator[Slow]:
    made = Slow()
    yield made
    made.go_on.set()


def test_an_answer_or_what_the_question_raised_comes_back():
    questions = Questions()
    assert questions.ask("a", lambda: "answer", 20) == "answer"

    def fails() -> str:
        raise NoKeyring

    for fault in (fails, lambda: exec("raise SystemExit")):
        with pytest.raises((NoKeyring, SystemExit)):
            questions.ask("a", fault, 20)
    assert questions.ask("a", lambda: "again", 20) == "again"


def test_who_gives_up_leaves_one_question_standing_for_the_next(slow: Slow):
    questions = Questions()
    with pytest.raises(NoAnswer):
        questions.ask("a", slow, 0.01)
    with pytest.raises(NoAnswer):
        questions.ask("a", slow, 0.01)
    assert questions.ask("b", lambda: "another", 20) == "another"
    slow.go_on.set()
    assert questions.ask("a", slow, 20) == "answer"
    assert slow.asked == 1


def test_how_long_a_question_is_under_way_is_known_by_the_beginning_of_its_name(slow: Slow):
    questions = Questions()
    assert questions.longest_s("long ") == 0.0
    standing = questions.begin("long a", slow)
    questions.ask("short a", lambda: "answer", 20)
    assert questions.longest_s("long ") > 0.0
    assert questions.longest_s("short ") == 0.0
    slow.go_on.set()
    assert standing.result(20) == "answer"
    assert questions.longest_s("long ") == 0.0


def test_a_login_that_waits_for_a_person_to_unlock_the_keyring_is_told(
    slow: Slow, monkeypatch: pytest.MonkeyPatch
):
    def locked(*_args: object) -> None:
        raise Unsure

    class Keyring:
        def get_password(self, _service: str, _entry: str) -> str:
            return slow()

    monkeypatch.setattr(login_tokens, "find_secret", locked)
    monkeypatch.setattr(login_tokens, "system_keyring", Keyring)
    monkeypatch.setattr(login_tokens, "ASKS_AFTER_S", 0.0001)
    with pytest.raises(StoreError):
        login_tokens.read("desk", "county", wait_s=0.01)
    assert login_tokens.is_asking()
    slow.go_on.set()
    assert login_tokens.read("desk", "county") == "answer"
    assert not login_tokens.is_asking()


def test_a_wait_is_cut_when_the_desk_closes(slow: Slow):
    closing = threading.Event()
    told: list[type[BaseException]] = []

    def lane() -> None:
        try:
            Questions().ask("a", slow, 1000, closing.is_set)
        except NoAnswer:
            told.append(NoAnswer)

    thread = threading.Thread(target=lane)
    thread.start()
    closing.set()
    thread.join(2)
    assert told == [NoAnswer]


def test_a_computer_that_has_no_thread_left_says_so_and_asks_anew(monkeypatch):
    def no_thread(_self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    questions = Questions()
    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", no_thread)
        with pytest.raises(RuntimeError):
            questions.ask("a", lambda: "answer", 20)
    assert questions.ask("a", lambda: "answer", 20) == "answer"


def test_the_long_way_through_a_keyring_has_an_end_too(slow: Slow, monkeypatch):
    class Locked:
        def get_password(self, _service: str, _name: str) -> str:
            return slow()

    monkeypatch.setattr(login_tokens, "system_keyring", Locked)
    with pytest.raises(StoreError) as caught:
        login_tokens.read("desk", "county", wait_s=0.01)
    assert caught.value.problem.code == "logins_locked"
    with pytest.raises(StoreError):
        login_tokens.read("desk", "county", is_cut=lambda: True)
    slow.go_on.set()
    assert login_tokens.read("desk", "county") == "answer"
    assert slow.asked == 1, "nobody is asked twice at once to unlock it"


def test_a_person_who_does_not_unlock_the_keyring_leaves_the_data_open_and_the_logins_locked(
    monkeypatch,
):
    class Locked:
        def get_password(self, _service: str, _name: str) -> str:
            raise type("PromptDismissedException", (Exception,), {})

    monkeypatch.setattr(login_tokens, "system_keyring", Locked)
    with pytest.raises(StoreError) as caught:
        login_tokens.read("desk", "county")
    assert caught.value.problem.code == "logins_locked"
    assert "not asked until it is unlocked" in words("en").problem(caught.value.problem).meaning


def test_the_short_way_gives_up_in_favour_of_the_long_one_unless_it_is_cut(slow: Slow, monkeypatch):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.delenv(secret_service.CHOSEN_KEYRING)
    monkeypatch.setattr("jeepney.io.blocking.open_dbus_connection", lambda _bus: slow())
    with pytest.raises(Unsure):
        secret_service.find_secret("county-desk", "a", 0.01)
    with pytest.raises(NoAnswer):
        secret_service.find_secret("county-desk", "a", 1000, lambda: True)
