"""What a person does on the tracker with their own hands: the page, the admin endpoint and tests act through this."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from syncd.sandbox import issues, people, planning
from syncd.sandbox.gitlab import saving
from syncd.sandbox.records import (
    Comment,
    Forge,
    Issue,
    IssueFields,
    Label,
    Milestone,
    MilestoneFields,
    Origin,
    Project,
)
from syncd.sandbox.world import Missing, World


class Person:
    """One user in one project, acting by the customs of a forge. Milestones are named by title, labels by name,
    issues by number.

    A person here may do everything: rights are the dialects' affair, and this is nobody's API.
    Raises `Missing` for what does not exist and ValueError for what cannot be.
    """

    def __init__(
        self, world: World, login: str, project: Project, route: str = "", forge: Forge = "github"
    ) -> None:
        self._world = world
        self._customs: Any = saving if forge == "gitlab" else issues
        self._origin = Origin(people.add_user(world, login).login, "PERSON", route, forge)
        self._project_id = project.id

    @property
    def project(self) -> Project:
        return people.project_by_id(self._world, self._project_id)

    def issues(self) -> list[Issue]:
        """All there are, pull requests too, in order of creation."""
        return issues.listed(self._world, self._project_id)

    def issue(self, number: int) -> Issue:
        return issues.get(self._world, self._project_id, number)

    def create_issue(
        self,
        title: str,
        *,
        body: str | None = None,
        labels: Iterable[str] = (),
        assignees: Iterable[str] = (),
        milestone: str | None = None,
        due: str | None = None,
        pull: bool = False,
    ) -> Issue:
        made: Issue
        values: IssueFields = {
            "title": title,
            "body": body,
            "labels": list(labels),
            "assignees": list(assignees),
            "milestone": self._milestone_id(milestone),
            "due": due,
        }
        made = self._customs.create(self._world, self._origin, self.project, values, pull=pull)
        return made

    def edit_issue(self, number: int, **values: Any) -> Issue:
        """Sets what is given, as in `IssueFields`; but `milestone` is a title, or None for no milestone.

        At GitLab as many assignees are kept as its tier allows, and commands in `body` are obeyed.
        """
        if "milestone" in values:
            values["milestone"] = self._milestone_id(values["milestone"])
        edited: Issue = self._customs.edit(self._world, self._origin, self.issue(number), values)
        return edited

    def close(self, number: int, reason: str = "completed") -> Issue:
        return self.edit_issue(number, state="closed", reason=reason)

    def reopen(self, number: int) -> Issue:
        return self.edit_issue(number, state="open")

    def label(self, number: int, *names: str) -> Issue:
        return self.edit_issue(number, labels=[*self.label_names(number), *names])

    def unlabel(self, number: int, *names: str) -> Issue:
        gone = {name.casefold() for name in names}
        kept = [name for name in self.label_names(number) if name.casefold() not in gone]
        return self.edit_issue(number, labels=kept)

    def label_names(self, number: int) -> list[str]:
        return issues.label_names(self._world, self.issue(number).labels)

    def comment(self, number: int, text: str) -> Comment:
        made: Comment = self._customs.comment(self._world, self._origin, self.issue(number), text)
        return made

    def delete_issue(self, number: int) -> None:
        issues.delete(self._world, self._origin, self.issue(number))

    def transfer_issue(self, number: int, to: str) -> Issue:
        """To the project of that full name."""
        target = people.current(self._world, to)
        if target is None:
            raise Missing(f"project {to}")
        return issues.transfer(self._world, self._origin, self.issue(number), target)

    def push(self, *files: str) -> None:
        """Somebody pushed a commit that touches these files. There is no repository here; the hooks are told."""
        with self._world.effect(self._origin):
            self._world.note("push.made", self._project_id, 0, {"modified": (None, files)})

    def milestones(self) -> list[Milestone]:
        return planning.milestones_of(self._world, self._project_id)

    def milestone(self, title: str) -> Milestone:
        """The project's, or one of its groups'."""
        places = [
            self._project_id,
            *(one.id for one in people.groups_around(self._world, self.project.full_name)),
        ]
        known = [one for place in places for one in planning.milestones_of(self._world, place)]
        found = next((one for one in known if one.title == title), None)
        if found is None:
            raise Missing(f"milestone {title!r}")
        return found

    def create_milestone(self, title: str, **values: Any) -> Milestone:
        """`values` as in `MilestoneFields`; `due` is an ISO date."""
        wish = cast("MilestoneFields", {"title": title, **values})
        return planning.create_milestone(self._world, self._origin, self._project_id, wish)

    def create_group_milestone(self, title: str, **values: Any) -> Milestone:
        """In the group that the project lies in, which is made if there is none."""
        group = people.add_group(self._world, self.project.owner)
        wish = cast("MilestoneFields", {"title": title, **values})
        return planning.create_milestone(self._world, self._origin, group.id, wish)

    def create_group_label(self, name: str, color: str = planning.DEFAULT_COLOR) -> Label:
        group = people.add_group(self._world, self.project.owner)
        return planning.add_label(self._world, self._origin, group.id, name, color)

    def edit_milestone(self, title: str, **values: Any) -> Milestone:
        """Sets what is given, as in `MilestoneFields`, on the milestone of that title; `rename` is its new one."""
        if "rename" in values:
            values["title"] = values.pop("rename")
        wish = cast("MilestoneFields", values)
        return planning.edit_milestone(self._world, self._origin, self.milestone(title), wish)

    def delete_milestone(self, title: str) -> None:
        planning.delete_milestone(self._world, self._origin, self.milestone(title))

    def labels(self) -> list[Label]:
        return planning.labels_of(self._world, self._project_id)

    def create_label(self, name: str, color: str = planning.DEFAULT_COLOR) -> Label:
        return planning.create_label(self._world, self._origin, self._project_id, name, color)

    def edit_label(self, name: str, **values: Any) -> Label:
        return planning.edit_label(self._world, self._origin, self._label(name), values)

    def delete_label(self, name: str) -> None:
        planning.delete_label(self._world, self._origin, self._label(name))

    def _label(self, name: str) -> Label:
        found = planning.find_label(self._world, self._project_id, name)
        if found is None:
            raise Missing(f"label {name!r}")
        return found

    def _milestone_id(self, title: str | None) -> int | None:
        return None if title is None else self.milestone(title).id
