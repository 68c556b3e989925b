"""What is printed does nothing: addresses that are none, text that reverses itself, secrets."""

import threading
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.daemon.web.page.paper import Paper, address, iso, utc
from syncd.daemon.web.page.previews import Preview, Previews
from syncd.engine import Report
from syncd.errors import LockHeld
from tests.unit.daemon.doors import T0, report

PAPER = Paper(lambda text: text.replace("hidden-thing", "***"), lambda: T0)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "/roadmaps/main",
        "https:",
        "https:///x",
        "http://[",
        "",
    ],
)
def test_only_web_addresses_are_linked(url: str) -> None:
    assert address(url) == ""


@pytest.mark.parametrize("url", ["https://forge.example/a/b/issues/1", "http://127.0.0.1:8000/x"])
def test_web_addresses_are_linked_as_they_are(url: str) -> None:
    assert address(url) == url


@given(st.text(max_size=80))
def test_no_text_ends_its_place_or_says_a_secret(text: str) -> None:
    said = f"{text}hidden-thing{text}"
    answer = PAPER.page("away.html", heading="H", text=said)
    html = bytes(answer.body).decode()
    start, _, rest = html.partition("<h1>H</h1>\n<p>")
    shown, _, _ = rest.partition('</p>\n<p><a href="/">')
    assert "<" not in shown
    assert ">" not in shown
    assert "hidden-thing" not in html
    assert not set(html) & set("\u202e\u2066\u200f\x00\x1b\u2028")
    assert start.startswith("<!doctype html>")


def test_times_are_in_utc_for_people_and_programs() -> None:
    when = datetime(2026, 11, 21, 12, 5, 9, tzinfo=UTC)
    assert (utc(when), iso(when)) == ("2026-11-21 12:05 UTC", "2026-11-21T12:05:09Z")


# --- previews --------------------------------------------------------------------------------------------------------


def test_one_preview_at_a_time_whatever_the_roadmap_and_its_end_is_kept() -> None:
    begun, go = threading.Event(), threading.Event()

    def look(_name: str) -> Report:
        begun.set()
        assert go.wait(10)
        return report()

    previews = Previews(look, lambda: T0)
    assert previews.of("main") is None
    assert previews.begin("main")
    assert begun.wait(10)
    going = previews.of("main")
    assert going is not None
    assert going.going
    assert not previews.begin("other")
    go.set()
    over = ended(previews)
    assert (over.going, over.report is not None, over.at) == (False, True, T0)
    assert previews.begin("other")


@pytest.mark.parametrize(
    ("error", "said"),
    [(LockHeld("a run is going on", hint="wait"), "a run is going on"), (KeyError("x"), "a defect")],
)
def test_a_preview_that_fails_is_over_and_says_why(error: Exception, said: str) -> None:
    def look(_name: str) -> Report:
        raise error

    previews = Previews(look, lambda: T0)
    previews.begin("main")
    assert said in ended(previews).error
    assert previews.begin("main")


def ended(previews: Previews) -> Preview:
    for thread in threading.enumerate():
        if thread.name == "preview":
            thread.join(10)
    found = previews.of("main")
    assert found is not None
    assert not found.going
    return found
