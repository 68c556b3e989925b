"""Logs: lines for people or JSON for machines, and no secret in any form, wherever it came from."""

import base64
import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote_plus

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from syncd.logs import HIDDEN, Redactor, bound, get_log, set_up

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
SECRET = 'ghp_s3/cret+ tö"k\\en'


class Terminal(io.StringIO):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.getLogger("syncd").setLevel(logging.NOTSET)
    structlog.reset_defaults()


@pytest.fixture(params=[io.StringIO, Terminal], ids=["machine", "terminal"])
def stream(request: pytest.FixtureRequest) -> io.StringIO:
    made: io.StringIO = request.param()
    return made


def start(stream: io.StringIO, *, verbose: bool = False, colour: bool = False) -> Redactor:
    redactor = Redactor()
    redactor.hide(SECRET)
    set_up(stream, redactor, clock=lambda: NOW, verbose=verbose, colour=colour)
    return redactor


def test_a_machine_gets_one_json_document_per_event() -> None:
    stream = io.StringIO()
    start(stream)
    with bound(run="r1", roadmap="main"):
        get_log("syncd.engine").info("issue.created", number=7, labels=["a"])
    get_log("syncd.engine").warning("remote.failed")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first == {
        "event": "issue.created",
        "level": "info",
        "ts": "2026-03-01T12:30:00.000+00:00",
        "run": "r1",
        "roadmap": "main",
        "number": 7,
        "labels": ["a"],
    }
    assert "run" not in second


def test_a_terminal_gets_lines_and_colour_only_if_asked() -> None:
    for colour in (True, False):
        stream = Terminal()
        start(stream, colour=colour)
        get_log().info("issue.created", number=7)
        assert "issue.created" in stream.getvalue()
        assert ("\x1b[" in stream.getvalue()) is colour


def test_details_are_shown_only_when_asked_for(stream: io.StringIO) -> None:
    start(stream)
    get_log().debug("request.sent")
    assert stream.getvalue() == ""
    start(stream, verbose=True)
    get_log().debug("request.sent")
    assert "request.sent" in stream.getvalue()


def test_setting_up_twice_does_not_log_twice(stream: io.StringIO) -> None:
    start(stream)
    start(stream)
    get_log().info("issue.created")
    assert stream.getvalue().count("issue.created") == 1


def test_what_people_wrote_stays_on_its_line(stream: io.StringIO) -> None:
    start(stream)
    get_log().info("issue.created", title="one\ntwo\u2028three\r\x1b[2Jfour")
    text = stream.getvalue()
    assert text.count("\n") == 1
    assert not {"\u2028", "\r", "\x1b"} & set(text)


@pytest.mark.parametrize("verbose", [True, False])
def test_no_secret_is_logged_whatever_way_it_came(stream: io.StringIO, verbose: bool) -> None:
    start(stream, verbose=verbose)
    log = get_log("syncd.forge")
    basic = base64.b64encode(f"bot:{SECRET}:x".encode()).decode()
    with bound(trigger=SECRET):
        log.info(
            f"said {SECRET}", token=SECRET, headers={"Authorization": [f"token {SECRET}", f"Basic {basic}"]}
        )
        log.debug("request.sent", url=f"https://x.example/?t={quote_plus(SECRET)}")
        try:
            try:
                raise KeyError(SECRET)
            except KeyError as error:
                raise RuntimeError(f"while asking with {SECRET!r}") from error
        except RuntimeError:
            log.exception("run.failed", token=SECRET.encode())
    logging.getLogger("urllib3").warning("retrying %s", SECRET)
    logging.getLogger("github").error("failed", exc_info=ValueError(SECRET))
    text = stream.getvalue()
    for form in (SECRET, quote_plus(SECRET), json.dumps(SECRET)[1:-1], "s3/cret", "s3%2Fcret", basic):
        assert form not in text
    assert text.count(HIDDEN) >= 8
    assert "RuntimeError" in text
    assert "retrying" in text


def test_local_variables_stay_out_of_tracebacks(stream: io.StringIO) -> None:
    start(stream)
    unregistered = "unregistered-" + "value"
    try:
        raise RuntimeError(len(unregistered))
    except RuntimeError:
        get_log().exception("run.failed")
    assert "unregistered-value" not in stream.getvalue()


@given(st.text(min_size=4), st.binary(max_size=5), st.binary(max_size=5))
def test_a_secret_is_found_in_base64_at_any_offset(secret: str, before: bytes, after: bytes) -> None:
    try:
        raw = secret.encode()
    except UnicodeEncodeError:
        return
    redactor = Redactor()
    redactor.hide(secret)
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        text = encode(before + raw + after).decode()
        cleaned = redactor.clean(text)
        assert cleaned != text
        assert redactor.clean(f"<{secret}>") == f"<{HIDDEN}>"


def test_a_secret_that_holds_another_leaves_no_rest() -> None:
    redactor = Redactor()
    redactor.hide("abcd")
    redactor.hide("abcdefgh")
    assert redactor.clean("x abcdefgh y abcd") == f"x {HIDDEN} y {HIDDEN}"


def test_next_to_nothing_is_no_secret() -> None:
    redactor = Redactor()
    for secret in ("", "a", "abc"):
        redactor.hide(secret)
    assert redactor.clean("abc a b c") == "abc a b c"
