"""A plan as people read it on a terminal: like a good diff, in the order in which it would be carried out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import groupby

from syncd.model.values import Kind, Uid
from syncd.plan.actions import Action, ActionKind, Conflict, Held, Plan, RemotePlan
from syncd.plan.guard import Verdict
from syncd.plan.render.counts import closes, counts, sentence, told
from syncd.plan.render.words import change, cut, harmless, value

_FEW = 20
"""Up to this many creates are all listed; of more, the first :data:`_FIRST` of each milestone."""
_FIRST = 3
_INK = {"add": "32", "remove": "31", "alert": "33", "head": "1", "dim": "2"}
_SIGN = {
    ActionKind.CREATE_LABEL: ("+", "label", "add"),
    ActionKind.CREATE_MILESTONE: ("+", "milestone", "add"),
    ActionKind.CREATE_ISSUE: ("+", "issue", "add"),
    ActionKind.UPDATE_ISSUE: ("~", "", ""),
    ActionKind.UPDATE_MILESTONE: ("~", "milestone", ""),
    ActionKind.CLOSE_MILESTONE: ("x", "milestone", "remove"),
    ActionKind.LINK: ("=", "link", ""),
    ActionKind.UNLINK: ("/", "unlink", "remove"),
    ActionKind.REBASE: ("·", "agreed", "dim"),
}


@dataclass(frozen=True, slots=True)
class Paper:
    """How to write: width in columns, whether in colour, whether in full."""

    width: int
    colour: bool
    verbose: bool

    def ink(self, text: str, kind: str) -> str:
        """Text in one of the five inks, if there is colour."""
        return f"\x1b[{_INK[kind]}m{text}\x1b[0m" if self.colour and kind else text

    def row(self, text: str, kind: str = "") -> str:
        """One line, cut to the width."""
        return self.ink(cut(text, self.width), kind)

    def sentences(self, text: str, indent: str) -> Iterator[str]:
        """A longer text, broken between words."""
        width = max(self.width, len(indent) + 20)
        yield from textwrap.wrap(
            harmless(text), width, initial_indent=indent, subsequent_indent=indent, break_long_words=False
        )


def render_text(
    plan: Plan,
    verdict: Verdict,
    *,
    colour: bool = False,
    width: int = 100,
    path: str = "ROADMAP.md",
    verbose: bool = False,
) -> str:
    """The whole plan, ending in a newline. ``path`` names the roadmap's file in front of line numbers."""
    paper = Paper(width, colour, verbose)
    blocks = [
        list(_heads(plan, paper)),
        list(_edits(plan, path, paper)),
        *([*_remote(one, plan, paper)] for one in plan.remotes),
        list(_conflicts(plan.conflicts, paper)),
        list(_held(plan.held, path, paper)),
        list(_notes(plan, paper)),
        list(_refusals(verdict, paper)),
        [paper.ink(_summary(plan), "head")],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _summary(plan: Plan) -> str:
    found = counts(plan)
    rebased = sum(1 for action in plan.actions if action.kind is ActionKind.REBASE)
    if plan.empty and not any(found.values()):
        away = [one.remote for one in plan.remotes if one.unavailable]
        # What was not seen may differ: only of all sides together can one say that they agree (I23).
        agreed = f"{', '.join(away)} not read" if away else "all sides say the same"
        return f"{plan.roadmap}: nothing to do, {agreed}"
    noted = f" ({rebased} agreed meanwhile)" if rebased else ""
    return f"{plan.roadmap}: {sentence(found)}{noted}"


def _heads(plan: Plan, paper: Paper) -> Iterator[str]:
    """As whom, where, and how many people may get mail: before anything else."""
    for one in plan.remotes:
        account = f" as {harmless(one.account)}" if one.account else ""
        yield paper.row(f"{one.remote}: {harmless(one.project)}{account}  {harmless(one.url)}", "head")
        if one.unavailable:
            later = f", again from {one.retry_at}" if one.retry_at else ""
            yield paper.row(f"  not read: {harmless(one.unavailable)}{later}; left alone", "alert")
            continue
        facts = ["first sync" if one.first else f"{one.linked} linked"]
        facts += (
            [f"up to {one.mail} {'person' if one.mail == 1 else 'people'} may get mail"] if one.mail else []
        )
        yield paper.row(f"  {', '.join(facts)}", "dim")


def _edits(plan: Plan, path: str, paper: Paper) -> Iterator[str]:
    """Never cut: what a person approves must be there to be seen."""
    for one in plan.lines:
        yield paper.ink(f"{path}:{one.line}", "head")
        if one.before is not None:
            yield paper.ink(f"  - {harmless(one.before)}", "remove")
        if one.after is not None:
            yield paper.ink(f"  + {harmless(one.after)}", "add")


# --- one remote ------------------------------------------------------------------------------------------------------


def _remote(remote: RemotePlan, plan: Plan, paper: Paper) -> Iterator[str]:
    mine = [action for action in plan.actions if action.remote == remote.remote]
    if not paper.verbose:
        mine = [action for action in mine if action.kind is not ActionKind.REBASE]
    if not mine:
        return
    yield paper.ink(remote.remote, "head")
    shown, closed = told(mine)
    for kind, run in groupby(shown, key=lambda action: action.kind):
        if kind is ActionKind.CREATE_ISSUE:
            yield from _creates(list(run), closed, paper)
        else:
            for action in run:
                yield from _action(action, paper)


def _creates(actions: Sequence[Action], closed: Set[Uid], paper: Paper) -> Iterator[str]:
    """New issues by milestone; of many, the first few and how many more."""
    full = paper.verbose or len(actions) <= _FEW
    for home, run in groupby(actions, key=lambda action: action.path[:1]):
        group = list(run)
        done = sum(1 for action in group if action.uid in closed)
        where = f" in “{harmless(home[0])}”" if home else ""
        also = f", {done} of them closed" if done else ""
        yield paper.row(f"  + {_many(len(group), 'issue')}{where}{also}", "add")
        for action in group if full else group[:_FIRST]:
            box = "[x]" if action.uid in closed else "[ ]"
            yield paper.row(f"      {box} {harmless(action.title)}")
        if not full and len(group) > _FIRST:
            yield paper.row(f"      … and {len(group) - _FIRST} more (all with --verbose)", "dim")


def _action(action: Action, paper: Paper) -> Iterator[str]:
    sign, word, ink = _SIGN[action.kind]
    if closes(action):
        sign, ink = "x", "remove"
    if action.of is Kind.MILESTONE and word != "milestone":
        word = f"{word} milestone".strip()
    number = f"#{action.ref.number}" if action.ref and action.of is Kind.TASK else ""
    words = [part for part in (word, number, harmless(action.title)) if part]
    why = f" ({harmless(_why(action))})" if _why(action) else ""
    yield paper.row(f"  {sign} {' '.join(words)}{why}", ink)
    for one in action.changes:
        yield from paper.sentences(change(one), " " * 6)


def _why(action: Action) -> str:
    return action.reason or ("its task is gone" if action.closes_by_removal else "")


# --- what needs a person ---------------------------------------------------------------------------------------------


def _conflicts(conflicts: Sequence[Conflict], paper: Paper) -> Iterator[str]:
    for one in conflicts:
        yield paper.row(f"! {harmless(one.title)}: {one.field.value} differs", "alert")
        for side, seen in one.values.items():
            wins = " ← taken" if side == one.winner else ""
            yield from paper.sentences(f"{side}: {value(seen)}{wins}", "    ")
        if one.winner is None:
            yield paper.row("    held: nothing changes until you choose with `syncd conflicts take`", "alert")
        else:
            yield paper.row("    the other value is kept: `syncd conflicts`", "dim")


def _held(held: Sequence[Held], path: str, paper: Paper) -> Iterator[str]:
    for one in held:
        where = f" ({path}:{one.line})" if one.line else ""
        yield paper.row(f"? {harmless(one.title)}{where}: held", "alert")
        yield from paper.sentences(one.reason, "    ")


def _notes(plan: Plan, paper: Paper) -> Iterator[str]:
    # What could not be read is said at the head already.
    notes = [note for note in plan.notes if note.code != "unavailable"]
    if notes:
        yield paper.ink("notes", "head")
    for note in notes:
        yield from paper.sentences(f"{note.code}: {note.message}", "  ")


def _refusals(verdict: Verdict, paper: Paper) -> Iterator[str]:
    if not verdict.refusals:
        return
    said = "refused, nothing is written:" if verdict.refused else "over a limit, but approved:"
    yield paper.ink(said, "alert")
    for one in verdict.refusals:
        yield from paper.sentences(f"{one.remote}: {one.reason}", "  ")
    if verdict.refused and not any(one.final for one in verdict.refusals):
        yield f"  if this is what you want: syncd run --approve {verdict.digest}"


def _many(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
