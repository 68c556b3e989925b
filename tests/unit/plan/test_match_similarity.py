"""Titles without their numbering, and words that say something."""

from __future__ import annotations

import pytest

from syncd.plan.similarity import Vocabulary, bare_heading, bare_title, heading_number, plain, similarity


@pytest.mark.parametrize(
    ("title", "identifier", "bare"),
    [
        ("Task 4.2: Caching layer", "4.2", "Caching layer"),
        ("T001 [P] [US1] Create the model", "T001", "[P] [US1] Create the model"),
        ("4.2 Caching layer", "4.2", "Caching layer"),
        ("#13 Caching layer", "13", "Caching layer"),
        ("US-12 — Caching layer", "US-12", "Caching layer"),
        ("Задача 3: Кэш", "3", "Кэш"),
        ("4.2 Caching layer", None, "Caching layer"),
        ("7. Caching layer", None, "Caching layer"),
        ("T001 Caching layer", None, "Caching layer"),
        ("S3 Backend", None, "S3 Backend"),
        ("UTF-8 everywhere", None, "UTF-8 everywhere"),
        ("Windows 11: installer", None, "Windows 11: installer"),
        ("3 retries on failure", None, "3 retries on failure"),
        ("Support Python 3.12 on 3.1", "3.1", "Support Python 3.12 on 3.1"),
        ("Task 4.2:", "4.2", "Task 4.2:"),
        ("", None, ""),
    ],
)
def test_a_bare_title_has_no_identifier(title: str, identifier: str | None, bare: str) -> None:
    assert bare_title(title, identifier) == bare


@pytest.mark.parametrize(
    ("title", "bare", "number"),
    [
        ("Phase 2: Backend", "Backend", "phase 2"),
        ("Week 3 - Backend", "Backend", "week 3"),
        ("P1: Circuit Breaker", "Circuit Breaker", "p1"),
        ("1. Backend", "Backend", "1"),
        ("Icebox", "Icebox", None),
        ("Q1 2026", "Q1 2026", None),
    ],
)
def test_a_bare_heading_has_no_number(title: str, bare: str, number: str | None) -> None:
    assert bare_heading(title) == bare
    assert heading_number(title) == number


def test_without_numbers_a_rename_scores_higher_than_a_neighbour() -> None:
    assert (
        similarity(plain("Configuration system with Pydantic v2"), plain("Config system (Pydantic v2)")) > 70
    )
    assert similarity(plain("Unit tests"), plain("unit  Tests!")) == 100


def test_words_that_many_titles_use_are_no_evidence() -> None:
    words = Vocabulary([plain(f"Add endpoint {name}") for name in ("users", "groups", "roles", "teams")])
    assert not words.shared("add endpoint users", "add endpoint teams")
    assert words.shared("add endpoint users", "users list")


def test_one_word_of_many_is_no_evidence() -> None:
    words = Vocabulary(["simplecache implementation 250 lines", "other"])
    assert not words.shared(
        "simplecache eviction hashing snapshots", "middleware interceptor queueing snapshots"
    )


def test_words_of_a_script_without_blanks_are_compared_by_pairs() -> None:
    words = Vocabulary(["用户导入向导", "其他"])
    assert words.shared("用户导入向导", "用户导入助手")
    assert not words.shared("用户导入向导", "发布说明")
