"""What `check` finds: every code has a roadmap that shows it, and one beside it that does not."""

from __future__ import annotations

import pytest

from syncd.model.outline import Reading
from syncd.model.policy import ReadingRules
from syncd.roadmap.check import CODES, findings, level, unused
from tests.conftest import Seed
from tests.unit.roadmap.outline_case import document


def found(
    text: str | bytes, remembered: Reading | None = None, /, **rules: object
) -> list[tuple[int, int, str]]:
    return [(one.line, one.column, one.code) for one in findings(document(text, remembered, **rules))]


def messages(text: str | bytes) -> list[str]:
    return [one.message for one in findings(document(text))]


def token(prefix: str, length: int = 36) -> str:
    """Something like a token. Made here: a scanner of this repository shall find none."""
    alphabet = "A7bQ9dKe2Lm4Np6Rs8TuVwXyZ0gHiJcFo1S3"
    return prefix + (alphabet * 3)[:length]


SHOWN: dict[str, tuple[str | bytes, tuple[int, int]]] = {
    "stale-counter": ("# A\n\n**Progress**: 2/2 tasks\n\n- [x] a\n- [ ] b\n", (3, 15)),
    "counter-unsure": ("# A\n\n**Progress**: 95% done\n\n- [ ] a\n- [ ] b\n\n```\n- [x] c\n```\n", (3, 15)),
    "heading-disagrees": ("# A\n\n## Phase 1 ✅ DONE\n- [ ] a\n\n## Phase 2\n- [ ] b\n", (3, 1)),
    "milestone-disagrees": (
        "# A\n\n- [x] Phase 1: base\n\n## Phase 1\n- [ ] a\n\n## Phase 2\n- [ ] b\n",
        (3, 1),
    ),
    "lane-disagrees": ("# A\n\n## To do\n- [ ] a\n\n## Done\n- [ ] b\n", (7, 3)),
    "overview-disagrees": (
        "# A\n\n## Summary\n- [x] Task 1: Glue\n\n## Work\n### Task 1: Glue ⏳\n- [ ] a\n\n### Task 2: Dry ⏳\n- [ ] b",
        (4, 3),
    ),
    "parent-done": ("# A\n\n- [x] a\n  - [ ] b\n  - [x] c\n", (3, 7)),
    "duplicate-identifier": ("# A\n\n- [ ] T-001: glue\n- [ ] T-002: wood\n- [ ] T-001: paint\n", (5, 7)),
    "repeated-task": ("# A\n\n- [ ] glue\n- [ ] paint\n- [x] glue\n", (5, 7)),
    "title-too-long": (f"# A\n\n- [ ] {'glue the thing, ' * 20}end\n", (3, 7)),
    "likely-secret": (f"# A\n\n- [ ] use {token('ghp_')}\n", (3, 11)),
    "fence-open": ("# A\n\n- [ ] a\n\n```\n- [ ] b\n", (5, 1)),
    "unknown-mark": ("# A\n\n- [ ] a\n- [?] b\n", (4, 3)),
    "unknown-status": (
        "# A\n\n| Task | Done |\n|---|---|\n| a | [x] |\n| b | [ ] |\n| c | lost |\n",
        (7, 1),
    ),
    "box-without-space": ("# A\n\n- [] a\n- [ ] b\n", (3, 3)),
    "not-utf8": (b"# A\n\n- [ ] caf\xe9\n", (3, 10)),
    "no-tasks": ("# A\n\nNothing yet.\n", (1, 1)),
    "fence-nested": (
        "# A\n\n- [ ] a\n\n```markdown\n```python\nx\n```\n- [ ] b\n```\n\n- [ ] c\n",
        (10, 1),
    ),
    "boxes-not-read": ("# A\n\n- [ ] a\n\n```\n- [ ] b\n```\n", (5, 1)),
    "rows-not-tasks": (
        "# A\n\n## Phase 1\n- [ ] a\n\n## Progress\n\n| Part | Done |\n|---|---|\n| Phase 1 | [ ] |\n",
        (10, 1),
    ),
    "heading-is-task": (
        """# A\n\n## Phase 1 (0/2 Complete)\n\n### Glue ⏳\n- [ ] buy\n- [ ] mix\n\n### Paint ⏳\n- [ ] buy

## Phase 2 (0/1 Complete)\n\n### Sell ⏳\n- [ ] price\n- [ ] shop\n""",
        (5, 1),
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", SHOWN)
def test_each_code_is_found_at_its_place(code: str) -> None:
    text, place = SHOWN[code]
    assert (*place, code) in found(text)


def test_what_changed_since_the_first_sync_is_a_note() -> None:
    text = "# A\n\n## One\n- [ ] a\n\n## Two\n- [ ] b\n"
    assert (1, 1, "reading-changed") in found(text, Reading(3, ("Phase 1",)))


def test_every_code_of_the_table_has_a_roadmap_that_shows_it() -> None:
    elsewhere = {"mapping-unused", "reading-changed"}  # tests of their own in this module
    assert set(SHOWN) | elsewhere == set(CODES)


def test_notes_are_what_nobody_has_to_mend() -> None:
    assert {code for code in CODES if level(code) == "note"} == {
        "counter-unsure",
        "fence-nested",
        "boxes-not-read",
        "rows-not-tasks",
        "heading-is-task",
        "reading-changed",
    }
    assert level("a-code-of-tomorrow") == "warning"


def test_a_tidy_roadmap_has_no_findings() -> None:
    text = "# A\n\n## Phase 1 (1/2)\n\n- [x] **1.1** a\n  - [x] b\n- [ ] 1.2 c\n\n## Phase 2\n\n- [ ] 2.1 a\n"
    assert found(text) == []


def test_a_counter_over_boxes_that_are_no_tasks_counts_those() -> None:
    text = "# A\n\n- [ ] a\n\n## Definition of Done (3/17)\n\n- [x] tested\n"
    assert found(text) == []
    assert found(text.replace("Definition of Done", "Summary").replace("- [x] tested", "Text")) == []
    assert (
        found("# A\n\n- [ ] a\n\n## Definition of Done\n\n**Progress**: 3/17 items\n\n- [x] tested\n") == []
    )


def test_a_line_of_many_thousand_numbers_is_no_counter() -> None:
    text = "# A\n\nProgress: " + "1/2 tasks " * 50_000 + "\n\n- [ ] a\n"
    assert found(text) == []


# -- parents ----------------------------------------


def test_a_ticked_item_over_open_ones_is_found_at_any_depth() -> None:
    text = "- [ ] a\n  - [x] b\n    - [x] c\n      - [ ] d\n    - [x] e\n  - [ ] f\n"
    assert found(text) == [(2, 5, "parent-done"), (3, 7, "parent-done")]
    assert messages(text) == [
        "ticked, but 1 of the 3 boxes under it is open",
        "ticked, but the box under it is open",
    ]


def test_dropped_and_open_parents_say_nothing_of_their_children() -> None:
    assert found("- [-] a\n  - [ ] b\n- [ ] c\n  - [x] d\n") == []


def test_a_dropped_child_is_no_open_one() -> None:
    assert found("- [x] a\n  - [-] b\n  - [x] c\n") == []


@pytest.mark.parametrize(
    ("marker", "box", "said"),
    [
        ("✅", " ", "this heading says done, but 1 of the 2 boxes under it is open"),
        ("⏳", "x", "this heading says open, but all boxes under it are done"),
    ],
)
def test_a_heading_task_that_says_another_state_than_its_boxes(marker: str, box: str, said: str) -> None:
    text = f"# A\n\n## Phase 1\n\n### Task 1: Glue {marker}\n- [x] a\n- [{box}] b\n\n## Phase 2\n- [ ] c\n"
    assert [one.message for one in findings(document(text)) if one.line == 5] == [said]


# -- duplicates ----------------------------------------


def test_numbering_that_begins_anew_in_every_milestone_is_no_duplicate() -> None:
    text = "".join(f"## Phase {n}\n- [ ] 1.1 a{n}\n- [ ] 1.2 b{n}\n- [ ] 1.3 c{n}\n\n" for n in (1, 2, 3))
    assert found(text) == []
    bare = "## Phase 1\n- [ ] Task 1: a\n\n## Phase 2\n- [ ] Task 1: b\n"
    assert found(bare) == []


def test_one_identifier_that_two_milestones_share_is_a_duplicate() -> None:
    text = "## Phase 1\n- [ ] 1.1 a\n- [ ] 1.2 b\n- [ ] 1.3 c\n\n## Phase 2\n- [ ] 2.1 d\n- [ ] 1.2 e\n"
    assert found(text) == [(8, 7, "duplicate-identifier")]
    assert messages(text) == ["1.2 is the identifier of line 3 too"]


def test_a_bare_number_twice_in_one_place_is_a_duplicate() -> None:
    assert found("## Phase 1\n- [ ] Task 1: a\n- [ ] Task 1: b\n") == [(3, 7, "duplicate-identifier")]


def test_the_same_title_elsewhere_is_no_repetition() -> None:
    assert found("## Phase 1\n- [ ] test\n\n## Phase 2\n- [ ] test\n") == []


# -- titles ----------------------------------------


def test_a_long_title_says_how_much_of_it_the_issue_gets() -> None:
    lead = "Glue the thing together"
    text = f"- [ ] **{lead}** {'and so on ' * 30}\n"
    (said,) = messages(text)
    assert said.endswith(f"its issue gets the first {len(lead)}")


def test_a_title_of_255_characters_is_whole() -> None:
    assert found(f"- [ ] {'a' * 255}\n") == []
    assert found(f"- [ ] {'a' * 249} ✅\n") == []


def test_a_milestone_takes_255_characters() -> None:
    assert (1, 1, "title-too-long") in found(f"## Phase 1 {'a' * 250}\n- [ ] a\n\n## Phase 2\n- [ ] b\n")


# -- secrets ----------------------------------------

SECRETS = {
    "a GitHub token": token("ghp_"),
    "a GitLab token": token("glpat-", 20),
    "an AWS access key": "AKIA" + "Q7B9D2L4N6R8T0VX",
    "a private key": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "a Slack token": token("xoxb-", 24),
    "a Stripe key": token("sk_live_", 24),
    "an address with a password": "https://ann:" + "Tr0ub4dor@git.example.org/x",
}


@pytest.mark.parametrize("what", SECRETS)
def test_a_likely_secret_is_named_and_never_repeated(what: str) -> None:
    for text in (f"- [ ] a {SECRETS[what]}\n", f"- [ ] a\n  see `{SECRETS[what]}`\n\nText\n"):
        (said,) = messages(text)
        assert said == f"looks like {what}, and goes to the tracker with its task: revoke it"
        assert SECRETS[what][8:] not in said


def test_a_fine_grained_token_too() -> None:
    assert found(f"- [ ] a {token('github_pat_', 60)}\n") == [(1, 9, "likely-secret")]


def test_a_secret_outside_of_tasks_is_found_as_well() -> None:
    text = f"{token('ghp_')}\n\n## Work\n\n- [ ] a\n"
    assert messages(text) == ["looks like a GitHub token, and stands in the file: revoke it"]


@pytest.mark.parametrize(
    "text",
    [
        "ghp_" + "x" * 36,
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_…",
        "https://user:password@host/x",
        "https://$USER:$TOKEN@host/x",
        "graphql_" + "a7bq9dke2lm4np6rs8tuvwxyz0ghijcfo1s3",
        "see https://example.org/a:b@c",
    ],
)
def test_placeholders_are_no_secrets(text: str) -> None:
    assert found(f"- [ ] a {text}\n") == []


# -- places ----------------------------------------


def test_columns_count_characters_as_the_file_has_them() -> None:
    text = "# A\n\n✅ **Progress**: 2/2 tasks\n\n- [x] a\n- [ ] b\n"
    assert found(text) == [(3, 17, "stale-counter")]


def test_an_empty_file_is_said_to_be_empty() -> None:
    assert messages(b"") == ["the file is empty"]
    assert messages(b"\xef\xbb\xbf") == ["no tasks in this file: `syncd outline` shows what was read"]


# -- mapping ----------------------------------------


def test_keys_of_the_mapping_that_match_nothing() -> None:
    text = "# A\n\n## Phase 1\n\n### Task 1: a\n- [>] b\n\n## Phase 2\n- [ ] c\n"
    marks = {">": "done", "!": "open"}
    rules = ReadingRules(milestone="h5", task=("box", "Task *", "Tusk *"), marks=marks)
    read_as = document(text, task=rules.task, marks=marks)
    assert list(unused(read_as, rules)) == [
        (("milestone",), "the file has no heading of level 5"),
        (("task", 2), "no heading matches this pattern"),
        (("marks", "!"), "no box has this mark"),
    ]
    assert list(unused(read_as, ReadingRules(milestone="h2", task=("Task *",)))) == []


# -- seeds ----------------------------------------

EXPECTED = {
    "joget": [],
    "ratchet": [(188, "parent-done"), (271, "overview-disagrees")],
    "dataknobs": [(92, "parent-done"), (134, "parent-done"), (195, "parent-done")],
    "p3roadmap": [],
    "ofsc": [(line, "stale-counter") for line in (6, 14, 15, 16, 17, 18)],
}


def test_the_findings_of_every_seed(seed: Seed) -> None:
    said = findings(document(seed.roadmap.read_bytes()))
    assert [(one.line, one.code) for one in said] == EXPECTED[seed.name]


def test_ofsc_hears_what_it_should_say(shared) -> None:
    said = [one.message for one in findings(document((shared / "seeds/ofsc.md").read_bytes()))]
    assert said[0] == "says 15/202 (7%), a count gives 15/117 (13%)"
    assert said[1] == "says 15/85 (18%), a count gives 15/45 (33%)"
