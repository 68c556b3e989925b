"""Values as the two sides can be compared: labels by pattern, people by map, milestones by link, masks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syncd.model.policy import LabelRules
from syncd.model.remote import Capabilities
from syncd.model.values import Field, TaskState, Uid, Value
from syncd.plan.fields import WHOLE, Lens, MilestonePlaces, cut, lens, to_value
from syncd.plan.labels import LabelMap
from tests.worlds import GITHUB, GITLAB

RULES = {"priority": "priority: {}", "tags": "tag/{}", "in_progress": "Doing"}
USERS = {"ann": {"a": "Ann-GH", "b": "ann"}, "@Bob": {"a": "bob"}}
PLACES = MilestonePlaces({7: Uid("m")}, frozenset({Uid("m")}), frozenset())


def labels(**patterns: str) -> LabelMap:
    return LabelMap.of(LabelRules(patterns), 50)


def look(capabilities: Capabilities = GITHUB, rules=None) -> Lens:
    return lens("a", capabilities, labels(**(RULES if rules is None else rules)), USERS, PLACES)


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        ("priority: high", ("priority", "high")),
        ("Priority: HIGH", ("priority", "high")),
        ("tag/x", ("tags", "x")),
        ("priority: ", None),
        ("bug", None),
        ("doing", None),
    ],
)
def test_a_label_is_read_by_its_pattern_without_case(name, pair):
    assert labels(**RULES).key_value(name) == pair


def test_the_pattern_with_more_text_of_its_own_decides():
    both = labels(tags="{}", priority="priority: {}")
    assert both.key_value("priority: high") == ("priority", "high")
    assert both.key_value("bug") == ("tags", "bug")


def test_a_value_becomes_the_label_of_its_pattern():
    there = labels(**RULES)
    assert there.name("priority", "high") == "priority: high"
    assert there.name("tags/x", True) == "tag/x"
    assert there.name("complexity", "low") == ""
    assert there.name("priority", "x" * 50) == "", "longer than the remote's limit"


@pytest.mark.parametrize(
    ("names", "prior", "value"),
    [
        (("priority: high", "priority: low"), {"priority": "high"}, "low"),
        (("priority: high", "priority: low"), {}, None),
        (("priority: mid", "priority: low"), {"priority": "high"}, "high"),
        (("priority: low",), {"priority": "high"}, "low"),
        ((), {"priority": "high"}, None),
    ],
)
def test_two_labels_of_a_key_of_one_value_mean_the_new_one_or_nothing(names, prior, value):
    assert labels(**RULES).from_names(names, prior).get("priority") == value


def test_a_task_may_have_several_tags():
    assert labels(**RULES).from_pairs((("tags", "x"), ("tags", "Y"))) == {"tags/x": True, "tags/y": True}


def test_labels_keep_the_spelling_that_the_issue_has_for_them():
    assert look().label_names({"priority": "high"}, "open", ("PRIORITY: High",)) == ("PRIORITY: High",)


def test_in_progress_needs_a_label_to_be_told_from_open():
    raw: dict[Field, Value] = {Field.STATE: "open", Field.LABELS: ("doing",)}
    assert look().inward(Field.STATE, raw) == {WHOLE: "in_progress"}
    assert look(rules={}).inward(Field.STATE, raw) == {WHOLE: "open"}
    assert look().project(Field.STATE, WHOLE, "in_progress") == "in_progress"
    assert look(rules={}).project(Field.STATE, WHOLE, "in_progress") == "open"
    assert look().label_names({}, TaskState.IN_PROGRESS, ()) == ("Doing",)


def test_dropped_is_done_where_closing_knows_no_reason():
    assert look(replace(GITLAB, closed_reasons=False)).project(Field.STATE, WHOLE, "dropped") == "done"


def test_people_are_mapped_both_ways_and_strangers_ignored():
    there = look()
    assert there.inward(Field.ASSIGNEES, {Field.ASSIGNEES: ("ann-gh", "visitor")}) == {"ann": True}
    assert there.ours(Field.ASSIGNEES, ("@ann", "BOB", "carol")) == {"ann": True, "bob": True}
    assert there.login_names({"ann": True, "bob": None}) == ("Ann-GH",)
    assert not there.holds(Field.ASSIGNEES, "carol")


def test_unmapped_members_of_the_roadmap_are_kept():
    assert to_value(Field.ASSIGNEES, {"ann": None, "bob": True}, ("carol", "ann")) == ("bob", "carol")
    ours = (("complexity", "low"), ("priority", "high"))
    assert to_value(Field.LABELS, {"priority": None}, ours) == (("complexity", "low"),)
    assert to_value(Field.LABELS, {"priority": "low"}, ours) == (("complexity", "low"), ("priority", "low"))


def test_a_milestone_is_compared_by_its_link():
    there = look()
    assert there.inward(Field.MILESTONE, {Field.MILESTONE: 7}) == {WHOLE: "m"}
    assert there.inward(Field.MILESTONE, {Field.MILESTONE: 8}) == {WHOLE: 8}
    assert there.project(Field.MILESTONE, WHOLE, "m") == "m"
    assert there.project(Field.MILESTONE, WHOLE, "elsewhere") is None


def test_of_a_title_the_part_that_fits_is_sent():
    there = look(replace(GITHUB, title_limit=10))
    assert there.project(Field.TITLE, WHOLE, "123456789 123") == "123456789"
    assert cut("short", 10) == "short"


def test_a_title_from_outside_is_one_line():
    assert look().inward(Field.TITLE, {Field.TITLE: "x\n- [x] fake\u2028 "}) == {WHOLE: "x - [x] fake"}
