"""Users, tokens, projects, and who may do what where."""

from __future__ import annotations

from dataclasses import replace

from syncd.sandbox.records import App, Group, Origin, Project, Role, Token, User
from syncd.sandbox.world import Missing, World


def add_user(world: World, login: str, name: str | None = None) -> User:
    """The user of this login, made if there is none."""
    known = world.users.get(login.lower())
    if known:
        return known
    with world.effect(Origin(login)):
        return world.put(User(world.new_id(), login, name))


def add_token(
    world: World,
    secret: str,
    login: str,
    cap: Role = Role.ADMIN,
    scopes: tuple[str, ...] = ("repo",),
    expires_at: int | None = None,
    place: Project | Group | None = None,
) -> Token:
    """`place` makes it a token of that project or group."""
    add_user(world, login)
    with world.effect(Origin(login)):
        return world.put(Token(secret, login, cap, scopes, expires_at, place.id if place else None))


def add_app(world: World, slug: str, public_key: str, project: Project, cap: Role = Role.WRITE) -> App:
    """A GitHub App that is installed in one project."""
    with world.effect(Origin(slug)):
        app = world.put(App(world.new_id(), slug, public_key, world.new_id(), (project.id,), cap))
        set_role(world, project, app.bot, cap)
    return app


def add_project(
    world: World, full_name: str, admin: str, *, private: bool = False, description: str | None = None
) -> Project:
    """A new project; it takes its name away from a project that was once called so."""
    owner, _, name = full_name.rpartition("/")
    if current(world, full_name):
        raise ValueError(f"there is a project {full_name} already")
    add_user(world, admin)
    if "/" not in owner:
        add_user(world, owner)
    with world.effect(Origin(admin)) as effect:
        project = Project(
            world.new_id(), owner, name, effect.at, description, private, roles={admin: Role.ADMIN}
        )
        return world.put(project)


def rename_project(world: World, project: Project, full_name: str) -> Project:
    owner, _, name = full_name.rpartition("/")
    former = (*project.former_names, project.full_name)
    return change_project(world, replace(project, owner=owner, name=name, former_names=former))


def add_group(world: World, path: str) -> Group:
    """The group of this path, made if there is none, with all that it stands in."""
    known = group_at(world, path)
    if known:
        return known
    parent = path.rpartition("/")[0]
    if parent:
        add_group(world, parent)
    with world.effect(Origin(path)) as effect:
        return world.put(Group(world.new_id(), path, effect.at))


def group_at(world: World, path: str) -> Group | None:
    wanted = path.lower()
    return next((one for one in world.groups.values() if one.path.lower() == wanted), None)


def groups_around(world: World, path: str) -> list[Group]:
    """The groups in which something of this path stands, the nearest first."""
    parts = path.split("/")[:-1]
    paths = ["/".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return [found for found in (group_at(world, one) for one in paths) if found]


def change_project(world: World, project: Project) -> Project:
    with world.effect(Origin(project.owner)):
        return world.put(project)


def set_role(world: World, project: Project, login: str, role: Role) -> Project:
    add_user(world, login)
    project = world.projects[project.id]
    return change_project(world, replace(project, roles={**project.roles, login: role}))


def role_of(project: Project, login: str | None) -> Role:
    """What a user may do in a project, apart from any token."""
    own = next(
        (Role(role) for who, role in project.roles.items() if who.lower() == (login or "").lower()), Role.NONE
    )
    return own if project.private else max(own, Role.READ)


def current(world: World, full_name: str) -> Project | None:
    """The project that has this name now. Names have no case."""
    wanted = full_name.lower()
    return next((p for p in world.projects.values() if p.full_name.lower() == wanted), None)


def formerly(world: World, full_name: str) -> Project | None:
    """The project that had this name last, if none has it now."""
    wanted = full_name.lower()
    known = [p for p in world.projects.values() if wanted in (name.lower() for name in p.former_names)]
    return known[-1] if known else None


def project_by_id(world: World, project_id: int) -> Project:
    project = world.projects.get(project_id)
    if project is None:
        raise Missing(f"project {project_id}")
    return project


def assignable(world: World, project: Project, login: str) -> User | None:
    """The user, if issues of this project can be given to them: anybody with a role of their own."""
    member = next((who for who, role in project.roles.items() if who.lower() == login.lower() and role), None)
    return world.users.get(member.lower()) if member else None
