"""``/livez`` and ``/readyz``. A forge that is down restarts no pod (reliability §4.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from syncd.daemon.board import Board
from syncd.errors import STATE_UNUSABLE

STUCK = 900.0
"""Seconds without a sign of life after which a worker is taken for dead: several of the longest steps there are."""
LEAST_AGE = timedelta(minutes=15)
INTERVALS = 3
"""How many of its intervals a roadmap may miss before it is too old to be believed."""

Check = tuple[str, str]
"""What was looked at, and what is wrong with it, or nothing."""


class Working(Protocol):
    """What the probes need of the workers."""

    def stuck(self, seconds: float) -> list[str]:
        """Threads that died, or did nothing for so long."""
        ...


class Probes:
    """``gap`` is how far two runs of a roadmap lie apart at most."""

    def __init__(
        self,
        workers: Working,
        board: Board,
        *,
        clock: Callable[[], datetime],
        gap: Callable[[str], timedelta],
        ending: Callable[[], bool],
    ) -> None:
        self._workers, self._board = workers, board
        self._clock, self._gap, self._ending = clock, gap, ending

    def routes(self) -> list[Route]:
        """Both probes."""
        return [Route("/livez", self.livez), Route("/readyz", self.readyz)]

    async def livez(self, request: Request) -> Response:  # noqa: ARG002 - an endpoint's signature
        """That this is answered shows that the loop is alive; the workers are asked."""
        stuck = self._workers.stuck(STUCK)
        return _answer([("workers", f"stuck or dead: {', '.join(stuck)}" if stuck else "")])

    async def readyz(self, request: Request) -> Response:  # noqa: ARG002 - an endpoint's signature
        """State at head, configuration loaded, every roadmap fresh, and not about to end."""
        return _answer(self.checks())

    def checks(self) -> list[Check]:
        """What readiness hangs on, one by one."""
        now = self._clock()
        checks = [("daemon", "it ends" if self._ending() else "")]
        for name, standing in sorted(self._board.standings().items()):
            latest = standing.latest
            if latest is not None and latest.exit_code == STATE_UNUSABLE:
                checks.append((f"roadmap {name}", "the state cannot be used"))
                continue
            age, most = now - standing.fresh_at, max(self._gap(name) * INTERVALS, LEAST_AGE)
            late = f"no complete run for {round(age.total_seconds())} s" if age > most else ""
            checks.append((f"roadmap {name}", late))
        return checks


def _answer(checks: list[Check]) -> Response:
    well = not any(trouble for _, trouble in checks)
    lines = [f"{what}: {trouble or 'ok'}" for what, trouble in checks]
    return PlainTextResponse(
        "\n".join([*lines, ""]), 200 if well else 503, headers={"Cache-Control": "no-store"}
    )
