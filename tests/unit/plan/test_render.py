"""A plan for people, machines and comments; and that none of its texts does anything to their readers."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model.changes import LineEdit, SetTask
from syncd.model.outline import TaskKey
from syncd.model.remote import Ref
from syncd.model.values import Field, Kind, Uid
from syncd.plan.actions import Action, ActionKind, Change, Conflict, Held, Note, Plan, RemotePlan
from syncd.plan.digest import digest
from syncd.plan.guard import Refusal, Verdict
from syncd.plan.render import counts, render_markdown, render_text, to_json
from syncd.plan.render.markdown import code
from syncd.plan.render.words import cells, change, cut, harmless

FINE = Verdict("d" * 64)
REMOTE = RemotePlan(
    "github", "acme/widgets", "https://github.com/acme/widgets", "roadmap-bot", linked=31, mail=2
)

CLOSED = Change(Field.STATE, "open", "done")


def act(kind: ActionKind, uid: str, title: str, number: int = 0, **more: object) -> Action:
    ref = Ref(number, f"i{number}") if number else None
    return Action(kind, "github", Uid(uid), title, ref=ref, **more)  # type: ignore[arg-type]  # by their names


def creates(count: int, per_milestone: int = 40) -> tuple[Action, ...]:
    return tuple(
        act(ActionKind.CREATE_ISSUE, f"t{n}", f"Task {n}", path=(f"Phase {n // per_milestone + 1}",))
        for n in range(count)
    )


FULL = Plan(
    "main",
    remotes=(REMOTE,),
    changes=(SetTask(TaskKey(3), Field.STATE, "done"),),
    lines=(LineEdit(24, "- [ ] Ship it", "- [x] Ship it"), LineEdit(30, None, "- [ ] From the tracker")),
    actions=(
        act(ActionKind.REBASE, "r", "Agreed", 2),
        act(ActionKind.LINK, "l", "Linked", 3, reason="same title"),
        act(ActionKind.UNLINK, "u", "Let go", 4, reason="gone"),
        act(ActionKind.CREATE_MILESTONE, "m", "Week 1", of=Kind.MILESTONE),
        act(ActionKind.CREATE_ISSUE, "n", "New one", path=("Week 1",)),
        act(ActionKind.CREATE_ISSUE, "o", "Old one", path=("Week 1",)),
        act(ActionKind.UPDATE_ISSUE, "o", "Old one", changes=(CLOSED,)),
        act(
            ActionKind.UPDATE_ISSUE,
            "c",
            "Renamed",
            12,
            changes=(Change(Field.TITLE, "Old name", "New name"),),
        ),
        act(ActionKind.UPDATE_ISSUE, "d", "Finished", 13, changes=(CLOSED,)),
        act(ActionKind.CLOSE_MILESTONE, "k", "Week 0", 1, of=Kind.MILESTONE),
    ),
    conflicts=(
        Conflict(Uid("x"), "Contended", Field.TITLE, {"roadmap": "ours here", "github": "theirs"}, "roadmap"),
        Conflict(Uid("y"), "Undecided", Field.LABELS, {"roadmap": ("a",), "github": ("b", "c")}),
    ),
    held=(Held(Uid("h"), "Doubtful", "may have become line 31; say `syncd link 31 github#9`", 31),),
    notes=(Note("gone", "issue #4 is gone"),),
)


# --- text ------------------------------------------------------------------------------------------------------------


def test_it_begins_with_as_whom_where_and_how_many_people_may_get_mail() -> None:
    first, second = render_text(FULL, FINE).split("\n")[:2]
    assert first.startswith("github: acme/widgets as roadmap-bot")
    assert "https://github.com/acme/widgets" in first
    assert second.strip() == "31 linked, up to 2 people may get mail"


def test_a_first_sync_and_a_remote_that_was_not_read_say_so() -> None:
    first = render_text(Plan("main", remotes=(replace(REMOTE, first=True, mail=1),)), FINE)
    assert "first sync, up to 1 person may get mail" in first
    away = render_text(
        Plan("main", remotes=(replace(REMOTE, unavailable="timed out", retry_at="12:00"),)), FINE
    )
    assert "not read: timed out, again from 12:00; left alone" in away


def test_edits_read_as_a_diff_with_file_and_line() -> None:
    text = render_text(FULL, FINE, path="docs/TODO.md")
    assert "docs/TODO.md:24\n  - - [ ] Ship it\n  + - [x] Ship it\n" in text
    assert "docs/TODO.md:30\n  + - [ ] From the tracker\n" in text


def test_a_long_edit_is_never_cut() -> None:
    line = "- [ ] " + "very " * 60 + "end"
    assert line in render_text(Plan("main", lines=(LineEdit(1, line, None),)), FINE, width=40)


def test_actions_stand_in_plan_order_with_before_and_after() -> None:
    text = render_text(FULL, FINE)
    order = [
        "= link #3 Linked (same title)",
        "/ unlink #4 Let go (gone)",
        "+ milestone Week 1",
        "+ 2 issues in “Week 1”",
    ]
    order += [
        "~ #12 Renamed",
        "title: “Old name” → “New name”",
        "x #13 Finished",
        "state: open → done",
        "x milestone Week 0",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_what_is_created_closed_is_told_once() -> None:
    text = render_text(FULL, FINE)
    assert "+ 2 issues in “Week 1”, 1 of them closed" in text
    assert "[x] Old one" in text
    assert "[ ] New one" in text
    assert text.count("Old one") == 1


def test_words_in_the_state_are_only_counted_unless_asked_for() -> None:
    assert "Agreed" not in render_text(FULL, FINE)
    assert "(1 agreed meanwhile)" in render_text(FULL, FINE)
    assert "Agreed" in render_text(FULL, FINE, verbose=True)


def test_117_creates_stay_readable_and_are_all_there_on_request() -> None:
    plan = Plan("main", remotes=(REMOTE,), actions=creates(117))
    short, full = render_text(plan, FINE), render_text(plan, FINE, verbose=True)
    assert len(short.split("\n")) < 30
    assert "+ 40 issues in “Phase 1”" in short
    assert "… and 37 more (all with --verbose)" in short
    assert all(f"Task {n}\n" in full for n in range(117))
    assert "117 to create" in short


def test_twenty_creates_are_all_listed() -> None:
    text = render_text(Plan("main", remotes=(REMOTE,), actions=creates(20, 5)), FINE)
    assert all(f"[ ] Task {n}\n" in text for n in range(20))


def test_conflicts_show_both_values_and_how_they_end() -> None:
    text = render_text(FULL, FINE)
    assert "roadmap: “ours here” ← taken" in text
    assert "github: theirs\n" in text
    assert "github: b, c\n" in text
    assert "held: nothing changes until you choose with `syncd conflicts take`" in text


def test_held_tasks_and_notes_are_explained() -> None:
    text = render_text(FULL, FINE)
    assert (
        "? Doubtful (ROADMAP.md:31): held\n    may have become line 31; say `syncd link 31 github#9`" in text
    )
    assert "gone: issue #4 is gone" in text


def test_a_refusal_says_why_and_how_to_go_on() -> None:
    refusal = Refusal("github", "create", 60, 50, 0, "60 issues would be created", frozenset({"key"}))
    verdict = Verdict("abc123", (refusal,))
    text = render_text(FULL, verdict)
    assert "refused, nothing is written:\n  github: 60 issues would be created\n" in text
    assert "syncd run --approve abc123" in text
    final = render_text(FULL, Verdict("abc123", (replace(refusal, final=True),)))
    assert "--approve" not in final


def test_it_ends_with_the_counts() -> None:
    last = render_text(FULL, FINE).rstrip("\n").split("\n")[-1]
    assert last.startswith(
        "main: 3 to create, 1 to update, 3 to close, 1 to link, 1 to unlink, 2 lines to edit"
    )


def test_an_empty_plan_says_that_there_is_nothing_to_do() -> None:
    assert render_text(Plan("main"), FINE) == "main: nothing to do, all sides say the same\n"


def test_colour_is_a_matter_of_the_parameter_alone() -> None:
    plain, coloured = render_text(FULL, FINE), render_text(FULL, FINE, colour=True)
    assert "\x1b" not in plain
    assert "\x1b[32m" in coloured
    assert "\x1b[31m" in coloured


@pytest.mark.parametrize("width", [40, 80, 120])
def test_titles_fit_the_width(width: int) -> None:
    plan = Plan("main", remotes=(REMOTE,), actions=(act(ActionKind.CREATE_ISSUE, "t", "長い" * 100),))
    rows = render_text(plan, FINE, width=width).split("\n")
    assert all(cells(row) <= width for row in rows)


# --- JSON ------------------------------------------------------------------------------------------------------------


def test_the_json_is_the_contract_and_nothing_else() -> None:
    found = to_json(FULL)
    assert json.loads(json.dumps(found)) == found
    assert set(found) == {"roadmap", "digest", "plan", "counts"}
    assert found["digest"] == digest(FULL)
    assert set(found["plan"]) == {"edits", "actions", "conflicts", "held"}
    assert found["plan"]["edits"][1] == {"line": 30, "before": None, "after": "- [ ] From the tracker"}
    assert found["plan"]["actions"][7] == {
        "remote": "github",
        "kind": "update_issue",
        "uid": "c",
        "ref": 12,
        "title": "Renamed",
        "changes": [{"field": "title", "before": "Old name", "after": "New name"}],
    }
    assert found["plan"]["conflicts"][1] == {
        "uid": "y",
        "title": "Undecided",
        "field": "labels",
        "values": {"roadmap": ["a"], "github": ["b", "c"]},
        "winner": None,
    }
    assert found["plan"]["held"][0]["uid"] == "h"


def test_closing_a_milestone_is_an_update_to_the_world() -> None:
    assert to_json(FULL)["plan"]["actions"][-1]["kind"] == "update_milestone"


def test_every_action_but_a_rebase_is_counted_once() -> None:
    found = counts(FULL)
    assert found == {
        "create": 3, "update": 1, "close": 3, "link": 1, "unlink": 1, "edit": 2, "conflict": 2, "held": 1
    }  # fmt: skip
    assert (
        sum(found[name] for name in ("create", "update", "close", "link", "unlink")) == len(FULL.actions) - 1
    )


# --- Markdown --------------------------------------------------------------------------------------------------------


def test_a_comment_has_the_diff_the_actions_and_what_needs_a_person() -> None:
    text = render_markdown(FULL, FINE)
    assert text.startswith("### syncd: `main`: 3 to create")
    assert "```diff\n@@ ROADMAP.md:24 @@\n-- [ ] Ship it\n+- [x] Ship it\n" in text
    assert "- update issue #\u200b12 `Renamed`: `title: “Old name” → “New name”`" in text
    assert "`Undecided` labels" in text
    assert "`Doubtful`" in text


def test_a_comment_calls_nobody_and_refers_to_nothing() -> None:
    plan = Plan("main", remotes=(REMOTE,), actions=(act(ActionKind.CREATE_ISSUE, "t", "Ask @ann about #9"),))
    assert "`Ask @ann about #9`" in render_markdown(plan, FINE)


def test_a_fence_is_longer_than_what_it_holds() -> None:
    plan = Plan("main", lines=(LineEdit(1, "````", "`````"),))
    assert "\n``````diff\n" in render_markdown(plan, FINE)


def test_a_long_plan_is_shortened_to_what_a_comment_may_hold() -> None:
    plan = Plan("main", remotes=(REMOTE,), actions=creates(5_000))
    text = render_markdown(plan, FINE)
    assert len(text) <= 60_000
    assert "shortened" in text
    assert text.count("<details>") == text.count("</details>")


@given(st.text(alphabet=st.sampled_from("` ab\n"), max_size=30))
def test_a_code_span_ends_where_it_should(text: str) -> None:
    span = code(text)
    ticks = len(span) - len(span.lstrip("`"))
    inner = span[ticks:-ticks]
    assert "`" * ticks not in inner.replace("`" * (ticks + 1), "")
    assert inner.strip(" ") == harmless(text).strip(" ")


# --- words -----------------------------------------------------------------------------------------------------------


@given(st.text())
def test_no_text_moves_the_cursor_or_reverses_what_is_read(text: str) -> None:
    assert not set("\x1b\x07\r\n\x08\u202e\u2066\u0085\u2028") & set(harmless(text))


def test_a_title_from_the_tracker_cannot_colour_the_terminal() -> None:
    plan = Plan("main", remotes=(REMOTE,), actions=(act(ActionKind.UPDATE_ISSUE, "t", "\x1b[2Jgone", 1),))
    assert "\x1b" not in render_text(plan, FINE)


@given(st.text(), st.integers(2, 40))
def test_cut_text_fits(text: str, width: int) -> None:
    assert cells(cut(text, width)) <= width


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (Change(Field.STATE, "open", "done"), "state: open → done"),
        (Change(Field.DUE, None, "2026-01-01"), "due: none → 2026-01-01"),
        (Change(Field.LABELS, ("a", "b"), ("b", "c")), "labels: +c -a"),
        (Change(Field.ASSIGNEES, (), ("ann",)), "assignees: +ann"),
        (Change(Field.CHECKLIST, (("Box", False),), (("Box", True),)), "checklist: -[ ] Box, +[x] Box"),
        (
            Change(Field.CHECKLIST, (("A", False), ("B", False)), (("B", False), ("A", False))),
            "checklist: in another order",
        ),
        (Change(Field.NOTES, "", "First line\nsecond"), "notes: none → “First line second”"),
        (Change(Field.MILESTONE, None, "Week 1"), "milestone: none → “Week 1”"),
    ],
)  # fmt: skip
def test_a_change_is_said_in_one_line(one: Change, said: str) -> None:
    assert change(one) == said
