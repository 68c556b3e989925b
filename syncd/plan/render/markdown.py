"""A plan as a comment of CI: short, folded where it is long, and unable to call anybody or refer to anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from syncd.plan.actions import Action, ActionKind, Plan
from syncd.plan.guard import Verdict
from syncd.plan.render.counts import closes, counts, sentence
from syncd.plan.render.words import change, harmless, value

_LIMIT = 60_000
"""Characters; a comment on GitHub may have 65,536."""


def render_markdown(plan: Plan, verdict: Verdict, *, path: str = "ROADMAP.md") -> str:
    """The plan in Markdown, at most 60,000 characters; every foreign text stands in a code span or a fence."""
    rows = list(_rows(plan, verdict, path))
    text = "\n".join(rows) + "\n"
    while len(text) > _LIMIT and len(rows) > 1:
        # From the end: what is refused and what the plan amounts to come first.
        rows = rows[: len(rows) * 9 // 10]
        text = "\n".join(
            [*rows, "", *_unclosed(rows), "… shortened: run `syncd run --dry-run` for the whole plan", ""]
        )
    return text


def _unclosed(rows: list[str]) -> list[str]:
    fence = ""
    for row in rows:
        if match := re.match(r"`{3,}", row):
            fence = "" if fence else match[0]
    folded = sum(row.startswith("<details>") for row in rows) > rows.count("</details>")
    return [part for part in (fence, "</details>" if folded else "") if part]


def _rows(plan: Plan, verdict: Verdict, path: str) -> Iterator[str]:
    yield f"### syncd: {code(plan.roadmap)}: {sentence(counts(plan))}"
    for one in plan.remotes:
        away = f"; **not read**: {code(one.unavailable)}" if one.unavailable else ""
        account = f" as {code(one.account)}" if one.account else ""
        mail = f", up to {one.mail} may get mail" if one.mail else ""
        yield f"- {code(one.remote)}: {code(one.project)}{account}{mail}{away}"
    yield from _refusals(verdict)
    yield from _edits(plan, path)
    for remote, run in groupby(plan.actions, key=lambda action: action.remote):
        yield from _remote(remote, list(run))
    yield from _people(plan)


def _refusals(verdict: Verdict) -> Iterator[str]:
    if verdict.refusals:
        yield ""
        yield f"**{'Refused, nothing is written' if verdict.refused else 'Over a limit, but approved'}**"
        yield ""
        for one in verdict.refusals:
            yield f"- {code(one.remote)}: {code(one.reason)}"
        yield f"- digest: {code(verdict.digest)}"


def _edits(plan: Plan, path: str) -> Iterator[str]:
    if not plan.lines:
        return
    body = []
    for one in plan.lines:
        body.append(f"@@ {path}:{one.line} @@")
        body += [f"-{harmless(one.before)}"] if one.before is not None else []
        body += [f"+{harmless(one.after)}"] if one.after is not None else []
    fence = "`" * max(3, _longest_ticks("\n".join(body)) + 1)
    yield from ("", f"{fence}diff", *body, fence)


def _remote(remote: str, actions: list[Action]) -> Iterator[str]:
    shown = [action for action in actions if action.kind is not ActionKind.REBASE]
    if not shown:
        return
    yield from ("", f"<details><summary>{_html(remote)}: {len(shown)} actions</summary>", "")
    for action in shown:
        verb = "close" if closes(action) else action.kind.value.replace("_", " ")
        number = f" #\u200b{action.ref.number}" if action.ref else ""
        said = "; ".join(code(change(one)) for one in action.changes)
        yield f"- {verb}{number} {code(action.title)}" + (f": {said}" if said else "")
    yield from ("", "</details>")


def _people(plan: Plan) -> Iterator[str]:
    rows = [
        f"- conflict: {code(one.title)} {one.field.value}: "
        + ", ".join(f"{code(side)} says {code(value(seen))}" for side, seen in one.values.items())
        + (f"; {code(one.winner)} is taken" if one.winner else "; held until somebody chooses")
        for one in plan.conflicts
    ]
    rows += [f"- held: {code(one.title)}: {code(one.reason)}" for one in plan.held]
    rows += [f"- note: {code(one.message)}" for one in plan.notes]
    if rows:
        yield from ("", *rows)


def code(text: str) -> str:
    """A code span that ends where it should whatever the text has: neither ``@name`` nor ``#9`` works in one."""
    inert = harmless(text)
    ticks = "`" * (_longest_ticks(inert) + 1)
    pad = " " if inert.startswith("`") or inert.endswith("`") or not inert.strip() else ""
    return f"{ticks}{pad}{inert}{pad}{ticks}"


def _longest_ticks(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)


def _html(text: str) -> str:
    return harmless(text).replace("&", "&amp;").replace("<", "&lt;")
