"""What is said to the state is what it says again; it is one transaction, and nothing at all where nothing differs."""

import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from syncd.errors import StateError
from syncd.model.links import Approval, Contest, Decision, Intent, KnownTask, Ledger, Link, Pair, Settle
from syncd.model.remote import Ref
from syncd.model.values import Field, Kind, Uid
from syncd.state import (
    Closed,
    Contests,
    Created,
    Found,
    InDoubt,
    Lifted,
    Missed,
    Remembered,
    SeenIssue,
    Store,
    Used,
    UsedApproval,
    Word,
)
from tests.unit.state import samples as one
from tests.unit.state.samples import NOW, open_store


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with open_store(path) as opened:
        opened.commit("main", *one.EVERYTHING)
        yield opened


def test_everything_comes_back_as_it_was_said(full: Path) -> None:
    with open_store(full) as store:
        ledger = store.load("main")
        assert ledger == Ledger(
            roadmap="main",
            lineage="6f1c-lineage",
            serial=2,
            tasks={one.TASK.uid: one.TASK},
            milestones={one.MILESTONE.uid: one.MILESTONE},
            links=(one.MILESTONE_LINK, one.LINK),
            tombstones=(one.TOMBSTONE,),
            contests=(one.CONTEST,),
            decisions=(one.DECISION,),
            intents=(replace(one.INTENT, id=1),),
            remotes={"github": one.REMOTE},
            approvals=(one.APPROVAL,),
            reading=one.READING,
            scope="scope",
            branch="main",
        )
        assert store.observed("main", "github") == ((one.ISSUE,), (one.STONE,))
        assert store.missing("main", "github") == {(Kind.TASK, 12): NOW - timedelta(minutes=1)}
        assert store.creations("api.github.com", NOW) == (NOW,)
        assert store.audit() == (one.ENTRY,)
        assert store.last_report("main") == '{"exit_code": 0}'
        assert store.roadmaps() == ("main",)


def test_the_values_of_a_base_come_back_hashable_and_typed(full: Path) -> None:
    with open_store(full) as store:
        link = store.load("main").link(Uid("t1"), "github")
    assert link is not None
    assert hash(tuple(link.base.values()))
    assert isinstance(link.ref, Ref)
    assert all(isinstance(name, Field) for name in link.base)


def test_a_roadmap_sees_only_its_own(full: Path) -> None:
    with open_store(full) as store:
        assert store.load("other") == Ledger("other", "6f1c-lineage", serial=2)
        assert store.observed("other", "github") == ((), ())
        assert store.last_report("other") is None


def test_what_other_roadmaps_are_linked_to_is_claimed(store: Store) -> None:
    assert store.claimed("other", "github") == {"I_7"}
    assert store.claimed("other", "gitlab") == frozenset()
    assert store.claimed("main", "github") == frozenset()


# A new state


def test_a_new_state_is_for_its_owner_alone_and_ignored_by_git(path: Path) -> None:
    with open_store(path) as store:
        assert not store.on_disk
        store.commit("main", one.TASK)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (path.parent / ".gitignore").read_text(encoding="ascii") == "*\n"
    assert names(path.parent) == [".gitignore", "state.db"]
    with open_store(path) as store:
        assert store.on_disk


def test_a_folder_of_other_things_gets_no_gitignore(tmp_path: Path) -> None:
    with open_store(tmp_path / "state.db") as store:
        store.commit("main", one.TASK)
    assert names(tmp_path) == ["state.db"]


def test_a_gitignore_that_is_there_stays(path: Path) -> None:
    path.parent.mkdir()
    (path.parent / ".gitignore").write_text("!keep\n", encoding="ascii")
    with open_store(path) as store:
        store.commit("main", one.TASK)
    assert (path.parent / ".gitignore").read_text(encoding="ascii") == "!keep\n"


def test_what_cannot_be_made_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with (
        open_store(tmp_path / "file" / "state.db") as store,
        pytest.raises(StateError) as caught,
    ):
        store.commit("main", one.TASK)
    assert caught.value.hint


def test_a_new_state_gets_its_file_with_what_is_first_written(path: Path) -> None:
    with open_store(path) as store:
        lineage = store.load("main").lineage
        assert not store.load("main").tasks
        store.commit("main")
        assert not path.parent.exists()
        store.commit("main", one.TASK)
        assert path.exists()
        assert store.lineage == lineage
    with open_store(path) as store:
        assert store.load("main").tasks
        assert store.lineage == lineage


def test_a_file_that_appears_before_the_first_write_is_used_and_not_overwritten(path: Path) -> None:
    with open_store(path) as late, open_store(path) as store:
        store.commit("other", one.TASK)
        late.commit("main", one.TASK)
        assert late.lineage == store.lineage
        assert late.load("other").tasks
        assert store.load("main").tasks


def test_a_file_that_appears_before_the_first_write_and_is_no_state_is_refused(path: Path) -> None:
    with open_store(path) as store:
        path.parent.mkdir()
        path.write_bytes(b"")
        with pytest.raises(StateError):
            store.commit("main", one.TASK)
        assert path.read_bytes() == b""


def test_of_many_who_make_it_at_once_one_does(path: Path) -> None:
    lineages: list[str] = []

    def work(number: int) -> None:
        with Store.open(path, clock=lambda: NOW, mint=lambda: f"lineage-{number}") as store:
            store.commit(f"roadmap-{number}", one.TASK)
            lineages.append(store.lineage)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lineages) == 6
    assert len(set(lineages)) == 1
    assert names(path.parent) == [".gitignore", "state.db"]


def test_a_state_that_takes_over_bears_the_other_lineage_from_then_on(store: Store, path: Path) -> None:
    before = store.load("main")
    store.take_over("another")
    with open_store(path) as again:
        assert again.load("main") == replace(before, lineage="another")


# Nothing new, nothing written


def test_equal_words_write_nothing(full: Path) -> None:
    before = full.read_bytes()
    unsaid = (Created, type(one.ENTRY))
    with open_store(full) as store:
        store.commit("main", *(word for word in one.EVERYTHING if not isinstance(word, unsaid)))
        store.commit("main")
        store.save_observation("main", one.REMOTE, [one.ISSUE], [one.STONE], complete=True)
    assert full.read_bytes() == before


@pytest.mark.parametrize(
    "word",
    [
        replace(one.TASK, position=8),
        replace(one.MILESTONE, title="Week one"),
        replace(one.LINK, closed_by_us=False),
        one.SETTLE,
        replace(one.TOMBSTONE, title="other"),
        Lifted(one.TOMBSTONE),
        Contests(()),
        replace(one.DECISION, value="x"),
        Used(one.DECISION),
    ],
    ids=lambda word: type(word).__name__,
)
def test_the_serial_moves_by_one_when_what_syncd_decides_by_changes(store: Store, word: Word) -> None:
    serial = store.serial
    store.commit("main", word)
    assert store.serial == serial + 1
    store.commit("main", word)
    assert store.serial == serial + 1


@pytest.mark.parametrize(
    "word",
    [
        replace(one.REMOTE, cursor="later"),
        UsedApproval("d1", frozenset({"a"})),
        Remembered(scope="other"),
        SeenIssue("github", replace(one.ISSUE, title="other")),
        Missed("github", Kind.TASK, 13, NOW),
        Created("api.github.com", NOW),
        one.ENTRY,
    ],
    ids=lambda word: type(word).__name__,
)
def test_the_serial_stands_still_for_observations_and_history(store: Store, word: Word) -> None:
    serial = store.serial
    store.commit("main", word)
    store.save_report("main", "{}")
    assert store.serial == serial


def test_a_whole_commit_moves_the_serial_once(path: Path) -> None:
    with open_store(path) as store:
        store.commit("main", *one.EVERYTHING)
        assert store.serial == 1


def test_a_commit_that_fails_leaves_nothing_of_itself(store: Store) -> None:
    before = store.load("main")
    nowhere = Settle(Uid("t5"), "github", Field.TITLE, Pair("a", "a"))
    with pytest.raises(StateError):
        store.commit("main", KnownTask(Uid("t5"), "new"), replace(one.LINK, managed=frozenset()), nowhere)
    assert store.load("main") == before


def test_many_words_at_once_are_written_like_few(path: Path) -> None:
    tasks = [KnownTask(Uid(f"t{number}"), "T", position=number) for number in range(500)]
    with open_store(path) as store:
        store.commit("main", *tasks[:250])
        store.commit("main", *tasks)
        store.commit("main", *(replace(task, position=task.position + 1) for task in tasks))
        assert store.load("main").tasks == {
            task.uid: replace(task, position=task.position + 1) for task in tasks
        }
        assert store.serial == 3
    with open_store(path) as store:  # the checksums kept pace
        assert len(store.load("main").tasks) == 500


def test_of_equal_keys_in_one_commit_the_last_counts(path: Path) -> None:
    with open_store(path) as store:
        store.commit("main", one.TASK, replace(one.TASK, title="second"))
    with open_store(path) as store:
        assert store.load("main").tasks[one.TASK.uid].title == "second"


# Links, bases, tombstones


def test_a_settled_field_leaves_the_other_bases_alone(store: Store) -> None:
    store.commit("main", one.SETTLE, replace(one.SETTLE, field=Field.TITLE, pair=Pair("n", "n")))
    link = store.load("main").link(Uid("t1"), "github")
    assert link is not None
    assert link.base == {**one.LINK.base, Field.STATE: Pair("done", "done"), Field.TITLE: Pair("n", "n")}
    assert (link.ref, link.managed) == (one.LINK.ref, one.LINK.managed)


def test_a_link_and_its_bases_may_come_in_one_commit(store: Store) -> None:
    new = Link(Uid("t2"), "github", Ref(8, "I_8"))
    store.commit("main", new, replace(one.SETTLE, uid=Uid("t2")))
    assert store.load("main").link(Uid("t2"), "github") == replace(
        new, base={Field.STATE: Pair("done", "done")}
    )


def test_a_tombstone_ends_its_link(store: Store) -> None:
    stone = replace(one.TOMBSTONE, uid=one.LINK.uid, ref=one.LINK.ref)
    store.commit("main", stone)
    ledger = store.load("main")
    assert ledger.link(one.LINK.uid, "github") is None
    assert set(ledger.tombstones) == {stone, one.TOMBSTONE}


def test_a_tombstone_spares_a_later_link_to_another_issue(store: Store) -> None:
    stone = replace(one.TOMBSTONE, uid=one.LINK.uid, ref=Ref(1, "I_1"))
    store.commit("main", stone)
    assert store.load("main").link(one.LINK.uid, "github") == one.LINK


def test_only_the_tombstone_that_was_lifted_goes(store: Store) -> None:
    second = replace(one.TOMBSTONE, ref=Ref(10, "I_10"))
    store.commit("main", second, Lifted(one.TOMBSTONE))
    assert store.load("main").tombstones == (second,)


# Conflicts, decisions, approvals


def test_conflicts_that_are_no_more_are_forgotten(store: Store) -> None:
    other = Contest(Uid("t2"), Field.TITLE, {"roadmap": "a", "github": "b"}, "roadmap")
    store.commit("main", Contests((one.CONTEST, other)))
    assert store.load("main").contests == (one.CONTEST, other)
    store.commit("main", Contests((other,)))
    assert store.load("main").contests == (other,)


def test_a_decision_made_anew_while_the_old_one_was_carried_out_still_waits(store: Store) -> None:
    anew = Decision(one.DECISION.uid, one.DECISION.field, "something else")
    store.commit("main", anew)
    store.commit("main", Used(one.DECISION))
    assert store.load("main").decisions == (anew,)
    store.commit("main", Used(anew))
    assert store.load("main").decisions == ()


def test_each_action_of_an_approval_is_used_once(store: Store) -> None:
    store.commit("main", UsedApproval("d1", frozenset({"a", "z"})), UsedApproval("unknown", frozenset({"a"})))
    assert store.load("main").approvals == (Approval("d1", frozenset({"b"})),)
    store.commit("main", UsedApproval("d1", frozenset({"b"})))
    assert store.load("main").approvals == ()


# Intents


def test_an_intent_is_on_the_disk_before_begin_returns(path: Path) -> None:
    with open_store(path) as store:
        given = store.begin("main", one.INTENT, one.TASK)
        with open_store(path) as other:  # what a process would find that comes after a crash
            assert other.load("main").intents == (given,)
            assert other.load("main").tasks == {one.TASK.uid: one.TASK}


def test_done_ends_the_intent_together_with_what_it_brought(store: Store) -> None:
    given = store.begin("main", one.INTENT)
    new = Link(Uid("t2"), "github", Ref(8, "I_8"))
    store.done("main", given.id, new, *given.settles, one.ENTRY)
    ledger = store.load("main")
    assert ledger.intents == ()
    assert ledger.link(Uid("t2"), "github") == new
    link = ledger.link(Uid("t1"), "github")
    assert link is not None
    assert link.base[Field.STATE] == one.SETTLE.pair


def test_a_done_that_fails_leaves_its_intent_open(store: Store) -> None:
    given = store.begin("main", one.INTENT)
    with pytest.raises(StateError):
        store.done("main", given.id, replace(one.SETTLE, uid=Uid("nobody")))
    assert store.load("main").intents == (given,)


def test_an_intent_in_doubt_counts_from_then(store: Store) -> None:
    given = store.begin("main", one.INTENT)
    later = NOW + timedelta(minutes=3)
    store.commit("main", InDoubt(given.id, later))
    assert store.load("main").intents == (replace(given, unknown=True, since=later),)
    with pytest.raises(StateError):
        store.commit("main", InDoubt(given.id + 1, later))


def test_no_id_of_an_intent_is_given_twice(path: Path) -> None:
    seen: list[Intent] = []
    for _ in range(3):
        with open_store(path) as store:
            seen.append(store.begin("main", one.INTENT))
            store.commit("main", Closed(seen[-1].id))
            seen.append(store.begin("other", one.INTENT))
            store.commit("other", Closed(seen[-1].id))
    assert len({intent.id for intent in seen}) == 6


# Observations


def test_an_incremental_observation_adds_and_replaces(store: Store) -> None:
    new = replace(one.ISSUE, ref=Ref(8, "I_8"))
    changed = replace(one.ISSUE, title="other")
    store.save_observation("main", replace(one.REMOTE, cursor="c2"), [new, changed], [], complete=False)
    assert store.observed("main", "github") == ((changed, new), (one.STONE,))
    assert store.load("main").remotes["github"].cursor == "c2"


def test_what_a_complete_observation_does_not_show_is_gone(store: Store) -> None:
    new = replace(one.ISSUE, ref=Ref(8, "I_8"))
    store.save_observation("main", one.REMOTE, [new], [], complete=True)
    assert store.observed("main", "github") == ((new,), ())


def test_what_was_confirmed_gone_leaves_an_incremental_observation(store: Store) -> None:
    store.save_observation("main", one.REMOTE, [], [], complete=False, gone=[7], gone_milestones=[3])
    assert store.observed("main", "github") == ((), ())


def test_an_observation_of_one_remote_leaves_the_other_alone(store: Store) -> None:
    store.save_observation("main", replace(one.REMOTE, name="gitlab"), [], [], complete=True)
    assert store.observed("main", "github") == ((one.ISSUE,), (one.STONE,))


def test_the_first_time_that_something_was_missed_is_kept_until_it_is_found(store: Store) -> None:
    store.commit("main", Missed("github", Kind.TASK, 12, NOW))
    assert store.missing("main", "github") == {(Kind.TASK, 12): NOW - timedelta(minutes=1)}
    store.commit("main", Missed("github", Kind.MILESTONE, 12, NOW), Found("github", Kind.TASK, 12))
    assert store.missing("main", "github") == {(Kind.MILESTONE, 12): NOW}


# History and pacing


def test_creations_of_an_hour_are_counted_by_host_across_restarts(path: Path) -> None:
    for minute in (0, 1, 61, 62):
        with open_store(path) as store:
            store.commit("main", Created("a", NOW + timedelta(minutes=minute)), Created("b", NOW))
    with open_store(path) as store:
        assert store.creations("a", NOW) == (NOW + timedelta(minutes=61), NOW + timedelta(minutes=62))
        assert store.creations("a", NOW + timedelta(minutes=62)) == (NOW + timedelta(minutes=62),)
        assert len(store.creations("b", NOW)) == 4


def test_the_audit_log_is_read_newest_first_by_task_and_time(path: Path) -> None:
    entries = [
        replace(one.ENTRY, at=NOW + timedelta(hours=n), uid=Uid(f"t{n % 2}"), run=str(n)) for n in range(6)
    ]
    with open_store(path) as store:
        for entry in entries:
            store.commit("main", entry)
        assert store.audit() == tuple(reversed(entries))
        assert [entry.run for entry in store.audit(2)] == ["5", "4"]
        assert [entry.run for entry in store.audit(uid=Uid("t0"))] == ["4", "2", "0"]
        assert [entry.run for entry in store.audit(since=NOW + timedelta(hours=4))] == ["5", "4"]


def test_old_reports_make_room_for_new_ones(path: Path) -> None:
    with open_store(path) as store:
        for number in range(50):
            store.save_report("main", str(number))
        assert store.last_report("main") == "49"
    assert path.stat().st_size < 200_000


def test_what_was_remembered_stays_unless_said_anew(store: Store) -> None:
    store.commit("main", Remembered(branch="trunk"))
    ledger = store.load("main")
    assert (ledger.reading, ledger.scope, ledger.branch) == (one.READING, "scope", "trunk")


# Dry runs


def test_a_dry_run_leaves_no_file_where_none_was(path: Path) -> None:
    with open_store(path, read_only=True) as store:
        assert not store.on_disk
        store.commit("main", one.TASK)
        assert store.load("main").tasks
    assert not path.parent.exists()


def test_a_dry_run_sees_the_state_and_changes_nothing_of_it(full: Path) -> None:
    before = (full.read_bytes(), full.stat().st_mtime_ns, names(full.parent))
    with open_store(full, read_only=True) as store:
        assert store.load("main").links
        store.commit("main", replace(one.TASK, title="only in the dry run"))
    assert (full.read_bytes(), full.stat().st_mtime_ns, names(full.parent)) == before
