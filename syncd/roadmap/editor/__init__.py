"""Editing a roadmap somebody wrote by hand: byte ranges are replaced, and the result is read again (§8)."""

from syncd.roadmap.editor.realise import Realised, realise
from syncd.roadmap.editor.splice import splice

__all__ = ["Realised", "realise", "splice"]
