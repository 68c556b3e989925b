"""The roadmap as a file: the only reader and writer of its bytes, and the work tree around it."""

from syncd.files.finding import markdown_with_boxes
from syncd.files.reading import MAX_BYTES, Version, content_hash, read, writable
from syncd.files.replacing import Exchange, exchange, mend, replace
from syncd.files.worktree import git_busy, git_head, git_remotes

__all__ = [
    "MAX_BYTES",
    "Exchange",
    "Version",
    "content_hash",
    "exchange",
    "git_busy",
    "git_head",
    "git_remotes",
    "markdown_with_boxes",
    "mend",
    "read",
    "replace",
    "writable",
]
