"""Metadata next to a task or milestone (§4): ``**Priority**: HIGH``, ``(3-4 hours)``, ``@user``,
``due:2026-01-15``, ``#tag``.

Every value keeps the span it came from, so that an edit finds it. Nothing is taken out of a *box* title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from syncd.model.values import TaskState
from syncd.roadmap.blocks import BOLD, CODE, LINK, Block, Item, Paragraph, Pieces
from syncd.roadmap.outline import marks, meta, owners, words
from syncd.roadmap.outline.sections import Section, Tree
from syncd.roadmap.outline.text import text_of
from syncd.roadmap.outline.titles import Title
from syncd.roadmap.places import Span

_KEYS: Final = {
    "priority": "priority|priorité|prioridad|prioridade|priorität|priorità|prioriteit|приоритет|优先级|優先度|우선순위",
    "complexity": "complexity|difficulty|complexité|complejidad|complexidade|komplexität|сложность|复杂度|難易度",
    "estimate": "estimated time|estimated effort|estimated duration|time estimate|estimate|estimated|effort|duration"
    "|size|story points|story point|points"
    "|durée|duración|estimación|tiempo estimado|duração|estimativa|dauer|aufwand|schätzung|оценка|время"
    "|工时|预计时间|所要時間|見積もり",
    "status": "status|state|statut|état|estado|stato|статус|状态|狀態|ステータス|状態|상태|durum",
    "assignees": "owner|owners|assignee|assignees|assigned to|assigned|responsible|lead|responsable|verantwortlich"
    "|zuständig|propietario|asignado|responsável|ответственный|исполнитель|负责人|担当|担当者|담당자",
    "due": "due date|due|deadline|target date|target completion|target|date limite|échéance|fecha límite"
    "|vencimiento|prazo|fällig|termin|frist|scadenza|срок|дедлайн|截止日期|期限|마감일",
    "tags": "tags|labels|étiquettes|etiquetas|schlagworte|теги|标签|タグ",
    "depends": "dependencies|dependency|depends on|depends|blocked by|blockers|prerequisites|prerequisite|requires|deps"
    "|dépendances|dépend de|dependencias|depende de|dependências|abhängigkeiten|abhängig von|dipendenze|зависимости"
    "|зависит от|依赖|前置任务|依存|依存関係|의존성",
}
KEYS: Final = {word: name for name, found in _KEYS.items() for word in found.split("|")}
_LINE: Final = re.compile(
    r"[ \t]*(?:[\U0001f000-\U0001faff\u2300-\u27bf]\ufe0f?\s*)?("
    + words.one_of(sorted(KEYS, key=len, reverse=True))
    + r")[ \t]*[:：][ \t]*",
    re.IGNORECASE,
)
_SEPARATOR: Final = re.compile(r"[\n|·;•]")
_VALUE_END: Final = re.compile(r"\n|\s*[|·•](?=\s)|\Z")
_INLINE: Final = re.compile(
    r"(?P<paren>\((?P<inner>[^()\n]{2,40})\))"
    rf"|{owners.NAME}"
    r"|(?P<duekey>\(?(?:📅\s*|due:\s*|\bdue\s+(?:on\s+|by\s+)?|deadline:?\s+))(?P<due>\d{4}-\d{2}-\d{2})"
    r"|(?<![\w&/#\]])#(?P<tag>[A-Za-z](?:[\w./-]*[\w-])?)",
    re.IGNORECASE,
)
_TEXTS: Final = (Paragraph, Item)
_ESTIMATE: Final = re.compile(words.ESTIMATE, re.IGNORECASE)
_USER: Final = re.compile(r"@?([A-Za-z0-9][\w.-]*)")
# From the start of a run of such signs only, and no longer than an address is: anything else takes quadratic time.
_REF: Final = re.compile(
    r"(?<![\w/.-])([\w.-]+/[\w.-]+#\d+)\b|(https?://[^\s)>\]]{1,300}/(?:-/)?issues/\d+)|\b(GH-\d+)\b|\bref:(GH#\d+)\b"
)
_PLAIN_REF: Final = re.compile(r"(?<![\w/&#])(#\d+)\b")
_ID: Final = (
    r"(?:(?:task|story|phase|week|step|milestone|sprint)\s+\d+(?:\.\d+)*[a-z]?"
    r"|(?-i:[A-Z]{1,6})-?\d+(?:\.\d+)*|\d+(?:\.\d+)+|#\d+)"
)
_WAITS: Final = re.compile(
    rf"\b(?:depends on|blocked by|blocked on)\s*:?\s*({_ID}(?:(?:\s*[,&]\s*|\s+and\s+){_ID})*)", re.IGNORECASE
)
_ONE_ID: Final = re.compile(_ID, re.IGNORECASE)
_PARTS: Final = re.compile(r"\s*[,;，、]\s*|\s+(?:and|und|et|y|&)\s+")
_WAITED: Final = re.compile(
    r"\s+(?:(?:is|are|must be)\s+)?(?:complete|completed|done|finished)$|\s*\([^()]*\)$", re.IGNORECASE
)
_NOTHING: Final = words.set_of(
    "none|nothing|n/a|na|-|—|–|no|tbd|aucune|ninguna|nenhuma|keine|nessuna|нет|无|なし|없음"
)
_STATUS_BOX: Final = re.compile(r"\[([ xX~/-])\]")


class Value(NamedTuple):
    """A value as the text has it, its bytes, and the bytes of all lines that exist only to say it."""

    text: str
    span: Span
    line: Span


Fields = dict[str, Value]


def fields_of(tree: Tree, section: Section, known: dict[int, Fields]) -> Fields:
    """The metadata lines right under a heading (not under its subheadings, not inside its boxes)."""
    if section.start not in known:
        known[section.start] = read_fields(tree, section.blocks)
    return known[section.start]


def read_fields(tree: Tree, blocks: list[Block]) -> Fields:
    """The metadata lines of blocks; the first of a kind counts."""
    found: Fields = {}
    for block in blocks:
        if isinstance(block, _TEXTS) and block.pieces and _has_colon(block.pieces):
            for name, value in _lines(tree, block):
                found.setdefault(name, value)
    return found


def _has_colon(pieces: Pieces) -> bool:
    return any(":" in piece.text or "：" in piece.text for piece in pieces)


def _lines(tree: Tree, block: Paragraph | Item) -> Iterator[tuple[str, Value]]:
    text = text_of(tree.source, block.pieces, lines=True)
    for found in _entries(text.plain):
        end = _VALUE_END.search(text.plain, found.end())
        stop = end.start() if end else len(text.plain)
        while stop > found.end() and text.plain[stop - 1].isspace():
            stop -= 1
        at = found.end()
        name = KEYS[" ".join(found[1].casefold().split())]
        if stop <= at or not (text.style(found.start(1)) & BOLD or _short(text.plain, found.start(1), stop)):
            continue
        # What a task waits for has no field of its own on a forge: the line stays in the notes.
        line = text.span(at, at) if name == "depends" else text.span(found.start(1), stop)
        yield name, Value(text.said(text.plain[at:stop]), text.span(at, stop), line)


def _entries(plain: str) -> Iterator[re.Match[str]]:
    """Keys with a colon: at the start of a line, or behind what separates entries on one."""
    after = 0
    for start in (0, *(found.end() for found in _SEPARATOR.finditer(plain))):
        if start >= after and (found := _LINE.match(plain, start)):
            after = found.end()
            yield found


def _short(plain: str, start: int, stop: int) -> bool:
    """Without bold only a line of its own that is short enough to be no sentence."""
    return stop - start <= 60 and (start == 0 or plain[start - 1] in "\n \t")


class Inline(NamedTuple):
    """Metadata inside a title: name, value, indexes of the value in the title's text."""

    name: str
    text: str
    start: int
    end: int


def inline(title: Title) -> list[Inline]:
    """What a title says in notation: estimate, users, due date, tags (§4)."""
    plain = title.of.plain
    if not ("(" in plain or "@" in plain or "#" in plain or _says_when(plain)):
        return []
    found: list[Inline] = []
    for one in _INLINE.finditer(plain):
        if title.of.style(one.start()) & (CODE | LINK):
            continue
        if one["paren"]:
            found.extend(_in_parenthesis(one["inner"], one.start("inner")))
        else:
            name = "assignees" if one["user"] else "due" if one["due"] else "tags"
            group = "user" if one["user"] else "due" if one["due"] else "tag"
            found.append(Inline(name, one[group], one.start(group), one.end(group)))
    return _people(title, found) if "@" in plain else found


def _people(title: Title, found: list[Inline]) -> list[Inline]:
    """Without the names that are not set off; what was cut from a title is read as a text of its own."""
    plain = title.of.plain
    parts = ((0, title.start), (title.start, title.end), (title.end, len(plain)))
    places = {at for part in parts for at in owners.owners(plain, *part)}
    return [one for one in found if one.name != "assignees" or one.start - 1 in places]


def _says_when(plain: str) -> bool:
    folded = plain.casefold()
    return "due" in folded or "deadline" in folded or "📅" in folded


def _in_parenthesis(inner: str, at: int) -> Iterator[Inline]:
    if estimate := _ESTIMATE.fullmatch(inner.strip()):
        start = at + inner.index(estimate[0])
        yield Inline("estimate", estimate[0], start, start + len(estimate[0]))
    else:
        for one in _INLINE.finditer(inner):
            if one["due"]:
                yield Inline("due", one["due"], at + one.start("due"), at + one.end("due"))
            elif one["user"]:
                yield Inline("assignees", one["user"], at + one.start("user"), at + one.end("user"))


def label(text: str) -> str:
    """A label value as text, folded: ``HIGH`` → ``high``, ``🔴 High (P0)`` → ``high (p0)``."""
    return " ".join(meta.without_emoji(text).strip(" *_`").casefold().split())


def due_of(text: str) -> date | None:
    """The due date that a value says: ISO dates only; others are not understood for sure."""
    return meta.iso_date(text)


def users(text: str) -> tuple[str, ...]:
    """The users that an owner line names: ``@ann, @bob`` or one bare name."""
    if "@" in text:
        return tuple(dict.fromkeys(re.findall(r"@([A-Za-z0-9][\w-]*)", text)))
    found = _USER.fullmatch(text.strip())
    return (
        (found[1],) if found and found[1].casefold() not in ("tbd", "none", "unassigned", "n", "todo") else ()
    )


def status_mark(value: Value, text: str) -> Span | None:
    """The inside of a box in a status value (``**Status**: [x] done``)."""
    found = _STATUS_BOX.search(text)
    return Span(value.span.start + found.start(1), value.span.start + found.end(1)) if found else None


def refs(text: str, *, plain: bool) -> tuple[str, ...]:
    """The existing issues that a text names on purpose; ``#9`` only with ``mapping.refs: issues`` (§4)."""
    found = (
        ["".join(filter(None, groups)) for groups in _REF.findall(text)]
        if "#" in text or "issues/" in text or "GH-" in text
        else []
    )
    if plain and "#" in text:
        found += _PLAIN_REF.findall(text)
    return tuple(dict.fromkeys(found))


def depends(text: str, value: str) -> tuple[str, ...]:
    """What a title (``… (blocked by 4.1)``) and the value of a dependency line say that a task waits for."""
    found: list[str] = []
    folded = text.casefold()
    if "depends on" in folded or "blocked " in folded:
        found += [one for said in _WAITS.findall(text) for one in _ONE_ID.findall(said)]
    for part in _PARTS.split(value.strip().rstrip(".")) if value else ():
        said = _WAITED.sub("", part).strip(" `*_")
        if said and said.casefold() not in _NOTHING:
            found.append(said)
    return tuple(dict.fromkeys(found))


def status_box(text: str) -> TaskState | None:
    """The state of a box in a status value (``[x] done``)."""
    found = _STATUS_BOX.search(text)
    return marks.COMMON.get(marks.normal(found[1])) if found else None


def tags(text: str) -> list[str]:
    """The tags of a tag line, folded."""
    return [tag for part in re.split(r"[,;\s]+", text) if (tag := part.strip(" #`*_").casefold())]
