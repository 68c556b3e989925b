"""How a roadmap that somebody wrote by hand is understood (reading-roadmaps §2 to §5 and §7).

:func:`read` is the door. The rules, each in a module of its own: ``marks`` (boxes and legends, §4), ``titles``
and ``meta`` (§3 *Title*), ``ignore`` (§5), ``milestones`` (§3), ``headings`` (heading tasks, §4), ``overview`` and
``row_overviews`` (§5),
``lanes``, ``tables``, ``bullets`` (§4), ``metadata`` and ``notes`` (§4), ``boxes`` (the independent count, §9).
``reading`` says in which order they apply; ``hints`` is for people who wonder why something is no task.
"""

from syncd.roadmap.outline.document import Document
from syncd.roadmap.outline.hints import hints, why
from syncd.roadmap.outline.json import to_json
from syncd.roadmap.outline.reading import read

__all__ = ["Document", "hints", "read", "to_json", "why"]
