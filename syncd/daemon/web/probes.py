"""``/livez`` and ``/readyz``. A forge that is down restarts no pod (reliability §4.2).

A daemon is ready while its latest complete cycle, of whichever roadmap, is not too old (design §13). One stale roadmap
of many is named in the answer and is a matter for an alert: an answer of 503 would take the webhooks from the others.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from syncd.daemon.board import Board, Standing
from syncd.errors import STATE_UNUSABLE

STUCK = 900.0
"""Seconds without a sign of life after which a worker is taken for dead: several of the longest steps there are."""
LEAST_AGE = timedelta(minutes=15)
INTERVALS = 3
"""How many of its intervals a roadmap may miss before it is too old to be believed."""


class Check(NamedTuple):
    """What was looked at, what is wrong with it, or nothing, and whether that makes the daemon unready."""

    what: str
    trouble: str = ""
    hinders: bool = True


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
        return _answer([Check("workers", f"stuck or dead: {', '.join(stuck)}" if stuck else "")])

    async def readyz(self, request: Request) -> Response:  # noqa: ARG002 - an endpoint's signature
        """State at head, configuration loaded, a cycle that is not too old, and not about to end."""
        return _answer(self.checks())

    def checks(self) -> list[Check]:
        """What readiness hangs on, one by one."""
        roadmaps = [
            self._roadmap(name, standing) for name, standing in sorted(self._board.standings().items())
        ]
        some_fresh = any(not one.trouble for one in roadmaps)
        return [
            Check("daemon", "it ends" if self._ending() else ""),
            # The state is everybody's: what is wrong with it is never the matter of one roadmap.
            *(one._replace(hinders=one.hinders or not some_fresh) for one in roadmaps),
        ]

    def _roadmap(self, name: str, standing: Standing) -> Check:
        what, latest = f"roadmap {name}", standing.latest
        if latest is not None and latest.exit_code == STATE_UNUSABLE:
            return Check(what, "the state cannot be used")
        age, most = self._clock() - standing.fresh_at, max(self._gap(name) * INTERVALS, LEAST_AGE)
        late = f"no complete run for {round(age.total_seconds())} s" if age > most else ""
        return Check(what, late, hinders=False)


def _answer(checks: list[Check]) -> Response:
    well = not any(one.trouble and one.hinders for one in checks)
    lines = [f"{one.what}: {one.trouble or 'ok'}" for one in checks]
    return PlainTextResponse(
        "\n".join([*lines, ""]), 200 if well else 503, headers={"Cache-Control": "no-store"}
    )
