"""The hidden comment that carries a task's uid with ``stamp: marker`` (design §4): ``<!-- syncd:UID -->``
behind the title.
"""

from __future__ import annotations

import re
from typing import Final

from syncd.model.values import Uid

_STAMP: Final = re.compile(r"<!-- syncd:([A-Za-z0-9_-]+) -->")


def stamp_in(html: str) -> Uid | None:
    """The uid in a comment; None for any other comment."""
    found = _STAMP.fullmatch(html.strip())
    return Uid(found[1]) if found else None
