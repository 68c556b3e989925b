"""How a notification is sent: once, again where nobody took it, never before the receiver said, and not for ever."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import httpx2
import pytest
import respx

from syncd.daemon.notify.post import ATTEMPTS, Post, Sent
from tests.unit.daemon.doors import T0

URL = "https://chat.example.org/hooks/T0/secret-part?key=canary"
NEWS = {"text": "something"}


class Clock:
    """Time passes only by waiting; from some moment on the program ends."""

    def __init__(self, ends_after: float = 1e9) -> None:
        self.now, self.waits, self.ends_after = T0, list[float](), ends_after

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)
        return sum(self.waits) > self.ends_after

    def post(self, **options: int) -> Post:
        return Post(clock=lambda: self.now, wait=self.wait, **options)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def answers(router: respx.Router, *found: httpx.Response | Exception) -> respx.Route:
    return router.post(URL).mock(side_effect=list(found))


def status(code: int, **headers: str) -> httpx.Response:
    return httpx.Response(code, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_what_is_taken_at_once_is_sent_once_as_json(clock: Clock, httpx2_mock: respx.Router) -> None:
    route = answers(httpx2_mock, status(204))
    assert clock.post().send(URL, NEWS) == Sent("sent")
    (call,) = route.calls
    assert call.request.content == b'{"text":"something"}'
    assert call.request.headers["content-type"] == "application/json"
    assert clock.waits == []


@pytest.mark.parametrize("code", [408, 425, 429, 500, 502, 503])
def test_what_nobody_took_is_sent_again_with_longer_and_longer_waits(
    clock: Clock, httpx2_mock: respx.Router, code: int
) -> None:
    answers(httpx2_mock, status(code), status(code), status(200))
    assert clock.post().send(URL, NEWS) == Sent("sent")
    assert clock.waits == [1, 2]


@pytest.mark.parametrize("error", [httpx2.ConnectError("refused"), httpx2.ConnectTimeout("slow")])
def test_a_connection_that_was_never_made_is_tried_again(
    clock: Clock, httpx2_mock: respx.Router, error: Exception
) -> None:
    answers(httpx2_mock, error, status(200))
    assert clock.post().send(URL, NEWS) == Sent("sent")


@pytest.mark.parametrize("error", [httpx2.ReadTimeout("slow"), httpx2.RemoteProtocolError("cut")])
def test_a_request_that_got_no_answer_is_not_repeated_for_somebody_may_have_read_it(
    clock: Clock, httpx2_mock: respx.Router, error: Exception
) -> None:
    route = answers(httpx2_mock, error, status(200))
    assert clock.post().send(URL, NEWS).result == "unknown"
    assert route.call_count == 1


@pytest.mark.parametrize("code", [301, 307, 400, 401, 403, 404, 410])
def test_a_no_is_a_no_and_a_redirect_is_not_followed(
    clock: Clock, httpx2_mock: respx.Router, code: int
) -> None:
    route = answers(httpx2_mock, status(code, location="https://elsewhere.example/", retry_after="1"))
    assert clock.post().send(URL, NEWS) == Sent("failed", f"answered {code}")
    assert route.call_count == 1


def test_it_gives_up_in_the_end(clock: Clock, httpx2_mock: respx.Router) -> None:
    route = answers(httpx2_mock, *[status(503)] * 20)
    assert clock.post().send(URL, NEWS) == Sent("failed", "answered 503")
    assert route.call_count == ATTEMPTS


def in_seconds(seconds: int) -> str:
    return str(seconds)


def as_date(seconds: int) -> str:
    return (T0 + timedelta(seconds=seconds)).astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")


@pytest.mark.parametrize("form", [in_seconds, as_date])
def test_nothing_is_sent_before_the_time_that_was_asked_for(
    clock: Clock, httpx2_mock: respx.Router, form: Callable[[int], str]
) -> None:
    sent_at: list[datetime] = []

    def answer(_: httpx.Request) -> httpx.Response:
        sent_at.append(clock.now)
        return status(429, retry_after=form(90)) if len(sent_at) == 1 else status(200)

    httpx2_mock.post(URL).mock(side_effect=answer)
    assert clock.post().send(URL, NEWS) == Sent("sent")
    assert sent_at == [T0, T0 + timedelta(seconds=90)]


def test_the_next_notification_obeys_that_time_too(clock: Clock, httpx2_mock: respx.Router) -> None:
    answers(httpx2_mock, status(429, retry_after="60"), status(200))
    post = clock.post(attempts=1)
    assert post.send(URL, NEWS) == Sent("failed", "answered 429")
    assert post.send(URL, NEWS) == Sent("failed", "it asked to wait")
    clock.now += timedelta(seconds=60)
    assert post.send(URL, NEWS) == Sent("sent")


@pytest.mark.parametrize("asked", ["3601", "9" * 400])
def test_whoever_wants_more_than_an_hour_does_not_get_it(
    clock: Clock, httpx2_mock: respx.Router, asked: str
) -> None:
    route = answers(httpx2_mock, status(429, retry_after=asked))
    assert clock.post().send(URL, NEWS).result == "failed"
    assert (route.call_count, clock.waits) == (1, [])


@pytest.mark.parametrize("asked", ["soon", "-1", "1.5", "٣", ""])
def test_a_time_that_is_none_is_as_good_as_no_word(
    clock: Clock, httpx2_mock: respx.Router, asked: str
) -> None:
    answers(httpx2_mock, httpx.Response(503, headers=[(b"Retry-After", asked.encode())]), status(200))
    assert clock.post().send(URL, NEWS) == Sent("sent")
    assert clock.waits == [1]


def test_the_end_of_the_program_ends_the_waiting(httpx2_mock: respx.Router) -> None:
    clock = Clock(ends_after=2)
    route = answers(httpx2_mock, *[status(503)] * 20)
    assert clock.post().send(URL, NEWS) == Sent("failed", "the daemon ends")
    assert route.call_count == 2


def test_what_is_said_of_a_failure_holds_no_part_of_the_address(
    clock: Clock, httpx2_mock: respx.Router
) -> None:
    answers(httpx2_mock, httpx2.ReadTimeout(URL))
    assert "canary" not in clock.post().send(URL, NEWS).why
