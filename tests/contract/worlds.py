"""A forge with people at it, as the contract needs one: what an adapter cannot do, a test does through this."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from syncd.forge.base import Forge
from syncd.forge.github import GitHub
from syncd.forge.gitlab import GitLab
from syncd.forge.pacing import Figures, Pace
from syncd.sandbox import Sandbox, people
from syncd.sandbox.clock import LogicalClock
from syncd.sandbox.person import Person
from syncd.sandbox.records import Role

NO_LIMITS = Figures(0.0, 0, 0)


class World(Protocol):
    """What people and fate do to the project that the forge under test looks at."""

    def forge(self) -> Forge:
        """A new adapter: nothing asked yet, nothing counted."""
        ...

    def issue(self, title: str, *, body: str = "", labels: Sequence[str] = (), milestone: str = "") -> int:
        """A person opens an issue; its number."""
        ...

    def edit(self, number: int, **values: object) -> None:
        """A person changes `title`, `body`, `labels`, `milestone` (a title, or None) of an issue."""
        ...

    def close(self, number: int, reason: str = "completed") -> None:
        """A person closes an issue: `completed`, `not_planned`."""
        ...

    def pull_request(self, title: str) -> int:
        """Somebody opens a pull request; its number."""
        ...

    def milestone(self, title: str) -> int:
        """A person makes a milestone; its number."""
        ...


class HarshWorld(World, Protocol):
    """A world that can also go wrong on request."""

    lists_pull_requests: bool
    """Whether the forge's lists of issues show pull requests, too."""

    def pass_time(self, seconds: float) -> None: ...

    def delete(self, number: int) -> None: ...

    def transfer(self, number: int) -> None: ...

    def delete_milestone(self, title: str) -> None: ...

    def rename_project(self, name: str) -> None: ...

    def lose_answers(self, method: str, *, done: bool) -> None:
        """The next request of that method gets no answer, and was carried out or not."""
        ...

    def fail(self, method: str, status: int, *, done: bool) -> None:
        """The next request of that method gets this status, and was carried out or not."""
        ...

    def limit(self, method: str, retry_after: int) -> None:
        """The next request of that method is refused, with a time to wait."""
        ...

    def hide_young(self, seconds: float) -> None:
        """Lists lag behind: they do not show issues younger than this."""
        ...

    def spoil(self, kind: str, **options: object) -> None:
        """Any fault of the sandbox, by its name."""
        ...

    def log(self) -> list[tuple[str, str]]:
        """All requests so far: method, and path with query below the API's root."""
        ...

    def titles(self) -> list[str]:
        """The titles of all issues there are, as the forge keeps them."""
        ...

    def archive(self, *, issues: bool = True) -> None:
        """The project is archived, or its issues are switched off."""
        ...

    def noise(self) -> list[str]:
        """Everybody and everything that was notified or referred to."""
        ...


class SandboxWorld:
    """The sandbox's GitHub dialect, its clock moved by hand."""

    root = "/api/v3"
    lists_pull_requests = True

    def __init__(self, sandbox: Sandbox, clock: LogicalClock, wait: Callable[[float], bool]) -> None:
        self.sandbox = sandbox
        self.clock = clock
        self.wait = wait
        self.project = "acme/widgets"

    @property
    def person(self) -> Person:
        return self.sandbox.person(project=self.project)

    def now(self) -> datetime:
        return self.clock()

    def forge(self) -> Forge:
        pace = Pace(NO_LIMITS, clock=self.clock, wait=self.wait)
        return GitHub("github", "acme/widgets", token="sandbox-token", web_url=self.sandbox.url, pace=pace)

    def issue(self, title: str, *, body: str = "", labels: Sequence[str] = (), milestone: str = "") -> int:
        return self.person.create_issue(title, body=body, labels=labels, milestone=milestone or None).number

    def edit(self, number: int, **values: object) -> None:
        self.person.edit_issue(number, **values)

    def close(self, number: int, reason: str = "completed") -> None:
        self.person.close(number, reason)

    def pull_request(self, title: str) -> int:
        return self.person.create_issue(title, pull=True).number

    def milestone(self, title: str) -> int:
        return self.person.create_milestone(title).number

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def delete(self, number: int) -> None:
        self.person.delete_issue(number)

    def transfer(self, number: int) -> None:
        if people.current(self.sandbox.world, "acme/other") is None:
            other = people.add_project(self.sandbox.world, "acme/other", "ann")
            people.set_role(self.sandbox.world, other, "syncd-bot", Role.ADMIN)
        self.person.transfer_issue(number, "acme/other")

    def delete_milestone(self, title: str) -> None:
        self.person.delete_milestone(title)

    def rename_project(self, name: str) -> None:
        people.rename_project(self.sandbox.world, self.sandbox.project(self.project), name)
        self.project = name

    def lose_answers(self, method: str, *, done: bool) -> None:
        self.sandbox.fault("drop_after" if done else "drop_before", method=method)

    def fail(self, method: str, status: int, *, done: bool) -> None:
        self.sandbox.fault("fail_after" if done else "fail_before", method=method, status=status)

    def limit(self, method: str, retry_after: int) -> None:
        self.sandbox.fault("limit", method=method, headers={"Retry-After": str(retry_after)})

    def hide_young(self, seconds: float) -> None:
        self.sandbox.fault("lag", seconds=seconds, times=None)

    def spoil(self, kind: str, **options: object) -> None:
        self.sandbox.fault(kind, **options)  # type: ignore[arg-type]  # kinds are the sandbox's

    def log(self) -> list[tuple[str, str]]:
        return [
            (one.asked.method, one.asked.target.removeprefix(self.root)) for one in self.sandbox.exchanges
        ]

    def titles(self) -> list[str]:
        return [issue.title for issue in self.person.issues() if not issue.pull]

    def archive(self, *, issues: bool = True) -> None:
        project = self.sandbox.project()
        changed = replace(project, archived=True) if issues else replace(project, issues_enabled=False)
        people.change_project(self.sandbox.world, changed)

    def noise(self) -> list[str]:
        return [f"{one.kind} {one.target}" for one in self.sandbox.world.noise]


class GitLabWorld(SandboxWorld):
    """The same tracker by GitLab's customs: a label says why, milestones go by their global id, writes are PUT."""

    root = "/api/v4"
    lists_pull_requests = False

    def forge(self) -> GitLab:
        pace = Pace(NO_LIMITS, clock=self.clock, wait=self.wait)
        return GitLab(
            "gitlab", "acme/widgets", token="sandbox-token", web_url=self.sandbox.gitlab_url, pace=pace
        )

    def close(self, number: int, reason: str = "completed") -> None:
        self.person.close(number)
        if reason != "completed":
            self.person.label(number, "dropped")

    def milestone(self, title: str) -> int:
        return self.person.create_milestone(title).id

    def spoil(self, kind: str, **options: object) -> None:
        method = {"method": "PUT"} if options.get("method") == "PATCH" else {}
        super().spoil(kind, **{**options, **method})
