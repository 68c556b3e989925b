"""The status page: what happens, why, and what waits for a person (design §13).

``looking`` reads files and state, ``views``, ``plans`` and ``history`` make of it what a page shows, without any
input or output; ``paper`` prints it, and ``routes`` answers and obeys.
"""

from syncd.daemon.web.page.asking import Gate
from syncd.daemon.web.page.routes import House, Page

__all__ = ["Gate", "House", "Page"]
