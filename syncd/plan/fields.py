"""Fields as the two sides can be compared: canonical, through the current mapping and the remote's capabilities.

A base keeps raw values. Both its halves and the present ones go through the same lens, so a changed mapping moves
nothing by itself (design §5). The roadmap's words go out through :meth:`Lens.project`, a remote's come in through
:meth:`Lens.inward`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from syncd.model.links import Pair
from syncd.model.remote import Capabilities, Issue
from syncd.model.values import (
    TASK_FIELDS,
    Field,
    TaskState,
    Uid,
    Value,
    canonical_text,
    one_line,
)
from syncd.plan.labels import Elements, LabelMap, element_of, pairs, to_pairs

WHOLE = ""
"""The one element of a field that is not a set."""

SETS = frozenset({Field.LABELS, Field.ASSIGNEES})


@dataclass(frozen=True, slots=True)
class MilestonePlaces:
    """Which of our milestones stand where on a remote; ``shown`` also counts those that this plan creates or links.

    ``frozen`` are in doubt: nothing is said about them in this run.
    """

    by_number: Mapping[int, Uid] = field(default_factory=dict)
    shown: frozenset[Uid] = frozenset()
    frozen: frozenset[Uid] = frozenset()


@dataclass(frozen=True, slots=True)
class Lens:
    """How one remote shows tasks: its capabilities, and the mapping of labels, users and milestones for it."""

    remote: str
    capabilities: Capabilities
    labels: LabelMap
    logins: Mapping[str, str]
    """Canonical roadmap name → login there."""
    names: Mapping[str, str]
    """Canonical login → roadmap name."""
    places: MilestonePlaces

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields that this remote can hold, in their fixed order."""
        return tuple(name for name in TASK_FIELDS if name in self.capabilities.fields)

    @property
    def tells_in_progress(self) -> bool:
        """Whether a label tells in progress from open; state and labels are then settled together."""
        return bool(self.labels.in_progress) and Field.LABELS in self.capabilities.fields

    def inward(self, name: Field, raw: Mapping[Field, Value], prior: Elements | None = None) -> Elements:
        """A remote's raw value as elements in the roadmap's terms. A milestone nobody linked stays its number."""
        value = raw.get(name)
        match name:
            case Field.TITLE:
                return {WHOLE: canonical_title(value)}
            case Field.STATE:
                return {WHOLE: self._state(value, raw.get(Field.LABELS))}
            case Field.MILESTONE:
                return {WHOLE: self.places.by_number.get(value, value) if isinstance(value, int) else None}
            case Field.LABELS:
                return self.labels.from_names(texts(value), prior)
            case Field.ASSIGNEES:
                known = (self.names.get(login.casefold()) for login in texts(value))
                return {name: True for name in known if name is not None}
            case _:
                return {WHOLE: value}

    def ours(self, name: Field, value: Value) -> Elements:
        """A value of the roadmap (or the roadmap's half of a base) as elements."""
        match name:
            case Field.TITLE:
                return {WHOLE: canonical_title(value)}
            case Field.LABELS:
                return self.labels.from_pairs(value)
            case Field.ASSIGNEES:
                return {
                    canonical_name(name): True for name in texts(value) if canonical_name(name) in self.logins
                }
            case _:
                return {WHOLE: value}

    def project(self, name: Field, element: str, value: Value) -> Value:
        """What the remote would show if it were told this value."""
        match name:
            case Field.TITLE:
                return cut(str(value), self.capabilities.title_limit)
            case Field.STATE:
                return self._project_state(TaskState(str(value))).value
            case Field.MILESTONE:
                return value if value in self.places.shown or isinstance(value, int) else None
            case Field.LABELS:
                return value if self.labels.name(element, value) else None
            case _:
                return value

    def holds(self, name: Field, element: str) -> bool:
        """Whether this remote takes part in the merge of an element at all."""
        return name is not Field.ASSIGNEES or element in self.logins

    def label_names(self, elements: Elements, state: Value, present: Iterable[str]) -> tuple[str, ...]:
        """The managed labels that an issue shall bear, in the spelling that it already has for them."""
        wanted = {self.labels.name(element, value) for element, value in elements.items()} - {""}
        if self.tells_in_progress and state == TaskState.IN_PROGRESS:
            wanted.add(self.labels.in_progress)
        spelled = {name.casefold(): name for name in present}
        return tuple(sorted(spelled.get(name.casefold(), name) for name in wanted))

    def login_names(self, elements: Elements) -> tuple[str, ...]:
        """The logins of the mapped people in ``elements``."""
        return tuple(
            sorted(self.logins[name] for name, there in elements.items() if there and name in self.logins)
        )

    def _state(self, value: Value, labels: Value) -> Value:
        state = TaskState(str(value)) if value is not None else TaskState.OPEN
        if state is TaskState.OPEN and self.tells_in_progress and self.labels.says_in_progress(texts(labels)):
            return TaskState.IN_PROGRESS.value
        return state.value

    def _project_state(self, state: TaskState) -> TaskState:
        if state is TaskState.IN_PROGRESS and not self.tells_in_progress:
            return TaskState.OPEN
        if state is TaskState.DROPPED and not self.capabilities.closed_reasons:
            return TaskState.DONE
        return state


def lens(
    remote: str,
    capabilities: Capabilities,
    labels: LabelMap,
    users: Mapping[str, Mapping[str, str]],
    places: MilestonePlaces,
) -> Lens:
    """The lens of one remote. Two names for one login: the first by alphabet speaks for it."""
    logins = {canonical_name(name): there[remote] for name, there in sorted(users.items()) if remote in there}
    names: dict[str, str] = {}
    for name, login in logins.items():
        names.setdefault(login.casefold(), name)
    return Lens(remote, capabilities, labels, logins, names, places)


def raw_values(issue: Issue) -> dict[Field, Value]:
    """Every field of an issue as its remote shows it."""
    return {name: issue.value(name) for name in TASK_FIELDS}


def to_value(name: Field, elements: Elements, ours: Value) -> Value:
    """Elements as the roadmap's value. Members of ``ours`` that ``elements`` do not speak of are kept as they are."""
    match name:
        case Field.LABELS:
            own = {element_of(key, text): (key, text) for key, text in pairs(ours)}
            said = [_spelled(pair, ours) for pair in to_pairs(elements)]
            return tuple(sorted([pair for element, pair in own.items() if element[0] not in elements] + said))
        case Field.ASSIGNEES:
            own_names = {canonical_name(text): text for text in texts(ours)}
            kept = [text for key, text in own_names.items() if key not in elements]
            return tuple(sorted(kept + [own_names.get(key, key) for key, there in elements.items() if there]))
        case _:
            return elements.get(WHOLE)


def same_value(name: Field, one: Value, other: Value) -> bool:
    """Whether two raw values are the same: text canonically, all else exactly.

    Sets are compared with all their members, also those that nobody mapped: a base must know them when a mapping is
    added later, or that mapping would move them.
    """
    if one == other:
        return True
    if name in (Field.TITLE, Field.NOTES) and isinstance(one, str) and isinstance(other, str):
        return canonical_text(one) == canonical_text(other)
    return False


def same_pair(name: Field, one: Pair | None, other: Pair) -> bool:
    """Whether a base says already what it would be settled on."""
    return (
        one is not None
        and same_value(name, one.ours, other.ours)
        and same_value(name, one.theirs, other.theirs)
    )


def canonical_title(value: Value) -> str:
    """A title as it is compared: one line, blanks single, NFC."""
    return canonical_text(one_line(str(value or "")))


def canonical_name(name: str) -> str:
    """A person's name in the roadmap, without @ and case."""
    return name.removeprefix("@").casefold()


def cut(text: str, limit: int) -> str:
    """The part of a title that fits."""
    return text if len(text) <= limit else text[:limit].rstrip()


def texts(value: Value) -> tuple[str, ...]:
    """A set value as strings."""
    return tuple(str(member) for member in value) if isinstance(value, tuple) else ()


def _spelled(pair: tuple[str, str], ours: Value) -> tuple[str, str]:
    """A pair in the spelling that the roadmap already has for it."""
    return next((own for own in pairs(ours) if element_of(*own) == element_of(*pair)), pair)
