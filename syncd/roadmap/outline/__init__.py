"""How a roadmap that somebody wrote by hand is understood (reading-roadmaps §3 to §7)."""

from syncd.roadmap.outline.document import Document

__all__ = ["Document"]
