"""Sessions of the page: signed, ended in time, and of no use to anybody else."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.daemon.web.session import LASTS, LOCAL, Sessions
from tests.unit.daemon.doors import T0

TOKEN = "open sesame, please"


@dataclass
class Desk:
    """Sessions on a clock that a test moves, with chance that can be foreseen."""

    now: datetime = T0
    token: str = TOKEN
    drawn: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.sessions = Sessions(
            lambda: self.token, clock=lambda: self.now, draw=lambda size: bytes([next(self.drawn)]) * size
        )

    def session(self) -> str:
        session = self.sessions.begin(TOKEN)
        assert session is not None
        return session


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_only_the_token_opens_one(desk: Desk) -> None:
    assert desk.sessions.begin("") is None
    assert desk.sessions.begin(TOKEN.upper()) is None
    assert desk.sessions.holds(desk.session())


def test_without_a_token_there_is_no_session(desk: Desk) -> None:
    desk.token = ""
    assert desk.sessions.begin("") is None


def test_each_is_another_and_says_nothing_of_the_token(desk: Desk) -> None:
    one, other = desk.session(), desk.session()
    assert one != other
    assert TOKEN not in one


def test_it_ends_after_a_day(desk: Desk) -> None:
    session = desk.session()
    desk.now += LASTS - timedelta(seconds=1)
    assert desk.sessions.holds(session)
    desk.now += timedelta(seconds=1)
    assert not desk.sessions.holds(session)


def test_it_ends_for_good_when_somebody_logs_out(desk: Desk) -> None:
    one, other = desk.session(), desk.session()
    desk.sessions.end(one)
    assert not desk.sessions.holds(one)
    assert desk.sessions.holds(other)


def test_what_was_logged_out_of_is_remembered_no_longer_than_it_would_have_held(desk: Desk) -> None:
    for _ in range(5):
        desk.sessions.end(desk.session())
    desk.sessions.end("never one of ours")
    assert len(desk.sessions._ended) == 5
    desk.now += LASTS
    desk.sessions.end("never one of ours")
    assert desk.sessions._ended == {}


def test_it_ends_with_another_token_and_with_another_key(desk: Desk) -> None:
    session = desk.session()
    desk.token = "another"
    assert not desk.sessions.holds(session)
    restarted = Desk(drawn=count(100))
    assert not restarted.sessions.holds(session)


@given(st.text())
def test_nothing_else_is_a_session(text: str) -> None:
    desk = Desk()
    desk.session()
    assert not desk.sessions.holds(text)


@given(st.integers(0, 200), st.characters())
def test_a_session_with_one_other_character_is_none(at: int, char: str) -> None:
    desk = Desk()
    session = desk.session()
    at %= len(session)
    changed = session[:at] + char + session[at + 1 :]
    assert desk.sessions.holds(changed) == (changed == session)


def test_a_form_belongs_to_its_session(desk: Desk) -> None:
    one, other = desk.session(), desk.session()
    word = desk.sessions.word(one)
    assert desk.sessions.ours(one, word)
    assert not desk.sessions.ours(other, word)
    assert not desk.sessions.ours(LOCAL, word)
    assert not desk.sessions.ours(one, "")
    assert not desk.sessions.ours(one, one), "the cookie is not the word"
