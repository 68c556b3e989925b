"""Likely secrets in a roadmap: what stands under a task goes to the tracker (I20). None of it is ever repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from syncd.model.outline import Warning as Notice
from syncd.roadmap.outline.document import Document
from syncd.roadmap.source import Source

# Prefixes that the issuers publish so that scanners find them; each group is named after what it is.
_KINDS: Final = {
    "github": ("a GitHub token", r"gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255}"),
    "gitlab": ("a GitLab token", r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|imt)-[A-Za-z0-9_.-]{20,255}"),
    "aws": ("an AWS access key", r"(?:AKIA|ASIA)[0-9A-Z]{16}"),
    "google": ("a Google API key", r"AIza[0-9A-Za-z_-]{35}"),
    "slack": ("a Slack token", r"xox[abeprs]-[0-9A-Za-z-]{10,255}"),
    "stripe": ("a Stripe key", r"[rs]k_live_[0-9A-Za-z]{16,255}"),
    "npm": ("an npm token", r"npm_[A-Za-z0-9]{36}"),
    "pypi": ("a PyPI token", r"pypi-AgE[A-Za-z0-9_-]{40,255}"),
    "jwt": ("a signed token", r"eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{10,2000}"),
    "password": ("an address with a password", r"[a-z][a-z0-9+]{1,15}://[^\s/:@<>{}$*]{1,80}:[^\s/:@<>{}$*]{3,80}@"),
}  # fmt: skip
_TOKEN: Final = re.compile(
    r"(?<![A-Za-z0-9_-])(?:" + "|".join(f"(?P<{name}>{words})" for name, (_, words) in _KINDS.items()) + ")"
)
_KEY: Final = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY-----")
_PLACEHOLDER: Final = re.compile(r"example|placeholder|password@|(.)\1{5}|1234567|abcdef", re.IGNORECASE)
_FEWEST: Final = 8
"""A token of fewer different characters is no token: ``ghp_xyxyxyxy…``."""


def secrets(document: Document) -> Iterator[Notice]:
    """What looks like a token, a key or a password, wherever it stands: the file is in a repository."""
    source = document.source
    found = [(hit.start(), "a private key") for hit in _KEY.finditer(source.text)]
    found += [
        (hit.start(), _KINDS[str(hit.lastgroup)][0])
        for hit in _TOKEN.finditer(source.text)
        if not _PLACEHOLDER.search(hit[0]) and len(set(hit[0])) >= _FEWEST
    ]
    if found:
        sent = _lines_sent(document)
        for at, what in found:
            line, column = _place(source, at)
            where = "goes to the tracker with its task" if line in sent else "stands in the file"
            yield Notice(line, "likely-secret", f"looks like {what}, and {where}: revoke it", column)


def _lines_sent(document: Document) -> set[int]:
    source = document.source
    sent = {milestone.line for milestone in document.outline.milestones}
    for task in document.outline.tasks():
        block = document.places[task.key].block
        sent.update(range(source.line_of(block.start), source.line_of(max(block.start, block.end - 1)) + 1))
    return sent


def _place(source: Source, text_offset: int) -> tuple[int, int]:
    line = source.line_of(source.byte_offset(text_offset))
    return line, text_offset - source.text_starts[line - 1] + 1
