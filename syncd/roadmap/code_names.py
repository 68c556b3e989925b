"""``__init__`` and its like: names of code that Markdown takes for bold, and whose author never meant that.

CommonMark makes ``Add __init__.py`` into "Add **init**.py" (rule 4 of emphasis). One lower-case word between two
underscores on each side is read as it stands if code goes on around it, or if it is a name that everybody knows.
"""

from __future__ import annotations

import re
from typing import Final

_NAME: Final = re.compile(rb"__([a-z][a-z0-9_]*)__")
_BEHIND: Final = re.compile(rb"\.[a-z]|[(/]")
_BEFORE: Final = (b".", b"/", b"def ")
# Of Python's names those that nobody sets in bold for their own sake, and the folders of a test runner.
_KNOWN: Final = frozenset(
    b"init main all name file version future pycache tests mocks snapshots doc dict slots builtins spec qualname"
    b" annotations weakref mro del repr str bytes eq ne lt le gt ge hash bool dir len iter aiter anext call enter exit"
    b" aenter aexit await getattr getattribute setattr delattr getitem setitem delitem contains getstate setstate"
    b" deepcopy subclasshook init_subclass set_name post_init class_getitem".split()
)


def is_code_name(data: bytes, start: int, end: int) -> bool:
    """Whether what is bold by its underscores, from ``start`` to ``end`` in bytes, is a name of code."""
    found = _NAME.fullmatch(data, start, end)
    if found is None:
        return False
    around = data[max(start - 4, 0) : start].endswith(_BEFORE) or _BEHIND.match(data, end) is not None
    return around or found[1] in _KNOWN
