"""What one run knows so far, and its steps in the order in which :meth:`Engine.sync` takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from syncd import files
from syncd.apply import Outcome, RemoteOutcome, RemoteWork, Rewrite, apply_remote, write_roadmap
from syncd.engine import names, recover
from syncd.engine.job import Job, Remote, Run
from syncd.engine.propose import Proposal, propose
from syncd.engine.report import RemoteStatus, Report
from syncd.engine.seeing import keep, linked, memory
from syncd.errors import ForgeError, NotNow, RoadmapChanged, RoadmapError
from syncd.forge.base import Forge
from syncd.model.changes import StampTask
from syncd.model.links import Ledger, Link
from syncd.model.outline import Outline
from syncd.model.remote import Snapshot, Unavailable
from syncd.model.values import Field, Uid, Value
from syncd.observe import Memory, Seen, observe
from syncd.plan.digest import edits_key
from syncd.plan.guard import Verdict, guard
from syncd.plan.match import match, remember
from syncd.plan.needs import needs_labels
from syncd.plan.world import Matching, World
from syncd.roadmap.editor import realise
from syncd.roadmap.outline import Document, read
from syncd.roadmap.source import Source
from syncd.state.store import Store
from syncd.state.words import Contests, Remembered, Used, UsedApproval, Word


@dataclass(slots=True)
class Session:
    """One run in the making. Each step reads what the ones before it left, and leaves its own result."""

    job: Job
    run: Run
    store: Store
    clock: Callable[[], datetime]
    mint: Callable[[], Uid]
    started: datetime = field(init=False)
    run_id: str = field(init=False)
    ledger: Ledger = field(init=False)
    version: files.Version = field(init=False)
    document: Document = field(init=False)
    matching: Matching = field(init=False)
    forges: dict[str, Forge] = field(default_factory=dict)
    memories: dict[str, Memory] = field(default_factory=dict)
    """By remote, what the state had of it when the run began."""
    observations: dict[str, Snapshot | Unavailable] = field(default_factory=dict)
    proposal: Proposal = field(init=False)
    verdict: Verdict = field(init=False)
    naming: Mapping[Uid, Uid] = field(default_factory=dict)
    written: bool = False
    outcomes: list[RemoteOutcome] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.started = self.clock()
        # What a run happened for stands in its name: the audit log keeps that for as long as its entries.
        self.run_id = f"{self.run.trigger}-{self.mint()}"
        self.ledger = self.store.load(self.job.name)

    # Before anything is decided

    def check_place(self) -> None:
        """No run on another branch, or in the middle of a merge: the file there is not the roadmap (design §12)."""
        folder = self.job.path.parent
        if self.job.any_branch:
            return
        if busy := files.git_busy(folder):
            raise NotNow(f"{folder}: {busy} is in progress", hint="finish or abort it, then run again")
        branch = files.git_head(folder)
        if self.ledger.branch and branch != self.ledger.branch:
            raise NotNow(
                f"{self.job.path} was synced on the branch {self.ledger.branch}, this is {branch or 'no branch'}",
                hint=f"switch to {self.ledger.branch}, or set `branch: any` for this roadmap",
            )

    def read(self) -> None:
        """Reads the roadmap and finds out who is who."""
        if not self.run.dry:
            self._mend()
        data, self.version = files.read(self.job.path)
        if not self.run.believes(self.version.digest):
            raise RoadmapChanged(f"{self.job.path} is just being written")
        if self.run.wary and self.ledger.links and not data.strip():
            raise RoadmapError("empty", path=str(self.job.path), hint="`syncd run` takes it at its word")
        source = Source.of(data, str(self.job.path))
        self.document = read(source, self.job.rules, self.ledger.reading)
        self.matching = self._matched()

    def recover_roadmap(self) -> None:
        """Settles a write of the roadmap that a crash cut off."""
        if recover.recover_roadmap(self.store, self.ledger, self.version.digest, self._roadmap_value):
            self._reload()

    def observe(self) -> None:
        """Reads every remote; one that cannot be read does not keep the others waiting."""
        for remote in self.job.remotes:
            forge = remote.forge(self.store)
            self.forges[remote.name] = forge
            seen = self._seen(remote, forge)
            self.observations[remote.name] = (
                keep(self.store, self.job.name, seen, self.memories[remote.name])
                if isinstance(seen, Seen)
                else seen
            )

    def recover_remotes(self) -> None:
        """Settles effects in doubt by looking, and creates in doubt once their quarantine is over."""
        settled = False
        for remote in self.job.remotes:
            snapshot = self.observations[remote.name]
            if isinstance(snapshot, Snapshot):
                words = recover.remote_words(
                    self.ledger, snapshot, self.forges[remote.name], remote.quarantine, self.started
                )
                self.store.commit(self.job.name, *words)
                settled = settled or bool(words)
        if settled:
            self._reload()

    # Deciding

    def propose(self) -> None:
        """Makes the plan; asks a remote for its labels only if the plan wants one that it cannot know."""
        self.proposal = propose(self.job, self.document, self._world(), self.run.only)
        wanted = needs_labels(self.proposal.plan, self.observations)
        for name in wanted:
            snapshot = self.observations[name]
            assert isinstance(snapshot, Snapshot)
            try:
                self.observations[name] = replace(snapshot, labels=self.forges[name].labels())
            except ForgeError as error:
                self.observations[name] = Unavailable(name, error.reason, exit_code=error.exit_code)
        if wanted:
            self.proposal = propose(self.job, self.document, self._world(), self.run.only)

    def judge(self) -> None:
        """Asks the guard, with what was approved before or is approved now."""
        self.verdict = guard(
            self.proposal.plan, self.proposal.world, approve=self.run.approve, assumed=self.job.assumed
        )

    def may_write(self) -> bool:
        """Whether this run goes on to apply."""
        return not self.run.dry and not self.verdict.refused

    # Doing

    def remember(self) -> None:
        """Mints what is new and makes it durable before the first effect (I11)."""
        plan = self.proposal.plan
        self.naming = names.mint_names(plan, self.matching, self.mint)
        self.matching = names.named_matching(self.matching, self.naming)
        self.proposal = replace(self.proposal, plan=names.named_plan(plan, self.naming))
        if plan.recovery:
            self.store.take_over(plan.lineage)
        self._stamp()
        tasks, milestones = remember(self.document.outline, self.matching)
        granted = (self.verdict.grants,) if self.verdict.grants else ()
        self.store.commit(
            self.job.name,
            *(task for task in tasks if self.ledger.tasks.get(task.uid) != task),
            *(one for one in milestones if self.ledger.milestones.get(one.uid) != one),
            *granted,
            *self._first_sync(),
        )

    def write_roadmap(self) -> None:
        """The roadmap first: what the remotes are told afterwards is already true there."""
        plan, realised = self.proposal.plan, self.proposal.realised
        if not plan.edits:
            self.store.commit(self.job.name, *plan.after_write)
            return
        after = names.matching_after(self.matching, realised, self.naming)
        tasks, milestones = remember(realised.document.outline, after)
        write_roadmap(
            self.store,
            self.job.name,
            self.run_id,
            Rewrite(
                self.job.path,
                self.version,
                realised.document.source.data,
                plan.lines,
                plan.after_write,
                tuple(task for task in tasks if self.ledger.tasks.get(task.uid) != task),
                tuple(one for one in milestones if self.ledger.milestones.get(one.uid) != one),
            ),
            self.clock,
        )
        self.written = True
        self.document, self.matching = realised.document, after

    def apply(self) -> None:
        """Each remote in its order; what one of them cannot do does not keep the others waiting."""
        actions = self.proposal.plan.actions
        remote_of = {remote.name for remote in self.job.remotes}
        total, done = len(actions), 0

        def progress(outcome: Outcome) -> None:
            nonlocal done
            done += 1
            self.run.progress(outcome, done, total)

        for name in sorted(remote_of & {action.remote for action in actions}):
            mine = [action for action in actions if action.remote == name]
            self.outcomes.append(
                apply_remote(self._work(name), mine, stop=self.run.begin_turn(self.clock), progress=progress)
            )

    def close(self) -> None:
        """Says in the state what this run leaves: conflicts, decisions obeyed, lines that are gone for good."""
        plan = self.proposal.plan
        ledger = self.ledger = self._latest()
        # A link that is ignored outlives its line; who left is nobody's rename partner all the same (design §4).
        linked = {link.uid for link in ledger.links if self.job.policy.removed != "ignore"}
        gone = self.matching.gone - linked
        self.store.commit(
            self.job.name,
            Contests(plan.contests),
            *self._spent_on_edits(),
            *(names.headings_after(ledger.reading, self.document.outline) if self.written else ()),
            *(replace(ledger.tasks[uid], removed=True) for uid in gone & ledger.tasks.keys()),
            *(replace(ledger.milestones[uid], removed=True) for uid in gone & ledger.milestones.keys()),
            *(Used(decision) for decision in plan.uses),
            *self._synced(ledger),
        )

    def report(self) -> Report:
        """What came of it all."""
        return Report(
            roadmap=self.job.name,
            path=str(self.job.path),
            dry=self.run.dry,
            plan=self.proposal.plan,
            verdict=self.verdict,
            serial=self.store.serial,
            remotes={
                name: RemoteStatus.of(forge, self.observations[name]) for name, forge in self.forges.items()
            },
            outcomes=tuple(self.outcomes),
            intents=self.ledger.intents,
            left=files.content_hash(self.document.source.data),
            unavailable=tuple(one for one in self.observations.values() if isinstance(one, Unavailable)),
            warnings=self.document.outline.warnings,
            written=self.written,
            started=self.started,
        )

    # What the steps lean on

    def _seen(self, remote: Remote, forge: Forge) -> Seen | Unavailable:
        until = self.run.away.get(remote.name)
        if until is not None and until > self.started:
            return Unavailable(
                remote.name, f"failed before, and is left in peace until {until:%H:%M:%S} UTC", until
            )
        known = self.memories[remote.name] = memory(self.store, self.ledger, remote.name)
        return observe(
            forge,
            known,
            linked(self.ledger, remote.name),
            now=self.started,
            full_sweep=remote.full_sweep,
            named=self.run.named.get(remote.name, frozenset()),
        )

    def _mend(self) -> None:
        """A process killed while it exchanged the file may have left a person's edit aside: bring it back first."""
        for intent in self.ledger.intents:
            if intent.kind == "write_roadmap":
                files.mend(self.job.path, before=intent.before, after=intent.after)

    def _stamp(self) -> None:
        """Stamps are bytes of the plan that hold minted uids: they can only be written now."""
        plan, realised = self.proposal.plan, self.proposal.realised
        if any(isinstance(change, StampTask) for change in plan.changes):
            realised = realise(self.document, plan.changes, self.job.rules, self.ledger.reading)
            plan = replace(plan, edits=realised.edits, lines=realised.lines)
            self.proposal = replace(self.proposal, plan=plan, realised=realised)

    def _approvals(self) -> dict[str, str]:
        """Keys of approved actions, with the digest that each was approved by."""
        spends = {key: digest for digest, keys in self.verdict.spends.items() for key in keys}
        if self.verdict.grants:
            spends |= dict.fromkeys(self.verdict.grants.actions, self.verdict.grants.digest)
        return spends

    def _spent_on_edits(self) -> Iterable[Word]:
        """All edits are approved as one; an approval is used up once what it allowed is done."""
        key = edits_key(self.proposal.plan)
        if self.written and (digest := self._approvals().get(key)):
            yield UsedApproval(digest, frozenset({key}))

    def _latest(self) -> Ledger:
        """What is known now. Most runs have nothing to do, and reading it again is a fifth of what those cost."""
        known = self.ledger
        synced = {name for name, one in known.remotes.items() if one.synced}
        # The serial stands for all but what is known of remotes, of which only a first sync needs the newest.
        if known.serial == self.store.serial and synced >= {remote.name for remote in self.job.remotes}:
            return known
        return self.store.load(self.job.name)

    def _reload(self) -> None:
        """What was settled just now may change who is who and what is planned."""
        self.ledger = self.store.load(self.job.name)
        self.matching = self._matched()

    def _matched(self) -> Matching:
        """Who is who. Behind a fence that was left open tasks are hidden, not removed (reading-roadmaps §2)."""
        matching = match(self.document.outline, self.ledger)
        if any(warning.code == "fence-open" for warning in self.document.outline.warnings):
            return replace(matching, gone=frozenset(), held_uids=matching.held_uids | matching.gone)
        return matching

    def _roadmap_value(self, uid: Uid, name: Field) -> Value:
        """The roadmap's value of a field now. Raises KeyError for a uid that stands nowhere."""
        return recover.standing(self.document.outline, self.matching)[uid][name]

    def _world(self) -> World:
        return World(
            roadmap=self.job.name,
            outline=self.document.outline,
            matching=self.matching,
            ledger=self.ledger,
            observations=self.observations,
            capabilities={name: forge.capabilities for name, forge in self.forges.items()},
            policy=self.job.policy,
            scope_changed=bool(self.ledger.scope) and self.ledger.scope != self.job.scope,
        )

    def _work(self, name: str) -> RemoteWork:
        snapshot = self.observations[name]
        assert isinstance(snapshot, Snapshot), "a plan has no actions for a remote that was not seen"
        ledger = self.store.load(self.job.name)
        links = {link.uid: link for link in ledger.links if link.remote == name}
        return RemoteWork(
            roadmap=self.job.name,
            run_id=self.run_id,
            lineage=ledger.lineage,
            forge=self.forges[name],
            store=self.store,
            snapshot=snapshot,
            links=links,
            clock=self.clock,
            approvals=self._approvals(),
            references=_references(self.document.outline, self.matching, links),
        )

    def _first_sync(self) -> Iterable[Word]:
        """What the first sync found is kept: how the file is read, which lines are tasks, on which branch it lives."""
        branch = files.git_head(self.job.path.parent) or ""
        # A remote that was away has not heard that lines left because of the mapping: until it has, the old scope
        # stays, or its issues would be closed later as if their author had removed them.
        seen = all(isinstance(one, Snapshot) for one in self.observations.values())
        scope = self.job.scope if seen or not self.ledger.scope else self.ledger.scope
        if (self.ledger.scope, bool(self.ledger.reading), self.ledger.branch) != (scope, True, branch):
            yield Remembered(self.document.outline.reading, scope, branch)

    def _synced(self, ledger: Ledger) -> Iterable[Word]:
        """A remote counts as synced once a run with it came to its end."""
        ended = {outcome.remote: not outcome.stopped for outcome in self.outcomes}
        for name, known in ledger.remotes.items():
            if (
                not known.synced
                and isinstance(self.observations.get(name), Snapshot)
                and ended.get(name, True)
            ):
                yield replace(known, synced=True)


def _references(outline: Outline, matching: Matching, links: Mapping[Uid, Link]) -> dict[str, int]:
    """Identifiers that belong to exactly one task, with that task's issue number: what may become a real reference."""
    found: dict[str, list[int]] = {}
    for task in outline.tasks():
        link = links.get(matching.tasks[task.key])
        if task.identifier and link:
            found.setdefault(task.identifier, []).append(link.ref.number)
    return {identifier: numbers[0] for identifier, numbers in found.items() if len(numbers) == 1}
