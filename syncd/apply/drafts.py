"""From an action and a fresh read to what is sent: whole sets with only the managed members exchanged (I18)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from syncd.forge import body
from syncd.model.links import Pair, Settle
from syncd.model.remote import Capabilities, Issue, IssueDraft, IssuePatch, Marker, MilestonePatch, Ref
from syncd.model.values import Field, TaskState, Uid, Value, canonical_label, canonical_text
from syncd.plan.actions import Action, IssueTarget, MilestoneTarget

IN_BODY = frozenset({Field.NOTES, Field.CHECKLIST})
"""The fields that live in the managed block of the body."""

MilestoneRef = Callable[[Uid], Ref]


def issue_draft(
    action: Action,
    marker: Marker,
    milestone: MilestoneRef,
    capabilities: Capabilities,
    references: Mapping[str, int],
) -> IssueDraft:
    """What a create sends: everything the target says, open (no forge can create a closed issue)."""
    target = _issue_target(action)
    return IssueDraft(
        title=target.title,
        body=_block(target, marker, capabilities.body_limit, references),
        milestone=milestone(target.milestone) if target.milestone else None,
        labels=target.labels,
        assignees=target.assignees,
        due=_date(target.due),
    )


def issue_patch(
    action: Action,
    fresh: Issue,
    marker: Marker,
    milestone: MilestoneRef,
    capabilities: Capabilities,
    references: Mapping[str, int],
) -> IssuePatch:
    """What an update sends: exactly the changed fields. The block is put into the body as people left it."""
    target = _issue_target(action)
    fields = frozenset(change.field for change in action.changes)
    text = None
    if fields & IN_BODY:
        room = body.room(fresh.body, capabilities.body_limit)
        others = {word: number for word, number in references.items() if number != fresh.ref.number}
        above = body.read(fresh.body).before
        text = body.put(fresh.body, _block(target, marker, room, others, above))
    return IssuePatch(
        fields=fields,
        title=target.title,
        body=text,
        state=target.state,
        milestone=milestone(target.milestone) if target.milestone and Field.MILESTONE in fields else None,
        labels=_exchange(fresh.labels, action.remove_labels, target.labels, canonical_label),
        assignees=_exchange(fresh.assignees, action.remove_assignees, target.assignees, str.casefold),
        due=_date(target.due),
    )


def milestone_patch(action: Action) -> MilestonePatch:
    """What a milestone's create or update sends; a create names all fields that it has."""
    target = action.target
    assert isinstance(target, MilestoneTarget)
    changed = frozenset(change.field for change in action.changes)
    whole = {Field.TITLE, Field.STATE} | ({Field.DUE} if target.due else set())
    fields = changed or frozenset(whole)
    return MilestonePatch(fields, target.title, target.state, _date(target.due))


def intended(action: Action, draft: IssueDraft, limit: int) -> tuple[Settle, ...]:
    """The bases of a create as they were meant: what an issue found after a lost answer is compared with.

    A person may have edited it since; only against what was *sent* does that show as an edit.
    """
    target = _issue_target(action)
    content = target.content
    sent: dict[Field, Value] = {
        # As the forge shows it: a long title may have lost its end when it was made inert.
        Field.TITLE: body.plain_title(body.inert_title(draft.title, limit)),
        Field.STATE: TaskState.OPEN.value,
        Field.MILESTONE: draft.milestone.number if draft.milestone else None,
        Field.LABELS: tuple(sorted(draft.labels)),
        Field.ASSIGNEES: tuple(sorted(draft.assignees)),
        Field.DUE: target.due,
        Field.NOTES: content.notes if content else "",
        Field.CHECKLIST: tuple((item.text, item.done) for item in content.checklist) if content else (),
    }
    return tuple(
        Settle(action.uid, action.remote, name, Pair(ours, sent[name])) for name, ours in action.ours.items()
    )


def moved_since(action: Action, seen: Issue, fresh: Issue) -> Field | None:
    """The first managed field that a person changed between the observation and now; None if it is safe to write."""
    for change in action.changes:
        if _managed(action, change.field, seen) != _managed(action, change.field, fresh):
            return change.field
    return None


def _managed(action: Action, name: Field, issue: Issue) -> Value:
    target = _issue_target(action)
    value = issue.value(name)
    if name is Field.LABELS:
        ours = action.remove_labels | {canonical_label(label) for label in target.labels}
        return tuple(sorted(ours & {canonical_label(label) for label in issue.labels}))
    if name is Field.ASSIGNEES:
        people = action.remove_assignees | {login.casefold() for login in target.assignees}
        return tuple(sorted(people & {login.casefold() for login in issue.assignees}))
    return canonical_text(value) if isinstance(value, str) else value


def _exchange(
    fresh: tuple[str, ...], remove: frozenset[str], add: tuple[str, ...], key: Callable[[str], str]
) -> tuple[str, ...]:
    """People's own members stay, in their order; ours are taken out and put back as they shall be."""
    ours = {key(name) for name in add}
    kept = [name for name in fresh if key(name) not in remove or key(name) in ours]
    there = {key(name) for name in kept}
    return (*kept, *(name for name in add if key(name) not in there))


def _block(
    target: IssueTarget, marker: Marker, limit: int, references: Mapping[str, int], above: str = ""
) -> str:
    assert target.content is not None, "a block is only written with its content"
    return body.render(target.content, marker, limit=limit, references=references, above=above).text


def _issue_target(action: Action) -> IssueTarget:
    assert isinstance(action.target, IssueTarget)
    return action.target


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
