"""What of a heading's or a box's text is its title (reading-roadmaps §3 Title, §4)."""

from __future__ import annotations

import pytest

from syncd.roadmap.blocks import Heading, Item
from syncd.roadmap.outline import titles
from syncd.roadmap.outline.text import text_of
from syncd.roadmap.source import Source
from syncd.roadmap.syntax import parse
from tests.unit.roadmap.outline_case import outline


def _title(text: str) -> titles.Title:
    source = Source.of(text.encode(), "R.md")
    (block,) = parse(source).blocks
    assert isinstance(block, Heading | Item)
    make = titles.heading if isinstance(block, Heading) else titles.box
    return make(text_of(source, block.pieces))


@pytest.mark.parametrize(
    ("text", "title", "state"),
    [
        ("✅ P1: Circuit Breaker Pattern (100% Complete)", "P1: Circuit Breaker Pattern", "done"),
        ("Week 4: Advanced Features (0/5 Complete) - HIGH PRIORITY", "Week 4: Advanced Features", None),
        ("Phase 1: Foundation and Breaking Changes (Weeks 1-4)", "Phase 1: Foundation and Breaking Changes", None),
        ("Server Architecture & Persistence ✅ **COMPLETED**", "Server Architecture & Persistence", "done"),
        ("P3.2 ✅ COMPLETED - Performance Optimization", "P3.2 - Performance Optimization", "done"),
        ("Task 4.1: Async Support (3-4 hours) ⏳", "Task 4.1: Async Support", "open"),
        ("⏳ P3 Phase 3: Polish (In Progress)", "P3 Phase 3: Polish", "in_progress"),
        ("COMPLETED FEATURES", "COMPLETED FEATURES", None),
        ("✅ COMPLETED TASKS (22/31)", "COMPLETED TASKS", "done"),
        ("Import (Already Done)", "Import (Already Done)", None),
        ("Import (Post-Launch)", "Import (Post-Launch)", None),
        ("Sprint 1: Import (Completed — v0.2.1)", "Sprint 1: Import", "done"),
        ("Sprint 1: Import (v0.2.1)", "Sprint 1: Import (v0.2.1)", None),
        ("Sprint 1: Import (v1.3.x patches)", "Sprint 1: Import (v1.3.x patches)", None),
        ("Import (Priority: P1)", "Import (Priority: P1)", None),
        ("✅ Done", "✅ Done", "done"),
        ("Docs — 20% COMPLETE", "Docs", None),
        ("Docs - Not complete", "Docs", "open"),
        ("Docs (Partially Complete)", "Docs", "in_progress"),
        ("Docs (5/5 complete)", "Docs", "done"),
        ("🚀 Launch 🎉", "Launch", None),
        ("🔴 **FASE 1: CRÍTICAS** (5-7 días)", "FASE 1: CRÍTICAS", None),
        ("Q3 (Q3 2026 - Q4 2026)", "Q3", None),
        ("Login (✨ new)", "Login", None),
        ("Task 1: API @ann #backend", "Task 1: API", None),
        ("Task 1: API (due 2026-01-15)", "Task 1: API", None),
        ("v1.0 — Production-ready (shipped)", "v1.0 — Production-ready", "done"),
        ("Foo [link](http://x.y) and `code`", "Foo link and `code`", None),
    ],
)  # fmt: skip
def test_a_heading_loses_what_is_set_off(text: str, title: str, state: str | None) -> None:
    found = _title(f"## {text}\n")
    assert (found.text, found.state) == (title, state)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("**Extract** (`lib.rs:111`) ✅ **COMPLETED**", "Extract (`lib.rs:111`)"),
        ("Benchmark script ready ✅", "Benchmark script ready"),
        ("✅ Ready", "Ready"),
        ("Update CHANGELOG.md (P3.2 entry) - ✅ DONE", "Update CHANGELOG.md (P3.2 entry)"),
        ("Module Redesign (COMPLETED)", "Module Redesign (COMPLETED)"),
        ("Client facade (390 lines)", "Client facade (390 lines)"),
        ("Async (3-4 hours)", "Async (3-4 hours)"),
        ("~~old~~ [new](u) *way*", "old new way"),
        ("T001 [P] [US1] Write it", "T001 [P] [US1] Write it"),
        ("Use &amp; \\*escape\\*", "Use & *escape*"),
        ("one\n  two", "one two"),
        ("call @ann #tag", "call @ann #tag"),
        ("🚀 Launch", "🚀 Launch"),
        ("map a - b", "map a - b"),
        ("x <!-- hidden --> y", "x y"),
    ],
)
def test_a_box_keeps_parentheses_and_metadata(text: str, title: str) -> None:
    assert _title(f"- [ ] {text}\n").text == title


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("## ⏳ Phase *1*: a ✅\n", "Phase *1*: a"),
        ("- [ ] **Bold** ✅\n", "Bold"),
        ("- [ ] **Bold** and more\n", "**Bold** and more"),
        ("- [ ] see [the *docs*](http://x) ✅ DONE\n", "see [the *docs*](http://x)"),
        ("- [ ] a \\[b\\] é ✅\n", "a \\[b\\] é"),
        ("## P3.2 ✅ COMPLETED - Speed (2 days)\n", "P3.2 ✅ COMPLETED - Speed"),
        ("- [ ] __init__.py and __all__ ✅\n", "__init__.py and __all__"),
        ("- [ ] **Add __init__.py** ✅\n", "Add __init__.py"),
        ("- [ ] **Add __init__.py** now\n", "**Add __init__.py** now"),
    ],
)
def test_the_span_of_a_title_is_what_its_text_was_read_from(text: str, span: str) -> None:
    from syncd.roadmap.outline.where import title_span

    start, end = title_span(_title(text))
    assert text.encode()[start:end].decode() == span


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("Phase 1:", "Phase 1"),
        ("Фаза 2 (1.5 часа):", "Фаза 2"),
        ("Phase 3 (30분)", "Phase 3"),
        ("Step 4: Afterwards: ✅", "Step 4: Afterwards"),
        ("✅ DONE (已完成)", "✅ DONE (已完成)"),
        (":", ":"),
    ],
)
def test_a_colon_at_the_end_of_a_heading_is_punctuation(heading: str, title: str) -> None:
    [first, _, _] = outline(f"# T\n## {heading}\n- [ ] a\n## Other\n- [ ] b\n## More\n- [ ] c\n").milestones
    assert first.title == title


@pytest.mark.parametrize(
    "title",
    [
        "Add __init__.py to each package", "Run __main__.py", "Export __all__ from here", "__tests__/unit first",
        "Call door.__open__ twice", "Write def __open__(self)", "Fill src/__about__ in", "Call __open__() twice",
        "`__init__` and __init__", "Merge __init__ and __main__.py", "Read __version__",
    ],
)  # fmt: skip
def test_a_name_of_code_keeps_its_underscores(title: str) -> None:
    found = _title(f"- [ ] {title}\n")
    assert found.text == title
    assert _title(f"- [ ] **{title}** ✅\n").text == title
    assert _title(f"## Task 1: {title} (2 days)\n").text == f"Task 1: {title}"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("This is __important__ work", "This is important work"),
        ("This is __Init__ work", "This is Init work"),
        ("__all of it__ now", "all of it now"),
        ("**init**.py", "init.py"),
        ("__now__. Then more", "now. Then more"),
    ],
)
def test_underscores_around_other_words_are_bold(text: str, title: str) -> None:
    assert _title(f"- [ ] {text}\n").text == title


def test_a_wrapped_line_that_begins_with_a_later_number_goes_on_with_the_title() -> None:
    # Only 1 begins a list within a paragraph.
    text = "# T\n\n- [ ] Needs version\n  3. Then go on\n"
    assert [task.title for task in outline(text).tasks()] == ["Needs version 3. Then go on"]
