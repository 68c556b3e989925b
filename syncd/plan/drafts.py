"""From what was decided about a task to actions: what to tell each remote, and which bases move without telling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from syncd.model.links import Pair, Settle
from syncd.model.remote import BodyContent, Issue
from syncd.model.values import Field, TaskState, Uid, Value, canonical_label
from syncd.plan.actions import Action, ActionKind, Change, IssueTarget
from syncd.plan.block import Block, new_content
from syncd.plan.fields import WHOLE, Lens, same_pair
from syncd.plan.labels import Elements
from syncd.plan.scene import Scene, Spot
from syncd.plan.settlement import Meeting, Outcome, ours_of

IN_BLOCK = (Field.NOTES, Field.CHECKLIST)


@dataclass(frozen=True, slots=True)
class Drafted:
    """One remote's share of a task: an update if something must be told, and the bases that move anyway.

    ``now`` move with a word in the state, ``after_write`` once the roadmap is written.
    """

    update: Action | None = None
    now: tuple[Settle, ...] = ()
    after_write: tuple[Settle, ...] = ()


@dataclass(frozen=True, slots=True)
class _Desk:
    """What one draft is made from."""

    scene: Scene
    spot: Spot
    meeting: Meeting
    outcomes: Mapping[Field, Outcome]
    content: BodyContent | None = None
    items: tuple[tuple[str, bool], ...] = ()

    def wanted(self, name: Field) -> Elements:
        """What the issue shall show of a field, told or not."""
        outcome = self.outcomes.get(name)
        known = outcome.wanted.get(self.meeting.remote) if outcome else None
        if known is not None:
            return known
        return self.meeting.lens.inward(name, {one: self.meeting.issue.value(one) for one in Field})


def draft(
    scene: Scene, spot: Spot, meeting: Meeting, outcomes: Mapping[Field, Outcome], block: Block | None
) -> Drafted:
    """The share of one remote. Fields that are held move nothing."""
    remote = meeting.remote
    content = block.contents.get(remote) if block else None
    desk = _Desk(scene, spot, meeting, outcomes, content, block.lists.get(remote, ()) if block else ())
    told = {name for name, outcome in outcomes.items() if remote in outcome.writes}
    target = _target(desk, told)
    changes = tuple(_changes(desk, target, told))
    fields = _travelling(desk, {change.field for change in changes})
    now: list[Settle] = []
    after: list[Settle] = []
    for name in meeting.lens.fields:
        outcome = outcomes.get(name)
        if outcome is None or outcome.held or name in fields:
            continue
        pair = Pair(outcome.after, meeting.issue.value(name))
        if not same_pair(name, meeting.base(name), pair):
            settle = Settle(spot.uid, remote, name, pair)
            (after if outcome.changes else now).append(settle)
    update = _update(desk, target, changes, fields) if changes else None
    return Drafted(update, tuple(now), tuple(after))


def create(spot: Spot, lens: Lens) -> list[Action]:
    """A new issue; a task that is finished already is closed by an update of its own, for none can be made closed."""
    target = _new_target(spot, lens)
    state = target.state
    values = {name: ours_of(spot, name) for name in lens.fields}
    opening = {**values, Field.STATE: TaskState.OPEN.value} if state.closed else values
    made = replace(_action(ActionKind.CREATE_ISSUE, spot, lens.remote), target=target, ours=opening)
    if not state.closed:
        return [made]
    closing = replace(
        _action(ActionKind.UPDATE_ISSUE, spot, lens.remote),
        target=replace(target, content=None),
        changes=(Change(Field.STATE, TaskState.OPEN.value, state.value),),
        ours={Field.STATE: spot.task.state.value},
    )
    return [made, closing]


def _new_target(spot: Spot, lens: Lens) -> IssueTarget:
    task = spot.task
    ours = {name: lens.ours(name, ours_of(spot, name)) if name in lens.fields else {} for name in Field}
    milestone = lens.project(Field.MILESTONE, WHOLE, spot.milestone)
    return IssueTarget(
        title=str(lens.project(Field.TITLE, WHOLE, task.title)),
        state=_raw(TaskState(str(lens.project(Field.STATE, WHOLE, task.state.value)))),
        milestone=Uid(milestone) if isinstance(milestone, str) else None,
        labels=lens.label_names(ours[Field.LABELS], task.state.value, ()),
        assignees=lens.login_names(ours[Field.ASSIGNEES]),
        due=_due(ours[Field.DUE].get(WHOLE)),
        content=new_content(spot),
    )


def link(spot: Spot, meeting: Meeting, drafted: Drafted, reason: str) -> Action:
    """The word that makes a link, with every base that it begins with."""
    settles = [*drafted.now, *drafted.after_write]
    if meeting.reopens:
        # If the reopening does not come through, the base must still say that the closing was ours.
        closed = meeting.issue.value(Field.STATE)
        settles.append(Settle(spot.uid, meeting.remote, Field.STATE, Pair(closed, closed)))
    return replace(
        _action(ActionKind.LINK, spot, meeting.remote, meeting.issue),
        settles=tuple(settles),
        reason=reason,
        adopts=spot.adopted,
    )


def rebase(spot: Spot, meeting: Meeting, settles: Sequence[Settle]) -> Action:
    """The word that moves bases to what both sides show already."""
    return replace(_action(ActionKind.REBASE, spot, meeting.remote, meeting.issue), settles=tuple(settles))


def _target(desk: _Desk, told: set[Field]) -> IssueTarget:
    lens, issue = desk.meeting.lens, desk.meeting.issue
    state = desk.wanted(Field.STATE).get(WHOLE)
    milestone = desk.wanted(Field.MILESTONE).get(WHOLE)
    title = desk.wanted(Field.TITLE).get(WHOLE) if Field.TITLE in told else issue.title
    due = desk.wanted(Field.DUE).get(WHOLE) if Field.DUE in lens.fields else None
    return IssueTarget(
        title=str(lens.project(Field.TITLE, WHOLE, title)),
        state=_raw(TaskState(str(lens.project(Field.STATE, WHOLE, state)))),
        milestone=Uid(milestone) if isinstance(milestone, str) else None,
        labels=lens.label_names(desk.wanted(Field.LABELS), state, issue.labels),
        assignees=lens.login_names(desk.wanted(Field.ASSIGNEES)),
        due=_due(due),
        content=desk.content if any(name in told for name in IN_BLOCK) else None,
    )


def _changes(desk: _Desk, target: IssueTarget, told: set[Field]) -> list[Change]:
    """The fields that will look different on the remote, in its own words."""
    issue, lens = desk.meeting.issue, desk.meeting.lens
    if Field.STATE in told and lens.tells_in_progress:
        told = told | {Field.LABELS}
    managed = tuple(sorted(name for name in issue.labels if lens.labels.managed(name)))
    people = tuple(sorted(login for login in issue.assignees if login.casefold() in lens.names))
    pairs: dict[Field, tuple[Value, Value]] = {
        Field.TITLE: (issue.title, target.title),
        Field.STATE: (issue.state.value, target.state.value),
        Field.MILESTONE: (_number_title(desk, issue), _uid_title(desk, target.milestone)),
        Field.CHECKLIST: (issue.checklist, desk.items),
        Field.NOTES: (issue.notes, desk.content.notes if desk.content else ""),
        Field.LABELS: (managed, target.labels),
        Field.ASSIGNEES: (people, target.assignees),
        Field.DUE: (issue.value(Field.DUE), target.due),
    }
    changes = [Change(name, *pairs[name]) for name in lens.fields if name in told]
    return [
        change
        for change in changes
        if change.before != change.after or _renumbered(desk, change.field, target)
    ]


def _renumbered(desk: _Desk, name: Field, target: IssueTarget) -> bool:
    """Whether an issue goes from one milestone to another of the same name."""
    if name is not Field.MILESTONE:
        return False
    lens = desk.meeting.lens
    return lens.places.by_number.get(desk.meeting.issue.milestone or 0) != target.milestone


def _travelling(desk: _Desk, fields: set[Field]) -> set[Field]:
    """What is settled by the answer: notes and checklist are written together, state and its label read together."""
    groups = [IN_BLOCK]
    if desk.meeting.lens.tells_in_progress:
        groups.append((Field.STATE, Field.LABELS))
    more = {name for group in groups if fields & set(group) for name in group}
    held = {name for name, outcome in desk.outcomes.items() if outcome.held}
    return ((fields | more) & set(desk.meeting.lens.fields) & set(desk.outcomes)) - held


def _update(desk: _Desk, target: IssueTarget, changes: tuple[Change, ...], fields: set[Field]) -> Action:
    lens, issue = desk.meeting.lens, desk.meeting.issue
    keep = {canonical_label(name) for name in target.labels}
    mine = {canonical_label(name) for name in issue.labels if lens.labels.managed(name)}
    staying = {login.casefold() for login in target.assignees}
    people = {login.casefold() for login in issue.assignees if login.casefold() in lens.names}
    changed = {change.field for change in changes}
    return replace(
        _action(ActionKind.UPDATE_ISSUE, desk.spot, lens.remote, issue),
        target=target,
        changes=changes,
        ours={name: desk.outcomes[name].after for name in lens.fields if name in fields},
        remove_labels=frozenset((mine | _outdated(desk)) - keep) if Field.LABELS in changed else frozenset(),
        remove_assignees=frozenset(people - staying) if Field.ASSIGNEES in changed else frozenset(),
    )


def _outdated(desk: _Desk) -> set[str]:
    """Labels that only an older mapping managed, and that nobody touched since we put them there."""
    link, base = desk.meeting.link, desk.meeting.base(Field.LABELS)
    if link is None or base is None or not isinstance(base.theirs, tuple):
        return set()
    settled = {canonical_label(str(name)) for name in base.theirs}
    present = {canonical_label(name) for name in desk.meeting.issue.labels}
    return {name for name in link.managed & settled & present if not desk.meeting.lens.labels.managed(name)}


def _number_title(desk: _Desk, issue: Issue) -> Value:
    snapshot = desk.scene.snapshots[desk.meeting.remote]
    found = snapshot.milestones.get(issue.milestone) if issue.milestone is not None else None
    return found.title if found else issue.milestone


def _uid_title(desk: _Desk, uid: Uid | None) -> Value:
    milestone = desk.scene.milestones.get(uid) if uid is not None else None
    return milestone.title if milestone else uid


def _raw(state: TaskState) -> TaskState:
    """A state in a forge's own words: in progress is open, with a label."""
    return TaskState.OPEN if state is TaskState.IN_PROGRESS else state


def _due(value: Value) -> str | None:
    return str(value) if value is not None else None


def _action(kind: ActionKind, spot: Spot, remote: str, issue: Issue | None = None) -> Action:
    """The bare action for a task: what it is called, and where it lives."""
    ref = issue.ref if issue else None
    return Action(
        kind, remote, spot.uid, spot.task.title, ref=ref, path=spot.path, occurrence=spot.occurrence
    )
