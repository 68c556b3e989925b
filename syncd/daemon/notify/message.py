"""What is sent: the news of one run as one document, or as text for a chat. PURE.

Titles come from whoever can open an issue: in a chat they must ring nobody's bell and lead nowhere (I19). Slack
obeys `<!channel>` and `<https://...|text>`, which escaping ends; those that took over its form obey `@channel` and
Markdown too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from syncd.daemon.notify.news import News
from syncd.plan.render.words import harmless

BREAK = "\u200b"
"""A zero-width space: what it stands in is no mention, address or link any more."""
MOST = 10
"""Pieces of news in one text; the rest is counted. A document for programs has :data:`MANY`."""
MANY = 100
_ACTIVE = re.compile(r"(@|://|www\.|\]\(|!\[|`|\*|_|~)")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
Style = Literal["json", "slack"]


@dataclass(frozen=True, slots=True)
class Message:
    """The news of one run. ``id`` is the same in every attempt to send it; ``link`` is that of the page, or empty."""

    id: str
    at: datetime
    roadmap: str
    news: Sequence[News]
    link: str = ""


def trial(id_: str, at: datetime, link: str) -> Message:
    """What `syncd notify` sends: nothing happened."""
    return Message(id_, at, "", (), link)


def document(message: Message, style: Style, clean: Callable[[str], str]) -> Mapping[str, Any]:
    """What the receiver gets as JSON. ``clean`` takes secrets out of any text."""
    return _for_chats(message, clean) if style == "slack" else _for_programs(message, clean)


def inert(text: str) -> str:
    """Text from anywhere, as words and nothing else, in Slack and in whatever took over its form."""
    return _ACTIVE.sub(lambda found: _broken(found[0]), harmless(text)).translate(_ENTITIES)


def _broken(sign: str) -> str:
    # Inside, where two signs act together only; behind, where one acts on what follows.
    return f"{sign[:1]}{BREAK}{sign[1:]}"


def _for_chats(message: Message, clean: Callable[[str], str]) -> Mapping[str, Any]:
    rows = [row for one in message.news[:MOST] for row in _rows(one, clean)]
    if (left := len(message.news) - MOST) > 0:
        rows.append(f"• and {left} more")
    text = "\n".join([_head(message), *rows, *([message.link] if message.link else [])])
    # Its own marks and cards are switched off where that can be said.
    return {"text": text, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}


def _rows(one: News, clean: Callable[[str], str]) -> list[str]:
    command = [f"    {one.command.translate(_ENTITIES)}"] if one.command else []
    return [f"• {inert(clean(one.text))}", *command]


def _for_programs(message: Message, clean: Callable[[str], str]) -> Mapping[str, Any]:
    shown = message.news[:MANY]
    return {
        "id": message.id,
        "at": message.at.isoformat(),
        "roadmap": message.roadmap or None,
        "text": clean("\n".join([_head(message), *(harmless(_whole(one)) for one in shown)])),
        "news": [{"what": one.what, **_cleaned(one.details, clean)} for one in shown],
        "left_out": len(message.news) - len(shown),
        "link": message.link or None,
    }


def _whole(one: News) -> str:
    return f"{one.text}: {one.command}" if one.command else one.text


def _head(message: Message) -> str:
    # Names of roadmaps are our own words: lower case, digits, `-` and `_`.
    return f"syncd, roadmap {message.roadmap}" if message.roadmap else "syncd: notifications arrive here"


def _cleaned(value: Any, clean: Callable[[str], str]) -> Any:
    match value:
        case str():
            return clean(value)
        case Mapping():
            return {key: _cleaned(one, clean) for key, one in value.items()}
        case list():
            return [_cleaned(one, clean) for one in value]
        case _:
            return value
