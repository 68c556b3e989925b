"""Makes a plan that can be written: planned changes become byte edits, and what has no place is planned again without.

This is *realise* of design §3. A plan that leaves here has been read back from the bytes it will write.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from syncd.engine.job import Job
from syncd.errors import StateError, SyncdError
from syncd.model.changes import RoadmapChange, StampTask
from syncd.model.values import Uid, provisional
from syncd.plan.actions import Plan
from syncd.plan.only import narrowed
from syncd.plan.planner import make_plan
from syncd.plan.recovery import foreign_lineage
from syncd.plan.world import World
from syncd.roadmap.editor import Realised, realise
from syncd.roadmap.outline import Document


def _with_stand_in(change: RoadmapChange) -> RoadmapChange:
    """A stamp whose uid is minted only after the guard is tried out with one that does not vary (I14)."""
    if isinstance(change, StampTask) and provisional(change.uid):
        return replace(change, uid=Uid(f"{change.task:08d}"))
    return change


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan, the world it was made on, and the roadmap as it would be written."""

    plan: Plan
    world: World
    realised: Realised


def propose(job: Job, document: Document, world: World, only: str = "") -> Proposal:
    """Plans until the text can carry the plan. Every round takes away at least one change, so it ends."""
    if kept_by := foreign_lineage(world):
        raise StateError(
            f"the issues of {job.name} are kept by another state ({kept_by})",
            hint="use that state file, or run `syncd state take-over` to make this one the keeper",
        )
    no_place: dict[RoadmapChange, str] = {}
    while True:
        plan = make_plan(replace(world, no_place=no_place))
        if only:
            plan = narrowed(plan, world, only)
        shown = {_with_stand_in(change): change for change in plan.changes}
        realised = realise(document, tuple(shown), job.rules, world.ledger.reading)
        refused = {shown[change]: why for change, why in realised.no_place if shown[change] not in no_place}
        if not realised.no_place:
            return Proposal(replace(plan, edits=realised.edits, lines=realised.lines), world, realised)
        if not refused:
            # The planner asked again for what it was told has no place: a defect, and no plan to write.
            raise SyncdError(f"{job.path}: a change has no place and was planned again; nothing was written")
        no_place |= refused
