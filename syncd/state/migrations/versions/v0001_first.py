"""The first state: every table that :mod:`syncd.state.schema` had when it was new."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_KEYS: dict[str, tuple[str, ...]] = {
    "meta": ("name",),
    "roadmaps": ("roadmap",),
    "tasks": ("roadmap", "uid"),
    "milestones": ("roadmap", "uid"),
    "links": ("roadmap", "remote", "uid"),
    "tombstones": ("roadmap", "remote", "uid", "ref"),
    "contests": ("roadmap", "uid", "field"),
    "decisions": ("roadmap", "uid", "field"),
    "intents": ("roadmap", "id"),
    "remotes": ("roadmap", "remote"),
    "approvals": ("roadmap", "digest"),
    "issues": ("roadmap", "remote", "number"),
    "remote_milestones": ("roadmap", "remote", "number"),
    "missing": ("roadmap", "remote", "kind", "number"),
    "creations": ("host", "id"),
    "reports": ("roadmap", "id"),
    "audit": ("id",),
    "checks": ("name",),
}
_NUMBERS = {"id", "number"}
_PLAIN = {"audit": ("at", "uid", "data"), "checks": ("digest",)}


def upgrade() -> None:
    """From nothing."""
    for name, keys in _KEYS.items():
        key_columns = [
            sa.Column(key, sa.Integer() if key in _NUMBERS else sa.Text(), primary_key=True, nullable=False)
            for key in keys
        ]
        plain = [sa.Column(column, sa.Text(), nullable=False) for column in _PLAIN.get(name, ("data",))]
        op.create_table(name, *key_columns, *plain, sqlite_with_rowid=False)
