"""Writes the roadmap: one compare-and-swap with all edits, recorded as an intent with both hashes (design §8.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from syncd import files
from syncd.errors import SyncdError
from syncd.model.changes import LineEdit
from syncd.model.links import Intent, KnownMilestone, KnownTask, Settle
from syncd.model.values import ROADMAP, Uid
from syncd.state.store import Store
from syncd.state.words import AuditEntry, Closed


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The new bytes of a roadmap, and what the state shall know once they are on disk."""

    path: Path
    version: files.Version
    data: bytes
    lines: tuple[LineEdit, ...]
    settles: tuple[Settle, ...]
    tasks: tuple[KnownTask, ...]
    milestones: tuple[KnownMilestone, ...]


def write_roadmap(
    store: Store, roadmap: str, run_id: str, rewrite: Rewrite, clock: Callable[[], datetime]
) -> None:
    """Replaces the file if it still is the one that was read.

    Raises :class:`~syncd.errors.RoadmapChanged` or :class:`~syncd.errors.RoadmapRefused`; then nothing was written
    and no base has moved.
    """
    intent = store.begin(
        roadmap,
        Intent(
            id=0,
            kind="write_roadmap",
            remote=ROADMAP,
            uid=Uid(""),
            since=clock(),
            settles=rewrite.settles,
            before=rewrite.version.digest,
            after=files.content_hash(rewrite.data),
            tasks=rewrite.tasks,
            milestones=rewrite.milestones,
        ),
    )
    try:
        files.replace(rewrite.path, rewrite.data, rewrite.version)
    except SyncdError:
        # Refused before the exchange, or exchanged back: the file is as it was, so there is nothing to settle.
        store.commit(roadmap, Closed(intent.id))
        raise
    store.commit(
        roadmap,
        Closed(intent.id),
        *rewrite.settles,
        *rewrite.tasks,
        *rewrite.milestones,
        *_entries(roadmap, run_id, rewrite.lines, clock()),
    )


def _entries(roadmap: str, run_id: str, lines: Iterable[LineEdit], at: datetime) -> Iterable[AuditEntry]:
    for line in lines:
        yield AuditEntry(
            at=at,
            run=run_id,
            roadmap=roadmap,
            kind="write_roadmap",
            result="done",
            remote=ROADMAP,
            title=f"line {line.line}",
            changes=(("text", line.before, line.after),),
        )
