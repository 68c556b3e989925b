"""Rate limits, counted on the sandbox's own clock (api-facts A.2, A.5)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from email.utils import formatdate

HOUR = 3600
MINUTE = 60


@dataclass(frozen=True, slots=True)
class Limits:
    """`per_hour` is the primary limit per user; the two of writes are the secondary one (None: none).

    `status` is 403 or 429. `retry_after` is sent as it stands with a secondary refusal (None: no header);
    forges were seen to send seconds, dates, nothing and blanks.

    `per_minute` and those after it are GitLab's; its own refusals say when to come back by themselves, unless
    `retry_after` is None.
    """

    per_hour: int = 5000
    writes_per_minute: int | None = None
    writes_per_hour: int | None = None
    status: int = 403
    retry_after: str | None = "60"
    per_minute: int | None = 2000
    issues_per_minute: int | None = None
    notes_per_minute: int | None = None
    projects_per_minute: int | None = None


@dataclass(slots=True)
class Window:
    """The current hour of one user, and what they used of it."""

    reset: int
    used: int = 0


class Meter:
    """Counts everybody's requests; `limits` may be exchanged at any time."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._windows: dict[str, Window] = {}
        self._writes: dict[str, deque[int]] = {}
        self._lanes: dict[tuple[str, str], Window] = {}

    def clear(self) -> None:
        """Nobody has asked for anything yet."""
        self._windows.clear()
        self._writes.clear()
        self._lanes.clear()

    def window(self, who: str, now: int) -> Window:
        known = self._windows.get(who)
        if known is None or known.reset <= now:
            known = self._windows[who] = Window(now + HOUR)
        return known

    def exhausted(self, who: str, now: int) -> bool:
        """Is the primary budget of this hour used up?"""
        return self.window(who, now).used >= self.limits.per_hour

    def charge(self, who: str, now: int) -> None:
        self.window(who, now).used += 1

    def write_refused(self, who: str, now: int) -> bool:
        """Would one more write be too many? If not, it is counted."""
        writes = self._writes.setdefault(who, deque())
        while writes and writes[0] <= now - HOUR:
            writes.popleft()
        minute, hour = self.limits.writes_per_minute, self.limits.writes_per_hour
        if minute is not None and sum(at > now - 60 for at in writes) >= minute:
            return True
        if hour is not None and len(writes) >= hour:
            return True
        writes.append(now)
        return False

    def take(self, lane: str, who: str, now: int, limit: int | None) -> bool:
        """One more of a kind in this minute; False if that is more than `limit`."""
        window = self._lane(lane, who, now)
        window.used += 1
        return limit is None or window.used <= limit

    def _lane(self, lane: str, who: str, now: int) -> Window:
        known = self._lanes.get((lane, who))
        if known is None or known.reset <= now:
            known = self._lanes[lane, who] = Window(now + MINUTE)
        return known

    def lane_headers(self, lane: str, who: str, now: int, limit: int | None) -> dict[str, str]:
        """GitLab's headers about a lane; with when to come back if it is closed."""
        if limit is None:
            return {}
        window = self._lane(lane, who, now)
        headers = {
            "RateLimit-Limit": str(limit),
            "RateLimit-Name": f"throttle_{lane}",
            "RateLimit-Observed": str(window.used),
            "RateLimit-Remaining": str(max(0, limit - window.used)),
            "RateLimit-Reset": str(window.reset),
            "RateLimit-ResetTime": formatdate(window.reset, usegmt=True),
        }
        return headers | ({"Retry-After": str(window.reset - now)} if window.used > limit else {})

    def headers(self, who: str, now: int) -> dict[str, str]:
        window = self.window(who, now)
        return {
            "X-RateLimit-Limit": str(self.limits.per_hour),
            "X-RateLimit-Remaining": str(max(0, self.limits.per_hour - window.used)),
            "X-RateLimit-Used": str(window.used),
            "X-RateLimit-Reset": str(window.reset),
            "X-RateLimit-Resource": "core",
        }
