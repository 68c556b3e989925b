"""Which ``@names`` of a title are owners: those that are set off from what it says (reading-roadmaps §4)."""

from __future__ import annotations

import pytest

from syncd.model.changes import SetTask
from syncd.model.values import Field
from tests.unit.roadmap.editor_case import edited, refusal, task
from tests.unit.roadmap.outline_case import only


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("@ann: fix the door", ("ann",)),
        ("@ann fix the door", ("ann",)),
        ("@ann, @bob: fix the door", ("ann", "bob")),
        ("T001 [P] @ann fix the door", ("ann",)),
        ("Task 1.1: @ann - fix", ("ann",)),
        ("Fix the door @ann", ("ann",)),
        ("Fix the door @ann, @bob and @eve.", ("ann", "bob", "eve")),
        ("Fix the door @ann (due 2026-01-15) #core", ("ann",)),
        ("Fix the door @ann 📅 2026-01-15", ("ann",)),
        ("Fix the door @ann due:2026-01-15 #a/b", ("ann",)),
        ("Fix the door @ann due 2026-01-15", ("ann",)),
        ("Fix the door @ann (needs review)", ("ann",)),
        ("Fix the door @ann [blocked]", ("ann",)),
        ("Fix the door - @ann - 3 days", ("ann",)),
        ("Fix the door | @ann | 3h", ("ann",)),
        ("Fix the door — @ann", ("ann",)),
        ("Fix (@ann) the door", ("ann",)),
        ("Fix [@ann] the door", ("ann",)),
        ("Fix (@ann, 3h) the door", ("ann",)),
        ("Fix (@ann and @bob) the door", ("ann", "bob")),
        ("Fix (owner: @ann) the door", ("ann",)),
        ("Fix (by @ann) the door", ("ann",)),
        ("Ask @ann about the door", ("ann",)),
        ("Door: owner @ann until June", ("ann",)),
        ("Assigned to @ann until June", ("ann",)),
        ("Reviewed by @ann and @bob before June", ("ann", "bob")),
        ("Pair with @ann on the door", ("ann",)),
        ("Fix the door (cc @ann) today", ("ann",)),
        ("Fix the door ✅ @ann", ("ann",)),
        ("Fix the door @ann ✅", ("ann",)),
        ("**Fix** the door **@ann**", ("ann",)),
        ("@ann", ("ann",)),
        ("Fix the door (@ann)", ("ann",)),
    ],
)
@pytest.mark.parametrize("head", ["- [ ] ", "## Task 9: "])
def test_a_name_that_is_set_off_is_an_owner(head: str, title: str, names: tuple[str, ...]) -> None:
    assert (
        only(f"# T\n\n{head}{title}\n- [ ] x\n" if head[0] == "#" else f"{head}{title}\n").assignees == names
    )


@pytest.mark.parametrize(
    "title",
    [
        "use @miden-sdk 0.15",
        "add @radix-ui packages",
        "use @angular 17",
        "use @angular (v17) and go",
        "Upgrade @angular (v17)",
        "Upgrade to @angular (17.2.x)",
        "Install @types/node and @types/jest",
        "Install deps: @types/node",
        "Build with @angular 17",
        "powered by @vercel edge",
        "(@tailwind directives) are fine",
        "Cache it with @st.cache_data or @st.cache_resource",
        "@st.cache_data is slow",
        "Fix the @media rule for print",
        "Merge @ann's branch",
        "replace @Component decorator",
        "Mail a@b.c",
        "use `@ann`",
        "Handle @param and @return in docs",
    ],
)
@pytest.mark.parametrize("head", ["- [ ] ", "## Task 9: "])
def test_a_name_in_the_middle_of_a_sentence_is_text(head: str, title: str) -> None:
    found = only(f"# T\n\n{head}{title}\n- [ ] x\n" if head[0] == "#" else f"{head}{title}\n")
    assert found.assignees == ()


def test_an_owner_beside_a_scope_is_found_and_replaced() -> None:
    text = "- [ ] Use @angular 17 (@ann)\n"
    assert only(text).assignees == ("ann",)
    after = edited(
        text, lambda document: SetTask(task(document, "Use @angular 17 (@ann)"), Field.ASSIGNEES, ("eve",))
    )
    assert after == "- [ ] Use @angular 17 (@eve)\n"


def test_a_scope_is_no_place_for_an_owner() -> None:
    title = "Use @angular 17"
    assert refusal(
        f"- [ ] {title}\n", lambda document: SetTask(task(document, title), Field.ASSIGNEES, ("eve",))
    )


def test_a_new_title_with_a_scope_needs_no_escape_and_assigns_nobody() -> None:
    def renamed(title: str) -> str:
        return edited(
            "- [ ] Upgrade\n", lambda document: SetTask(task(document, "Upgrade"), Field.TITLE, title)
        )

    assert renamed("Upgrade @angular to 18") == "- [ ] Upgrade @angular to 18\n"
    assert renamed("Upgrade @ann") == "- [ ] Upgrade \\@ann\n"


@pytest.mark.parametrize(
    ("before", "many"),
    [
        ("", "@ann @bob "),
        ("", " \u00a0"),
        ("due", " \u00a0"),
        ("about", " \u00a0"),
        ("", "( "),
        ("", "1."),
        ("", "-"),
    ],
)
def test_many_signs_take_linear_time(before: str, many: str) -> None:
    assert only(f"- [ ] @ann {before}{many * 20_000} x\n").assignees[0] == "ann"
