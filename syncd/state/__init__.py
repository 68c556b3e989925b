"""What syncd remembers between runs, in one SQLite file: :class:`Store`, its words, its lock, its copies."""

from syncd.state.copies import Summary, backup, export, restore, verify
from syncd.state.lock import hold, lock_path
from syncd.state.store import Store
from syncd.state.words import (
    AuditEntry,
    Closed,
    Contests,
    Created,
    Found,
    InDoubt,
    Lifted,
    Missed,
    Remembered,
    SeenIssue,
    SeenMilestone,
    Used,
    UsedApproval,
    Word,
)

__all__ = [
    "AuditEntry",
    "Closed",
    "Contests",
    "Created",
    "Found",
    "InDoubt",
    "Lifted",
    "Missed",
    "Remembered",
    "SeenIssue",
    "SeenMilestone",
    "Store",
    "Summary",
    "Used",
    "UsedApproval",
    "Word",
    "backup",
    "export",
    "hold",
    "lock_path",
    "restore",
    "verify",
]
