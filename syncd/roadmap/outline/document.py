"""The result of reading a roadmap: what it says, and where each thing stands in its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from syncd.model.outline import MilestoneKey, Outline, TaskKey
from syncd.roadmap.blocks import Syntax
from syncd.roadmap.places import EchoPlaces, LanePlaces, MilestonePlaces, Span, TaskPlaces
from syncd.roadmap.source import Source


@dataclass(frozen=True, slots=True)
class Document:
    """One reading: ``places`` and ``milestone_places`` have an entry for every task and milestone of ``outline``.

    ``lanes`` are those of a board, in document order; ``echoes`` the boxes of overviews that repeat a task;
    ``named`` the titles in rows that stand for milestones.
    """

    source: Source
    syntax: Syntax
    outline: Outline
    places: Mapping[TaskKey, TaskPlaces]
    milestone_places: Mapping[MilestoneKey, MilestonePlaces]
    lanes: tuple[LanePlaces, ...] = ()
    echoes: tuple[EchoPlaces, ...] = ()
    named: tuple[Span, ...] = ()
