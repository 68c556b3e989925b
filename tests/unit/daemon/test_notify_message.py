"""What is sent: titles are words and nothing else, and no secret is in it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.daemon.notify.message import MANY, MOST, Message, document, inert, trial
from syncd.daemon.notify.news import News
from syncd.logs import Redactor
from tests.unit.daemon.doors import T0

TITLE = "<!channel> @here <https://evil.example|free> & [click](https://evil.example) ![x](//e) `*_~"


def said(style: str, *news: News, link: str = "", clean=str) -> Any:
    message = Message("ID", T0, "main", news, link)
    return json.loads(json.dumps(document(message, style, clean)))  # type: ignore[arg-type]  # a word of the type


def conflict(text: str, command: str = "syncd conflicts take AAAA title roadmap|github") -> News:
    return News("conflict", text, {"title": text, "sides": ["roadmap"], "values": {"roadmap": text}}, command)


def test_a_program_gets_the_news_of_a_run_as_data_and_as_text() -> None:
    found = said("json", conflict("“A” differs"), link="https://syncd.example/")
    assert found == {
        "id": "ID",
        "at": "2026-11-21T12:00:00+00:00",
        "roadmap": "main",
        "text": "syncd, roadmap main\n“A” differs: syncd conflicts take AAAA title roadmap|github",
        "news": [
            {
                "what": "conflict",
                "title": "“A” differs",
                "sides": ["roadmap"],
                "values": {"roadmap": "“A” differs"},
            }
        ],
        "left_out": 0,
        "link": "https://syncd.example/",
    }


def test_a_chat_gets_text_alone_with_the_link_at_its_end() -> None:
    found = said("slack", conflict("“A” differs"), link="https://syncd.example/")
    assert found["text"].split("\n") == [
        "syncd, roadmap main",
        "• “A” differs",
        "    syncd conflicts take AAAA title roadmap|github",
        "https://syncd.example/",
    ]
    assert (found["mrkdwn"], found["unfurl_links"], found["unfurl_media"]) == (False, False, False)


def test_a_title_in_a_chat_calls_nobody_and_leads_nowhere() -> None:
    text = said("slack", conflict(TITLE))["text"]
    for active in ("<", ">", "@here", "](", "://", "![", "& "):
        assert active not in text, active
    assert "&lt;!channel&gt;" in text


@given(st.text(max_size=80))
def test_whatever_a_title_holds_nothing_of_it_is_obeyed(title: str) -> None:
    made = inert(title)
    assert not set(made) & {"<", ">", "\n", "\r", "\x1b", "\u202e"}
    assert not any(f"@{char}" in made for char in "abcdefghijklmnopqrstuvwxyz0123456789")
    assert "](" not in made
    assert "://" not in made


def test_our_own_command_stays_as_it_is_for_it_is_copied() -> None:
    command = "syncd run my_road-map --approve " + "d" * 64
    assert f"    {command}\n" in said("slack", conflict("A", command), link="x")["text"]


def test_much_news_is_one_message_that_counts_the_rest() -> None:
    news = [conflict(f"number {number}") for number in range(MANY + 5)]
    assert f"• and {MANY + 5 - MOST} more" in said("slack", *news)["text"]
    found = said("json", *news)
    assert (len(found["news"]), found["left_out"]) == (MANY, 5)


@pytest.mark.parametrize("style", ["json", "slack"])
def test_no_secret_is_in_it_wherever_it_came_from(style: str) -> None:
    redactor = Redactor()
    redactor.hide("canary-token")
    news = News(
        "failing", "failed: canary-token", {"reason": ["canary-token"], "deep": {"a": "canary-token"}}
    )
    assert "canary" not in json.dumps(said(style, news, clean=redactor.clean))


@pytest.mark.parametrize("style", ["json", "slack"])
def test_a_trial_says_that_it_is_one(style: str) -> None:
    found = document(trial("ID", T0, ""), style, str)  # type: ignore[arg-type]  # a word of the type
    assert "arrive" in found["text"]
