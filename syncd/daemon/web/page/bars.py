"""Progress as a bar: parts of a hundred for the drawing, and the same in words for who does not see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from syncd.model.outline import Task
from syncd.model.values import TaskState

ORDER = (TaskState.DONE, TaskState.DROPPED, TaskState.IN_PROGRESS, TaskState.OPEN)
_WORDS = {TaskState.IN_PROGRESS: "in progress", TaskState.DROPPED: "dropped"}


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a bar, from ``start`` on, in hundredths of the whole."""

    state: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """How far some tasks are."""

    done: int = 0
    dropped: int = 0
    in_progress: int = 0
    open: int = 0

    @classmethod
    def of(cls, tasks: Iterable[Task]) -> Bar:
        """The bar of these tasks."""
        counts = dict.fromkeys(TaskState, 0)
        for task in tasks:
            counts[task.state] += 1
        return cls(**{state.value: count for state, count in counts.items()})

    @property
    def total(self) -> int:
        """All of them."""
        return self.done + self.dropped + self.in_progress + self.open

    @property
    def closed(self) -> int:
        """Those that need no work any more."""
        return self.done + self.dropped

    @property
    def percent(self) -> int:
        """Of the tasks that are not dropped, how many are done; 100 only when all are."""
        wanted = self.total - self.dropped
        return 0 if wanted == 0 else self.done * 100 // wanted

    def parts(self) -> tuple[Part, ...]:
        """What to draw, from left to right. Open tasks are the ground that is seen where nothing is drawn."""
        found, start = [], 0.0
        for state in ORDER[:-1]:
            width = round(self._count(state) * 100 / self.total, 3) if self.total else 0.0
            if width:
                found.append(Part(state.value, round(start, 3), width))
            start += width
        return tuple(found)

    @property
    def words(self) -> str:
        """``3 of 5 tasks done, 1 in progress``."""
        if not self.total:
            return "no tasks"
        more = [f"{self._count(state)} {word}" for state, word in _WORDS.items() if self._count(state)]
        return ", ".join([f"{self.done} of {counted(self.total, 'task')} done", *more])

    def _count(self, state: TaskState) -> int:
        count: int = getattr(self, state.value)
        return count


def together(bars: Iterable[Bar]) -> Bar:
    """One bar for all."""
    each = list(bars)
    return Bar(
        *(sum(getattr(bar, name) for bar in each) for name in ("done", "dropped", "in_progress", "open"))
    )


def counted(count: int, word: str) -> str:
    """``1 task``, ``2 tasks``."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
